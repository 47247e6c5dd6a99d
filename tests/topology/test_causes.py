"""Lanes between isolation and sharing differ from the next one in one thing."""

import pytest

from commonbook.core.errors import ConfigError
from commonbook.topology import compared
from commonbook.topology.compared import compared_lanes
from tests.topology.test_build import WAITS, loaded, members

MOVING = {
    "kind": "linear",
    "adv": 1_000,
    "daily_volatility": "0.02",
    "half_life": "never",
}


def steps(**execution):
    return compared_lanes(loaded(**execution), causes=True).steps


def test_a_step_shares_one_thing_more():
    lanes = steps(shared_config={"market_impact_model": MOVING} | WAITS)
    assert list(lanes) == ["impact", "liquidity", "netting"]
    apart, pooled, netted = (lane.topology for lane in lanes.values())
    for topology in (apart, pooled, netted):
        assert topology.engine_ids == (0, 0, 0, 0, 0)
    assert apart.liquidity_ids == apart.netting_ids == (0, 1, 2, 3, 4)
    assert pooled.liquidity_ids == netted.liquidity_ids == (0, 0, 0, 0, 0)
    assert pooled.netting_ids == (0, 1, 2, 3, 4)
    assert netted.netting_ids == (0, 0, 0, 0, 0)
    windows = [lane.engines[0].settings.netting_window for lane in lanes.values()]
    assert windows == [0, 0, 7]


def test_limits_of_the_group_come_last():
    limited = {"group_limits": {"max_position": 5}}
    lanes = steps(shared_config=limited | WAITS)
    assert list(lanes) == ["liquidity", "netting", "group_limits"]
    settings = [lane.engines[0].settings for lane in lanes.values()]
    assert [one.limits is None for one in settings] == [True, True, False]
    assert [one.netting for one in settings] == [False, True, True]
    assert [one.netting_window for one in settings] == [0, 7, 7]


def test_groups_are_those_of_the_configuration():
    groups = {"mode": "groups", "groups": [["d", "a*"], ["b"]]}
    shared = {"market_impact_model": MOVING}
    for lane in steps(**groups, shared_config=shared).values():
        assert members(lane.topology) == [["a1", "a2", "d"], ["b"], ["c"]]


def test_the_last_step_is_the_shared_lane_itself():
    lanes = compared_lanes(loaded(), ["b"], causes=True)
    assert lanes.steps["netting"] is lanes.pair[1]
    labels = [lane.label for lane in lanes.all]
    assert labels == ["isolated", "shared", "without b", "shared, up to liquidity"]


def test_own_liquidity_keeps_the_policy_between_the_orders_of_one_portfolio():
    policy = {"fill_distribution": "pro_rata", "market_impact_model": MOVING}
    (engine,) = steps(shared_config=policy)["impact"].engines
    assert not engine.settings.shares_liquidity
    assert engine.settings.distribution == "pro_rata"


def test_own_random_numbers_come_before_the_rest():
    alike = {"isolated_config": {"independent_fills": False}}
    lanes = compared_lanes(loaded(**alike), causes=True)
    own = lanes.steps["random_numbers"].topology
    assert members(own) == [["a1"], ["a2"], ["b"], ["c"], ["d"]]
    assert {p.stream for p in lanes.pair[0].topology.portfolios} == {""}
    assert own.portfolios == lanes.pair[1].topology.portfolios


def test_without_being_asked_there_are_no_steps():
    lanes = compared_lanes(loaded())
    assert lanes.steps == {}
    assert [lane.label for lane in lanes.all] == ["isolated", "shared"]


def test_steps_count_among_the_lanes_that_memory_holds(monkeypatch):
    monkeypatch.setattr(compared, "MOST_PORTFOLIOS", 19)
    moving = {"market_impact_model": MOVING}
    with pytest.raises(ConfigError, match="4 lanes of 5 portfolios are 20"):
        compared_lanes(loaded(shared_config=moving), causes=True)
