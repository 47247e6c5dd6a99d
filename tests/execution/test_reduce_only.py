"""What an order may be filled by, when it must not make the position larger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import Side
from commonbook.execution.orders import TAKER, join_level, write_fill
from commonbook.execution.reduce_only import given_in_turn, may_take
from commonbook.execution.terms import cap_of, open_to_fill, venue_position
from commonbook.strategy.verbs import set_terms
from tests.execution.test_expiry import state_of
from tests.execution.test_terms import order

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

sides = st.sampled_from([int(Side.BUY), int(Side.SELL)])


def holding(position):
    """Make a state in which the portfolio holds something, and one that is settled."""
    state = state_of()
    state.accounts[0, 0]["position"] = position
    return state


def closing(state, side=Side.SELL, qty=5, price=100, *, reduces=True):
    slot = order(state, side, price, leaves=qty, qty=qty)
    set_terms(state, slot, 0, 0, int(reduces))
    return slot


@given(sides, st.integers(-(2**50), 2**50), st.integers(0, 2**50))
def test_a_fill_up_to_the_cap_never_turns_a_position_nor_makes_it_larger(
    side, position, qty
):
    qty = min(qty, cap_of(side, position))
    after = position + (qty if side == Side.BUY else -qty)
    assert abs(after) <= abs(position)
    assert after * position >= 0


@given(
    st.integers(-40, 40),
    st.lists(st.tuples(sides, st.integers(1, 5)), max_size=12),
    st.integers(0, 12),
)
def test_the_position_at_the_venue_has_all_fills_settled_or_not(held, fills, settled):
    state = holding(held)
    total = held
    for number, (side, qty) in enumerate(fills):
        write_fill(state, order(state, side), 200, qty, TAKER, -1, 0)
        total += qty if side == Side.BUY else -qty
        if number < settled:
            state.accounts[0, 0]["position"] = total
            state.clock["n_settled"] = number + 1
    assert venue_position(state, order(state)) == total


def test_fills_of_other_portfolios_and_instruments_do_not_count():
    state = holding(3)
    for field in ("portfolio", "instrument"):
        write_fill(state, order(state), 200, 2, TAKER, -1, 0)
        state.fills[int(state.clock["n_fills"][0]) - 1][field] = 1
    assert venue_position(state, order(state)) == 3


@pytest.mark.parametrize(
    ("side", "held", "most"),
    [("SELL", 3, 3), ("SELL", 9, 5), ("SELL", -3, 0), ("BUY", -3, 3), ("BUY", 3, 0)],
)
def test_only_a_reduce_only_order_is_held_to_the_position(side, held, most):
    state = holding(held)
    assert open_to_fill(state, closing(state, Side[side])) == most
    assert open_to_fill(state, closing(state, Side[side], reduces=False)) == 5


def test_an_order_that_may_not_be_filled_ends_once():
    state = holding(0)
    slot = closing(state)
    assert not may_take(state, slot)
    assert not may_take(state, slot)
    assert int(state.clock["n_ended"][0]) == 1


def test_a_resting_order_gives_what_those_of_its_portfolio_leave_it():
    state = holding(12)
    slots = [
        closing(state, price=price, qty=qty, reduces=reduces)
        for price, qty, reduces in [
            (101, 4, True),
            (101, 3, False),
            (102, 4, True),
            (102, 9, True),
            (103, 2, False),
            (103, 2, True),
        ]
    ]
    for slot in slots:
        join_level(state, slot, 0)
    assert [given_in_turn(state, 0, slot) for slot in slots] == [4, 3, 4, 1, 2, 0]
