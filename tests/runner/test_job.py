"""Whole runs on small tapes: what people see, in every mode."""

import json

import polars as pl
import pytest

import commonbook as cb
from commonbook.config import load

AT = "2024-01-02T14:30:00.000000500Z"
BOOK = """\
ts_event,symbol,action,side,price,size
2024-01-02T14:30:00.000000000Z,AAPL,S,B,99.99,500
2024-01-02T14:30:00.000000000Z,AAPL,S,B,99.98,500
2024-01-02T14:30:00.000000000Z,AAPL,S,A,100.01,500
2024-01-02T14:30:00.000000000Z,AAPL,S,A,100.02,500
2024-01-02T14:30:01.000000000Z,AAPL,S,B,99.99,500
"""
ALONE = [
    ("A", "sell", 99.99, 500.0, "taker"),
    ("A", "sell", 99.98, 500.0, "taker"),
    ("B", "buy", 100.01, 500.0, "taker"),
    ("B", "buy", 100.02, 300.0, "taker"),
]
NETTED = [
    ("A", "sell", 100.0, 800.0, "cross"),
    ("A", "sell", 99.99, 200.0, "taker"),
    ("B", "buy", 100.0, 800.0, "cross"),
]


@pytest.fixture
def founding(tmp_path):
    (tmp_path / "book.csv").write_text(BOOK)
    source = {"path": str(tmp_path / "book.csv"), "tick_size": "0.01", "lot_size": 1}

    def config(mode="shared", netting=True, **fields):
        shared = {"enable_order_netting": netting}
        portfolios = [scripted("A", "sell", 1000), scripted("B", "buy", 800)]
        execution = {"mode": mode, "shared_config": shared}
        return {
            "name": "founding",
            "data": [source],
            "portfolios": portfolios,
            "execution": execution,
            **fields,
        }

    return config


def scripted(name, side, qty, **fields):
    order = {"at": AT, "side": side, "qty": qty, "type": "market"}
    return {
        "name": name,
        "cash": 100000,
        "strategy": "scripted",
        "params": {"orders": [order]},
        **fields,
    }


def told(result):
    columns = ("portfolio", "side", "price", "qty", "liquidity")
    return result.fills.select(columns).sort("portfolio", maintain_order=True).rows()


def test_netted_portfolios_cross_and_the_rest_goes_to_the_market(founding):
    result = cb.run(founding())
    assert told(result) == NETTED
    crosses = result.fills.filter(pl.col("liquidity") == "cross")
    assert crosses["cross_id"].to_list() == [1, 1]
    assert sorted(crosses["counterparty"]) == ["A", "B"]


@pytest.mark.parametrize("settings", [{"netting": False}, {"mode": "isolated"}])
def test_without_netting_everyone_pays_the_spread(founding, settings):
    assert told(cb.run(founding(**settings))) == ALONE


def test_a_comparison_is_both_runs_in_one_pass(founding):
    comparison = cb.compare(founding())
    assert told(comparison.isolated) == ALONE
    assert told(comparison.shared) == NETTED
    for mode in ("isolated", "shared"):
        assert comparison.lanes[mode].digest == cb.run(founding(mode)).digest
    saved = comparison.totals["net_profit"]["difference"]
    seller = 800 * 100.00 + 200 * 99.99 - 500 * 99.99 - 500 * 99.98
    buyer = 500 * 100.01 + 300 * 100.02 - 800 * 100.00
    assert saved == pytest.approx(seller + buyer)
    assert "gained" in comparison.headline


def test_the_order_of_portfolios_changes_nothing(founding):
    config = founding()
    turned = config | {"portfolios": config["portfolios"][::-1]}
    assert cb.run(turned).digest == cb.run(config).digest


def test_a_tape_may_be_handed_over(founding):
    config = founding()
    source = config["data"][0]
    tape = cb.read(source["path"], tick_size="0.01", lot_size=1)
    assert cb.run(config | {"data": tape}).digest == cb.run(config).digest


def test_the_folder_can_be_run_again(founding, tmp_path):
    result = cb.run(founding(), out=tmp_path / "out")
    again = cb.run(tmp_path / "out" / "config.yaml")
    assert again.digest == result.digest
    provenance = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert provenance["results"]["sha256"] == result.digest
    assert provenance["seed"] == 0
    assert provenance["data"][0]["instruments"][0]["symbol"] == "AAPL"


def test_warnings_say_what_was_assumed(founding):
    warnings = cb.run(founding()).summary["warnings"]
    assert [text.partition(" conf")[0] for text in warnings] == [
        "fees: none",
        "latency: none",
        "impact: none",
    ]


def test_client_ids_and_delays_are_seen(founding):
    config = founding("isolated")
    delayed = {"latency": {"order": "1us", "response": "2us"}}
    order = {"at": AT, "side": "buy", "qty": 1, "type": "market", "id": "mine"}
    config["portfolios"] = [scripted("A", "sell", 1, **delayed)]
    config["portfolios"][0]["params"] = {"orders": [order]}
    row = cb.run(config).orders.row(0, named=True)
    decided = row["ts_decision"]
    assert row["client_id"] == "mine"
    assert (row["ts_arrival"] - decided).total_seconds() == pytest.approx(1e-6)
    assert (row["ts_report"] - decided).total_seconds() == pytest.approx(3e-6)
    assert row["state"] == "filled"


def test_nothing_runs_when_the_folder_cannot_be_written(founding, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    stages = []
    with pytest.raises(cb.ConfigError, match="mine"):
        cb.run(
            founding(),
            out=tmp_path / "mine",
            progress=lambda *stage: stages.append(stage),
        )
    assert stages == []


def test_progress_tells_what_is_being_done(founding):
    stages = []
    cb.run(founding(), progress=lambda *stage: stages.append(stage))
    assert stages[0][0] == "reading book.csv"
    assert stages[-1][1] == stages[-1][2]


def test_a_bad_tape_leaves_no_folder(founding, tmp_path):
    (tmp_path / "book.csv").write_text(BOOK.replace("99.98", "99.985"))
    with pytest.raises(cb.DataError, match=r"book.csv.*row 2"):
        cb.run(founding(), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_price_off_the_grid_names_the_file_and_the_order(tmp_path):
    cb.synth(seconds=1).write(tmp_path / "book.csv", "csv")
    path = tmp_path / "run.yaml"
    path.write_text(
        "data: {path: book.csv, tick_size: 0.01, lot_size: 1}\n"
        "portfolios:\n"
        "  - name: a\n"
        "    strategy: scripted\n"
        "    params:\n"
        "      orders:\n"
        "      - {at: 2024-01-02T14:30:00.5Z, side: buy, qty: 1, price: 99.995}\n"
    )
    with pytest.raises(cb.ConfigError, match=r"99\.995 is not a multiple") as caught:
        cb.run(path)
    assert caught.value.source == str(path)
    assert caught.value.problems[0].path == "portfolio a: params.orders[0].price"


LOOKER = """\
import sys
import commonbook as cb
import {helper}

class Looker(cb.Strategy):
    def on_start(self):
        assert sys.modules[__name__].Looker is type(self)
        assert sys.modules["{helper}"] is {helper}
"""


def looking(folder, module, helper):
    """Write a configuration whose strategy looks for its own modules."""
    folder.mkdir()
    (folder / f"{module}.py").write_text(LOOKER.format(helper=helper))
    (folder / f"{helper}.py").touch()
    (folder / "run.yaml").write_text(
        "data: {synth: {duration: 1s}}\n"
        f"portfolios: [{{name: p, strategy: '{module}:Looker', params: {{}}}}]\n"
    )
    return load(folder / "run.yaml")


@pytest.mark.parametrize("names", [("mine", "signals"), ("yours", "edges")])
def test_a_strategy_finds_its_modules_after_another_configuration_was_loaded(
    names, tmp_path
):
    first = looking(tmp_path / "first", "mine", "signals")
    second = looking(tmp_path / "second", *names)
    for config in (first, second, first):
        assert cb.run(config).summary["stopped"] == []
