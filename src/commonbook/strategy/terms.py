"""The terms of orders of strategies in plain Python: words and numbers to integers."""

from typing import NamedTuple

from commonbook.core.enums import OrderType, Side, TimeInForce
from commonbook.strategy.market import Market, Number
from commonbook.strategy.orders import Terms
from commonbook.strategy.stops import Impossible

SIDES = {"buy": int(Side.BUY), "sell": int(Side.SELL)}
LIVES = {life.name.lower(): int(life) for life in TimeInForce}
#: How long orders of a type may live; limit orders as they like.
STOP_LIVES = ("gtc", "gtd", "day")
LIVES_OF = {"market": ("ioc", "fok"), "stop": STOP_LIVES, "stop_limit": STOP_LIVES}
#: Largest time [ns].
MAX_NS = 2**63 - 1


class Wanted(NamedTuple):
    """
    An order as a strategy asks for it.

    Parameters
    ----------
    type : str
        ``market``, ``limit``, ``stop`` or ``stop_limit``.
    side : str
        ``buy`` or ``sell``.
    qty : float
        Quantity [units].
    price : float or None
        Limit price [currency], of types that have one.
    stop_price : float or None
        What triggers it [currency], of types that wait.
    time_in_force : str
        How long it lives.
    expires : int or None
        When a ``gtd`` order ends [ns].
    post_only : bool
        Whether it is refused if it would take.
    """

    type: str
    side: str
    qty: Number
    price: Number | None = None
    stop_price: Number | None = None
    time_in_force: str = "gtc"
    expires: int | None = None
    post_only: bool = False


def read_terms(wanted: Wanted, market: Market, now: int) -> Terms:
    """
    Read the terms of an order.

    Parameters
    ----------
    wanted : Wanted
        What the strategy asks for.
    market : Market
        The instrument.
    now : int
        The time [ns].

    Returns
    -------
    Terms
        The same in integers.

    Raises
    ------
    Impossible
        If a word is unknown, a number off the grid, or the terms contradict each other.
    """
    kind, side, life = wanted.type, wanted.side, wanted.time_in_force
    if side not in SIDES:
        message = f"side {side!r}; allowed: buy, sell"
        raise Impossible(message)
    allowed = LIVES_OF.get(kind, LIVES)
    if life not in allowed:
        message = (
            f"time_in_force {life!r}; allowed for a {kind} order: {', '.join(allowed)}"
        )
        raise Impossible(message)
    if wanted.post_only and (life in ("ioc", "fok") or kind == "stop"):
        message = f"post_only with {life}: an order that never rests would do nothing"
        raise Impossible(message)
    return Terms(
        SIDES[side],
        int(OrderType[kind.upper()]),
        LIVES[life],
        int(bool(wanted.post_only)),
        order_lots(market, wanted.qty),
        _ticks(market, wanted.price, exists=kind in ("limit", "stop_limit")),
        _ticks(market, wanted.stop_price, exists=kind in ("stop", "stop_limit")),
        _expiry(life, wanted.expires, now),
    )


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


def _ticks(market: Market, price: Number | None, *, exists: bool) -> int | None:
    return market.ticks.count(price) if exists else None


def _expiry(life: str, expires: int | None, now: int) -> int:
    if life != "gtd":
        if expires is not None:
            message = f"expires with {life}; allowed: with gtd only"
            raise Impossible(message)
        return 0
    if expires is None or not now < expires <= MAX_NS or expires != int(expires):
        message = f"expires {expires!r}; allowed: whole ns after now ({now})"
        raise Impossible(message)
    return int(expires)
