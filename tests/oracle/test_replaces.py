"""Replaced orders keep their place, or come anew."""

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
    reference_only,
    scenario,
    sell,
    sold,
    told,
)
from tests.oracle.scenario import Cancel, Replace

BOOK = book(1, {99: 10, 98: 10}, {101: 10, 102: 10})
EMPTY = book(1, {98: 10}, {101: 10})


def test_a_smaller_quantity_at_the_same_price_keeps_its_place(run):
    a = portfolio("a", buy(5, 6, 99), Replace(8, 1, qty=4, price=99))
    b = portfolio("b", buy(6, 6, 99))
    outcome = run(scenario([EMPTY, sold(10, 99, 5)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [4, 1]
    assert ending(outcome, "a") == ("filled", "none", 4)
    assert (order(outcome, "a").qty, order(outcome, "a").ahead) == (4, 0)


@pytest.mark.parametrize("change", [{"qty": 7}, {"price": 100}])
def test_a_larger_quantity_or_another_price_loses_it(run, change):
    a = portfolio("a", buy(5, 6, 99), Replace(8, 1, **change), Replace(9, 1, price=99))
    b = portfolio("b", buy(6, 6, 99))
    outcome = run(scenario([EMPTY, sold(10, 99, 8)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [2, 6]
    assert order(outcome, "a").ahead == 6


def test_the_new_quantity_includes_what_is_filled(run):
    a = portfolio("a", buy(5, 6, 99), Replace(12, 1, qty=5))
    outcome = run(scenario([EMPTY, sold(10, 99, 3), sold(14, 99, 9)], a))
    assert [f.qty for f in outcome.fills] == [3, 2]
    assert ending(outcome, "a") == ("filled", "none", 5)


@pytest.mark.parametrize("qty", [3, 2, 0, -1])
def test_a_quantity_that_leaves_nothing_ends_it(run, qty):
    a = portfolio("a", buy(5, 6, 99), Replace(12, 1, qty=qty))
    outcome = run(scenario([EMPTY, sold(10, 99, 3)], a))
    assert ending(outcome, "a") == ("cancelled", "replaced", 3)
    assert order(outcome, "a").qty == 6
    assert told(outcome, "a")[-1] == (12, "ended", 0)


def test_what_self_trades_took_off_is_not_left(run):
    a = portfolio("a", buy(5, 6, 99), sell(6, 2, 99), Replace(8, 1, qty=3))
    outcome = run(scenario([EMPTY, sold(10, 99, 9)], a, self_trade="decrement"))
    # Two lots were taken off; of the three one is left.
    assert ending(outcome, "a") == ("cancelled", "self_trade", 1)


def test_without_any_change_it_is_told_and_keeps_its_place(run):
    a = portfolio("a", buy(5, 6, 99), Replace(8, 1), response_delay=2)
    b = portfolio("b", buy(6, 6, 99))
    outcome = run(scenario([EMPTY, sold(20, 99, 5)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [5, 0]
    assert told(outcome, "a")[1] == (10, "replaced", 6)


def test_own_orders_behind_it_see_the_smaller_rest_at_once(run):
    a = portfolio("a", buy(5, 6, 99), Replace(8, 1, qty=1))
    b = portfolio("b", buy(8, 6, 99))
    outcome = run(scenario([EMPTY], a, b))
    assert order(outcome, "b").ahead == 1


def test_a_price_that_reaches_the_market_takes(run):
    a = portfolio("a", buy(5, 14, 99), Replace(8, 1, price=101))
    outcome = run(scenario([BOOK], a))
    assert fills(outcome, "a") == [(10, 101, "taker")]
    assert (order(outcome, "a").price, order(outcome, "a").ahead) == (101, 0)
    assert order(outcome, "a").ts_arrival == 5


def test_it_comes_where_the_replace_stands_among_the_messages(run):
    messages = [buy(5, 10, 99), buy(8, 10), Replace(8, 1, price=103), buy(8, 10)]
    packets = [book(1, {99: 1}, {101: 10, 102: 10, 103: 10})]
    outcome = run(scenario(packets, portfolio("a", *messages)))
    got = {f.order_id: f.price_half // 2 for f in outcome.fills}
    assert got == {2: 101, 1: 102, 3: 103}


def test_what_left_its_level_is_not_met_by_the_takers_of_the_batch(run):
    a = portfolio("a", buy(5, 4, 100), Replace(8, 1, price=97))
    b = portfolio("b", sell(8, 4))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert fills(outcome, "b") == [(4, 99, "taker")]


def test_one_that_keeps_its_place_is(run):
    a = portfolio("a", buy(5, 4, 100), Replace(8, 1, qty=3))
    b = portfolio("b", sell(8, 4))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert fills(outcome, "b") == [(3, 100, "taker"), (1, 99, "taker")]


def test_a_post_only_order_that_is_replaced_into_the_market_ends(run):
    change = Replace(8, 1, price=101)
    a = portfolio("a", buy(5, 4, 99, post_only=True), change)
    assert ending(run(scenario([BOOK], a)), "a") == ("cancelled", "post_only", 0)


def test_the_price_stays_if_it_is_the_one_at_the_venue(run):
    first = buy(5, 4, 101, post_only="reprice")
    a = portfolio("a", first, Replace(8, 1, qty=3, price=100))
    b = portfolio("b", buy(6, 4, 100))
    outcome = run(scenario([BOOK, sold(10, 100, 4)], a, b))
    assert [filled(outcome, name) for name in "ab"] == [3, 1]


# Too late, too early -----------------------------------------------------------------


def test_a_replace_that_comes_too_late_is_told_and_changes_nothing(run):
    a = portfolio("a", buy(5, 4), Replace(8, 1, qty=9), response_delay=4)
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a") == ("filled", "none", 4)
    assert told(outcome, "a") == [
        (9, "fill", 0),
        (9, "ended", 0),
        (12, "cancel_rejected", 0),
    ]
    assert outcome.too_late == 1


def test_so_is_a_cancel(run):
    a = portfolio("a", buy(5, 4), Cancel(8, 1), response_delay=4)
    outcome = run(scenario([BOOK], a))
    assert told(outcome, "a")[-1] == (12, "cancel_rejected", 0)
    assert outcome.too_late == 1


@pytest.mark.parametrize("message", [Cancel(8, 1), Replace(8, 1, qty=9)])
def test_what_is_known_to_have_ended_is_refused_on_the_spot(run, message):
    a = portfolio("a", buy(5, 4), message, order_delay=1, response_delay=2)
    outcome = run(scenario([BOOK], a))
    assert told(outcome, "a")[-1] == (8, "cancel_rejected", 0)
    assert outcome.too_late == 1


def test_a_replace_in_the_batch_of_its_order_waits_for_the_end(run):
    a = portfolio("a", buy(5, 4, 100), Replace(5, 1, price=101, qty=20))
    outcome = run(scenario([BOOK], a))
    assert fills(outcome, "a") == [(10, 101, "taker")]
    assert told(outcome, "a")[:3] == [
        (5, "accepted", 4),
        (5, "replaced", 20),
        (5, "fill", 10),
    ]


def test_at_the_end_each_comes_alone_in_turn(run):
    a = portfolio("a", buy(5, 4, 100), Replace(5, 1, price=101), Cancel(5, 1))
    b = portfolio("b", buy(5, 4, 100), Replace(5, 1, price=101))
    outcome = run(scenario([book(1, {99: 1}, {101: 6})], a, b, distribution="pro_rata"))
    assert sorted(filled(outcome, name) for name in "ab") == [2, 4]


def test_a_message_about_what_comes_anew_in_this_batch_waits_too(run):
    messages = [buy(5, 14, 99), Replace(8, 1, price=101), Cancel(8, 1)]
    outcome = run(scenario([BOOK], portfolio("a", *messages)))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 10)


def test_a_message_about_what_kept_its_place_does_not(run):
    a = portfolio("a", buy(5, 4, 100), Replace(8, 1, qty=3), Cancel(8, 1))
    b = portfolio("b", sell(8, 4))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert ending(outcome, "a") == ("cancelled", "user_cancel", 0)


# Reports -----------------------------------------------------------------------------


def test_the_leaves_are_those_before_it_trades(run):
    a = portfolio("a", buy(5, 4, 99), Replace(8, 1, qty=15, price=101))
    outcome = run(scenario([BOOK], a))
    assert told(outcome, "a") == [
        (5, "accepted", 4),
        (8, "replaced", 15),
        (8, "fill", 5),
    ]


@reference_only
def test_what_a_self_trade_took_off_before_is_told_before(run):
    a = portfolio("a", buy(4, 6, 98), sell(5, 8, 98, tif="gtc"), Replace(5, 2, qty=20))
    packets = [book(1, {97: 1}, {101: 10})]
    outcome = run(scenario(packets, a, self_trade="decrement"))
    kinds = [(r.order_id, r.kind, r.leaves) for r in outcome.reports["a"]]
    assert kinds[1:4] == [(2, "accepted", 8), (2, "reduced", 2), (2, "replaced", 14)]


def test_an_order_that_comes_anew_is_not_accepted_again(run):
    a = portfolio("a", buy(5, 4, 99), Replace(8, 1, price=98))
    assert told(run(scenario([BOOK], a)), "a") == [
        (5, "accepted", 4),
        (8, "replaced", 4),
    ]


def test_what_was_refused_is_told_after_the_end(run):
    a = portfolio("a", buy(5, 4), Cancel(5, 1), Replace(5, 1, qty=9))
    assert [kind for _, kind, _ in told(run(scenario([BOOK], a)), "a")] == [
        "fill",
        "ended",
        "cancel_rejected",
        "cancel_rejected",
    ]


# The position limit ------------------------------------------------------------------


def test_a_replace_that_asks_for_too_much_does_not_leave(run):
    a = portfolio(
        "a",
        buy(5, 4, 99),
        Replace(8, 1, qty=11),
        Replace(9, 1, qty=10),
        max_position=10,
        response_delay=3,
    )
    outcome = run(scenario([BOOK], a))
    assert told(outcome, "a")[:2] == [(8, "accepted", 4), (8, "cancel_rejected", 4)]
    assert order(outcome, "a").qty == 10
    assert outcome.too_late == 0


@pytest.mark.parametrize(("limit", "qty"), [(5, 5), (4, 4)])
def test_what_it_asks_for_more_is_more_than_it_had_in_all(run, limit, qty):
    a = portfolio("a", buy(5, 4, 99), Replace(12, 1, qty=5), max_position=limit)
    outcome = run(scenario([EMPTY, sold(10, 99, 2)], a))
    assert order(outcome, "a").qty == qty


def test_an_order_counts_with_the_most_it_was_asked_to_have_until_all_is_known(run):
    a = portfolio(
        "a",
        buy(5, 4, 99),
        Replace(8, 1, qty=9),
        Replace(9, 1, qty=2),
        buy(11, 2, 98),
        buy(14, 8, 98),
        max_position=10,
        order_delay=1,
        response_delay=4,
    )
    outcome = run(scenario([BOOK], a))
    # At 11 no answer is known; at 14 the second one is.
    assert [order(outcome, "a", n).reason for n in (2, 3)] == [
        "max_position",
        "end_of_data",
    ]


def test_a_smaller_quantity_is_never_refused(run):
    a = portfolio("a", buy(5, 4, 99), Replace(8, 1, qty=3), max_position=4)
    assert order(run(scenario([BOOK], a)), "a").qty == 3


# Impossible --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "change"),
    [
        ({"price": 99}, {"price": 2**31}),
        ({"price": 99}, {"stop": 103}),
        ({"price": 99}, {"qty": 2**48 + 1}),
        ({"stop": 103}, {"price": 99}),
        ({"stop": 103}, {"stop": -(2**31)}),
    ],
)
def test_what_cannot_be_asked_for_is_refused_on_the_spot(run, terms, change):
    a = portfolio("a", buy(5, 4, **terms), Replace(8, 1, **change), response_delay=9)
    outcome = run(scenario([BOOK, bought(2, 101, 1)], a))
    assert told(outcome, "a") == [(14, "accepted", 4), (8, "cancel_rejected", 4)]
    assert outcome.too_late == 0
