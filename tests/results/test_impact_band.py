import numpy as np
import pytest

from commonbook.core.errors import RunError
from commonbook.results.account import close_account
from commonbook.results.impact_band import impact_band
from commonbook.results.lane import lane_records
from commonbook.results.result import Result, RunInfo
from tests.results.records import fill, lane, mark, portfolio, run


def test_charges_that_nobody_can_count_are_unknown():
    raw = run([lane(portfolio("A", 0))], [fill(qty=10)], (), [mark(0, 20000)])
    records = lane_records(raw, 0)
    accounts = {"A": close_account(records, 0)}
    charges = np.array([25 * 10**7])
    rows = impact_band(records, accounts, {0.5: charges, 1.0: None}).rows()
    (_, name, charge, profit), whole, *unknown = rows
    assert (name, charge) == ("A", 2.5)
    assert profit == float(accounts["A"].net_profit) - 2.5
    assert whole == (0.5, None, charge, profit)
    assert unknown == [(1.0, "A", None, None), (1.0, None, None, None)]


def test_without_a_market_nothing_is_charged_again():
    raw = run([lane(portfolio("A", 0))], (), (), [mark(0, 20000)])
    result = Result(raw, RunInfo("run", 0, ""))
    with pytest.raises(RunError, match="the market, which is not known"):
        result.impact_band  # noqa: B018
