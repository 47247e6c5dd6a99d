"""What a strategy sends is numbered, limited and remembered until it has ended."""

import pytest

from commonbook.core.enums import OrderState, Reason
from commonbook.core.limits import MAX_TICKS
from commonbook.simulation.build import build_state
from commonbook.strategy.verbs import (
    MAX_CANCELS,
    new_order,
    send_cancel,
    send_market,
    send_quote,
    submit,
    view_row,
)
from tests.kernels import maker, setup, taker, tape, trader, used
from tests.oracle.builders import book

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def state_of(*portfolios, instruments=1, **more):
    first = trader("a", maker(1, 1, 10), **more)
    return build_state(
        tape([book(1, {99: 5}, {101: 5})]),
        setup(first, *portfolios, instruments=instruments),
        start=8,
    )


def outbox(state):
    n = int(state.clock["n_outbox"][0])
    return [(int(max(sent, ~sent)), int(sent < 0)) for sent in state.outbox[:n]]


def test_orders_are_numbered_for_each_portfolio():
    state = state_of(trader("b", maker(1, 1, 10)))
    slots = [send_market(state, p, 0, 0, 5) for p in (0, 0, 1)]
    assert len(set(slots)) == 3
    assert [int(state.orders["order_id"][slot]) for slot in slots] == [1, 2, 1]
    assert outbox(state) == [(slot, 0) for slot in slots]


def test_a_number_that_was_given_is_kept_and_counts_for_nobody():
    state = state_of()
    slot = new_order(state, 0, 0, 0, 5)
    state.orders["order_id"][slot] = 70
    submit(state, slot)
    assert int(state.orders["order_id"][slot]) == 70
    assert int(state.orders["order_id"][send_market(state, 0, 0, 0, 5)]) == 1


def test_what_is_sent_is_open_until_it_has_ended():
    state = state_of()
    send_market(state, 0, 0, 0, 5)
    send_quote(state, 0, 0, 1, 103, 4)
    send_quote(state, 0, 0, 1, 104, 2)
    account = state.accounts[0, 0]
    assert (account["open_buy"], account["open_sell"]) == (5, 6)
    assert used(state)["orders"] == 3


def test_an_order_beyond_the_limit_ends_at_once_and_is_not_sent():
    state = state_of(max_positions={0: 7})
    assert [send_market(state, 0, 0, 0, qty) >= 0 for qty in (5, 3, 2)] == [True] * 3
    assert len(outbox(state)) == 2
    refused = state.orders[1]
    assert (refused["state"], refused["reason"]) == (
        OrderState.REJECTED,
        Reason.MAX_POSITION,
    )
    assert state.ended[: state.clock["n_ended"][0]].tolist() == [1]
    assert state.accounts["open_buy"][0, 0] == 7


def test_a_quote_rests_and_never_takes():
    state = state_of()
    order = state.orders[send_quote(state, 0, 0, 1, 103, 4)]
    fields = ("type", "time_in_force", "post_only", "side", "price", "qty", "leaves")
    assert [int(order[name]) for name in fields] == [1, 0, 1, 1, 103, 4, 4]


def test_a_cancel_is_counted_so_that_its_order_keeps_its_place():
    state = state_of()
    slot = send_quote(state, 0, 0, 1, 103, 4)
    send_cancel(state, slot)
    send_cancel(state, slot)
    assert int(state.orders["cancels"][slot]) == 2
    assert outbox(state) == [(slot, 0), (slot, 1), (slot, 1)]


def test_a_new_order_carries_nothing_of_the_one_before_it_in_its_slot():
    state = state_of()
    fresh = new_order(state, 0, 0, 0, 5)
    clean = state.orders[fresh].copy()
    dirty = int(state.clock["free_orders"][0])
    following = int(state.orders["next"][dirty])
    for name in state.orders.dtype.names:
        state.orders[name][dirty] = 3
    state.orders["next"][dirty] = following
    assert state.orders[new_order(state, 0, 0, 0, 5)] == clean


def test_cancels_that_could_do_nothing_are_not_sent():
    state = state_of()
    slot = send_quote(state, 0, 0, 1, 103, 4)
    state.orders["cancels"][slot] = MAX_CANCELS - 1
    send_cancel(state, slot)
    send_cancel(state, slot)
    assert int(state.orders["cancels"][slot]) == MAX_CANCELS
    assert outbox(state) == [(slot, 0), (slot, 1)]


@pytest.mark.parametrize("price", [-MAX_TICKS, MAX_TICKS])
def test_a_quote_may_be_at_any_price_of_the_tape(price):
    state = state_of()
    slot = send_quote(state, 0, 0, 1, price, 4)
    assert int(state.orders["price"][slot]) == price
    assert int(state.clock["beyond"][0]) == 0


@pytest.mark.parametrize("price", [-MAX_TICKS - 1, MAX_TICKS + 1, 1 << 40])
def test_a_quote_at_a_price_that_no_order_can_have_is_rejected(price):
    state = state_of()
    order = state.orders[send_quote(state, 0, 0, 1, price, 4)]
    assert (order["state"], order["reason"]) == (
        OrderState.REJECTED,
        Reason.BAD_PRICE,
    )
    assert outbox(state) == []
    assert int(state.clock["beyond"][0]) == 0


@pytest.mark.parametrize("price", [-MAX_TICKS - 1, MAX_TICKS + 1, 1 << 40])
def test_a_quote_at_a_price_that_no_order_can_have_is_noted_if_it_is_strict(price):
    state = state_of()
    state.clock["strict"] = 1
    send_quote(state, 0, 0, 1, price, 4)
    assert int(state.clock["beyond"][0]) == price


def test_a_view_has_a_row_for_each_instrument():
    delayed = trader("b", taker(1, 1, 10), feed_delay=5)
    state = state_of(delayed, instruments=2)
    rows = [view_row(state, p, i) for p in (0, 1) for i in (0, 1)]
    assert rows == [0, 1, 2, 3]
    assert state.books.shape == (4, 2)
