"""The event loop as Python calls it: run, and say why it stopped."""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Phase, Status
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.simulation.agenda import run_agenda
from commonbook.simulation.events import run_packets
from commonbook.simulation.late import refuse_late_orders
from commonbook.simulation.packet_end import finish_packet
from commonbook.simulation.room import OK
from commonbook.simulation.settle import expire_all

PACKETS = int(Phase.PACKETS)
RECONCILE = int(Phase.RECONCILE)
GATHER = int(Phase.GATHER)
CHUNK_END = int(Status.CHUNK_END)
FINISHED = int(Status.FINISHED)
BROKEN = int(Status.BROKEN)
BEYOND = int(Status.BEYOND)


@kernel
def advance(s: State, events: Records, stop: int) -> int:
    """
    Run the simulation up to an event of the tape, or to the end of the data.

    Parameters
    ----------
    s : State
        Changed in place; after a ``GROW`` status it is entered again as it is, with
        larger arrays.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    stop : int
        One past the last event of the chunk.

    Returns
    -------
    int
        Status.
    """
    clock = s.clock[0]
    while True:
        status = OK
        if clock["phase"] == RECONCILE:
            status = finish_packet(s)
        elif clock["phase"] == PACKETS:
            status = run_packets(s, events, stop)
            if status == CHUNK_END and stop == events.shape[0]:
                status = _after_the_last(s)
        else:
            status = run_agenda(s, events)
        if clock["broken"] == 1:
            return BROKEN
        if clock["beyond"] != 0:
            return BEYOND
        if status != OK:
            return status


@kernel
def _after_the_last(s: State) -> int:
    """Run what is due up to the last packet's time, then end everything."""
    clock = s.clock[0]
    if clock["next_ts"] <= clock["end_ts"] and clock["expire_pos"] == 0:
        clock["now"] = clock["next_ts"]
        clock["phase"] = GATHER
        return OK
    status = expire_all(s)
    if status == OK:
        status = refuse_late_orders(s)
    return FINISHED if status == OK else status
