"""Grid makers: shared against isolated, two threads against one, memory of each."""

import json
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from feed import (
    REPEATS,
    all_rounds,
    feed,
    interleaved,
    largest_resident,
    report,
    sizes_of,
)
from limits import run_sums
from portfolios import grids, setup_of

from commonbook.core.state import FIELDS
from commonbook.data.synth import synth
from commonbook.simulation.loop import run_part, simulate

#: Portfolios of the measure of memory; each keeps 64 orders.
MANY, FEW = 1000, 10
ORDERS = 64


def main() -> None:
    """Print ratios of times, and what a portfolio takes of memory."""
    tape = feed()
    setups = {mode: setup_of(tape, grids(100), mode) for mode in ("isolated", "shared")}
    times = interleaved(
        {mode: partial(simulate, tape.events, setup) for mode, setup in setups.items()}
    )
    for mode, setup in setups.items():
        raw = simulate(tape.events, setup)
        report(
            f"100 grid makers, {mode}",
            times[mode],
            "s",
            orders=len(raw.orders),
            fills=len(raw.fills),
        )
    report(
        "100 grid makers, shared against isolated",
        times["shared"] / times["isolated"],
        "of its time",
        at_most=1.5,
    )
    report_threads(partial(simulate, tape.events, setups["isolated"]))
    found = sizes_of(__file__)
    report(
        f"memory of a portfolio with {ORDERS} orders",
        found["state"] / MANY / 1024,
        "KB",
        at_most=16.0,
        measured=f"the arrays of a run of {MANY}, which send all orders at once",
        resident=f"{found['resident'] / MANY / 1024:.1f} KB, with results and settings",
    )


def report_threads(run: Callable[..., object]) -> None:
    """
    Print what a second thread gives a run, and what it gives sums that share nothing.

    Processors of virtual machines share their cores with others, and switch between two
    speeds, half as fast again. A median says how often that happened rather than what
    a second thread gives; so the fastest rounds count, in which nobody disturbed.
    """
    times = all_rounds(
        {
            "run": run,
            "run, two": partial(run, threads=2),
            "sums": partial(run_sums, 1),
            "sums, two": partial(run_sums, 2),
        },
        2 * REPEATS + 2,
    )
    for job, name, at_least in (
        ("run", "100 isolated grid makers, two threads", 1.7),
        ("sums", "two threads that share nothing, on this machine", None),
    ):
        one, two = times[job], times[f"{job}, two"]
        report(
            name,
            min(one) / min(two),
            "times one",
            at_least=at_least,
            seconds=[round(min(one), 3), round(min(two), 3)],
            medians=round(median(one) / median(two), 4),
        )


def fill_memory() -> None:
    """Let portfolios place their orders, and say how large all became."""
    tape = synth(7, 1)
    # Once with few, so that what every process loads is loaded.
    run_part(tape.events, setup_of(tape, resting(FEW)))
    before = largest_resident()
    part = run_part(tape.events, setup_of(tape, resting(MANY)))
    after = largest_resident()
    if len(part.orders.rows) != ORDERS * MANY:
        message = f"{len(part.orders.rows)} orders, expected {ORDERS} each"
        raise RuntimeError(message)
    state = sum(getattr(part.state, name).nbytes for name, *_ in FIELDS)
    print(json.dumps({"state": state, "resident": after - before}))


def resting(count: int) -> list[dict[str, Any]]:
    """Return portfolios whose quotes are far from the market, so that they rest."""
    far = {"half_spread_ticks": 100, "levels": ORDERS // 2, "size": 1}
    portfolios = grids(count)
    for portfolio in portfolios:
        portfolio["params"] |= far
    return portfolios


if __name__ == "__main__":
    if sys.argv[1:] == ["memory"]:
        fill_memory()
    else:
        main()
