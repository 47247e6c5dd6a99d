"""
Compile everything that runs need, once, so that no user waits for it later.

``python -m commonbook.runner.warmup`` is the last step of the installation.
"""

import subprocess
import sys
from importlib import import_module
from time import perf_counter
from typing import Any, get_type_hints

from numba.core import types

from commonbook.core.state import State
from commonbook.core.state_type import state_type
from commonbook.data.synth import synth
from commonbook.runner.job import compare
from commonbook.strategy.api import Strategy


class _Plain(Strategy):
    """Look and ask once, as strategies in plain Python do."""

    def on_start(self) -> None:
        self.depth(1)
        self.buy(1)


#: Argument of the second process.
SECOND = "other-end"

#: What kernels call arguments of these annotations.
TYPES: dict[Any, Any] = {
    State: state_type,
    int: types.int64,
    float: types.float64,
    bool: types.boolean,
}

CONFIG = {
    "name": "warm-up",
    "portfolios": [
        {
            "name": "maker",
            "strategy": "market_maker",
            "params": {"half_spread_ticks": 1, "size": 10},
        },
        {
            "name": "taker",
            "strategy": "imbalance_taker",
            "params": {"threshold": 0.5, "size": 10},
        },
        {
            "name": "schedule",
            "strategy": "twap",
            "params": {
                "side": "buy",
                "qty": 10,
                "start": "2024-01-02T14:30:01Z",
                "end": "2024-01-02T14:30:09Z",
                "slices": 2,
            },
        },
        {"name": "plain", "strategy": _Plain, "params": {}},
    ],
}


#: Modules whose kernels the second process compiles, in this order.
OTHER_END = (
    "strategy.verbs",
    "simulation.settle",
    "strategy.market_maker",
    "strategy.imbalance_taker",
    "strategy.grid_maker",
    "strategy.scripted",
    "strategy.twap",
    "strategy.requests",
    "strategy.compiled",
    "strategy.wake",
    "simulation.wakes",
    "simulation.decide",
    "execution.impact",
    "execution.netting",
    "execution.batch",
    "strategy.depth",
    "simulation.flights",
    "simulation.agenda",
)


def main() -> None:
    """Compile with two processes that begin at different ends; say how long it took."""
    sys.stderr.write("compiling the kernels, about a minute the first time ...\n")
    start = perf_counter()
    command = [sys.executable, "-m", "commonbook.runner.warmup", SECOND]
    # The command is this module of ours, under the Python that runs it.
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as second:  # noqa: S603
        tape = synth(1, 30)
        _ = compare({**CONFIG, "data": [tape]}).shared.costs
        tape.top_of_book(depth=1)
        second.terminate()  # everything is there, whether or not it has looked
    sys.stderr.write(f"kernels are ready ({perf_counter() - start:.1f} s)\n")


def compile_other_end() -> None:
    """
    Compile what the first process would come to last; it finds the code in the cache.

    Most of the time of compiling is spent in Python, so two processes need little more
    than half of it. What fails here, the first process does.
    """
    for name in OTHER_END:
        module = import_module(f"commonbook.{name}")
        for kernel in list(vars(module).values()):
            if getattr(kernel, "__module__", "") != module.__name__:
                continue
            signature = signature_of(kernel)
            if signature is not None:
                kernel.compile(signature)


def signature_of(kernel: Any) -> tuple[Any, ...] | None:
    """
    Find the types that a kernel is called with.

    Parameters
    ----------
    kernel : object
        A compiled function, or anything else of a module.

    Returns
    -------
    tuple of numba type, or None
        None for what is no kernel, and where annotations do not say enough.
    """
    plain = getattr(kernel, "py_func", None)
    if plain is None:
        return None
    found = []
    for name, annotation in get_type_hints(plain).items():
        if name == "return":
            continue
        if annotation not in TYPES:
            return None
        found.append(TYPES[annotation])
    return tuple(found)


if __name__ == "__main__":
    if sys.argv[1:] == [SECOND]:
        compile_other_end()
    else:
        main()
