"""
Who wakes when: common timers for regular wakes, a heap for the others, ears for events.

The heap has at most one entry for a portfolio: the earliest time at which anything but
a common timer or an event wakes it.
"""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Wake
from commonbook.core.heap import drop_entry, put_entry
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.simulation.visible import (
    HEARD,
    end_of_packet,
    horizon,
    visible_at,
)

TRADE = int(Action.TRADE)
TIMER_WAKE = int(Wake.TIMER)
BOOK_WAKE = int(Wake.BOOK)
TRADE_WAKE = int(Wake.TRADE)
REPORT_WAKE = int(Wake.REPORT)

#: After all times.
NEVER = 1 << 62

#: Rounds of one time in which a portfolio may wake.
MAX_ROUNDS = 1_000


@kernel
def set_wake(s: State, portfolio: int, ts: int) -> None:
    """
    Set the time of a portfolio's entry in the heap.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.
    ts : int
        Time (ns); ``NEVER`` removes the entry.
    """
    clock = s.clock[0]
    n = int(clock["n_heap"])
    if ts == NEVER:
        clock["n_heap"] = drop_entry(s.heap, s.portfolios, n, portfolio)
    else:
        clock["n_heap"] = put_entry(s.heap, s.portfolios, n, ts, 0, portfolio)


@kernel
def schedule(s: State, portfolio: int) -> None:
    """
    Set the next time at which a portfolio wakes by itself or by a report.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.
    """
    owner = s.portfolios[portfolio]
    ts = NEVER
    if owner["stopped"] == 0:
        if s.strategies[portfolio]["next_ts"] >= 0:
            ts = int(s.strategies[portfolio]["next_ts"])
        if owner["wakes"] & REPORT_WAKE and owner["first_report"] >= 0:
            ts = min(ts, int(s.reports[int(owner["first_report"])]["ts"]))
    if ts != NEVER or owner["heap_place"] >= 0:
        set_wake(s, portfolio, ts)


@kernel
def gather_due(s: State, events: Records, now: int) -> None:
    """
    List the portfolios that wake now, and set their timers on.

    Parameters
    ----------
    s : State
        ``due`` and ``CLOCK.n_due`` receive the portfolios; changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    now : int
        Time (ns).
    """
    clock = s.clock[0]
    clock["round"] += 1
    for t in range(s.timers.shape[0]):
        timer = s.timers[t]
        if timer["next_ts"] <= now:
            first = int(timer["first"])
            for m in range(first, first + int(timer["count"])):
                _make_due(s, int(s.members[m]), TIMER_WAKE, now)
            timer["next_ts"] += timer["every"]
    while clock["n_heap"] > 0 and s.heap[0]["ts"] <= now:
        portfolio = int(s.heap[0]["owner"])
        reason = 0
        if 0 <= s.strategies[portfolio]["next_ts"] <= now:
            reason = TIMER_WAKE
            s.strategies[portfolio]["next_ts"] = -1
        first_report = int(s.portfolios[portfolio]["first_report"])
        if first_report >= 0 and s.reports[first_report]["ts"] <= now:
            reason |= REPORT_WAKE
        set_wake(s, portfolio, NEVER)
        _make_due(s, portfolio, reason, now)
    for view in range(s.views.shape[0]):
        if s.views[view]["next_ts"] <= now:
            _hear(s, events, view, now)


@kernel
def _make_due(s: State, portfolio: int, reason: int, now: int) -> None:
    """List a portfolio once for each round, with every reason it has to wake."""
    clock = s.clock[0]
    owner = s.portfolios[portfolio]
    if owner["stopped"] == 1:
        return
    if owner["round"] == clock["round"]:
        owner["reasons"] |= reason
        return
    owner["round"] = clock["round"]
    owner["reasons"] = reason
    if owner["rounds_ts"] != now:
        owner["rounds_ts"] = now
        owner["rounds"] = 0
    owner["rounds"] += 1
    s.due[clock["n_due"]] = portfolio
    clock["n_due"] += 1


@kernel
def _hear(s: State, events: Records, view: int, now: int) -> None:
    """Wake those whose events became visible; find the next event anyone waits for."""
    entry = s.views[view]
    stop, seen = horizon(s, events, view, HEARD, now)
    n_instruments = s.mids.shape[0]
    for instrument in range(n_instruments):
        s.heard[view, instrument] = 0
    pos = int(entry["heard"])
    while pos < stop and events[pos]["ts"] <= seen:
        bit = TRADE_WAKE if events[pos]["action"] == TRADE else BOOK_WAKE
        s.heard[view, int(events[pos]["instrument"])] |= bit
        pos += 1
    entry["heard"] = pos
    first = int(entry["first"])
    for m in range(first, first + int(entry["count"])):
        portfolio = int(s.listeners[m])
        reason = 0
        for instrument in range(n_instruments):
            reason |= s.heard[view, instrument] & s.ears[portfolio, instrument]
        if reason != 0:
            _make_due(s, portfolio, reason, now)
    if entry["rule"] >= 0:
        entry["next_ts"] = _next_heard(s, events, view)
        return
    while pos < events.shape[0]:
        if _waits_for(s, events, view, pos):
            entry["next_ts"] = events[pos]["ts"] + entry["feed_delay"]
            return
        pos += 1
    entry["next_ts"] = NEVER


@kernel
def _waits_for(s: State, events: Records, view: int, pos: int) -> bool:
    """Say whether anyone on a view waits for an event."""
    bit = TRADE_WAKE if events[pos]["action"] == TRADE else BOOK_WAKE
    return bool(s.view_ears[view, int(events[pos]["instrument"])] & bit)


@kernel
def _next_heard(s: State, events: Records, view: int) -> int:
    """Find when anyone on a view whose delay varies wakes for an event."""
    sight = s.sights[view, HEARD]
    pos, number = int(sight["pos"]), int(sight["packet"])
    visible = int(sight["last"])
    while pos < events.shape[0]:
        visible = visible_at(s, view, number, int(events[pos]["ts"]), visible)
        stop = end_of_packet(events, pos)
        while pos < stop:
            if _waits_for(s, events, view, pos):
                return visible
            pos += 1
        number += 1
    return NEVER


@kernel
def hear_the_rest(s: State, events: Records, view: int, now: int) -> None:
    """
    Let a view have heard everything that is visible now.

    What it has not heard when its listeners wake is of no concern to any of them; it
    is counted all the same, so that what one of them can look back at does not depend
    on who else listens.

    Parameters
    ----------
    s : State
        Changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    view : int
        Which view.
    now : int
        Time (ns).
    """
    entry = s.views[view]
    stop, seen = horizon(s, events, view, HEARD, now)
    pos = int(entry["heard"])
    while pos < stop and events[pos]["ts"] <= seen:
        pos += 1
    entry["heard"] = pos


@kernel
def next_time(s: State) -> int:
    """
    Find when something other than a packet is due.

    Parameters
    ----------
    s : State
        Read only.

    Returns
    -------
    int
        Time (ns).
    """
    clock = s.clock[0]
    ts = min(int(clock["next_sample"]), int(clock["next_close"]))
    for t in range(s.timers.shape[0]):
        ts = min(ts, int(s.timers[t]["next_ts"]))
    if clock["n_heap"] > 0:
        ts = min(ts, int(s.heap[0]["ts"]))
    for view in range(s.views.shape[0]):
        ts = min(ts, int(s.views[view]["next_ts"]))
    for f in range(clock["n_steady"]):
        flight = s.flights[f]
        if flight["count"] > 0:
            ts = min(ts, int(s.rings[f, int(flight["head"])]["ts"]))
    if clock["n_arrivals"] > 0:
        ts = min(ts, int(s.arrivals[0]["ts"]))
    if clock["n_expiries"] > 0:
        ts = min(ts, int(s.expiries[0]["ts"]))
    return ts
