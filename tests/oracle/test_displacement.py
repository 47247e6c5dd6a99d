"""Prints reach resting orders as if our own volume had moved them, never nearer."""

import pytest

from tests.oracle.builders import (
    add,
    book,
    bought,
    buy,
    ending,
    filled,
    fills,
    hit,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.impact import NEVER
from tests.oracle.scenario import Impact, Packet

#: The mid is 99: 10 lots bought displace by 1.485 ticks, so by one; 20 lots by two.
IMPACT = Impact("linear", 1.5, NEVER, [0.01], [100.0])
START = book(1, {97: 10}, {101: 40, 103: 10})
TAKER = portfolio("z", buy(3, 10))


def outcome_of(run, packets, *people, impact=IMPACT, **settings):
    return run(scenario([START, *packets], *people, impact=impact, **settings))


def bid(run, *packets, price=99, lots=10, **settings):
    """Bid for 5 after the group bought some lots; return what the packets fill."""
    people = [portfolio("z", buy(3, lots)), portfolio("a", buy(5, 5, price))]
    return filled(outcome_of(run, packets, *people, **settings), "a")


def test_a_print_at_the_price_does_not_reach_it(run):
    assert bid(run, sold(6, 99, 50)) == 0


def test_a_print_one_tick_through_reaches_it_as_if_at_its_price(run):
    assert bid(run, sold(6, 98, 50)) == 5
    outcome = outcome_of(run, [sold(6, 98, 50)], TAKER, portfolio("a", buy(5, 5, 99)))
    assert [f.through for f in outcome.fills if f.portfolio == "a"] == [False]


def test_a_print_further_through_fills_whatever_is_ahead(run):
    level = book(2, {99: 20}, {})
    assert bid(run, level, sold(6, 97, 4)) == 4
    assert bid(run, level, sold(6, 98, 4)) == 0
    assert bid(run, level, sold(6, 98, 23)) == 3


def test_more_volume_displaces_further(run):
    assert bid(run, sold(6, 98, 50), lots=20) == 0
    assert bid(run, sold(6, 97, 50), lots=20) == 5


def test_the_queue_moves_with_prints_at_its_own_price(run):
    level = book(2, {99: 20}, {})
    assert bid(run, level, sold(6, 99, 18), sold(7, 98, 4)) == 2
    # Those that only reach it displaced leave it where it was.
    assert bid(run, level, sold(6, 98, 18), sold(7, 98, 18)) == 0


def test_what_was_printed_at_its_price_is_no_cancel(run):
    # 5 of the 20 were printed, so nothing was cancelled and 15 are ahead.
    packets = [book(2, {99: 20}, {}), sold(6, 99, 5), book(7, {99: 15}, {})]
    assert bid(run, *packets, sold(8, 98, 16), queue=("power", 1.0)) == 1


def test_the_budget_of_a_displaced_print_is_its_size(run):
    people = [portfolio("a", buy(5, 5, 100)), portfolio("b", buy(5, 5, 99))]
    outcome = outcome_of(run, [sold(6, 98, 7)], TAKER, *people)
    assert [filled(outcome, name) for name in "ab"] == [5, 2]


def test_asks_are_not_reached_sooner_for_it(run):
    a = portfolio("a", sell(5, 5, 102))
    assert fills(outcome_of(run, [bought(6, 101, 50)], TAKER, a), "a") == []
    assert fills(outcome_of(run, [bought(6, 102, 50)], TAKER, a), "a") == [
        (5, 102, "maker")
    ]


@pytest.mark.parametrize(("price", "got"), [(102, 0), (103, 5), (104, 5)])
def test_sold_volume_displaces_prints_for_asks(run, price, got):
    people = [portfolio("z", sell(3, 10)), portfolio("a", sell(5, 5, 102))]
    outcome = outcome_of(run, [bought(6, price, 50)], *people)
    assert filled(outcome, "a") == got


def test_prints_without_a_side_are_displaced_too(run):
    print_ = Packet(6, [("T", 0, "N", 98, 50)])
    assert bid(run, print_) == 0
    assert bid(run, print_, price=100) == 5


def test_displacement_decays(run):
    impact = Impact("linear", 1.5, [(1.0, 10)], [0.01], [100.0])
    people = [TAKER, portfolio("a", buy(5, 5, 99))]
    for ts, got in (8, 0), (9, 5):  # 1.485 ticks become 1.05 and then less than one
        outcome = outcome_of(run, [sold(ts, 99, 50)], *people, impact=impact)
        assert filled(outcome, "a") == got


def test_other_groups_are_not_displaced(run):
    people = [TAKER, portfolio("a", buy(5, 5, 99))]
    outcome = outcome_of(run, [sold(6, 99, 50)], *people, engines="isolated")
    assert filled(outcome, "a") == 5


def test_without_distribution_all_of_the_group_are_displaced(run):
    people = [TAKER, portfolio("a", buy(5, 5, 99))]
    outcome = outcome_of(run, [sold(6, 99, 50)], *people, distribution=None)
    assert filled(outcome, "a") == 0


def test_what_crosses_the_book_is_not_displaced(run):
    assert bid(run, book(6, {}, {99: 3})) == 3


def test_marketability_and_post_only_are_judged_on_the_book(run):
    a = portfolio("a", buy(5, 5, 100, post_only=True), buy(6, 5, 101, post_only=True))
    outcome = outcome_of(run, [], TAKER, a)
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 2) == ("rejected", "post_only", 0)


def test_orders_of_the_tape_are_displaced_alike(run):
    start = Packet(1, [add(1, "B", 99, 10), add(2, "A", 101, 40)])
    people = [TAKER, portfolio("a", buy(5, 5, 99)), portfolio("b", buy(5, 5, 100))]
    packets = [start, Packet(6, [("T", 0, "A", 99, 3), *hit(1, 99, 10)])]
    outcome = run(scenario(packets, *people, impact=IMPACT))
    # At 99 the prints reach 100 only, one after the other.
    assert [filled(outcome, name) for name in "ab"] == [0, 5]
