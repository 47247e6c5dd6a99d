"""The desk: orders of a group sent in one round cross with each other before anything leaves."""

from commonbook.core.enums import (
    Distribution,
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
)
from commonbook.core.integers import share_by_largest_remainder
from commonbook.core.jit import kernel
from commonbook.execution.matching import PARTS, WEIGHTS, next_own
from commonbook.execution.orders import end_order, is_price, write_fill
from commonbook.execution.venue import Venue, is_better

ENTERED = 3  # row of Venue.work: what each order enters with, later what it crosses

BUY = int(Side.BUY)
SELL = int(Side.SELL)
CROSS = int(Liquidity.CROSS)
FILLED = int(OrderState.FILLED)
NONE = int(Reason.NONE)
MARKET_ORDER = int(OrderType.MARKET)
PRO_RATA = int(Distribution.PRO_RATA)


@kernel
def group_best(v: Venue, first_engine: int, n_engines: int, instrument: int, side: int) -> int:
    """
    Find the better of the tape's best price and the group's best resting order.

    Parameters
    ----------
    v : Venue
        Read only.
    first_engine : int
        First pool of liquidity of the group.
    n_engines : int
        Number of pools: one, or one for each portfolio when distribution is off.
    instrument : int
        Instrument.
    side : int
        Side of the book.

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when there is none.
    """
    best = int(v.books[instrument, side]["best"])
    for engine in range(first_engine, first_engine + n_engines):
        share = next_own(v, int(v.heads[engine, instrument, side]))
        if share >= 0 and is_better(side, int(v.shares[share]["price"]), best):
            best = int(v.shares[share]["price"])
    return best


@kernel
def net_orders(
    v: Venue,
    instrument: int,
    first: int,
    last: int,
    first_engine: int,
    n_engines: int,
    policy: int,
    ts: int,
) -> None:
    """
    Cross the orders ``batch[first:last]`` of one desk and one instrument, in tie order.

    Parameters
    ----------
    v : Venue
        Changed in place; the buffers have room.
    instrument : int
        Instrument.
    first : int
        First message.
    last : int
        One past the last message.
    first_engine : int
        First pool of liquidity of the group.
    n_engines : int
        Number of pools.
    policy : int
        Distribution.
    ts : int
        Time (ns).
    """
    bid = group_best(v, first_engine, n_engines, instrument, BUY)
    ask = group_best(v, first_engine, n_engines, instrument, SELL)
    if not is_price(bid) or not is_price(ask) or bid >= ask:
        return
    buyers, sellers = _enter(v, first, last, bid + ask)
    crossed = min(buyers, sellers)
    if crossed == 0:
        return
    if buyers != sellers:
        _cut(v, first, last, BUY if buyers > sellers else SELL, crossed, policy)
    _pair(v, first, last, bid + ask, ts)
    v.clock[0]["work_nettings"] += 1
    for i in range(first, last):
        slot = int(v.batch[i]["slot"])
        if v.batch[i]["cancel"] == 0 and v.orders[slot]["leaves"] == 0:
            end_order(v, slot, FILLED, NONE, ts)


@kernel
def _eligible(v: Venue, i: int, price_half: int) -> bool:
    """Say whether message i is an order that accepts the cross price."""
    if v.batch[i]["cancel"] == 1:
        return False
    order = v.orders[int(v.batch[i]["slot"])]
    if order["type"] == MARKET_ORDER:
        return True
    if order["post_only"] == 1:
        return False
    if order["side"] == BUY:
        return bool(2 * order["price"] >= price_half)
    return bool(2 * order["price"] <= price_half)


@kernel
def _enter(v: Venue, first: int, last: int, price_half: int) -> tuple[int, int]:
    """Let each portfolio enter with its own net, earliest orders first; add up both sides."""
    buyers, sellers = 0, 0
    start = first
    while start < last:
        portfolio = v.orders[int(v.batch[start]["slot"])]["portfolio"]
        stop = start
        net = 0
        while (
            stop < last
            and v.orders[int(v.batch[stop]["slot"])]["portfolio"] == portfolio
        ):
            v.work[ENTERED, stop] = 0
            if _eligible(v, stop, price_half):
                order = v.orders[int(v.batch[stop]["slot"])]
                net += order["leaves"] if order["side"] == BUY else -order["leaves"]
            stop += 1
        side = BUY if net > 0 else SELL
        left = abs(net)
        for i in range(start, stop):
            order = v.orders[int(v.batch[i]["slot"])]
            if left > 0 and order["side"] == side and _eligible(v, i, price_half):
                part = min(left, int(order["leaves"]))
                v.work[ENTERED, i] = part
                left -= part
        if side == BUY:
            buyers += abs(net)
        else:
            sellers += abs(net)
        start = stop
    return buyers, sellers


@kernel
def _cut(v: Venue, first: int, last: int, side: int, crossed: int, policy: int) -> None:
    """Divide the crossed quantity among the orders of the heavier side."""
    n = 0
    for i in range(first, last):
        if v.orders[int(v.batch[i]["slot"])]["side"] == side:
            v.work[WEIGHTS, n] = v.work[ENTERED, i]
            n += 1
    if policy == PRO_RATA:
        share_by_largest_remainder(
            v.work[WEIGHTS], n, crossed, v.work[PARTS], v.keys[0], v.keys[1]
        )
    else:
        left = crossed
        for k in range(n):
            v.work[PARTS, k] = min(left, v.work[WEIGHTS, k])
            left -= v.work[PARTS, k]
    n = 0
    for i in range(first, last):
        if v.orders[int(v.batch[i]["slot"])]["side"] == side:
            v.work[ENTERED, i] = v.work[PARTS, n]
            n += 1


@kernel
def _pair(v: Venue, first: int, last: int, price_half: int, ts: int) -> None:
    """Pair buyers with sellers in tie order; each pair is two fills with one cross_id."""
    clock = v.clock[0]
    buy, sell = first, first
    while True:
        while buy < last and not _crosses(v, buy, BUY):
            buy += 1
        while sell < last and not _crosses(v, sell, SELL):
            sell += 1
        if buy == last or sell == last:
            return
        lots = min(v.work[ENTERED, buy], v.work[ENTERED, sell])
        buyer, seller = int(v.batch[buy]["slot"]), int(v.batch[sell]["slot"])
        clock["cross"] += 1
        write_fill(
            v, buyer, price_half, lots, CROSS, int(v.orders[seller]["portfolio"]), 0, ts
        )
        write_fill(
            v, seller, price_half, lots, CROSS, int(v.orders[buyer]["portfolio"]), 0, ts
        )
        v.fills[clock["n_fills"] - 2]["cross_id"] = clock["cross"]
        v.fills[clock["n_fills"] - 1]["cross_id"] = clock["cross"]
        v.work[ENTERED, buy] -= lots
        v.work[ENTERED, sell] -= lots


@kernel
def _crosses(v: Venue, i: int, side: int) -> bool:
    return bool(
        v.work[ENTERED, i] > 0 and v.orders[int(v.batch[i]["slot"])]["side"] == side
    )
