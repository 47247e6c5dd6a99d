"""What strategies outside the loop ask for is done in its order, or is too late."""

import numpy as np
import pytest

from commonbook.core.enums import OrderType, Request, RequestKind, TimeInForce
from commonbook.core.order_records import OVER
from commonbook.simulation.build import build_state
from commonbook.strategy.requests import send_requests, stop_portfolio
from tests.kernels import Stepped, maker, orders, run, scripted, setup, tape, trader
from tests.oracle.builders import book, buy, portfolio

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

LIMIT, GTC = int(OrderType.LIMIT), int(TimeInForce.GTC)


@pytest.fixture
def state():
    """Give a state with two portfolios that have sent nothing."""
    traders = [trader(name, maker(1, 1, 10)) for name in "ab"]
    return build_state(tape([book(1, {99: 5}, {101: 5})]), setup(*traders))


def rows(*requests):
    table = np.zeros((len(requests), len(Request)), np.int64)
    for row, request in zip(table, requests, strict=True):
        for column, value in request.items():
            row[column] = value
    return table


def order(number, qty=5, price=98, portfolio_index=0):
    return {
        Request.KIND: RequestKind.ORDER,
        Request.PORTFOLIO: portfolio_index,
        Request.TYPE: LIMIT,
        Request.TIME_IN_FORCE: GTC,
        Request.PRICE: price,
        Request.QTY: qty,
        Request.ORDER_ID: number,
    }


def cancel(number, slot, portfolio_index=0):
    return {
        Request.KIND: RequestKind.CANCEL,
        Request.PORTFOLIO: portfolio_index,
        Request.ORDER_ID: number,
        Request.SLOT: slot,
    }


def outbox(state):
    n = int(state.clock["n_outbox"][0])
    return [(int(max(sent, ~sent)), int(sent < 0)) for sent in state.outbox[:n]]


def send(state, *requests):
    table = rows(*requests)
    send_requests(state, table, len(requests))
    return table[:, Request.SLOT].tolist()


def test_an_order_is_sent_as_it_was_asked_for(state):
    (slot,) = send(state, order(7, qty=4, price=97) | {Request.POST_ONLY: 1})
    sent = state.orders[slot]
    assert (sent["order_id"], sent["qty"], sent["price"]) == (7, 4, 97)
    assert (sent["type"], sent["time_in_force"], sent["post_only"]) == (LIMIT, GTC, 1)
    assert outbox(state) == [(slot, 0)]
    assert int(state.accounts["open_buy"][0, 0]) == 4


def test_requests_are_carried_out_in_their_order(state):
    slots = send(state, order(1), order(1, portfolio_index=1), order(2))
    assert outbox(state) == [(slot, 0) for slot in slots]


def test_an_order_of_the_same_requests_is_cancelled_by_its_row(state):
    slots = send(state, order(1), order(2), cancel(2, -2 - 1))
    assert outbox(state) == [(slots[0], 0), (slots[1], 0), (slots[1], 1)]


def test_only_as_many_rows_count_as_were_asked(state):
    send_requests(state, rows(order(1), order(2)), 1)
    assert len(outbox(state)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": 9},  # the slot has another order now
        {"portfolio": 1},  # of somebody else
        {"portfolio": -1},  # free
        {"told": OVER},  # its end is known, a cancel is still on its way
    ],
)
def test_a_cancel_of_what_is_not_there_any_more_is_too_late(state, change):
    (slot,) = send(state, order(1))
    for name, value in change.items():
        state.orders[name][slot] = value
    send(state, cancel(1, slot))
    assert outbox(state) == [(slot, 0)]
    assert int(state.clock["work_too_late"][0]) == 1


def test_a_timer_is_the_next_time_of_its_own(state):
    send(state, {Request.KIND: RequestKind.TIMER, Request.PRICE: 77})
    assert state.strategies["next_ts"].tolist() == [77, -1]


# Stopping --------------------------------------------------------------------------


def test_who_is_stopped_cancels_everything_that_is_open(state):
    state.clock["now"] = 9
    slots = send(
        state,
        order(1),
        order(1, portfolio_index=1),
        order(2),
        {Request.KIND: RequestKind.STOP},
    )
    mine = [slots[0], slots[2]]
    assert outbox(state)[3:] == [(slot, 1) for slot in mine]
    assert state.portfolios[["stopped", "stopped_ts"]].tolist() == [(1, 9), (0, 0)]


def test_who_is_stopped_twice_is_stopped_once(state):
    send(state, order(1))
    stop_portfolio(state, 0)
    state.clock["now"] = 9
    stop_portfolio(state, 0)
    assert len(outbox(state)) == 2
    assert int(state.portfolios["stopped_ts"][0]) == 0


def test_orders_of_who_was_stopped_end_with_that_reason():
    packets = [book(1, {99: 5}, {101: 5}), book(30, {97: 1}, {}), book(90, {1: 1}, {})]
    bids = portfolio("a", buy(5, 3, 98), buy(6, 2, 97), buy(50, 1))
    stepped = Stepped(packets, scripted(bids))
    states = iter(stepped)
    next(states), next(states)
    state = stepped.state
    state.clock["n_outbox"] = 0
    stop_portfolio(state, 0)
    for place, sent in enumerate(state.outbox[: int(state.clock["n_outbox"][0])]):
        ring = state.rings[0, place]
        ring["ts"], ring["sent"], ring["count"] = 40, sent, 1
    state.flights["count"], state.flights["head"] = 2, 0
    state.clock["next_ts"] = 40
    stepped.finish()
    ended = state.history[: int(state.clock["n_history"][0])]
    assert ended[["order_id", "ts_end"]].tolist() == [(1, 40), (2, 40)]
    whole = run(packets, scripted(bids))  # left alone, it goes on
    assert [order[5] for order in orders(whole)] == ["end_of_data"] * 2 + ["none"]


# Too many rounds -------------------------------------------------------------------


def test_who_wakes_in_a_thousand_and_one_rounds_of_one_time_is_stopped():
    packets = [book(1, {99: 5}, {101: 5}), book(30, {98: 1}, {}), book(90, {1: 1}, {})]
    restless = portfolio("a", buy(5, 3, 98), buy(30, 2, 97), buy(60, 1))
    stepped = Stepped(packets, scripted(restless))
    states = iter(stepped)
    next(states), next(states)
    state = stepped.state
    # It has woken in a thousand rounds of 30 already.
    state.portfolios["rounds_ts"], state.portfolios["rounds"] = 30, 1_000
    stepped.finish()
    assert state.portfolios[["stopped", "too_many_rounds"]].tolist() == [(1, 1)]
    assert int(state.portfolios["stopped_ts"][0]) == 30
    ended = state.history[: int(state.clock["n_history"][0])]
    # The order that rests is cancelled; those of 30 and later are never sent.
    assert ended[["order_id", "ts_end"]].tolist() == [(1, 30)]
    state = Stepped(packets, scripted(restless)).finish()
    assert int(state.portfolios["stopped"][0]) == 0
    assert int(state.clock["n_history"][0]) == 3
