"""When things happen: delays, rounds, batches, knowledge, the end of the tape."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.scenario import Cancel, Packet, Scenario, Settings

MS = 1_000_000
BOOK = book(1, {99: 10}, {101: 10})


def test_an_order_meets_the_book_of_its_arrival_not_of_the_next_packet(run):
    packets = [book(1, {99: 9}, {101: 9}), book(1_006 * MS, {}, {101: 0, 105: 9})]
    a = portfolio("a", buy(1_000 * MS, 5), order_delay=5 * MS)
    outcome = run(scenario(packets, a))
    assert [(f.ts, f.price_half) for f in outcome.fills] == [(1_005 * MS, 202)]


def test_packets_of_the_same_time_come_before_arrivals(run):
    packets = [BOOK, book(8, {}, {101: 0, 105: 9})]
    outcome = run(scenario(packets, portfolio("a", buy(5, 5), order_delay=3)))
    assert fills(outcome, "a") == [(5, 105, "taker")]


def test_the_shorter_delay_is_served_first(run):
    a = portfolio("a", buy(5, 10), order_delay=4)
    b = portfolio("b", buy(6, 10), order_delay=2)
    packets = [book(1, {99: 10}, {101: 10, 102: 10})]
    outcome = run(scenario(packets, a, b))
    assert [fills(outcome, name)[0][1] for name in "ab"] == [102, 101]


def test_orders_that_arrive_together_are_one_batch_whenever_they_were_sent(run):
    a = portfolio("a", buy(5, 10, 101), order_delay=4)
    b = portfolio("b", buy(7, 10, 101), order_delay=2)
    outcome = run(scenario([BOOK], a, b, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_without_delay_an_order_arrives_in_the_next_round(run):
    # B's order was sent earlier and arrives at 5, before what A sends at 5.
    a = portfolio("a", buy(5, 10, 101))
    b = portfolio("b", buy(3, 10, 101), order_delay=2)
    outcome = run(scenario([BOOK], a, b, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [0, 10]
    assert order(outcome, "a").ts_arrival == 5


def test_messages_of_one_portfolio_keep_their_order(run):
    a = portfolio("a", buy(5, 6, 99), buy(5, 6, 99), order_delay=3)
    outcome = run(scenario([BOOK, sold(20, 99, 14)], a))
    assert [order(outcome, "a", n).filled for n in (1, 2)] == [4, 0]


def test_a_cancel_ends_a_resting_order_when_it_arrives(run):
    a = portfolio("a", buy(5, 6, 100), Cancel(9, 1), order_delay=3)
    outcome = run(scenario([BOOK, sold(12, 100, 1), sold(13, 100, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 1)
    assert order(outcome, "a").ts_end == 12


def test_cancels_come_before_the_takers_of_their_batch(run):
    a = portfolio("a", sell(3, 4, 100), Cancel(8, 1))
    b = portfolio("b", buy(8, 4))
    outcome = run(scenario([BOOK], a, b))
    assert fills(outcome, "b") == [(4, 101, "taker")]


def test_a_cancel_that_comes_too_late_changes_nothing(run):
    a = portfolio("a", buy(5, 6), Cancel(8, 1))
    assert ending(run(scenario([BOOK], a)), "a") == ("filled", "none", 6)


def test_a_cancel_in_the_batch_of_its_order_waits_for_the_end(run):
    a = portfolio("a", buy(5, 14, 101), Cancel(5, 1))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 10)
    assert order(outcome, "a").ahead == 0


def test_such_an_order_can_still_be_met_by_its_batch(run):
    a = portfolio("a", buy(5, 4, 100), Cancel(5, 1))
    b = portfolio("b", sell(5, 4, 100), Cancel(5, 1))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert [filled(outcome, name) for name in "ab"] == [4, 4]


def test_what_is_in_flight_or_resting_at_the_end_expires(run):
    a = portfolio("a", buy(5, 4, 100), buy(6, 1), order_delay=2)
    tape = [BOOK, Packet(7, [("S", 0, "B", 99, 9)])]
    spec = Scenario(7, ["SYM0"], tape, [a], Settings([["a"]]))
    outcome = run(spec)
    assert ending(outcome, "a", 1) == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 2) == ("expired", "end_of_data", 0)
    assert [order(outcome, "a", n).ts_arrival for n in (1, 2)] == [7, 0]
    assert [order(outcome, "a", n).ts_end for n in (1, 2)] == [7, 7]


@pytest.mark.parametrize(("second", "reason"), [(20, "max_position"), (21, "none")])
def test_the_position_limit_uses_what_the_portfolio_knows(run, second, reason):
    # The sale is filled at 11 and known from 21 on.
    a = portfolio(
        "a",
        sell(10, 5),
        buy(second, 10),
        order_delay=1,
        response_delay=10,
        max_position=10,
        positions={0: 5},
    )
    outcome = run(scenario([BOOK], a))
    assert order(outcome, "a", 2).reason == reason


def test_orders_on_their_way_count_against_the_position_limit(run):
    a = portfolio("a", buy(5, 6), buy(5, 6), buy(5, 4), max_position=10)
    outcome = run(scenario([book(1, {99: 9}, {101: 99})], a))
    states = [ending(outcome, "a", n)[:2] for n in (1, 2, 3)]
    assert states == [
        ("filled", "none"),
        ("rejected", "max_position"),
        ("filled", "none"),
    ]
    assert order(outcome, "a", 2).ts_end == 5
    assert order(outcome, "a", 2).ts_arrival == 0


def test_orders_known_to_have_ended_no_longer_count(run):
    a = portfolio(
        "a", buy(5, 6, 90), Cancel(7, 1), buy(7, 6), buy(9, 6), max_position=10
    )
    outcome = run(scenario([BOOK], a))
    assert [order(outcome, "a", n).reason for n in (2, 3)] == ["max_position", "none"]


def test_the_position_limit_binds_on_sales_as_well(run):
    a = portfolio("a", sell(5, 6), sell(5, 5), max_position=10)
    outcome = run(scenario([BOOK], a))
    assert [order(outcome, "a", n).reason for n in (1, 2)] == ["none", "max_position"]
