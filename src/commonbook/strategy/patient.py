"""Verbs of compiled strategies: orders that wait, or for which time is short."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel
from commonbook.strategy.rows import (
    DAY,
    EXPIRES,
    FILLED,
    FOK,
    GTC,
    GTD,
    IOC,
    LIMIT,
    MARKET,
    STOP,
    STOP_LIMIT,
    STOP_PRICE,
    STRICT,
    check_price,
    order_row,
)
from commonbook.strategy.stops import Impossible


@kernel
def limit_ioc(out: NDArray[np.int64], side: int, qty: int, price: int) -> int:
    """
    Send a limit order that takes what it can and never rests.

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
    return order_row(out, side, qty, price, LIMIT, IOC, 0)


@kernel
def market_fok(out: NDArray[np.int64], side: int, qty: int) -> int:
    """
    Send a market order that is filled whole, or not at all.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).

    Returns
    -------
    int
        Number of the order.
    """
    return order_row(out, side, qty, 0, MARKET, FOK, 0)


@kernel
def limit_fok(out: NDArray[np.int64], side: int, qty: int, price: int) -> int:
    """
    Send a limit order that is filled whole at once, or not at all.

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
    return order_row(out, side, qty, price, LIMIT, FOK, 0)


@kernel
def limit_day(out: NDArray[np.int64], side: int, qty: int, price: int) -> int:
    """
    Send a limit order that ends when the session closes.

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
    return order_row(out, side, qty, price, LIMIT, DAY, 0)


@kernel
def limit_until(
    out: NDArray[np.int64], see: Records, side: int, qty: int, price: int, expires: int
) -> int:
    """
    Send a limit order that ends at a time.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    see : record of SEE
        What the strategy sees.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    price : int
        Limit price (ticks).
    expires : int
        When it ends at the venue (ns).

    Returns
    -------
    int
        Number of the order.
    """
    if out[0, STRICT] == 1 and expires <= see["now"]:
        raise Impossible("expires; allowed: a time after now")  # noqa: EM101
    number = order_row(out, side, qty, price, LIMIT, GTD, 0)
    out[out[0, FILLED], EXPIRES] = expires
    return number


@kernel
def stop(out: NDArray[np.int64], side: int, qty: int, stop_price: int) -> int:
    """
    Send a market order that waits at the venue until the market reaches a price.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    stop_price : int
        What triggers it (ticks).

    Returns
    -------
    int
        Number of the order.
    """
    check_price(out, stop_price)
    number = order_row(out, side, qty, 0, STOP, GTC, 0)
    out[out[0, FILLED], STOP_PRICE] = stop_price
    return number


@kernel
def stop_limit(
    out: NDArray[np.int64], side: int, qty: int, stop_price: int, price: int
) -> int:
    """
    Send a limit order that waits at the venue until the market reaches a price.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    side : int
        ``BUY`` or ``SELL``.
    qty : int
        Quantity (lots).
    stop_price : int
        What triggers it (ticks).
    price : int
        Limit price (ticks).

    Returns
    -------
    int
        Number of the order.
    """
    check_price(out, stop_price)
    number = order_row(out, side, qty, price, STOP_LIMIT, GTC, 0)
    out[out[0, FILLED], STOP_PRICE] = stop_price
    return number
