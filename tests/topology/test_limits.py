"""Limits of groups in lots, for the instruments of the data and the lanes that run."""

from decimal import Decimal

import pytest

from commonbook.core.errors import ConfigError
from commonbook.simulation.limits import GroupLimitSetup, NotionalSetup
from tests.topology.builders import MAKER, TWO, lowered

LIMITS = {"max_position": "7.0019", "gross_notional": 5}
LOWERED = GroupLimitSetup({0: 7, 1: 7001}, NotionalSetup(Decimal(5)))


def limits_of(*names, mode="shared", limits=LIMITS, **more):
    settings = {"mode": mode, "shared_config": {"group_limits": limits}}
    if mode == "groups":
        settings["groups"] = [["a*"], ["b*"]]
    params = MAKER["params"] | {"symbol": "BTC"}
    people = [MAKER | {"name": name, "params": params} for name in names]
    setup = lowered(*people, execution=settings, instruments=TWO, **more)
    return setup.group_limits


def test_the_only_member_of_a_group_has_its_limits_too():
    assert limits_of("a") == (LOWERED,)


def test_positions_are_rounded_down_to_whole_lots():
    assert limits_of("a", "b") == (LOWERED,)


def test_a_position_by_symbol_is_that_of_one_instrument():
    (limit,) = limits_of("a", "b", limits={"max_position": {"BTC": "0.5"}})
    assert limit == GroupLimitSetup({1: 500}, NotionalSetup())


def test_limits_of_a_portfolio_are_lots_and_money():
    written = {"max_order_qty": {"BTC": "0.0019"}, "gross_notional": "7.5"}
    written["price_collar"] = "0.0123"
    params = MAKER["params"] | {"symbol": "BTC"}
    own = MAKER | {"name": "a", "limits": written, "params": params}
    (made,) = lowered(own, instruments=TWO).portfolios
    assert made.max_orders == {1: 1}
    assert made.collar_e8 == 1_230_000
    assert made.notional == NotionalSetup(Decimal("7.5"), None)


def test_isolated_portfolios_and_those_in_no_group_have_none():
    assert limits_of("a", "b", mode="isolated") == ()
    assert limits_of("a1", "b", "d", mode="groups") == (LOWERED, LOWERED, None)
    assert limits_of("a", "b", compare=True) == (None, None, LOWERED)


def test_nothing_limited_is_no_limit():
    assert limits_of("a", "b", limits={}) == ()


def test_an_unknown_symbol_is_named_once_for_all_groups(tmp_path):
    """Of a file whose symbols are known only once it is read."""
    path = tmp_path / "book.csv"
    path.touch()
    file = {"path": str(path), "tick_size": "0.01", "lot_size": 1}
    unknown = {"max_position": {"XYZ": 1}}
    with pytest.raises(ConfigError) as caught:
        limits_of("a1", "a2", "b", mode="groups", limits=unknown, source=file)
    (problem,) = caught.value.problems
    where = "execution.shared_config.group_limits.max_position.XYZ"
    assert problem.path == where
    assert problem.message == "found 'XYZ'; the data has AAPL, BTC"
