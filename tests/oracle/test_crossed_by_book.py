"""New opposite size at or through a resting order acts as an incoming order."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    fills,
    levels,
    portfolio,
    scenario,
    sell,
    snapshot,
)
from tests.oracle.scenario import Packet

START = book(1, {99: 10}, {101: 10})


def marks(outcome):
    return [(f.qty, f.price_half / 2, f.cross_fill) for f in outcome.fills]


def test_an_ask_of_one_at_the_bid_fills_at_most_one(run):
    packets = [START, book(6, {}, {100: 1})]
    outcome = run(scenario(packets, portfolio("a", buy(5, 50, 100))))
    assert marks(outcome) == [(1, 100, True)]
    assert outcome.consumed == {(("a",), 0, 1, 100): 1}


def test_it_can_be_switched_off(run):
    packets = [START, book(6, {}, {100: 1})]
    a = portfolio("a", buy(5, 50, 100))
    assert marks(run(scenario(packets, a, fill_on_cross=False))) == []


def test_only_added_size_counts(run):
    packets = [
        START,
        book(6, {}, {100: 3}),
        book(7, {}, {100: 5}),
        book(8, {}, {100: 5}),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 50, 100))))
    assert marks(outcome) == [(3, 100, True), (2, 100, True)]


def test_size_through_the_price_fills_at_the_price_of_the_order(run):
    packets = [START, book(6, {}, {98: 4})]
    outcome = run(scenario(packets, portfolio("a", buy(5, 50, 100))))
    assert marks(outcome) == [(4, 100, True)]


def test_better_prices_then_older_orders_are_met_first(run):
    packets = [START, book(6, {}, {99: 7})]
    people = [
        portfolio("a", buy(3, 3, 99)),
        portfolio("b", buy(4, 3, 100)),
        portfolio("c", buy(5, 3, 100)),
    ]
    outcome = run(scenario(packets, *people))
    assert [(f.portfolio, f.qty) for f in outcome.fills] == [
        ("b", 3),
        ("c", 3),
        ("a", 1),
    ]


def test_bids_fill_resting_offers(run):
    packets = [START, book(6, {101: 4, 100: 4}, {})]
    outcome = run(scenario(packets, portfolio("a", sell(5, 50, 100))))
    assert marks(outcome) == [(4, 100, True), (4, 100, True)]


@pytest.mark.parametrize("engines", ["shared", "isolated"])
def test_each_engine_meets_the_new_size_once(run, engines):
    packets = [START, book(6, {}, {100: 5})]
    people = [portfolio(name, buy(5, 5, 100)) for name in "ab"]
    outcome = run(scenario(packets, *people, engines=engines))
    assert sum(f.qty for f in outcome.fills) == {"shared": 5, "isolated": 10}[engines]


def test_size_that_comes_back_into_the_depth_is_not_new(run):
    packets = [
        book(1, {97: 10}, {98: 5, 99: 10}),
        snapshot(3, {97: 10}, {98: 5}),
        book(4, {}, {98: 0}),
        book(6, {}, {99: 10}),
    ]
    a = portfolio("a", buy(5, 10, 99))
    assert marks(run(scenario(packets, a))) == []


def test_what_was_met_cannot_be_taken_again(run):
    packets = [START, book(6, {}, {100: 5})]
    a = portfolio("a", buy(5, 5, 100), buy(7, 10))
    outcome = run(scenario(packets, a))
    assert fills(outcome, "a") == [(5, 100, "maker"), (10, 101, "taker")]


def test_only_what_is_added_to_a_level_that_came_back_is_new(run):
    packets = [
        book(1, {97: 10}, {98: 5, 99: 10}),
        snapshot(3, {97: 10}, {98: 5}),
        book(4, {}, {98: 0}),
        book(6, {}, {99: 10}),
        book(7, {}, {99: 12}),
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10, 99))))
    assert [(f.ts, f.qty) for f in outcome.fills] == [(7, 2)]


def test_new_asks_come_before_new_bids(run):
    packets = [START, book(6, {101: 2, 102: 2}, {100: 2, 99: 2})]
    a = portfolio("a", buy(5, 50, 100), sell(5, 50, 101))
    outcome = run(scenario(packets, a))
    assert [(f.side, f.qty) for f in outcome.fills] == [(0, 2), (0, 2), (1, 2), (1, 2)]


def test_a_level_that_dips_inside_a_packet_has_added_nothing(run):
    dip = Packet(7, [*levels({}, {99: 4}), *levels({}, {99: 10})])
    packets = [
        book(1, {97: 10}, {98: 5, 99: 10}),
        snapshot(3, {97: 10}, {98: 5}),
        book(4, {}, {98: 0}),
        book(6, {}, {99: 10}),
        dip,
    ]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10, 99))))
    assert outcome.fills == []
