"""Volume that could not have traded, as a part of what the tape traded."""

import numpy as np
import pytest

from commonbook.results.comparison import Comparison
from commonbook.results.displaced import NAMED, displacement_warnings
from commonbook.results.result import Result, RunInfo
from tests.results.records import CENTS, lane, portfolio, run

INFO = RunInfo("run", 0, "")


def results_of(*displaced, traded=(1000,)):
    """Give both lanes of a run in which each portfolio displaced some lots."""
    n = len(displaced)
    lanes = [
        lane(
            *(portfolio(f"p{i}", i, pool=i, engine=f"p{i}") for i in range(n)),
            label="isolated",
        ),
        lane(
            *(portfolio(f"p{i}", n + i, pool=n, engine="all") for i in range(n)),
            label="shared",
        ),
    ]
    lots = np.array([[d] for d in (*displaced, 0)])
    raw = run(lanes, instruments=(CENTS,), displaced=lots, traded=traded)
    return Result(raw, INFO, 0), Result(raw, INFO, 1)


def test_shares_are_of_the_volume_that_the_tape_traded():
    alone, together = results_of(25, 5)
    assert alone.summary["displaced_tape_share"] == {
        "p0": {"AAPL": 0.025},
        "p1": {"AAPL": 0.005},
    }
    assert together.summary["displaced_tape_share"] == {}
    comparison = Comparison(alone, together)
    assert comparison.summary["displaced_tape_share"] == {
        "isolated": alone.summary["displaced_tape_share"],
        "shared": {},
    }


def test_more_than_one_percent_is_a_warning_and_one_percent_is_none():
    alone, _ = results_of(25, 10)
    (warning,) = (w for w in alone.summary["warnings"] if "too large" in w)
    assert warning.startswith("p0: took more than 1% of what the tape went on to trade")


@pytest.mark.parametrize("traded", [(), (0,)])
def test_without_traded_volume_there_is_no_share(traded):
    alone, _ = results_of(25, traded=traded)
    assert not any(alone.summary["displaced_tape_share"].values())
    assert alone.summary["displaced_tape_qty"] == {"p0": {"AAPL": 25.0}}


def test_the_largest_are_named_and_the_rest_counted():
    shares = {f"p{i}": {"AAPL": 0.02 + i / 100} for i in range(NAMED + 2)}
    (text,) = displacement_warnings(shares)
    assert text.startswith("p4, p3, p2 and 2 more: took more than 1%")
