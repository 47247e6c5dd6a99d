"""What every benchmark shares: one busy market of five million events, and timing."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from commonbook.data.read import read
from commonbook.data.synth import OrderFlow, synth
from commonbook.data.tape import Tape

FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "benchmarks"
REPEATS = 5

#: About 1,200 events a second: a liquid future or a large crypto pair.
BUSY = OrderFlow(limit_rate=290.0, cancel_rate=3.9, market_rate=8.8, decay=16.0)
SECONDS = 4_300


def feed() -> Tape:
    """Return the tape of the benchmarks; it is made once and kept as Parquet."""
    path = FOLDER / f"busy-{SECONDS}.parquet"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        synth(7, SECONDS, flow=BUSY).write(path, "parquet")
    return read(path, tick_size="0.01", lot_size=1)


def report(name: str, value: float, unit: str, **more: object) -> None:
    """Print one result, as `scripts/bench.py` reads it."""
    row = {"name": name, "value": round(value, 4), "unit": unit, **more}
    print(json.dumps(row), flush=True)


def interleaved(jobs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """
    Time jobs in turn, several rounds, and return each one's median [s].

    One round warms up. Taking turns keeps a slow spell of the machine from hitting one
    job only.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for round_number in range(REPEATS + 1):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            if round_number > 0:
                times[name].append(perf_counter() - start)
    return {name: median(values) for name, values in times.items()}
