"""What the topology may change and what it may not; and money."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.oracle.builders import book, bought, buy, portfolio, scenario, sell, sold
from tests.oracle.diff import diff
from tests.oracle.scenario import Fees

PACKETS = [
    book(1, {99: 10, 98: 20}, {101: 10, 102: 20}),
    sold(7, 99, 4),
    book(8, {99: 6}, {100: 3}),
    bought(9, 101, 14),
    book(10, {100: 2}, {100: 0}),
]
MAKER = portfolio("m", buy(3, 5, 99), sell(3, 5, 101), buy(4, 8, 100), order_delay=1)
TAKER = portfolio("t", buy(6, 12), sell(9, 15), order_delay=1)
IDLE = portfolio("idle")


def test_one_portfolio_alone_is_the_same_in_both_modes(run):
    shared = run(scenario(PACKETS, MAKER))
    isolated = run(scenario(PACKETS, MAKER, engines="isolated"))
    assert shared.fills
    assert diff(shared, isolated) == ""


def test_without_netting_and_distribution_shared_equals_isolated(run):
    off = {"netting": False, "distribution": None}
    shared = run(scenario(PACKETS, MAKER, TAKER, **off))
    isolated = run(scenario(PACKETS, MAKER, TAKER, engines="isolated"))
    assert shared.fills
    assert diff(shared, isolated) == ""


def test_idle_portfolios_and_the_order_of_portfolios_change_nothing(run):
    one = run(scenario(PACKETS, MAKER, TAKER))
    two = run(scenario(PACKETS, IDLE, TAKER, MAKER))
    assert [f for f in one.fills if f.counterparty != "market"]
    assert one.fills == two.fills
    assert one.orders == two.orders


def test_isolated_a_portfolio_does_not_depend_on_the_others(run):
    alone = run(scenario(PACKETS, MAKER, engines="isolated"))
    together = run(scenario(PACKETS, MAKER, TAKER, engines="isolated"))
    assert alone.fills == [f for f in together.fills if f.portfolio == "m"]


def test_competition_changes_what_a_portfolio_gets(run):
    shared = run(scenario(PACKETS, MAKER, TAKER))
    isolated = run(scenario(PACKETS, MAKER, TAKER, engines="isolated"))
    assert "fills part" in diff(shared, isolated)


@pytest.mark.parametrize(
    ("rate", "fee"),
    [
        (Fraction(1, 2), 202 * 3 // 2),
        # 606 / 404 = 1.5 rounds to 2, 606 / 1212 = 0.5 rounds to 0: half to even.
        (Fraction(1, 404), 2),
        (Fraction(1, 1212), 0),
        (Fraction(-1, 404), -2),
    ],
)
def test_fees_are_rounded_once_half_to_even(run, rate, fee):
    fees = Fees(taker=rate, unit_e8=Fraction(1))
    spec = scenario(PACKETS[:1], portfolio("a", buy(3, 3)), fees=fees)
    (fill,) = run(spec).fills
    assert fill.fee_e8 == fee


def test_makers_takers_and_crosses_pay_their_own_fees(run):
    fees = Fees(Fraction(1, 100), Fraction(2, 100), Fraction(3, 100), Fraction(100))
    people = [
        portfolio("a", buy(3, 5, 100), buy(6, 2)),
        portfolio("b", sell(4, 5, 100), sell(6, 2)),
    ]
    outcome = run(scenario(PACKETS[:1], *people, fees=fees))
    paid = {f.liquidity: f.fee_e8 for f in outcome.fills}
    assert paid == {"maker": 5 * 200, "taker": 2 * 5 * 200, "cross": 3 * 2 * 200}


def test_positions_start_where_they_started(run):
    a = portfolio("a", buy(3, 3), positions={0: 40})
    outcome = run(scenario(PACKETS[:1], a))
    assert outcome.positions == {("a", 0): 43}
    assert outcome.cash == {("a", 0): -3 * 202}


def test_the_diff_names_the_first_difference(run):
    outcome = run(scenario(PACKETS, MAKER, TAKER))
    changed = replace(outcome, fills=list(outcome.fills))
    changed.fills[2] = replace(changed.fills[2], qty=99)
    assert diff(outcome, outcome) == ""
    text = diff(outcome, changed, ("old", "new"))
    assert "differ in qty" in text
    assert "old" in text
    missing = replace(outcome, orders=outcome.orders[1:])
    assert diff(outcome, missing).startswith("order ('m', 1) (1 of 5 differ)")
