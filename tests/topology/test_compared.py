"""Lanes of a comparison: everybody once alone, and whoever else is to be seen."""

import pytest

from commonbook.core.errors import ConfigError
from commonbook.topology import compared
from commonbook.topology.compared import compared_lanes
from tests.topology.test_build import loaded, members


@pytest.mark.parametrize(
    ("execution", "labels"),
    [
        ({"mode": "isolated"}, ["isolated", "shared"]),
        ({"groups": [["a*"]]}, ["isolated", "shared", "groups"]),
        (
            {"mode": "shared", "groups": [["a*"]]},
            ["isolated", "shared", "groups"],
        ),
        (
            {"mode": "groups", "groups": [["a*"]]},
            ["isolated", "groups", "shared"],
        ),
    ],
)
def test_groups_are_compared_where_there_are_any(execution, labels):
    lanes = compared_lanes(loaded(**execution)).all
    assert [lane.label for lane in lanes] == labels
    parts = {"isolated": 5, "shared": 1, "groups": 4}
    assert [len(lane.engines) for lane in lanes] == [parts[label] for label in labels]


def test_who_is_left_out_stands_apart_from_all_others():
    lanes = compared_lanes(loaded(), True)
    assert list(lanes.without) == ["a1", "a2", "b", "c", "d"]
    assert lanes.without["b"].label == "without b"
    assert members(lanes.without["b"].topology) == [["a1", "a2", "c", "d"], ["b"]]


def test_who_is_left_out_leaves_its_own_group():
    config = loaded(mode="groups", groups=[["a*", "d"], ["b", "c"]])
    lane = compared_lanes(config, ["a1"]).without["a1"]
    assert members(lane.topology) == [["a1"], ["a2", "d"], ["b", "c"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (False, []),
        ([], []),
        ("b", ["b"]),
        (["d", "a*", "d"], ["a1", "a2", "d"]),
        (["a1", "a*"], ["a1", "a2"]),
    ],
)
def test_who_is_left_out_is_named_or_matched(asked, found):
    assert list(compared_lanes(loaded(), asked).without) == found


def test_nobody_can_be_left_out_who_is_not_there():
    with pytest.raises(ConfigError) as caught:
        compared_lanes(loaded(), ["a1", "x", "y*"])
    first, second = caught.value.problems
    assert first.path == second.path == "leave_one_out"
    assert "no portfolio is called 'x'" in first.message
    assert "no portfolio is called 'y*'" in second.message


def test_one_portfolio_costs_nobody_anything():
    with pytest.raises(ConfigError, match="there is one portfolio"):
        compared_lanes(loaded(["a"]), True)


def test_more_portfolios_than_memory_holds_are_refused(monkeypatch):
    monkeypatch.setattr(compared, "MOST_PORTFOLIOS", 34)
    with pytest.raises(ConfigError, match="7 lanes of 5 portfolios are 35 portfolios"):
        compared_lanes(loaded(), True)
    assert len(compared_lanes(loaded(), ["a*", "b"]).all) == 5
