"""What a strategy in plain Python knows of its orders, and of trades."""

from typing import NamedTuple

from commonbook.core.enums import Liquidity, OrderState, Reason, Side
from commonbook.strategy.market import Market

SIDES = tuple(side.name.lower() for side in (Side.BUY, Side.SELL))
STATES = tuple(state.name.lower() for state in OrderState)
REASONS = tuple(reason.name.lower() for reason in Reason)
LIQUIDITIES = tuple(liquidity.name.lower() for liquidity in Liquidity)
SENT = int(OrderState.SENT)


class Order:
    """
    An order of a strategy's own, as far as it knows.

    Parameters
    ----------
    order_id : int
        Its number in the portfolio.
    market : Market
        Its instrument.
    side : int
        Side.
    lots : int
        Quantity [lots].
    price_ticks : int or None
        Limit price [ticks], None for a market order.
    tag : str or None
        What the strategy calls it.

    Notes
    -----
    ``cancelling`` says whether a cancel has been sent for it.
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
        "price_ticks",
        "reason_code",
        "side_code",
        "slot",
        "state_code",
        "tag",
    )

    def __init__(
        self,
        order_id: int,
        market: Market,
        side: int,
        lots: int,
        price_ticks: int | None,
        tag: str | None,
    ) -> None:
        self.id, self.price_ticks, self.tag = order_id, price_ticks, tag
        self.market, self.side_code = market, side
        self.lots = self.leaves_lots = lots
        self.filled_lots = self.reason_code = 0
        self.state_code = SENT
        self.cancelling = False
        self.slot = -1

    def __repr__(self) -> str:
        price = "market" if self.price is None else self.price
        return (
            f"<order {self.id}: {self.side} {self.qty} {self.symbol} at {price}, "
            f"{self.state}, {self.leaves} open>"
        )

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
        """Limit price [currency], None for a market order."""
        ticks = self.price_ticks
        return None if ticks is None else self.market.ticks.value(ticks)

    @property
    def qty(self) -> float:
        """Quantity as sent [units]."""
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
        """One of sent, resting, filled, cancelled, rejected and expired."""
        return STATES[self.state_code]

    @property
    def reason(self) -> str | None:
        """Why it ended without being filled, None if it did not."""
        return REASONS[self.reason_code] if self.reason_code else None


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
