"""What strategies in plain Python cost: an empty wake, and the same maker twice."""

from functools import partial

from feed import feed, interleaved, report
from portfolios import idle, setup_of

import commonbook as cb
from commonbook.simulation.loop import simulate

#: Portfolios that wake together, so that one return to Python serves many.
MANY = 16


class Empty(cb.Strategy):
    """Wakes every 100 ms and does nothing."""

    every = "100ms"

    def on_timer(self) -> None:
        """Do nothing."""


def empty(count: int) -> list[dict[str, object]]:
    """Return portfolios that only wake."""
    return [{"name": f"empty-{i:04}", "strategy": Empty} for i in range(count)]


def main() -> None:
    """Print the cost of a wake beyond the replay."""
    tape = feed()
    setups = {"idle": setup_of(tape, idle(1))}
    setups |= {str(count): setup_of(tape, empty(count)) for count in (1, MANY)}
    times = interleaved(
        {name: partial(simulate, tape.events, setup) for name, setup in setups.items()}
    )
    for count, bound in ((1, 10.0), (MANY, None)):
        wakes = simulate(tape.events, setups[str(count)]).counters["wakes"]
        report(
            f"empty wake in plain Python, {count} at a time",
            1e6 * (times[str(count)] - times["idle"]) / wakes,
            "us",
            at_most=bound,
            wakes=wakes,
        )


if __name__ == "__main__":
    main()
