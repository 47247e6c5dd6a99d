"""Displayed size is finite: nobody gets what somebody else took."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    filled,
    fills,
    portfolio,
    scenario,
    sell,
    snapshot,
)

DEEP = book(1, {99: 10}, {101: 10, 102: 10})


def test_two_buyers_of_the_displayed_size_do_not_both_get_it(run):
    outcome = run(
        scenario([DEEP], portfolio("a", buy(5, 10)), portfolio("b", buy(5, 10)))
    )
    got = sorted(fills(outcome, name) for name in "ab")
    assert got == [[(10, 101, "taker")], [(10, 102, "taker")]]


def test_isolated_each_has_the_whole_book(run):
    outcome = run(
        scenario(
            [DEEP],
            portfolio("a", buy(5, 10)),
            portfolio("b", buy(5, 10)),
            engines="isolated",
        )
    )
    assert fills(outcome, "a") == fills(outcome, "b") == [(10, 101, "taker")]


def test_without_distribution_each_has_the_whole_book_of_the_engine(run):
    a, b = portfolio("a", buy(5, 10)), portfolio("b", buy(5, 10))
    outcome = run(scenario([DEEP], a, b, distribution=None))
    assert fills(outcome, "a") == fills(outcome, "b") == [(10, 101, "taker")]
    assert outcome.consumed == {(("a",), 0, 1, 101): 10, (("b",), 0, 1, 101): 10}


def test_groups_share_inside_and_not_outside(run):
    people = [portfolio(name, buy(5, 10)) for name in "abc"]
    outcome = run(scenario([DEEP], *people, engines=[["a", "c"], ["b"]]))
    assert fills(outcome, "b") == [(10, 101, "taker")]
    got = sorted(fills(outcome, name) for name in "ac")
    assert got == [[(10, 101, "taker")], [(10, 102, "taker")]]


def test_five_buys_of_one_portfolio_share_one_level(run):
    buys = [buy(5, 5) for _ in range(5)]
    tape = [book(1, {99: 5}, {101 + i: 5 for i in range(5)})]
    outcome = run(scenario(tape, portfolio("a", *buys)))
    assert fills(outcome, "a") == [(5, 101 + i, "taker") for i in range(5)]


def test_a_market_order_walks_the_levels_and_fills_all_of_it(run):
    outcome = run(
        scenario(
            [book(1, {99: 5}, {101: 5, 102: 5, 103: 2})], portfolio("a", buy(5, 12))
        )
    )
    assert fills(outcome, "a") == [
        (5, 101, "taker"),
        (5, 102, "taker"),
        (2, 103, "taker"),
    ]
    assert ending(outcome, "a") == ("filled", "none", 12)
    assert outcome.positions["a", 0] == 12


def test_a_market_order_gets_no_more_than_is_displayed(run):
    outcome = run(
        scenario([book(1, {99: 5}, {101: 5, 102: 7})], portfolio("a", buy(5, 20)))
    )
    assert ending(outcome, "a") == ("cancelled", "no_liquidity", 12)


def test_an_immediate_order_cancels_what_its_limit_does_not_get(run):
    outcome = run(scenario([DEEP], portfolio("a", buy(5, 15, 101, tif="ioc"))))
    assert ending(outcome, "a") == ("cancelled", "ioc_remainder", 10)


def test_an_immediate_order_away_from_the_market_is_cancelled(run):
    outcome = run(scenario([DEEP], portfolio("a", buy(5, 15, 100, tif="ioc"))))
    assert ending(outcome, "a") == ("cancelled", "ioc_remainder", 0)


def test_a_limit_larger_than_the_level_rests_with_the_remainder(run):
    a, b = portfolio("a", buy(5, 15, 101)), portfolio("b", sell(9, 3))
    outcome = run(scenario([DEEP], a, b, netting=False))
    assert fills(outcome, "a") == [(10, 101, "taker"), (3, 101, "maker")]
    assert ending(outcome, "a") == ("expired", "end_of_data", 13)


def test_on_an_empty_book_a_market_order_is_cancelled(run):
    outcome = run(scenario([book(1, {99: 5}, {})], portfolio("a", buy(5, 3))))
    assert ending(outcome, "a") == ("cancelled", "no_liquidity", 0)


def test_taken_size_stays_taken_while_the_tape_repeats_it(run):
    again = [DEEP, snapshot(6, {99: 10}, {101: 10, 102: 10}), book(7, {}, {101: 10})]
    outcome = run(scenario(again, portfolio("a", buy(5, 10), buy(8, 10))))
    assert fills(outcome, "a") == [(10, 101, "taker"), (10, 102, "taker")]


def test_new_size_is_available(run):
    packets = [DEEP, book(6, {}, {101: 14})]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10), buy(8, 10))))
    assert fills(outcome, "a")[1:] == [(4, 101, "taker"), (6, 102, "taker")]


def test_what_the_tape_removes_no_longer_counts_as_taken(run):
    packets = [DEEP, book(6, {}, {101: 3}), book(7, {}, {101: 10})]
    outcome = run(scenario(packets, portfolio("a", buy(5, 10), buy(8, 10))))
    # c fell to 3 with the level, so 7 of the 10 are new.
    assert fills(outcome, "a")[1:] == [(7, 101, "taker"), (3, 102, "taker")]


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata"])
def test_a_group_never_gets_more_than_the_book_holds(run, distribution):
    people = [portfolio(name, buy(5, 17)) for name in "abc"]
    outcome = run(scenario([DEEP], *people, distribution=distribution))
    assert sum(filled(outcome, name) for name in "abc") == 20


def test_buyers_and_sellers_of_one_batch_do_not_meet(run):
    a, b = portfolio("a", buy(5, 10)), portfolio("b", sell(5, 10))
    outcome = run(scenario([DEEP], a, b, netting=False))
    assert fills(outcome, "a") == [(10, 101, "taker")]
    assert fills(outcome, "b") == [(10, 99, "taker")]


def test_buys_of_a_batch_are_executed_before_sales(run):
    outcome = run(scenario([DEEP], portfolio("a", sell(5, 1), buy(5, 1))))
    assert [f.side for f in outcome.fills] == [0, 1]
