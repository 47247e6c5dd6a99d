"""What every benchmark shares: one busy market of five million events, and timing."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from commonbook.data.hftbacktest_write import write_hftbacktest
from commonbook.data.read import read
from commonbook.data.store import save_tape
from commonbook.data.synth import OrderFlow, synth
from commonbook.data.synth_queue import QueueFlow, synth_orders
from commonbook.data.tape import Tape

FOLDER = Path(__file__).resolve().parents[1] / ".cache" / "benchmarks"
#: Rounds whose median counts; one is enough to see that a benchmark works.
REPEATS = int(os.environ.get("COMMONBOOK_BENCH_ROUNDS", "5"))

#: About 1,200 events a second: a liquid future or a large crypto pair.
BUSY = OrderFlow(limit_rate=290.0, cancel_rate=3.9, market_rate=8.8, decay=16.0)
SECONDS = 4_300
#: The same for a market order by order: thirty times the rates of the default.
BUSY_QUEUES = QueueFlow(limit_rate=55.5, market_rate=28.2, cancel_rate=21.3)


def feed() -> Tape:
    """Return the tape of the benchmarks; it is made once and kept as Parquet."""
    path = FOLDER / f"busy-{SECONDS}.parquet"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        synth(7, SECONDS, flow=BUSY).write(path, "parquet")
    return read(path, tick_size="0.01", lot_size=1)


def stored_feed() -> Tape:
    """Return the same tape, mapped from where it is stored."""
    path = FOLDER / f"busy-{SECONDS}"
    if not path.exists():
        save_tape(feed(), path)
    return read(path)


def feed_npz(feed_delay: int) -> Path:
    """Return the same feed as a file of hftbacktest [delay in ns]."""
    path = FOLDER / f"busy-{SECONDS}-{feed_delay}.npz"
    if not path.exists():
        write_hftbacktest(feed(), path, feed_delay=feed_delay, compress=False)
    return path


def order_feed() -> Tape:
    """Return an order-by-order tape, made once and kept as a stored tape."""
    path = FOLDER / f"orders-{SECONDS}"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        save_tape(synth_orders(7, SECONDS, flow=BUSY_QUEUES), path)
    return read(path)


def report(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    **more: object,
) -> None:
    """Print one result, as `scripts/bench.py` reads it; a bound is its target."""
    row: dict[str, object] = {"name": name, "value": round(value, 4), "unit": unit}
    if at_least is not None:
        row |= {"target": f">= {at_least:g}", "met": value >= at_least}
    if at_most is not None:
        row |= {"target": f"<= {at_most:g}", "met": value <= at_most}
    print(json.dumps(row | more), flush=True)


def skipped(name: str, reason: str) -> None:
    """Print that something could not be measured, and why."""
    row = {"name": name, "value": None, "unit": f"skipped: {reason}"}
    print(json.dumps(row), flush=True)


def largest_resident() -> int:
    """
    Give the largest resident size of this process so far [bytes].

    ``getrusage`` would count what its parent had when it was started.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def sizes_of(script: str) -> dict[str, int]:
    """Let a benchmark measure its memory in a process of its own [bytes]."""
    done = subprocess.run(
        [sys.executable, script, "memory"], check=True, capture_output=True, text=True
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def interleaved(jobs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Time jobs in turn, several rounds, and return each one's median [s]."""
    times = all_rounds(jobs, REPEATS)
    return {name: median(values) for name, values in times.items()}


def all_rounds(
    jobs: dict[str, Callable[[], object]], rounds: int
) -> dict[str, list[float]]:
    """
    Time jobs in turn, and return what each took in each round [s].

    One more round warms up. Taking turns keeps a slow spell of the machine from hitting
    one job only. A job that returns a float has measured its own time.
    """
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for round_number in range(rounds + 1):
        for name, job in jobs.items():
            start = perf_counter()
            seconds = job()
            if not isinstance(seconds, float):
                seconds = perf_counter() - start
            if round_number > 0:
                times[name].append(seconds)
    return times
