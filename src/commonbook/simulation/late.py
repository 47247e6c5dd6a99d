"""What scripts send when the data has ended: orders that are refused."""

from commonbook.core.enums import Status, StrategyKind
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.simulation.room import OK, room_for_sends
from commonbook.simulation.settle import settle
from commonbook.strategy.scripted import send_entry

SCRIPTED = int(StrategyKind.SCRIPTED)
OVERFLOW = int(Status.OVERFLOW)


@kernel
def refuse_late_orders(s: State) -> int:
    """
    Refuse the orders of scripts that are for a time after the data.

    Parameters
    ----------
    s : State
        Changed in place; from now on every order is refused.

    Returns
    -------
    int
        ``OK``, ``OVERFLOW`` when money left 64 bits, or the Status that asks Python for
        more room; then it goes on where it stopped.
    """
    clock = s.clock[0]
    clock["over"] = 1
    for portfolio in range(s.portfolios.shape[0]):
        owner = s.portfolios[portfolio]
        if owner["strategy"] != SCRIPTED or owner["stopped"] == 1:
            continue
        state = s.strategies[portfolio]
        while state["cursor"] < state["last"]:
            status = room_for_sends(s, 1, 0)
            if status != OK:
                return status
            clock["now"] = s.scripts[int(state["cursor"])]["at"]
            send_entry(s, portfolio, int(state["cursor"]))
            state["cursor"] += 1
            if not settle(s):
                return OVERFLOW
    clock["now"] = clock["end_ts"]
    return OK
