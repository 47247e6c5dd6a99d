"""A script is sent entry by entry; its cancels name orders by their id."""

import pytest

from commonbook.core.enums import Reason
from tests.kernels import fills, orders, run, scripted
from tests.oracle.builders import book as market
from tests.oracle.builders import buy, portfolio, sell, sold
from tests.oracle.scenario import Cancel, Order, PortfolioSpec

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

BOOK = market(1, {100: 5, 99: 5}, {101: 5})
END = market(100, {1: 1}, {})


def played(*messages, packets=(), **more):
    return run([BOOK, *packets, END], scripted(portfolio("a", *messages, **more)))


def states(raw):
    return [(order[4], order[5], order[6]) for order in orders(raw)]


def test_every_field_of_an_entry_is_sent():
    raw = played(
        buy(2, 3, 100),
        sell(3, 4, 102, post_only=True),
        buy(4, 1),
        sell(5, 2, 100, tif="ioc"),
        buy(6, 9, 99),
    )
    fields = ("side", "type", "time_in_force", "promises", "price", "qty")
    assert [tuple(int(o[f]) for f in fields) for o in raw.orders] == [
        (0, 1, 0, 0, 100, 3),
        (1, 1, 0, 1, 102, 4),
        (0, 0, 1, 0, 0, 1),
        (1, 1, 1, 0, 100, 2),
        (0, 1, 0, 0, 99, 9),
    ]
    assert raw.orders["ts_decision"].tolist() == [2, 3, 4, 5, 6]


def test_orders_keep_their_own_ids():
    ids = [7, 3, 1_000_000]
    spec = PortfolioSpec(
        "a", messages=[Order(2 + i, 0, 0, 1, 100, id=n) for i, n in enumerate(ids)]
    )
    raw = run([BOOK, END], scripted(spec))
    assert raw.orders["order_id"].tolist() == sorted(ids)


def test_entries_of_one_time_are_sent_together_in_their_order():
    raw = played(buy(2, 3), buy(2, 3), sell(2, 1))
    assert fills(raw) == [(2, "buy", 101, 3), (2, "buy", 101, 2), (2, "sell", 100, 1)]
    assert raw.orders["filled"].tolist() == [3, 2, 1]


def test_a_cancel_reaches_the_order_that_it_names():
    raw = played(buy(2, 1, 100), buy(2, 1, 99), buy(2, 1, 98), Cancel(5, 2))
    assert [state[1] for state in states(raw)] == [
        "end_of_data",
        "user_cancel",
        "end_of_data",
    ]
    assert int(raw.orders["ts_end"][1]) == 5
    assert raw.counters["too_late"] == 0


def test_a_cancel_of_an_order_that_is_known_to_have_ended_is_not_sent():
    raw = played(buy(2, 3), Cancel(5, 1))
    assert states(raw) == [("filled", "none", 3)]
    assert (raw.counters["too_late"], raw.counters["messages"]) == (1, 1)


def test_a_cancel_that_meets_an_order_that_has_ended_is_too_late():
    raw = played(buy(2, 3), Cancel(5, 1), order_delay=1, response_delay=9)
    assert states(raw) == [("filled", "none", 3)]
    assert (raw.counters["too_late"], raw.counters["messages"]) == (1, 2)


def test_a_cancel_does_not_stop_a_fill_before_it_arrives():
    raw = played(
        buy(2, 9, 100), Cancel(10, 1), packets=[sold(12, 100, 7)], order_delay=3
    )
    assert states(raw) == [("cancelled", "user_cancel", 2)]
    assert int(raw.orders["ts_end"][0]) == 13


def test_a_cancel_that_leaves_with_its_order_waits_for_it():
    assert states(played(buy(2, 9), Cancel(2, 1))) == [("cancelled", "no_liquidity", 5)]
    assert states(played(buy(2, 9, 100), Cancel(2, 1))) == [
        ("cancelled", "user_cancel", 0)
    ]


def test_two_cancels_of_one_order_are_one_too_many():
    raw = played(buy(2, 1, 100), Cancel(5, 1), Cancel(5, 1), order_delay=2)
    assert states(raw) == [("cancelled", "user_cancel", 0)]
    assert raw.counters["too_late"] == 1


@pytest.mark.parametrize("response_delay", [0, 30])
def test_a_late_cancel_never_reaches_another_order_in_the_same_place(response_delay):
    # The slot of order 1 is free again once its end is known; order 2 takes it.
    raw = played(
        buy(2, 1),
        buy(50, 1, 100),
        Cancel(60, 1),
        Cancel(70, 1),
        response_delay=response_delay,
    )
    assert states(raw)[1] == ("expired", "end_of_data", 0)
    assert raw.counters["too_late"] == 2


def test_an_order_before_the_data_meets_an_empty_book():
    raw = played(
        Order(0, 0, 0, 1, 100, id=1),
        Order(0, 0, 1, 1, id=2),
        packets=[sold(3, 100, 1)],
    )
    assert states(raw) == [("filled", "none", 1), ("cancelled", "no_liquidity", 0)]


def test_orders_after_the_end_of_the_data_are_refused():
    raw = played(buy(100, 1, 100), buy(101, 1, 100))
    reasons = [Reason(reason) for reason in raw.orders["reason"]]
    assert reasons == [Reason.END_OF_DATA, Reason.AFTER_END]
    assert raw.orders["ts_sent"].tolist() == [100, 0]


def test_an_empty_script_does_nothing():
    raw = played()
    assert (raw.orders.size, raw.fills.size) == (0, 0)
