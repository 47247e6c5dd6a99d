"""Limits count everything that is open as if the worst of it were filled."""

import numpy as np
import pytest

from commonbook.core.book_records import NO_MARK
from commonbook.core.desk_records import NOTIONAL
from commonbook.core.enums import Side
from commonbook.core.records import ACCOUNT
from commonbook.portfolio.limits import NONE, broken_notional, within_position_limit
from commonbook.simulation.build import build_state
from tests.kernels import maker, setup, tape, trader
from tests.oracle.builders import book

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def allowed(side, qty, **values):
    account = np.zeros(1, ACCOUNT)[0]
    for name, value in values.items():
        account[name] = value
    return within_position_limit(account, side, qty)


@pytest.mark.parametrize(
    ("known", "open_buy", "open_sell", "most_to_buy", "most_to_sell"),
    [
        (0, 0, 0, 10, 10),
        (4, 0, 0, 6, 14),
        (-4, 0, 0, 14, 6),
        (4, 5, 0, 1, 14),
        (4, 0, 5, 6, 9),  # a sale on its way makes no room for a buy
        (-4, 5, 5, 9, 1),
        (10, 0, 0, 0, 20),
    ],
)
def test_the_limit_is_reached_and_not_passed(
    known, open_buy, open_sell, most_to_buy, most_to_sell
):
    values = {
        "max_position": 10,
        "known_position": known,
        "open_buy": open_buy,
        "open_sell": open_sell,
        "position": 99,  # what it does not know yet does not count
    }
    for side, most in ((Side.BUY, most_to_buy), (Side.SELL, most_to_sell)):
        assert allowed(side, most, **values)
        assert not allowed(side, most + 1, **values)


def test_a_limit_of_zero_allows_only_what_reduces():
    assert allowed(Side.SELL, 5, max_position=0, known_position=5)
    assert not allowed(Side.SELL, 6, max_position=0, known_position=5)
    assert not allowed(Side.BUY, 1, max_position=0, known_position=5)


def test_without_a_limit_everything_is_allowed():
    assert allowed(Side.BUY, 1 << 62, max_position=-1, known_position=1 << 61)


def worth_of(row, *accounts, mids=(200, 400), limits=(-1, -1)):
    """Make two instruments, whose mids are in half ticks, and one limit."""
    made = setup(trader("a", maker(1, 1, 10)), instruments=2)
    state = build_state(tape([book(1, {99: 5}, {101: 5})]), made, start=8)
    state.mids[:] = mids
    for account, values in zip(state.accounts[0], accounts, strict=False):
        for name, value in values.items():
            account[name] = value
    state = state.with_arrays(
        notionals=np.array([limits], NOTIONAL), worths=np.array([1.0, 3.0])
    )
    return broken_notional(state, state.accounts[0], *row, 0) == NONE


@pytest.mark.parametrize(("qty", "fits"), [(5, True), (6, False)])
@pytest.mark.parametrize("which", ["gross", "net"])
def test_notional_is_the_sum_over_instruments_of_lots_times_mid(which, qty, fits):
    # 10 lots at 200 and then 1,200 for each lot of the second.
    limits = (8_000, -1) if which == "gross" else (-1, 8_000)
    held = {"known_position": 7, "open_buy": 3, "open_sell": 4, "position": 99}
    assert worth_of((1, Side.BUY, qty), held, limits=limits) is fits


def test_gross_is_of_the_worse_side_and_net_of_the_side_of_the_order():
    short = {"known_position": -7, "open_buy": 3, "open_sell": 4}
    for qty, gross, net in [(5, 8_200, 5_200), (1, 3_400, 400)]:
        order = 1, Side.BUY, qty
        for limits in [(gross, -1), (-1, net), (gross, net)]:
            assert worth_of(order, short, limits=limits)
        assert not worth_of(order, short, limits=(gross - 1, -1))
        assert not worth_of(order, short, limits=(-1, net - 1))


def test_negative_prices_count_without_their_sign():
    assert worth_of((0, Side.BUY, 5), mids=(-200, 400), limits=(1_000, 1_000))
    assert not worth_of((0, Side.BUY, 6), mids=(-200, 400), limits=(1_000, -1))
    assert not worth_of((0, Side.BUY, 6), mids=(-200, 400), limits=(-1, 1_000))


def test_without_a_mid_nothing_may_become_larger():
    held = {"known_position": 5}
    unknown = {"mids": (NO_MARK, 400), "limits": (1 << 60, -1)}
    assert worth_of((0, Side.SELL, 10), held, **unknown)
    assert not worth_of((0, Side.SELL, 11), held, **unknown)
    assert not worth_of((0, Side.BUY, 1), held, **unknown)


def test_the_largest_orders_leave_no_number_behind():
    held = {"known_position": 1 << 60, "open_buy": 1 << 60}
    assert not worth_of((0, Side.BUY, 1 << 48), held, limits=(2.0**68, -1))
    assert worth_of((0, Side.BUY, 1 << 48), held, limits=(2.0**69, -1))
