"""
What a compiled strategy of the user's own can do; small functions of its arguments.

Prices are ticks, quantities lots, times nanoseconds. An impossible order is rejected.
A function that is asked for anything else that is impossible raises, which stops the
portfolio; with ``strict`` an impossible order does too.
"""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel
from commonbook.core.limits import SAME
from commonbook.strategy.patient import (
    limit_day,
    limit_fok,
    limit_ioc,
    limit_until,
    market_fok,
    stop,
    stop_limit,
)
from commonbook.strategy.promises import reduce_only, reprice
from commonbook.strategy.rows import (
    ALLOWED,
    BUY,
    FILLED,
    GTC,
    IOC,
    KIND,
    LIMIT,
    MARKET,
    NEXT_ID,
    ORDER,
    ORDER_ID,
    PRICE,
    QTY,
    REPLACE,
    SELL,
    SLOT,
    STOP,
    STOP_LIMIT,
    STOP_PRICE,
    STRICT,
    TIMER,
    cancel_row,
    next_row,
    order_row,
)
from commonbook.strategy.stops import Impossible

__all__ = [
    "ALLOWED",
    "BUY",
    "FILLED",
    "LIMIT",
    "MARKET",
    "NEXT_ID",
    "SAME",
    "SELL",
    "STOP",
    "STOP_LIMIT",
    "STRICT",
    "buy",
    "cancel",
    "cancel_all",
    "has_book",
    "limit",
    "limit_day",
    "limit_fok",
    "limit_ioc",
    "limit_until",
    "market_fok",
    "post",
    "reduce_only",
    "replace",
    "replace_stop",
    "reprice",
    "sell",
    "set_timer",
    "stop",
    "stop_limit",
    "target",
]

NEVER_SENT = "cancel or replace of an order that was never sent"
#: Where an order is that is known to have ended.
NOWHERE = -(1 << 40)


@kernel
def has_book(see: Records) -> bool:
    """
    Say whether there are both a bid and an ask.

    Parameters
    ----------
    see : record of SEE
        What the strategy sees.

    Returns
    -------
    bool
        Whether both sides have a price.
    """
    return bool(see["bid"] > NO_BID and see["ask"] < NO_ASK)


@kernel
def buy(out: NDArray[np.int64], qty: int) -> int:
    """
    Buy at market.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    qty : int
        Quantity (lots).

    Returns
    -------
    int
        Number of the order.
    """
    return order_row(out, BUY, qty, 0, MARKET, IOC, 0)


@kernel
def sell(out: NDArray[np.int64], qty: int) -> int:
    """
    Sell at market.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    qty : int
        Quantity (lots).

    Returns
    -------
    int
        Number of the order.
    """
    return order_row(out, SELL, qty, 0, MARKET, IOC, 0)


@kernel
def limit(out: NDArray[np.int64], side: int, qty: int, price: int) -> int:
    """
    Send a limit order that takes what it can and rests with what is left.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    price : int
        Limit price (ticks).

    Returns
    -------
    int
        Number of the order.
    """
    return order_row(out, side, qty, price, LIMIT, GTC, 0)


@kernel
def post(out: NDArray[np.int64], side: int, qty: int, price: int) -> int:
    """
    Send a limit order that rests and never takes.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    price : int
        Limit price (ticks).

    Returns
    -------
    int
        Number of the order.
    """
    return order_row(out, side, qty, price, LIMIT, GTC, 1)


@kernel
def cancel(out: NDArray[np.int64], orders: Records, order_id: int) -> bool:
    """
    Cancel an order.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    orders : ndarray of OPEN_ORDER, shape (n_orders,)
        The open orders.
    order_id : int
        Number of the order.

    Returns
    -------
    bool
        False when it is known to have ended; then nothing is sent.
    """
    slot = _find(out, orders, order_id)
    if slot == NOWHERE:
        return False
    cancel_row(out, order_id, slot)
    return True


@kernel
def replace(
    out: NDArray[np.int64], orders: Records, order_id: int, qty: int, price: int
) -> bool:
    """
    Change an order; it keeps its place in the queue if it only gets smaller.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    orders : ndarray of OPEN_ORDER, shape (n_orders,)
        The open orders.
    order_id : int
        Number of the order.
    qty : int
        New quantity in all, with what is filled (lots), or ``SAME``.
    price : int
        New limit price (ticks), or ``SAME``.

    Returns
    -------
    bool
        False when it is known to have ended; then nothing is sent.
    """
    return replace_stop(out, orders, order_id, qty, price, SAME)


@kernel
def replace_stop(
    out: NDArray[np.int64],
    orders: Records,
    order_id: int,
    qty: int,
    price: int,
    stop_price: int,
) -> bool:
    """
    Change an order that waits for a stop price.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    orders : ndarray of OPEN_ORDER, shape (n_orders,)
        The open orders.
    order_id : int
        Number of the order.
    qty : int
        New quantity in all, with what is filled (lots), or ``SAME``.
    price : int
        New limit price (ticks), or ``SAME``.
    stop_price : int
        New stop price (ticks), or ``SAME``.

    Returns
    -------
    bool
        False when it is known to have ended; then nothing is sent.
    """
    slot = _find(out, orders, order_id)
    if slot == NOWHERE:
        return False
    row = next_row(out)
    out[row, KIND] = REPLACE
    out[row, ORDER_ID] = order_id
    out[row, SLOT] = slot
    out[row, QTY] = qty
    out[row, PRICE] = price
    out[row, STOP_PRICE] = stop_price
    return True


@kernel
def _find(out: NDArray[np.int64], orders: Records, order_id: int) -> int:
    """Find the slot of an order, -1 - row of its own request, or ``NOWHERE``."""
    if order_id < 1 or order_id >= out[0, NEXT_ID]:
        raise Impossible(NEVER_SENT)
    for i in range(orders.shape[0]):
        if orders[i]["id"] == order_id:
            return int(orders[i]["slot"])
    for row in range(1, out[0, FILLED] + 1):
        if out[row, KIND] == ORDER and out[row, ORDER_ID] == order_id:
            return -1 - row
    return NOWHERE


@kernel
def cancel_all(out: NDArray[np.int64], orders: Records) -> None:
    """
    Cancel every open order.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    orders : ndarray of OPEN_ORDER, shape (n_orders,)
        The open orders.
    """
    for i in range(orders.shape[0]):
        cancel_row(out, int(orders[i]["id"]), int(orders[i]["slot"]))


@kernel
def target(out: NDArray[np.int64], see: Records, orders: Records, position: int) -> int:
    """
    Send a market order for what is missing to a position.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    see : record of SEE
        What the strategy sees.
    orders : ndarray of OPEN_ORDER, shape (n_orders,)
        The open orders; market orders among them count as filled.
    position : int
        Position wanted (lots), negative is short.

    Returns
    -------
    int
        Number of the order, 0 when nothing is missing.
    """
    missing = position - int(see["position"])
    for i in range(orders.shape[0]):
        if orders[i]["type"] == MARKET:
            leaves = int(orders[i]["leaves"])
            missing -= leaves if orders[i]["side"] == BUY else -leaves
    if missing == 0:
        return 0
    if missing > 0:
        return order_row(out, BUY, missing, 0, MARKET, IOC, 0)
    return order_row(out, SELL, -missing, 0, MARKET, IOC, 0)


@kernel
def set_timer(out: NDArray[np.int64], see: Records, at: int) -> None:
    """
    Ask for one more wake, instead of the one asked for before.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    see : record of SEE
        What the strategy sees.
    at : int
        When (ns).
    """
    if at < see["now"]:
        raise Impossible("set_timer at a time that is over")  # noqa: EM101
    row = next_row(out)
    out[row, KIND] = TIMER
    out[row, PRICE] = at
