import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from commonbook.core.errors import ConfigError, RunError
from commonbook.results.comparison import Comparison
from commonbook.results.result import Result, RunInfo
from commonbook.results.schema import InstrumentUnits, LaneInfo, RawRun, Stopped
from tests.results.records import (
    CENTS,
    fill,
    founding_run,
    lane,
    mark,
    order,
    portfolio,
    run,
)

MARKED = (mark(0, 20000),)
INFO = RunInfo("founding", 7, "name: founding\n", ({"sha256": "00"},), ("fees: none",))


@pytest.fixture
def result():
    return Result(founding_run(), INFO)


def two_lanes(isolated_half, shared_half, positions=None, marks=MARKED):
    lanes = [
        lane(portfolio("A", 0, positions=positions), label="isolated"),
        lane(portfolio("A", 1, positions=positions), label="shared"),
    ]
    fills = [
        fill(portfolio=0, price_half=isolated_half),
        fill(portfolio=1, price_half=shared_half),
    ]
    raw = run(lanes, fills, [order(), order(portfolio=1)], marks)
    return Comparison(Result(raw, INFO, 0), Result(raw, INFO, 1))


def test_the_summary_adds_up(result):
    figures = result.summary["portfolios"]["A"]
    assert figures["net_profit"] == -3.5  # 200 sold a cent below the mid, 1.50 in fees
    assert figures["realised_pnl"] + figures["unrealised_pnl"] == figures["net_profit"]
    assert figures["equity_end"] - figures["equity_start"] == figures["net_profit"]
    assert figures["average_sell_price"] == 99.998
    assert figures["average_buy_price"] is None
    assert figures["max_drawdown"] == 3.5
    assert (figures["cross_qty"], figures["taker_qty"]) == (800.0, 200.0)
    assert figures["internal_qty"] == 800.0
    assert result.summary["portfolios"]["B"]["positions"] == {"AAPL": 800.0}
    assert result.summary["totals"]["net_profit"] == 0.5
    assert result.summary["totals"]["fill_ratio"] == 1.0


def test_charges_are_paid_from_cash_like_fees():
    charged = fill(fee_e8=2 * 10**8, impact_e8=5 * 10**7)
    raw = run([lane(portfolio("A", 0, cash="20000"))], [charged], [order()], MARKED)
    result = Result(raw, INFO)
    figures = result.summary["portfolios"]["A"]
    assert (figures["fees"], figures["impact_charge"]) == (2.0, 0.5)
    assert figures["cash_end"] == 20_000 - 10_000 - 2.5
    assert figures["net_profit"] == -2.5
    assert result.equity["cash"][-1] == figures["cash_end"]
    assert result.equity["impact_charge"][-1] == figures["impact_charge"]
    assert result.fills["impact_charge"].to_list() == [0.5]
    assert result.summary["totals"]["impact_charge"] == 0.5


def test_displaced_volume_is_told_by_engine_and_symbol():
    units = InstrumentUnits("BTC", Decimal("0.01"), Decimal("0.001"))
    people = [
        portfolio("A", 0, engine="A + B", pool=1),
        portfolio("B", 1, engine="A + B", pool=2),
        portfolio("C", 2, engine="C", pool=3),
        portfolio("D", 3, engine="D", pool=4),
    ]
    displaced = np.array([[9, 9], [1, 0], [2, 500], [0, 0], [0, 7]])
    raw = run([lane(*people)], instruments=(CENTS, units), displaced=displaced)
    assert Result(raw, INFO).summary["displaced_tape_qty"] == {
        "A + B": {"AAPL": 3.0, "BTC": 0.5},
        "D": {"BTC": 0.007},
    }


def test_portfolios_that_were_stopped_are_listed_by_time():
    lanes = [
        lane(portfolio("A", 0), portfolio("B", 1), label="isolated"),
        lane(portfolio("A", 2), portfolio("B", 3), label="shared"),
    ]
    stopped = (
        Stopped(2, 9, "error", "Traceback ...\nValueError: boom"),
        Stopped(3, 5, "too_many_rounds"),
        Stopped(1, 7, "too_many_rounds"),
    )
    raw = run(lanes, stopped=stopped)
    comparison = Comparison(Result(raw, INFO, 0), Result(raw, INFO, 1))
    rounds = {"reason": "too_many_rounds", "traceback": ""}
    assert comparison.summary["stopped"] == {
        "isolated": [{"portfolio": "B", "ts": 7, **rounds}],
        "shared": [
            {"portfolio": "B", "ts": 5, **rounds},
            {
                "portfolio": "A",
                "ts": 9,
                "reason": "error",
                "traceback": "Traceback ...\nValueError: boom",
            },
        ],
    }
    assert json.dumps(comparison.summary)


def test_a_run_that_counts_nothing_displaced_nothing(result):
    assert result.summary["displaced_tape_qty"] == {}


def test_a_comparison_tells_what_each_lane_displaced():
    lanes = [
        lane(portfolio("A", 0, pool=0, engine="A"), label="isolated"),
        lane(portfolio("A", 1, pool=1, engine="A"), label="shared"),
    ]
    raw = run(lanes, displaced=np.array([[0], [4]]))
    comparison = Comparison(Result(raw, INFO, 0), Result(raw, INFO, 1))
    assert comparison.summary["displaced_tape_qty"] == {
        "isolated": {},
        "shared": {"A": {"AAPL": 4.0}},
    }


def test_warnings_are_passed_on(result):
    assert result.summary["warnings"] == ["fees: none"]


def test_a_position_without_a_price_is_a_warning():
    raw = run([lane(portfolio("A", 0, positions={0: 5}))])
    summary = Result(raw, INFO).summary
    assert summary["portfolios"]["A"]["net_profit"] is None
    assert summary["totals"]["net_profit"] is None
    assert summary["warnings"][1].startswith("A: no profit")


def test_records_that_contradict_each_other_are_no_result():
    with pytest.raises(RunError, match="belongs to no order"):
        Result(run([lane(portfolio("A", 0))], [fill()]), INFO)


def test_equal_results_have_equal_digests_and_others_do_not(result):
    assert Result(founding_run(), INFO).digest == result.digest
    raw = founding_run()
    raw.fills["fee_e8"][0] += 1
    assert Result(raw, INFO).digest != result.digest


def test_the_digest_does_not_depend_on_the_numbers_of_portfolios(result):
    raw = founding_run()
    raw.fills["portfolio"] += 5
    raw.fills["counterparty"][:2] += 5
    raw.orders["portfolio"] += 5
    moved = [portfolio("A", 5, positions={0: 1000}), portfolio("B", 6, cash="100000")]
    lanes = (LaneInfo("shared", tuple(moved)),)
    fields = {name: getattr(raw, name) for name in RawRun.__dataclass_fields__}
    assert Result(RawRun(**fields | {"lanes": lanes}), INFO).digest == result.digest


def test_the_folder_holds_what_the_result_holds(result, tmp_path):
    folder = result.save(tmp_path / "out")
    for name in ("fills", "orders", "equity"):
        stored = pl.read_parquet(folder / f"{name}.parquet")
        assert stored.equals(getattr(result, name))
    assert json.loads((folder / "summary.json").read_text()) == result.summary
    assert (folder / "config.yaml").read_text() == INFO.config
    provenance = json.loads((folder / "provenance.json").read_text())
    assert provenance["results"]["sha256"] == result.digest
    assert provenance["data"] == [{"sha256": "00"}]
    assert provenance["seed"] == 7


def test_an_earlier_run_is_replaced_and_other_files_are_not(result, tmp_path):
    result.save(tmp_path / "out")
    (tmp_path / "out" / "stale").touch()
    result.save(tmp_path / "out")
    assert not (tmp_path / "out" / "stale").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="mine"):
        result.save(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]


def test_lanes_are_results_of_their_own():
    comparison = two_lanes(20000, 20002)
    lanes = comparison.isolated.lanes
    assert list(lanes) == ["isolated", "shared"]
    assert lanes["shared"].fills["price"].to_list() == [100.01]
    assert lanes["isolated"] is comparison.isolated


def test_the_headline_is_the_cost_of_competition():
    comparison = two_lanes(20000, 20002)
    assert comparison.totals["net_profit"]["difference"] == -1.0
    assert comparison.headline.startswith("Competition cost 1.00 in all")
    assert "A lost most, 1.00." in comparison.headline


def test_sharing_can_gain():
    assert "gained 1.00 in all" in two_lanes(20002, 20000).headline


def test_the_headline_does_not_invent_a_difference():
    assert "cost nothing" in two_lanes(20000, 20000).headline


def test_the_headline_admits_what_is_unknown():
    assert "unknown" in two_lanes(20000, 20002, marks=()).headline


def test_the_explanation_says_how_much_stayed_inside():
    assert two_lanes(20000, 20002).explanation.startswith("The portfolios never")
    founding = Result(founding_run(), INFO)
    said = Comparison(founding, founding).explanation
    assert "88.9% of what they filled" in said  # 1,600 of 1,800
    assert "(88.9% netted at the desk)" in said


def test_the_table_has_both_lanes_and_their_difference():
    row = two_lanes(20000, 20002).table.row(0, named=True)
    assert row["portfolio"] == "A"
    assert row["average_buy_price_isolated"] == 100.0
    assert row["average_buy_price_shared"] == 100.01
    assert row["net_profit_difference"] == -1.0
    assert row["average_sell_price_difference"] is None


def test_a_comparison_keeps_a_folder_for_each_lane(tmp_path):
    comparison = two_lanes(20000, 20002)
    folder = comparison.save(tmp_path / "out")
    comparison.save(folder)  # over itself
    stored = json.loads((folder / "comparison.json").read_text())
    assert stored == comparison.summary
    for label in ("isolated", "shared"):
        fills = pl.read_parquet(folder / label / "fills.parquet")
        assert fills.equals(comparison.lanes[label].fills)
