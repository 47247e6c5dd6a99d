"""How fast a portfolio may send: what is refused, what leaves later, what counts."""

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
from tests.oracle.delays import Curve
from tests.oracle.rates import Rate
from tests.oracle.scenario import Cancel, Replace

BOOK = book(1, {99: 10}, {101: 90})
REFUSED = ("rejected", "rate_limit", 0)


def sent(outcome, *numbers):
    """Return when orders left, 0 if never."""
    return [order(outcome, "a", number).ts_sent for number in numbers]


def passive(*times):
    return [buy(at, 1, 90) for at in times]


# Both ways -------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "reason"), [(14, "rate_limit"), (15, "none")])
def test_what_left_a_whole_span_ago_is_out_of_the_window(run, second, reason):
    a = portfolio("a", buy(5, 1), buy(second, 1), rate=Rate(1, 10))
    assert order(run(scenario([BOOK], a)), "a", 2).reason == reason


@pytest.mark.parametrize("over", ["reject", "delay"])
def test_the_window_slides_and_is_no_second_of_the_clock(run, over):
    a = portfolio("a", *passive(8, 9, 12, 18, 19), rate=Rate(2, 10, over))
    outcome = run(scenario([BOOK], a))
    expected = {"reject": [8, 9, 0, 18, 19], "delay": [8, 9, 18, 19, 28]}
    assert sent(outcome, 1, 2, 3, 4, 5) == expected[over]


@pytest.mark.parametrize("over", ["reject", "delay"])
def test_all_instruments_of_a_portfolio_share_its_rate_and_no_other_portfolio(
    run, over
):
    packets = [BOOK, book(1, {99: 10}, {101: 90}, instrument=1)]
    orders = buy(5, 1), buy(5, 1, instrument=1)
    a = portfolio("a", *orders, rate=Rate(1, 10, over))
    b = portfolio("b", *orders)
    outcome = run(scenario(packets, a, b))
    assert sent(outcome, 1, 2) == [5, {"reject": 0, "delay": 15}[over]]
    assert [order(outcome, "b", number).ts_sent for number in (1, 2)] == [5, 5]


@pytest.mark.parametrize("over", ["reject", "delay"])
def test_cancels_do_not_count(run, over):
    a = portfolio("a", *passive(5), Cancel(6, 1), *passive(15), rate=Rate(1, 10, over))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 1) == ("cancelled", "user_cancel", 0)
    assert order(outcome, "a", 1).ts_end == 6
    assert sent(outcome, 2) == [15]


@pytest.mark.parametrize("over", ["reject", "delay"])
def test_what_never_leaves_does_not_count(run, over):
    impossible, too_much, good = buy(5, 0), buy(5, 9), buy(5, 1)
    a = portfolio(
        "a", impossible, too_much, good, max_position=5, rate=Rate(1, 10, over)
    )
    outcome = run(scenario([BOOK], a))
    reasons = [order(outcome, "a", number).reason for number in (1, 2, 3)]
    assert reasons == ["bad_qty", "max_position", "none"]


@pytest.mark.parametrize("over", ["reject", "delay"])
def test_what_a_desk_crosses_whole_does_not_count(run, over):
    a = portfolio("a", buy(5, 4), buy(6, 1), rate=Rate(1, 10, over))
    outcome = run(scenario([BOOK], a, portfolio("b", sell(5, 4))))
    assert fills(outcome, "a")[0] == (4, 100, "cross")
    assert sent(outcome, 1, 2) == [0, 6]
    part = run(scenario([BOOK], a, portfolio("b", sell(5, 3))))
    assert sent(part, 1, 2) == [5, {"reject": 0, "delay": 15}[over]]


# Reject ----------------------------------------------------------------------------


def test_the_position_limit_is_named_before_the_rate(run):
    a = portfolio("a", buy(5, 5), buy(5, 1), max_position=5, rate=Rate(1, 10))
    assert order(run(scenario([BOOK], a)), "a", 2).reason == "max_position"


def test_a_refused_order_never_leaves_and_asks_for_no_position(run):
    a = portfolio("a", *passive(5, 6, 16), max_position=2, rate=Rate(1, 10))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 2) == REFUSED
    assert (order(outcome, "a", 2).ts_arrival, order(outcome, "a", 2).ts_end) == (0, 6)
    assert sent(outcome, 3) == [16]


def test_a_replace_counts_and_is_refused_like_an_order(run):
    changes = Replace(6, 1, price=100), Replace(15, 1, price=98)
    a = portfolio("a", buy(5, 4, 97), *changes, buy(16, 1), rate=Rate(1, 10))
    outcome = run(scenario([BOOK], a))
    assert order(outcome, "a", 1).price == 98
    assert ending(outcome, "a", 2) == REFUSED


def test_a_refused_replace_asks_for_no_position(run):
    change = Replace(6, 1, qty=9)
    a = portfolio("a", buy(5, 4, 97), change, buy(15, 6), max_position=10)
    limited = portfolio("a", *a.messages, max_position=10, rate=Rate(1, 10))
    reasons = [order(run(scenario([BOOK], who)), "a", 2).reason for who in (a, limited)]
    assert reasons == ["max_position", "none"]


# Delay -----------------------------------------------------------------------------


def test_an_order_that_is_held_back_meets_the_book_of_its_later_arrival(run):
    packets = [BOOK, book(12, {}, {101: 0, 103: 9})]
    a = portfolio("a", buy(5, 1), buy(6, 1), order_delay=2, rate=Rate(1, 10, "delay"))
    outcome = run(scenario(packets, a))
    assert fills(outcome, "a") == [(1, 101, "taker"), (1, 103, "taker")]
    assert sent(outcome, 1, 2) == [5, 15]
    assert order(outcome, "a", 2).ts_arrival == 17


def test_without_delays_what_is_held_back_comes_after_the_packets_of_its_time(run):
    packets = [BOOK, book(15, {}, {101: 0, 103: 9})]
    a = portfolio("a", buy(5, 1), buy(6, 1), rate=Rate(1, 10, "delay"))
    assert fills(run(scenario(packets, a)), "a")[1] == (1, 103, "taker")


def test_a_cancel_waits_behind_what_is_held_back(run):
    # The cancel of the first order would have come before the print at 12.
    messages = buy(5, 4, 100), buy(6, 1, 90), Cancel(7, 1)
    a = portfolio("a", *messages, rate=Rate(1, 10, "delay"))
    outcome = run(scenario([BOOK, sold(12, 100, 1), sold(16, 100, 9)], a))
    assert ending(outcome, "a", 1) == ("cancelled", "user_cancel", 1)
    assert order(outcome, "a", 1).ts_end == 15


def test_a_cancel_behind_its_own_order_finds_it(run):
    messages = *passive(5), buy(6, 200, 101), Cancel(7, 2)
    a = portfolio("a", *messages, rate=Rate(1, 10, "delay"))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 2) == ("cancelled", "user_cancel", 90)
    assert order(outcome, "a", 2).ts_end == 15


def test_an_order_that_is_held_back_counts_for_the_position_limit(run):
    a = portfolio("a", *passive(5, 6, 7), max_position=2, rate=Rate(1, 100, "delay"))
    assert order(run(scenario([BOOK], a)), "a", 3).reason == "max_position"


def test_an_order_whose_time_is_over_when_it_comes_expires(run):
    late = buy(6, 1, 101, tif="gtd", expires=14)
    a = portfolio("a", *passive(5), late, rate=Rate(1, 10, "delay"))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 2) == ("expired", "expired", 0)
    assert order(outcome, "a", 2).ts_end == 15


def test_what_is_held_back_till_the_end_of_the_data_never_left(run):
    a = portfolio("a", *passive(5, 6, 7), rate=Rate(1, 600, "delay"))
    outcome = run(scenario([BOOK], a))  # which ends at 1,001
    assert sent(outcome, 1, 2, 3) == [5, 605, 0]
    assert ending(outcome, "a", 3) == ("expired", "end_of_data", 0)
    assert order(outcome, "a", 3).ts_arrival == 0


def test_a_delay_that_varies_is_that_of_the_time_of_leaving(run):
    delay = Curve((0, 10), (1, 6), linear=False)
    a = portfolio("a", *passive(5, 6), order_delay=delay, rate=Rate(1, 10, "delay"))
    outcome = run(scenario([BOOK], a))
    assert [order(outcome, "a", number).ts_arrival for number in (1, 2)] == [6, 21]


def test_those_with_one_delay_do_not_wait_for_each_other(run):
    a = portfolio("a", *passive(5, 6), order_delay=3, rate=Rate(1, 50, "delay"))
    b = portfolio("b", sell(6, 4, 101), order_delay=3)
    outcome = run(scenario([book(1, {99: 10}, {}), bought(20, 101, 4)], a, b))
    assert filled(outcome, "b") == 4
    assert order(outcome, "b").ts_arrival == 9


def test_a_replace_is_held_back_too(run):
    a = portfolio(
        "a", buy(5, 4, 97), Replace(6, 1, price=98), rate=Rate(1, 10, "delay")
    )
    packets = [BOOK, sold(14, 96, 1), sold(16, 96, 1)]
    outcome = run(scenario(packets, a))
    assert [(f.ts, f.price_half / 2) for f in outcome.fills] == [(14, 97), (16, 98)]
