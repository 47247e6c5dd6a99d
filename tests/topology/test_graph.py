"""Who shares liquidity, and who is netted."""

import pytest

from commonbook.config import load
from commonbook.topology.build import TopologyBuilder
from commonbook.topology.graph import Topology
from tests.config.builders import MAKER, config

ALONE = (0, 1, 2, 3)
GROUPED = (0, 1, 0, 1)


def topology(*, mode: str = "groups", **shared: object) -> Topology:
    portfolios = [MAKER | {"name": name} for name in "abcd"]
    execution = {
        "mode": mode,
        "groups": [["a", "c"], ["b", "d"]],
        "shared_config": shared,
    }
    return TopologyBuilder(load(config(*portfolios, execution=execution))).build()


def test_a_group_shares_liquidity_and_is_netted():
    assert topology().liquidity_ids == GROUPED
    assert topology().netting_ids == GROUPED
    assert topology().engine_ids == GROUPED


def test_without_distribution_each_has_its_own_liquidity_and_netting_stays():
    without = topology(enable_fill_distribution=False)
    assert without.liquidity_ids == ALONE
    assert without.netting_ids == GROUPED


def test_without_netting_nobody_is_netted_and_liquidity_stays_shared():
    without = topology(enable_order_netting=False)
    assert without.liquidity_ids == GROUPED
    assert without.netting_ids == ALONE


def test_isolated_shares_nothing():
    isolated = topology(mode="isolated")
    assert isolated.liquidity_ids == ALONE
    assert isolated.netting_ids == ALONE


def test_shared_without_netting_and_distribution_is_isolated_but_for_the_engine():
    off = {"enable_order_netting": False, "enable_fill_distribution": False}
    shared, isolated = topology(mode="shared", **off), topology(mode="isolated")
    assert shared.liquidity_ids == isolated.liquidity_ids
    assert shared.netting_ids == isolated.netting_ids
    assert shared.portfolios == isolated.portfolios


@pytest.mark.parametrize("policy", ["fifo", "pro_rata"])
def test_the_policy_is_that_of_the_configuration(policy):
    (engine,) = topology(mode="shared", fill_distribution=policy).engines
    assert engine.settings.distribution == policy
