"""Sources of market data."""

import inspect
from decimal import Decimal
from typing import get_args

import pytest

from commonbook.config import Fee, FileSource, Synth, load
from commonbook.config.data import Format
from commonbook.config.scalars import parse_timestamp
from commonbook.data.schema import FORMATS
from commonbook.data.synth import synth
from tests.config.builders import FakeTape, config, messages_of, scripted

FILE = {"path": __file__, "format": "csv"}


def source(**keys: object) -> FileSource:
    (loaded,) = load({**config(scripted()), "data": FILE | keys}).data
    assert isinstance(loaded, FileSource)
    return loaded


def test_the_formats_are_those_that_can_be_read():
    assert set(get_args(Format)) == set(FORMATS)


def test_generated_data_is_by_default_what_the_generator_makes():
    defaults = inspect.signature(synth).parameters
    given = Synth()
    for name in ("symbol", "seed"):
        assert getattr(given, name) == defaults[name].default
    for name in ("price", "tick_size", "lot_size"):
        assert getattr(given, name) == Decimal(defaults[name].default)
    assert given.duration == defaults["seconds"].default * 10**9
    assert given.start == parse_timestamp(defaults["start"].default)


def test_several_paths_are_one_source():
    assert source(path=[__file__, __file__]).path == (__file__, __file__)


def test_sizes_are_exact_for_all_instruments_or_by_symbol():
    loaded = source(tick_size=0.1, lot_size={"AAPL": "0.001"}, symbol=["AAPL", "B"])
    assert loaded.tick_size == Decimal("0.1")
    assert loaded.lot_size == {"AAPL": Decimal("0.001")}
    assert loaded.symbol == ("AAPL", "B")
    assert loaded.multiplier == 1


@pytest.mark.parametrize(
    ("keys", "path", "message"),
    [
        ({"format": "tardis"}, "format", "'tardis' is not built yet; "
         "allowed now: csv, parquet, binance-stream, lobster, dbn, databento-csv, "
         "hftbacktest, tape"),
        ({"format": "cvs"}, "format", "found 'cvs'; did you mean 'csv'? "
         "allowed: csv, parquet, binance-stream, lobster, dbn, databento-csv, "
         "hftbacktest, tape"),
        ({"inverse": True}, "inverse", "not built yet; "
         "only linear contracts can be traded now; remove the key"),
        ({"tick_size": 0}, "tick_size", "found 0; allowed: more than 0"),
        ({"lot_size": {"A": "x"}}, "lot_size", "found 'x'; allowed: a number"),
        ({"symbol": 600519}, "symbol", "found 600519; allowed: a list"),
        ({"path": ""}, "path", "found ''; allowed: a path or a list of paths"),
        ({"path": [3]}, "path", "found a list; allowed: a path or a list of paths"),
        ({"path": []}, "path", "found an empty list; at least one is needed"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_read_is_refused(keys, path, message):
    found = messages_of({**config(), "data": FILE | keys})
    assert found == {f"data.{path}": message}


def test_one_instrument_has_one_source():
    raw = {**config(), "data": [FakeTape("AAPL"), FILE | {"symbol": "AAPL"}]}
    assert messages_of(raw) == {
        "data[1].symbol": "'AAPL' is already in data[0]; "
        "list the files of one instrument under one path"
    }


def test_what_is_no_source_is_refused():
    raw = {**config(), "data": [5, {"tape": "book.csv"}, {}]}
    assert messages_of(raw) == {
        "data[0]": "found 5; allowed: a mapping",
        "data[1].tape": "found 'book.csv'; allowed: a tape made in Python, "
        "passed as an object",
        "data[2].path": "this key is missing; give a file, or the files of one tape in "
        "order; relative to the configuration's own folder",
    }


def test_a_model_of_another_kind_is_no_source():
    wrong = Fee()
    found = messages_of({**config(), "data": [wrong]})
    assert found
    assert all(path.startswith("data[0]") for path in found)


@pytest.mark.parametrize("duration", ["0s", 5, "1m"])
def test_generated_data_needs_a_duration(duration):
    raw = {**config(), "data": {"synth": {"duration": duration}}}
    assert list(messages_of(raw)) == ["data.synth.duration"]


def test_order_book_files_are_found_where_paths_start(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day.csv").write_text("x")
    (tmp_path / "book.csv").write_text("x")
    data = {
        "path": "day.csv",
        "format": "lobster",
        "orderbook": "book.csv",
        "date": "2012-06-21",
        "timezone": "Europe/London",
    }
    (loaded,) = load({**config(scripted()), "data": data}).data
    assert isinstance(loaded, FileSource)
    assert loaded.orderbook == (str(tmp_path / "book.csv"),)
    assert (loaded.date, loaded.timezone) == ("2012-06-21", "Europe/London")


def test_an_order_book_file_that_is_missing_is_named():
    found = messages_of({**config(), "data": FILE | {"orderbook": ["none.csv"]}})
    ((path, message),) = found.items()
    assert path == "data.orderbook[0]"
    assert message.startswith("found 'none.csv'; there is no file ")


SESSION = {"close": "16:00", "timezone": "America/New_York"}


@pytest.mark.parametrize("session", [SESSION, {"AAPL": SESSION}])
@pytest.mark.parametrize("source", [FILE, {"tape": FakeTape("AAPL")}])
def test_a_session_is_of_all_instruments_or_of_one(source, session):
    loaded = load(config() | {"data": {**source, "session": session}})
    given = loaded.data[0].model_dump()["session"]
    assert given == session
    assert load(loaded).data == loaded.data


def test_generated_data_has_a_session_too():
    loaded = load(config() | {"data": {"synth": {"session": SESSION}}})
    assert loaded.data[0].synth.session.close == "16:00"


@pytest.mark.parametrize(
    ("session", "key", "message"),
    [
        ({"close": "16:00"}, "timezone", "this key is missing; give the time zone of "
         "the place, such as America/New_York"),
        ({"close": "4pm", "timezone": "UTC"}, "close",
         "found '4pm'; allowed: a time of the day such as '16:00'"),
        ({"close": "24:00", "timezone": "UTC"}, "close",
         "found '24:00'; allowed: a time of the day such as '16:00'"),
        ({"close": "16:00", "timezone": "America/NewYork"}, "timezone",
         "found 'America/NewYork'; did you mean 'America/New_York'? allowed: a zone "
         "such as America/New_York, or UTC"),
        ({"AAPL": {"close": "4pm", "timezone": "UTC"}}, "AAPL.close",
         "found '4pm'; allowed: a time of the day such as '16:00'"),
        ({**SESSION, "open": "09:30"}, "open",
         "unknown key; allowed: close, timezone"),
    ],
)  # fmt: skip
def test_a_session_that_is_not_one_is_refused(session, key, message):
    wanted = config() | {"data": {**FILE, "session": session}}
    assert messages_of(wanted) == {f"data.session.{key}": message}


def test_a_session_is_a_mapping():
    wanted = config() | {"data": {**FILE, "session": "16:00"}}
    assert messages_of(wanted) == {"data.session": "found '16:00'; allowed: a mapping"}
