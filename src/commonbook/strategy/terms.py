"""The terms of orders of strategies in plain Python: words and numbers to integers."""

from typing import NamedTuple

from commonbook.core.enums import OrderType, PostOnly, Side, TimeInForce
from commonbook.core.limits import MAX_ORDER_LOTS, MAX_TICKS, SAME
from commonbook.strategy.market import Grid, Market, Number
from commonbook.strategy.orders import Terms
from commonbook.strategy.stops import Impossible

SIDES = {"buy": int(Side.BUY), "sell": int(Side.SELL)}
LIVES = {life.name.lower(): int(life) for life in TimeInForce}
#: How long orders of a type may live; limit orders as they like.
STOP_LIVES = ("gtc", "gtd", "day")
LIVES_OF = {"market": ("ioc", "fok"), "stop": STOP_LIVES, "stop_limit": STOP_LIVES}
#: Types with a limit, and types that wait for a stop price.
PRICED, STOPS = ("limit", "stop_limit"), ("stop", "stop_limit")
#: Largest time [ns].
MAX_NS = 2**63 - 1
#: Stands for a price that is off the grid, or out of range [ticks].
NO_TICKS = MAX_TICKS + 1
#: Stands for a new quantity that is off the grid, or out of range [lots].
NO_LOTS = MAX_ORDER_LOTS + 1


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
    post_only : bool or str
        Whether it is refused if it would take; ``reprice``: it goes a tick away.
    reduce_only : bool
        Whether it may not make the position larger.
    """

    type: str
    side: str
    qty: Number
    price: Number | None = None
    stop_price: Number | None = None
    time_in_force: str = "gtc"
    expires: int | None = None
    post_only: bool | str = False
    reduce_only: bool = False


def read_terms(wanted: Wanted, market: Market, now: int, *, strict: bool) -> Terms:
    """
    Read the terms of an order.

    Parameters
    ----------
    wanted : Wanted
        What the strategy asks for.
    market : Market
        The instrument; one that the data does not have has a negative number.
    now : int
        The time [ns].
    strict : bool
        Whether an impossible order is an error.

    Returns
    -------
    Terms
        The same in integers. Of an impossible order they say that it is: a quantity of
        0, prices that are `NO_TICKS`, a time that is over.

    Raises
    ------
    Impossible
        If a word is unknown, or, when it is strict, if the order is impossible.
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
    if strict:
        _refuse_impossible(wanted, market, now)
    price, stop_price = wanted.price, wanted.stop_price
    return Terms(
        SIDES[side],
        int(OrderType[kind.upper()]),
        LIVES[life],
        _post_only(wanted.post_only),
        _read(market.lots, wanted.qty, 0),
        _read(market.ticks, price, NO_TICKS) if kind in PRICED else None,
        None if stop_price is None else _read(market.ticks, stop_price, NO_TICKS),
        _expiry(wanted.expires),
        int(bool(wanted.reduce_only)),
    )


def read_change(grid: Grid, value: Number | None, otherwise: int) -> int:
    """
    Read what a replace asks for.

    Parameters
    ----------
    grid : Grid
        The unit.
    value : float or None
        The new number, None to leave the old one.
    otherwise : int
        What stands for a number that cannot be; the replace is refused.

    Returns
    -------
    int
        The multiple, or ``SAME``.
    """
    return SAME if value is None else _read(grid, value, otherwise)


def _post_only(word: bool | str) -> int:
    """Read whether an order must not take."""
    if not isinstance(word, str):
        return int(bool(word))
    if word != "reprice":
        message = f"post_only {word!r}; allowed: True, False, reprice"
        raise Impossible(message)
    return int(PostOnly.REPRICE)


def _read(grid: Grid, value: Number | None, otherwise: int) -> int:
    """Count the units of a number; something else stands for one that cannot be."""
    try:
        return grid.count(value)
    except Impossible:
        return otherwise


def _expiry(expires: int | None) -> int:
    """Read a time; one that cannot be is over."""
    if expires is None:
        return 0
    if not 0 <= expires <= MAX_NS or expires != int(expires):
        return -1
    return int(expires)


def _refuse_impossible(wanted: Wanted, market: Market, now: int) -> None:
    """Raise for an order that the event loop would reject."""
    kind, life, expires = wanted.type, wanted.time_in_force, wanted.expires
    if wanted.post_only and (life in ("ioc", "fok") or kind == "stop"):
        message = f"post_only with {life}: an order that never rests would do nothing"
        raise Impossible(message)
    if market.lots.count(wanted.qty) <= 0:
        message = f"quantity {wanted.qty}; allowed: more than 0"
        raise Impossible(message)
    if kind in PRICED:
        market.ticks.count(wanted.price)
    if kind in STOPS:
        market.ticks.count(wanted.stop_price)
    if life != "gtd" and expires is not None:
        message = f"expires with {life}; allowed: with gtd only"
        raise Impossible(message)
    if life == "gtd" and (expires is None or not now < _expiry(expires)):
        message = f"expires {expires!r}; allowed: whole ns after now ({now})"
        raise Impossible(message)
