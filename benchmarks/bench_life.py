"""The whole life of an order: its time, and what a million of them take of memory."""

import json
import sys
from functools import partial
from pathlib import Path

from feed import (
    feed,
    interleaved,
    largest_resident,
    report,
    sizes_of,
    skipped,
    stored_feed,
)
from portfolios import grids, idle, setup_of

from commonbook.data.synth import synth
from commonbook.simulation.loop import simulate

#: Together they send a million orders; most are cancelled, some are filled.
MAKERS = 40


def main() -> None:
    """Print what an order costs beyond the replay, its results included."""
    tape = feed()
    setups = {
        "idle": setup_of(tape, idle(1)),
        "isolated": setup_of(tape, grids(MAKERS)),
        "shared": setup_of(tape, grids(MAKERS), "shared"),
    }
    times = interleaved(
        {name: partial(simulate, tape.events, made) for name, made in setups.items()}
    )
    for mode in ("isolated", "shared"):
        raw = simulate(tape.events, setups[mode])
        orders = len(raw.orders)
        report(
            f"an order decided, sent, queued, ended and reported, {mode}",
            1e9 * (times[mode] - times["idle"]) / orders,
            "ns",
            at_most=1000.0,
            orders=orders,
            fills=len(raw.fills),
            seconds=round(times[mode], 3),
        )
    if not Path("/proc/self/clear_refs").exists():
        skipped("memory of a run for each of its orders", "needs Linux")
        return
    found = sizes_of(__file__)
    report(
        "memory of a run for each of its orders",
        found["resident"] / found["orders"],
        "bytes",
        at_most=256.0,
        measured="the largest resident size, the replay of a stored tape included",
        orders=found["orders"],
    )


def fill_memory() -> None:
    """Run a short market, then the long one, and say how much more it took."""
    tape, short = stored_feed(), synth(7, 1)  # Parquet would take more than the run
    simulate(short.events, setup_of(short, grids(MAKERS)))
    Path("/proc/self/clear_refs").write_text("5")  # forget what was largest so far
    before = largest_resident()
    raw = simulate(tape.events, setup_of(tape, grids(MAKERS)))
    resident = largest_resident() - before
    print(json.dumps({"resident": resident, "orders": len(raw.orders)}))


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        fill_memory()
    else:
        main()
