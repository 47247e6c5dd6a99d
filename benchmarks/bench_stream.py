"""A tape larger than the memory allowed: a hundred million events from the disk."""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from feed import FOLDER, feed, largest_resident, report
from portfolios import grids

import commonbook as cb
from commonbook.data.schema import STORE_META
from commonbook.data.store_write import TapeWriter

#: Fewer can be asked for where the disk is small.
EVENTS = int(os.environ.get("COMMONBOOK_STREAM_EVENTS", "100_000_000"))


def stored() -> Path:
    """Return the folder of the long tape: the usual feed again and again."""
    folder = FOLDER / f"stream-{EVENTS}"
    if (folder / STORE_META).exists():
        return folder
    tape = feed()
    length = tape.end - tape.start + 1_000_000
    with TapeWriter(folder, tape.instruments, "the feed, repeated") as writer:
        for turn in range(-(-EVENTS // len(tape))):
            events = tape.events.copy()
            events["ts"] += turn * length
            left = EVENTS - turn * len(tape)
            if left < events.size:
                closed = np.flatnonzero(events["flags"][:left] & 128)
                events = events[: closed[-1] + 1]
            writer.append(events)
    return folder


def main() -> None:
    """Print the largest resident size and the speed of a whole run."""
    folder = stored()
    # Compiling takes memory of its own, which is not what is measured.
    warmup = [sys.executable, "-m", "commonbook.runner.warmup"]
    subprocess.run(warmup, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout)
    report(
        f"{found['events'] / 1e6:.0f} M events streamed, one grid maker",
        found["bytes"] / 2**30,
        "GB resident",
        at_most=1.5,
        seconds=round(found["seconds"], 1),
        speed=f"{found['events'] / found['seconds'] / 1e6:.1f} M events/s",
        orders=found["orders"],
    )


def run(folder: str) -> None:
    """Run over the long tape as a user would, checks and hashes included."""
    start = perf_counter()
    result = cb.run(
        {
            "seed": 7,
            "data": {"path": folder},
            "portfolios": grids(1),
            "execution": {"mode": "isolated"},
        }
    )
    seconds = perf_counter() - start
    found = {
        "bytes": largest_resident(),
        "seconds": seconds,
        "events": EVENTS,
        "orders": result.orders.height,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(sys.argv[1])
    else:
        main()
