"""The terms of orders of strategies in plain Python: words and numbers to codes."""

from commonbook.core.enums import Side, TimeInForce
from commonbook.strategy.market import Market, Number
from commonbook.strategy.stops import Impossible

SIDES = {"buy": int(Side.BUY), "sell": int(Side.SELL)}
LIVES = {"gtc": int(TimeInForce.GTC), "ioc": int(TimeInForce.IOC)}


def limit_codes(side: str, life: str, post_only: bool) -> tuple[int, int, int]:
    """
    Read the terms of a limit order.

    Parameters
    ----------
    side : str
        ``buy`` or ``sell``.
    life : str
        ``gtc`` or ``ioc``.
    post_only : bool
        Whether it is refused if it would take.

    Returns
    -------
    tuple of int
        Side, TimeInForce, and 1 if it is refused.

    Raises
    ------
    Impossible
        If a word is unknown, or an order that never rests is not to take.
    """
    if side not in SIDES:
        message = f"side {side!r}; allowed: buy, sell"
        raise Impossible(message)
    if life not in LIVES:
        message = f"time_in_force {life!r}; allowed: gtc, ioc"
        raise Impossible(message)
    if post_only and life == "ioc":
        message = "post_only with ioc: an order that never rests would do nothing"
        raise Impossible(message)
    return SIDES[side], LIVES[life], int(bool(post_only))


def order_lots(market: Market, qty: Number) -> int:
    """
    Read the quantity of an order.

    Parameters
    ----------
    market : Market
        Its instrument.
    qty : float
        Quantity [units].

    Returns
    -------
    int
        Quantity [lots].

    Raises
    ------
    Impossible
        If it is off the grid or not positive.
    """
    lots = market.lots.count(qty)
    if lots <= 0:
        message = f"quantity {qty}; allowed: more than 0"
        raise Impossible(message)
    return lots
