"""Orders that wait at their desk to be netted, and what is asked of them meanwhile."""

from commonbook.core.enums import OrderState, Reason, Status
from commonbook.core.jit import kernel
from commonbook.core.message_records import REPLACES
from commonbook.core.order_records import AT_DESK
from commonbook.core.state import State
from commonbook.execution.netting import could_cross, may_cross
from commonbook.execution.orders import end_order
from commonbook.execution.replaces import replace_at_desk, slot_of
from commonbook.execution.terms import new_terms
from commonbook.simulation.learn import release
from commonbook.simulation.room import OK, room_for, room_to_gather
from commonbook.simulation.wakes import NEVER

SENT = int(OrderState.SENT)
CANCELLED = int(OrderState.CANCELLED)
USER_CANCEL = int(Reason.USER_CANCEL)
STOPPED = int(Reason.STOPPED)
GROW_OUTBOX = int(Status.GROW_OUTBOX)
GROW_TERMS = int(Status.GROW_TERMS)
GROW_TAKERS = int(Status.GROW_TAKERS)


@kernel
def room_at_desks(s: State) -> int:
    """
    Check that all orders at the desks can be netted at once.

    Parameters
    ----------
    s : State
        ``CLOCK.need`` is set in place when something is too small.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    sent = int(clock["n_outbox"])
    most = sent + int(clock["n_waiting"])
    clock["need"] = most
    if s.outbox.shape[0] < most or s.waiting.shape[0] < most:
        return GROW_OUTBOX
    if clock["left_terms"] < sent:
        return GROW_TERMS
    status = room_to_gather(s, most, most)
    if status != OK:
        return status
    clock["need"] = most
    if s.work.shape[1] < most:
        return GROW_TAKERS
    return room_for(s, 2 * most, most + sent, 0)


@kernel
def hold_back(s: State) -> None:
    """
    Let orders wait at their desks, and let those go whose window closes now.

    Cancels and replaces of orders that wait act at once.

    Parameters
    ----------
    s : State
        Changed in place, there is room. In the outbox the orders that are let go come
        first, `CLOCK.n_released` of them, then what does not wait.
    """
    clock = s.clock[0]
    kept, gone = 0, 0
    for i in range(clock["n_outbox"]):
        sent = int(s.outbox[i])
        slot = slot_of(sent)
        order = s.orders[slot]
        if sent >= 0 and _waits(s, slot):
            _wait(s, slot)
        elif sent < 0 and order["journey"] == AT_DESK and order["state"] == SENT:
            gone += _change(s, sent, slot)
        else:
            s.outbox[kept] = sent
            kept += 1
    clock["n_outbox"] = kept
    clock["n_released"] = 0
    if gone > 0 or clock["next_close"] <= clock["now"]:
        _let_go(s)


@kernel
def _waits(s: State, slot: int) -> bool:
    """Say whether an order waits: it could be netted, and lives until then."""
    order = s.orders[slot]
    desk = int(s.portfolios[int(order["portfolio"])]["desk"])
    if desk < 0 or not may_cross(s, order):
        return False
    if order["terms"] >= 0:
        expires = int(s.terms[int(order["terms"])]["expires"])
        if 0 < expires <= _closes(s, desk, int(order["instrument"])):
            return False
    return could_cross(s, s.desks[desk], slot)


@kernel
def _closes(s: State, desk: int, instrument: int) -> int:
    """Say when the window of a desk closes, which may open now."""
    clock = s.clock[0]
    last = min(int(clock["now"] + s.desks[desk]["window"]), int(clock["end_ts"]))
    return min(last, int(s.windows[desk, instrument]))


@kernel
def _wait(s: State, slot: int) -> None:
    """Let an order wait at its desk; the first one opens the window."""
    clock = s.clock[0]
    order = s.orders[slot]
    desk, instrument = (
        int(s.portfolios[int(order["portfolio"])]["desk"]),
        int(order["instrument"]),
    )
    if order["terms"] < 0:
        new_terms(s, slot, 0, 0)  # they keep when it leaves
    order["journey"] = AT_DESK
    s.waiting[clock["n_waiting"]] = slot
    clock["n_waiting"] += 1
    s.windows[desk, instrument] = _closes(s, desk, instrument)
    clock["next_close"] = min(clock["next_close"], s.windows[desk, instrument])
    _count(s, slot, 1)


@kernel
def _count(s: State, slot: int, more: int) -> None:
    """Count an order that waits for the rate of its portfolio."""
    rate = int(s.portfolios[int(s.orders[slot]["portfolio"])]["rate"])
    if rate >= 0:
        s.rates[rate]["waiting"] += more


@kernel
def _change(s: State, sent: int, slot: int) -> int:
    """Cancel or replace an order that waits; 1 if that ends it."""
    order = s.orders[slot]
    if ~sent >= REPLACES:
        replace_at_desk(s, slot)
    else:
        stopped = s.portfolios[int(order["portfolio"])]["stopped"] == 1
        end_order(s, slot, CANCELLED, STOPPED if stopped else USER_CANCEL)
    release(s, slot)
    return 0 if order["state"] == SENT else 1


@kernel
def _let_go(s: State) -> None:
    """Put orders whose window closes into the outbox, in the order of sending."""
    clock = s.clock[0]
    n = int(clock["n_waiting"])
    due = 0
    for i in range(n):
        due += _is_due(s, int(s.waiting[i]))
    for i in range(clock["n_outbox"] - 1, -1, -1):
        s.outbox[i + due] = s.outbox[i]
    kept, released = 0, 0
    for i in range(n):
        slot = int(s.waiting[i])
        if _is_due(s, slot):
            s.outbox[released] = slot
            s.leave_times[int(s.orders[slot]["terms"])] = clock["now"]
            released += 1
        elif s.orders[slot]["state"] == SENT:
            s.waiting[kept] = slot
            kept += 1
            continue
        _count(s, slot, -1)
    clock["n_outbox"] += due
    clock["n_released"] = due
    clock["n_waiting"] = kept
    clock["next_close"] = NEVER
    for desk in range(s.windows.shape[0]):
        for instrument in range(s.windows.shape[1]):
            if s.windows[desk, instrument] <= clock["now"]:
                s.windows[desk, instrument] = NEVER
            clock["next_close"] = min(clock["next_close"], s.windows[desk, instrument])


@kernel
def _is_due(s: State, slot: int) -> bool:
    """Say whether an order still waits, and its window closes now."""
    order = s.orders[slot]
    desk = int(s.portfolios[int(order["portfolio"])]["desk"])
    closes = s.windows[desk, int(order["instrument"])]
    return bool(order["state"] == SENT and closes <= s.clock[0]["now"])
