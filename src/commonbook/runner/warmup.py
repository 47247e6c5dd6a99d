"""
Compile everything that runs need, once, so that no user waits for it later.

``python -m commonbook.runner.warmup`` is the last step of the installation.
"""

import sys
from time import perf_counter

from commonbook.data.synth import synth
from commonbook.runner.job import compare
from commonbook.strategy.api import Strategy


class _Plain(Strategy):
    """Look and ask once, as strategies in plain Python do."""

    def on_start(self) -> None:
        self.depth(1)
        self.buy(1)


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


def main() -> None:
    """Run a small comparison on a few generated seconds; say how long it took."""
    sys.stderr.write("compiling the kernels, about half a minute the first time ...\n")
    start = perf_counter()
    tape = synth(1, 30)
    compare({**CONFIG, "data": [tape]})
    tape.top_of_book(depth=1)
    sys.stderr.write(f"kernels are ready ({perf_counter() - start:.1f} s)\n")


if __name__ == "__main__":
    main()
