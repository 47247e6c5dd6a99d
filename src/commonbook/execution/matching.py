"""
Marketable orders take: level by level, divided by the distribution policy, in queue order.

The takers of one side of a batch stand in ``work[TAKERS]``, in tie order.
"""

from commonbook.book.ladder import level_qty, next_level
from commonbook.core.enums import (
    Distribution,
    OrderState,
    Reason,
    SelfTrade,
    SelfTradeScope,
)
from commonbook.core.integers import share_by_largest_remainder
from commonbook.core.jit import kernel
from commonbook.execution.consumption import consume
from commonbook.execution.orders import (
    MARKET,
    TAKER,
    allows,
    end_order,
    fill_resting,
    is_price,
    leave_level,
    write_fill,
)
from commonbook.execution.queue_position import lots_ahead, move_in_queue, queue_of
from commonbook.execution.venue import Venue, is_better

TAKERS, WEIGHTS, PARTS = 0, 1, 2  # rows of Venue.work

PRO_RATA = int(Distribution.PRO_RATA)
CANCELLED = int(OrderState.CANCELLED)
SELF_TRADE = int(Reason.SELF_TRADE)
CANCEL_NEWEST = int(SelfTrade.CANCEL_NEWEST)
CANCEL_OLDEST = int(SelfTrade.CANCEL_OLDEST)
CANCEL_BOTH = int(SelfTrade.CANCEL_BOTH)
GROUP = int(SelfTradeScope.GROUP)


@kernel
def next_own(v: Venue, share: int) -> int:
    """
    Skip the shares of an engine that hold consumption but no orders.

    Parameters
    ----------
    v : Venue
        Read only.
    share : int
        Where to start, -1 for nowhere.

    Returns
    -------
    int
        First share with orders, -1 when there is none.
    """
    while share >= 0 and v.shares[share]["head"] < 0:
        share = int(v.shares[share]["next"])
    return share


@kernel
def best_effective(v: Venue, engine: int, instrument: int, side: int) -> int:
    """
    Find the best price at which an engine could take from one side.

    Parameters
    ----------
    v : Venue
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book.

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when nothing is there.
    """
    share = int(v.heads[engine, instrument, side])
    price = int(v.books[instrument, side]["best"])
    while is_price(price):
        while share >= 0 and is_better(side, int(v.shares[share]["price"]), price):
            if v.shares[share]["head"] >= 0:
                return int(v.shares[share]["price"])
            share = int(v.shares[share]["next"])
        if share < 0 or v.shares[share]["price"] != price:
            return price
        if v.shares[share]["head"] >= 0:
            return price
        displayed = level_qty(v.ladder, v.books, v.far, instrument, side, price)
        if displayed > v.shares[share]["consumed"]:
            return price
        price = next_level(v.ladder, v.books, v.far, instrument, side, price)
    share = next_own(v, share)
    return int(v.shares[share]["price"]) if share >= 0 else price


@kernel
def take_side(
    v: Venue, engine: int, instrument: int, side: int, n_takers: int, ts: int
) -> None:
    """
    Let the takers of one side walk the effective book of the other side.

    Parameters
    ----------
    v : Venue
        Changed in place; ``work[TAKERS, :n_takers]`` holds the takers in tie order.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that is hit.
    n_takers : int
        Number of takers.
    ts : int
        Time (ns).
    """
    displayed_price = int(v.books[instrument, side]["best"])
    share = int(v.heads[engine, instrument, side])
    while True:
        # Stop at the first share that is not better than the tape's level.
        while (
            share >= 0
            and v.shares[share]["head"] < 0
            and is_better(side, int(v.shares[share]["price"]), displayed_price)
        ):
            share = int(v.shares[share]["next"])
        price = displayed_price
        here = -1
        if share >= 0 and not is_better(
            side, displayed_price, int(v.shares[share]["price"])
        ):
            here = share
            price = int(v.shares[share]["price"])
        if not is_price(price) or _wanted(v, n_takers, price) == 0:
            return
        left = 0
        if price == displayed_price:
            left = level_qty(v.ladder, v.books, v.far, instrument, side, price)
            displayed_price = next_level(
                v.ladder, v.books, v.far, instrument, side, price
            )
        if here >= 0:
            left = max(0, left - int(v.shares[here]["consumed"]))
            share = int(v.shares[here]["next"])
        _take_level(v, engine, instrument, side, price, left, here, n_takers, ts)


@kernel
def _wanted(v: Venue, n_takers: int, price: int) -> int:
    """Add up what the takers still want at a price; note it as their weights."""
    wanted = 0
    for k in range(n_takers):
        slot = int(v.work[TAKERS, k])
        weight = int(v.orders[slot]["leaves"]) if allows(v, slot, price) else 0
        v.work[WEIGHTS, k] = weight
        wanted += weight
    return wanted


@kernel
def _divide(v: Venue, n_takers: int, wanted: int, there: int, policy: int) -> None:
    """Decide each taker's part of what is there."""
    if there >= wanted:
        for k in range(n_takers):
            v.work[PARTS, k] = v.work[WEIGHTS, k]
    elif policy == PRO_RATA:
        share_by_largest_remainder(
            v.work[WEIGHTS], n_takers, there, v.work[PARTS], v.keys[0], v.keys[1]
        )
    else:
        left = there
        for k in range(n_takers):
            part = min(left, int(v.work[WEIGHTS, k]))
            v.work[PARTS, k] = part
            left -= part


@kernel
def _take_level(
    v: Venue,
    engine: int,
    instrument: int,
    side: int,
    price: int,
    left: int,
    share: int,
    n_takers: int,
    ts: int,
) -> None:
    """Serve the takers from one level: `left` tape lots, and the orders of one share."""
    taken = 0  # tape lots, over the whole visit
    again = True
    while again:
        wanted = _wanted(v, n_takers, price)
        there = left
        slot = int(v.shares[share]["head"]) if share >= 0 else -1
        while slot >= 0:
            there += int(v.orders[slot]["leaves"])
            slot = int(v.orders[slot]["next"])
        if wanted == 0 or there == 0:
            break
        _divide(v, n_takers, wanted, there, int(v.engines[engine]["distribution"]))
        again = False
        for k in range(n_takers):
            if v.work[PARTS, k] > 0:
                tape, stopped = _take_part(v, engine, price, left, taken, share, k, ts)
                left -= tape
                taken += tape
                if stopped:
                    again = True
                    break
    if taken > 0:
        slot = int(v.shares[share]["head"]) if share >= 0 else -1
        while slot >= 0:
            ahead = float(v.queues[queue_of(v, slot)]["ahead"])
            move_in_queue(
                v, int(v.shares[share]["own"]), slot, max(0.0, ahead - taken)
            )
            slot = int(v.orders[slot]["next"])
        consume(v, engine, instrument, side, price, taken)


@kernel
def _take_part(
    v: Venue, engine: int, price: int, left: int, taken: int, share: int, k: int, ts: int
) -> tuple[int, bool]:
    """Let taker k take its part from the front of the queue; stop at a forbidden order."""
    taker = int(v.work[TAKERS, k])
    part = int(v.work[PARTS, k])
    tape = 0
    while part > 0:
        slot = int(v.shares[share]["head"]) if share >= 0 else -1
        gap = left - tape
        if slot >= 0:
            ahead = float(v.queues[queue_of(v, slot)]["ahead"])
            gap = min(gap, lots_ahead(ahead - taken - tape))
        if gap > 0:
            lots = min(part, gap)
            write_fill(v, taker, 2 * price, lots, TAKER, MARKET, 0, ts)
            tape += lots
        elif _forbidden(v, engine, taker, slot):
            _prevent(v, engine, taker, slot, ts)
            return tape, True
        else:
            lots = min(part, int(v.orders[slot]["leaves"]))
            buyer = int(v.orders[taker]["portfolio"])
            resting = int(v.orders[slot]["portfolio"])
            write_fill(v, taker, 2 * price, lots, TAKER, resting, 0, ts)
            fill_resting(v, slot, lots, buyer, 0, ts)
        part -= lots
    return tape, False


@kernel
def _forbidden(v: Venue, engine: int, taker: int, slot: int) -> bool:
    if v.engines[engine]["self_trade_scope"] == GROUP:
        return True
    return bool(v.orders[taker]["portfolio"] == v.orders[slot]["portfolio"])


@kernel
def _prevent(v: Venue, engine: int, taker: int, slot: int, ts: int) -> None:
    """Apply self-trade prevention to a taker and the resting order that is next in line."""
    mode = int(v.engines[engine]["self_trade"])
    taking = v.orders[taker]
    resting = v.orders[slot]
    cut_taker = 0
    cut_resting = 0
    if mode == CANCEL_NEWEST or mode == CANCEL_BOTH:
        cut_taker = int(taking["leaves"])
    if mode == CANCEL_OLDEST or mode == CANCEL_BOTH:
        cut_resting = int(resting["leaves"])
    if cut_taker == 0 and cut_resting == 0:  # decrement
        cut_taker = min(int(taking["leaves"]), int(resting["leaves"]))
        cut_resting = cut_taker
    taking["leaves"] -= cut_taker
    resting["leaves"] -= cut_resting
    if resting["leaves"] == 0:
        leave_level(v, slot)
        end_order(v, slot, CANCELLED, SELF_TRADE, ts)
    if taking["leaves"] == 0:
        end_order(v, taker, CANCELLED, SELF_TRADE, ts)
