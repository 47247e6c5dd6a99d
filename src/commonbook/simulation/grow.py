"""Give a run that was left for want of room larger arrays; nothing else changes."""

from typing import Any

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Status
from commonbook.simulation.build import chain
from commonbook.simulation.state import State


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
    context = state.context
    venue = context.venue
    need = int(venue.clock[0]["need"])
    if status == Status.GROW_LEVELS:
        venue = _grow_pools(venue, need, own="own", shares="shares")
        touched = _longer(venue.touched, 2 * venue.own.size)
        venue = venue._replace(touched=touched)
    elif status == Status.GROW_QUEUES:
        venue = _grow_pools(venue, need, queues="queues")
    elif status == Status.GROW_TOUCHED:
        least = max(2 * venue.touched.size, 2 * venue.own.size)
        venue = venue._replace(touched=_longer(venue.touched, least))
    elif status == Status.GROW_ORDERS:
        venue = _grow_pools(venue, need, orders="orders")
        venue = venue._replace(ended=_longer(venue.ended, venue.orders.size))
        context = context._replace(outbox=_longer(context.outbox, need))
    elif status == Status.GROW_FILLS:
        venue = venue._replace(fills=_longer(venue.fills, venue.fills.size + need))
    elif status == Status.GROW_BATCH:
        size = max(need, 2 * venue.batch.size)
        venue = venue._replace(
            batch=_longer(venue.batch, size),
            keys=np.zeros((2, size), venue.keys.dtype),
            work=np.zeros((venue.work.shape[0], size), np.int64),
        )
        state = state._replace(arrivals=_longer(state.arrivals, size))
    elif status == Status.GROW_FLIGHTS:
        state = state._replace(rings=_grow_rings(state, need))
    elif status == Status.GROW_HISTORY:
        size = state.history.size + need
        state = state._replace(history=_longer(state.history, size))
    elif status == Status.GROW_MARKS:
        state = state._replace(marks=_longer(state.marks, 2 * state.marks.size))
    elif status == Status.GROW_REPORTS:
        reports = _more(state.reports, need, venue.clock, "reports")
        state = state._replace(reports=reports)
    return state._replace(context=context._replace(venue=venue))


def _longer(array: Records, size: int) -> Records:
    if size <= array.size:
        return array
    return np.concatenate([array, np.zeros(size - array.size, array.dtype)])


def _more(pool: Records, need: int, clock: Records, name: str) -> Records:
    """Enlarge a pool with a free chain; at least double it."""
    before = pool.size
    larger = np.concatenate([pool, np.zeros(max(need, before), pool.dtype)])
    chain(larger, before, int(clock["free_" + name][0]))
    clock["free_" + name] = before
    clock["left_" + name] += larger.size - before
    if name == "orders":
        larger["portfolio"][before:] = -1
    return larger


def _grow_pools(venue: Any, need: int, **fields: str) -> Any:
    pools = {
        field: _more(getattr(venue, field), need, venue.clock, name)
        for field, name in fields.items()
    }
    return venue._replace(**pools)


def _grow_rings(state: State, need: int) -> Records:
    """Unroll the rings into longer ones."""
    old = state.rings
    rings = np.zeros((old.shape[0], max(need, 2 * old.shape[1])), old.dtype)
    for ring, source, flight in zip(rings, old, state.flights, strict=True):
        ring[: source.size] = np.roll(source, -int(flight["head"]))
        flight["head"] = 0
    return rings
