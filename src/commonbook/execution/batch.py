"""
Messages that reach one engine at one time for one instrument: cancels, takers, joiners.

The order of the steps is the whole point: nobody gains by standing earlier in a file.
"""

from commonbook.book.ladder import level_qty
from commonbook.core.enums import OrderState, OrderType, Reason, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.execution.matching import (
    TAKERS,
    best_effective,
    next_own,
    take_side,
)
from commonbook.execution.orders import allows, end_order, join_level, leave_level
from commonbook.execution.venue import Venue

BUY = int(Side.BUY)
SELL = int(Side.SELL)
SENT = int(OrderState.SENT)
RESTING = int(OrderState.RESTING)
FILLED = int(OrderState.FILLED)
CANCELLED = int(OrderState.CANCELLED)
REJECTED = int(OrderState.REJECTED)
MARKET_ORDER = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)
USER_CANCEL = int(Reason.USER_CANCEL)
POST_ONLY = int(Reason.POST_ONLY)
NO_LIQUIDITY = int(Reason.NO_LIQUIDITY)
IOC_REMAINDER = int(Reason.IOC_REMAINDER)
NONE = int(Reason.NONE)


@kernel
def run_batch(
    v: Venue, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
    """
    Run the messages ``batch[first:last]``, which stand in tie order.

    Parameters
    ----------
    v : Venue
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
    deferred = _cancel_arrivals(v, first, last, ts)
    _classify_and_take(v, engine, instrument, first, last, ts)
    _join(v, engine, instrument, first, last, ts)
    if deferred > 0:
        for i in range(first, last):
            if v.batch[i]["deferred"] == 1:
                cancel_at_venue(v, int(v.batch[i]["slot"]), ts)


@kernel
def cancel_at_venue(v: Venue, slot: int, ts: int) -> None:
    """
    Let a cancel reach its order; one that has ended is too late to cancel.

    Parameters
    ----------
    v : Venue
        Changed in place.
    slot : int
        The order.
    ts : int
        Time (ns).
    """
    if v.orders[slot]["state"] == RESTING:
        leave_level(v, slot)
        end_order(v, slot, CANCELLED, USER_CANCEL, ts)
    else:
        v.clock[0]["work_too_late"] += 1


@kernel
def _cancel_arrivals(v: Venue, first: int, last: int, ts: int) -> int:
    """Run the cancels; put off those whose order is in this batch too."""
    deferred = 0
    for i in range(first, last):
        message = v.batch[i]
        slot = int(message["slot"])
        message["deferred"] = 0
        if message["cancel"] == 0:
            continue
        if v.orders[slot]["state"] == SENT:
            message["deferred"] = 1
            deferred += 1
        else:
            cancel_at_venue(v, slot, ts)
    return deferred


@kernel
def _classify_and_take(
    v: Venue, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
    """Judge every order on the effective book as it stands, then let the takers take."""
    ask = best_effective(v, engine, instrument, SELL)
    bid = best_effective(v, engine, instrument, BUY)
    buyers, sellers = 0, 0
    for i in range(first, last):
        if v.batch[i]["cancel"] == 1:
            continue
        slot = int(v.batch[i]["slot"])
        order = v.orders[slot]
        order["ts_arrival"] = ts
        reach = ask if order["side"] == BUY else bid
        if order["type"] != MARKET_ORDER and not allows(v, slot, reach):
            continue
        if order["post_only"] == 1:
            end_order(v, slot, REJECTED, POST_ONLY, ts)
        elif order["side"] == BUY:
            v.work[TAKERS, buyers] = slot
            buyers += 1
        else:
            sellers += 1
    if buyers > 0:
        take_side(v, engine, instrument, SELL, buyers, ts)
    if sellers > 0:
        n = 0
        for i in range(first, last):
            slot = int(v.batch[i]["slot"])
            order = v.orders[slot]
            if (
                v.batch[i]["cancel"] == 0
                and order["side"] == SELL
                and order["state"] == SENT
                and (order["type"] == MARKET_ORDER or allows(v, slot, bid))
            ):
                v.work[TAKERS, n] = slot
                n += 1
        take_side(v, engine, instrument, BUY, n, ts)
    for i in range(first, last):
        slot = int(v.batch[i]["slot"])
        if v.batch[i]["cancel"] == 0 and v.orders[slot]["state"] == SENT:
            _end_if_done(v, slot, ts)


@kernel
def _end_if_done(v: Venue, slot: int, ts: int) -> None:
    """End an order that is filled, or that does not rest."""
    order = v.orders[slot]
    if order["leaves"] == 0:
        end_order(v, slot, FILLED, NONE, ts)
    elif order["type"] == MARKET_ORDER:
        end_order(v, slot, CANCELLED, NO_LIQUIDITY, ts)
    elif order["time_in_force"] == IOC:
        end_order(v, slot, CANCELLED, IOC_REMAINDER, ts)


@kernel
def _join(
    v: Venue, engine: int, instrument: int, first: int, last: int, ts: int
) -> None:
    """Put what is left into the queue; it may meet orders that have just joined."""
    for i in range(first, last):
        slot = int(v.batch[i]["slot"])
        order = v.orders[slot]
        if v.batch[i]["cancel"] == 1 or order["state"] != SENT:
            continue
        side = int(order["side"])
        other = next_own(v, int(v.heads[engine, instrument, 1 - side]))
        if other >= 0 and allows(v, slot, int(v.shares[other]["price"])):
            if order["post_only"] == 1:
                end_order(v, slot, REJECTED, POST_ONLY, ts)
                continue
            v.work[TAKERS, 0] = slot
            take_side(v, engine, instrument, 1 - side, 1, ts)
            if order["state"] != SENT:
                continue
            if order["leaves"] == 0:
                end_order(v, slot, FILLED, NONE, ts)
                continue
        price = int(order["price"])
        join_level(v, slot, level_qty(v.ladder, v.books, v.far, instrument, side, price))
