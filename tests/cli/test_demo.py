import json
from importlib.resources import files

import polars as pl
import pytest
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.demo import demo_config
from commonbook.cli.main import app
from commonbook.cli.options import Source
from commonbook.config import load
from commonbook.config.yaml12 import load_yaml


def parsed(source):
    return load(load_yaml(demo_config(source), "demo.yaml").value)


def invoke(*arguments):
    wide = CliRunner(env={"COLUMNS": "100"})
    return wide.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "book.csv"
    cb.synth(seed=5, seconds=90, symbol="ON", price="50").write(path)
    return path


def test_the_shipped_configuration_has_eight_portfolios_on_generated_data():
    config = parsed(Source([]))
    assert len(config.portfolios) == 8
    assert config.execution.mode == "shared"


def test_comments_survive():
    shipped = files("commonbook.cli").joinpath("demo.yaml").read_text()
    fitted = demo_config(Source([]))
    for line in shipped.splitlines():
        if line.strip().startswith("#"):
            assert line in fitted


def test_sizes_and_times_suit_the_data(book):
    tape = cb.read(book)
    config = parsed(Source([book], symbols=["ON"]))
    assert config.data[0].symbol == ("ON",)
    twap = next(p.params for p in config.portfolios if p.strategy == "twap")
    assert tape.start <= twap.start < twap.end <= tape.end
    maker = next(p.params for p in config.portfolios if p.strategy == "market_maker")
    touch = tape.top_of_book()["bid_sz_00"].median()
    assert touch / 4 < maker.size < touch


def test_the_busiest_of_several_instruments_is_traded(book, tmp_path):
    quiet = cb.synth(seed=6, seconds=1, symbol="ABC").to_frame()
    both = pl.concat([cb.read(book).to_frame(), quiet])
    both.sort("ts_event", maintain_order=True).write_csv(tmp_path / "both.csv")
    assert parsed(Source([tmp_path / "both.csv"])).data[0].symbol == ("ON",)


def test_the_demo_compares_and_leaves_a_configuration_to_edit(book, tmp_path):
    result = invoke("demo", "--data", book, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    comparison = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert comparison["headline"] in " ".join(result.stdout.split())
    assert "try next" in result.stdout
    for name in comparison["portfolios"]:  # brackets in names are no markup
        assert name in result.stdout
    again = cb.compare(tmp_path / "out" / "demo.yaml")
    assert again.summary == comparison


def test_the_demo_prints_only_json_when_asked(book, tmp_path):
    result = invoke("demo", "--data", book, "--out", tmp_path / "out", "--json")
    assert set(json.loads(result.stdout)["portfolios"]) >= {"buyer", "seller"}
    assert result.stderr == ""


def test_a_book_without_two_sides_is_bad_input(tmp_path):
    rows = "ts_event,symbol,action,side,price,size\n1,X,S,B,1.5,10\n"
    (tmp_path / "x.csv").write_text(rows)
    result = invoke("demo", "--data", tmp_path / "x.csv", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "X never has a two-sided book" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_bad_input(tmp_path):
    result = invoke("demo", "--data", tmp_path / "x.csv", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "no such file" in result.stderr


def test_the_demo_runs_on_an_exchange_s_own_stream(market_data, tmp_path):
    path = market_data("hftbacktest-raw/spot_btcusdt_20240808.gz")
    stream = ("--data", path, "--format", "binance-stream")
    result = invoke("demo", *stream, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    comparison = json.loads(result.stdout)
    assert comparison["counters"]["events"] > 100_000
    assert comparison["totals"]["filled_qty"]["shared"] > 0


@pytest.mark.parametrize(
    ("option", "name"),
    [
        (["--format", "csv"], "--format"),
        (["--symbol", "X"], "--symbol"),
        (["--tick-size", "1"], "--tick-size"),
        (["--lot-size", "1"], "--lot-size"),
        (["--orderbook", "x.csv"], "--orderbook"),
        (["--date", "2012-06-21"], "--date"),
        (["--timezone", "UTC"], "--timezone"),
        (["--allow-gaps"], "--allow-gaps"),
    ],
)
def test_options_about_files_need_files(option, name, tmp_path):
    result = invoke("demo", *option, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert name in result.stderr
    assert "only together with --data FILE" in result.stderr
    assert not (tmp_path / "out").exists()


DAY = "2012-06-21"


def lobster(folder):
    """Write a market of LOBSTER's whose file names say neither symbol nor day."""
    rows = [
        f"{34200 + second}.5,{kind},{number},5,{price},{side}"
        for second in range(90)
        for kind, number, price, side in (
            (1, 2 * second + 1, 99900 - 100 * second, 1),
            (1, 2 * second + 2, 100100 + 100 * second, -1),
        )
    ]
    (folder / "messages.csv").write_text("\n".join(rows) + "\n")
    book = ["9999999999,0,99900,5", *["100100,5,99900,5"] * (len(rows) - 1)]
    (folder / "book.csv").write_text("\n".join(book) + "\n")
    return folder / "messages.csv", folder / "book.csv"


def test_what_is_said_of_the_files_is_in_the_configuration(tmp_path):
    messages, book = lobster(tmp_path)
    said = {
        "format": "lobster",
        "symbols": ["AMZN"],
        "orderbook": [book],
        "date": DAY,
        "timezone": "UTC",
        "allow_gaps": True,
    }
    (source,) = parsed(Source([messages], **said)).data
    assert source.path == (str(messages),)
    assert source.orderbook == (str(book),)
    assert (source.format, source.symbol) == ("lobster", ("AMZN",))
    assert (source.date, source.timezone, source.allow_gaps) == (DAY, "UTC", True)


def test_the_demo_runs_on_lobster_with_its_order_book(tmp_path):
    messages, book = lobster(tmp_path)
    files = ("--data", messages, "--orderbook", book, "--format", "lobster")
    names = ("--symbol", "AMZN", "--date", DAY, "--timezone", "UTC")
    result = invoke("demo", *files, *names, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    first = json.loads((tmp_path / "out/isolated/summary.json").read_text())["first_ts"]
    assert first == 1_340_271_000 * 10**9 + 500_000_000
