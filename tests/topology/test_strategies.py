"""The terms of orders become integers: types, lives, stop prices, closes."""

from dataclasses import replace

import pytest

from commonbook.core.enums import OrderType, StopTrigger, TimeInForce
from commonbook.core.errors import ConfigError
from commonbook.data.session import Session
from tests.topology.builders import MAKER, ONE, TWO, lowered, makers

pytestmark = pytest.mark.nojit


def test_every_kind_of_order_keeps_its_terms():
    stop = {"at": 1, "side": "sell", "qty": 1, "stop_price": "99.5"}
    orders = [
        stop | {"time_in_force": "day"},
        stop | {"price": "99.25", "time_in_force": "gtd", "expires": 9},
        {"at": 1, "side": "buy", "qty": 1, "price": 99, "time_in_force": "fok"},
    ]
    member = {"name": "s", "strategy": "scripted", "params": {"orders": orders}}
    script = lowered(member).portfolios[0].strategy.script
    columns = ["type", "time_in_force", "price", "stop_price", "expires"]
    assert script[columns].tolist() == [
        (OrderType.STOP, TimeInForce.DAY, 0, 9_950, 0),
        (OrderType.STOP_LIMIT, TimeInForce.GTD, 9_925, 9_950, 9),
        (OrderType.LIMIT, TimeInForce.FOK, 9_900, 0, 0),
    ]


def test_a_stop_price_off_the_grid_is_refused():
    stop = {"at": 1, "side": "sell", "qty": 1, "stop_price": "99.505"}
    member = {"name": "s", "strategy": "scripted", "params": {"orders": [stop]}}
    with pytest.raises(ConfigError, match=r"orders\[0\].stop_price: .*tick size 0.01"):
        lowered(member)


@pytest.mark.parametrize("trigger", ["trade", "touch"])
def test_every_engine_has_the_same_trigger(trigger):
    setup = lowered(*makers("a", "b"), execution={"stop_trigger": trigger})
    expected = StopTrigger[trigger.upper()]
    assert [engine.stop_trigger for engine in setup.engines] == [expected] * 2


def test_each_instrument_closes_with_its_own_session():
    new_york = Session("16:00", "America/New_York")
    instruments = (*ONE, replace(TWO[1], session=new_york))
    maker = {"params": MAKER["params"] | {"symbol": "AAPL"}, "name": "m"}
    utc, there = lowered(MAKER | maker, instruments=instruments).closes
    hour = 3_600_000_000_000
    assert utc[:2] == (24 * hour, 48 * hour)
    assert there[:2] == (21 * hour, 45 * hour)  # the clocks of 1970
