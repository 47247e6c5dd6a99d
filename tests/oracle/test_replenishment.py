"""With a half-life what was taken comes back, though the tape shows nothing new."""

import pytest

from tests.oracle.builders import (
    add,
    book,
    bought,
    buy,
    filled,
    fills,
    hit,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.decay import Decaying
from tests.oracle.scenario import Packet

DEEP = book(1, {99: 10}, {101: 10, 102: 10})
IOC = {"tif": "ioc"}


def wanted(run, at, *packets, first=8, half_life=10):
    """Let A buy at 5 and B all that is left at 101 later; return what B got."""
    people = [
        portfolio("a", buy(5, first, 101, **IOC)),
        portfolio("b", buy(at, 100, 101, **IOC)),
    ]
    return filled(run(scenario([DEEP, *packets], *people, half_life=half_life)), "b")


@pytest.mark.parametrize(("at", "free"), [(6, 3), (15, 6), (25, 8), (45, 9), (46, 10)])
def test_half_of_what_was_taken_is_back_after_a_half_life(run, at, free):
    # 8 were taken at 5; at 6 there are 7.46 left of them, at 45 there is half a lot.
    assert wanted(run, at) == free


def test_tracked_consumption_never_comes_back_by_itself(run):
    assert wanted(run, 900, half_life=0) == 2


def test_repeating_the_book_neither_speeds_it_up_nor_holds_it_up(run):
    again = [book(ts, {99: 10}, {101: 10, 102: 10}) for ts in range(6, 15)]
    assert wanted(run, 15, *again) == wanted(run, 15) == 6


def test_size_that_the_tape_removes_takes_the_consumption_with_it(run):
    # Of 8 at 5, 7.46 are left at 6: 7. The tape leaves 4, all taken; 2 of them at 16.
    packets = [book(6, {}, {101: 4})]
    assert wanted(run, 6, *packets) == 0
    assert wanted(run, 16, *packets) == 2
    # A removal that takes nothing of it is no change: at 15 there are 4 of 8 left.
    assert wanted(run, 15, book(10, {}, {101: 6})) == 2


def test_what_comes_back_crosses_nobody_and_stands_behind_who_rests(run):
    # B takes 8 of 10 at 99; A's bid has 2 ahead, then and when all has come back.
    people = [
        portfolio("b", sell(5, 8, 99, **IOC)),
        portfolio("a", buy(6, 4, 99)),
        portfolio("c", buy(900, 4, 99)),
    ]
    outcome = run(
        scenario([DEEP, sold(910, 99, 7)], *people, netting=False, half_life=10)
    )
    assert order(outcome, "a").ahead == 3  # 7.46 of the 8 are left at 6
    assert order(outcome, "c").ahead == 10 + 4
    assert fills(outcome, "a") == [(4, 99, "maker")]
    assert filled(outcome, "c") == 0


def test_takers_meet_who_rests_before_what_came_back_behind_them(run):
    people = [
        portfolio("b", sell(5, 10, 99, **IOC)),
        portfolio("a", buy(5, 4, 99), order_delay=1),
        portfolio("c", sell(905, 6, 99, **IOC)),
    ]
    outcome = run(scenario([DEEP], *people, netting=False, half_life=10))
    assert order(outcome, "a").ahead == 1  # of 10 there are 9.33 left
    assert fills(outcome, "a") == [(4, 99, "maker")]
    assert fills(outcome, "c") == [
        (1, 99, "taker"),
        (4, 99, "taker"),
        (1, 99, "taker"),
    ]


@pytest.mark.parametrize("early", [True, False])
def test_a_crossing_takes_what_has_come_back_only_if_the_tape_adds(run, early):
    """Size that comes back is no new size, at whatever time it is looked at."""
    people = [portfolio("b", sell(5, 10, 99, **IOC)), portfolio("a", sell(6, 5, 99))]
    packets = [DEEP, *([book(7, {99: 10}, {})] if early else [])]
    outcome = run(
        scenario([*packets, book(400, {99: 12}, {})], *people, half_life=10_000)
    )
    crossed = [f for f in outcome.fills if f.cross_fill]
    assert [(f.ts, f.qty) for f in crossed] == [(400, 2)]


# Order by order --------------------------------------------------------------------

LINE = Packet(1, [add(1, "B", 99, 10), add(2, "B", 99, 10), add(9, "A", 101, 30)])


def test_order_by_order_what_comes_back_stands_where_it_was(run):
    # B takes the first 10; A joins behind, when 5 are back, and all are at the end.
    people = [
        portfolio("b", sell(5, 10, 99, **IOC)),
        portfolio("a", buy(15, 4, 99)),
    ]
    for size, got in (20, 0), (21, 1):
        packets = [LINE, sold(900, 99, size)]
        outcome = run(scenario(packets, *people, netting=False, half_life=10))
        assert order(outcome, "a").ahead == 15
        assert filled(outcome, "a") == got


@pytest.mark.parametrize(("at", "displaced"), [(5, 10), (15, 5), (25, 3), (900, 0)])
def test_what_has_come_back_is_not_displaced(run, at, displaced):
    line = Packet(1, [add(1, "B", 99, 10), add(9, "A", 101, 30)])
    taker = portfolio("b", sell(2, 10, 99, **IOC), order_delay=3)
    packets = [line, bought(5, 101, 1), Packet(max(at, 6), hit(1, 99, 10))]
    outcome = run(scenario(packets, taker, half_life=10))
    expected = {5: 9}.get(at, displaced)  # the packet is at 6: 9.33 are left
    assert outcome.displaced.get((("b",), 0), 0) == expected


# Any time --------------------------------------------------------------------------


def test_looking_is_no_change():
    lots: Decaying[str] = Decaying(10)
    lots["x"] = 9
    for lots.now in range(10):
        lots["x"] = lots["x"]
    lots.now = 10
    assert lots["x"] == 5
    lots["x"] = 4
    lots.now = 20
    assert (lots["x"], lots["y"]) == (2, 0)
    assert dict(lots.items()) == {"x": 2}
