"""Backtest many portfolios on one order book, isolated or competing."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commonbook.core.errors import (
        CommonbookError,
        ConfigError,
        DataError,
        RunError,
    )
    from commonbook.data.instrument import Instrument
    from commonbook.data.read import read
    from commonbook.data.synth import synth
    from commonbook.data.synth_queue import synth_orders
    from commonbook.data.tape import Tape
    from commonbook.results.comparison import Comparison
    from commonbook.results.result import Result
    from commonbook.runner.compare_queues import compare_queues
    from commonbook.runner.job import compare, run
    from commonbook.strategy.api import Strategy
    from commonbook.strategy.market import Market
    from commonbook.strategy.orders import Fill, Order, Trade
    from commonbook.strategy.params import Duration, Price, Qty, Symbol, Timestamp
    from commonbook.strategy.user_code import compiled

__version__ = "0.1.0"

__all__ = [
    "CommonbookError",
    "Comparison",
    "ConfigError",
    "DataError",
    "Duration",
    "Fill",
    "Instrument",
    "Market",
    "Order",
    "Price",
    "Qty",
    "Result",
    "RunError",
    "Strategy",
    "Symbol",
    "Tape",
    "Timestamp",
    "Trade",
    "__version__",
    "compare",
    "compare_queues",
    "compiled",
    "read",
    "run",
    "synth",
    "synth_orders",
]

#: Where each public name lives; its module is imported when the name is first used.
_HOMES = {
    "CommonbookError": "core.errors",
    "Comparison": "results.comparison",
    "ConfigError": "core.errors",
    "DataError": "core.errors",
    "Duration": "strategy.params",
    "Fill": "strategy.orders",
    "Instrument": "data.instrument",
    "Market": "strategy.market",
    "Order": "strategy.orders",
    "Price": "strategy.params",
    "Qty": "strategy.params",
    "Result": "results.result",
    "RunError": "core.errors",
    "Strategy": "strategy.api",
    "Symbol": "strategy.params",
    "Tape": "data.tape",
    "Timestamp": "strategy.params",
    "Trade": "strategy.orders",
    "compare": "runner.job",
    "compare_queues": "runner.compare_queues",
    "compiled": "strategy.user_code",
    "read": "data.read",
    "run": "runner.job",
    "synth": "data.synth",
    "synth_orders": "data.synth_queue",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `import commonbook` stays quick."""
    if name not in _HOMES:
        message = f"module 'commonbook' has no attribute {name!r}"
        raise AttributeError(message)
    value: object = getattr(import_module(f"commonbook.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
