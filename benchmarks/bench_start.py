"""What a user waits for: the first compilation, a second run, the help page."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from feed import report

CONFIG = """\
data: [{path: tape.parquet, symbol: SYNTH, tick_size: 0.01, lot_size: 1}]
portfolios:
  - {name: maker, strategy: market_maker, params: {half_spread_ticks: 1, size: 10}}
  - {name: taker, strategy: imbalance_taker, params: {threshold: 0.5, size: 10}}
"""


def seconds(folder: Path, *arguments: str) -> float:
    """Time one process of commonbook."""
    environment = {**os.environ, "COMMONBOOK_CACHE_DIR": str(folder / "cache")}
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )
    return perf_counter() - start


def main() -> None:
    """Time whole processes in a folder and cache of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report(
            "first start: compile everything",
            seconds(folder, "commonbook.runner.warmup"),
            "s",
        )
        seconds(folder, "commonbook", "synth", "tape.parquet", "--duration", "2min")
        (folder / "run.yaml").write_text(CONFIG)
        run = ("commonbook", "run", "run.yaml", "--out")
        times = [seconds(folder, *run, f"out-{i}") for i in range(4)]
        report("run on two minutes of data", median(times[1:]), "s")
        helps = [seconds(folder, "commonbook", "--help") for _ in range(5)]
        report("commonbook --help", median(helps), "s")


if __name__ == "__main__":
    main()
