"""Trades of the tape with orders that we took before could not have happened."""

import json

import pytest
from typer.testing import CliRunner

from commonbook.cli.main import app
from tests.rules.words import book, buy, configuration, portfolio

MARKET = book(0, {99: 10}, {101: 10, 102: 10})
#: Someone buys the first offer of 10, which is order 2 of the tape.
TRADE = [
    (10, "AAPL", "T", "B", 101, 10),
    (10, "AAPL", "F", "A", 101, 10, 2),
    (10, "AAPL", "C", "A", 101, 10, 2),
]
SETTINGS = {"tick": "1", "by_order": True}


@pytest.mark.parametrize(("taken", "lost"), [(4, 4), (10, 10), (0, 0)])
def test_what_the_tape_executes_of_what_we_took_is_displaced(run, taken, lost):
    orders = [buy(5, taken, 101, time_in_force="ioc")] if taken else []
    result = run([MARKET, TRADE], portfolio("A", *orders), **SETTINGS)
    expected = {"A": {"AAPL": float(lost)}} if lost else {}
    assert result.summary["displaced_tape_qty"] == expected


def test_what_moves_to_another_order_of_the_price_is_not_displaced(run):
    more = book(2, {}, {101: 25})
    result = run([MARKET, more, TRADE], portfolio("A", buy(5, 10)), **SETTINGS)
    assert result.summary["displaced_tape_qty"] == {}


def test_each_engine_displaces_what_it_took_itself(compare):
    people = [portfolio("A", buy(5, 4)), portfolio("B", buy(6, 3)), portfolio("C")]
    result = compare([MARKET, TRADE], *people, **SETTINGS)
    assert result.summary["displaced_tape_qty"] == {
        "isolated": {"A": {"AAPL": 4.0}, "B": {"AAPL": 3.0}},
        "shared": {"A + B + C": {"AAPL": 7.0}},
    }


def test_levels_cannot_tell_what_was_displaced(run):
    trade = [TRADE[0], (10, "AAPL", "S", "A", 101, 0)]
    result = run([MARKET, trade], portfolio("A", buy(5, 4)), tick="1")
    assert result.summary["displaced_tape_qty"] == {}


def test_the_command_line_says_so(tmp_path):
    config = configuration(
        tmp_path, [MARKET, TRADE], portfolio("A", buy(5, 4)), **SETTINGS
    )
    path = tmp_path / "run.yaml"
    path.write_text(json.dumps(config))  # JSON is YAML
    done = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    printed = " ".join(done.stdout.split())
    said = "displaced: later trades of the tape needed size that was taken: A 4 AAPL"
    assert f"{said} (40.0%)" in printed
    assert "note: A: took more than 1% of what the tape went on to trade" in printed
