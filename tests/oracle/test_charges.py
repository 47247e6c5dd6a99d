"""What a take costs beside its price: the impact that the book did not show."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    fills,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.impact import NEVER
from tests.oracle.scenario import Impact

#: A buy of x days' volume from X = 0 costs 5 x of a percent more than the touch, on
#: average: with a mid of 100 and 100 lots a day, 5 q / 100 ticks for q lots.
LINEAR = Impact("linear", 1.0, NEVER, [0.01], [100.0])
TICK = 1_000_000  # of one lot [1e-8]

DEEP = book(1, {99: 40, 98: 40, 95: 40}, {101: 10, 102: 10, 105: 40})


def charges(outcome, name="a"):
    """Return (qty, price, charge per lot in ticks) of the fills of a portfolio."""
    return [
        (f.qty, f.price_half / 2, f.impact_e8 / f.qty / TICK)
        for f in outcome.fills
        if f.portfolio == name
    ]


def impacted(packets, *people, impact=LINEAR, **settings):
    return scenario(packets, *people, impact=impact, **settings)


def test_a_take_pays_what_the_model_adds_to_the_touch(run):
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 10))))
    assert charges(outcome) == [(10, 101, 0.5)]


def test_each_level_is_a_slice_and_pays_what_its_price_did_not_cost(run):
    # The model's prices: 101.5 for 10, 102.25 for 5 more, less than 105 for the rest.
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 15), buy(7, 10))))
    assert charges(outcome)[:2] == [(10, 101, 0.5), (5, 102, 0.25)]
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 25))))
    assert charges(outcome)[2] == (5, 105, 0)


def test_the_square_root_costs_two_thirds_of_its_displacement(run):
    impact = Impact("square_root", 0.5, NEVER, [0.06], [40.0])
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 10)), impact=impact))
    # h = 0.5 * 0.06 * sqrt(10 / 40) = 1.5 % of 100.
    assert charges(outcome) == [(10, 101, pytest.approx(1.0))]


def test_sells_are_mirrored(run):
    outcome = run(impacted([DEEP], portfolio("a", sell(5, 45))))
    # 99 - 100 * 5 % * 0.4, and 99 - 4.25.
    assert charges(outcome) == [(40, 99, 2.0), (5, 98, 3.25)]


def test_orders_of_one_batch_pay_the_same_for_one_slice(run):
    people = [portfolio(name, buy(5, 5)) for name in "ab"]
    outcome = run(impacted([DEEP], *people))
    assert charges(outcome, "a") == charges(outcome, "b") == [(5, 101, 0.5)]


def test_both_sides_are_charged_from_the_volume_before_and_the_net_moves_it(run):
    people = [portfolio("a", buy(5, 10)), portfolio("b", sell(5, 10))]
    people.append(portfolio("c", sell(7, 10)))
    outcome = run(impacted([DEEP], *people, netting=False))
    prices = {"a": 101, "b": 99, "c": 99}
    for name, price in prices.items():
        assert charges(outcome, name) == [(10, price, 0.5)]


def test_later_takes_start_from_the_displaced_price(run):
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 10), buy(6, 10))))
    # From a tenth to two tenths of a day: 1.5 behind the touch, of which 1 was walked.
    assert charges(outcome)[1] == (10, 102, pytest.approx(0.5))


def test_volume_is_forgotten_by_half_in_each_half_life(run):
    more = book(10, {}, {101: 20})
    a = portfolio("a", buy(5, 10), buy(25, 10))
    for half_life, lot in (0, 1.5), (20, 1.0), (10, 0.75):
        impact = Impact("linear", 1.0, [(1.0, half_life)], [0.01], [100.0])
        outcome = run(impacted([DEEP, more], a, impact=impact))
        assert charges(outcome)[1] == (10, 101, pytest.approx(lot))


def test_taking_back_is_not_charged_and_never_paid_for(run):
    a = portfolio("a", buy(5, 20), sell(6, 10))
    outcome = run(impacted([DEEP], a))
    assert charges(outcome)[-1] == (10, 99, 0)


def test_before_the_first_mid_there_is_no_charge_but_the_volume_counts(run):
    packets = [book(1, {}, {101: 30}), book(6, {99: 10}, {})]
    outcome = run(impacted(packets, portfolio("a", buy(5, 10), buy(7, 10))))
    assert charges(outcome) == [(10, 101, 0), (10, 101, pytest.approx(1.5))]


def test_the_last_mid_counts_when_a_side_is_empty(run):
    packets = [DEEP, book(4, {99: 0, 98: 0, 95: 0}, {})]
    outcome = run(impacted(packets, portfolio("a", buy(5, 10))))
    assert charges(outcome) == [(10, 101, 0.5)]


def test_crosses_and_trades_between_own_orders_neither_pay_nor_move_the_price(run):
    people = [
        portfolio("a", buy(5, 10), buy(6, 10, 100)),
        portfolio("b", sell(5, 10), sell(7, 10)),
        portfolio("c", buy(8, 10)),
    ]
    outcome = run(impacted([DEEP], *people))
    assert charges(outcome, "a") == [(10, 100, 0), (10, 100, 0)]
    assert charges(outcome, "b") == [(10, 100, 0), (10, 100, 0)]
    assert charges(outcome, "c") == [(10, 101, 0.5)]


def test_passive_fills_neither_pay_nor_move_the_price(run):
    people = [portfolio("a", buy(5, 10, 100)), portfolio("b", buy(7, 10))]
    outcome = run(impacted([DEEP, sold(6, 100, 10)], *people))
    assert charges(outcome, "a") == [(10, 100, 0)]
    assert charges(outcome, "b") == [(10, 101, 0.5)]


def test_isolated_everybody_moves_his_own_market(run):
    people = [portfolio(name, buy(5, 10)) for name in "ab"]
    outcome = run(impacted([DEEP], *people, engines="isolated"))
    assert charges(outcome, "a") == charges(outcome, "b") == [(10, 101, 0.5)]


def test_without_distribution_the_market_is_still_moved_together(run):
    people = [portfolio(name, buy(5, 10)) for name in "ab"]
    outcome = run(impacted([DEEP], *people, distribution=None))
    # One slice of 20 lots at 101.
    assert charges(outcome, "a") == charges(outcome, "b") == [(10, 101, 1.0)]


def test_limits_bind_on_the_price_and_not_on_the_charge(run):
    outcome = run(impacted([DEEP], portfolio("a", buy(5, 10, 101))))
    assert charges(outcome) == [(10, 101, 0.5)]
    assert ending(outcome, "a") == ("filled", "none", 10)


def test_without_a_model_nothing_is_charged(run):
    outcome = run(scenario([DEEP], portfolio("a", buy(5, 40))))
    assert fills(outcome, "a")
    assert {f.impact_e8 for f in outcome.fills} == {0}
