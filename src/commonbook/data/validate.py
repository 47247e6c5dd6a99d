"""The checks that every tape passes once, when it is made."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.columns import iso_time
from commonbook.data.instrument import Instrument

ACTIONS = np.array([int(action) for action in Action], np.uint8)
SIDES = np.array([int(side) for side in Side], np.uint8)

Where = Callable[[int], str]  # names the place of an event, counted from 0


def validate(
    events: Records,
    instruments: tuple[Instrument, ...],
    source: str = "tape",
    where: Where | None = None,
) -> None:
    """
    Check that events can be replayed.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    instruments : tuple of Instrument
        What ``instrument`` points into.
    source : str, default "tape"
        Where the events are from, for messages.
    where : callable or None
        Names the file and row of an event; None counts rows from 1.

    Raises
    ------
    DataError
        At the first event that breaks a rule.
    """
    where = where or (lambda index: f"{source}: row {index + 1}")
    if events.dtype != EVENT:
        message = f"{source}: events are {events.dtype}; give records of EVENT"
        raise DataError(message)
    symbols = [instrument.symbol for instrument in instruments]
    if len(set(symbols)) != len(symbols):
        message = f"{source}: a symbol occurs twice: {', '.join(symbols)}"
        raise DataError(message)
    if events.size == 0:
        return
    check_order(events["ts"], where)
    _check_codes(events, len(instruments), where)
    _check_packets(events, where)


def check_order(ts: NDArray[np.int64], where: Where) -> None:
    """
    Check that time never goes back.

    Parameters
    ----------
    ts : ndarray of int64, shape (n,)
        Times [ns UTC], at least one.
    where : callable
        Names the file and row of an event.

    Raises
    ------
    DataError
        At the first event before 1970 or before the one ahead of it.
    """
    if ts[0] < 0:
        message = f"{where(0)}: time {ts[0]} is before 1970"
        raise DataError(message)
    row = _first(ts[1:] < ts[:-1])
    if row is not None:
        message = (
            f"{where(row + 1)}: time goes backwards, from {iso_time(ts[row])} "
            f"to {iso_time(ts[row + 1])}; rows must be in time order"
        )
        raise DataError(message)


def _check_codes(events: Records, n_instruments: int, where: Where) -> None:
    action, side = events["action"], events["side"]
    is_level = action == Action.SET
    is_order = np.isin(action, (Action.ADD, Action.MODIFY))
    rules = (
        (~np.isin(action, ACTIONS), "action", "is not known"),
        (~np.isin(side, SIDES), "side", "is not known"),
        (
            is_level & (side == Side.NONE),
            "side",
            "is none: a level (S) is on side B or A",
        ),
        (
            is_order & (side == Side.NONE),
            "side",
            "is none: an order (A, M) is on side B or A",
        ),
        (events["qty"] < 0, "qty", "lots is negative; sizes are zero or more"),
        (
            events["instrument"] >= n_instruments,
            "instrument",
            f"is out of range; the tape has {n_instruments}",
        ),
    )
    for broken, field, text in rules:
        row = _first(broken)
        if row is not None:
            value = _word(field, int(events[field][row]))
            message = f"{where(row)}: {field} {value} {text}"
            raise DataError(message)


def _check_packets(events: Records, where: Where) -> None:
    last = (events["flags"] & Flag.LAST) != 0
    if not last[-1]:
        message = (
            f"{where(events.size - 1)}: the last packet is not closed "
            f"(flag {int(Flag.LAST)}); the data ends in the middle of a packet"
        )
        raise DataError(message)
    inside = ~last[:-1]
    for field, text in (("ts", "time"), ("instrument", "instrument")):
        row = _first(inside & (events[field][1:] != events[field][:-1]))
        if row is not None:
            message = (
                f"{where(row + 1)}: the {text} changes inside a packet; a packet "
                f"is one {text} and ends with flag {int(Flag.LAST)}"
            )
            raise DataError(message)


def _word(field: str, value: int) -> str:
    """Name a code for a message; the number itself when it has no name."""
    names = {"action": Action, "side": Side}
    if field in names and value in {int(code) for code in names[field]}:
        return names[field](value).name.lower()
    return str(value)


def _first(broken: NDArray[np.bool_]) -> int | None:
    """Give the first position that is true."""
    if not broken.any():
        return None
    return int(broken.argmax())
