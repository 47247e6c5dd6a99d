"""Small configurations, and the problems that loading them finds."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from commonbook.config import load
from commonbook.core.errors import ConfigError, Problem

#: The example of the README, with everything that is built.
FOUNDING = """\
name: two-desks
seed: 7
data:
  - {path: book.csv, format: csv, symbol: AAPL, tick_size: 0.01, lot_size: 1}
portfolios:
  - name: seller
    cash: 1_000_000
    positions: {AAPL: 1000}
    strategy: scripted
    params: {orders: [{at: 2024-01-02T14:30:00.000000500Z, side: sell, qty: 1000, type: market}]}
    latency: {feed: 50us, order: 100us, response: 100us}
    limits: {max_position: 5000}
  - name: maker
    strategy: market_maker
    params: {half_spread_ticks: 2, size: 100}
    grid: {half_spread_ticks: [1, 2, 3]}
execution:
  mode: shared
  shared_config:
    enable_order_netting: true
    enable_fill_distribution: true
    market_impact_model: none
  isolated_config:
    parallel_execution: true
"""  # noqa: E501 - as people write it

MAKER = {
    "name": "maker",
    "strategy": "market_maker",
    "params": {"half_spread_ticks": 1, "size": 100},
}


class FakeInstrument:
    def __init__(self, symbol: str) -> None:
        self.symbol = symbol


class FakeTape:
    """Has what a tape has, as far as the configuration looks."""

    def __init__(self, *symbols: str) -> None:
        self.events: list[object] = []
        self.instruments = tuple(FakeInstrument(symbol) for symbol in symbols)


def config(*portfolios: object, **keys: object) -> dict[str, object]:
    """Make a mapping that loads when only valid things are passed in."""
    return {"data": FakeTape("AAPL"), "portfolios": list(portfolios) or [MAKER], **keys}


def scripted(*orders: object, **keys: object) -> dict[str, object]:
    """Make a scripted portfolio."""
    params = {"orders": list(orders)}
    return {"name": "s", "strategy": "scripted", "params": params, **keys}


def problems_of(raw: Mapping[str, object] | Path) -> list[Problem]:
    """Load what must fail, and give what it says."""
    with pytest.raises(ConfigError) as caught:
        load(raw)
    return caught.value.problems


def messages_of(raw: Mapping[str, object] | Path) -> dict[str, str]:
    """Give the message at each path."""
    return {problem.path: problem.message for problem in problems_of(raw)}


def write(folder: Path, text: str) -> Path:
    """Write a configuration beside an empty book."""
    (folder / "book.csv").touch()
    path = folder / "run.yaml"
    path.write_text(text, encoding="utf-8")
    return path
