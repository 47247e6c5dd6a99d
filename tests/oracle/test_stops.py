"""Stop orders wait for the market, then are market or limit orders."""

import pytest

from tests.oracle.builders import (
    book,
    bought,
    buy,
    ending,
    fills,
    order,
    portfolio,
    scenario,
    sell,
    sold,
    told,
)
from tests.oracle.scenario import Cancel, Packet, Replace

BOOK = book(1, {99: 10, 98: 10}, {101: 10, 102: 10})
LAST = bought(2, 101, 1)


def test_a_buy_stop_is_triggered_by_a_print_at_its_price(run):
    a = portfolio("a", buy(5, 4, stop=103))
    outcome = run(scenario([BOOK, LAST, bought(10, 102, 1), bought(11, 103, 1)], a))
    assert [(f.ts, f.qty, f.price_half) for f in outcome.fills] == [(11, 4, 202)]
    assert order(outcome, "a").ts_trigger == 11
    assert order(outcome, "a").ts_arrival == 5


@pytest.mark.parametrize("letter", "ABN")
def test_a_print_of_any_side_triggers(run, letter):
    a = portfolio("a", buy(5, 4, stop=103))
    packet = Packet(10, [("T", 0, letter, 104, 1)])
    assert order(run(scenario([BOOK, LAST, packet], a)), "a").ts_trigger == 10


def test_a_sell_stop_is_triggered_by_a_print_at_or_below(run):
    a = portfolio("a", sell(5, 4, stop=98))
    outcome = run(scenario([BOOK, LAST, sold(10, 99, 1), sold(11, 97, 1)], a))
    assert [(f.ts, f.qty, f.price_half) for f in outcome.fills] == [(11, 4, 198)]


def test_a_stop_that_waits_is_at_no_price_of_the_queue(run):
    a = portfolio("a", sell(5, 4, 101, stop=98))
    outcome = run(scenario([BOOK, LAST, bought(10, 105, 50)], a))
    assert fills(outcome, "a") == []


def test_our_own_fills_do_not_trigger(run):
    a = portfolio("a", buy(5, 1, stop=102))
    b = portfolio("b", buy(6, 15))
    outcome = run(scenario([BOOK, LAST], a, b))
    assert fills(outcome, "b")[-1] == (5, 102, "taker")
    assert order(outcome, "a").ts_trigger == 0


def test_on_arrival_the_last_print_of_the_tape_is_judged(run):
    a = portfolio("a", buy(5, 4, stop=101), buy(5, 4, stop=102))
    outcome = run(scenario([BOOK, bought(2, 102, 1), bought(3, 101, 1)], a))
    assert [order(outcome, "a", n).ts_trigger for n in (1, 2)] == [5, 0]
    assert fills(outcome, "a") == [(4, 101, "taker")]


def test_before_the_first_print_nothing_triggers(run):
    a = portfolio("a", buy(5, 4, stop=90))
    outcome = run(scenario([BOOK, bought(8, 101, 1)], a))
    assert order(outcome, "a").ts_trigger == 8


def test_a_triggered_stop_joins_the_first_batch_after_all_packets_of_its_time(run):
    a = portfolio("a", buy(5, 4, stop=103))
    later = book(10, {}, {101: 0, 102: 0, 104: 10})
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1), later], a))
    assert fills(outcome, "a") == [(4, 104, "taker")]


def test_any_print_of_the_packet_triggers_not_only_the_last(run):
    a = portfolio("a", buy(5, 4, stop=103))
    packet = Packet(10, [("T", 0, "B", 103, 1), ("T", 0, "A", 99, 1)])
    assert order(run(scenario([BOOK, LAST, packet], a)), "a").ts_trigger == 10


def test_a_triggered_stop_limit_order_rests_at_its_limit(run):
    a = portfolio("a", buy(5, 15, 101, stop=103))
    packets = [BOOK, LAST, bought(10, 103, 1), sold(12, 101, 2)]
    outcome = run(scenario(packets, a))
    assert fills(outcome, "a") == [(10, 101, "taker"), (2, 101, "maker")]
    assert ending(outcome, "a") == ("expired", "end_of_data", 12)
    assert order(outcome, "a").ahead == 0


def test_the_rest_of_a_triggered_stop_is_cancelled_without_liquidity(run):
    a = portfolio("a", buy(5, 25, stop=103))
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "no_liquidity", 20)


def test_the_triggered_come_before_what_arrives_in_the_order_of_their_arrival(run):
    orders = [buy(5, 10, stop=104), buy(6, 10, stop=103), buy(9, 10)]
    a = portfolio("a", *orders, order_delay=1)
    packets = [book(1, {99: 1}, {101: 10, 102: 10, 103: 10}), LAST]
    outcome = run(scenario([*packets, bought(10, 104, 1)], a))
    got = {f.order_id: f.price_half // 2 for f in outcome.fills}
    assert got == {1: 101, 2: 102, 3: 103}


def test_a_cancel_ends_a_stop_that_waits(run):
    a = portfolio("a", buy(5, 4, stop=103), Cancel(8, 1))
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 0)
    assert order(outcome, "a").ts_end == 8


def test_a_cancel_beats_a_trigger_of_the_same_time(run):
    a = portfolio("a", buy(5, 4, stop=103), Cancel(7, 1), order_delay=3)
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 0)
    assert order(outcome, "a").ts_trigger == 10


def test_without_a_trigger_it_expires_with_the_data(run):
    a = portfolio("a", buy(5, 4, stop=103))
    outcome = run(scenario([BOOK, LAST], a))
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert order(outcome, "a").stop == 103


def test_a_stop_is_told_when_it_waits_and_when_it_rests(run):
    a = portfolio("a", buy(5, 4, 100, stop=103), response_delay=2)
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert told(outcome, "a")[:2] == [(7, "accepted", 4), (12, "accepted", 4)]
    states = [r.state for r in outcome.reports["a"]]
    assert states == ["waiting", "resting"]


def test_stops_are_not_netted(run):
    a, b = portfolio("a", buy(5, 4, stop=101)), portfolio("b", sell(5, 4))
    outcome = run(scenario([BOOK, LAST], a, b))
    assert outcome.seen["crosses"] == 0
    assert fills(outcome, "a") == [(4, 101, "taker")]


# By the touch ------------------------------------------------------------------------


def test_by_touch_a_buy_stop_is_triggered_by_the_best_ask(run):
    a = portfolio("a", buy(5, 4, stop=102))
    packets = [BOOK, bought(8, 110, 1), book(10, {}, {101: 0})]
    outcome = run(scenario(packets, a, stop_trigger="touch"))
    assert [(f.ts, f.price_half) for f in outcome.fills] == [(10, 204)]


def test_by_touch_a_sell_stop_is_triggered_by_the_best_bid(run):
    a = portfolio("a", sell(5, 4, stop=98))
    outcome = run(scenario([BOOK, book(10, {99: 0}, {})], a, stop_trigger="touch"))
    assert [(f.ts, f.price_half) for f in outcome.fills] == [(10, 196)]


def test_by_touch_only_the_end_of_a_packet_counts(run):
    a = portfolio("a", buy(5, 4, stop=102))
    events = [("S", 0, "A", 101, 0), ("S", 0, "A", 101, 3)]
    outcome = run(scenario([BOOK, Packet(10, events)], a, stop_trigger="touch"))
    assert order(outcome, "a").ts_trigger == 0


def test_by_touch_a_missing_side_triggers_nothing(run):
    a = portfolio("a", buy(5, 4, stop=102))
    packets = [BOOK, book(10, {}, {101: 0, 102: 0})]
    outcome = run(scenario(packets, a, stop_trigger="touch"))
    assert order(outcome, "a").ts_trigger == 0


def test_by_touch_the_touch_on_arrival_is_judged(run):
    a = portfolio("a", buy(5, 4, stop=101), buy(5, 4, stop=102))
    outcome = run(scenario([BOOK], a, stop_trigger="touch"))
    assert [order(outcome, "a", n).ts_trigger for n in (1, 2)] == [5, 0]


# Replaced ----------------------------------------------------------------------------


def test_a_replaced_stop_is_judged_as_on_arrival(run):
    a = portfolio("a", buy(5, 4, stop=103), Replace(8, 1, qty=6, stop=101))
    outcome = run(scenario([BOOK, LAST], a))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(8, 6)]
    assert order(outcome, "a").ts_trigger == 8
    assert (order(outcome, "a").stop, order(outcome, "a").qty) == (101, 6)


@pytest.mark.parametrize(("change", "first"), [({"qty": 5}, 1), ({"stop": 104}, 2)])
def test_a_replaced_stop_keeps_its_place_unless_its_stop_price_changes(
    run, change, first
):
    orders = [buy(5, 5, stop=103), buy(6, 5, stop=103)]
    a = portfolio("a", *orders, Replace(8, 1, **change))
    packets = [book(1, {99: 1}, {101: 5, 102: 5}), LAST, bought(10, 104, 1)]
    outcome = run(scenario(packets, a))
    assert [f.order_id for f in outcome.fills] == [first, 3 - first]


def test_a_stop_that_a_packet_has_triggered_stays_triggered(run):
    change = Replace(7, 1, qty=2, stop=110)
    a = portfolio("a", buy(5, 4, stop=103), change, order_delay=3)
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert fills(outcome, "a") == [(2, 101, "taker")]
    assert order(outcome, "a").stop == 103


def test_a_replace_that_triggers_takes_part_where_it_stands_among_the_messages(run):
    messages = [buy(5, 10, stop=103), buy(8, 10), Replace(8, 1, stop=101), buy(8, 10)]
    a = portfolio("a", *messages)
    packets = [book(1, {99: 1}, {101: 10, 102: 10, 103: 10}), LAST]
    outcome = run(scenario(packets, a))
    got = {f.order_id: f.price_half // 2 for f in outcome.fills}
    assert got == {2: 101, 1: 102, 3: 103}


def test_the_stop_price_of_a_triggered_order_that_rests_is_ignored(run):
    change = Replace(12, 1, stop=110, price=99)
    a = portfolio("a", buy(5, 4, 100, stop=103), change)
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    end = order(outcome, "a")
    assert (end.stop, end.price, end.ts_trigger) == (103, 99, 10)


def test_a_triggered_immediate_order_does_not_rest(run):
    a = portfolio("a", buy(5, 14, 101, stop=103, tif="ioc"))
    outcome = run(scenario([BOOK, LAST, bought(10, 103, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "ioc_remainder", 10)


def test_a_replace_may_leave_nothing_of_a_stop(run):
    a = portfolio("a", buy(5, 4, stop=103), Replace(8, 1, qty=0))
    outcome = run(scenario([BOOK, LAST], a))
    assert ending(outcome, "a") == ("cancelled", "replaced", 0)


def test_isolated_a_stop_is_triggered_in_each_engine(run):
    a, b = (portfolio(name, buy(5, 10, stop=103)) for name in "ab")
    packets = [BOOK, LAST, bought(10, 103, 1)]
    outcome = run(scenario(packets, a, b, engines="isolated"))
    assert [fills(outcome, name) for name in "ab"] == [[(10, 101, "taker")]] * 2
