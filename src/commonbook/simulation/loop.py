"""Run a setup over a tape: the one place where Python and the compiled loop meet."""

from collections.abc import Callable

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Status
from commonbook.core.errors import RunError
from commonbook.core.state import State
from commonbook.results.schema import RawRun
from commonbook.simulation.advance import advance
from commonbook.simulation.build import START, build_state
from commonbook.simulation.grow import GROWABLE, grow
from commonbook.simulation.setup import Setup

#: Events between two returns to Python: keeps progress and Ctrl-C alive.
CHUNK = 1_000_000


class _Buffers:
    """Collect what a run writes, a piece at a time."""

    def __init__(self) -> None:
        self.fills: list[Records] = []
        self.orders: list[Records] = []
        self.marks: list[Records] = []

    def drain(self, state: State) -> None:
        """Move everything settled out of the run's buffers."""
        clock = state.clock
        self.fills.append(state.fills[: clock["n_fills"][0]].copy())
        self.orders.append(state.history[: clock["n_history"][0]].copy())
        self.marks.append(state.marks[: clock["n_marks"][0]].copy())
        clock["n_fills"] = clock["n_settled"] = 0
        clock["n_history"] = clock["n_marks"] = 0


def simulate(
    events: Records,
    setup: Setup,
    say: Callable[[str, int, int], None] | None = None,
    *,
    chunk: int = CHUNK,
    start: int = START,
) -> RawRun:
    """
    Run portfolios over a tape.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, ordered by time, each packet closed.
    setup : Setup
        What runs.
    say : callable, optional
        Told how many events of how many are done.
    chunk : int, default 1_000_000
        Events between two returns to Python; changes no result.
    start : int, default 256
        Entries that the pools begin with; changes no result.

    Returns
    -------
    RawRun
        Everything that happened.

    Raises
    ------
    RunError
        If money leaves the range of 64-bit integers, or an invariant of the engine
        fails.
    """
    state = simulate_state(events, setup, say, chunk=chunk, start=start)
    return state[1]


def simulate_state(
    events: Records,
    setup: Setup,
    say: Callable[[str, int, int], None] | None = None,
    *,
    chunk: int = CHUNK,
    start: int = START,
) -> tuple[State, RawRun]:
    """
    Run portfolios over a tape and keep the final state, for tests that look inside.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, ordered by time, each packet closed.
    setup : Setup
        What runs.
    say : callable, optional
        Told how many events of how many are done.
    chunk : int, default 1_000_000
        Events between two returns to Python; changes no result.
    start : int, default 256
        Entries that the pools begin with; changes no result.

    Returns
    -------
    state : State
        The arrays at the end.
    raw : RawRun
        Everything that happened.

    Raises
    ------
    RunError
        If money leaves the range of 64-bit integers, or an invariant of the engine
        fails.
    """
    events = events.view()
    events.flags.writeable = False  # mapped tapes are; one compiled version serves both
    n_events = events.size
    state = build_state(events, setup, start)
    buffers = _Buffers()
    stop = min(chunk, n_events)
    while True:
        status = advance(state, events, stop)
        if status == Status.FINISHED:
            break
        if status == Status.CHUNK_END:
            buffers.drain(state)
            stop = min(stop + chunk, n_events)
            if say is not None:
                say("replaying", int(state.clock["pos"][0]), n_events)
        elif status in GROWABLE:
            buffers.drain(state)
            state = grow(state, status)
        else:
            raise RunError(_complaint(status, state))
    buffers.drain(state)
    if say is not None:
        say("replaying", n_events, n_events)
    return state, _raw_run(events, setup, state, buffers)


def _raw_run(events: Records, setup: Setup, state: State, buffers: _Buffers) -> RawRun:
    clock = state.clock
    orders = np.concatenate(buffers.orders)
    counters = {
        name.removeprefix("work_"): int(clock[name][0])
        for name in clock.dtype.names or ()
        if name.startswith("work_")
    }
    return RawRun(
        instruments=setup.instruments,
        lanes=setup.lanes,
        fills=np.concatenate(buffers.fills),
        orders=orders[np.lexsort((orders["order_id"], orders["portfolio"]))],
        marks=np.concatenate(buffers.marks),
        first_ts=int(events["ts"][0]),
        last_ts=int(events["ts"][-1]),
        equity_interval=setup.equity_interval,
        counters={"events": events.size, **counters},
    )


def _complaint(status: int, state: State) -> str:
    clock = state.clock
    now = np.datetime64(int(clock["now"][0]), "ns")
    if status == Status.OVERFLOW:
        return (
            f"at {now}: a price times a quantity, or a sum of money, does not fit "
            "64-bit integers; use a larger lot_size or tick_size, or smaller orders"
        )
    return (
        f"at {now}: the engine broke one of its own rules (status {status}); "
        "please report this"
    )
