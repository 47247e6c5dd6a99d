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

SELLERS = 3  # row of State.work

BUY = int(Side.BUY)
SELL = int(Side.SELL)
SENT = int(OrderState.SENT)
RESTING = int(OrderState.RESTING)
CANCELLED = int(OrderState.CANCELLED)
REJECTED = int(OrderState.REJECTED)
MARKET_ORDER = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)
USER_CANCEL = int(Reason.USER_CANCEL)
STOPPED = int(Reason.STOPPED)
POST_ONLY = int(Reason.POST_ONLY)
NO_LIQUIDITY = int(Reason.NO_LIQUIDITY)
IOC_REMAINDER = int(Reason.IOC_REMAINDER)


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
    orders, deferred = _cancel_arrivals(s, first, last)
    if orders > 0:
        _take(s, engine, instrument, first, last)
        _join(s, engine, instrument, first, last)
    if deferred > 0:
        for i in range(first, last):
            if s.batch[i]["deferred"] == 1:
                cancel_at_venue(s, int(s.batch[i]["slot"]))


@kernel
def cancel_at_venue(s: State, slot: int) -> None:
    """
    Let a cancel reach its order; one that has ended is too late to cancel.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    if s.orders[slot]["state"] == RESTING:
        leave_level(s, slot)
        stopped = s.portfolios[int(s.orders[slot]["portfolio"])]["stopped"] == 1
        end_order(s, slot, CANCELLED, STOPPED if stopped else USER_CANCEL)
    else:
        s.clock[0]["work_too_late"] += 1


@kernel
def _cancel_arrivals(s: State, first: int, last: int) -> tuple[int, int]:
    """Run the cancels; count the orders, and the cancels put off for one of them."""
    orders, deferred = 0, 0
    for i in range(first, last):
        message = s.batch[i]
        slot = int(message["slot"])
        if message["cancel"] == 0:
            orders += 1
        elif s.orders[slot]["state"] == SENT:
            message["deferred"] = 1
            deferred += 1
        else:
            cancel_at_venue(s, slot)
    return orders, deferred


@kernel
def _classify(
    s: State, engine: int, instrument: int, first: int, last: int
) -> tuple[int, int]:
    """Judge every order on the effective book as it stands; list the takers."""
    ask = best_effective(s, engine, instrument, SELL)
    bid = best_effective(s, engine, instrument, BUY)
    buyers, sellers = 0, 0
    for i in range(first, last):
        if s.batch[i]["cancel"] == 1:
            continue
        slot = int(s.batch[i]["slot"])
        order = s.orders[slot]
        order["arrived"] = 1
        reach = ask if order["side"] == BUY else bid
        if order["type"] != MARKET_ORDER and not allows(s, slot, reach):
            continue
        if order["post_only"] == 1:
            end_order(s, slot, REJECTED, POST_ONLY)
        elif order["side"] == BUY:
            s.work[TAKERS, buyers] = slot
            buyers += 1
        else:
            s.work[SELLERS, sellers] = slot
            sellers += 1
    return buyers, sellers


@kernel
def _take(s: State, engine: int, instrument: int, first: int, last: int) -> None:
    """Let the takers take, buyers first; end those that do not rest."""
    buyers, sellers = _classify(s, engine, instrument, first, last)
    if buyers > 0:
        take_side(s, engine, instrument, SELL, buyers)
    if sellers > 0:
        for k in range(sellers):
            s.work[TAKERS, k] = s.work[SELLERS, k]
        take_side(s, engine, instrument, BUY, sellers)
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        if s.batch[i]["cancel"] == 0 and s.orders[slot]["state"] == SENT:
            _end_if_done(s, slot)


@kernel
def _end_if_done(s: State, slot: int) -> None:
    """End an order that is filled, or that does not rest."""
    order = s.orders[slot]
    if order["leaves"] == 0:
        end_filled(s, slot)
    elif order["type"] == MARKET_ORDER:
        end_order(s, slot, CANCELLED, NO_LIQUIDITY)
    elif order["time_in_force"] == IOC:
        end_order(s, slot, CANCELLED, IOC_REMAINDER)


@kernel
def _join(s: State, engine: int, instrument: int, first: int, last: int) -> None:
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
                end_order(s, slot, REJECTED, POST_ONLY)
                continue
            s.work[TAKERS, 0] = slot
            take_side(s, engine, instrument, 1 - side, 1)
            if order["state"] != SENT:
                continue
            if order["leaves"] == 0:
                end_filled(s, slot)
                continue
        price = int(order["price"])
        join_level(
            s, slot, level_qty(s.ladder, s.books, s.far, instrument, side, price)
        )
