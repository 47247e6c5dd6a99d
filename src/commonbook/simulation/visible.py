"""When packets become visible where the feed delay varies; none overtakes another."""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Flag, Leg
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.simulation.transit import delay_of

LAST = int(Flag.LAST)
FEED = int(Leg.FEED)

#: Rows of ``sights``: what is in the view's books, and what its listeners have heard.
SEEN, HEARD = 0, 1

#: After all times.
_NEVER = 1 << 62


@kernel
def horizon(
    s: State, events: Records, view: int, row: int, now: int
) -> tuple[int, int]:
    """
    Find how far a view sees.

    Parameters
    ----------
    s : State
        The view's sight is moved on in place, where its delay varies.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    view : int
        Which view.
    row : int
        ``SEEN`` or ``HEARD``.
    now : int
        Time (ns).

    Returns
    -------
    stop : int
        It sees no event from this one on,
    ts : int
        and none that is later than this (ns).
    """
    entry = s.views[view]
    if entry["rule"] < 0:
        return events.shape[0], now - int(entry["feed_delay"])
    sight = s.sights[view, row]
    pos = int(sight["pos"])
    while pos < events.shape[0]:
        if sight["visible"] < 0:
            number, last = int(sight["packet"]), int(sight["last"])
            ts = int(events[pos]["ts"])
            sight["visible"] = visible_at(s, view, number, ts, last)
        if sight["visible"] > now:
            break
        pos = end_of_packet(events, pos)
        sight["packet"] += 1
        sight["last"] = sight["visible"]
        sight["visible"] = -1
    sight["pos"] = pos
    return pos, _NEVER


@kernel
def visible_at(s: State, view: int, number: int, ts: int, last: int) -> int:
    """
    Say when a packet becomes visible.

    Parameters
    ----------
    s : State
        Read only.
    view : int
        To which view; its delay varies.
    number : int
        How many packets came before it.
    ts : int
        Its time (ns).
    last : int
        When the packet before it became visible (ns).

    Returns
    -------
    int
        Time (ns).
    """
    entry = s.views[view]
    rule, name = int(entry["rule"]), int(entry["name_hash"])
    return max(last, ts + delay_of(s, rule, name, FEED, number, ts))


@kernel
def end_of_packet(events: Records, pos: int) -> int:
    """
    Find where a packet ends.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    pos : int
        An event of the packet.

    Returns
    -------
    int
        One past its last event.
    """
    while pos + 1 < events.shape[0] and not events[pos]["flags"] & LAST:
        pos += 1
    return pos + 1
