"""A range of time of a tape, with the book so far as a snapshot."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.data.columns import time_ns
from commonbook.data.order_ids import resolve_orders
from commonbook.data.snapshot import snapshot_of


def cut(
    events: Records, start: int | str | None, end: int | str | None
) -> tuple[slice, Records]:
    """
    Find a range of time and the book at its start.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    start : int, str or None
        First time [ns UTC, or ISO 8601]; None is the first event.
    end : int, str or None
        First time that is left out [ns UTC, or ISO 8601]; None is no limit.

    Returns
    -------
    rows : slice
        The events with ``start <= ts < end``.
    snapshot : ndarray of EVENT
        One packet at `start` for each instrument whose book is not empty by then.

    Raises
    ------
    DataError
        If a time cannot be read.
    """
    ts = events["ts"]
    from_row = 0 if start is None else int(np.searchsorted(ts, time_ns(start)))
    to_row = len(ts) if end is None else int(np.searchsorted(ts, time_ns(end)))
    to_row = max(from_row, to_row)
    snapshot = events[:0]
    if start is not None and from_row < to_row:
        snapshot = snapshot_of(events[:from_row], time_ns(start))
    return slice(from_row, to_row), snapshot


def cut_column(
    column: NDArray[np.int64] | None, rows: slice, before: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """
    Cut a column beside the events the way the events are cut.

    Parameters
    ----------
    column : ndarray of int64, shape (n,), or None
        The column, if the tape has it.
    rows : slice
        The events that are kept.
    before : ndarray of int64, shape (n_snapshot,)
        Values of the snapshot's events.

    Returns
    -------
    ndarray of int64 or None
        The column of the new tape.
    """
    return None if column is None else np.concatenate([before, column[rows]])


def renumbered(events: Records) -> Records:
    """
    Number the slots of the orders that are left densely.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Events whose slots are sound but leave numbers out; changed in place.

    Returns
    -------
    ndarray of EVENT, shape (n,)
        The same events with dense slots.
    """
    slots = events["order"].astype(np.int64)
    return resolve_orders(events, slots, lambda row: f"row {row + 1}").events
