"""What one portfolio costs the others is what a run without it says."""

import json
from fractions import Fraction

import polars as pl
import pytest

import commonbook as cb
from tests.invariants.scenarios import random_case, seeds


def seen(result, names):
    """Return what some portfolios saw, in numbers that do not name a run."""
    fills = result.fills.filter(pl.col("portfolio").is_in(names))
    return fills.drop("cross_id").rows(), result.orders.filter(
        pl.col("portfolio").is_in(names)
    ).rows()


@pytest.mark.parametrize("seed", seeds(12))
def test_a_lane_without_one_is_the_run_without_it(seed, tmp_path):
    case = random_case(seed, tmp_path, impact=seed % 2 == 0)
    shared = case.but(mode="shared")
    both = cb.compare(shared, leave_one_out=True)
    assert list(both.without) == sorted(case.names)
    for name in case.names:
        others = [other for other in case.names if other != name]
        run = cb.run(case.only(others, mode="shared"))
        lane = both.lanes[f"without {name}"]
        assert seen(lane, others) == seen(run, others)
        told = both.leave_one_out[name]["portfolios"]
        assert list(told) == sorted(others)
        for other, figures in told.items():
            assert lane.accounts[other] == run.accounts[other]
            less, more = (
                result.summary["portfolios"][other]["net_profit"]
                for result in (lane, both.shared)
            )
            assert (figures["with"], figures["without"]) == (more, less)


@pytest.mark.parametrize("seed", seeds(6))
def test_the_total_is_the_exact_sum_of_the_gains(seed, tmp_path):
    both = cb.compare(random_case(seed, tmp_path).config, leave_one_out=True)
    for name, told in both.leave_one_out.items():
        gains = [
            (account.net_profit, both.shared.accounts[other].net_profit)
            for other, account in both.without[name].accounts.items()
            if other != name
        ]
        if any(None in pair for pair in gains):
            assert told["total"]["gain"] is None
        else:
            whole = sum((less - more for less, more in gains), Fraction(0))
            assert told["total"]["gain"] == float(whole)


def test_each_lane_has_its_folder_whatever_its_name(tmp_path):
    maker = {
        "strategy": "market_maker",
        "params": {"half_spread_ticks": 1, "size": 100},
    }
    people = [maker | {"name": name} for name in ("a/b", "a b", "c")]
    config = {"data": cb.synth(seed=3, seconds=20), "portfolios": people}
    both = cb.compare(config, out=tmp_path / "out", leave_one_out=["a*"])
    folders = {path.parent.name for path in tmp_path.glob("out/*/fills.parquet")}
    assert folders == {"isolated", "shared", "without-a-b", "without-a-b-2"}
    stored = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert stored == json.loads(json.dumps(both.summary))
    assert list(stored["leave_one_out"]) == ["a b", "a/b"]
