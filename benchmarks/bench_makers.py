"""Market makers that wake every 100 ms, 1 to 1,000 of them, in both modes."""

from functools import partial

from feed import feed, interleaved, report
from portfolios import idle, makers, setup_of

from commonbook.simulation.loop import simulate


def main() -> None:
    """Print the cost of a wake, all that it causes included."""
    tape = feed()
    setups = {("idle", 1): setup_of(tape, idle(1))}
    for count in (1, 16, 100):
        for mode in ("isolated", "shared"):
            setups[mode, count] = setup_of(tape, makers(count), mode)
    times = interleaved(
        {
            f"{mode} {count}": partial(simulate, tape.events, setup)
            for (mode, count), setup in setups.items()
        }
    )
    for (mode, count), setup in setups.items():
        if mode == "idle":
            continue
        raw = simulate(tape.events, setup)
        wakes = raw.counters["wakes"]
        seconds = times[f"{mode} {count}"]
        report(
            f"{count} makers, {mode}",
            1e6 * (seconds - times["idle 1"]) / wakes,
            "us a wake beyond the replay",
            seconds=round(seconds, 3),
            wakes=wakes,
            orders=len(raw.orders),
            fills=len(raw.fills),
        )
    ratio = times["shared 100"] / times["isolated 100"]
    report("100 makers, shared against isolated", ratio, "of its time", at_most=1.5)
    two = interleaved(
        {
            "one": partial(simulate, tape.events, setups["isolated", 100]),
            "two": partial(simulate, tape.events, setups["isolated", 100], threads=2),
        }
    )
    report(
        "100 isolated makers, two threads",
        two["one"] / two["two"],
        "times one",
        at_least=1.7,
    )


if __name__ == "__main__":
    main()
