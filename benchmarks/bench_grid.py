"""Grid makers: shared against isolated, two threads against one, memory of each."""

import json
import resource
import subprocess
import sys
from functools import partial

from feed import feed, interleaved, report
from portfolios import grids, setup_of

from commonbook.simulation.loop import simulate

#: Portfolios of the measure of memory; each keeps 64 orders.
MANY, FEW = 1000, 100
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
    two = interleaved(
        {
            "one": partial(simulate, tape.events, setups["isolated"]),
            "two": partial(simulate, tape.events, setups["isolated"], threads=2),
        }
    )
    report(
        "100 isolated grid makers, two threads",
        two["one"] / two["two"],
        "times one",
        at_least=1.7,
    )
    many, few = peak(MANY), peak(FEW)
    report(
        f"memory of a portfolio with {ORDERS} orders",
        (many - few) / (MANY - FEW) / 1024,
        "KB",
        at_most=16.0,
        measured=f"largest resident size with {MANY} and with {FEW} portfolios",
    )


def peak(count: int) -> int:
    """Give the largest resident size of a process of its own [bytes]."""
    done = subprocess.run(
        [sys.executable, __file__, str(count)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(json.loads(done.stdout)["bytes"])


def fill_memory(count: int) -> None:
    """Let portfolios place their orders, and say how large the process became."""
    tape = feed().slice(end="2024-01-02T14:30:01Z")
    # Quotes far from the market, so that orders rest and results stay small.
    portfolios = grids(count)
    for portfolio in portfolios:
        portfolio["params"] |= {
            "half_spread_ticks": 100,
            "levels": ORDERS // 2,
            "size": 1,
        }
    setup = setup_of(tape, portfolios)
    raw = simulate(tape.events, setup)
    if len(raw.orders) != ORDERS * count:
        message = f"{len(raw.orders)} orders, expected {ORDERS} each"
        raise RuntimeError(message)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"bytes": kilobytes * 1024}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fill_memory(int(sys.argv[1]))
    else:
        main()
