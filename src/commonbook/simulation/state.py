"""All state of a run, as flat arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Status
from commonbook.core.jit import kernel
from commonbook.strategy.context import Context


class State(NamedTuple):
    """
    The arrays of a run.

    Parameters
    ----------
    context : Context
        Books, orders, accounts, strategies: what strategies and execution work on.
    fees : ndarray of FEE, shape (n_rows, 3)
        Rates by fee row and Liquidity.
    desks : ndarray of DESK, shape (n_desks,)
        Who nets with whom.
    flights : ndarray of FLIGHT, shape (n_flights,)
        Messages under way, one ring for each distinct order delay.
    rings : ndarray of MESSAGE, shape (n_flights, capacity)
        The rings.
    arrivals : ndarray of MESSAGE, shape (capacity,)
        Scratch: what arrives, before it is put in tie order.
    reports : ndarray of REPORT, shape (capacity,)
        What portfolios have yet to learn.
    history : ndarray of ORDER_HISTORY, shape (capacity,)
        Orders that have ended.
    marks : ndarray of MARK, shape (capacity,)
        Mids as they were sampled.
    last_marks : ndarray of int64, shape (n_instruments,)
        The mid that was recorded last (half ticks).
    symbols : ndarray of int64, shape (n_instruments,)
        ``name_hash`` of each symbol.
    views : ndarray of VIEW, shape (n_views,)
        Feed delays and positions of the copies of the books.
    timers : ndarray of TIMER, shape (n_timers,)
        Portfolios that wake at regular times.
    members : ndarray of int32, shape (n_members,)
        Portfolios of all timers.
    heap : ndarray of HEAP_ENTRY, shape (n_portfolios + 1,)
        Irregular wakes, as a binary heap by time.
    due : ndarray of int32, shape (n_portfolios,)
        Portfolios that wake in this round.
    """

    context: Context
    fees: Records
    desks: Records
    flights: Records
    rings: Records
    arrivals: Records
    reports: Records
    history: Records
    marks: Records
    last_marks: NDArray[np.int64]
    symbols: NDArray[np.int64]
    views: Records
    timers: Records
    members: NDArray[np.int32]
    heap: Records
    due: NDArray[np.int32]


OK = -1  # there is room

GROW_REPORTS = int(Status.GROW_REPORTS)
GROW_QUEUES = int(Status.GROW_QUEUES)
GROW_FILLS = int(Status.GROW_FILLS)
GROW_HISTORY = int(Status.GROW_HISTORY)
GROW_MARKS = int(Status.GROW_MARKS)


@kernel
def room_for(s: State, fills: int, sends: int) -> int:
    """
    Check that the next step cannot run out of room.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    fills : int
        Most fills of the step.
    sends : int
        Most new orders of the step.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    v = s.context.venue
    clock = v.clock[0]
    live = v.orders.shape[0] - int(clock["left_orders"])
    live += sends
    clock["need"] = fills + live
    if v.fills.shape[0] - clock["n_fills"] < fills:
        return GROW_FILLS
    if s.history.shape[0] - clock["n_history"] < live:
        return GROW_HISTORY
    if clock["left_reports"] < fills + live:
        return GROW_REPORTS
    if clock["left_queues"] <= clock["n_resting"]:
        return GROW_QUEUES
    if s.marks.shape[0] - clock["n_marks"] < s.last_marks.shape[0]:
        return GROW_MARKS
    return OK
