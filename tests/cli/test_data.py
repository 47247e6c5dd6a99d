import json

import polars as pl
import pytest
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app

SHORT = ("--duration", "2s", "--seed", "3")


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("tapes") / "book.csv"
    assert invoke("synth", path, *SHORT).exit_code == 0
    return path


def test_synth_writes_the_seed_s_tape(path):
    read = cb.read(path, tick_size="0.01", lot_size=1)
    made = cb.synth(seed=3, seconds=2.0)
    assert read.events.tolist() == made.events.tolist()


def test_synth_writes_parquet_by_the_ending(tmp_path):
    invoke("synth", tmp_path / "book.parquet", *SHORT, "--symbol", "XYZ")
    assert pl.read_parquet(tmp_path / "book.parquet")["symbol"].unique().to_list() == [
        "XYZ"
    ]


def test_synth_is_silent_when_asked(tmp_path):
    result = invoke("synth", tmp_path / "book.csv", *SHORT, "--quiet")
    assert (result.output, result.stderr) == ("", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["book.xyz"], "book.xyz: the name does not tell the format; let it end in"),
        (["book.npz"], "book.npz: the name does not tell the format; let it end in"),
        (["no/book.csv"], "no/book.csv: cannot be written: there is no folder no"),
        (["book.csv", "--duration", "5"], "a number with a unit"),
        (["book.csv", "--seed", "-1"], "seed -1 is negative"),
        (["book.csv", "--price", "0.01"], "at least"),
    ],
)
def test_synth_refuses_what_it_cannot_make(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("synth", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_inspect_counts_and_shows_the_book(path):
    tape = cb.read(path)
    result = invoke("inspect", path, "--json")
    facts = json.loads(result.stdout)
    assert result.stderr == ""
    assert facts["events"] == len(tape) == sum(facts["events_by_action"].values())
    assert facts["packets"] == tape.packets
    assert facts["sha256"] == tape.digest
    last = tape.top_of_book().tail(1).row(0, named=True)
    book = facts["book_at_end"]["SYNTH"]
    assert book["bids"][0] == [last["bid_px_00"], last["bid_sz_00"]]
    assert book["asks"][0] == [last["ask_px_00"], last["ask_sz_00"]]


def test_inspect_prints_for_people(path):
    output = invoke("inspect", path).stdout
    facts = json.loads(invoke("inspect", path, "--json").stdout)
    price, size = facts["book_at_end"]["SYNTH"]["bids"][0]
    assert f"{price:.2f}" in output
    assert f"{int(size)}" in output
    assert "tick 0.01, lot 1" in output


def test_brackets_in_the_name_of_an_instrument_are_shown(tmp_path):
    rows = ("ts_event,symbol,action,side,price,size", "1,X[red],S,B,1.5,10")
    (tmp_path / "x.csv").write_text("\n".join(rows))
    output = invoke("inspect", tmp_path / "x.csv").stdout
    assert "X[red]: the book at the end" in output
    assert output.count("X[red] ") == 1


def test_inspect_shows_a_book_with_an_empty_side(tmp_path):
    rows = (
        "ts_event,symbol,action,side,price,size",
        "1,X,S,B,1.5,10",
        "1,X,S,B,1.4,20",
    )
    (tmp_path / "x.csv").write_text("\n".join(rows))
    result = invoke("inspect", tmp_path / "x.csv")
    assert "1.5" in result.stdout
    assert "20" in result.stdout


def test_inspect_says_what_has_trades_alone(tmp_path):
    rows = (
        "ts_event,symbol,action,side,price,size",
        "1,X,T,B,1.5,10",
        "2,Y,S,B,1.4,20",
    )
    (tmp_path / "x.csv").write_text("\n".join(rows))
    text = invoke("inspect", tmp_path / "x.csv").stdout
    assert "trades only, no book" in text
    assert "X: the book at the end" not in text
    assert "Y: the book at the end" in text
    facts = json.loads(invoke("inspect", tmp_path / "x.csv", "--json").stdout)
    assert facts["kinds"] == {"X": "trades", "Y": "l2"}


def test_inspect_says_when_a_book_is_crossed(path, tmp_path):
    rows = (
        "ts_event,symbol,action,side,price,size",
        "1,X,S,B,1.5,10",
        "2,X,S,A,1.5,10",
        "3,X,S,A,1.4,20",
    )
    (tmp_path / "x.csv").write_text("\n".join(rows))
    text = " ".join(invoke("inspect", tmp_path / "x.csv").stdout.split())
    assert "X: the best bid is at or above the best ask after 2 packets" in text
    assert "crossed" not in invoke("inspect", path).stdout


def test_inspect_cannot_verify_what_has_no_truth(path):
    result = invoke("inspect", path, "--verify")
    assert result.exit_code == 2
    assert "nothing to verify" in result.stderr
    assert result.stdout == ""


def test_inspect_agrees_with_the_exchange(market_data):
    path = market_data("hftbacktest-raw/spot_btcusdt_20240808.gz")
    arguments = (path, "--format", "binance-stream", "--verify", "--json")
    verified = json.loads(invoke("inspect", *arguments).stdout)["verify"]
    assert (verified["agreed"], verified["checked"]) == (3448, 3448)


def test_inspect_names_a_missing_file(tmp_path):
    result = invoke("inspect", tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "none.csv: no such file" in result.stderr


def test_inspect_says_what_is_order_by_order(path, tmp_path):
    orders = tmp_path / "orders.csv"
    assert invoke("synth", orders, *SHORT, "--kind", "l3").exit_code == 0
    made = cb.synth_orders(seed=3, seconds=2.0)
    facts = json.loads(invoke("inspect", orders, "--json").stdout)
    assert facts["events"] == len(made)
    assert facts["kinds"] == {"SYNTH": "l3"}
    assert facts["order_slots"] == made.order_slots
    text = invoke("inspect", orders).stdout
    assert "order by order (L3)" in text
    assert f"up to {made.order_slots} at one time" in text
    assert "by level (L2)" in invoke("inspect", path).stdout


def test_inspect_verifies_lobster_with_its_order_book(tmp_path):
    name = "AMZN_2012-06-21_34200000_57600000"
    messages = tmp_path / f"{name}_message_1.csv"
    messages.write_text("34200.5,1,7,5,99900,1\n34201,2,7,1,99900,1\n")
    book = tmp_path / f"{name}_orderbook_1.csv"
    book.write_text("0,0,99900,5\n0,0,99900,4\n")
    files = messages, "--format", "lobster", "--orderbook", book, "--verify"
    text = " ".join(invoke("inspect", *files).stdout.split())
    assert "1 of 1 agree with the feed" in text
    assert "2 of 2 books replayed from the beginning" in text


def test_inspect_is_told_what_the_names_of_lobster_do_not_say(tmp_path):
    (tmp_path / "m.csv").write_text("34200.5,1,7,5,99900,1\n34201,2,7,1,99900,1\n")
    files = (tmp_path / "m.csv", "--format", "lobster", "--symbol", "X", "--json")
    told = ("--date", "2012-06-21", "--timezone", "UTC")
    facts = json.loads(invoke("inspect", *files, *told).stdout)
    assert facts["first_ts"] == "2012-06-21T09:30:00.500000000Z"
    assert invoke("inspect", *files).exit_code == 2


def test_inspect_may_pass_over_gaps(tmp_path):
    rows = (
        "ts_event,symbol,action,side,price,size,sequence",
        "1,X,S,B,1.5,10,1",
        "2,X,S,A,1.6,10,5",
    )
    (tmp_path / "x.csv").write_text("\n".join(rows))
    assert invoke("inspect", tmp_path / "x.csv").exit_code == 2
    assert invoke("inspect", tmp_path / "x.csv", "--allow-gaps").exit_code == 0
