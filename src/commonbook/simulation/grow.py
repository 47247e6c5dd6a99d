"""Give a run that was left for want of room larger arrays; nothing else changes."""

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Status
from commonbook.core.state import State
from commonbook.simulation.build import chain


def grow(state: State, status: int) -> State:
    """
    Enlarge what is too small.

    Parameters
    ----------
    state : State
        A state that `advance` has left with a ``GROW`` status.
    status : int
        The status; ``CLOCK.need`` says for how many entries there must be room.

    Returns
    -------
    State
        The same state in larger arrays.
    """
    need = int(state.clock["need"][0])
    if status == Status.GROW_LEVELS:
        own = _more(state, "own", need)
        touched = _longer(state.touched, 2 * own.size)
        shares = _more(state, "shares", need)
        return state.with_arrays(own=own, shares=shares, touched=touched)
    if status == Status.GROW_QUEUES:
        return state.with_arrays(queues=_more(state, "queues", need))
    if status == Status.GROW_REPORTS:
        return state.with_arrays(reports=_more(state, "reports", need))
    if status == Status.GROW_ORDERS:
        orders = _more(state, "orders", need)
        return state.with_arrays(
            orders=orders,
            ended=_longer(state.ended, 2 * orders.size),
            outbox=_longer(state.outbox, need),
        )
    if status == Status.GROW_BATCH:
        size = max(need, 2 * state.batch.size)
        return state.with_arrays(
            batch=_longer(state.batch, size),
            arrivals=_longer(state.arrivals, size),
            keys=np.zeros((2, size), state.keys.dtype),
            work=np.zeros((state.work.shape[0], size), np.int64),
        )
    if status == Status.GROW_FLIGHTS:
        return state.with_arrays(rings=_grow_rings(state, need))
    name, least = {
        Status.GROW_TOUCHED: ("touched", 2 * state.touched.size + need),
        Status.GROW_FILLS: ("fills", state.fills.size + need),
        Status.GROW_HISTORY: ("history", state.history.size + need),
        Status.GROW_MARKS: ("marks", 2 * state.marks.size),
    }[Status(status)]
    return state.with_arrays(**{name: _longer(getattr(state, name), least)})


def _longer(array: Records, size: int) -> Records:
    if size <= array.size:
        return array
    return np.concatenate([array, np.zeros(size - array.size, array.dtype)])


def _more(state: State, name: str, need: int) -> Records:
    """Enlarge a pool with a free chain; at least double it."""
    pool: Records = getattr(state, name)
    before = pool.size
    larger = np.concatenate([pool, np.zeros(max(need, before), pool.dtype)])
    chain(larger, before, int(state.clock["free_" + name][0]))
    state.clock["free_" + name] = before
    state.clock["left_" + name] += larger.size - before
    if name == "orders":
        larger["portfolio"][before:] = -1
    return larger


def _grow_rings(state: State, need: int) -> Records:
    """Unroll the rings into longer ones."""
    old = state.rings
    rings = np.zeros((old.shape[0], max(need, 2 * old.shape[1])), old.dtype)
    for ring, source, flight in zip(rings, old, state.flights, strict=True):
        ring[: source.size] = np.roll(source, -int(flight["head"]))
        flight["head"] = 0
    return rings
