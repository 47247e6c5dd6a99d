"""A topology in words."""

import pytest

from commonbook.config import load
from commonbook.topology.build import TopologyBuilder
from commonbook.topology.check import EngineRow, describe_topology
from tests.config.builders import MAKER, config


def rows(mode: str, **shared: object) -> list[EngineRow]:
    portfolios = [MAKER | {"name": name} for name in "ab"]
    execution = {"mode": mode, "shared_config": shared}
    built = TopologyBuilder(load(config(*portfolios, execution=execution))).build()
    return describe_topology(built)


def test_each_engine_is_a_row():
    assert [row.portfolios for row in rows("isolated")] == [("a",), ("b",)]
    assert rows("shared") == [
        EngineRow("a + b", ("a", "b"), "at mid", "shared, fifo", "none")
    ]


@pytest.mark.parametrize(
    ("mode", "shared", "netting", "liquidity"),
    [
        ("isolated", {}, "nobody to net with", "its own"),
        ("shared", {"enable_order_netting": False}, "off", "shared, fifo"),
        ("shared", {"fill_distribution": "pro_rata"}, "at mid", "shared, pro_rata"),
        (
            "shared",
            {"netting_price": "last", "netting_window": "5ms"},
            "at last within 5ms",
            "shared, fifo",
        ),
        (
            "shared",
            {"enable_fill_distribution": False},
            "at mid",
            "each its own (distribution off)",
        ),
    ],
)
def test_the_words_say_what_happens(mode, shared, netting, liquidity):
    row = rows(mode, **shared)[0]
    assert (row.netting, row.liquidity) == (netting, liquidity)
