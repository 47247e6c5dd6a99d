"""The portfolios of the benchmarks."""

from typing import Any

from commonbook.config import load
from commonbook.data.tape import Tape
from commonbook.simulation.setup import Setup
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower

LATENCY = {"feed": "50us", "order": "100us", "response": "100us"}
#: Delays of the comparison with peers.
SLOW_NS = 5_000_000
SLOW = {"feed": "5ms", "order": "5ms", "response": "5ms"}


def idle(count: int) -> list[dict[str, Any]]:
    """Return portfolios that never do anything."""
    return [
        {"name": f"idle-{i:04}", "strategy": "scripted", "params": {"orders": []}}
        for i in range(count)
    ]


def makers(count: int) -> list[dict[str, Any]]:
    """Return makers that wake every 100 ms, at one to five ticks from the mid."""
    return [
        {
            "name": f"maker-{i:04}",
            "strategy": "market_maker",
            "params": {
                "half_spread_ticks": 1 + i % 5,
                "size": 5,
                "max_position": 200,
                "every": "100ms",
            },
            "latency": LATENCY,
        }
        for i in range(count)
    ]


def watchers(count: int, latency: dict[str, str]) -> list[dict[str, Any]]:
    """Return portfolios that look at the book every 100 ms and do not trade."""
    return [
        {
            "name": f"watcher-{i:04}",
            "strategy": "imbalance_taker",
            "params": {"threshold": 1, "size": 1, "max_position": 1, "every": "100ms"},
            "latency": latency,
        }
        for i in range(count)
    ]


def grids(count: int) -> list[dict[str, Any]]:
    """Return makers that quote 20 levels a side and look every 100 ms."""
    return [
        {
            "name": f"grid-{i:04}",
            "strategy": "grid_maker",
            "params": {
                "half_spread_ticks": 1 + i % 4,
                "interval_ticks": 1,
                "levels": 20,
                "size": 1 + i % 5,
                "max_position": 100,
                "every": "100ms",
            },
            "latency": SLOW,
        }
        for i in range(count)
    ]


def setup_of(
    tape: Tape,
    portfolios: list[dict[str, Any]],
    mode: str = "isolated",
    **execution: Any,
) -> Setup:
    """Lower portfolios on a tape, as a configuration would."""
    config = load(
        {
            "seed": 7,
            "data": [tape],
            "portfolios": portfolios,
            "execution": {"mode": mode, **execution},
        }
    )
    return lower(config, lanes_for_run(config), tape)
