"""What the desk does with the orders of one round before anything leaves."""

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
    sold,
)
from tests.oracle.desk import tie_rank
from tests.oracle.print_book import TradesOnly

BOOK = book(1, {99: 100}, {101: 100})


def crossed(outcome, name):
    signs = {0: 1, 1: -1}
    return sum(
        signs[f.side] * f.qty
        for f in outcome.fills
        if f.portfolio == name and f.liquidity == "cross"
    )


def test_signed_parts_add_up_to_the_net(run):
    people = [
        portfolio("a", buy(5, 100)),
        portfolio("b", sell(5, 80)),
        portfolio("c", buy(5, 30)),
    ]
    outcome = run(scenario([BOOK], *people, distribution="pro_rata"))
    # 80 crossed: 61.54 and 18.46 of the buyers.
    assert [crossed(outcome, name) for name in "abc"] == [62, -80, 18]
    assert [outcome.positions[name, 0] for name in "abc"] == [100, -80, 30]
    market = sum(f.qty for f in outcome.fills if f.counterparty == "market")
    assert market == 50


def test_a_portfolio_enters_with_its_net_and_its_earliest_orders(run):
    a = portfolio("a", buy(5, 6), buy(5, 4), sell(5, 3))
    b = portfolio("b", sell(5, 50))
    outcome = run(scenario([BOOK], a, b))
    by_order = [
        (f.order_id, f.qty)
        for f in outcome.fills
        if f.portfolio == "a" and f.liquidity == "cross"
    ]
    assert by_order == [(1, 6), (2, 1)]


def test_a_portfolio_alone_crosses_with_nobody(run):
    outcome = run(scenario([BOOK], portfolio("a", buy(5, 6), sell(5, 6))))
    assert crossed(outcome, "a") == 0
    assert filled(outcome, "a") == 12


def test_post_only_orders_are_not_netted(run):
    a = portfolio("a", sell(5, 6, 100, post_only=True))
    b = portfolio("b", buy(5, 6))
    outcome = run(scenario([BOOK], a, b))
    assert fills(outcome, "b") == [(6, 101, "taker")]


def test_engines_do_not_net_with_each_other(run):
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 5))]
    outcome = run(scenario([BOOK], *people, engines="isolated"))
    assert [crossed(outcome, name) for name in "ab"] == [0, 0]


def test_resting_orders_of_the_group_narrow_the_touch(run):
    people = [
        portfolio("a", buy(5, 5)),
        portfolio("b", sell(5, 5)),
        portfolio("c", buy(3, 1, 100)),
    ]
    outcome = run(scenario([BOOK], *people))
    assert {f.price_half for f in outcome.fills} == {201}


def test_an_empty_side_means_no_cross(run):
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 5))]
    outcome = run(scenario([book(1, {99: 100}, {})], *people))
    assert fills(outcome, "b") == [(5, 99, "taker")]
    assert ending(outcome, "a") == ("cancelled", "no_liquidity", 0)


def test_a_crossed_book_means_no_cross(run):
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 5))]
    outcome = run(scenario([book(1, {101: 100}, {101: 100})], *people))
    assert {f.liquidity for f in outcome.fills} == {"taker"}


def test_orders_that_leave_at_the_same_time_cross_whatever_their_delays(run):
    people = [
        portfolio("a", buy(5, 5), order_delay=3),
        portfolio("b", sell(5, 5), order_delay=90),
    ]
    outcome = run(scenario([BOOK], *people))
    assert {(f.ts, f.liquidity) for f in outcome.fills} == {(5, "cross")}


def test_instruments_are_netted_apart(run):
    packets = [BOOK, book(1, {50: 100}, {60: 100}, instrument=1)]
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 5, instrument=1))]
    outcome = run(scenario(packets, *people))
    assert {f.liquidity for f in outcome.fills} == {"taker"}


def test_a_netted_batch_leaves_nothing_behind(run):
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 5))]
    outcome = run(scenario([BOOK], *people))
    assert outcome.consumed == {}
    assert ending(outcome, "a") == ending(outcome, "b") == ("filled", "none", 5)


def test_each_pair_of_a_cross_has_its_own_number(run):
    people = [
        portfolio("a", buy(5, 10)),
        portfolio("b", sell(5, 6)),
        portfolio("c", sell(5, 4)),
    ]
    outcome = run(scenario([BOOK], *people))
    pairs = {}
    for fill in outcome.fills:
        pairs.setdefault(fill.cross, set()).add((fill.portfolio, fill.qty))
    assert sorted(map(sorted, pairs.values())) == [
        [("a", 4), ("c", 4)],
        [("a", 6), ("b", 6)],
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_heavier_side_is_served_in_tie_order(run, seed):
    people = [portfolio(name, buy(5, 10)) for name in "abc"]
    outcome = run(scenario([BOOK], *people, portfolio("d", sell(5, 15)), seed=seed))
    first, second, third = sorted("abc", key=tie_rank(seed, "SYM0", 5))
    got = {name: crossed(outcome, name) for name in "abc"}
    assert got == {first: 10, second: 5, third: 0}


@pytest.mark.parametrize(("price", "half"), [("touch", 199), ("last", 200)])
def test_assumed_quotes_are_hit_half_a_tick_better_than_their_level(run, price, half):
    people = [portfolio("a", buy(5, 5)), portfolio("b", sell(5, 9))]
    terms = TradesOnly(1, size=3)
    outcome = run(
        scenario([sold(1, 100, 1)], *people, trades_only=terms, netting_price=price)
    )
    assert {f.price_half for f in outcome.fills if f.cross} == {half}
    assert crossed(outcome, "a") == 5
