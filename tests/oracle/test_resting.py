"""Resting orders wait their turn, and one print is spent once."""

import pytest

from tests.oracle.builders import (
    book,
    bought,
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
from tests.oracle.scenario import Packet

TEN = book(1, {99: 10, 98: 10}, {101: 10})
EMPTY = book(1, {98: 10}, {101: 10})


def bids(packets, *, price=99, qty=10, second=6, **settings):
    """A bids at time 5, B at time 6."""
    a, b = portfolio("a", buy(5, qty, price)), portfolio("b", buy(second, qty, price))
    return scenario(packets, a, b, **settings)


def test_one_print_of_ten_fills_ten_lots_in_all(run):
    outcome = run(bids([EMPTY, sold(10, 99, 10)]))
    assert [filled(outcome, name) for name in "ab"] == [10, 0]


def test_the_displayed_queue_and_the_older_order_go_first(run):
    outcome = run(bids([TEN, sold(10, 99, 20)]))
    assert [filled(outcome, name) for name in "ab"] == [10, 0]
    assert [order(outcome, name).ahead for name in "ab"] == [10, 20]


def test_the_younger_order_fills_after_everything_ahead(run):
    outcome = run(bids([TEN, sold(10, 99, 20), sold(11, 99, 4)]))
    assert [filled(outcome, name) for name in "ab"] == [10, 4]
    assert fills(outcome, "b") == [(4, 99, "maker")]


def test_prints_at_the_price_wear_the_queue_down(run):
    outcome = run(bids([TEN, sold(10, 99, 7), sold(11, 99, 7)], qty=2))
    assert [filled(outcome, name) for name in "ab"] == [2, 2]


def test_one_trade_of_three_gives_two_bids_three_in_all(run):
    outcome = run(bids([EMPTY, sold(10, 99, 3)], qty=5))
    assert [filled(outcome, name) for name in "ab"] == [3, 0]


def test_isolated_each_portfolio_gets_the_print(run):
    outcome = run(bids([EMPTY, sold(10, 99, 3)], qty=5, engines="isolated"))
    assert [filled(outcome, name) for name in "ab"] == [3, 3]


def test_without_distribution_each_portfolio_gets_the_print(run):
    outcome = run(bids([EMPTY, sold(10, 99, 3)], qty=5, distribution=None))
    assert [filled(outcome, name) for name in "ab"] == [3, 3]


def test_a_print_through_the_price_ignores_the_queue(run):
    outcome = run(bids([TEN, sold(10, 98, 4)]))
    assert fills(outcome, "a") == [(4, 99, "maker")]
    assert [f.through for f in outcome.fills] == [True]


@pytest.mark.parametrize(
    ("qty", "size", "got"),
    [
        (4, 3, [0, 3, 0]),
        (4, 10, [4, 4, 0]),
        (4, 12, [4, 4, 2]),
        # Two lots would get past the 10 ahead of C, but the print is spent.
        (8, 12, [8, 4, 0]),
    ],
)
def test_a_print_through_serves_better_prices_first_with_one_budget(
    run, qty, size, got
):
    a = portfolio("a", buy(5, qty, 99))
    b = portfolio("b", buy(6, 4, 100))
    c = portfolio("c", buy(7, 4, 98))
    outcome = run(scenario([TEN, sold(10, 98, size)], a, b, c))
    assert [filled(outcome, name) for name in "abc"] == got


def test_buying_aggressors_fill_offers(run):
    a = portfolio("a", sell(5, 10, 101))
    outcome = run(scenario([TEN, bought(10, 101, 15)], a))
    assert fills(outcome, "a") == [(5, 101, "maker")]


def test_selling_aggressors_do_not_fill_offers(run):
    a = portfolio("a", sell(5, 10, 101))
    outcome = run(scenario([TEN, sold(10, 101, 15), sold(11, 102, 15)], a))
    assert fills(outcome, "a") == []


def test_a_print_without_side_fills_only_through_the_price(run):
    at = Packet(10, [("T", 0, "N", 99, 50)])
    outcome = run(bids([TEN, at]))
    assert [filled(outcome, name) for name in "ab"] == [0, 0]
    outcome = run(bids([TEN, Packet(10, [("T", 0, "N", 98, 13)])]))
    assert [filled(outcome, name) for name in "ab"] == [10, 3]


def test_prints_of_one_packet_are_spent_one_by_one(run):
    packet = Packet(10, [("T", 0, "A", 99, 6), ("T", 0, "A", 99, 6)])
    outcome = run(bids([TEN, packet]))
    assert [f.qty for f in outcome.fills] == [2]


def test_own_takes_move_own_resting_orders_forward(run):
    a = portfolio("a", buy(5, 10, 99))
    b = portfolio("b", sell(6, 8))
    outcome = run(scenario([TEN, sold(10, 99, 7)], a, b))
    # B took 8 of the 10 ahead of A, the print's other 5 go to A.
    assert filled(outcome, "a") == 5


def test_a_taker_meets_displayed_size_then_the_resting_order(run):
    a = portfolio("a", buy(5, 10, 99))
    b = portfolio("b", sell(6, 15))
    outcome = run(scenario([TEN], a, b))
    assert fills(outcome, "b") == [(10, 99, "taker"), (5, 99, "taker")]
    assert [f.counterparty for f in outcome.fills] == ["market", "a", "b"]
    assert fills(outcome, "a") == [(5, 99, "maker")]


def test_size_that_came_later_queues_behind(run):
    a = portfolio("a", buy(5, 10, 99))
    b = portfolio("b", sell(7, 25))
    outcome = run(scenario([TEN, book(6, {99: 20}, {})], a, b))
    qty = [(f.qty, f.counterparty) for f in outcome.fills if f.portfolio == "b"]
    assert qty == [(10, "market"), (10, "a"), (5, "market")]


def test_an_order_inside_the_spread_is_hit_by_the_other_portfolio(run):
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", sell(6, 4))
    outcome = run(scenario([TEN], a, b))
    assert fills(outcome, "b") == [(4, 100, "taker")]
    assert [f.counterparty for f in outcome.fills] == ["a", "b"]


def test_isolated_portfolios_do_not_meet(run):
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", sell(6, 4))
    outcome = run(scenario([TEN], a, b, engines="isolated"))
    assert fills(outcome, "a") == []
    assert fills(outcome, "b") == [(4, 99, "taker")]


def test_without_distribution_portfolios_of_one_engine_do_not_meet(run):
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", sell(6, 4))
    outcome = run(scenario([TEN], a, b, distribution=None))
    assert fills(outcome, "a") == []
    assert fills(outcome, "b") == [(4, 99, "taker")]


def test_orders_of_one_batch_that_cross_meet_at_the_price_of_the_first(run):
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", sell(5, 4, 100))
    outcome = run(scenario([TEN], a, b, netting=False))
    assert {(f.qty, f.price_half) for f in outcome.fills} == {(4, 200)}
    assert sorted(f.liquidity for f in outcome.fills) == ["maker", "taker"]


def test_post_only_orders_do_not_take(run):
    a = portfolio("a", buy(5, 10, 101, post_only=True), buy(6, 10, 100, post_only=True))
    outcome = run(scenario([TEN], a))
    assert ending(outcome, "a") == ("rejected", "post_only", 0)
    assert ending(outcome, "a", 2) == ("expired", "end_of_data", 0)


def test_post_only_is_judged_on_own_orders_too(run):
    a = portfolio("a", sell(5, 10, 100))
    b = portfolio("b", buy(6, 10, 100, post_only=True))
    outcome = run(scenario([TEN], a, b))
    assert ending(outcome, "b") == ("rejected", "post_only", 0)


def test_post_only_is_judged_on_what_is_left_of_the_book(run):
    a, b = portfolio("a", buy(5, 10)), portfolio("b", buy(6, 10, 101, post_only=True))
    outcome = run(scenario([TEN], a, b))
    assert ending(outcome, "b") == ("expired", "end_of_data", 0)


def test_post_only_orders_of_one_batch_do_not_meet(run):
    people = [
        portfolio("a", buy(5, 10, 100, post_only=True)),
        portfolio("b", sell(5, 10, 100, post_only=True)),
    ]
    outcome = run(scenario([TEN], *people))
    states = sorted(ending(outcome, name)[:2] for name in "ab")
    assert states == [("expired", "end_of_data"), ("rejected", "post_only")]


@pytest.mark.parametrize("price", [99, 100])
def test_joining_records_what_is_ahead(run, price):
    outcome = run(bids([TEN], price=price))
    hist = {99: 10, 100: 0}[price]
    assert [order(outcome, name).ahead for name in "ab"] == [hist, hist + 10]


def test_joining_a_level_counts_only_what_the_group_left(run):
    a = portfolio("a", sell(5, 6))
    b = portfolio("b", buy(6, 5, 99))
    outcome = run(scenario([TEN], a, b))
    assert order(outcome, "b").ahead == 4


def test_what_an_older_order_got_of_a_print_did_not_leave_the_displayed_queue(run):
    packets = [TEN, book(6, {99: 20}, {}), sold(10, 99, 15), sold(11, 99, 15)]
    # Queue: 10, A's 10, 10, B's 10. The first print takes 10 and 5 of A, the second
    # the rest of A and 10; B is next.
    outcome = run(bids(packets, second=7))
    assert [filled(outcome, name) for name in "ab"] == [10, 0]
    outcome = run(bids([*packets, sold(12, 99, 3)], second=7))
    assert [filled(outcome, name) for name in "ab"] == [10, 3]
