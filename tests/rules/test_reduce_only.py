"""Reduce-only orders close a position; they never make it larger, and never turn it."""

import pytest

from tests.rules.words import (
    book,
    bought,
    buy,
    ending,
    fills,
    order,
    portfolio,
    replace,
    sell,
    sold,
    times,
)

WHOLE = {"tick": "1"}
BOOK = book(0, {99: 10, 98: 10}, {101: 10, 102: 10})
ALONE = book(0, {99: 10}, {103: 10})  # nobody offers below 103


def closing(at, qty, price=None, **more):
    """Sell, but no more than what there is."""
    return sell(at, qty, price, reduce_only=True, **more)


def holder(*orders, held=3, **more):
    return portfolio("A", *orders, positions={"AAPL": held}, **more)


@pytest.mark.parametrize("by_order", [False, True])
def test_an_order_larger_than_the_position_closes_it_and_its_rest_ends(run, by_order):
    result = run([BOOK], holder(closing(5, 8)), by_order=by_order, **WHOLE)
    assert fills(result, "A") == [(3, 99.0, "taker")]
    assert ending(result, "A") == ("cancelled", "reduce_only", 3)


def test_a_buy_closes_a_short_position(run):
    result = run([BOOK], holder(buy(5, 8, reduce_only=True), held=-3), **WHOLE)
    assert fills(result, "A") == [(3, 101.0, "taker")]
    assert ending(result, "A") == ("cancelled", "reduce_only", 3)


@pytest.mark.parametrize("held", [0, -3])
def test_without_a_position_to_reduce_it_ends_on_arrival(run, held):
    result = run([BOOK], holder(closing(5, 8, 101), held=held), **WHOLE)
    assert ending(result, "A") == ("cancelled", "reduce_only", 0)
    assert order(result, "A")["ts_arrival"] == 5


def test_fills_that_the_portfolio_does_not_know_of_yet_count(run):
    slow = {"latency": {"response": "50ns"}}
    people = portfolio("A", buy(5, 4), closing(6, 9), **slow)
    assert ending(run([BOOK], people, **WHOLE), "A", 2)[1:] == ("reduce_only", 4)


def test_it_is_not_netted(run):
    people = [holder(closing(5, 3)), portfolio("B", buy(5, 3))]
    result = run([BOOK], *people, **WHOLE)
    assert fills(result, "A") == [(3, 99.0, "taker")]


def test_orders_of_one_batch_share_the_position(run):
    result = run([BOOK], holder(closing(5, 3), closing(5, 3), held=4), **WHOLE)
    assert ending(result, "A", 1) == ("filled", None, 3)
    assert ending(result, "A", 2) == ("cancelled", "reduce_only", 1)


def test_a_resting_order_keeps_its_size_in_the_queue_and_is_filled_by_the_position(run):
    people = [holder(closing(5, 8, 101)), portfolio("B", sell(6, 5, 101))]
    result = run([ALONE, bought(10, 101, 10)], *people, **WHOLE)
    assert order(result, "B")["ahead"] == 8
    assert fills(result, "A") == [(3, 101.0, "maker")]
    assert ending(result, "A") == ("cancelled", "reduce_only", 3)
    assert fills(result, "B") == [(2, 101.0, "maker")]


def test_a_print_through_it_leaves_to_others_what_it_may_not_have(run):
    people = [holder(closing(5, 8, 101)), portfolio("B", sell(6, 5, 101))]
    result = run([ALONE, bought(10, 102, 7)], *people, **WHOLE)
    assert [fills(result, name)[0][0] for name in "AB"] == [3, 4]


def test_new_size_that_crosses_it_fills_it_by_the_position(run):
    people = holder(closing(5, 8, 101))
    result = run([ALONE, book(10, {101: 6}, {})], people, **WHOLE)
    assert fills(result, "A") == [(3, 101.0, "maker")]


def test_a_taker_gets_of_it_what_its_position_is_and_goes_on(run):
    people = [holder(closing(5, 8, 101)), portfolio("B", buy(6, 9))]
    result = run([ALONE], *people, **WHOLE)
    assert fills(result, "B") == [(3, 101.0, "taker"), (6, 103.0, "taker")]


def test_reached_when_the_position_is_gone_it_ends(run):
    people = holder(closing(5, 8, 101), sell(6, 3))
    result = run([ALONE, bought(10, 101, 1)], people, **WHOLE)
    assert ending(result, "A") == ("cancelled", "reduce_only", 0)
    assert order(result, "A")["ts_end"] == 10


@pytest.mark.parametrize(("size", "got"), [(3, 3), (2, 0)])
def test_fill_or_kill_asks_for_no_more_than_the_position(run, size, got):
    people = holder(closing(5, 8, time_in_force="fok"))
    result = run([book(0, {99: size}, {101: 1})], people, **WHOLE)
    reason = "reduce_only" if got else "fok_unfilled"
    assert ending(result, "A") == ("cancelled", reason, got)


def test_a_protective_stop_may_be_sent_with_its_entry(run):
    people = portfolio("A", closing(5, 8, stop_price=99), buy(5, 4))
    packets = [BOOK, bought(2, 101, 1), sold(10, 99, 1)]
    result = run(packets, people, **WHOLE)
    assert ending(result, "A", 1) == ("cancelled", "reduce_only", 4)
    assert times(result, "A")[-1] == 10


def test_an_order_that_comes_anew_is_judged_anew(run):
    people = holder(closing(5, 8, 101), sell(6, 3), replace(8, 1, price=102))
    result = run([ALONE], people, **WHOLE)
    assert ending(result, "A", 1) == ("cancelled", "reduce_only", 0)
    assert order(result, "A", 1)["ts_end"] == 8


def test_the_results_say_which_orders_only_reduce(run):
    people = holder(closing(5, 1), sell(6, 1, 101, post_only=True), closing(7, 1, 101))
    orders = run([BOOK], people, **WHOLE).orders
    assert orders["reduce_only"].to_list() == [True, False, True]
    assert orders["post_only"].to_list() == [False, True, False]
