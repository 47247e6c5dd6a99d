"""Reduce-only orders never make the venue's position larger, and never turn it."""

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
from tests.oracle.scenario import ProRata, Replace

BOOK = book(1, {99: 10, 98: 10}, {101: 10, 102: 10})
ALONE = book(1, {99: 10}, {103: 10})  # nobody offers below 103


def closing(at, qty, price=None, **more):
    """Sell, but no more than what there is."""
    return sell(at, qty, price, reduce_only=True, **more)


def holder(*messages, held=3, **more):
    return portfolio("a", *messages, positions={0: held}, **more)


def test_a_taker_is_filled_by_its_position_and_the_rest_ends(run):
    outcome = run(scenario([BOOK], holder(closing(5, 8))))
    assert fills(outcome, "a") == [(3, 99, "taker")]
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 3)
    assert outcome.positions["a", 0] == 0


def test_a_buy_closes_a_short_position(run):
    outcome = run(scenario([BOOK], holder(buy(5, 8, reduce_only=True), held=-3)))
    assert fills(outcome, "a") == [(3, 101, "taker")]


def test_an_order_within_the_position_is_filled_as_any_other(run):
    outcome = run(scenario([BOOK], holder(closing(5, 2))))
    assert ending(outcome, "a") == ("filled", "none", 2)


@pytest.mark.parametrize("held", [0, -3])
def test_without_a_position_it_ends_on_arrival(run, held):
    outcome = run(scenario([BOOK], holder(closing(5, 8, 101), held=held)))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)
    assert (order(outcome, "a").ts_arrival, order(outcome, "a").ts_end) == (5, 5)


def test_fills_that_the_portfolio_does_not_know_of_count(run):
    a = portfolio("a", buy(5, 4), closing(6, 9), response_delay=50)
    assert ending(run(scenario([BOOK], a)), "a", 2) == ("cancelled", "reduce_only", 4)


def test_a_cross_counts_at_once(run):
    a = portfolio("a", buy(5, 4), closing(6, 9))
    b = portfolio("b", sell(5, 4))
    outcome = run(scenario([BOOK], a, b))
    assert len([f for f in outcome.fills if f.cross]) == 2
    assert ending(outcome, "a", 2) == ("cancelled", "reduce_only", 4)


def test_it_is_not_netted(run):
    outcome = run(scenario([BOOK], holder(closing(5, 3)), portfolio("b", buy(5, 3))))
    assert not any(f.cross for f in outcome.fills)


# Resting -----------------------------------------------------------------------------


def test_a_resting_order_keeps_all_its_leaves_in_the_queue(run):
    a = holder(closing(5, 8, 101))
    b = portfolio("b", sell(6, 5, 101))
    outcome = run(scenario([ALONE], a, b))
    assert order(outcome, "b").ahead == 8


def test_a_print_fills_it_by_its_position(run):
    a = holder(closing(5, 8, 101))
    outcome = run(scenario([ALONE, bought(10, 101, 5)], a))
    assert fills(outcome, "a") == [(3, 101, "maker")]
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 3)


def test_what_it_could_not_take_of_a_print_stays_in_the_budget(run):
    # The print goes through both; A may have 3 of it, B gets the rest.
    a = holder(closing(5, 8, 101))
    b = portfolio("b", sell(6, 5, 101))
    outcome = run(scenario([ALONE, bought(10, 102, 7)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [3, 4]


def test_at_its_price_those_behind_it_waited_for_all_of_it(run):
    a = holder(closing(5, 8, 101))
    b = portfolio("b", sell(6, 5, 101))
    outcome = run(scenario([ALONE, bought(10, 101, 10)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [3, 2]


@pytest.mark.parametrize("price", [101, 102])
def test_a_print_that_reaches_it_without_a_position_ends_it(run, price):
    a = holder(closing(5, 8, 101), sell(6, 3))
    outcome = run(scenario([ALONE, bought(10, price, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)
    assert order(outcome, "a").ts_end == 10


def test_a_print_that_does_not_reach_it_does_not(run):
    a = holder(closing(5, 8, 101), sell(6, 3))
    packets = [book(1, {99: 10}, {101: 4}), bought(10, 101, 4)]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)


def test_right_after_the_fill_that_closes_the_position_the_rest_ends(run):
    a = holder(closing(5, 8, 101))
    outcome = run(scenario([ALONE, bought(10, 101, 3)], a))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 3)
    assert order(outcome, "a").ts_end == 10


def test_the_position_may_come_back_before_it_is_reached(run):
    a = holder(closing(4, 8, 101), sell(5, 3), buy(7, 2, 99))
    packets = [ALONE, book(6, {99: 0, 97: 1}, {}), sold(9, 99, 2), bought(10, 101, 5)]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a", 1) == ("cancelled", "reduce_only", 2)


def test_new_size_that_crosses_it_fills_it_by_its_position(run):
    a = holder(closing(5, 8, 101))
    outcome = run(scenario([ALONE, book(10, {101: 6}, {})], a))
    assert [(f.qty, f.cross_fill) for f in outcome.fills] == [(3, True)]
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 3)
    assert list(outcome.consumed.values()) == [3]


def test_a_taker_gets_of_it_what_its_position_is_and_goes_on(run):
    a = holder(closing(5, 8, 101))
    b = portfolio("b", buy(6, 9))
    outcome = run(scenario([ALONE], a, b))
    assert fills(outcome, "b") == [(3, 101, "taker"), (6, 103, "taker")]


def test_a_taker_that_meets_it_without_a_position_ends_it(run):
    a = holder(closing(5, 8, 101), sell(6, 3))
    b = portfolio("b", buy(7, 2))
    outcome = run(scenario([ALONE], a, b))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)
    assert fills(outcome, "b") == [(2, 103, "taker")]


def test_when_it_gives_less_the_level_is_divided_anew(run):
    a = holder(closing(5, 8, 101))
    packets = [book(1, {99: 10}, {}), book(6, {}, {101: 4})]
    people = [portfolio(name, buy(7, 10, 101)) for name in "bc"]
    outcome = run(scenario(packets, a, *people, netting=False, fill_on_cross=False))
    got = [filled(outcome, name) for name in "bc"]
    # 3 of A's 8 go to the first; the 4 of the tape are then left for both.
    assert sorted(got) == [0, 7]


# Taking together ---------------------------------------------------------------------


def test_its_weight_at_a_level_is_what_it_may_take(run):
    a = holder(closing(5, 90, 99), held=10)
    b = portfolio("b", sell(5, 10, 99))
    outcome = run(scenario([BOOK], a, b, netting=False, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_orders_of_one_batch_share_the_position(run):
    a = holder(closing(5, 3), closing(5, 3), held=4)
    outcome = run(scenario([BOOK], a))
    assert [ending(outcome, "a", n) for n in (1, 2)] == [
        ("filled", "none", 3),
        ("cancelled", "reduce_only", 1),
    ]


def test_what_they_leave_is_divided_anew(run):
    a = holder(closing(5, 6, 99), closing(5, 6, 99), held=6)
    b = portfolio("b", sell(5, 12, 99))
    packets = [book(1, {99: 12}, {101: 10})]
    outcome = run(scenario(packets, a, b, netting=False, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [6, 6]


def test_an_order_that_is_not_reduce_only_uses_the_position_too(run):
    a = holder(sell(5, 3), closing(5, 3))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 2) == ("cancelled", "reduce_only", 0)


def test_what_buys_of_the_batch_have_added_sells_may_reduce(run):
    a = holder(closing(5, 9), buy(5, 4), held=1)
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 1) == ("cancelled", "reduce_only", 5)


# With other terms --------------------------------------------------------------------


@pytest.mark.parametrize(("size", "got"), [(3, 3), (2, 0)])
def test_fill_or_kill_asks_for_no_more_than_the_position(run, size, got):
    packets = [book(1, {99: size}, {101: 1})]
    outcome = run(scenario(packets, holder(closing(5, 8, tif="fok"))))
    reason = "reduce_only" if got else "fok_unfilled"
    assert ending(outcome, "a") == ("cancelled", reason, got)


@pytest.mark.parametrize("size", [3, 10])
def test_fill_or_kill_finds_the_position_gone_at_its_turn(run, size):
    packets = [book(1, {99: size}, {101: 1})]
    outcome = run(scenario(packets, holder(closing(5, 8, tif="fok"), sell(5, 3))))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)


def test_a_stop_is_judged_when_it_is_triggered_not_when_it_begins_to_wait(run):
    a = portfolio("a", closing(5, 8, stop=99), buy(6, 4))
    packets = [BOOK, bought(2, 101, 1), sold(10, 99, 1)]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 4)
    assert order(outcome, "a").ts_trigger == 10


def test_a_stop_without_a_position_ends_when_it_is_triggered(run):
    a = portfolio("a", closing(5, 8, stop=99))
    packets = [BOOK, bought(2, 101, 1), sold(10, 99, 1)]
    outcome = run(scenario(packets, a))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)
    assert order(outcome, "a").ts_end == 10


def test_an_order_that_comes_anew_is_judged_anew(run):
    a = holder(closing(5, 8, 101), sell(6, 3), Replace(8, 1, price=102))
    outcome = run(scenario([ALONE], a))
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 0)
    assert order(outcome, "a").ts_end == 8


def test_self_trade_prevention_comes_first(run):
    a = holder(closing(5, 8, 101), sell(6, 3), buy(7, 2, 101))
    outcome = run(scenario([ALONE], a))
    assert ending(outcome, "a", 1) == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 3) == ("cancelled", "self_trade", 0)


# Pro rata ----------------------------------------------------------------------------


def shared(*more, packets=()):
    """Let A, who may sell 3 of its 8, and B stand in a line that shares what comes."""
    a, b = holder(closing(5, 8, 101)), portfolio("b", sell(6, 8, 101))
    everybody = [a, b, *more]
    return scenario([ALONE, *packets], *everybody, matching={0: ProRata()})


def test_of_its_part_of_a_print_it_gets_no_more_than_its_position(run):
    outcome = run(shared(packets=[bought(10, 101, 8)]))
    assert [filled(outcome, name) for name in "ab"] == [3, 4]
    assert ending(outcome, "a") == ("cancelled", "reduce_only", 3)


def test_what_it_may_not_give_of_its_part_is_divided_anew(run):
    outcome = run(shared(portfolio("c", buy(7, 8))))
    assert [filled(outcome, name) for name in "abc"] == [3, 5, 8]


def test_a_taker_of_shares_takes_no_more_than_its_position(run):
    c = portfolio("c", buy(7, 8, reduce_only=True), positions={0: -4})
    outcome = run(shared(c))
    assert [filled(outcome, name) for name in "abc"] == [2, 2, 4]
    assert ending(outcome, "c") == ("cancelled", "reduce_only", 4)


@pytest.mark.parametrize(("qty", "got"), [(6, 6), (8, 0)])
def test_fill_or_kill_gets_nothing_where_it_would_give_more_than_its_position(
    run, qty, got
):
    outcome = run(shared(portfolio("c", buy(7, qty, 101, tif="fok"))))
    assert filled(outcome, "c") == got
