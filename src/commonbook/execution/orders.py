"""The life of an order at the venue: join, fill, leave, end."""

from commonbook.core.book_records import ASSUMED, BY_ORDER, NO_ASK, NO_BID
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    StrategyKind,
    Wake,
)
from commonbook.core.jit import kernel
from commonbook.core.order_records import ACCEPTING, DECIDED
from commonbook.core.state import State
from commonbook.execution.decay import consumed_now
from commonbook.execution.expiry import await_expiry
from commonbook.execution.levels import close_share, open_share
from commonbook.execution.queue_position import enter_queue, leave_queue, most_ahead
from commonbook.execution.terms import REPRICE, limit_of, open_to_fill
from commonbook.execution.top_orders import forget_own_top, note_own_top

FIFO = int(Distribution.FIFO)
LIMIT = int(OrderType.LIMIT)
STOP_LIMIT = int(OrderType.STOP_LIMIT)
RESTING = int(OrderState.RESTING)
FILLED = int(OrderState.FILLED)
CANCELLED = int(OrderState.CANCELLED)
REJECTED = int(OrderState.REJECTED)
NONE = int(Reason.NONE)
SELF_TRADE = int(Reason.SELF_TRADE)
REDUCE_ONLY = int(Reason.REDUCE_ONLY)
MAKER = int(Liquidity.MAKER)
TAKER = int(Liquidity.TAKER)
REPORT_WAKE = int(Wake.REPORT)
PYTHON = int(StrategyKind.PYTHON)
MARKET = -1  # counterparty


@kernel
def end_order(s: State, slot: int, state: int, reason: int) -> None:
    """
    End an order that rests nowhere; the settlement tells its portfolio.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    state : int
        OrderState at the end.
    reason : int
        Reason.
    """
    order = s.orders[slot]
    order["state"] = state
    order["reason"] = reason
    if order["cut"] == 0 and order["told"] != ACCEPTING:  # else it is listed already
        tell_later(s, slot)


@kernel
def never_left(order: Records) -> bool:
    """
    Say whether an order was refused by its own portfolio.

    Parameters
    ----------
    order : record of ORDER
        Read only.

    Returns
    -------
    bool
        True for orders that are impossible, or beyond a limit.
    """
    return bool(order["state"] == REJECTED and order["journey"] == DECIDED)


@kernel
def tell_later(s: State, slot: int) -> None:
    """
    List an order whose portfolio must be told about it at the next settlement.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    clock = s.clock[0]
    s.ended[clock["n_ended"]] = slot
    clock["n_ended"] += 1


@kernel
def end_filled(s: State, slot: int) -> None:
    """
    End an order of which nothing is left.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order; what self-trade prevention took off it counts as cancelled.
    """
    if s.orders[slot]["filled"] == s.orders[slot]["qty"]:
        end_order(s, slot, FILLED, NONE)
    else:
        end_order(s, slot, CANCELLED, SELF_TRADE)


@kernel
def leave_level(s: State, slot: int) -> None:
    """
    Take a resting order out of its level.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    order = s.orders[slot]
    share = int(order["share"])
    entry = s.shares[share]
    own = int(entry["own"])
    entry["leaves"] -= order["leaves"]
    if order["prev"] >= 0:
        s.orders[int(order["prev"])]["next"] = order["next"]
    else:
        entry["head"] = order["next"]
    if order["next"] >= 0:
        s.orders[int(order["next"])]["prev"] = order["prev"]
    else:
        entry["tail"] = order["prev"]
    leave_queue(s, own, slot)
    order["share"] = -1
    s.own[own]["n_orders"] -= 1
    s.engines[int(entry["engine"])]["n_resting"] -= 1
    if s.matchings[int(order["instrument"]), int(order["side"])]["top_order"] == 1:
        forget_own_top(s, int(entry["engine"]), slot)
    close_share(s, share)


@kernel
def join_level(s: State, slot: int, displayed: int) -> None:
    """
    Put an order at the end of the queue at its price.

    Parameters
    ----------
    s : State
        Changed in place; the pools have entries left.
    slot : int
        The order.
    displayed : int
        Size that the tape shows at this price (lots).
    """
    order = s.orders[slot]
    engine = int(s.portfolios[int(order["portfolio"])]["engine"])
    share = open_share(
        s, engine, int(order["instrument"]), int(order["side"]), limit_of(s, slot)
    )
    if s.matchings[int(order["instrument"]), int(order["side"])]["top_order"] == 1:
        note_own_top(s, share, slot)
    entry = s.shares[share]
    own = int(entry["own"])
    book = int(s.books[int(order["instrument"]), int(order["side"])]["by_order"])
    ahead = 0 if book & ASSUMED else max(0, displayed - consumed_now(s, share))
    order["ahead"] = max(ahead, most_ahead(s, share)) + entry["leaves"]
    entry["leaves"] += order["leaves"]
    model = int(s.engines[engine]["queue_model"])
    if book == BY_ORDER:
        size = float(displayed)
        place = int(s.clock[0]["place"])
        order["queue"] = enter_queue(s, own, model, size, 0, size, place)
    else:
        order["queue"] = enter_queue(s, own, model, float(ahead), 0, 0.0, 0)
    order["share"] = share
    order["prev"] = entry["tail"]
    order["next"] = -1
    if entry["tail"] >= 0:
        s.orders[int(entry["tail"])]["next"] = slot
    else:
        entry["head"] = slot
    entry["tail"] = slot
    order["state"] = RESTING
    if s.joined.shape[0] > 0:
        # Where all are served in turn, no two orders have the same number.
        in_turn = s.engines[engine]["distribution"] == FIFO
        s.joined[slot] = ~slot if in_turn else int(s.clock[0]["work_batches"])
    accept(s, slot)
    s.own[own]["n_orders"] += 1
    s.engines[engine]["n_resting"] += 1


@kernel
def accept(s: State, slot: int) -> None:
    """
    Let the portfolio of an order be told that it works at the venue, if it listens.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order, which rests or waits.
    """
    order = s.orders[slot]
    await_expiry(s, slot)
    if order["terms"] >= 0 and s.terms[int(order["terms"])]["rested"] == 1:
        return  # it was told before it was replaced
    owner = s.portfolios[int(order["portfolio"])]
    listens = owner["wakes"] & REPORT_WAKE or owner["strategy"] == PYTHON
    counts = owner["response_rule"] >= 0  # each report has a delay of its own
    if listens or counts or order["post_only"] == REPRICE:
        if order["cut"] == 0:
            tell_later(s, slot)
        order["told"] = ACCEPTING


@kernel
def has_limit(order: Records) -> bool:
    """
    Say whether an order has a limit price.

    Parameters
    ----------
    order : record of ORDER
        Read only.

    Returns
    -------
    bool
        False for market orders and for stops that become one.
    """
    return bool(order["type"] == LIMIT or order["type"] == STOP_LIMIT)


@kernel
def write_fill(
    s: State,
    slot: int,
    price_half: int,
    qty: int,
    liquidity: int,
    counterparty: int,
    flags: int,
) -> None:
    """
    Write a fill and lower what is left of its order.

    Parameters
    ----------
    s : State
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
    """
    clock = s.clock[0]
    order = s.orders[slot]
    if clock["n_fills"] == s.fills.shape[0]:
        clock["broken"] = 1
        return
    fill = s.fills[clock["n_fills"]]
    clock["n_fills"] += 1
    ts = clock["now"]
    fill["ts"] = ts
    fill["price_half"] = price_half
    fill["qty"] = qty
    fill["order_id"] = order["order_id"]
    fill["cross_id"] = 0
    fill["fee_e8"] = 0
    fill["impact_e8"] = 0
    fill["adjust_e8"] = 0
    fill["mark_half"] = s.mids[int(order["instrument"])]
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
def fill_resting(s: State, slot: int, qty: int, counterparty: int, flags: int) -> None:
    """
    Fill a resting order at its own price; it leaves when no more may be filled.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    slot : int
        The order.
    qty : int
        Quantity (lots), at most what may be filled.
    counterparty : int
        A portfolio, -1 for the market.
    flags : int
        FillFlag bits.
    """
    order = s.orders[slot]
    write_fill(s, slot, 2 * limit_of(s, slot), qty, MAKER, counterparty, flags)
    s.shares[int(order["share"])]["leaves"] -= qty
    if order["leaves"] == 0:
        leave_level(s, slot)
        end_filled(s, slot)
    elif order["terms"] >= 0 and open_to_fill(s, slot) == 0:
        leave_level(s, slot)
        end_order(s, slot, CANCELLED, REDUCE_ONLY)


@kernel
def allows(s: State, slot: int, price: int) -> bool:
    """
    Say whether an order may take at a price.

    Parameters
    ----------
    s : State
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
    order = s.orders[slot]
    if not has_limit(order):
        return True
    if order["side"] == 0:
        return bool(limit_of(s, slot) >= price)
    return bool(limit_of(s, slot) <= price)


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
