"""Run a setup over a tape: the one place where Python and the compiled loop meet."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY, Records
from commonbook.core.enums import Status
from commonbook.core.errors import RunError
from commonbook.core.jit import entry_point
from commonbook.core.limits import MAX_TICKS
from commonbook.core.pages import give_back
from commonbook.core.state import State
from commonbook.results.schema import LaneInfo, Named, RawRun, Stopped
from commonbook.simulation.advance import advance
from commonbook.simulation.build import START, build_state
from commonbook.simulation.check import check_accounts
from commonbook.simulation.grow import GROWABLE, grow
from commonbook.simulation.ordering import (
    RankedOrders,
    in_canonical_order,
    merge_orders,
    only_changes,
    rank_orders,
)
from commonbook.simulation.parallel import split
from commonbook.simulation.piles import Pile
from commonbook.simulation.python_wakes import PythonWakes
from commonbook.simulation.setup import Setup

#: Events between two returns to Python: keeps progress and Ctrl-C alive.
CHUNK = 1_000_000

#: Told what is being done, how much of it is done, and of how much in all.
Progress: TypeAlias = Callable[[str, int, int], None]


class _Output:
    """What a run writes."""

    def __init__(self) -> None:
        self.fills = Pile(FILL)
        self.orders = Pile(ORDER_HISTORY)
        self.marks = Pile(MARK)

    def drain(self, state: State) -> None:
        """Move everything settled out of the run's buffers."""
        clock = state.clock
        self.fills.add(state.fills[: clock["n_fills"][0]])
        self.orders.add(state.history[: clock["n_history"][0]])
        self.marks.add(state.marks[: clock["n_marks"][0]])
        clock["n_fills"] = clock["n_settled"] = 0
        clock["n_history"] = clock["n_marks"] = 0


def simulate(
    events: Records,
    setup: Setup,
    say: Progress | None = None,
    *,
    threads: int = 1,
    chunk: int = CHUNK,
    start: int = START,
) -> RawRun:
    """
    Run portfolios over a tape.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, ordered by time, each packet closed; not empty.
    setup : Setup
        What runs.
    say : callable, optional
        Told what is being done, how much of it is done, and of how much in all.
    threads : int, default 1
        Most threads. Engines that never meet are spread over them; no result depends on
        their number.
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
        If money leaves the range of 64-bit integers, or the engine breaks one of its
        own rules.
    """
    events = events.view()
    events.flags.writeable = False  # mapped tapes are; one compiled version serves both
    parts = split(setup, max(1, threads))
    indices = [numbers for _, numbers in parts]

    def run(place: int) -> Part:
        told = say if place == 0 else None
        return run_part(events, parts[place][0], told, chunk=chunk, start=start)

    if len(parts) == 1:
        done = [run(0)]
        fills = _merge_fills(done, indices, setup)
        orders = merge_orders([ran.orders for ran in done], indices)
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            done = list(pool.map(run, range(len(parts))))
            merged = pool.submit(_merge_fills, done, indices, setup)
            orders = merge_orders([ran.orders for ran in done], indices, pool.map)
            fills = merged.result()
    stopped: list[Stopped] = []
    named: dict[int, Named] = {}
    displaced = np.zeros((len(setup.engines), len(setup.instruments)), np.int64)
    for ran, (part, numbers) in zip(done, parts, strict=True):
        for portfolio, number in zip(part.portfolios, numbers, strict=True):
            engine = setup.portfolios[number].engine
            displaced[engine] = ran.state.displaced[portfolio.engine]
        stopped += [
            replace(s, portfolio=int(numbers[s.portfolio])) for s in ran.stopped
        ]
        named |= {int(numbers[names.portfolio]): names for names in ran.named}
    return RawRun(
        instruments=setup.instruments,
        lanes=tuple(_with_names(lane, named) for lane in setup.lanes),
        fills=fills,
        orders=orders,
        marks=only_changes([ran.marks for ran in done], len(setup.instruments)),
        first_ts=int(events["ts"][0]),
        last_ts=int(events["ts"][-1]),
        equity_interval=setup.equity_interval,
        counters=_counters(events, [ran.state for ran in done]),
        displaced=displaced,
        stopped=tuple(sorted(stopped, key=lambda s: s.portfolio)),
    )


def _merge_fills(
    done: Sequence["Part"], indices: Sequence[NDArray[np.int64]], setup: Setup
) -> Records:
    """Put the fills of all parts in one order, under the numbers of the whole."""
    crosses = 0  # of the parts before
    for ran, numbers in zip(done, indices, strict=True):
        for fills in ran.fills.blocks():
            fills["portfolio"] = numbers[fills["portfolio"]]
            inside = fills["counterparty"] >= 0
            fills["counterparty"][inside] = numbers[fills["counterparty"][inside]]
            fills["cross_id"][fills["cross_id"] > 0] += crosses
        blocks = ran.fills.blocks()
        crosses = max([crosses, *(int(fills["cross_id"].max()) for fills in blocks)])
    return in_canonical_order([ran.fills for ran in done], setup)


def _with_names(lane: LaneInfo, named: Mapping[int, Named]) -> LaneInfo:
    """Let the results name orders as strategies in plain Python called them."""
    portfolios = tuple(
        replace(p, client_ids=names.client_ids, parents=names.parents)
        if (names := named.get(p.index))
        else p
        for p in lane.portfolios
    )
    return replace(lane, portfolios=portfolios)


@dataclass(frozen=True)
class Part:
    """
    What one thread has run.

    Parameters
    ----------
    state : State
        The arrays at the end.
    fills : Pile of FILL
        Its fills, in order of occurrence.
    orders : RankedOrders
        Its orders.
    marks : Pile of MARK
        The mids for valuation, in order of time.
    stopped : list of Stopped
        Portfolios that were stopped, by their numbers in this part.
    named : list of Named
        What portfolios call their orders.
    """

    state: State
    fills: Pile
    orders: RankedOrders
    marks: Pile
    stopped: list[Stopped]
    named: list[Named]


def run_part(
    events: Records,
    setup: Setup,
    say: Progress | None = None,
    *,
    chunk: int = CHUNK,
    start: int = START,
) -> Part:
    """
    Run one setup in this thread.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, read-only.
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
    Part
        The arrays at the end, and what was written.

    Raises
    ------
    RunError
        If the run had to stop.
    """
    state = build_state(events, setup, start)
    python = PythonWakes(events, setup, state)
    # Strategies in plain Python enter the loop anew at each of their wakes.
    enter = entry_point(advance, state, events, chunk)
    output = _Output()
    n_events = events.size
    done, ended = 0, False
    stop = min(chunk, n_events)
    while True:
        status = enter(state, events, stop)
        if status == Status.CALL_PYTHON:
            state = python.wake(state)
        elif status == Status.FINISHED and not ended:
            state, ended = python.end(state), True  # once more, for what it has sent
        elif status == Status.FINISHED:
            break
        elif status == Status.CHUNK_END:
            output.drain(state)
            give_back(events, done, stop)
            done, stop = stop, min(stop + chunk, n_events)
            if say is not None:
                say("replaying", done, n_events)
        elif status in GROWABLE:
            output.drain(state)
            state = grow(state, status)
        else:
            raise RunError(_complaint(status, state))
    output.drain(state)
    check_accounts(state, setup, output.fills.blocks())
    if say is not None:
        say("replaying", n_events, n_events)
    orders = rank_orders(output.orders, len(setup.portfolios))
    stopped, named = python.stopped(state), python.named()
    return Part(state, output.fills, orders, output.marks, stopped, named)


def _counters(events: Records, states: list[State]) -> dict[str, int]:
    """Add up how much work the parts did."""
    # Prints and mentions are counted where they meet something of ours, so their
    # numbers depend on how the run was split.
    names = ["packets", "batches", "messages", "wakes", "nettings", "too_late"]
    counters = {
        name: sum(int(state.clock[f"work_{name}"][0]) for state in states)
        for name in names
    }
    counters["packets"] //= len(states)  # each part replays all of them
    return {"events": events.size, **counters}


def _complaint(status: int, state: State) -> str:
    clock = state.clock
    now = np.datetime64(int(clock["now"][0]), "ns")
    if status == Status.OVERFLOW:
        return (
            f"at {now}: a price times a quantity, or a sum of money, does not fit "
            "64-bit integers; use a larger lot_size or tick_size, or smaller orders"
        )
    if status == Status.BEYOND:
        return (
            f"at {now}: a quote at {int(clock['beyond'][0])} ticks; prices have at "
            f"most {MAX_TICKS}, use a larger tick_size, or quote nearer to the mid"
        )
    return (
        f"at {now}: the engine broke one of its own rules (status {status}); "
        "please report this"
    )
