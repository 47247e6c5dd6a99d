"""Displayed size is finite: nobody gets what somebody of the group has taken."""

import pytest

from tests.rules.words import (
    book,
    bought,
    buy,
    ending,
    filled,
    fills,
    partners,
    portfolio,
    sell,
    snapshot,
)

WHOLE = {"tick": "1"}
DEEP = book(0, {99: 10, 98: 10}, {101: 10, 102: 10, 103: 10})
IOC = {"time_in_force": "ioc"}


def taken_then_wanted(run, packets, *, first=10, want=100, limit=None, **settings):
    """Let A buy at 5 and B at 90; return what B got, as {price: qty}."""
    b = buy(90, want, limit, **IOC)
    people = [portfolio("A", buy(5, first)), portfolio("B", b)]
    result = run([DEEP, *packets], *people, **WHOLE, **settings)
    assert filled(result, "A") == [first]
    return {price: qty for qty, price, _ in fills(result, "B")}


def test_isolated_each_portfolio_has_the_whole_book(run):
    people = [portfolio(name, buy(5, 15)) for name in "AB"]
    result = run([DEEP], *people, mode="isolated", **WHOLE)
    walk = [(10, 101.0, "taker"), (5, 102.0, "taker")]
    assert fills(result, "A") == fills(result, "B") == walk


def test_groups_share_inside_and_not_outside(run):
    people = [portfolio(name, buy(5, 10, 101)) for name in "ABC"]
    result = run([DEEP], *people, mode="groups", groups=[["A", "C"], ["B"]], **WHOLE)
    assert filled(result, "B") == [10]
    assert sorted(filled(result, *"AC")) == [0, 10]


def test_what_is_taken_stays_taken_while_the_tape_repeats_it(run):
    packets = [
        book(6, {}, {101: 10}),
        snapshot(7, {99: 10}, {101: 10, 102: 10, 103: 10}),
        snapshot(8, {99: 10}, {101: 10, 102: 10, 103: 10}),
    ]
    assert taken_then_wanted(run, packets, first=13) == {102: 7, 103: 10}


def test_what_is_taken_comes_back_by_half_in_each_half_life(run):
    # A took 10 at 5; B comes at 90, after 85 of 42.5 a half-life: 2.5 are missing.
    settings = {"limit": 101, "replenishment": {"half_life": "42ns"}}
    assert taken_then_wanted(run, [], **settings) == {101: 8}
    settings = {"limit": 101, "replenishment": "tracked"}
    assert taken_then_wanted(run, [], **settings) == {}


def test_a_print_of_others_does_not_bring_it_back(run):
    assert taken_then_wanted(run, [bought(6, 101, 5)], limit=101) == {}


def test_size_above_what_was_there_is_new(run):
    assert taken_then_wanted(run, [book(6, {}, {101: 14})], limit=101) == {101: 4}


def test_what_the_tape_removes_no_longer_counts_as_taken(run):
    packets = [book(6, {}, {101: 3}), book(7, {}, {101: 10})]
    assert taken_then_wanted(run, packets, limit=101) == {101: 7}


def test_a_level_that_is_gone_and_set_again_is_new(run):
    packets = [book(6, {}, {101: 0}), book(7, {}, {101: 10})]
    assert taken_then_wanted(run, packets, limit=101) == {101: 10}


def test_a_packet_counts_as_one_before_against_after(run):
    # Removed and set again within one packet: nothing has changed.
    packets = [book(6, {}, {101: 0}) + book(6, {}, {101: 10})]
    assert taken_then_wanted(run, packets, limit=101) == {}


def test_a_level_that_leaves_the_depth_keeps_what_was_taken(run):
    packets = [
        snapshot(6, {99: 10}, {101: 10}),
        snapshot(7, {99: 10}, {101: 10, 102: 10, 103: 10}),
    ]
    got = taken_then_wanted(run, packets, first=20, limit=103)
    assert got == {103: 10}


def test_a_level_that_comes_back_larger_gives_the_difference(run):
    packets = [
        snapshot(6, {99: 10}, {101: 10}),
        snapshot(7, {99: 10}, {101: 10, 102: 16, 103: 10}),
    ]
    assert taken_then_wanted(run, packets, first=20, limit=102) == {102: 6}


def test_nothing_can_be_taken_from_a_level_outside_the_depth(run):
    packets = [snapshot(6, {99: 10}, {101: 10})]
    assert taken_then_wanted(run, packets, first=1) == {101: 9}


def test_a_level_missing_inside_a_snapshot_is_gone(run):
    packets = [
        snapshot(6, {99: 10}, {101: 10, 103: 10}),
        snapshot(7, {99: 10}, {101: 10, 102: 10, 103: 10}),
    ]
    assert taken_then_wanted(run, packets, first=20, limit=102) == {102: 10}


def test_prices_far_from_the_others_are_ordinary_levels(run):
    far = book(0, {1: 5}, {900_000: 5, 2_000_000: 5})
    people = [portfolio("A", buy(5, 7)), portfolio("B", sell(5, 9))]
    result = run([far], *people, netting=False, **WHOLE)
    assert fills(result, "A") == [(5, 900_000.0, "taker"), (2, 2_000_000.0, "taker")]
    assert fills(result, "B") == [(5, 1.0, "taker")]


def test_an_immediate_order_cancels_what_its_limit_does_not_get(run):
    result = run([DEEP], portfolio("A", buy(5, 15, 101, **IOC)), **WHOLE)
    assert ending(result, "A") == ("cancelled", "ioc_remainder", 10)


def test_an_immediate_order_away_from_the_market_is_cancelled(run):
    result = run([DEEP], portfolio("A", buy(5, 15, 100, **IOC)), **WHOLE)
    assert ending(result, "A") == ("cancelled", "ioc_remainder", 0)


def test_a_market_order_on_an_empty_side_is_cancelled(run):
    result = run([book(0, {99: 5}, {})], portfolio("A", buy(5, 3)), **WHOLE)
    assert ending(result, "A") == ("cancelled", "no_liquidity", 0)


def test_at_one_price_the_older_size_goes_first_then_the_order_then_the_younger(run):
    packets = [DEEP, book(6, {99: 20}, {})]
    people = [portfolio("A", buy(5, 10, 99)), portfolio("B", sell(7, 25))]
    result = run(packets, *people, **WHOLE)
    assert partners(result, "B") == [(10, "market"), (10, "A"), (5, "market")]


def test_better_own_orders_go_before_the_book_and_worse_ones_after(run):
    people = [
        portfolio("A", buy(5, 3, 100)),
        portfolio("B", buy(6, 4, 98)),
        portfolio("C", sell(7, 30)),
    ]
    result = run([DEEP], *people, **WHOLE)
    rows = result.fills.filter(portfolio="C").select("qty", "price", "counterparty")
    assert rows.rows() == [
        (3, 100.0, "A"),
        (10, 99.0, "market"),
        (10, 98.0, "market"),
        (4, 98.0, "B"),
    ]
    assert ending(result, "C") == ("cancelled", "no_liquidity", 27)


# Who gets what ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "size", "got"),
    [
        ((6, 3, 1), 7, (4, 2, 1)),
        ((6, 3, 1), 1, (1, 0, 0)),
        ((6, 6, 2), 10, (4, 4, 2)),
        ((6, 6, 2), 11, (5, 5, 1)),
        ((10, 5), 9, (6, 3)),
        ((7, 2), 100, (7, 2)),
    ],
)
def test_pro_rata_gives_whole_lots_by_largest_remainder(run, wanted, size, got):
    market = book(0, {99: 1}, {101: size})
    names = "ABC"[: len(wanted)]
    people = [
        portfolio(name, buy(5, qty, 101))
        for name, qty in zip(names, wanted, strict=True)
    ]
    result = run([market], *people, distribution="pro_rata", **WHOLE)
    assert filled(result, *names) == list(got)


def test_pro_rata_of_equals_gives_the_odd_lots_by_tie_order(run):
    market = book(0, {99: 1}, {101: 2})
    people = [portfolio(name, buy(5, 1, 101)) for name in "ABC"]
    losers = set()
    for seed in range(16):
        got = filled(
            run([market], *people, seed=seed, distribution="pro_rata", **WHOLE), *"ABC"
        )
        assert sorted(got) == [0, 1, 1]
        losers.add("ABC"[got.index(0)])
    assert losers == set("ABC")


def test_pro_rata_goes_by_what_is_left_among_those_whose_limit_allows_the_level(run):
    market = book(0, {99: 1}, {101: 6, 102: 6})
    people = [
        portfolio("A", buy(5, 8, 102)),
        portfolio("B", buy(5, 4, 101)),
        portfolio("C", buy(5, 12, 102)),
    ]
    result = run([market], *people, distribution="pro_rata", **WHOLE)
    # 6 by 8 : 4 : 12 is 2, 1, 3; then 6 by 6 : 9 is 2.4 and 3.6.
    assert fills(result, "A") == [(2, 101.0, "taker"), (2, 102.0, "taker")]
    assert fills(result, "B") == [(1, 101.0, "taker")]
    assert fills(result, "C") == [(3, 101.0, "taker"), (4, 102.0, "taker")]


def test_pro_rata_does_not_reach_over_batches(run):
    market = book(0, {99: 1}, {101: 10})
    people = [portfolio("A", buy(5, 10, 101)), portfolio("B", buy(6, 10, 101))]
    result = run([market], *people, distribution="pro_rata", **WHOLE)
    assert filled(result, *"AB") == [10, 0]


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata"])
def test_a_group_never_gets_more_than_the_book_holds(run, distribution):
    people = [portfolio(name, buy(5, 17)) for name in "ABC"]
    result = run([DEEP], *people, distribution=distribution, **WHOLE)
    assert sum(filled(result, *"ABC")) == 30


# Distribution switched off ---------------------------------------------------------


def test_without_distribution_each_portfolio_has_the_whole_book(run):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    result = run([DEEP], *people, distribution=None, **WHOLE)
    assert fills(result, "A") == fills(result, "B") == [(10, 101.0, "taker")]


def test_without_distribution_a_portfolio_does_not_get_its_own_takes_again(run):
    result = run(
        [DEEP], portfolio("A", buy(5, 10), buy(6, 10)), distribution=None, **WHOLE
    )
    assert fills(result, "A") == [(10, 101.0, "taker"), (10, 102.0, "taker")]


def test_without_distribution_portfolios_meet_nobody(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    result = run([DEEP], *people, distribution=None, **WHOLE)
    assert fills(result, "A") == []
    assert fills(result, "B") == [(4, 99.0, "taker")]
