"""Fills that are charged once more are charged what the run charged."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

import commonbook as cb
from tests.invariants.scenarios import random_case, seeds


def charges_by_coefficient(result):
    """Give the charge of each fill by coefficient, in whole 1e-8."""
    market, records = result._market, result._records
    return market.recharge(records).at, records.fills["impact_e8"]


@pytest.mark.parametrize("seed", seeds(40))
def test_at_the_chosen_coefficient_every_charge_is_the_recorded_one(seed, tmp_path):
    case = random_case(seed, tmp_path, impact=True)
    model = case.sharing["market_impact_model"]
    both = cb.compare(case.config, causes=True)
    for result in (*both.lanes.values(), *both.steps.values()):
        at, recorded = charges_by_coefficient(result)
        assert {0.5, 1.0, float(model["coefficient"])} == at.keys()
        np.testing.assert_array_equal(at[float(model["coefficient"])], recorded)
        band = [at[key] for key in sorted(at)]
        for low, high in pairwise(band):
            assert (low <= high).all()
        check_profits(result, float(model["coefficient"]))


def check_profits(result, chosen):
    """Compare the rows of the chosen coefficient with the books."""
    rows = result.impact_band.filter(coefficient=chosen)
    accounts = result.accounts
    assert rows["portfolio"].to_list() == [*accounts, None]
    charges = [account.impact_charge for account in accounts.values()]
    told = rows["impact_charge"].to_list()
    assert told == [*map(float, charges), float(sum(charges, Fraction(0)))]
    for account, profit in zip(accounts.values(), rows["net_profit"], strict=False):
        known = account.net_profit
        assert profit == (None if known is None else float(known))


@pytest.mark.parametrize("seed", seeds(4))
def test_without_a_model_there_is_no_band(seed, tmp_path):
    result = cb.run(random_case(seed, tmp_path, impact=False).config)
    assert result.impact_band.is_empty()
    result.save(tmp_path / "out")
    assert not (tmp_path / "out" / "impact_band.parquet").exists()
