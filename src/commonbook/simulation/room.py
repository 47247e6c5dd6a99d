"""Make sure of room before a step, so that no step is ever left half done."""

from commonbook.core.enums import Status
from commonbook.core.jit import kernel
from commonbook.core.state import State

OK = -1  # there is room

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
    clock["need"] = fills + live
    if s.fills.shape[0] - clock["n_fills"] < fills:
        return GROW_FILLS
    if s.history.shape[0] - clock["n_history"] < live:
        return GROW_HISTORY
    if clock["left_reports"] < fills + live:
        return GROW_REPORTS
    # Each living order may join a queue, or move to a position of its own.
    if clock["left_queues"] <= live:
        return GROW_QUEUES
    if s.marks.shape[0] - clock["n_marks"] < s.last_marks.shape[0]:
        return GROW_MARKS
    return OK
