"""Strategies decide: who is due learns what has reached it, sees its book, and acts."""

from commonbook.book.replay import Books, replay_until
from commonbook.core.dtypes import Records
from commonbook.core.enums import Brief, Status, StrategyKind
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.simulation.learn import learn
from commonbook.simulation.room import OK, room_for, room_for_sends
from commonbook.simulation.settle import sample_marks, settle
from commonbook.simulation.visible import SEEN, horizon
from commonbook.simulation.wakes import (
    MAX_ROUNDS,
    gather_due,
    hear_the_rest,
    schedule,
)
from commonbook.strategy.brief import EVENT_WAKES, write_brief
from commonbook.strategy.requests import stop_portfolio
from commonbook.strategy.wake import wake

CALL_PYTHON = int(Status.CALL_PYTHON)
OVERFLOW = int(Status.OVERFLOW)
PYTHON = int(StrategyKind.PYTHON)
FIRST_TOLD = int(Brief.FIRST_TOLD)
LAST_TOLD = int(Brief.LAST_TOLD)


@kernel
def run_wakes(s: State, events: Records) -> int:
    """
    Wake every portfolio that is due, each with what it knows and sees now.

    Strategies in plain Python are only briefed.

    Parameters
    ----------
    s : State
        Changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.

    Returns
    -------
    int
        ``OK``, ``CALL_PYTHON`` when `CLOCK.n_briefs` strategies are to be called,
        ``OVERFLOW``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    now = int(clock["now"])
    if clock["n_due"] == 0:
        status = room_for(s, 0, 0, 0)
        if status != OK:
            return status
        _sample_if_due(s)
        gather_due(s, events, now)
        clock["n_outbox"] = 0
        clock["n_told"] = 0
    while clock["due_pos"] < clock["n_due"]:
        portfolio = int(s.due[clock["due_pos"]])
        owner = s.portfolios[portfolio]
        status = room_for_sends(s, int(owner["max_sends"]), int(owner["n_mine"]))
        if status != OK:
            return status
        _wake_one(s, events, portfolio, now)
        clock["due_pos"] += 1
    clock["work_wakes"] += clock["n_due"]
    clock["n_due"] = 0
    clock["due_pos"] = 0
    if not settle(s):
        return OVERFLOW
    return CALL_PYTHON if clock["n_briefs"] > 0 else OK


@kernel
def _wake_one(s: State, events: Records, portfolio: int, now: int) -> None:
    """Let one portfolio learn, see and act; one in plain Python is only briefed."""
    clock = s.clock[0]
    owner = s.portfolios[portfolio]
    first_told = int(clock["n_told"])
    if owner["first_report"] >= 0:
        learn(s, portfolio, now)
    if owner["view"] > 0:
        _advance_view(s, events, int(owner["view"]), now)
    if owner["wakes"] & EVENT_WAKES:
        hear_the_rest(s, events, int(owner["view"]), now)
    if owner["rounds"] > MAX_ROUNDS:
        owner["too_many_rounds"] = 1
        stop_portfolio(s, portfolio)
    elif owner["strategy"] == PYTHON:
        brief = s.briefs[clock["n_briefs"]]
        clock["n_briefs"] += 1
        write_brief(s, portfolio, brief)
        brief[FIRST_TOLD] = first_told
        brief[LAST_TOLD] = clock["n_told"]
        return
    else:
        wake(s, portfolio)
    schedule(s, portfolio)


@kernel
def take_over(s: State) -> bool:
    """
    Go on after strategies in plain Python have been called.

    Parameters
    ----------
    s : State
        Changed in place.

    Returns
    -------
    bool
        False when money left 64 bits.
    """
    clock = s.clock[0]
    booked = settle(s)
    for i in range(clock["n_briefs"]):
        schedule(s, int(s.briefs[i, 0]))
    clock["n_briefs"] = 0
    return booked


@kernel
def _sample_if_due(s: State) -> None:
    """Record the mids at regular times and where fills wait for them."""
    clock = s.clock[0]
    if clock["mark_due"] == 1:
        sample_marks(s)
        clock["mark_due"] = 0
    if clock["next_sample"] <= clock["now"]:
        sample_marks(s)
        clock["next_sample"] += clock["sample_every"]


@kernel
def _advance_view(s: State, events: Records, view: int, now: int) -> None:
    """Bring a delayed copy of the books to what is visible now."""
    entry = s.views[view]
    pos = int(entry["pos"])
    stop, seen = horizon(s, events, view, SEEN, now)
    if pos < stop and events[pos]["ts"] <= seen:
        books = Books(s.ladder, s.books, s.far, s.own, s.tape[view])
        row = view * s.mids.shape[0]
        entry["pos"] = replay_until(books, events, pos, stop, seen, row)
