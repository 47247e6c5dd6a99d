"""What a portfolio may not exceed: the size of an order, and what it holds is worth."""

from fractions import Fraction

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    filled,
    order,
    portfolio,
    scenario,
    sell,
)
from tests.oracle.rates import Rate
from tests.oracle.scenario import Replace

#: The mids are 100 and 200 ticks; money is in half ticks times lots.
BOOKS = [
    book(1, {99: 90}, {101: 90}),
    book(1, {199: 90}, {201: 90}, instrument=1),
]


def reasons(run, *messages, packets=BOOKS, **limits):
    """Run a portfolio alone; return why its orders ended."""
    a = portfolio("a", *messages, **limits)
    outcome = run(scenario(packets, a))
    return [o.reason for o in sorted(outcome.orders, key=lambda o: o.id)]


# The size of an order --------------------------------------------------------------


def test_an_order_may_be_as_large_as_the_limit_and_no_larger(run):
    assert reasons(run, buy(5, 7), sell(5, 8), buy(6, 7), max_order=7) == [
        "none",
        "max_order_qty",
        "none",
    ]


def test_what_reduces_is_not_excepted_from_the_size_of_an_order(run):
    sold = sell(5, 8, reduce_only=True)
    assert reasons(run, sold, max_order=7, positions={0: 50}) == ["max_order_qty"]


@pytest.mark.parametrize(("qty", "after"), [(7, 7), (8, 5)])
def test_a_replace_must_not_make_an_order_larger_than_that(run, qty, after):
    a = portfolio("a", buy(5, 5, 90), Replace(7, 1, qty=qty), max_order=7)
    assert order(run(scenario(BOOKS, a)), "a").qty == after


def test_the_size_is_named_before_the_position_and_that_before_the_worth(run):
    limits = {"max_order": 7, "max_position": 5, "gross": 200, "rate": Rate(1, 9)}
    assert reasons(run, buy(5, 8), buy(5, 6), buy(5, 5), buy(5, 1), **limits) == [
        "max_order_qty",
        "max_position",
        "gross_notional",
        "none",
    ]


# What positions are worth ----------------------------------------------------------


def test_gross_adds_up_the_instruments_long_and_short(run):
    sent = sell(5, 10), buy(6, 5, instrument=1), buy(7, 1, instrument=1)
    assert reasons(run, *sent, gross=4_000) == ["none", "none", "gross_notional"]


def test_net_takes_short_positions_off_long_ones(run):
    sent = sell(5, 10), buy(6, 10, instrument=1), buy(7, 1, instrument=1)
    assert reasons(run, *sent, net=2_000) == ["none", "none", "net_notional"]


def test_net_holds_either_way(run):
    sent = sell(5, 10), sell(6, 1), buy(6, 20), buy(7, 1)
    assert reasons(run, *sent, net=2_000) == [
        "none",
        "net_notional",
        "none",
        "net_notional",
    ]


def test_open_orders_count_at_the_mid_whatever_their_price(run):
    a = portfolio("a", buy(5, 10, 1), buy(6, 1, 1), gross=2_000)
    outcome = run(scenario(BOOKS, a))
    assert order(outcome, "a", 1).ts_arrival == 5
    assert order(outcome, "a", 2).reason == "gross_notional"


def test_a_replace_is_judged_by_what_it_adds(run):
    changes = Replace(7, 1, qty=11), Replace(8, 1, qty=10)
    a = portfolio("a", buy(5, 4, 90), *changes, gross=2_000)
    assert order(run(scenario(BOOKS, a)), "a").qty == 10


def test_beyond_gross_what_makes_no_position_larger_still_leaves(run):
    dearer = book(6, {}, {101: 0, 103: 90})  # the mid is 101
    sent = buy(5, 10), buy(7, 1), sell(7, 1)
    assert reasons(run, *sent, packets=[*BOOKS, dearer], gross=2_000) == [
        "none",
        "gross_notional",
        "none",
    ]


def test_the_mid_of_the_market_counts_though_the_portfolio_does_not_see_it_yet(run):
    dearer = book(6, {}, {101: 0, 103: 90})
    sent = buy(7, 10)
    a = portfolio("a", sent, gross=2_000, feed_delay=50)
    outcome = run(scenario([*BOOKS, dearer], a))
    assert ending(outcome, "a") == ("rejected", "gross_notional", 0)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"gross": 10**9}, "gross_notional"),
        ({"net": 10**9}, "net_notional"),
        ({"gross": 10**9, "net": 10**9}, "gross_notional"),
    ],
)
def test_before_the_first_mid_only_what_makes_no_position_larger_leaves(
    run, limits, reason
):
    sent = buy(5, 1), sell(5, 1), sell(6, 8)
    one_sided = [book(1, {99: 10}, {})]
    assert reasons(run, *sent, packets=one_sided, positions={0: 5}, **limits) == [
        reason,
        "none",
        "none",
    ]


def test_what_is_refused_asks_for_nothing(run):
    a = portfolio("a", buy(5, 11), buy(5, 10), gross=2_000)
    assert filled(run(scenario(BOOKS, a)), "a") == 10


# The price -------------------------------------------------------------------------

FIVE = Fraction(5, 100)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (buy(5, 1, 105), "none"),
        (buy(5, 1, 106), "price_collar"),
        (sell(5, 1, 95), "none"),
        (sell(5, 1, 94), "price_collar"),
    ],
)
def test_a_limit_may_be_so_far_beyond_the_mid_and_no_farther(run, sent, reason):
    assert reasons(run, sent, collar=FIVE) == [reason]


def test_half_ticks_of_the_mid_count(run):
    higher = book(2, {100: 5}, {})  # the mid is 100.5, and 5 % beyond it 105.525
    packets = [*BOOKS, higher]
    sent = buy(5, 1, 105), buy(5, 1, 106), sell(5, 1, 96), sell(5, 1, 95)
    assert reasons(run, *sent, packets=packets, collar=FIVE) == [
        "none",
        "price_collar",
        "none",
        "price_collar",
    ]


def test_a_limit_on_the_own_side_is_never_too_far_away(run):
    a = portfolio("a", buy(5, 1, 1), sell(5, 1, 900), collar=FIVE)
    outcome = run(scenario(BOOKS, a))
    assert [order(outcome, "a", n).ts_arrival for n in (1, 2)] == [5, 5]


def test_orders_without_a_limit_and_stops_are_not_judged(run):
    stops = buy(5, 1, stop=110), buy(5, 1, 120, stop=110)
    a = portfolio("a", buy(5, 1), *stops, collar=FIVE)
    outcome = run(scenario(BOOKS, a))
    assert [order(outcome, "a", n).ts_arrival for n in (1, 2, 3)] == [5, 5, 5]


@pytest.mark.parametrize(("price", "after"), [(105, 105), (106, 90)])
def test_a_replace_is_judged_by_the_price_that_it_names(run, price, after):
    a = portfolio("a", buy(5, 1, 90), Replace(7, 1, price=price), collar=FIVE)
    assert order(run(scenario(BOOKS, a)), "a").price == after


def test_a_replace_that_names_no_price_is_not_judged(run):
    fall = book(6, {99: 0, 49: 9}, {101: 0, 51: 9})
    a = portfolio("a", buy(5, 9, 90, post_only=True), Replace(7, 1, qty=5), collar=FIVE)
    assert order(run(scenario([*BOOKS, fall], a, fill_on_cross=False)), "a").qty == 5


def test_before_the_first_mid_a_limit_cannot_be_judged(run):
    packets = [book(1, {99: 10}, {}), book(6, {}, {101: 10})]
    sent = sell(5, 1, 99), sell(5, 1), sell(7, 1, 99)
    assert reasons(run, *sent, packets=packets, collar=FIVE) == [
        "price_collar",
        "none",
        "none",
    ]


def test_the_collar_is_named_after_the_other_limits_and_before_the_rate(run):
    limits = {"max_position": 5, "rate": Rate(1, 9), "collar": FIVE}
    assert reasons(run, buy(5, 6, 110), buy(5, 5, 110), buy(5, 5, 101), **limits) == [
        "max_position",
        "price_collar",
        "none",
    ]
