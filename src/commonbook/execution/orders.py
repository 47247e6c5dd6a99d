"""The life of an order at the venue: join, fill, leave, end."""

from commonbook.core.enums import Liquidity, OrderState, Reason
from commonbook.core.jit import kernel
from commonbook.core.records import NO_ASK, NO_BID
from commonbook.execution.queue_position import (
    enter_queue,
    leave_queue,
    lots_ahead,
    queue_of,
)
from commonbook.execution.venue import Venue, close_share, open_share

RESTING = int(OrderState.RESTING)
FILLED = int(OrderState.FILLED)
NONE = int(Reason.NONE)
MAKER = int(Liquidity.MAKER)
TAKER = int(Liquidity.TAKER)
MARKET = -1  # counterparty


@kernel
def end_order(v: Venue, slot: int, state: int, reason: int, ts: int) -> None:
    """
    End an order that rests nowhere; the settlement tells its portfolio.

    Parameters
    ----------
    v : Venue
        Changed in place.
    slot : int
        The order.
    state : int
        OrderState at the end.
    reason : int
        Reason.
    ts : int
        Time (ns).
    """
    order = v.orders[slot]
    order["state"] = state
    order["reason"] = reason
    order["ts_end"] = ts
    clock = v.clock[0]
    v.ended[clock["n_ended"]] = slot
    clock["n_ended"] += 1


@kernel
def leave_level(v: Venue, slot: int) -> None:
    """
    Take a resting order out of its level.

    Parameters
    ----------
    v : Venue
        Changed in place.
    slot : int
        The order.
    """
    order = v.orders[slot]
    share = int(order["share"])
    entry = v.shares[share]
    own = int(entry["own"])
    if order["prev"] >= 0:
        v.orders[int(order["prev"])]["next"] = order["next"]
    else:
        entry["head"] = order["next"]
    if order["next"] >= 0:
        v.orders[int(order["next"])]["prev"] = order["prev"]
    else:
        entry["tail"] = order["prev"]
    leave_queue(v, own, slot)
    order["share"] = -1
    v.own[own]["n_orders"] -= 1
    v.clock[0]["n_resting"] -= 1
    close_share(v, share)


@kernel
def join_level(v: Venue, slot: int, displayed: int) -> None:
    """
    Put an order at the end of the queue at its price.

    Parameters
    ----------
    v : Venue
        Changed in place; the pools have entries left.
    slot : int
        The order.
    displayed : int
        Size that the tape shows at this price (lots).
    """
    order = v.orders[slot]
    engine = int(v.portfolios[int(order["portfolio"])]["engine"])
    share = open_share(
        v, engine, int(order["instrument"]), int(order["side"]), int(order["price"])
    )
    entry = v.shares[share]
    own = int(entry["own"])
    ahead = max(0, displayed - int(entry["consumed"]))
    most = ahead
    before = 0
    other = int(entry["head"])
    while other >= 0:
        most = max(most, lots_ahead(float(v.queues[queue_of(v, other)]["ahead"])))
        before += int(v.orders[other]["leaves"])
        other = int(v.orders[other]["next"])
    order["ahead"] = most + before
    order["queue"] = enter_queue(
        v, own, int(v.engines[engine]["queue_model"]), float(ahead), 0
    )
    order["share"] = share
    order["prev"] = entry["tail"]
    order["next"] = -1
    if entry["tail"] >= 0:
        v.orders[int(entry["tail"])]["next"] = slot
    else:
        entry["head"] = slot
    entry["tail"] = slot
    order["state"] = RESTING
    v.own[own]["n_orders"] += 1
    v.clock[0]["n_resting"] += 1


@kernel
def write_fill(
    v: Venue,
    slot: int,
    price_half: int,
    qty: int,
    liquidity: int,
    counterparty: int,
    flags: int,
    ts: int,
) -> None:
    """
    Write a fill and lower what is left of its order.

    Parameters
    ----------
    v : Venue
        Changed in place; the buffer has room.
    slot : int
        The order.
    price_half : int
        Price (half ticks).
    qty : int
        Quantity (lots).
    liquidity : int
        Liquidity code.
    counterparty : int
        A portfolio, -1 for the market.
    flags : int
        FillFlag bits.
    ts : int
        Time (ns).
    """
    clock = v.clock[0]
    order = v.orders[slot]
    if clock["n_fills"] == v.fills.shape[0]:
        clock["overrun"] = 1
        return
    fill = v.fills[clock["n_fills"]]
    clock["n_fills"] += 1
    fill["ts"] = ts
    fill["price_half"] = price_half
    fill["qty"] = qty
    fill["order_id"] = order["order_id"]
    fill["cross_id"] = 0
    fill["fee_e8"] = 0
    fill["impact_e8"] = 0
    fill["mark_half"] = v.mids[int(order["instrument"])]
    fill["portfolio"] = order["portfolio"]
    fill["counterparty"] = counterparty
    fill["slot"] = slot
    fill["instrument"] = order["instrument"]
    fill["side"] = order["side"]
    fill["liquidity"] = liquidity
    fill["flags"] = flags
    if order["filled"] == 0:
        order["ts_first_fill"] = ts
    order["ts_last_fill"] = ts
    order["leaves"] -= qty
    order["filled"] += qty


@kernel
def fill_resting(
    v: Venue, slot: int, qty: int, counterparty: int, flags: int, ts: int
) -> None:
    """
    Fill a resting order at its own price; it leaves when nothing is left of it.

    Parameters
    ----------
    v : Venue
        Changed in place; the buffers have room.
    slot : int
        The order.
    qty : int
        Quantity (lots), at most what is left.
    counterparty : int
        A portfolio, -1 for the market.
    flags : int
        FillFlag bits.
    ts : int
        Time (ns).
    """
    order = v.orders[slot]
    write_fill(v, slot, 2 * int(order["price"]), qty, MAKER, counterparty, flags, ts)
    if order["leaves"] == 0:
        leave_level(v, slot)
        end_order(v, slot, FILLED, NONE, ts)


@kernel
def allows(v: Venue, slot: int, price: int) -> bool:
    """
    Say whether an order may take at a price.

    Parameters
    ----------
    v : Venue
        Read only.
    slot : int
        The order.
    price : int
        Price (ticks).

    Returns
    -------
    bool
        True for market orders and for limits at or beyond the price.
    """
    order = v.orders[slot]
    if order["type"] == 0:
        return True
    if order["side"] == 0:
        return bool(order["price"] >= price)
    return bool(order["price"] <= price)


@kernel
def is_price(price: int) -> bool:
    """
    Tell prices from the marks for "none".

    Parameters
    ----------
    price : int
        Price (ticks), ``NO_BID`` or ``NO_ASK``.

    Returns
    -------
    bool
        True for a price.
    """
    return NO_BID < price < NO_ASK
