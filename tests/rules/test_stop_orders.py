"""Stop orders wait for the market, then they are market or limit orders."""

import pytest

from tests.rules.words import (
    book,
    bought,
    buy,
    cancel,
    ending,
    fills,
    order,
    partners,
    portfolio,
    printed,
    sell,
    sold,
    times,
)

BOOK = book(0, {99: 10, 98: 10}, {101: 10, 102: 10})
LAST = bought(2, 101, 1)
WHOLE = {"tick": "1"}
SLOW = {"latency": {"order": "3ns"}}
TOUCH = {"stop_trigger": "touch", **WHOLE}


@pytest.mark.parametrize("by_order", [False, True])
def test_a_buy_stop_is_triggered_by_a_print_at_its_price(run, by_order):
    packets = [BOOK, LAST, bought(10, 102, 1), bought(11, 103, 1)]
    buyer = portfolio("A", buy(5, 4, stop_price=103))
    result = run(packets, buyer, by_order=by_order, **WHOLE)
    assert fills(result, "A") == [(4, 101.0, "taker")]
    assert times(result, "A") == [11]
    row = order(result, "A")
    assert (row["type"], row["stop_price"], row["price"]) == ("stop", 103.0, None)
    assert (row["ts_arrival"], row["ts_trigger"]) == (5, 11)


def test_a_sell_stop_is_triggered_by_a_print_at_or_below_its_price(run):
    packets = [BOOK, LAST, sold(10, 99, 1), sold(11, 97, 1)]
    result = run(packets, portfolio("A", sell(5, 4, stop_price=98)), **WHOLE)
    assert fills(result, "A") == [(4, 99.0, "taker")]
    assert times(result, "A") == [11]


@pytest.mark.parametrize("print_of", [bought, sold, printed])
def test_a_print_of_any_side_triggers(run, print_of):
    packets = [BOOK, LAST, print_of(10, 104, 1)]
    result = run(packets, portfolio("A", buy(5, 4, stop_price=103)), **WHOLE)
    assert order(result, "A")["ts_trigger"] == 10


def test_any_print_of_a_packet_triggers_not_only_the_last(run):
    packets = [BOOK, LAST, bought(10, 103, 1) + bought(10, 101, 1)]
    result = run(packets, portfolio("A", buy(5, 4, stop_price=103)), **WHOLE)
    assert order(result, "A")["ts_trigger"] == 10


def test_our_own_fills_do_not_trigger(run):
    people = [portfolio("A", buy(5, 1, stop_price=102)), portfolio("B", buy(6, 15))]
    result = run([BOOK, LAST], *people, **WHOLE)
    assert fills(result, "B")[-1] == (5, 102.0, "taker")
    assert ending(result, "A") == ("expired", "end_of_data", 0)
    assert order(result, "A")["ts_trigger"] is None


def test_on_arrival_the_last_print_of_the_tape_is_judged(run):
    packets = [BOOK, bought(2, 103, 1), bought(3, 102, 1)]
    people = [
        portfolio("A", buy(5, 1, stop_price=102)),
        portfolio("B", buy(5, 1, stop_price=103)),
    ]
    result = run(packets, *people, **WHOLE)
    assert (order(result, "A")["ts_trigger"], times(result, "A")) == (5, [5])
    assert times(result, "B") == []


def test_before_the_first_print_nothing_triggers(run):
    result = run([BOOK], portfolio("A", buy(5, 1, stop_price=1)), **WHOLE)
    assert ending(result, "A") == ("expired", "end_of_data", 0)


def test_a_triggered_stop_takes_after_all_packets_of_its_time(run):
    packets = [BOOK, LAST, bought(10, 103, 1), book(10, {}, {101: 0, 104: 9})]
    result = run(packets, portfolio("A", buy(5, 4, stop_price=103)), **WHOLE)
    assert fills(result, "A") == [(4, 102.0, "taker")]


def test_a_triggered_stop_limit_order_rests_at_its_limit(run):
    packets = [BOOK, LAST, bought(10, 103, 1), sold(20, 100, 3)]
    result = run(packets, portfolio("A", buy(5, 4, 100, stop_price=103)), **WHOLE)
    assert fills(result, "A") == [(3, 100.0, "maker")]
    row = order(result, "A")
    assert (row["type"], row["price"], row["ahead"]) == ("stop_limit", 100.0, 0.0)


def test_a_stop_that_waits_is_in_no_queue(run):
    packets = [BOOK, LAST, bought(10, 105, 50)]
    result = run(packets, portfolio("A", sell(5, 4, 101, stop_price=98)), **WHOLE)
    assert fills(result, "A") == []
    assert order(result, "A")["ahead"] is None


def test_the_rest_of_a_triggered_stop_is_cancelled_without_liquidity(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    result = run(packets, portfolio("A", buy(5, 25, stop_price=103)), **WHOLE)
    assert ending(result, "A") == ("cancelled", "no_liquidity", 20)


def test_the_triggered_come_before_what_arrives_in_their_batch(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    orders = [buy(3, 10, stop_price=103), buy(7, 10)]
    result = run(packets, portfolio("A", *orders, **SLOW), **WHOLE)
    assert [order(result, "A", n)["ts_arrival"] for n in (1, 2)] == [6, 10]
    assert [order(result, "A", n)["filled"] for n in (1, 2)] == [10, 10]
    assert fills(result, "A") == [(10, 101.0, "taker"), (10, 102.0, "taker")]
    assert result.fills["order_id"].to_list() == [1, 2]


def test_a_cancel_ends_a_stop_that_waits(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    buyer = portfolio("A", buy(5, 4, stop_price=103), cancel(7, 1))
    assert ending(run(packets, buyer, **WHOLE), "A") == ("cancelled", "user_cancel", 0)


def test_a_cancel_beats_a_trigger_of_the_same_time(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    buyer = portfolio("A", buy(3, 4, stop_price=103), cancel(7, 1), **SLOW)
    result = run(packets, buyer, **WHOLE)
    assert ending(result, "A") == ("cancelled", "user_cancel", 0)
    assert order(result, "A")["ts_trigger"] == 10


def test_stops_are_not_netted(run):
    # Both would trigger on arrival; netted they would trade with each other.
    packets = [BOOK, LAST]
    people = [
        portfolio("A", buy(5, 4, stop_price=101)),
        portfolio("B", sell(5, 4, stop_price=101)),
    ]
    result = run(packets, *people, **WHOLE)
    assert partners(result, "A") == partners(result, "B") == [(4, "market")]


def test_by_touch_a_buy_stop_is_triggered_by_the_best_ask(run):
    packets = [BOOK, LAST, bought(10, 103, 1), book(12, {}, {101: 0, 102: 0, 103: 5})]
    result = run(packets, portfolio("A", buy(5, 4, stop_price=103)), **TOUCH)
    assert fills(result, "A") == [(4, 103.0, "taker")]
    assert order(result, "A")["ts_trigger"] == 12


def test_by_touch_a_sell_stop_is_triggered_by_the_best_bid(run):
    packets = [BOOK, LAST, sold(10, 98, 1), book(12, {99: 0}, {})]
    result = run(packets, portfolio("A", sell(5, 4, stop_price=98)), **TOUCH)
    assert order(result, "A")["ts_trigger"] == 12


def test_by_touch_only_the_end_of_a_packet_counts(run):
    flicker = book(10, {99: 0}, {}) + book(10, {99: 7}, {})
    result = run([BOOK, flicker], portfolio("A", sell(5, 4, stop_price=98)), **TOUCH)
    assert order(result, "A")["ts_trigger"] is None


def test_by_touch_a_missing_side_triggers_nothing(run):
    packets = [BOOK, book(10, {}, {101: 0, 102: 0})]
    result = run(packets, portfolio("A", buy(5, 4, stop_price=103)), **TOUCH)
    assert order(result, "A")["ts_trigger"] is None


def test_by_touch_the_touch_on_arrival_is_judged(run):
    result = run([BOOK], portfolio("A", buy(5, 4, stop_price=101)), **TOUCH)
    assert (order(result, "A")["ts_trigger"], times(result, "A")) == (5, [5])


def test_isolated_a_stop_is_triggered_in_each_engine(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    people = [portfolio(name, buy(5, 10, stop_price=103)) for name in "AB"]
    result = run(packets, *people, mode="isolated", **WHOLE)
    assert [fills(result, n) for n in "AB"] == [[(10, 101.0, "taker")]] * 2


def test_shared_the_triggered_compete_for_what_is_there(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    people = [portfolio(name, buy(5, 10, stop_price=103)) for name in "AB"]
    result = run(packets, *people, **WHOLE)
    assert sorted(fills(result, "A") + fills(result, "B")) == [
        (10, 101.0, "taker"),
        (10, 102.0, "taker"),
    ]


def test_a_post_only_stop_limit_order_that_would_take_is_cancelled(run):
    packets = [BOOK, LAST, bought(10, 103, 1)]
    quoting = buy(5, 4, 101, stop_price=103, post_only=True)
    result = run(packets, portfolio("A", quoting), **WHOLE)
    assert ending(result, "A") == ("cancelled", "post_only", 0)
