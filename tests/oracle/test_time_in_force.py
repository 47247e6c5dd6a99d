"""Orders that end at a time of the venue."""

from tests.oracle.builders import (
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    portfolio,
    reference_only,
    scenario,
    sell,
    sold,
    told,
)
from tests.oracle.scenario import Cancel, Order, Packet, Replace, Scenario, Settings

BOOK = book(1, {99: 10}, {101: 10})
EMPTY = book(1, {98: 10}, {101: 10})


def gtd(at, qty, price, expires, **more):
    return buy(at, qty, price, tif="gtd", expires=expires, **more)


def test_it_ends_at_its_time_without_delay_and_is_told_after_one(run):
    a = portfolio("a", gtd(5, 4, 100, 9), order_delay=1, response_delay=3)
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a") == ("expired", "expired", 0)
    assert order(outcome, "a").ts_end == 9
    assert told(outcome, "a") == [(9, "accepted", 4), (12, "ended", 0)]


def test_until_then_it_is_like_any_other(run):
    a = portfolio("a", gtd(5, 14, 101, 20))
    outcome = run(scenario([BOOK, sold(10, 101, 3)], a))
    assert fills(outcome, "a") == [(10, 101, "taker"), (3, 101, "maker")]
    assert ending(outcome, "a") == ("expired", "expired", 13)


def test_a_print_of_the_same_time_still_fills_it(run):
    a = portfolio("a", gtd(5, 4, 99, 10))
    outcome = run(scenario([EMPTY, sold(10, 99, 3)], a))
    assert ending(outcome, "a") == ("expired", "expired", 3)


def test_a_batch_of_the_same_time_does_not(run):
    a, b = portfolio("a", gtd(5, 4, 100, 10)), portfolio("b", sell(10, 4))
    outcome = run(scenario([BOOK], a, b))
    assert filled(outcome, "a") == 0
    assert fills(outcome, "b") == [(4, 99, "taker")]


def test_on_arrival_after_its_time_it_ends_at_once(run):
    a = portfolio("a", gtd(5, 4, 101, 8), order_delay=3)
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a") == ("expired", "expired", 0)
    assert (order(outcome, "a").ts_arrival, order(outcome, "a").ts_end) == (8, 8)


def test_expiries_come_before_cancels_and_replaces(run):
    messages = [gtd(5, 4, 100, 10), Cancel(10, 1), Replace(10, 1, qty=9)]
    outcome = run(scenario([BOOK], portfolio("a", *messages, response_delay=2)))
    assert ending(outcome, "a") == ("expired", "expired", 0)
    assert outcome.too_late == 2
    assert [kind for _, kind, _ in told(outcome, "a")] == [
        "accepted",
        "ended",
        "cancel_rejected",
        "cancel_rejected",
    ]


def test_a_stop_that_waits_ends_too(run):
    a = portfolio("a", gtd(5, 4, None, 10, stop=103))
    packets = [BOOK, sold(2, 99, 1), Packet(11, [("T", 0, "B", 103, 1)])]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a") == ("expired", "expired", 0)
    assert order(outcome, "a").ts_trigger == 0


def test_a_stop_that_is_triggered_when_it_ends_ends(run):
    a = portfolio("a", gtd(5, 4, None, 10, stop=103))
    packets = [BOOK, sold(2, 99, 1), Packet(10, [("T", 0, "B", 103, 1)])]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a") == ("expired", "expired", 0)
    assert order(outcome, "a").ts_trigger == 10


@reference_only
def test_those_of_one_portfolio_end_in_the_order_of_their_numbers(run):
    orders = [gtd(5, 1, 98, 10), gtd(5, 1, 100, 10), gtd(6, 1, 97, 10)]
    outcome = run(scenario([BOOK], portfolio("a", *orders)))
    ended = [r.order_id for r in outcome.reports["a"] if r.kind == "ended"]
    assert ended == [1, 2, 3]


def test_the_end_of_the_data_ends_what_would_end_later(run):
    terms = Order(5, 0, 0, 4, 100, tif="gtd", expires=100)
    tape = [BOOK, Packet(50, [("S", 0, "B", 99, 9)])]
    outcome = run(
        Scenario(7, ["SYM0"], tape, [portfolio("a", terms)], Settings([["a"]]))
    )
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)


def test_what_ends_with_the_last_packet_ends_by_its_time(run):
    terms = Order(5, 0, 0, 4, 100, tif="gtd", expires=50)
    tape = [BOOK, Packet(50, [("S", 0, "B", 99, 9)])]
    outcome = run(
        Scenario(7, ["SYM0"], tape, [portfolio("a", terms)], Settings([["a"]]))
    )
    assert ending(outcome, "a") == ("expired", "expired", 0)


def test_it_may_be_netted(run):
    a, b = portfolio("a", gtd(5, 4, 101, 50)), portfolio("b", sell(5, 4))
    outcome = run(scenario([BOOK], a, b))
    assert {f.counterparty for f in outcome.fills} == {"a", "b"}
