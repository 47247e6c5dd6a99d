"""The same work on the same data, side by side with other systems."""

import sys
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from feed import feed, feed_npz, interleaved, report, skipped
from peers.environments import HERE, PeerMissingError, python_of
from peers.process import Worker
from portfolios import SLOW, SLOW_NS, grids, setup_of, watchers
from portfolios import idle as no_orders

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.data.tape import Tape
from commonbook.results.schema import RawRun
from commonbook.simulation.loop import simulate
from commonbook.simulation.setup import Setup

#: What each job of hftbacktest is told.
DETAILS = {
    "order_delay": SLOW_NS,
    "response_delay": SLOW_NS,
    "tick_size": 0.01,
    "lot_size": 1.0,
    "every": 100_000_000,
}
POWER = 3.0
#: How often hftbacktest must be beaten by how many portfolios in one pass.
TARGETS = {1: 3.0, 16: 12.0, 100: 15.0}


def main() -> None:
    """Compare with each peer that can be installed."""
    try:
        python = python_of("hftbacktest")
    except PeerMissingError as error:
        skipped("hftbacktest", str(error))
        return
    tape = feed()
    worker = HERE / "hftbacktest" / "worker.py"
    with Worker(python, worker, str(feed_npz(SLOW_NS))) as peer:
        idle(tape, peer)
        for queue, power in (("power", POWER), ("risk_averse", None)):
            model: Any = {"kind": "power", "n": POWER} if power else queue
            for count in (1, 16, 100) if power else (1,):
                setup = setup_of(tape, grids(count), queue_model=model)
                grid(tape.events, setup, peer, count, power)


def idle(tape: Tape, peer: Worker) -> None:
    """Do nothing; hftbacktest elapses 100 ms at a time and keeps a book 5 ms late."""
    events = tape.events
    ours = {
        "idle replay": setup_of(tape, no_orders(1)),
        "idle replay woken every 100 ms with a book 5 ms late": setup_of(
            tape, watchers(1, SLOW)
        ),
    }
    jobs = {
        **{name: partial(simulate, events, setup) for name, setup in ours.items()},
        **{
            depth: lambda depth=depth: peer.ask("idle", depth=depth, **DETAILS)[
                "seconds"
            ]
            for depth in ("roivec", "hashmap")
        },
    }
    times = interleaved(jobs)
    depths = {"roivec": "ROIVectorMarketDepth", "hashmap": "HashMapMarketDepth"}
    for job, depth in product(ours, depths):
        bound = job == "idle replay" and depth == "roivec"
        report(
            f"{job}, against {title(peer)} {depths[depth]}",
            times[depth] / times[job],
            "times its speed",
            at_least=4.0 if bound else None,
            ours=f"{events.size / times[job] / 1e6:.1f} M events/s",
            peer=f"{events.size / times[depth] / 1e6:.1f} M events/s",
        )


def grid(
    events: Records, setup: Setup, peer: Worker, count: int, power: float | None
) -> None:
    """Run grid makers in one pass, and hftbacktest once for each of them."""
    done: dict[str, Any] = {}

    def ours() -> None:
        done["ours"] = simulate(events, setup)

    def theirs() -> float:
        makers = [portfolio["params"] for portfolio in grids(count)]
        answer = peer.ask("grid", depth="roivec", makers=makers, power=power, **DETAILS)
        done["peer"] = answer
        return float(answer["seconds"])

    # A hundred replays of hftbacktest take minutes: one round, and one to warm up less.
    if count < 100:
        times = interleaved({"ours": ours, "peer": theirs})
        rounds = "medians of five"
    else:
        times = {**interleaved({"ours": ours}), "peer": theirs()}
        rounds = "ours: median of five; peer: one round"
    queue = f"power {power:g}" if power else "risk averse"
    report(
        f"{count} grid makers in one pass, {queue}, against {title(peer)}",
        times["peer"] / times["ours"],
        "times its speed",
        at_least=TARGETS[count],
        ours=f"{times['ours']:.2f} s; {work(done['ours'])}",
        peer=(
            f"{times['peer']:.2f} s; {done['peer']['orders']} orders, "
            f"{done['peer']['fills']} fills, position {done['peer']['position']:g}"
        ),
        rounds=rounds,
    )


def work(raw: RawRun) -> str:
    """Say what a run did, so that the work is seen to be comparable."""
    fills = raw.fills
    position = int(
        np.where(fills["side"] == Side.BUY, fills["qty"], -fills["qty"]).sum()
    )
    return f"{len(raw.orders)} orders, {len(fills)} fills, position {position}"


def title(peer: Worker) -> str:
    """Name a peer."""
    return f"{peer.about['peer']} {peer.about['version']}"


if __name__ == "__main__":
    sys.exit(main())
