"""Where the tape has trades and no book: assumed quotes, and prints that fill."""

from fractions import Fraction

import pytest

from tests.oracle.builders import (
    buy,
    filled,
    fills,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.print_book import TradesOnly
from tests.oracle.scenario import Event, Impact, Packet


def market(spread=2, **terms):
    """Assume quotes, with 10 lots after each print unless said otherwise."""
    if "part" not in terms:
        terms.setdefault("size", 10)
    return {"trades_only": TradesOnly(spread, **terms)}


def printed(ts, price, qty, side="N"):
    return Packet(ts, [Event("T", 0, side, price, qty)])


def test_before_the_first_print_nothing_can_be_taken(run):
    early = portfolio("early", buy(1, 5))
    outcome = run(scenario([sold(3, 100, 8)], early, **market()))
    assert order(outcome, "early").reason == "no_liquidity"


def test_takers_pay_half_the_spread(run):
    a, b = portfolio("a", buy(5, 3)), portfolio("b", sell(6, 4))
    outcome = run(scenario([sold(3, 100, 8)], a, b, **market(spread=4)))
    assert fills(outcome, "a") == [(3, 102, "taker")]
    assert fills(outcome, "b") == [(4, 98, "taker")]


def test_half_of_an_odd_spread_is_paid_to_the_half_tick(run):
    a, b = portfolio("a", buy(5, 3)), portfolio("b", sell(6, 4))
    outcome = run(scenario([sold(3, 100, 8)], a, b, **market(spread=3)))
    assert fills(outcome, "a") == [(3, 101.5, "taker")]
    assert fills(outcome, "b") == [(4, 98.5, "taker")]


def test_a_limit_takes_only_if_it_allows_the_half_tick(run):
    a, b = portfolio("a", buy(5, 3, 101)), portfolio("b", buy(5, 3, 100))
    outcome = run(scenario([sold(3, 100, 8)], a, b, **market(spread=1)))
    assert fills(outcome, "a") == [(3, 100.5, "taker")]
    assert fills(outcome, "b") == []


def test_takers_get_no_more_than_each_print_offers(run):
    many = portfolio("many", buy(5, 30), buy(6, 30), buy(12, 30))
    outcome = run(scenario([sold(3, 100, 8), sold(10, 100, 1)], many, **market()))
    assert fills(outcome, "many") == [(10, 101, "taker"), (10, 101, "taker")]
    assert [order(outcome, "many", n).filled for n in (1, 2, 3)] == [10, 0, 10]


def test_a_part_of_what_the_packet_printed_is_rounded_up(run):
    tape = Packet(3, [Event("T", 0, "A", 99, 30), Event("T", 0, "A", 98, 11)])
    many = portfolio("many", buy(5, 30))
    part = market(part=Fraction(1, 10))
    assert fills(run(scenario([tape], many, **part)), "many") == [(5, 99, "taker")]


def test_a_print_of_nothing_offers_nothing(run):
    many = portfolio("many", buy(5, 30), buy(11, 30))
    outcome = run(scenario([sold(3, 100, 8), sold(10, 90, 0)], many, **market()))
    assert fills(outcome, "many") == [(10, 101, "taker")]


@pytest.mark.parametrize(("at_price", "got"), [(False, 0), (True, 6)])
def test_prints_at_the_price_fill_only_if_that_is_assumed(run, at_price, got):
    rests = portfolio("rests", buy(5, 6, 99))
    tape = [sold(3, 100, 8), sold(10, 99, 7)]
    outcome = run(scenario(tape, rests, **market(at_price=at_price)))
    assert filled(outcome, "rests") == got


def test_nobody_waits_ahead_of_a_resting_order(run):
    # 99 is where the assumed bid stands.
    rests = portfolio("rests", buy(5, 6, 99))
    outcome = run(scenario([sold(3, 100, 8)], rests, **market(at_price=True)))
    assert order(outcome, "rests").ahead == 0


@pytest.mark.parametrize("side", "AN")
@pytest.mark.parametrize("at_price", [False, True])
def test_a_print_through_the_price_fills_up_to_its_size(run, side, at_price):
    a, b = portfolio("a", buy(5, 6, 99)), portfolio("b", buy(6, 6, 99))
    tape = [sold(3, 100, 8), printed(10, 98, 8, side)]
    outcome = run(scenario(tape, a, b, **market(at_price=at_price)))
    assert [filled(outcome, name) for name in "ab"] == [6, 2]


@pytest.mark.parametrize(("side", "got"), [("A", 4), ("B", 0), ("N", 4)])
def test_the_side_of_a_print_says_whom_it_can_fill_at_its_price(run, side, got):
    rests = portfolio("rests", buy(5, 6, 99))
    tape = [sold(3, 100, 8), printed(10, 99, 4, side)]
    outcome = run(scenario(tape, rests, **market(at_price=True)))
    assert filled(outcome, "rests") == got


def test_a_print_without_a_side_fills_at_its_price_on_both_sides(run):
    a, b = portfolio("a", buy(5, 3, 99)), portfolio("b", sell(5, 6, 99))
    tape = [sold(3, 100, 8), printed(4, 98, 1), printed(10, 99, 5)]
    # At 4 the assumed bid goes to 88, so both rest when they come at 5.
    outcome = run(scenario(tape, a, b, engines="isolated", **market(20, at_price=True)))
    assert [filled(outcome, name) for name in "ab"] == [3, 5]


def test_new_quotes_do_not_cross_resting_orders(run):
    # The print at 95 spends its 2 lots; the ask that is assumed at 96 is no offer.
    rests = portfolio("rests", buy(5, 6, 99))
    outcome = run(scenario([sold(3, 100, 8), sold(10, 95, 2)], rests, **market()))
    assert filled(outcome, "rests") == 2
    assert not any(fill.cross_fill for fill in outcome.fills)


def test_the_desk_nets_at_the_last_price(run):
    a, b = portfolio("a", buy(5, 6)), portfolio("b", sell(5, 4))
    outcome = run(scenario([sold(3, 100, 8)], a, b, **market(3)))
    assert fills(outcome, "a") == [(4, 100, "cross"), (2, 101.5, "taker")]
    assert fills(outcome, "b") == [(4, 100, "cross")]


def test_impact_charges_what_the_half_spread_has_not_cost(run):
    impact = Impact("linear", 1.0, volatility=[0.1], volume=[100.0])
    a = portfolio("a", buy(5, 10))
    charged = {
        spread: run(scenario([sold(3, 100, 8)], a, **market(spread), impact=impact))
        .fills[0]
        .impact_e8
        for spread in (3, 4)
    }
    # Over 10 % of a day's volume the price moves by 0.05 on average: 5 ticks.
    assert charged == {3: 50_000_000, 4: 50_000_000}


def test_a_clear_takes_the_quotes_away(run):
    clear = Packet(8, [Event("R", 0, "N", 0, 0)])
    a = portfolio("a", buy(9, 3))
    outcome = run(scenario([sold(3, 100, 8), clear], a, **market()))
    assert order(outcome, "a").reason == "no_liquidity"


def test_stops_at_the_touch_see_the_assumed_quotes(run):
    a = portfolio("a", buy(5, 3, stop=103))
    tape = [sold(3, 100, 8), sold(10, 102, 8)]
    outcome = run(scenario(tape, a, stop_trigger="touch", **market()))
    assert order(outcome, "a").ts_trigger == 10
    assert fills(outcome, "a") == [(3, 103, "taker")]
