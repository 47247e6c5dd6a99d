"""A resolved configuration as YAML."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import commonbook as cb
from commonbook.config import dump_resolved, load
from commonbook.config.source import to_mapping
from commonbook.config.yaml12 import load_yaml
from tests.config.builders import (
    FOUNDING,
    MAKER,
    FakeTape,
    config,
    problems_of,
    scripted,
    write,
)

FEES = {"maker": -0.0001, "taker": {"per_notional": 0.0005, "minimum": 1}}


def test_what_is_written_loads_to_the_same_model(tmp_path):
    (tmp_path / "a").mkdir()
    loaded = load(write(tmp_path / "a", FOUNDING))
    # The files are found from another folder too.
    (tmp_path / "b").mkdir()
    copy = tmp_path / "b" / "config.yaml"
    copy.write_text(dump_resolved(loaded))
    assert load(copy) == loaded


def test_all_keys_survive(tmp_path):
    orders = [
        {
            "at": 1,
            "side": "buy",
            "qty": 1,
            "price": 99.99,
            "post_only": True,
            "id": "a",
        },
        {"at": 2, "cancel": "a"},
    ]
    twap = {"side": "sell", "qty": "0.5", "start": 1, "end": 2, "slices": 3}
    raw = config(
        scripted(*orders, fees=FEES, latency={"feed": "3us"}, positions={"SYNTH": -1}),
        scripted(name="empty"),
        {
            "name": "t",
            "strategy": "twap",
            "params": twap,
            "limits": {"max_position": 0},
        },
        MAKER | {"grid": {"size": [1, 2]}},
        data={"synth": {"duration": "5min", "tick_size": "0.05"}},
        execution={
            "mode": "groups",
            "groups": [["s", "maker*"], ["t"]],
            "queue_model": {"kind": "power", "n": 3},
            "fees": FEES,
            "self_trade_prevention": "decrement",
            "shared_config": {"fill_distribution": "pro_rata"},
        },
        equity_interval="250ms",
    )
    loaded = load(raw)
    copy = write(tmp_path, dump_resolved(loaded))
    assert load(copy) == loaded


def test_defaults_are_written_down(tmp_path):
    text = dump_resolved(load(write(tmp_path, FOUNDING)))
    assert "self_trade_prevention: cancel_newest" in text
    assert "equity_interval: 1s" in text


def test_a_tape_from_python_is_named_and_must_be_given_again(tmp_path):
    text = dump_resolved(load(config()))
    assert "FakeTape" in text
    (problem,) = problems_of(write(tmp_path, text))
    assert problem.path == "data[0].tape"
    assert "a tape made in Python" in problem.message


def test_a_tape_from_python_stays_the_same_object():
    tape = FakeTape("AAPL")
    assert to_mapping(load(config(data=tape)))["data"] == [{"tape": tape}]


@given(name=st.text(min_size=1, max_size=8), cash=st.decimals(0, 10**9, places=8))
def test_any_name_and_number_survives(name, cash):
    raw = config(MAKER | {"name": f"x{name}x", "cash": cash}, data={"synth": {}})
    try:
        loaded = load(raw)
    except Exception:
        return
    written = load_yaml(dump_resolved(loaded)).value
    assert load(written) == loaded


@given(
    st.from_regex(
        r"[-+]?[0-9._]{1,6}([eE][-+]?[0-9]{1,3})?|0[xo][0-9a-f]+|true|no",
        fullmatch=True,
    )
)
def test_text_that_looks_like_a_number_stays_text(text):
    name = text.strip()
    loaded = load(config(MAKER | {"name": name}, data={"synth": {}}))
    written = load_yaml(dump_resolved(loaded)).value
    assert load(written).portfolios[0].name == name


def test_numbers_are_written_without_exponent():
    loaded = load(config(MAKER | {"cash": Decimal("1e3")}, data={"synth": {}}))
    assert "cash: 1000\n" in dump_resolved(loaded)


@pytest.mark.parametrize(
    ("given", "written"), [(1, "1.0"), (-0.25, "-0.25"), (1e-5, "0.00001")]
)
def test_parameters_with_a_fraction_are_written_as_numbers(given, written):
    class Leaning(cb.Strategy):
        lean: float

    leaning = {"name": "x", "strategy": Leaning, "params": {"lean": given}}
    text = dump_resolved(load(config(leaning)))
    assert f"lean: {written}}}" in text
    assert load_yaml(text).value["portfolios"][0]["params"]["lean"] == Decimal(written)
