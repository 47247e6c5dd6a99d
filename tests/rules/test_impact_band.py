"""What impact would have cost the same fills with another coefficient."""

import polars as pl
import pytest

from tests.rules.impact_words import model
from tests.rules.words import book, buy, portfolio, sell

#: 1,000 units at the touch, the rest two ticks worse.
STEPS = book(0, {99.99: 10**6}, {100.01: 1_000, 100.03: 10**6})
LINEAR = model("linear", coefficient="0.8")
#: By coefficient: 1,000 units move the price by 2 ticks times it, so the first of them
#: cost one tick more on average, and the next ones three. Those already cost two.
CHARGES = {0.5: 5 + 0, 0.8: 8 + 4, 1.0: 10 + 10}


def rows(result, name):
    """Give charge and net profit by coefficient."""
    told = result.impact_band.filter(pl.col("portfolio").eq_missing(name))
    return {y: (charge, profit) for y, _, charge, profit in told.rows()}


def test_a_take_is_priced_at_both_ends_of_the_band_and_as_chosen(run):
    result = run([STEPS], portfolio("A", buy(5, 2_000)), impact=LINEAR)
    charges = {y: charge for y, (charge, _) in rows(result, "A").items()}
    assert charges == pytest.approx(CHARGES, abs=1e-6)
    for charge, profit in rows(result, "A").values():
        assert profit == pytest.approx(-40 - charge)
    assert rows(result, "A") == rows(result, None)


@pytest.mark.parametrize("later", [0, 1])
def test_a_group_is_priced_as_a_whole(run, later):
    people = [portfolio("A", buy(5, 1_000)), portfolio("B", buy(5 + later, 1_000))]
    result = run([STEPS], *people, impact=LINEAR, netting=False)
    whole = {y: charge for y, (charge, _) in rows(result, None).items()}
    assert whole == pytest.approx(CHARGES, abs=1e-6)
    parts = [rows(result, name) for name in "AB"]
    assert {y: parts[0][y][0] + parts[1][y][0] for y in whole} == pytest.approx(whole)
    if later:
        assert {y: part[0] for y, part in parts[1].items()} == pytest.approx(
            {0.5: 0, 0.8: 4, 1.0: 10}, abs=1e-6
        )


def test_the_chosen_coefficient_stands_once_though_it_is_an_end(run):
    result = run(
        [STEPS], portfolio("A", buy(5, 2_000)), impact=model("linear", coefficient=1)
    )
    assert list(rows(result, "A")) == [0.5, 1.0]


def test_a_position_without_a_price_has_a_charge_and_no_profit(run):
    empty = book(0, {}, {100.01: 10**6})
    people = [portfolio("A", buy(5, 10)), portfolio("B", sell(5, 10, 200))]
    result = run([empty], *people, impact=LINEAR)
    assert set(rows(result, "A").values()) == {(0.0, None)}
    assert set(rows(result, None).values()) == {(0.0, None)}
