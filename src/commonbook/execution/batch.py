"""
Messages that reach one engine at one time for one instrument: cancels, takers, joiners.

The order of the steps is the whole point: nobody gains by standing earlier in a file.
"""

from commonbook.book.ladder import level_qty
from commonbook.core.enums import OrderState, OrderType, Reason, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.matching import (
    TAKERS,
    best_effective,
    next_own,
    take_side,
)
from commonbook.execution.orders import (
    allows,
    end_filled,
    end_order,
    join_level,
    leave_level,
)

BUY = int(Side.BUY)
SELL = int(Side.SELL)
SENT = int(OrderState.SENT)
RESTING = int(OrderState.RESTING)
CANCELLED = int(OrderState.CANCELLED)
REJECTED = int(OrderState.REJECTED)
MARKET_ORDER = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)
USER_CANCEL = int(Reason.USER_CANCEL)
POST_ONLY = int(Reason.POST_ONLY)
NO_LIQUIDITY = int(Reason.NO_LIQUIDITY)
IOC_REMAINDER = int(Reason.IOC_REMAINDER)


@kernel
def run_batch(
    s: State, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
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
    ts : int
        Time (ns).
    """
    deferred = _cancel_arrivals(s, first, last, ts)
    _classify_and_take(s, engine, instrument, first, last, ts)
    _join(s, engine, instrument, first, last, ts)
    if deferred > 0:
        for i in range(first, last):
            if s.batch[i]["deferred"] == 1:
                cancel_at_venue(s, int(s.batch[i]["slot"]), ts)


@kernel
def cancel_at_venue(s: State, slot: int, ts: int) -> None:
    """
    Let a cancel reach its order; one that has ended is too late to cancel.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    ts : int
        Time (ns).
    """
    if s.orders[slot]["state"] == RESTING:
        leave_level(s, slot)
        end_order(s, slot, CANCELLED, USER_CANCEL, ts)
    else:
        s.clock[0]["work_too_late"] += 1


@kernel
def _cancel_arrivals(s: State, first: int, last: int, ts: int) -> int:
    """Run the cancels; put off those whose order is in this batch too."""
    deferred = 0
    for i in range(first, last):
        message = s.batch[i]
        slot = int(message["slot"])
        message["deferred"] = 0
        if message["cancel"] == 0:
            continue
        if s.orders[slot]["state"] == SENT:
            message["deferred"] = 1
            deferred += 1
        else:
            cancel_at_venue(s, slot, ts)
    return deferred


@kernel
def _classify_and_take(
    s: State, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
    """Judge every order on the effective book as it stands, then let the takers take."""
    ask = best_effective(s, engine, instrument, SELL)
    bid = best_effective(s, engine, instrument, BUY)
    buyers, sellers = 0, 0
    for i in range(first, last):
        if s.batch[i]["cancel"] == 1:
            continue
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        order["ts_arrival"] = ts
        reach = ask if order["side"] == BUY else bid
        if order["type"] != MARKET_ORDER and not allows(s, slot, reach):
            continue
        if order["post_only"] == 1:
            end_order(s, slot, REJECTED, POST_ONLY, ts)
        elif order["side"] == BUY:
            s.work[TAKERS, buyers] = slot
            buyers += 1
        else:
            sellers += 1
    if buyers > 0:
        take_side(s, engine, instrument, SELL, buyers, ts)
    if sellers > 0:
        n = 0
        for i in range(first, last):
            slot = int(s.batch[i]["slot"])
            order = s.orders[slot]
            if (
                s.batch[i]["cancel"] == 0
                and order["side"] == SELL
                and order["state"] == SENT
                and (order["type"] == MARKET_ORDER or allows(s, slot, bid))
            ):
                s.work[TAKERS, n] = slot
                n += 1
        take_side(s, engine, instrument, BUY, n, ts)
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        if s.batch[i]["cancel"] == 0 and s.orders[slot]["state"] == SENT:
            _end_if_done(s, slot, ts)


@kernel
def _end_if_done(s: State, slot: int, ts: int) -> None:
    """End an order that is filled, or that does not rest."""
    order = s.orders[slot]
    if order["leaves"] == 0:
        end_filled(s, slot, ts)
    elif order["type"] == MARKET_ORDER:
        end_order(s, slot, CANCELLED, NO_LIQUIDITY, ts)
    elif order["time_in_force"] == IOC:
        end_order(s, slot, CANCELLED, IOC_REMAINDER, ts)


@kernel
def _join(
    s: State, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
    """Put what is left into the queue; it may meet orders that have just joined."""
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        if s.batch[i]["cancel"] == 1 or order["state"] != SENT:
            continue
        side = int(order["side"])
        other = next_own(s, int(s.heads[engine, instrument, 1 - side]))
        if other >= 0 and allows(s, slot, int(s.shares[other]["price"])):
            if order["post_only"] == 1:
                end_order(s, slot, REJECTED, POST_ONLY, ts)
                continue
            s.work[TAKERS, 0] = slot
            take_side(s, engine, instrument, 1 - side, 1, ts)
            if order["state"] != SENT:
                continue
            if order["leaves"] == 0:
                end_filled(s, slot, ts)
                continue
        price = int(order["price"])
        join_level(
            s, slot, level_qty(s.ladder, s.books, s.far, instrument, side, price)
        )
