"""Compare single orders with hftbacktest; the exit code is 1 if one is unexplained."""

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from peers.environments import HERE, PeerMissingError, python_of
from peers.process import Worker

from commonbook.data.columns import iso_time
from commonbook.data.tape import Tape
from crosscheck.explain import Cause, Difference, compare
from crosscheck.feeds import Feed, feeds, small_feed
from crosscheck.golden import write_golden
from crosscheck.trials import (
    ORDER_DELAY,
    RESPONSE_DELAY,
    Outcome,
    Trial,
    draw,
    ours,
    write_windows,
)

#: Name, commonbook's setting, and n of hftbacktest's power model.
MODELS: tuple[tuple[str, Any, float | None], ...] = (
    ("risk averse", "risk_averse", None),
    ("power 1", {"kind": "power", "n": 1}, 1.0),
    ("power 2", {"kind": "power", "n": 2}, 2.0),
    ("power 3", {"kind": "power", "n": 3}, 3.0),
)
COLUMNS = ("feed", "queue model", "orders", "filled", "fills agreed")


def main() -> int:
    """Compare on every feed with every queue model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400, help="orders on each feed")
    parser.add_argument("--show", type=int, default=3, help="examples of each cause")
    parser.add_argument("--golden", type=Path, help="only write for the tests")
    arguments = parser.parse_args()
    try:
        python = python_of("hftbacktest")
    except PeerMissingError as error:
        print(f"hftbacktest cannot be installed: {error}")
        return 2
    with Worker(python, HERE / "hftbacktest" / "fills.py") as peer:
        version = f"{peer.about['peer']} {peer.about['version']}"
        if arguments.golden:
            keep(peer, arguments.golden, version)
            return 0
        print(f"{version}, its exchange with partial fills\n")
        found = [
            difference
            for feed in feeds()
            for difference in check(peer, feed, arguments.orders)
        ]
    print()
    explain(found, arguments.show)
    return 1 if any(one.cause == Cause.UNEXPLAINED for one in found) else 0


def check(peer: Worker, feed: Feed, orders: int) -> list[Difference]:
    """Compare on one feed with every queue model, and print a row for each."""
    tape = feed.tape
    trials = draw(tape, orders, feed.life, seed=5)
    names = [*COLUMNS, *(cause.name.lower() for cause in Cause)]
    print("| " + " | ".join(names) + " |")
    print("|---|---|" + (len(COLUMNS) - 2 + len(Cause)) * "---:|")
    everything: list[Difference] = []
    for name, setting, power in MODELS:
        mine = ours(tape, trials, setting)
        other = theirs(peer, tape, trials, power)
        compared = [
            compare(tape, trial, power, fills, outcome)
            for trial, fills, outcome in zip(trials, mine, other, strict=True)
        ]
        agreed = sum(count for count, _ in compared)
        differences = [one for _, some in compared for one in some]
        counts = Counter(difference.cause for difference in differences)
        cells = [feed.name, name, len(trials), sum(map(bool, mine)), agreed]
        cells += [counts[cause] for cause in Cause]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        everything += differences
    print()
    return everything


def keep(peer: Worker, folder: Path, version: str) -> None:
    """Write a small comparison for the tests."""
    feed = small_feed()
    tape, trials = feed.tape, draw(feed.tape, 80, feed.life, seed=5)
    rows: list[dict[str, Any]] = [asdict(trial) for trial in trials]
    for name, setting, power in MODELS:
        mine = ours(tape, trials, setting)
        other = theirs(peer, tape, trials, power)
        for row, trial, fills, outcome in zip(rows, trials, mine, other, strict=True):
            _, differences = compare(tape, trial, power, fills, outcome)
            row.setdefault("fills", {})[name] = outcome.fills
            if differences:
                causes = [one.cause.name.lower() for one in differences]
                row.setdefault("apart", {})[name] = causes
    write_golden(folder, version, tape, rows)


def theirs(
    peer: Worker, tape: Tape, trials: list[Trial], power: float | None
) -> list[Outcome]:
    """Let hftbacktest run every order alone."""
    instrument = tape.instruments[0]
    details = {
        "order_delay": ORDER_DELAY,
        "response_delay": RESPONSE_DELAY,
        "tick_size": float(instrument.tick_size),
        "lot_size": float(instrument.lot_size),
        "power": power,
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "windows.npz"
        jobs = write_windows(tape, trials, path)
        answer = peer.ask("fills", path=str(path), trials=jobs, details=details)
    return [
        Outcome([tuple(fill) for fill in one["fills"]], one["error"] != 0)
        for one in answer["answers"]
    ]


def explain(differences: list[Difference], most: int) -> None:
    """Print how many differences have which cause, and some of each."""
    counts = Counter(difference.cause for difference in differences)
    for cause in Cause:
        if counts[cause]:
            print(f"{counts[cause]} x {cause.name.lower()}: {cause}")
        for one in [d for d in differences if d.cause == cause][:most]:
            trial = one.trial
            print(
                f"    {iso_time(one.ts)}: {trial.side} {trial.qty} lots at "
                f"{trial.price} ticks, sent {iso_time(trial.at)}: "
                f"commonbook {one.ours}, hftbacktest {one.theirs}"
            )


if __name__ == "__main__":
    sys.exit(main())
