import numpy as np
import pytest
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app
from commonbook.data.hftbacktest_rows import DATA


def invoke(*arguments):
    return CliRunner().invoke(app, ["convert", *map(str, arguments)])


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cb.synth(seed=3, seconds=3).write("book.csv")
    return cb.read("book.csv")


GRID = ("--tick-size", "0.01", "--lot-size", "1")


@pytest.mark.parametrize(
    ("out", "said", "back"),
    [
        ("stored", "tape", {}),
        ("book.npz", "hftbacktest", {"symbol": "SYNTH"}),
        ("again.csv", "csv", {}),
        ("book.parquet", "parquet", {}),
    ],
)
def test_the_ending_tells_the_format_and_the_events_stay(book, out, said, back):
    result = invoke("book.csv", out, *GRID)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{out}: {said}, {book!r}\n"
    grid = {} if said == "tape" else {"tick_size": "0.01", "lot_size": 1}
    assert cb.read(out, **grid, **back).events.tolist() == book.events.tolist()


def test_what_is_written_may_be_named(book, tmp_path):
    assert invoke("book.csv", "a.b", "--to", "tape", *GRID).exit_code == 0
    assert (tmp_path / "a.b" / "meta.json").is_file()


def test_a_stored_tape_is_replaced_by_its_name_alone(book):
    assert invoke("book.csv", "day.1", "--to", "tape").exit_code == 0
    result = invoke("book.csv", "day.1", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_several_files_become_one_tape(book):
    middle = (book.start + book.end) // 2
    book.slice(end=middle).write("1.csv")
    book.slice(start=middle).write("2.csv")
    assert invoke("1.csv", "2.csv", "both", *GRID).exit_code == 0
    assert cb.read("both").digest == cb.read(["1.csv", "2.csv"]).digest


def test_a_feed_delay_is_when_events_were_received(book):
    result = invoke("book.csv", "book.npz", "--feed-delay", "5us", *GRID)
    assert result.exit_code == 0, result.stderr
    with np.load("book.npz") as arrays:
        rows = arrays[DATA]
        assert set((rows["local_ts"] - rows["exch_ts"]).tolist()) == {5_000}


def test_notes_of_the_reader_are_told(book):
    assert "note: SYNTH: tick_size 0.01 inferred" in invoke("book.csv", "x").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["book.csv", "x.xyz"], "x.xyz: the name does not tell the format"),
        (["book.csv", "no/x.csv"], "there is no folder no"),
        (["book.csv", "book.csv"], "is read and cannot be written at once"),
        (["book.csv", "mine"], "exists and is no stored tape"),
        (["book.csv", "mine", "--to", "csv"], "mine: is a folder"),
        (["book.csv", "x.dat", "--to", "hftbacktest"], "ends in .npz"),
        (["none.csv", "x"], "none.csv: no such file"),
        (["book.csv", "x", "--feed-delay", "1us"], "only for hftbacktest"),
        (["book.csv", "x.npz", "--feed-delay", "1"], "a number with a unit"),
        (["book.csv", "x", "--date", "2024-01-02"], "only for files of the format"),
        (["book.csv"], "OUT"),
    ],
)
def test_what_cannot_be_converted_is_refused_and_leaves_nothing(
    book, tmp_path, arguments, message
):
    (tmp_path / "mine").mkdir()
    before = sorted(tmp_path.rglob("*"))
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_of_hftbacktest_holds_one_instrument(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = "ts_event,symbol,action,side,price,size\n1,X,S,B,1,1\n2,Y,S,B,2,1\n"
    (tmp_path / "two.csv").write_text(rows)
    result = invoke("two.csv", "x.npz")
    assert result.exit_code == 2
    assert "choose from X, Y" in result.stderr
    assert invoke("two.csv", "x.npz", "--symbol", "Y").exit_code == 0
