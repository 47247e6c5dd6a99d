import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app
from commonbook.cli.run import default_folder

CONFIG = """\
name: two takers
data:
  - synth: {seed: 1, duration: 20s}
portfolios:
  - name: A
    strategy: twap
    params: &twap
      side: buy
      qty: 5000
      start: 2024-01-02T14:30:01Z
      end: 2024-01-02T14:30:15Z
      slices: 5
  - {name: B, strategy: twap, params: *twap}
execution:
  mode: shared
  fees: {taker: 0.0001}
"""


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "two.yaml"
    path.write_text(CONFIG)
    return path


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def process(*arguments, folder):
    command = [sys.executable, "-m", "commonbook", *map(str, arguments)]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"COLUMNS": "100"},
    )


def test_run_prints_a_table_and_writes_the_folder(config, tmp_path):
    result = invoke("run", config, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert "two takers: shared" in result.stdout
    assert f"{summary['portfolios']['A']['net_profit']:,.2f}" in result.stdout
    assert "note: latency: none configured" in result.stdout


def test_run_prints_only_json_when_asked(config, tmp_path):
    result = invoke("run", config, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout) == json.loads(
        (tmp_path / "out" / "summary.json").read_text()
    )
    assert result.stderr == ""


def test_run_prints_nothing_when_quiet(config, tmp_path):
    result = invoke("run", config, "--quiet")
    assert (result.stdout, result.stderr) == ("", "")
    assert (tmp_path / "runs" / "two-takers" / "fills.parquet").exists()


def test_compare_prints_the_difference(config, tmp_path):
    result = invoke("compare", config, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    comparison = json.loads((tmp_path / "out" / "comparison.json").read_text())
    printed = " ".join(result.stdout.split())
    assert comparison["headline"] in printed
    difference = comparison["portfolios"]["A"]["net_profit"]["difference"]
    assert f"{difference:,.2f}" in printed
    assert (tmp_path / "out" / "isolated" / "fills.parquet").exists()
    assert (tmp_path / "out" / "shared" / "equity.parquet").exists()


def test_compare_as_json_is_the_comparison(config):
    printed = json.loads(invoke("compare", config, "--json").stdout)
    assert printed == json.loads(json.dumps(cb.compare(config).summary))


def test_tables_fit_100_columns(config, tmp_path):
    for command in ("run", "compare"):
        done = process(command, config, "--out", tmp_path / command, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        lines = [
            line for line in done.stdout.splitlines() if not line.startswith("results:")
        ]
        assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("command", ["run", "compare"])
def test_in_a_pipe_tables_fit_80_columns_and_paragraphs_are_one_line(
    command, config, monkeypatch
):
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = CliRunner().invoke(app, [command, str(config)]).stdout.splitlines()
    table = [line for line in lines if not line.startswith(("note:", "results:"))]
    if command == "compare":
        summary = json.loads(
            Path("runs/two-takers-compare/comparison.json").read_text()
        )
        for paragraph in (summary["headline"], summary["explanation"]):
            assert paragraph in lines
            table.remove(paragraph)
    assert max(map(len, table)) <= 80
    assert lines == [line.rstrip() for line in lines]
    note = "note: impact: none configured, prices do not react to orders"
    assert note in lines


def test_in_a_narrow_terminal_paragraphs_are_wrapped(config):
    wrapped = CliRunner(env={"COLUMNS": "50"}).invoke(app, ["run", str(config)])
    assert (
        "note: impact: none configured, prices do not react\n  to orders"
        in wrapped.stdout
    )


FAILING = """\
import commonbook as cb

class Failing(cb.Strategy):
    def on_start(self):
        1 / 0
"""


@pytest.mark.parametrize("command", ["run", "compare"])
@pytest.mark.parametrize(("option", "code"), [([], 0), (["--strict"], 1)])
def test_a_stopped_portfolio_fails_a_strict_run_that_is_written_all_the_same(
    command, option, code, config, tmp_path
):
    (tmp_path / "mine.py").write_text(FAILING)
    failing = "  - {name: C, strategy: 'mine:Failing', params: {}}\n"
    config.write_text(CONFIG.replace("execution:", f"{failing}execution:"))
    result = invoke(command, config, "--out", "out", "--quiet", *option)
    assert result.exit_code == code
    assert (tmp_path / "out" / "config.yaml").is_file()
    assert ("stopped, and --strict was given: C\n" in result.stderr) == bool(code)


def test_a_strict_run_in_which_nothing_was_stopped_succeeds(config):
    assert invoke("run", config, "--strict", "--quiet").exit_code == 0


@pytest.mark.parametrize("command", ["run", "compare"])
def test_help_tells_of_exit_codes(command):
    text = " ".join(invoke(command, "--help").output.split())
    assert "also when portfolios were stopped (--strict: 1)" in text


BAD = {
    "an unknown key": ("seed: 1\n", "sed: 1\n"),
    "a missing file": ("- synth: {seed: 1, duration: 20s}", "- path: nothing.csv"),
    "a wrong type": ("qty: 5000", "qty: many"),
    "broken YAML": ("name: two takers", "name: [two"),
    "a key that is not built": ("mode: shared", "mode: shared\n  bars: {}"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_message_and_no_folder(case, config, tmp_path):
    before, after = BAD[case]
    config.write_text(("seed: 1\n" + CONFIG).replace(before, after))
    done = process("run", config, "--out", "out", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "two.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["two.yaml"]


def test_bad_data_is_one_message_and_no_folder(config, tmp_path):
    book = "ts_event,symbol,action,side,price,size\n2,X,S,B,1,1\n1,X,S,B,1,1\n"
    (tmp_path / "book.csv").write_text(book)
    config.write_text(
        CONFIG.replace("- synth: {seed: 1, duration: 20s}", "- path: book.csv")
    )
    done = process("compare", config, folder=tmp_path)
    assert done.returncode == 2
    assert "book.csv" in done.stderr
    assert "row 2" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_folder_of_other_files_is_not_overwritten(config, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    result = invoke("run", config, "--out", tmp_path / "mine")
    assert result.exit_code == 2
    assert "mine" in result.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("two desks", "two-desks"), ("../up", "up"), ("a/b", "a-b"), ("...", "run")],
)
def test_a_run_s_name_is_never_a_way_out_of_runs(name, folder):
    assert default_folder(name).parts == ("runs", folder)
