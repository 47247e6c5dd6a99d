"""Orders of one batch that rest side by side share what the market brings them."""

import pytest

from tests.rules.words import (
    book,
    buy,
    cancel,
    ending,
    filled,
    fills,
    portfolio,
    position,
    printed,
    replace,
    sell,
    sold,
)

TEN = book(0, {99: 10, 98: 5}, {101: 10})
SHARED = {"tick": "1", "distribution": "pro_rata"}
BOOKS = pytest.mark.parametrize("by_order", [False, True])
POLICIES = pytest.mark.parametrize("policy", ["pro_rata", "average_price"])


def people(*sizes, at=5, price=99):
    """Let portfolios A, B, ... bid at one time and price."""
    return [
        portfolio(name, buy(at, qty, price))
        for name, qty in zip("ABCDE", sizes, strict=False)
    ]


@BOOKS
@POLICIES
def test_a_print_is_shared_in_proportion_to_size(run, policy, by_order):
    settings = {**SHARED, "distribution": policy, "by_order": by_order}
    # 10 are ahead, so 7 of the 17 reach the bids of 6, 3 and 1.
    result = run([TEN, sold(9, 99, 17)], *people(6, 3, 1), **settings)
    assert filled(result, *"ABC") == [4, 2, 1]
    assert {price for name in "ABC" for _, price, _ in fills(result, name)} == {99}


@BOOKS
def test_in_tie_order_the_first_of_a_batch_comes_first(run, by_order):
    settings = {"tick": "1", "distribution": "fifo", "by_order": by_order}
    result = run([TEN, sold(9, 99, 17)], *people(6, 6, 6), **settings)
    assert sorted(filled(result, *"ABC")) == [0, 1, 6]


@BOOKS
def test_a_print_through_the_price_is_shared_too(run, by_order):
    result = run([TEN, sold(9, 98, 5)], *people(6, 3, 1), **SHARED, by_order=by_order)
    assert filled(result, *"ABC") == [3, 2, 0]


@BOOKS
def test_size_that_crosses_is_shared_too(run, by_order):
    packets = [TEN, book(8, {99: 0}, {}), book(9, {}, {99: 7})]
    result = run(packets, *people(6, 3, 1), **SHARED, by_order=by_order)
    assert filled(result, *"ABC") == [4, 2, 1]
    assert result.fills["cross_fill"].all()


@BOOKS
def test_orders_of_different_batches_keep_their_time(run, by_order):
    early, late = people(6, 6), people(6, 6, at=6)
    late = [{**one, "name": name} for one, name in zip(late, "CD", strict=True)]
    result = run([TEN, sold(9, 99, 24)], *early, *late, **SHARED, by_order=by_order)
    assert filled(result, *"ABCD") == [6, 6, 1, 1]


def test_the_tape_ahead_of_a_segment_is_served_first(run):
    result = run([TEN, sold(9, 99, 10)], *people(6, 3, 1), **SHARED)
    assert filled(result, *"ABC") == [0, 0, 0]
    later = run([TEN, sold(9, 99, 10), sold(10, 99, 7)], *people(6, 3, 1), **SHARED)
    assert filled(later, *"ABC") == [4, 2, 1]


def test_who_leaves_a_segment_leaves_the_others_together(run):
    a, b, c = people(6, 3, 1)
    b = portfolio("B", buy(5, 3, 99), cancel(7, 1))
    result = run([TEN, sold(9, 99, 13)], a, b, c, **SHARED)
    assert filled(result, *"ABC") == [3, 0, 0]  # 18/7 and 3/7 of three lots


def test_a_replace_that_keeps_its_place_keeps_the_segment(run):
    a = portfolio("A", buy(5, 9, 99), replace(7, 1, qty=6))
    _, b, c = people(6, 3, 1)
    result = run([TEN, sold(9, 99, 17)], a, b, c, **SHARED)
    assert filled(result, *"ABC") == [4, 2, 1]


def test_a_replace_that_loses_its_place_leaves_the_segment(run):
    a = portfolio("A", buy(5, 5, 99), replace(7, 1, qty=6))
    _, b, c = people(6, 3, 1)
    result = run([TEN, sold(9, 99, 17)], a, b, c, **SHARED)
    assert filled(result, *"ABC") == [3, 3, 1]


def test_two_orders_of_one_portfolio_are_two_members(run):
    a = portfolio("A", buy(5, 3, 99), buy(5, 3, 99))
    b = portfolio("B", buy(5, 6, 99))
    result = run([TEN, sold(9, 99, 16)], a, b, **SHARED)
    assert filled(result, "A", "B") == [3, 3]
    assert sorted(qty for qty, _, _ in fills(result, "A")) == [1, 2]


def test_a_reduce_only_order_gives_what_it_may_not_take_to_the_others(run):
    a = portfolio("A", buy(5, 6, 99, reduce_only=True), positions={"AAPL": -2})
    b = portfolio("B", buy(5, 6, 99))
    result = run([TEN, sold(9, 99, 17)], a, b, **SHARED)
    assert position(result, "A") == 0
    assert ending(result, "A")[:2] == ("cancelled", "reduce_only")
    assert filled(result, "A", "B") == [2, 5]


def test_a_print_without_a_side_shares_through_the_price_only(run):
    result = run(
        [TEN, printed(9, 99, 50), printed(10, 98, 7)], *people(6, 3, 1), **SHARED
    )
    assert filled(result, *"ABC") == [4, 2, 1]


def test_an_order_of_the_group_meets_a_segment_in_tie_order(run):
    taker = portfolio("T", sell(8, 14))
    packets = [TEN, book(7, {99: 0}, {})]
    result = run(packets, *people(6, 6, 6), taker, **SHARED, netting=False)
    assert sorted(filled(result, *"ABC")) == [2, 6, 6]


def test_never_more_than_the_print_in_all(run):
    for size in range(10, 25):
        result = run([TEN, sold(9, 99, size)], *people(5, 4, 3), **SHARED)
        assert sum(filled(result, *"ABC")) == min(12, size - 10)


def test_with_liquidity_of_its_own_nobody_shares(run):
    result = run([TEN, sold(9, 99, 17)], *people(6, 3, 1), tick="1", distribution=None)
    assert filled(result, *"ABC") == [6, 3, 1]
