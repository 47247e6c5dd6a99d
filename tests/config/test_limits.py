"""What a portfolio, or a whole group, may not exceed: how it is written."""

from decimal import Decimal

import pytest

from commonbook.config import json_schema, load
from tests.config.builders import MAKER, FakeTape, config, messages_of

TWO = {"AAPL": 5, "MSFT": 0}
GROUP = "execution.shared_config.group_limits"


def limited(limits, mode="shared", **more):
    execution = {"mode": mode, "shared_config": {"group_limits": limits}}
    return config(MAKER, execution=execution, **more)


def test_by_default_a_group_has_no_limits():
    assert load(config(MAKER)).execution.shared_config.group_limits is None


@pytest.mark.parametrize("mode", ["isolated", "shared"])
def test_limits_are_exact_numbers_in_any_mode(mode):
    limits = {"max_position": "7.5", "gross_notional": 1e6, "net_notional": 0}
    made = load(limited(limits, mode)).execution.shared_config.group_limits
    assert made is not None
    assert made.max_position == Decimal("7.5")
    assert (made.gross_notional, made.net_notional) == (1_000_000, 0)


def test_a_position_may_be_limited_by_symbol():
    own = MAKER | {"params": MAKER["params"] | {"symbol": "AAPL"}}
    execution = {"shared_config": {"group_limits": {"max_position": TWO}}}
    data = FakeTape("AAPL", "MSFT")
    made = load(config(own, execution=execution) | {"data": data})
    assert made.execution.shared_config.group_limits.max_position == TWO
    own = MAKER | {"limits": {"max_position": {"AAPL": 5}}}
    assert load(config(own)).portfolios[0].limits.max_position == {"AAPL": 5}


@pytest.mark.parametrize(
    ("limits", "where", "message"),
    [
        ({"max_position": -1}, ".max_position", "found -1; allowed: at least 0"),
        (
            {"max_position": {"AAPL": -1}},
            ".max_position.AAPL",
            "found -1; allowed: at least 0",
        ),
        (
            {"max_position": {}},
            ".max_position",
            "found an empty mapping; allowed: symbols",
        ),
        ({"gross_notional": -5}, ".gross_notional", "found -5; allowed: at least 0"),
        (
            {"gros_notional": 5},
            ".gros_notional",
            "unknown key; did you mean 'gross_notional'? allowed: max_position, "
            "gross_notional, net_notional",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["isolated", "shared"])
def test_what_cannot_be_is_refused_in_any_mode(limits, where, message, mode):
    assert messages_of(limited(limits, mode)) == {GROUP + where: message}


@pytest.mark.parametrize("mode", ["isolated", "shared"])
def test_a_symbol_that_the_data_does_not_have_is_refused(mode):
    raw = limited({"max_position": {"APPL": 5}}, mode)
    message = "found 'APPL'; did you mean 'AAPL'? allowed: AAPL"
    assert messages_of(raw) == {f"{GROUP}.max_position.APPL": message}


@pytest.mark.parametrize("name", ["max_position", "max_order_qty"])
def test_so_is_one_of_a_portfolio(name):
    own = MAKER | {"limits": {name: {"MSFT": 5}}}
    message = "found 'MSFT'; allowed: AAPL"
    path = f"portfolios[0].limits.{name}.MSFT"
    assert messages_of(config(own)) == {path: message}


def test_limits_of_a_portfolio():
    written = {"max_order_qty": "0.5", "gross_notional": 7, "net_notional": "6.25"}
    limits = load(config(MAKER | {"limits": written})).portfolios[0].limits
    assert (limits.max_order_qty, limits.gross_notional) == (Decimal("0.5"), 7)
    assert limits.net_notional == Decimal("6.25")


@pytest.mark.parametrize(
    ("collar", "message"),
    [
        (0, "found 0; allowed: more than 0"),
        (5, "found 5; allowed: at most 1"),
        ("0.000000001", "found 1E-9; allowed: at most 8 decimals"),
    ],
)
def test_a_price_collar_is_a_fraction(collar, message):
    own = MAKER | {"limits": {"price_collar": collar}}
    assert messages_of(config(own)) == {"portfolios[0].limits.price_collar": message}


@pytest.mark.parametrize("name", ["max_order_qty", "gross_notional", "net_notional"])
def test_limits_of_a_portfolio_are_not_negative(name):
    own = MAKER | {"limits": {name: -1}}
    path = f"portfolios[0].limits.{name}"
    assert messages_of(config(own)) == {path: "found -1; allowed: at least 0"}


def test_the_schema_shows_both_ways_to_write_a_position():
    limits = json_schema()["$defs"]["GroupLimits"]["properties"]["max_position"]
    kinds = {kind.get("type") for kind in limits["anyOf"]}
    assert {"number", "object"} <= kinds
