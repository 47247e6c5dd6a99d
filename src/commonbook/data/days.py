"""What an instrument traded and how much it moved, day by day."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.book.look_back import look_back
from commonbook.book.replay import book_size
from commonbook.core.book_records import NO_MARK
from commonbook.core.enums import Action
from commonbook.data.session import Session
from commonbook.data.tape import Tape

#: How far apart the mids are that volatility is measured with [ns].
STEP = 300 * 1_000_000_000


class Day(NamedTuple):
    """
    One day of one instrument.

    Parameters
    ----------
    end : int
        The midnight at its end [ns].
    first : int
        Time of its first event [ns].
    last : int
        Time of its last event [ns].
    lots : int
        What the tape traded.
    variance : float
        Sum of the squares of 5-minute returns of the mid, in logarithms.
    """

    end: int
    first: int
    last: int
    lots: int
    variance: float


def days_of(tape: Tape, instrument: int) -> list[Day]:
    """
    Split a tape by days, and measure each.

    Days are those of the place that the instrument's session names; UTC's without one.

    Parameters
    ----------
    tape : Tape
        A checked tape.
    instrument : int
        Which of its instruments.

    Returns
    -------
    list of Day
        By time; days without an event are not there.
    """
    events = tape.events[tape.events["instrument"] == instrument]
    if events.size == 0:
        return []
    ts = events["ts"]
    place = tape.instruments[instrument].session.timezone
    midnights = Session("00:00", place).closes(int(ts[0]), int(ts[-1]))
    cuts = np.searchsorted(ts, midnights)
    lots = np.where(events["action"] == Action.TRADE, events["qty"], 0)
    starts = [0, *cuts[:-1].tolist()]
    days = [
        Day(end, int(ts[a]), int(ts[b - 1]), int(lots[a:b].sum()), 0.0)
        for end, a, b in zip(midnights, starts, cuts.tolist(), strict=True)
        if b > a
    ]
    variances = _variances(tape, instrument, days)
    return [
        day._replace(variance=variance)
        for day, variance in zip(days, variances, strict=True)
    ]


def _variances(tape: Tape, instrument: int, days: list[Day]) -> list[float]:
    """Add up, for each day, squared returns between mids five minutes apart."""
    times = [
        np.arange(-(-day.first // STEP) * STEP, day.last + 1, STEP, dtype=np.int64)
        for day in days
    ]
    asked = np.concatenate(times)
    size = book_size(tape.events, len(tape.instruments))
    which = np.full(asked.size, instrument, np.int64)
    marks = look_back(tape.events, size, asked, which)["mark_half"]
    ends = np.cumsum([part.size for part in times])
    return [_squares(part) for part in np.split(marks, ends[:-1])]


def _squares(marks: NDArray[np.int64]) -> float:
    mids = marks[marks != NO_MARK].astype(np.float64)
    if mids.size == 0 or mids.min() <= 0:
        return 0.0
    return float((np.diff(np.log(mids)) ** 2).sum())
