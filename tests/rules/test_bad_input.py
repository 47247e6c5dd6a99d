"""Bad input: one clear message, exit code 2, nothing left behind."""

import gzip
import lzma
import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app

TIME = "2024-01-02T14:30:0"
BOOK = f"""\
ts_event,symbol,action,side,price,size,sequence
{TIME}0Z,AAPL,S,B,99.99,500,1
{TIME}0Z,AAPL,S,A,100.01,500,1
{TIME}1Z,AAPL,T,A,99.99,20,2
{TIME}2Z,AAPL,S,B,99.99,480,3
"""
RUN = f"""\
name: desks
data:
  - {{path: book.csv, symbol: AAPL, tick_size: 0.01, lot_size: 1}}
portfolios:
  - name: A
    cash: 1000
    strategy: scripted
    params:
      orders:
        - {{at: "{TIME}1Z", side: buy, qty: 10, type: limit, price: 99.99}}
    latency: {{order: 100us}}
  - name: maker
    strategy: market_maker
    params: {{half_spread_ticks: 1, size: 10}}
execution:
  mode: shared
  shared_config: {{enable_order_netting: true}}
"""


def commonbook(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as users do."""
    return subprocess.run(
        [sys.executable, "-m", "commonbook", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"COLUMNS": "100"},
    )


def invoke(folder: Path, *arguments: str) -> Result:
    """Run a command of the program in this process, which is much quicker."""
    with chdir(folder):
        return CliRunner().invoke(app, arguments)


def refuse(folder: Path, command: str, *words: str) -> None:
    """Run a command that must refuse its input, and say these words about it."""
    before = sorted(folder.rglob("*"))
    done = invoke(folder, command, "run.yaml", "--out", "out")
    assert done.exit_code == 2, done.stderr
    assert isinstance(done.exception, SystemExit)
    assert_clear(folder, done.stderr, *words)
    assert done.stdout == ""
    assert sorted(folder.rglob("*")) == before


def assert_clear(folder: Path, stderr: str, *words: str) -> None:
    """Check that there is one message, at most after what was being done, in words."""
    progress, _, message = stderr.replace(str(folder), "").partition("error: ")
    assert all(line.startswith("reading ") for line in progress.splitlines())
    assert "error: " not in message
    assert "Traceback" not in message
    for word in words:
        assert word in message


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "book.csv").write_text(BOOK)
    (tmp_path / "run.yaml").write_text(RUN)
    return tmp_path


def test_the_input_that_the_others_spoil_is_good(folder):
    done = commonbook(folder, "run", "run.yaml", "--out", "out", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (folder / "out" / "summary.json").exists()


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        (
            "book.csv",
            "20,2",
            "-20,2",
            ["book.csv", "row 3", "negative", "zero or more"],
        ),
        ("book.csv", BOOK, "", ["book.csv", "empty"]),
        ("run.yaml", "cash:", "cahs:", ["run.yaml", "line 6", "cahs", "cash"]),
        ("run.yaml", "99.99}", "99.995}", ["orders[0].price", "99.995", "0.01"]),
    ],
)
def test_the_program_ends_with_code_2_and_one_message(
    folder, name, before, after, words
):
    (folder / name).write_text((folder / name).read_text().replace(before, after))
    files = sorted(folder.rglob("*"))
    done = commonbook(folder, "run", "run.yaml", "--out", "out", "--quiet")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert_clear(folder, done.stderr, *words)
    assert done.stdout == ""
    assert sorted(folder.rglob("*")) == files


# Data ------------------------------------------------------------------------------

#: What is replaced in the book, by what, and what the message has to say.
DATA = {
    "unknown column": (",size,", ",size,colour,", "unknown column 'colour'", "ts_recv"),
    "missing column": ("side,", "", "missing column side", "ts_event"),
    "column twice": ("price,", "price,price,", "twice price", ""),
    "time backwards": (f"{TIME}1Z", f"{TIME}9Z", "row 4", "backwards"),
    "negative size": ("20,2", "-20,2", "row 3", "negative"),
    "off the tick grid": ("A,99.99,20", "A,99.995,20", "row 3", "0.01"),
    "off the lot grid": ("20,2", "20.5,2", "row 3", "lot size 1"),
    "sequence gap": ("20,2", "20,5", "row 3", "rise by 1"),
    "sequence backwards": ("480,3", "480,1", "row 4", "backwards"),
    "a row cut short": (",480,3\n", "", "row 4", "size is empty"),
    "a row too long": ("480,3", "480,3,9", "row 4", "8 cells", "has 7"),
    "text for a price": ("B,99.99,480", "B,much,480", "row 4", "much"),
    "nan": ("B,99.99,480", "B,nan,480", "row 4", "nan"),
    "infinity": ("20,2", "inf,2", "row 3", "inf"),
    "no price": ("B,99.99,480", "B,,480", "row 4", "price"),
    "no symbol": ("2Z,AAPL", "2Z,", "row 4", "symbol"),
    "another symbol": ("AAPL", "MSFT", "AAPL", "MSFT"),
    "unknown action": ("AAPL,T", "AAPL,Z", "row 3", "'Z'"),
    "levels and orders": ("AAPL,T", "AAPL,A", "AAPL", "levels (S)", "orders (A"),
    "unknown side": ("T,A", "T,Q", "row 3", "'Q'"),
    "a level without side": ("2Z,AAPL,S,B", "2Z,AAPL,S,N", "row 4", "side"),
    "no time": (f"{TIME}1Z", "yesterday", "row 3", "yesterday"),
    "a huge price": ("B,99.99,480", "B,99999999999.99,480", "row 4", "99999999999.99"),
    "no rows": (BOOK.partition("\n")[2], "", "no rows", ""),
    "an empty file": (BOOK, "", "book.csv", ""),
}


@pytest.mark.parametrize("case", DATA)
def test_data_that_cannot_be_trusted(case, folder):
    before, after, *words = DATA[case]
    assert before in BOOK
    count = 1 if case != "another symbol" else -1
    (folder / "book.csv").write_text(BOOK.replace(before, after, count))
    refuse(folder, "run", "book.csv", *words)


def test_a_packet_that_the_end_of_the_file_cuts(folder):
    rows = BOOK.replace("sequence", "flags").splitlines()
    rows = [rows[0], *(row[: row.rindex(",")] + ",128" for row in rows[1:-1])]
    last = f"{TIME}2Z,AAPL,S,B,99.99,480,0"
    (folder / "book.csv").write_text("\n".join([*rows, last]) + "\n")
    refuse(folder, "run", "book.csv", "row 4", "not closed", "128")


GARBAGE = bytes(range(256)) * 40


@pytest.mark.parametrize(
    "name", ["book.csv", "book.csv.gz", "book.csv.xz", "book.parquet"]
)
def test_garbage(name, folder):
    (folder / "run.yaml").write_text(RUN.replace("book.csv", name))
    (folder / name).write_bytes(GARBAGE)
    refuse(folder, "run", name)


@pytest.mark.parametrize(("name", "pack"), [("b.csv.gz", gzip), ("b.csv.xz", lzma)])
def test_a_compressed_file_that_is_cut(name, pack, folder):
    (folder / "run.yaml").write_text(RUN.replace("book.csv", name))
    packed = pack.compress(BOOK.encode() * 50)
    (folder / name).write_bytes(packed[: len(packed) // 2])
    refuse(folder, "run", name)


def test_a_parquet_file_that_is_cut(folder):
    cb.read(folder / "book.csv").write(folder / "book.parquet")
    whole = (folder / "book.parquet").read_bytes()
    (folder / "book.parquet").write_bytes(whole[: len(whole) // 2])
    (folder / "run.yaml").write_text(RUN.replace("book.csv", "book.parquet"))
    refuse(folder, "run", "book.parquet")


def test_bytes_that_are_no_text_name_their_row(folder):
    (folder / "book.csv").write_bytes(
        BOOK.encode().replace(b"99.99,20", b"99.99\xff,20")
    )
    refuse(folder, "run", "book.csv", "row 3", "0xff")


STREAM = '1704205800000000000 {"stream":"x@trade","data":{"e":"trade","E":17042'


@pytest.mark.parametrize("content", [GARBAGE, STREAM.encode()], ids=["garbage", "cut"])
def test_an_exchange_stream_that_is_no_stream(content, folder):
    (folder / "day.gz").write_bytes(gzip.compress(content))
    source = RUN.replace("book.csv", "day.gz, format: binance-stream")
    (folder / "run.yaml").write_text(source)
    refuse(folder, "run", "day.gz", "row 1")


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_file_that_is_not_there(command, folder):
    (folder / "book.csv").unlink()
    refuse(folder, command, "run.yaml", "data[0].path", "book.csv")


def test_the_second_of_two_files_is_named(folder):
    (folder / "run.yaml").write_text(RUN.replace("book.csv", "[book.csv, two.csv]"))
    later = BOOK.replace("14:30", "14:31").replace(",480,3", ",-480,3")
    (folder / "two.csv").write_text(later)
    refuse(folder, "run", "two.csv", "row 4", "negative")


def test_looking_at_a_bad_tape_says_the_same(folder):
    (folder / "book.csv").write_text(BOOK.replace("20,2", "-20,2"))
    done = invoke(folder, "inspect", "book.csv")
    assert done.exit_code == 2
    assert_clear(folder, done.stderr, "book.csv", "row 3", "negative")


# Configurations --------------------------------------------------------------------

#: What is replaced, by what, and what the message has to say.
CONFIGURATION = {
    "a key of the run": ("name: desks", "name: desks\nsed: 1", "2", "sed", "seed"),
    "a key of a portfolio": ("cash:", "cahs:", "portfolios[0]", "cahs", "cash"),
    "a key of the data": ("tick_size:", "tick:", "data[0]", "tick", "tick_size"),
    "a key of an order": ("side: buy", "sid: buy", "orders[0]", "sid", "side"),
    "a key of the execution": ("  mode:", "  mod:", "execution", "mod", "mode"),
    "a key of a strategy": ("size: 10}", "sizes: 10}", "params", "sizes", "size"),
    "twice a key": ("cash: 1000", "cash: 1\n    cash: 2", "line 7", "already given"),
    "an unknown mode": ("shared\n", "sharing\n", "mode", "sharing", "isolated"),
    "an unknown strategy": ("market_maker", "maker", "strategy", "maker", "twap"),
    "a strategy of a later version": ("market_maker", "vwap", "not built yet", "twap"),
    "a calibration without earlier days": (
        "netting: true",
        "netting: true, market_impact_model: "
        "{kind: linear, adv: auto, daily_volatility: auto}",
        "market_impact_model.adv", "auto needs earlier days", "auto_in_sample",
    ),
    "a model without its numbers": (
        "netting: true", "netting: true, market_impact_model: linear", "impact.adv",
        "missing", "linear needs it", "daily_volatility",
    ),
    "no number": ("qty: 10", "qty: ten", "orders[0].qty", "ten", "number"),
    "a negative quantity": ("qty: 10", "qty: -10", "orders[0].qty", "-10"),
    "no switch": ("netting: true", "netting: maybe", "netting", "maybe", "true"),
    "a duration without unit": ("100us", "100", "latency.order", "100", "50us"),
    "a negative duration": ("100us", "-100us", "latency.order", "-100us"),
    "a time without zone": (f"{TIME}1Z", f"{TIME}1", "orders[0].at", "zone"),
    "a limit order without price": (", price: 99.99", "", "orders[0].price", "limit"),
    "a market order with a price": ("type: limit", "type: market", "orders[0].price"),
    "a price off the grid": ("99.99}", "99.995}", "orders[0].price", "99.995", "0.01"),
    "a quantity off the grid": ("qty: 10,", "qty: 10.5,", "orders[0].qty", "lot"),
    "a symbol that is not there": ("qty: 10,", "qty: 10, symbol: X,", "'X'", "AAPL"),
    "a name given twice": ("name: maker", "name: A", "name", "'A'"),
    "an unknown member": (
        "mode: shared", "mode: groups\n  groups: [[A, B]]", "groups[0][1]", "maker",
    ),
    "broken YAML": ("name: desks", "name: [desks", "run.yaml", "line"),
    "nothing": (RUN, "", "run.yaml"),
    "a list": (RUN, "- a\n- b\n", "run.yaml", "list"),
    "cancel of nothing": (
        "99.99}", f'99.99}}\n        - {{at: "{TIME}1Z", cancel: 7}}', "cancel", "7",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONFIGURATION)
def test_a_configuration_that_cannot_be_meant(case, folder):
    before, after, *words = CONFIGURATION[case]
    assert before in RUN
    (folder / "run.yaml").write_text(RUN.replace(before, after, 1))
    refuse(folder, "run", *words)


def test_everything_that_is_wrong_is_said_at_once_with_its_place(folder):
    wrong = RUN.replace("qty: 10,", "qty: ten,").replace("100us", "100")
    wrong = wrong.replace("mode: shared", "mode: sharing")
    (folder / "run.yaml").write_text(wrong)
    refuse(
        folder,
        "run",
        "3 problems",
        "'ten'",
        "found 100;",
        "'sharing'",
        "line 10",
        "line 16",
    )


def test_everything_that_does_not_fit_the_data_is_said_at_once(folder):
    wrong = RUN.replace("price: 99.99", "price: 99.995").replace(
        "size: 10}", "size: 1.5}"
    )
    (folder / "run.yaml").write_text(wrong)
    refuse(folder, "run", "2 problems", "99.995", "1.5")


def test_a_configuration_that_is_not_there(folder):
    (folder / "run.yaml").unlink()
    refuse(folder, "run", "run.yaml")


def test_a_row_of_an_order_file(folder):
    orders = f"at,side,qty,price\n{TIME}1Z,buy,10,99.99\n{TIME}1Z,both,10,99.99\n"
    (folder / "orders.csv").write_text(orders)
    head, _, rest = RUN.partition("      orders:\n")
    tail = rest.partition("\n")[2]
    (folder / "run.yaml").write_text(f"{head}      orders: orders.csv\n{tail}")
    refuse(folder, "run", "orders.csv", "row 2", "both", "sell")


def test_a_folder_that_holds_something_else_is_left_alone(folder):
    (folder / "out").mkdir()
    (folder / "out" / "thesis.txt").write_text("mine")
    refuse(folder, "run", "out")
    assert (folder / "out" / "thesis.txt").read_text() == "mine"


def test_an_earlier_run_survives_bad_input(folder):
    done = invoke(folder, "run", "run.yaml", "--out", "out", "--quiet")
    assert done.exit_code == 0
    before = (folder / "out" / "provenance.json").read_bytes()
    (folder / "book.csv").write_text(BOOK.replace("20,2", "-20,2"))
    refuse(folder, "run", "row 3")
    assert (folder / "out" / "provenance.json").read_bytes() == before
