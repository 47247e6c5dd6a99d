"""Order-by-order replay: against a bare loop, and with makers in the book."""

from functools import partial

import numpy as np
from feed import interleaved, order_feed, report
from limits import ADD, bare_order_loop
from portfolios import grids, idle, setup_of

from commonbook.book.replay import MIN_WIDTH
from commonbook.simulation.loop import simulate


def main() -> None:
    """Print events a second and ratios."""
    tape = order_feed()
    # What the loops run over is in memory, as other feeds are.
    events = np.array(tape.events)
    added = events[events["action"] == ADD]
    low, high = int(added["price"].min()), int(added["price"].max())
    width = max(MIN_WIDTH, 1 << (2 * (high - low + 1) - 1).bit_length())
    orders = np.zeros((tape.order_slots, 3), np.int64)
    sizes = np.zeros((2, width), np.int64)

    def bare() -> None:
        orders[:], sizes[:] = 0, 0
        bare_order_loop(events, orders, sizes, low, high)

    jobs = {
        "bare loop": bare,
        "1 idle portfolio": partial(simulate, events, setup_of(tape, idle(1))),
        "16 grid makers": partial(simulate, events, setup_of(tape, grids(16))),
    }
    times = interleaved(jobs)
    speeds = {name: events.size / seconds / 1e6 for name, seconds in times.items()}
    share = 100 * speeds["1 idle portfolio"] / speeds["bare loop"]
    for name, speed in speeds.items():
        report(f"order-by-order replay, {name}", speed, "M events/s")
    report(
        "order-by-order replay, idle: reaches 20 M events/s or 40 % of the bare loop",
        max(speeds["1 idle portfolio"] / 20, share / 40),
        "of the better bound",
        at_least=1.0,
        share=f"{share:.0f} % of the bare loop",
    )


if __name__ == "__main__":
    main()
