"""Make sure of room before a step, so that no step is ever left half done."""

from commonbook.core.enums import Status
from commonbook.core.jit import kernel
from commonbook.core.state import State

OK = -1  # there is room

GROW_RUNS = int(Status.GROW_RUNS)
GROW_BATCH = int(Status.GROW_BATCH)
GROW_ORDERS = int(Status.GROW_ORDERS)
GROW_TERMS = int(Status.GROW_TERMS)
GROW_REPLACES = int(Status.GROW_REPLACES)
GROW_REFUSED = int(Status.GROW_REFUSED)
GROW_OUTBOX = int(Status.GROW_OUTBOX)
GROW_REPORTS = int(Status.GROW_REPORTS)
GROW_QUEUES = int(Status.GROW_QUEUES)
GROW_FILLS = int(Status.GROW_FILLS)
GROW_HISTORY = int(Status.GROW_HISTORY)
GROW_MARKS = int(Status.GROW_MARKS)
GROW_LINE = int(Status.GROW_LINE)
GROW_TAKERS = int(Status.GROW_TAKERS)


@kernel
def room_for(s: State, fills: int, ends: int, joins: int) -> int:
    """
    Check that the next step cannot run out of room.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    fills : int
        Most fills of the step.
    ends : int
        Most orders that it ends, or takes size off.
    joins : int
        Most orders that join a queue, or come to a queue position of their own.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    need = fills + ends + joins + 1
    clock["need"] = need
    if s.fills.shape[0] - clock["n_fills"] < fills:
        return GROW_FILLS
    status = room_for_ends(s, ends)
    if status != OK:
        return status
    clock["need"] = need
    if clock["left_reports"] < need:
        return GROW_REPORTS
    if clock["left_queues"] <= joins:
        return GROW_QUEUES
    return OK


@kernel
def room_for_ends(s: State, ends: int) -> int:
    """
    Check that orders can end of which no portfolio will learn.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    ends : int
        Most orders that end.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    clock["need"] = ends + 1
    if s.history.shape[0] - clock["n_history"] < ends:
        return GROW_HISTORY
    if s.marks.shape[0] - clock["n_marks"] < s.last_marks.shape[0]:
        return GROW_MARKS
    return OK


@kernel
def room_for_sends(s: State, sends: int, cancels: int) -> int:
    """
    Check that strategies can send without running out of room.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    sends : int
        Most messages that they send.
    cancels : int
        Most orders that are cancelled besides, when somebody is stopped.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    clock["need"] = sends
    if clock["left_orders"] < sends:
        return GROW_ORDERS
    if clock["left_terms"] < sends:
        return GROW_TERMS
    if clock["left_replaces"] < sends:
        return GROW_REPLACES
    refused = int(clock["n_refused"]) + sends
    if s.refused.shape[0] < refused:
        clock["need"] = refused
        return GROW_REFUSED
    messages = int(clock["n_outbox"]) + sends + cancels
    if s.outbox.shape[0] < messages:
        clock["need"] = messages
        return GROW_OUTBOX
    return room_for(s, 0, int(clock["n_ended"] + clock["n_refused"]) + sends, 0)


@kernel
def room_to_gather(s: State, runs: int, messages: int) -> int:
    """
    Check that messages can be put into tie order.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    runs : int
        Runs of messages.
    messages : int
        All messages.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    if runs > s.runs.shape[1]:
        clock["need"] = runs
        return GROW_RUNS
    if messages > s.batch.shape[0]:
        clock["need"] = messages
        return GROW_BATCH
    refused = int(clock["n_refused"] + clock["n_asked"])
    if refused > s.refused.shape[0]:
        clock["need"] = refused
        return GROW_REFUSED
    return OK


@kernel
def room_to_share(s: State, orders: int) -> int:
    """
    Check that orders which rest side by side can be listed.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when the list is too short.
    orders : int
        Most of them.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    if s.joined.shape[0] > 0 and s.work.shape[1] < orders:
        s.clock[0]["need"] = orders
        return GROW_TAKERS
    return OK


@kernel
def room_for_line(s: State, instrument: int, orders: int) -> int:
    """
    Check that all who stand at a price of an instrument can be listed.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when the list is too short.
    instrument : int
        Instrument.
    orders : int
        Most own orders of one engine at one price.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    if s.matchings[instrument, 0]["pro_rata"] == 0:
        return OK
    named = max(
        int(s.books[instrument, 0]["n_orders"]), int(s.books[instrument, 1]["n_orders"])
    )
    need = named + 2 * orders + 1
    if s.line.shape[0] < need:
        s.clock[0]["need"] = need
        return GROW_LINE
    return OK
