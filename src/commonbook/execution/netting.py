"""The desk: orders of a group cross with each other before anything leaves."""

from commonbook.book.ladder import level_qty
from commonbook.core.book_records import HALF_TICK
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    Liquidity,
    NettingPrice,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.core.integers import share_by_largest_remainder
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.halts import is_halted
from commonbook.execution.levels import consumed_at, find_share, is_better
from commonbook.execution.matching import PARTS, WEIGHTS, next_own
from commonbook.execution.orders import end_order, has_limit, is_price, write_fill
from commonbook.execution.stops import NO_PRINT
from commonbook.execution.terms import limit_of

ENTERED = 3  # row of State.work: what each order enters with, later what it crosses

BUY = int(Side.BUY)
SELL = int(Side.SELL)
STOP = int(OrderType.STOP)
FOK = int(TimeInForce.FOK)
CROSS = int(Liquidity.CROSS)
FILLED = int(OrderState.FILLED)
NONE = int(Reason.NONE)
FIFO = int(Distribution.FIFO)
MID = int(NettingPrice.MID)
TOUCH = int(NettingPrice.TOUCH)


@kernel
def group_best(s: State, desk: Records, instrument: int, side: int) -> int:
    """
    Find the better of the tape's best price and the group's best resting order.

    Parameters
    ----------
    s : State
        Read only.
    desk : record of DESK
        The desk; its pools of liquidity are one, or one for each portfolio when
        distribution is off.
    instrument : int
        Instrument.
    side : int
        Side of the book.

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when there is none.
    """
    best = int(s.books[instrument, side]["best"])
    first = int(desk["first_engine"])
    for engine in range(first, first + int(desk["n_engines"])):
        share = next_own(s, int(s.heads[engine, instrument, side]))
        if share >= 0 and is_better(side, int(s.shares[share]["price"]), best):
            best = int(s.shares[share]["price"])
    return best


@kernel
def net_orders(s: State, instrument: int, first: int, last: int, desk: Records) -> None:
    """
    Cross the orders ``batch[first:last]`` of one desk and one instrument, in tie order.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    instrument : int
        Instrument.
    first : int
        First message.
    last : int
        One past the last message.
    desk : record of DESK
        Whose orders these are.
    """
    if is_halted(s, instrument):
        return
    bid = group_best(s, desk, instrument, BUY)
    ask = group_best(s, desk, instrument, SELL)
    if not is_price(bid) or not is_price(ask) or bid >= ask:
        return
    price_half = bid + ask
    buyers, sellers = _enter(s, first, last, price_half)
    crossed = min(buyers, sellers)
    if desk["price"] != MID:
        price_half = _price(s, desk, instrument, bid, ask, buyers - sellers)
        buyers, sellers = _enter(s, first, last, price_half)
        may_buy, may_sell = buyers, sellers
        if price_half == _hit_at(s, instrument, BUY, bid):
            may_sell -= _rests_at(s, desk, instrument, BUY, bid)
        if price_half == _hit_at(s, instrument, SELL, ask):
            may_buy -= _rests_at(s, desk, instrument, SELL, ask)
        crossed = min(may_buy, may_sell)
    if crossed <= 0:
        return
    policy = int(desk["distribution"])
    for side, total in ((BUY, buyers), (SELL, sellers)):
        if total > crossed:
            _cut(s, first, last, side, crossed, policy)
    _pair(s, first, last, price_half)
    _end_crossed(s, first, last)
    s.clock[0]["work_nettings"] += 1


@kernel
def may_cross(s: State, order: Records) -> bool:
    """
    Say whether a desk may net an order: it may be divided, and takes at once.

    Parameters
    ----------
    s : State
        Read only.
    order : record of ORDER
        Read only.

    Returns
    -------
    bool
        False for post-only, fill-or-kill, reduce-only and stop orders.
    """
    if order["terms"] >= 0 and s.terms[int(order["terms"])]["reduce_only"] == 1:
        return False
    return bool(
        order["post_only"] == 0
        and order["type"] < STOP
        and order["time_in_force"] != FOK
    )


@kernel
def could_cross(s: State, desk: Records, slot: int) -> bool:
    """
    Say whether an order accepts a price at which its desk could cross it now.

    Parameters
    ----------
    s : State
        Read only.
    desk : record of DESK
        The desk.
    slot : int
        The order.

    Returns
    -------
    bool
        True for market orders. With ``touch`` the better of the prices counts, since it
        is not known who will be heavier.
    """
    order = s.orders[slot]
    if not has_limit(order):
        return True
    instrument, side = int(order["instrument"]), int(order["side"])
    bid = group_best(s, desk, instrument, BUY)
    ask = group_best(s, desk, instrument, SELL)
    if not is_price(bid) or not is_price(ask) or bid >= ask:
        return False
    better_for_it = -1 if side == BUY else 1
    return _accepts(s, slot, _price(s, desk, instrument, bid, ask, better_for_it))


@kernel
def _accepts(s: State, slot: int, price_half: int) -> bool:
    """Say whether an order accepts a price."""
    order = s.orders[slot]
    if not has_limit(order):
        return True
    if order["side"] == BUY:
        return 2 * limit_of(s, slot) >= price_half
    return 2 * limit_of(s, slot) <= price_half


@kernel
def _end_crossed(s: State, first: int, last: int) -> None:
    """End the orders that are crossed whole."""
    for i in range(first, last):
        slot = int(s.batch[i]["slot"])
        if s.orders[slot]["leaves"] == 0:
            end_order(s, slot, FILLED, NONE)


@kernel
def _price(
    s: State, desk: Records, instrument: int, bid: int, ask: int, bought: int
) -> int:
    """Find the cross price (half ticks), if so much more is bought than sold."""
    bid_half = _hit_at(s, instrument, BUY, bid)
    ask_half = _hit_at(s, instrument, SELL, ask)
    last = int(s.last_prints[instrument])
    if desk["price"] == TOUCH:
        if bought != 0:
            return ask_half if bought > 0 else bid_half
    elif desk["price"] != MID and last != NO_PRINT:
        return min(max(2 * last, bid_half), ask_half)
    return bid + ask


@kernel
def _hit_at(s: State, instrument: int, side: int, best: int) -> int:
    """Say at what price a taker would hit the touch (half ticks)."""
    book = s.books[instrument, side]
    if book["by_order"] & HALF_TICK and book["best"] == best:
        return 2 * best + (1 if side == BUY else -1)
    return 2 * best


@kernel
def _rests_at(s: State, desk: Records, instrument: int, side: int, price: int) -> int:
    """Count what rests at a price, and is served before a cross at it (lots)."""
    displayed = level_qty(s.ladder, s.books, s.far, instrument, side, price)
    first = int(desk["first_engine"])
    left, own = 0, 0
    for engine in range(first, first + int(desk["n_engines"])):
        consumed = consumed_at(s, engine, instrument, side, price)
        left = max(left, displayed - consumed)
        share, _ = find_share(s, engine, instrument, side, price)
        if share >= 0:
            own += int(s.shares[share]["leaves"])
    return left + own


@kernel
def _enter(s: State, first: int, last: int, price_half: int) -> tuple[int, int]:
    """Let each portfolio enter with its own net, earliest orders first; add up."""
    buyers, sellers = 0, 0
    start = first
    while start < last:
        portfolio = s.orders[int(s.batch[start]["slot"])]["portfolio"]
        stop = start
        net = 0
        while (
            stop < last
            and s.orders[int(s.batch[stop]["slot"])]["portfolio"] == portfolio
        ):
            s.work[ENTERED, stop] = 0
            if _accepts(s, int(s.batch[stop]["slot"]), price_half):
                order = s.orders[int(s.batch[stop]["slot"])]
                net += order["leaves"] if order["side"] == BUY else -order["leaves"]
            stop += 1
        side = BUY if net > 0 else SELL
        left = abs(net)
        for i in range(start, stop):
            slot = int(s.batch[i]["slot"])
            order = s.orders[slot]
            if left > 0 and order["side"] == side and _accepts(s, slot, price_half):
                part = min(left, int(order["leaves"]))
                s.work[ENTERED, i] = part
                left -= part
        if side == BUY:
            buyers += abs(net)
        else:
            sellers += abs(net)
        start = stop
    return buyers, sellers


@kernel
def _cut(s: State, first: int, last: int, side: int, crossed: int, policy: int) -> None:
    """Divide the crossed quantity among the orders of the heavier side."""
    n = 0
    for i in range(first, last):
        if s.orders[int(s.batch[i]["slot"])]["side"] == side:
            s.work[WEIGHTS, n] = s.work[ENTERED, i]
            n += 1
    if policy != FIFO:
        share_by_largest_remainder(
            s.work[WEIGHTS], n, crossed, s.work[PARTS], s.keys[0], s.keys[1]
        )
    else:
        left = crossed
        for k in range(n):
            s.work[PARTS, k] = min(left, s.work[WEIGHTS, k])
            left -= s.work[PARTS, k]
    n = 0
    for i in range(first, last):
        if s.orders[int(s.batch[i]["slot"])]["side"] == side:
            s.work[ENTERED, i] = s.work[PARTS, n]
            n += 1


@kernel
def _pair(s: State, first: int, last: int, price_half: int) -> None:
    """Pair buyers with sellers in tie order, two fills and one cross_id a pair."""
    clock = s.clock[0]
    buy, sell = first, first
    while True:
        while buy < last and not _crosses(s, buy, BUY):
            buy += 1
        while sell < last and not _crosses(s, sell, SELL):
            sell += 1
        if last in (buy, sell):
            return
        lots = min(s.work[ENTERED, buy], s.work[ENTERED, sell])
        buyer, seller = int(s.batch[buy]["slot"]), int(s.batch[sell]["slot"])
        clock["cross"] += 1
        write_fill(
            s, buyer, price_half, lots, CROSS, int(s.orders[seller]["portfolio"]), 0
        )
        write_fill(
            s, seller, price_half, lots, CROSS, int(s.orders[buyer]["portfolio"]), 0
        )
        s.fills[clock["n_fills"] - 2]["cross_id"] = clock["cross"]
        s.fills[clock["n_fills"] - 1]["cross_id"] = clock["cross"]
        s.work[ENTERED, buy] -= lots
        s.work[ENTERED, sell] -= lots


@kernel
def _crosses(s: State, i: int, side: int) -> bool:
    return bool(
        s.work[ENTERED, i] > 0 and s.orders[int(s.batch[i]["slot"])]["side"] == side
    )
