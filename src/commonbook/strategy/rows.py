"""How a compiled strategy's wishes are written down: the rows of ``out``."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.enums import OrderType, Request, RequestKind, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.limits import MAX_ORDER_LOTS, MAX_TICKS
from commonbook.strategy.stops import Impossible, TooMany

ORDER, CANCEL = int(RequestKind.ORDER), int(RequestKind.CANCEL)
REPLACE = int(RequestKind.REPLACE)
TIMER = int(RequestKind.TIMER)
BUY, SELL = int(Side.BUY), int(Side.SELL)
MARKET, LIMIT = int(OrderType.MARKET), int(OrderType.LIMIT)
STOP, STOP_LIMIT = int(OrderType.STOP), int(OrderType.STOP_LIMIT)
GTC, IOC = int(TimeInForce.GTC), int(TimeInForce.IOC)
FOK, GTD, DAY = int(TimeInForce.FOK), int(TimeInForce.GTD), int(TimeInForce.DAY)

KIND, SIDE, TYPE = int(Request.KIND), int(Request.SIDE), int(Request.TYPE)
LIFE, POST_ONLY = int(Request.TIME_IN_FORCE), int(Request.POST_ONLY)
PRICE, QTY = int(Request.PRICE), int(Request.QTY)
ORDER_ID, SLOT = int(Request.ORDER_ID), int(Request.SLOT)
STOP_PRICE, EXPIRES = int(Request.STOP_PRICE), int(Request.EXPIRES)
REDUCE_ONLY = int(Request.REDUCE_ONLY)

#: The first row of ``out``: how many rows are filled, the number of the next order,
#: how many messages are allowed, 1 if impossible orders stop the portfolio.
FILLED, NEXT_ID, ALLOWED, STRICT = 0, 1, 2, 3


@kernel
def order_row(
    out: NDArray[np.int64],
    side: int,
    qty: int,
    price: int,
    kind: int,
    life: int,
    post_only: int,
) -> int:
    """
    Ask for an order.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place; ``out[0, FILLED]`` is then the row of the order.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    price : int
        Limit price (ticks), 0 for none.
    kind : int
        OrderType.
    life : int
        TimeInForce.
    post_only : int
        PostOnly.

    Returns
    -------
    int
        Number of the order.
    """
    if out[0, STRICT] == 1 and (qty <= 0 or qty > MAX_ORDER_LOTS):
        raise Impossible("quantity; allowed: from 1 lot to 2**48")  # noqa: EM101
    check_price(out, price)
    if side not in (BUY, SELL):
        raise Impossible("side; allowed: BUY, SELL")  # noqa: EM101
    row = next_row(out)
    number = int(out[0, NEXT_ID])
    out[0, NEXT_ID] = number + 1
    out[row, KIND] = ORDER
    out[row, SIDE] = side
    out[row, TYPE] = kind
    out[row, LIFE] = life
    out[row, POST_ONLY] = post_only
    out[row, PRICE] = price
    out[row, QTY] = qty
    out[row, ORDER_ID] = number
    out[row, SLOT] = -1
    out[row, STOP_PRICE] = 0
    out[row, EXPIRES] = 0
    out[row, REDUCE_ONLY] = 0
    return number


@kernel
def check_price(out: NDArray[np.int64], price: int) -> None:
    """
    Refuse a price that no order can have, where impossible orders stop the portfolio.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Read only.
    price : int
        Price (ticks).
    """
    if out[0, STRICT] == 1 and (price > MAX_TICKS or price < -MAX_TICKS):
        raise Impossible("price; allowed: at most 2**31 - 1 ticks")  # noqa: EM101


@kernel
def cancel_row(out: NDArray[np.int64], order_id: int, slot: int) -> None:
    """
    Ask for a cancel.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    order_id : int
        Number of the order.
    slot : int
        Where it is: its slot, or -1 - row of its own request.
    """
    row = next_row(out)
    out[row, KIND] = CANCEL
    out[row, ORDER_ID] = order_id
    out[row, SLOT] = slot


@kernel
def next_row(out: NDArray[np.int64]) -> int:
    """
    Take the next row of requests.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.

    Returns
    -------
    int
        Its number.
    """
    filled = int(out[0, FILLED])
    if filled >= out[0, ALLOWED] or filled + 1 >= out.shape[0]:
        raise TooMany("more messages in one wake than max_messages")  # noqa: EM101
    out[0, FILLED] = filled + 1
    return filled + 1
