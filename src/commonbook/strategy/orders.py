"""What a strategy in plain Python knows of its orders, and of trades."""

from typing import NamedTuple, TypeAlias

from commonbook.core.enums import (
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.core.limits import MAX_TICKS
from commonbook.strategy.market import Market

SIDES = tuple(side.name.lower() for side in (Side.BUY, Side.SELL))
TYPES = tuple(kind.name.lower() for kind in OrderType)
LIVES = tuple(life.name.lower() for life in TimeInForce)
STATES = tuple(state.name.lower() for state in OrderState)
REASONS = {int(reason): reason.name.lower() for reason in Reason}
LIQUIDITIES = tuple(liquidity.name.lower() for liquidity in Liquidity)
SENT, WAITING = int(OrderState.SENT), int(OrderState.WAITING)


class Terms(NamedTuple):
    """
    What an order was sent as, in integers; its stop price as it was replaced.

    Parameters
    ----------
    side : int
        Side.
    type : int
        OrderType.
    time_in_force : int
        TimeInForce.
    post_only : int
        PostOnly.
    lots : int
        Quantity [lots]; 0 if that is impossible.
    price : int or None
        Limit price [ticks], None for none; beyond the range if that is impossible.
    stop_price : int or None
        Stop price [ticks]; likewise.
    expires : int
        When a good-till-date order ends [ns], else 0.
    reduce_only : int
        1 if it may not make the position larger, else 0.
    """

    side: int
    type: int
    time_in_force: int
    post_only: int
    lots: int
    price: int | None = None
    stop_price: int | None = None
    expires: int = 0
    reduce_only: int = 0


#: What a strategy calls an order, and the larger one that it is a part of.
Labels: TypeAlias = tuple[str | None, str | None]


class Order:
    """
    An order of a strategy's own, as far as it knows.

    Parameters
    ----------
    order_id : int
        Its number in the portfolio.
    market : Market
        Its instrument.
    terms : Terms
        What it was sent as.
    labels : Labels
        What the strategy calls it, its ``tag``, and the larger order that it is a part
        of, its ``parent``.

    Notes
    -----
    ``cancelling`` says whether a cancel has been sent for it, ``replacing`` how many
    replaces are not answered yet, and ``news`` what `on_order` is told: ``accepted``,
    ``reduced``, ``replaced``, ``cancel_rejected`` (a cancel or a replace came too late,
    or was refused) or ``ended``.
    Attributes that end in ``lots``, ``ticks`` or ``code`` are integers as the kernels
    use them; the properties give the same in currency, units and words.
    """

    __slots__ = (
        "cancelling",
        "filled_lots",
        "id",
        "leaves_lots",
        "lots",
        "market",
        "news",
        "parent",
        "price_ticks",
        "reason_code",
        "replacing",
        "side_code",
        "slot",
        "state_code",
        "tag",
        "terms",
        "unanswered",
    )

    def __init__(
        self, order_id: int, market: Market, terms: Terms, labels: Labels
    ) -> None:
        self.id, self.market, self.terms = order_id, market, terms
        self.tag, self.parent = labels
        self.side_code, self.price_ticks = terms.side, _possible(terms.price)
        self.lots = self.leaves_lots = terms.lots
        self.filled_lots = self.reason_code = 0
        self.state_code = SENT
        self.cancelling = False
        self.replacing = self.unanswered = 0
        self.news = ""
        self.slot = -1

    def __repr__(self) -> str:
        price = "market" if self.price is None else self.price
        if self.stop_price is not None:
            price = f"{price} once at {self.stop_price}"
        return (
            f"<order {self.id}: {self.side} {self.qty} {self.symbol} at {price}, "
            f"{self.state}, {self.leaves} open>"
        )

    def take_replace(self, leaves: int, ticks: int, stop_ticks: int) -> None:
        """
        Know that it was replaced.

        Parameters
        ----------
        leaves : int
            What that left open [lots].
        ticks : int
            Its limit price, if it has one [ticks].
        stop_ticks : int
            Its stop price, if it has one [ticks].
        """
        self.lots += leaves - self.leaves_lots
        self.leaves_lots = leaves
        if self.price_ticks is not None:
            self.price_ticks = ticks
        if self.terms.stop_price is not None:
            self.terms = self.terms._replace(stop_price=stop_ticks)

    @property
    def symbol(self) -> str:
        """Name of its instrument."""
        return self.market.symbol

    @property
    def side(self) -> str:
        """``buy`` or ``sell``."""
        return SIDES[self.side_code]

    @property
    def price(self) -> float | None:
        """Limit price [currency], None for market and stop orders."""
        ticks = self.price_ticks
        return None if ticks is None else self.market.ticks.value(ticks)

    @property
    def stop_price(self) -> float | None:
        """What triggers it [currency], None unless it is a stop order."""
        ticks = _possible(self.terms.stop_price)
        return None if ticks is None else self.market.ticks.value(ticks)

    @property
    def type(self) -> str:
        """``market``, ``limit``, ``stop`` or ``stop_limit``."""
        return TYPES[self.terms.type]

    @property
    def time_in_force(self) -> str:
        """``gtc``, ``ioc``, ``fok``, ``gtd`` or ``day``."""
        return LIVES[self.terms.time_in_force]

    @property
    def expires(self) -> int | None:
        """When a ``gtd`` order ends at the venue [ns], None for the others."""
        return self.terms.expires or None

    @property
    def reduce_only(self) -> bool:
        """Whether it may not make the position larger, nor turn it."""
        return self.terms.reduce_only == 1

    @property
    def qty(self) -> float:
        """Quantity as sent or replaced [units], 0 if that is impossible."""
        return self.market.lots.value(self.lots)

    @property
    def leaves(self) -> float:
        """What is still open [units]; 0 once it has ended."""
        return self.market.lots.value(self.leaves_lots)

    @property
    def filled(self) -> float:
        """What has been filled [units]."""
        return self.market.lots.value(self.filled_lots)

    @property
    def state(self) -> str:
        """One of sent, waiting, resting, filled, cancelled, rejected and expired."""
        return STATES[self.state_code]

    @property
    def waiting(self) -> bool:
        """Whether it is a stop order that waits at the venue for its trigger."""
        return self.state_code == WAITING

    @property
    def reason(self) -> str | None:
        """Why it ended without being filled, None if it did not."""
        return REASONS[self.reason_code] if self.reason_code else None


def _possible(ticks: int | None) -> int | None:
    """Give a price that an order can have, else None."""
    return None if ticks is None or abs(ticks) > MAX_TICKS else ticks


class Fill(NamedTuple):
    """
    An execution of an order of a strategy's own.

    Parameters
    ----------
    ts : int
        When it happened at the venue [ns].
    order : Order
        The order, as it is now known to be.
    price : float
        Price [currency].
    qty : float
        Quantity [units].
    liquidity : str
        ``maker``, ``taker`` or ``cross``.
    """

    ts: int
    order: Order
    price: float
    qty: float
    liquidity: str

    @property
    def order_id(self) -> int:
        """Number of the order in the portfolio."""
        return self.order.id

    @property
    def symbol(self) -> str:
        """Name of the instrument."""
        return self.order.symbol

    @property
    def side(self) -> str:
        """``buy`` or ``sell``."""
        return self.order.side


class Trade(NamedTuple):
    """
    A print of the market.

    Parameters
    ----------
    ts : int
        When it happened at the venue [ns].
    symbol : str
        Instrument.
    side : str or None
        The aggressor's, ``buy`` or ``sell``; None when the tape does not say.
    price : float
        Price [currency].
    qty : float
        Quantity [units].
    """

    ts: int
    symbol: str
    side: str | None
    price: float
    qty: float
