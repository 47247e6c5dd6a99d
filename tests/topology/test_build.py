"""The mode of a run is nothing more than who shares an engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.config import RunConfig, load
from commonbook.topology.build import TopologyBuilder, lanes_for_compare, lanes_for_run
from commonbook.topology.graph import Topology
from tests.config.builders import MAKER, config

WAITS = {"netting_window": "7ns"}
NAMES = ["d", "b", "a1", "c", "a2"]


def loaded(names: list[str] = NAMES, **execution: object) -> RunConfig:
    portfolios = [MAKER | {"name": name} for name in names]
    return load(config(*portfolios, execution=execution))


def members(topology: Topology) -> list[list[str]]:
    return [[member.name for member in engine.members] for engine in topology.engines]


def test_portfolios_are_numbered_by_name():
    topology = TopologyBuilder(loaded()).build()
    assert [(p.index, p.name) for p in topology.portfolios] == list(
        enumerate(["a1", "a2", "b", "c", "d"])
    )


def test_isolated_gives_each_portfolio_an_engine():
    topology = TopologyBuilder(loaded()).build("isolated")
    assert members(topology) == [["a1"], ["a2"], ["b"], ["c"], ["d"]]
    assert topology.engine_ids == (0, 1, 2, 3, 4)


def test_shared_gives_all_portfolios_one_engine():
    topology = TopologyBuilder(loaded()).build("shared")
    assert members(topology) == [["a1", "a2", "b", "c", "d"]]
    assert topology.engine_ids == (0, 0, 0, 0, 0)


def test_groups_share_and_unnamed_portfolios_stand_alone():
    config = loaded(mode="groups", groups=[["d", "a*"], ["b"]])
    topology = TopologyBuilder(config).build()
    assert members(topology) == [["a1", "a2", "d"], ["b"], ["c"]]
    assert topology.engine_ids == (0, 0, 1, 2, 0)


@pytest.mark.parametrize(
    ("mode", "windows"),
    [("isolated", [0] * 5), ("shared", [7]), ("groups", [7, 7, 0])],
)
def test_orders_wait_to_be_netted_in_groups_alone(mode, windows):
    groups = [["d", "a*"], ["b"]]
    config = loaded(mode="groups", groups=groups, shared_config=WAITS)
    engines = TopologyBuilder(config).build(mode).engines
    assert [engine.settings.netting_window for engine in engines] == windows


def test_the_mode_of_the_configuration_is_the_default():
    config = loaded(mode="shared")
    builder = TopologyBuilder(config)
    assert builder.build() == builder.build("shared")


@given(st.permutations(NAMES))
def test_the_order_of_the_file_never_matters(names):
    groups = {"mode": "groups", "groups": [["d", "a*"], ["b"]]}
    one, other = loaded(NAMES, **groups), loaded(list(names), **groups)
    for mode in ("isolated", "shared", "groups"):
        assert TopologyBuilder(one).build(mode) == TopologyBuilder(other).build(mode)


@pytest.mark.parametrize("mode", ["isolated", "shared", "groups"])
def test_every_portfolio_is_in_one_engine(mode):
    config = loaded(groups=[["a*"], ["b", "c"]])
    names = [
        name
        for engine in members(TopologyBuilder(config).build(mode))
        for name in engine
    ]
    assert sorted(names) == sorted(NAMES)


def test_settings_of_a_portfolio_lie_over_those_of_every_engine():
    raw = config(
        MAKER | {"latency": {"order": "1ms"}, "fees": {"maker": 0.002}},
        execution={
            "latency": {"order": "5ms", "feed": "2us"},
            "fees": {"taker": 0.001},
        },
    )
    (container,) = TopologyBuilder(load(raw)).build().portfolios
    assert (container.latency.feed, container.latency.order) == (2_000, 1_000_000)
    assert float(container.fees.maker.per_notional) == 0.002
    assert float(container.fees.taker.per_notional) == 0.001


def test_a_run_has_one_lane_named_after_the_mode():
    (lane,) = lanes_for_run(loaded(mode="shared"))
    assert lane.label == "shared"
    assert len(lane.engines) == 1


@pytest.mark.parametrize(
    ("mode", "labels", "engines"),
    [
        ("isolated", ("isolated", "shared"), (5, 1)),
        ("shared", ("isolated", "shared"), (5, 1)),
        ("groups", ("isolated", "groups"), (5, 4)),
    ],
)
def test_a_comparison_changes_who_shares_and_nothing_else(mode, labels, engines):
    lanes = lanes_for_compare(loaded(mode=mode, groups=[["a*"]]))
    assert tuple(lane.label for lane in lanes) == labels
    assert tuple(len(lane.engines) for lane in lanes) == engines
    one, other = (lane.topology.portfolios for lane in lanes)
    assert one == other
    settings = {engine.settings for lane in lanes for engine in lane.engines}
    assert len(settings) == 1


def test_a_comparison_does_not_depend_on_the_mode_it_starts_from():
    assert lanes_for_compare(loaded(mode="isolated")) == lanes_for_compare(
        loaded(mode="shared")
    )


def test_engines_are_named_after_their_members():
    topology = TopologyBuilder(loaded(mode="groups", groups=[["d", "a*"]])).build()
    assert [engine.label for engine in topology.engines] == ["a1 + a2 + d", "b", "c"]
    (engine,) = TopologyBuilder(loaded()).build("shared").engines
    assert engine.label == "a1 + 4 more"


def test_a_comparison_keeps_the_impact_of_the_mode_it_starts_from():
    numbers = {"adv": 1_000, "daily_volatility": 0.02}
    blocks = {
        "shared_config": {"market_impact_model": "linear"},
        "isolated_config": {"market_impact_model": "square_root"},
        "impact": numbers,
    }
    for mode, kind in (("isolated", "square_root"), ("shared", "linear")):
        for lane in lanes_for_compare(loaded(mode=mode, **blocks)):
            kinds = {engine.settings.impact.kind for engine in lane.engines}
            assert kinds == {kind}
