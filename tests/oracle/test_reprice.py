"""Post-only orders that would take go a tick away instead."""

from tests.oracle.builders import (
    book,
    bought,
    buy,
    ending,
    fills,
    order,
    portfolio,
    scenario,
    sell,
)
from tests.oracle.terms import MAX_PRICE

BOOK = book(1, {97: 10}, {101: 10, 102: 10})


def maker(word, at, qty, price, **more):
    return word(at, qty, price, post_only="reprice", **more)


def test_a_buy_goes_one_tick_below_the_best_ask(run):
    outcome = run(scenario([BOOK], portfolio("a", maker(buy, 5, 4, 105))))
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert (order(outcome, "a").price, order(outcome, "a").ahead) == (100, 0)


def test_a_sell_goes_one_tick_above_the_best_bid(run):
    outcome = run(scenario([BOOK], portfolio("a", maker(sell, 5, 4, 90))))
    assert order(outcome, "a").price == 98


def test_a_price_that_does_not_take_stays(run):
    outcome = run(scenario([BOOK], portfolio("a", maker(buy, 5, 4, 99))))
    assert order(outcome, "a").price == 99


def test_own_orders_and_what_was_taken_count(run):
    a = portfolio("a", buy(5, 10), sell(6, 4, 100))
    b = portfolio("b", maker(buy, 7, 4, 105))
    assert order(run(scenario([BOOK], a, b)), "b").price == 99


def test_it_keeps_that_price_when_takers_of_its_batch_move_the_best(run):
    a = portfolio("a", buy(5, 10))
    b = portfolio("b", maker(buy, 5, 4, 105))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert order(outcome, "b").price == 100
    assert ending(outcome, "b") == ("expired", "end_of_data", 0)


def test_it_keeps_that_price_for_good(run):
    packets = [BOOK, book(10, {}, {101: 0, 102: 0, 104: 5})]
    outcome = run(scenario(packets, portfolio("a", maker(buy, 5, 4, 105))))
    assert order(outcome, "a").price == 100


def test_it_goes_away_from_an_own_order_that_has_just_joined(run):
    a = portfolio("a", maker(buy, 5, 4, 105), maker(sell, 5, 4, 96))
    outcome = run(scenario([BOOK], a))
    # The buy goes to 100 and joins first; the sale, at 98 by then, goes above it.
    assert [order(outcome, "a", n).price for n in (1, 2)] == [100, 101]
    assert fills(outcome, "a") == []


def test_a_price_out_of_range_is_refused(run):
    packets = [book(1, {MAX_PRICE: 1}, {})]
    outcome = run(scenario(packets, portfolio("a", maker(sell, 5, 4, 90))))
    assert ending(outcome, "a") == ("rejected", "post_only", 0)


def test_a_triggered_stop_goes_away_too(run):
    a = portfolio("a", maker(buy, 5, 4, 105, stop=103))
    outcome = run(scenario([BOOK, bought(8, 102, 1), bought(10, 103, 1)], a))
    assert order(outcome, "a").price == 100


def test_post_only_refuses_a_triggered_stop_that_has_waited_as_cancelled(run):
    a = portfolio("a", buy(5, 4, 105, stop=103, post_only=True))
    outcome = run(scenario([BOOK, bought(8, 102, 1), bought(10, 103, 1)], a))
    assert ending(outcome, "a") == ("cancelled", "post_only", 0)


def test_an_immediate_order_goes_away_and_has_a_remainder(run):
    outcome = run(scenario([BOOK], portfolio("a", maker(buy, 5, 4, 105, tif="ioc"))))
    assert ending(outcome, "a") == ("cancelled", "ioc_remainder", 0)
