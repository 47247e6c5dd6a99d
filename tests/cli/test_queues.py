import json

from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app


def test_the_models_are_compared_on_a_tape(tmp_path):
    path = tmp_path / "tape.parquet"
    cb.synth_orders(2, 60).write(path)
    command = ["compare-queues", str(path), "--sample", "60"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    for name in ("tape", "order by order", "risk_averse", "log", "markout 10s"):
        assert name in shown.output
    told = CliRunner().invoke(app, [*command, "--json"])
    rows = json.loads(told.output)["rows"]
    assert rows[0]["orders_of"] == "tape"
    assert rows[0]["orders"] <= 60


def test_a_tape_by_level_is_refused(tmp_path):
    path = tmp_path / "tape.csv"
    cb.synth(seconds=2).write(path)
    refused = CliRunner().invoke(app, ["compare-queues", str(path)])
    assert refused.exit_code != 0
    assert "by level (L2)" in refused.output
