"""
Messages that reach one engine at one time for one instrument: cancels, takers, joiners.

The order of the steps is the whole point: nobody gains by standing earlier in a file.
"""

from commonbook.book.ladder import level_qty
from commonbook.core.enums import (
    Distribution,
    FillFlag,
    MessageKind,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.core.jit import kernel
from commonbook.core.message_records import DEFERRED
from commonbook.core.order_records import ARRIVED
from commonbook.core.state import State
from commonbook.execution.averaging import average_takes
from commonbook.execution.halts import is_halted
from commonbook.execution.matching import (
    TAKERS,
    best_effective,
    can_fill,
    next_own,
    take_side,
)
from commonbook.execution.orders import (
    accept,
    allows,
    end_filled,
    end_order,
    has_limit,
    join_level,
)
from commonbook.execution.reduce_only import may_take
from commonbook.execution.replaces import refuse_late, replace_at_venue, withdraw
from commonbook.execution.stops import is_triggered, wait_for_trigger
from commonbook.execution.terms import REPRICE, limit_of, reprice

AVERAGE_PRICE = int(Distribution.AVERAGE_PRICE)
FIRST_OF_BATCH = int(FillFlag.FIRST_OF_BATCH)
SELLERS = 3  # row of State.work

ORDER = int(MessageKind.ORDER)
TRIGGER = int(MessageKind.TRIGGER)
AGAIN = int(MessageKind.AGAIN)
EXPIRY = int(MessageKind.EXPIRY)
REPLACE = int(MessageKind.REPLACE)
BUY = int(Side.BUY)
SELL = int(Side.SELL)
SENT = int(OrderState.SENT)
WAITING = int(OrderState.WAITING)
EXPIRED = int(OrderState.EXPIRED)
CANCELLED = int(OrderState.CANCELLED)
REJECTED = int(OrderState.REJECTED)
STOP = int(OrderType.STOP)
FOK = int(TimeInForce.FOK)
IOC = int(TimeInForce.IOC)
USER_CANCEL = int(Reason.USER_CANCEL)
STOPPED = int(Reason.STOPPED)
POST_ONLY = int(Reason.POST_ONLY)
TIME_OVER = int(Reason.EXPIRED)
FOK_UNFILLED = int(Reason.FOK_UNFILLED)
NO_LIQUIDITY = int(Reason.NO_LIQUIDITY)
IOC_REMAINDER = int(Reason.IOC_REMAINDER)
HALTED = int(Reason.HALTED)


@kernel
def run_batch(s: State, engine: int, instrument: int, first: int, last: int) -> None:
    """
    Run the messages ``batch[first:last]``, which stand in tie order.

    Parameters
    ----------
    s : State
        Changed in place; the pools and buffers have room.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    first : int
        First message.
    last : int
        One past the last message.
    """
    orders, deferred = _first_step(s, first, last)
    if orders > 0:
        _act(s, engine, instrument, first, last)
    if deferred > 0:
        for i in range(first, last):
            if s.batch[i]["deferred"] == DEFERRED and _change(s, i):
                _act(s, engine, instrument, i, i + 1)


@kernel
def _act(s: State, engine: int, instrument: int, first: int, last: int) -> None:
    """Let orders take and join, unless trading is halted."""
    if is_halted(s, instrument):
        _turn_away(s, first, last)
        return
    fills = int(s.clock[0]["n_fills"])
    _take(s, engine, instrument, first, last)
    _join(s, engine, instrument, first, last)
    if s.clock[0]["n_fills"] == fills:
        return
    s.fills[fills]["flags"] |= FIRST_OF_BATCH
    if s.engines[engine]["distribution"] == AVERAGE_PRICE:
        average_takes(s, instrument, fills)


@kernel
def _turn_away(s: State, first: int, last: int) -> None:
    """End the orders that come while trading is halted."""
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        if not is_order(s, i):
            continue
        waited = s.batch[i]["kind"] == TRIGGER
        if waited and order["state"] != WAITING:
            continue  # cancelled, or over
        if not waited:
            order["journey"] = ARRIVED
            if order["terms"] >= 0 and _is_over(s, slot):
                continue
        worked = s.batch[i]["kind"] != ORDER or order["filled"] > 0
        end_order(s, slot, CANCELLED if worked else REJECTED, HALTED)


@kernel
def is_order(s: State, i: int) -> bool:
    """
    Say whether entry i of the batch is an order that may take and join.

    Parameters
    ----------
    s : State
        Read only.
    i : int
        Entry of ``batch``.

    Returns
    -------
    bool
        False for cancels, for replaces that have not made it come anew, and for orders
        whose time is over.
    """
    return bool(s.batch[i]["kind"] <= AGAIN)


@kernel
def _change(s: State, i: int) -> bool:
    """Let a cancel or a replace reach its order; say whether that comes anew."""
    message = s.batch[i]
    slot = int(message["slot"])
    if message["kind"] == REPLACE:
        return replace_at_venue(s, i)
    if withdraw(s, slot):
        stopped = s.portfolios[int(s.orders[slot]["portfolio"])]["stopped"] == 1
        end_order(s, slot, CANCELLED, STOPPED if stopped else USER_CANCEL)
    else:
        refuse_late(s, i)
    return False


@kernel
def _first_step(s: State, first: int, last: int) -> tuple[int, int]:
    """
    End what is over, run the cancels and the replaces.

    Count the orders, and the messages put off for one of them.
    """
    orders, deferred = 0, 0
    for i in range(first, last):
        message = s.batch[i]
        slot = int(message["slot"])
        if is_order(s, i):
            orders += 1
        elif message["kind"] == EXPIRY:
            if withdraw(s, slot):
                end_order(s, slot, EXPIRED, TIME_OVER)
        elif s.orders[slot]["state"] == SENT:
            message["deferred"] = DEFERRED
            deferred += 1
        elif _change(s, i):
            orders += 1
    return orders, deferred


@kernel
def _classify(
    s: State, engine: int, instrument: int, first: int, last: int
) -> tuple[int, int, int]:
    """
    Judge every order on the effective book as it stands; list the takers.

    Count those that buy, those that sell, and those to be filled whole or not at all.
    """
    ask = best_effective(s, engine, instrument, SELL)
    bid = best_effective(s, engine, instrument, BUY)
    buyers, sellers, whole = 0, 0, 0
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        if not is_order(s, i) or not _begins(s, i, slot):
            continue
        order = s.orders[slot]
        if order["time_in_force"] == FOK:
            whole += 1
            continue
        reach = ask if order["side"] == BUY else bid
        if has_limit(order) and not allows(s, slot, reach):
            continue
        if order["post_only"] > 0:
            _refuse(s, i, slot, reach)
        elif order["side"] == BUY:
            s.work[TAKERS, buyers] = slot
            buyers += 1
        else:
            s.work[SELLERS, sellers] = slot
            sellers += 1
    return buyers, sellers, whole


@kernel
def _refuse(s: State, i: int, slot: int, reach: int) -> None:
    """Turn a post-only order away, unless it can be repriced."""
    if s.orders[slot]["post_only"] == REPRICE and reprice(s, slot, reach):
        return
    has_worked = s.batch[i]["kind"] != ORDER
    end_order(s, slot, CANCELLED if has_worked else REJECTED, POST_ONLY)


@kernel
def _begins(s: State, i: int, slot: int) -> bool:
    """Say whether an order takes part in this batch; if not, it has ended or waits."""
    order = s.orders[slot]
    if s.batch[i]["kind"] == TRIGGER:
        if order["state"] != WAITING:
            return False  # cancelled, or over
        order["state"] = SENT
    elif s.batch[i]["kind"] != AGAIN:
        order["journey"] = ARRIVED
        if order["terms"] >= 0 and not _meets_terms(s, slot):
            return False
    return bool(order["terms"] < 0 or may_take(s, slot))


@kernel
def _meets_terms(s: State, slot: int) -> bool:
    """Judge an order with terms on arrival: it may be over, or wait for a trigger."""
    order = s.orders[slot]
    if _is_over(s, slot):
        return False
    if order["type"] >= STOP:
        if not is_triggered(s, slot):
            wait_for_trigger(s, slot)
            accept(s, slot)
            return False
        s.terms[int(order["terms"])]["ts_trigger"] = s.clock[0]["now"]
    return True


@kernel
def _is_over(s: State, slot: int) -> bool:
    """End an order with terms if its time was over before it came."""
    expires = s.terms[int(s.orders[slot]["terms"])]["expires"]
    if expires == 0 or expires > s.clock[0]["now"]:
        return False
    end_order(s, slot, EXPIRED, TIME_OVER)
    return True


@kernel
def _take(s: State, engine: int, instrument: int, first: int, last: int) -> None:
    """Let the takers take, buyers first; end those that do not rest."""
    buyers, sellers, whole = _classify(s, engine, instrument, first, last)
    if buyers > 0:
        take_side(s, engine, instrument, SELL, buyers)
    if whole > 0:
        _take_whole(s, engine, instrument, BUY, first, last)
    if sellers > 0:
        for k in range(sellers):
            s.work[TAKERS, k] = s.work[SELLERS, k]
        take_side(s, engine, instrument, BUY, sellers)
    if whole > 0:
        _take_whole(s, engine, instrument, SELL, first, last)
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        if is_order(s, i) and s.orders[slot]["state"] == SENT:
            _end_if_done(s, slot)


@kernel
def _take_whole(
    s: State, engine: int, instrument: int, side: int, first: int, last: int
) -> None:
    """Let the fill-or-kill orders of one side take all they want, or nothing."""
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        if (
            not is_order(s, i)
            or order["state"] != SENT
            or order["time_in_force"] != FOK
            or order["side"] != side
        ):
            continue
        if order["terms"] >= 0 and not may_take(s, slot):
            continue
        if can_fill(s, engine, instrument, 1 - side, slot):
            s.work[TAKERS, 0] = slot
            take_side(s, engine, instrument, 1 - side, 1)
        else:
            end_order(s, slot, CANCELLED, FOK_UNFILLED)


@kernel
def _end_if_done(s: State, slot: int) -> None:
    """End an order that is filled, or that does not rest."""
    order = s.orders[slot]
    if order["leaves"] == 0:
        end_filled(s, slot)
    elif not has_limit(order):
        end_order(s, slot, CANCELLED, NO_LIQUIDITY)
    elif order["time_in_force"] == IOC:
        end_order(s, slot, CANCELLED, IOC_REMAINDER)


@kernel
def _join(s: State, engine: int, instrument: int, first: int, last: int) -> None:
    """Put what is left into the queue; it may meet orders that have just joined."""
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        if not is_order(s, i) or order["state"] != SENT:
            continue
        side = int(order["side"])
        other = next_own(s, int(s.heads[engine, instrument, 1 - side]))
        if other >= 0 and allows(s, slot, int(s.shares[other]["price"])):
            if order["post_only"] > 0:
                _refuse(s, i, slot, int(s.shares[other]["price"]))
            else:
                s.work[TAKERS, 0] = slot
                take_side(s, engine, instrument, 1 - side, 1)
                if order["state"] == SENT and order["leaves"] == 0:
                    end_filled(s, slot)
            if order["state"] != SENT:
                continue
        price = limit_of(s, slot)
        join_level(
            s, slot, level_qty(s.ladder, s.books, s.far, instrument, side, price)
        )
