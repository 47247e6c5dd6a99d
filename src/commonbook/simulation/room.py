"""Make sure of room before a step, so that no step is ever left half done."""

from commonbook.core.enums import Status
from commonbook.core.jit import kernel
from commonbook.core.state import State

OK = -1  # there is room

GROW_ORDERS = int(Status.GROW_ORDERS)
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
    clock = s.clock[0]
    live = s.orders.shape[0] - int(clock["left_orders"])
    live += sends
    # A report of each fill; of each order that it rests and that it has ended.
    clock["need"] = fills + 2 * live
    if s.fills.shape[0] - clock["n_fills"] < fills:
        return GROW_FILLS
    if s.history.shape[0] - clock["n_history"] < live:
        return GROW_HISTORY
    if clock["left_reports"] < fills + 2 * live:
        return GROW_REPORTS
    # Each living order may join a queue, or move to a position of its own.
    if clock["left_queues"] <= live:
        return GROW_QUEUES
    if s.marks.shape[0] - clock["n_marks"] < s.last_marks.shape[0]:
        return GROW_MARKS
    return OK


@kernel
def room_for_sends(s: State, sends: int) -> int:
    """
    Check that strategies can send, and be stopped, without running out of room.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.
    sends : int
        Most messages of the wakes.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    live = s.orders.shape[0] - int(clock["left_orders"])
    messages = int(clock["n_outbox"]) + 2 * sends + live
    clock["need"] = messages
    if clock["left_orders"] < sends or s.outbox.shape[0] < messages:
        return GROW_ORDERS
    return room_for(s, 0, sends)
