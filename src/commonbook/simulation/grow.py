"""Give a run that was left for want of room larger arrays; nothing else changes."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Status
from commonbook.core.state import State
from commonbook.simulation.build import chain
from commonbook.simulation.room import OK, room_for_sends

#: Entries beyond which a buffer that Python empties grows only when a step needs it.
ENOUGH = 1 << 12


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
    return ENLARGE[Status(status)](state, need)


def make_room(state: State, sends: int) -> State:
    """
    Make sure that messages can be sent for strategies outside the event loop.

    Parameters
    ----------
    state : State
        A state that `advance` has left to call Python.
    sends : int
        Most messages.

    Returns
    -------
    State
        The same state, in larger arrays where it needs them.
    """
    live = state.orders.size - int(state.clock["left_orders"][0])
    while (status := room_for_sends(state, sends, sends + live)) != OK:
        state = grow(state, status)
    return state


def _grow_levels(state: State, need: int) -> State:
    for name in ("own", "shares"):
        if state.clock["left_" + name][0] < need:
            state = state.with_arrays(**{name: _more(state, name, need)})
    if state.share_times.size > 0:
        state = state.with_arrays(
            share_times=_longer(state.share_times, state.shares.size)
        )
    return state.with_arrays(
        touched=_longer(state.touched, 2 * state.own.size),
    )


def _grow_orders(state: State, need: int) -> State:
    orders = _more(state, "orders", need)
    counted = state.counted
    if counted.shape[0] > 0:
        counted = np.zeros((orders.size, counted.shape[1]), np.int64)
        counted[: state.counted.shape[0]] = state.counted
    return state.with_arrays(
        orders=orders,
        joined=_longer(state.joined, orders.size * int(state.joined.size > 0)),
        ended=_longer(state.ended, orders.size),
        counted=counted,
    )


def _grow_outbox(state: State, need: int) -> State:
    size = max(need, 2 * state.outbox.size)
    waiting = _longer(state.waiting, size) if state.waiting.size else state.waiting
    return state.with_arrays(outbox=_longer(state.outbox, size), waiting=waiting)


def _grow_batch(state: State, need: int) -> State:
    size = max(need, 2 * state.batch.size)
    return state.with_arrays(batch=np.zeros(size, state.batch.dtype))


def _grow_refused(state: State, need: int) -> State:
    size = max(need, 2 * state.refused.size)
    return state.with_arrays(refused=_longer(state.refused, size))


def _grow_runs(state: State, need: int) -> State:
    size = max(need, 2 * state.runs.shape[1])
    return state.with_arrays(runs=np.zeros((2, size), state.runs.dtype))


def _grow_takers(state: State, need: int) -> State:
    size = max(need, 2 * state.work.shape[1])
    return state.with_arrays(
        keys=np.zeros((2, size), state.keys.dtype),
        work=np.zeros((state.work.shape[0], size), np.int64),
    )


def _grow_line(state: State, need: int) -> State:
    size = max(need, 2 * state.line.size)
    return state.with_arrays(line=np.zeros(size, state.line.dtype))


def _grow_taken(state: State, need: int) -> State:
    taken = _more(state, "taken", need)
    return state.with_arrays(taken=taken, changes=_longer(state.changes, taken.size))


def _grow_terms(state: State, need: int) -> State:
    terms = _more(state, "terms", need)
    return state.with_arrays(
        terms=terms,
        expiries=_longer(state.expiries, terms.size),
        leave_times=_longer(state.leave_times, terms.size)
        if state.leave_times.size
        else state.leave_times,
        ready=_wider(state.ready, terms.size),
    )


def _grow_replaces(state: State, need: int) -> State:
    replaces = _more(state, "replaces", need)
    # A step answers no more replaces than are on their way.
    return state.with_arrays(
        replaces=replaces, answers=_longer(state.answers, replaces.size)
    )


def _wider(rows: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    wider = np.zeros((rows.shape[0], size), rows.dtype)
    wider[:, : rows.shape[1]] = rows
    return wider


def _grow_queues(state: State, need: int) -> State:
    return state.with_arrays(queues=_more(state, "queues", need))


def _grow_reports(state: State, need: int) -> State:
    reports = _more(state, "reports", need)
    if state.told.shape[0] == 0:
        return state.with_arrays(reports=reports)
    told = np.zeros((reports.size, state.told.shape[1]), np.int64)
    told[: state.told.shape[0]] = state.told
    return state.with_arrays(reports=reports, told=told)


def _grow_flights(state: State, need: int) -> State:
    """Unroll the rings into longer ones."""
    old = state.rings
    rings = np.zeros((old.shape[0], max(need, 2 * old.shape[1])), old.dtype)
    for ring, source, flight in zip(rings, old, state.flights, strict=True):
        ring[: source.size] = np.roll(source, -int(flight["head"]))
        flight["head"] = 0
    return state.with_arrays(rings=rings)


def _grow_trails(state: State, _: int) -> State:
    """Unroll the rings of touches into rings of twice the length."""
    old = state.touches
    touches = np.zeros((old.shape[0], 2 * old.shape[1]), old.dtype)
    for ring, source, trail in zip(touches, old, state.trails, strict=True):
        ring[: source.size] = np.roll(source, -int(trail["first"]))
        trail["first"] = 0
    return state.with_arrays(touches=touches)


def _grow_touched(state: State, need: int) -> State:
    size = max(state.touched.size + need, 2 * state.touched.size)
    return state.with_arrays(touched=_longer(state.touched, size))


def _grow_buffer(name: str) -> Callable[[State, int], State]:
    def enlarge(state: State, need: int) -> State:
        buffer: Records = getattr(state, name)
        size = max(
            min(2 * buffer.size, ENOUGH), need + int(state.clock[f"n_{name}"][0])
        )
        return state.with_arrays(**{name: _longer(buffer, size)})

    return enlarge


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


ENLARGE: dict[Status, Callable[[State, int], State]] = {
    Status.GROW_LEVELS: _grow_levels,
    Status.GROW_ORDERS: _grow_orders,
    Status.GROW_OUTBOX: _grow_outbox,
    Status.GROW_BATCH: _grow_batch,
    Status.GROW_RUNS: _grow_runs,
    Status.GROW_TAKERS: _grow_takers,
    Status.GROW_LINE: _grow_line,
    Status.GROW_FLIGHTS: _grow_flights,
    Status.GROW_TOUCHED: _grow_touched,
    Status.GROW_TRAILS: _grow_trails,
    Status.GROW_TAKEN: _grow_taken,
    Status.GROW_REPORTS: _grow_reports,
    Status.GROW_QUEUES: _grow_queues,
    Status.GROW_TERMS: _grow_terms,
    Status.GROW_REPLACES: _grow_replaces,
    Status.GROW_REFUSED: _grow_refused,
    Status.GROW_FILLS: _grow_buffer("fills"),
    Status.GROW_HISTORY: _grow_buffer("history"),
    Status.GROW_MARKS: _grow_buffer("marks"),
}
#: What `grow` can help with.
GROWABLE = ENLARGE.keys()
