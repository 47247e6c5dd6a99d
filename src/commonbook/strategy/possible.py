"""Which orders are impossible, whatever the market does, and why."""

from commonbook.core.book_records import NO_ASK
from commonbook.core.dtypes import Records
from commonbook.core.enums import OrderType, Reason, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.limits import MAX_ORDER_LOTS, MAX_TICKS
from commonbook.core.state import State
from commonbook.execution.orders import has_limit

STOP = int(OrderType.STOP)
FOK = int(TimeInForce.FOK)
GTD = int(TimeInForce.GTD)
NONE = int(Reason.NONE)
BAD_QTY = int(Reason.BAD_QTY)
BAD_PRICE = int(Reason.BAD_PRICE)
UNKNOWN_INSTRUMENT = int(Reason.UNKNOWN_INSTRUMENT)
BAD_EXPIRY = int(Reason.BAD_EXPIRY)
BAD_TERMS = int(Reason.BAD_TERMS)

#: Stands for a stop price that was not given; a limit price that was not given is any
#: number beyond the range.
NO_STOP = NO_ASK


@kernel
def set_numbers(s: State, slot: int, instrument: int, qty: int, price: int) -> None:
    """
    Give an order what it is about and how much, or note why that is impossible.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        An order that is not sent yet, with its type.
    instrument : int
        Instrument; any number.
    qty : int
        Quantity (lots); any number. What is impossible is 0 in the order.
    price : int
        Limit price (ticks); any number, 0 for orders without one.
    """
    order = s.orders[slot]
    known = 0 <= instrument < s.mids.shape[0]
    possible = 0 < qty <= MAX_ORDER_LOTS
    priced = is_in_range(price)
    if not known:
        order["reason"] = UNKNOWN_INSTRUMENT
    elif not possible:
        order["reason"] = BAD_QTY
    elif not priced:
        order["reason"] = BAD_PRICE
    order["instrument"] = instrument if known else 0
    order["qty"] = qty if known and possible else 0
    order["leaves"] = order["qty"]
    order["known_leaves"] = order["qty"]
    order["price"] = price if known and priced else 0


@kernel
def is_in_range(price: int) -> bool:
    """
    Say whether an order can have a price.

    Parameters
    ----------
    price : int
        Price (ticks).

    Returns
    -------
    bool
        Whether it is at most ``MAX_TICKS`` either way.
    """
    return -MAX_TICKS <= price <= MAX_TICKS


@kernel
def fault_of_terms(order: Records, stop_price: int, expires: int, now: int) -> int:
    """
    Find out why the terms of an order are impossible.

    Parameters
    ----------
    order : record of ORDER
        The order; read only.
    stop_price : int
        Stop price (ticks), of stop orders.
    expires : int
        Time when it ends (ns), 0 for none.
    now : int
        The time (ns).

    Returns
    -------
    int
        Reason; ``NONE`` if they are possible.
    """
    life = order["time_in_force"]
    stops = order["type"] >= STOP
    if stops and stop_price != NO_STOP and not is_in_range(stop_price):
        return BAD_PRICE
    never_rests = life == FOK or not has_limit(order)
    if (
        (stops and stop_price == NO_STOP)
        or (order["post_only"] > 0 and never_rests)
        or (expires != 0 and life != GTD)
    ):
        return BAD_TERMS
    if life == GTD and expires <= now:
        return BAD_EXPIRY
    return NONE
