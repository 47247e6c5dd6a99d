"""The class that users write strategies with, in plain Python."""

from typing import Annotated, Any

from commonbook.core.enums import Side
from commonbook.strategy.callbacks import check_names
from commonbook.strategy.market import Levels, Market, Number
from commonbook.strategy.orders import Fill, Order, Trade
from commonbook.strategy.params import Parameter, Symbol, Unit, declared
from commonbook.strategy.seat import Seat
from commonbook.strategy.stops import Impossible


class Strategy:
    """
    A strategy in plain Python: a subclass with the callbacks that it needs.

    What a class overrides wakes it: `on_book`, `on_trade`, `on_order`, `on_fill`; and
    `every`, or `set_timer`, wakes it by the clock. It sees what its delays let it see.
    Annotated attributes are parameters, set before ``__init__`` runs. An object serves
    one portfolio in one run; an error in it stops that portfolio only.

    Attributes
    ----------
    symbol : str
        The instrument that prices, sizes and verbs are about unless they name another.
    every : int or None
        Distance of regular calls of `on_timer` [ns]; ``"100ms"`` when it is declared.
    """

    symbol: Symbol | None = None
    every: Annotated[int | str | None, Unit.DURATION] = None

    _seat: Seat

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse callbacks that nobody would call and parameters that hide a name."""
        super().__init_subclass__(**kwargs)
        check_names(cls, Strategy)

    @classmethod
    def _parameters(cls) -> tuple[Parameter, ...]:
        """List what it declares, ``symbol`` and ``every`` first."""
        return declared(cls, Strategy)

    def on_start(self) -> None:
        """Act once, at the time of the first event, before everything else."""

    def on_book(self) -> None:
        """Act after the packets of one time that mention an instrument of its own."""

    def on_trade(self, trade: Trade) -> None:
        """
        Act on a print of an instrument of its own.

        Parameters
        ----------
        trade : Trade
            The print.
        """

    def on_timer(self) -> None:
        """Act at a regular time, or at one that `set_timer` asked for."""

    def on_order(self, order: Order) -> None:
        """
        Act on the news that an order was accepted, reduced or has ended.

        Parameters
        ----------
        order : Order
            As it is now known to be.
        """

    def on_fill(self, fill: Fill) -> None:
        """
        Act on the news of a fill.

        Parameters
        ----------
        fill : Fill
            The fill.
        """

    def on_end(self) -> None:
        """Look back once, after the last event; nothing can be sent any more."""

    # What it sees ---------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name of the portfolio."""
        return self._seat.name

    @property
    def now(self) -> int:
        """The time, nanoseconds since 1970 UTC."""
        return self._seat.now

    @property
    def bid(self) -> float | None:
        """Best bid [currency], None when there is none."""
        return self._seat.main.bid

    @property
    def ask(self) -> float | None:
        """Best ask [currency], None when there is none."""
        return self._seat.main.ask

    @property
    def mid(self) -> float | None:
        """Middle of the best bid and ask [currency], None unless there are both."""
        return self._seat.main.mid

    @property
    def bid_size(self) -> float:
        """Size at the best bid [units], 0 when there is none."""
        return self._seat.main.bid_size

    @property
    def ask_size(self) -> float:
        """Size at the best ask [units], 0 when there is none."""
        return self._seat.main.ask_size

    @property
    def bid_ticks(self) -> int | None:
        """Best bid [ticks], None when there is none."""
        return self._seat.main.bid_ticks

    @property
    def ask_ticks(self) -> int | None:
        """Best ask [ticks], None when there is none."""
        return self._seat.main.ask_ticks

    @property
    def position(self) -> float:
        """Position as far as it knows [units], negative when short."""
        return self._seat.main.position

    @property
    def orders(self) -> list[Order]:
        """Orders that it knows to be open, in the order of sending."""
        return list(self._seat.open.values())

    @property
    def trades(self) -> list[Trade]:
        """Prints since it last woke for events; empty without `on_book`, `on_trade`."""
        return self._seat.trades

    @property
    def tick_size(self) -> float:
        """Distance of two prices [currency]."""
        return self._seat.main.tick_size

    @property
    def lot_size(self) -> float:
        """Smallest quantity [units]."""
        return self._seat.main.lot_size

    def market(self, symbol: str | None = None) -> Market:
        """
        Look at any instrument of the data.

        Parameters
        ----------
        symbol : str, optional
            Its name; by default the strategy's own.

        Returns
        -------
        Market
            Its touch, depth, position and units.
        """
        return self._seat.market(symbol)

    def depth(self, levels: int = 5) -> tuple[Levels, Levels]:
        """
        List the best levels of both sides.

        Parameters
        ----------
        levels : int, default 5
            How many at most.

        Returns
        -------
        bids : list of (float, float)
            Price [currency] and size [units], best first.
        asks : list of (float, float)
            The same of the other side.
        """
        return self._seat.main.depth(levels)

    def price_of(self, ticks: int) -> float:
        """
        Give the exact price of a number of ticks.

        Parameters
        ----------
        ticks : int
            Price [ticks].

        Returns
        -------
        float
            Price [currency]: 99.99, never 99.99000000000001.
        """
        return self._seat.main.ticks.value(ticks)

    def ticks_of(self, price: Number) -> int:
        """
        Give the number of ticks of a price.

        Parameters
        ----------
        price : float
            Price [currency].

        Returns
        -------
        int
            Price [ticks].
        """
        return self._seat.main.ticks.count(price)

    def buy(
        self, qty: Number, *, symbol: str | None = None, tag: str | None = None
    ) -> int:
        """
        Buy at market.

        Parameters
        ----------
        qty : float
            Quantity [units].
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.

        Returns
        -------
        int
            Number of the order.
        """
        return self._seat.send_market(Side.BUY, qty, symbol, tag)

    def sell(
        self, qty: Number, *, symbol: str | None = None, tag: str | None = None
    ) -> int:
        """
        Sell at market.

        Parameters
        ----------
        qty : float
            Quantity [units].
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.

        Returns
        -------
        int
            Number of the order.
        """
        return self._seat.send_market(Side.SELL, qty, symbol, tag)

    def limit(
        self,
        side: str,
        qty: Number,
        price: Number,
        *,
        post_only: bool = False,
        time_in_force: str = "gtc",
        symbol: str | None = None,
        tag: str | None = None,
    ) -> int:
        """
        Send a limit order.

        Parameters
        ----------
        side : str
            ``buy`` or ``sell``.
        qty : float
            Quantity [units].
        price : float
            Limit price [currency].
        post_only : bool, default False
            Whether it is refused if it would take liquidity.
        time_in_force : str, default "gtc"
            ``gtc`` or ``ioc``.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.

        Returns
        -------
        int
            Number of the order.
        """
        terms = time_in_force, post_only
        return self._seat.send_limit(side, qty, price, terms, symbol, tag)

    def cancel(self, order_id: int) -> bool:
        """
        Cancel an order.

        Parameters
        ----------
        order_id : int
            Number of the order.

        Returns
        -------
        bool
            False when it is known to have ended; then nothing is sent.
        """
        return self._seat.cancel(order_id)

    def cancel_all(self, *, symbol: str | None = None) -> None:
        """
        Cancel every open order.

        Parameters
        ----------
        symbol : str, optional
            Only those of this instrument.
        """
        market = None if symbol is None else self._seat.market(symbol)
        for order in self.orders:
            if market is None or order.market is market:
                self._seat.cancel(order.id)

    def target(
        self, position: Number, *, symbol: str | None = None, tag: str | None = None
    ) -> int | None:
        """
        Send a market order for what is missing to a position.

        Parameters
        ----------
        position : float
            Position wanted [units], negative is short. Market orders that are on their
            way count as filled; limit orders do not count.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.

        Returns
        -------
        int or None
            Number of the order, None when nothing is missing.
        """
        return self._seat.target(position, symbol, tag)

    def close(self, *, symbol: str | None = None, tag: str | None = None) -> int | None:
        """
        Cancel the open orders of an instrument and bring its position to 0 at market.

        Parameters
        ----------
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.

        Returns
        -------
        int or None
            Number of the order, None when the position is 0 already.
        """
        market = self._seat.market(symbol)
        self.cancel_all(symbol=market.symbol)
        return self._seat.target(0, symbol, tag)

    def set_timer(self, *, at: int | None = None, after: int | None = None) -> None:
        """
        Ask for one more call of `on_timer`.

        Parameters
        ----------
        at : int, optional
            When, nanoseconds since 1970 UTC.
        after : int, optional
            How long from now [ns]; give one of the two.
        """
        if after is not None and at is None:
            at = self.now + after
        elif at is None or after is not None:
            message = "set_timer: give either at or after"
            raise Impossible(message)
        self._seat.set_timer(at)
