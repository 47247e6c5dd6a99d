"""Replay without trading: against the bare loop, and with many idle portfolios."""

from functools import partial

import numpy as np
from feed import feed, interleaved, report
from limits import SET, bare_loop
from portfolios import idle, setup_of

from commonbook.book.replay import book_size
from commonbook.simulation.loop import simulate


def main() -> None:
    """Print events a second and ratios."""
    tape = feed()
    events = tape.events
    prices = events["price"][events["action"] == SET]
    low, high = int(prices.min()), int(prices.max())
    sizes = np.zeros((2, book_size(events, 1)[0]), np.int64)
    names = ("bare loop", "1 idle portfolio", "100 idle portfolios")
    times = interleaved(
        {
            names[0]: partial(bare_loop, events, sizes, low, high),
            names[1]: partial(simulate, events, setup_of(tape, idle(1))),
            names[2]: partial(simulate, events, setup_of(tape, idle(100))),
        }
    )
    for name in names:
        report(f"replay, {name}", len(events) / times[name] / 1e6, "M events/s")
    report(
        "replay against bare loop", times[names[0]] / times[names[1]], "of its speed"
    )
    extra = 100 * (times[names[2]] / times[names[1]] - 1)
    report("100 idle portfolios against one", extra, "% more time")


if __name__ == "__main__":
    main()
