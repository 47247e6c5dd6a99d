"""What must be said below the tables of a run: what went wrong, what was assumed."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from commonbook.cli.figures import quantity, share
from commonbook.config.scalars import format_timestamp

#: File and line of a frame in a traceback.
_PLACE = re.compile(r'^  File "(.+)", line (\d+)', re.MULTILINE)

#: Portfolios, or engines, that are named before the rest is counted.
NAMED = 3


class Remark(NamedTuple):
    """
    A line for people.

    Parameters
    ----------
    text : str
        The line.
    style : str
        How Rich prints it.
    """

    text: str
    style: str


def remarks(summary: Mapping[str, Any]) -> list[Remark]:
    """
    List what a reader must know, the worst first.

    Parameters
    ----------
    summary : mapping
        `Result.summary`, or `Comparison.summary`, which tells these things by lane.

    Returns
    -------
    list of Remark
        Portfolios that were stopped, volume that was displaced, netting that was
        missed, orders that limits refused, and the warnings.
    """
    lanes = _by_lane(summary)
    left_out = {f" (without {name})" for name in summary.get("leave_one_out", ())}
    whole = [(lane, part) for lane, part in lanes if lane not in left_out]
    said = [
        *(line for lane, part in lanes for line in _stopped(part["stopped"], lane)),
        *(
            line
            for step in summary.get("causes", ())[:-1]  # the last is a lane above
            for line in _stopped(step["stopped"], f" (up to {step['cause']})")
        ),
        *(
            line
            for lane, part in whole
            for line in _displaced(
                part["displaced_tape_qty"], part["displaced_tape_share"], lane
            )
        ),
    ]
    said += [
        line
        for lane, part in whole
        for line in _missed(part["netting_missed_qty"], lane)
    ]
    said += [
        line
        for lane, part in whole
        for line in _refused(part["refused_by_limits"], lane)
    ]
    notes = [Remark(f"note: {text}", "yellow") for text in summary["warnings"]]
    return [*said, *notes]


def _by_lane(summary: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Cut a comparison into its lanes; a run is one without a name."""
    keys = (
        "stopped",
        "displaced_tape_qty",
        "displaced_tape_share",
        "netting_missed_qty",
        "refused_by_limits",
    )
    if "lanes" not in summary:
        return [("", summary)]
    return [
        (f" ({lane})", {key: summary[key][lane] for key in keys})
        for lane in summary["lanes"]
    ]


def _stopped(stopped: list[dict[str, Any]], lane: str) -> Iterator[Remark]:
    """Name portfolios that were stopped, when and why."""
    for entry in stopped[:NAMED]:
        when = format_timestamp(entry["ts"])
        why = _why(entry["reason"], entry["traceback"])
        text = f"stopped: {entry['portfolio']}{lane} at {when}, {why}"
        yield Remark(text, "bold red")
    if len(stopped) > NAMED:
        text = f"stopped: {len(stopped) - NAMED} more{lane}, see the summary"
        yield Remark(text, "bold red")


def _why(reason: str, traceback: str) -> str:
    """Give the reason, the error unless it is the reason, and where it was raised."""
    error = next(reversed(traceback.strip().splitlines()), "")
    # What the reason says already is not said again behind the name of an exception.
    told = not error or reason.partition(": ")[2] == error.partition(": ")[2] != ""
    error = "" if told or error == reason else f": {error}"
    places = _PLACE.findall(traceback)
    place = " ({}, line {})".format(*places[-1]) if places else ""
    return f"{reason}{error}{place}"


def _displaced(
    displaced: Mapping[str, Mapping[str, float]],
    shares: Mapping[str, Mapping[str, float]],
    lane: str,
) -> Iterator[Remark]:
    """Say how much of the tape's volume could not have traded, engine by engine."""

    def much(engine: str) -> float:
        return max(shares.get(engine, {}).values(), default=0.0)

    said = []
    engines = sorted(displaced, key=much, reverse=True)
    for engine in engines[:NAMED]:
        known = shares.get(engine, {})
        amounts = (
            f"{quantity(qty)} {name}"
            + (f" ({share(known[name])})" if name in known else "")
            for name, qty in displaced[engine].items()
        )
        said.append(f"{engine} {', '.join(amounts)}")
    if len(engines) > NAMED:
        said.append(f"{len(engines) - NAMED} more, see the summary")
    if said:
        text = "later trades of the tape needed size that was taken"
        yield Remark(f"displaced{lane}: {text}: {'; '.join(said)}", "yellow")


def _missed(missed: Mapping[str, Mapping[str, float]], lane: str) -> Iterator[Remark]:
    """Say how much was taken on both sides within moments, engine by engine."""
    said = []
    for engine, units in list(missed.items())[:NAMED]:
        amounts = (f"{quantity(qty)} {name}" for name, qty in units.items())
        said.append(f"{engine} {', '.join(amounts)}")
    if len(missed) > NAMED:
        said.append(f"{len(missed) - NAMED} more, see the summary")
    if said:
        text = "taken on both sides within moments, a longer netting_window might cross"
        yield Remark(f"not netted{lane}: {text}: {'; '.join(said)}", "yellow")


def _refused(refused: Mapping[str, Mapping[str, int]], lane: str) -> Iterator[Remark]:
    """Say how many orders limits refused, portfolio by portfolio."""
    said = []
    portfolios = sorted(refused, key=lambda name: -sum(refused[name].values()))
    for name in portfolios[:NAMED]:
        counts = (f"{count:,} {limit}" for limit, count in refused[name].items())
        said.append(f"{name} {', '.join(counts)}")
    if len(portfolios) > NAMED:
        said.append(f"{len(portfolios) - NAMED} more, see the summary")
    if said:
        text = f"orders refused by limits{lane}: {'; '.join(said)}"
        yield Remark(text, "yellow")
