"""All causes together are the difference, and each step is a run of its own."""

import json
from fractions import Fraction

import pytest

import commonbook as cb
from commonbook.results.causes import total_effect
from tests.invariants.scenarios import random_case, seeds

DELAYS = {"order": {"lognormal": {"median": "300ns", "sigma": "0.5"}}}


def changed(case, mode, **sharing):
    """Give the configuration with other keys of what portfolios do to each other."""
    return case.but(mode=mode, shared_config=case.sharing | sharing)


@pytest.mark.parametrize("mode", ["shared", "groups"])
@pytest.mark.parametrize("seed", seeds(12))
def test_the_causes_add_up_to_the_difference_exactly(seed, mode, tmp_path):
    case = random_case(seed, tmp_path, impact=seed % 3 > 0)
    own = {"independent_fills": seed % 2 == 0}
    both = cb.compare(
        case.but(mode=mode, isolated_config=own, latency=DELAYS), causes=True
    )
    effects = both.effects.values()
    for name, account in both.isolated.accounts.items():
        alone, together = account.net_profit, both.shared.accounts[name].net_profit
        mine = total_effect(effect[name] for effect in effects)
        if alone is None or together is None:
            assert not both.steps or mine is None
        else:
            assert mine.net_profit == together - alone
    for part in ("impact_charge", "fees"):
        wholes = [
            sum((getattr(a, part) for a in lane.accounts.values()), Fraction(0))
            for lane in (both.isolated, both.shared)
        ]
        told = [total_effect(effect.values()) for effect in effects]
        if None not in told:
            gains = (getattr(whole, part) for whole in told)
            assert sum(gains, Fraction(0)) == wholes[0] - wholes[1]


@pytest.mark.parametrize("seed", seeds(12))
def test_a_step_is_the_run_with_the_later_things_switched_off(seed, tmp_path):
    case = random_case(seed, tmp_path, impact=True)
    on = {"enable_order_netting": True, "enable_fill_distribution": True}
    # Without distribution, the orders of one portfolio are served by time alone.
    on |= {"fill_distribution": "fifo"}
    both = cb.compare(changed(case, "shared", **on), causes=True)
    assert list(both.steps) == ["impact", "liquidity", "netting"]
    off = on | {"enable_order_netting": False}
    own = off | {"enable_fill_distribution": False}
    pooled = cb.run(changed(case, "shared", **off))
    apart = cb.run(changed(case, "shared", **own))
    runs = {"impact": apart, "liquidity": pooled, "netting": both.shared}
    for cause, run in runs.items():
        assert both.steps[cause].digest == run.digest


@pytest.mark.parametrize("seed", seeds(6))
def test_looking_for_causes_changes_no_lane(seed, tmp_path):
    config = random_case(seed, tmp_path, impact=seed % 2 == 0).but(mode="shared")
    plain = cb.compare(config)
    asked = cb.compare(config, causes=True, leave_one_out=True)
    assert list(asked.lanes)[: len(plain.lanes)] == list(plain.lanes)
    for label, lane in plain.lanes.items():
        assert asked.lanes[label].digest == lane.digest
    assert plain.causes.is_empty()
    assert plain.causes.schema == asked.causes.schema
    assert plain.summary["causes"] == []


def test_the_folder_tells_the_causes(tmp_path):
    twap = {
        "side": "buy",
        "qty": 5_000,
        "slices": 5,
        "start": "2024-01-02T14:30:01Z",
        "end": "2024-01-02T14:30:15Z",
    }
    people = [{"name": n, "strategy": "twap", "params": twap} for n in ("A", "B")]
    config = {"data": cb.synth(seed=3, seconds=20), "portfolios": people}
    both = cb.compare(config, out=tmp_path / "out", causes=True)
    stored = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert stored == json.loads(json.dumps(both.summary))
    assert [step["cause"] for step in stored["causes"]] == ["liquidity", "netting"]
    assert sorted(
        path.parent.name for path in tmp_path.glob("out/*/fills.parquet")
    ) == [
        "isolated",
        "shared",
    ]
    first, second = (
        row for row in both.causes.iter_rows(named=True) if row["portfolio"] == "B"
    )
    figures = stored["portfolios"]["B"]["net_profit"]
    gains = first["net_profit"] + second["net_profit"]
    assert gains == pytest.approx(figures["difference"])
    assert first["net_profit"] < 0
