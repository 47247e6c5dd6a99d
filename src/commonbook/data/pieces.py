"""A long tape, a piece of whole packets at a time."""

from collections.abc import Iterator

import numpy as np

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Flag
from commonbook.core.pages import give_back
from commonbook.data.instrument import Instrument
from commonbook.data.validate import validate

#: Events of one piece, so that what is computed from them stays small.
PIECE = 1 << 20


def pieces(events: Records, size: int = PIECE) -> Iterator[slice]:
    """
    Cut events behind packets, and give mapped memory back behind each piece.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    size : int, default 1048576
        Fewest events of a piece, the last one aside.

    Yields
    ------
    slice
        Rows of one piece; they are whole packets, as far as they are closed.
    """
    start = 0
    while start < events.size:
        stop = min(start + size, events.size)
        while stop < events.size:
            flags = events["flags"][stop - 1 : stop - 1 + size]
            closed = (flags & Flag.LAST) != 0
            if closed.any():
                stop += int(closed.argmax())
                break
            stop = min(stop + size, events.size)
        yield slice(start, stop)
        give_back(events, start, stop)
        start = stop


def count_packets(events: Records) -> int:
    """
    Count the packets of a tape.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.

    Returns
    -------
    int
        Events that carry ``Flag.LAST``.
    """
    flags = events["flags"]
    return sum(
        int(np.count_nonzero(flags[rows] & Flag.LAST)) for rows in pieces(events)
    )


def validate_pieces(
    events: Records, instruments: tuple[Instrument, ...], source: str
) -> None:
    """
    Check that events can be replayed, a piece at a time.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    instruments : tuple of Instrument
        What ``instrument`` points into.
    source : str
        Where the events are from, for messages.

    Raises
    ------
    DataError
        At the first event that breaks a rule.
    """
    if events.dtype != EVENT or events.size <= PIECE:
        validate(events, instruments, source)
        return
    for rows in pieces(events):
        # The event before is looked at again, so that time is compared across pieces.
        first = max(0, rows.start - 1)

        def where(index: int, first: int = first) -> str:
            return f"{source}: row {first + index + 1}"

        validate(events[first : rows.stop], instruments, source, where)
