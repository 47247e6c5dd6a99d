"""The feed's own numbers of its events: they never go back and never skip."""

import numpy as np
from numpy.typing import NDArray


def is_contiguous(instrument: NDArray[np.uint16], sequence: NDArray[np.int64]) -> bool:
    """
    Tell whether a feed's numbers count without gaps.

    Parameters
    ----------
    instrument : ndarray of uint16, shape (n,)
        Instrument of each event.
    sequence : ndarray of int64, shape (n,)
        The feed's number of each event, 0 where it has none.

    Returns
    -------
    bool
        True if each number equals the one before or follows it, counted for each
        instrument alone or for all together.
    """
    return first_break(instrument, sequence) is None


def first_break(
    instrument: NDArray[np.uint16], sequence: NDArray[np.int64]
) -> tuple[int, int] | None:
    """
    Find the first gap or step back in a feed's numbers.

    Parameters
    ----------
    instrument : ndarray of uint16, shape (n,)
        Instrument of each event.
    sequence : ndarray of int64, shape (n,)
        The feed's number of each event, 0 where it has none.

    Returns
    -------
    tuple of int or None
        Row of the event after the break and row of the event before it, both from 0;
        None if there is no break for each instrument alone or for all together.
    """
    numbered = np.flatnonzero(sequence)
    together = _break_in(sequence, numbered)
    if together is None:
        return None
    breaks = [
        found
        for index in np.unique(instrument[numbered])
        if (found := _break_in(sequence, numbered[instrument[numbered] == index]))
    ]
    return min(breaks, default=None)


def _break_in(
    sequence: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[int, int] | None:
    step = np.diff(sequence[rows])
    broken = (step < 0) | (step > 1)
    if not broken.any():
        return None
    place = int(broken.argmax())
    return int(rows[place + 1]), int(rows[place])
