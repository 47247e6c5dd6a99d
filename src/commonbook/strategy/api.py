"""The class that users write strategies with, in plain Python."""

from typing import Annotated, Any

from commonbook.strategy.callbacks import check_names
from commonbook.strategy.market import Levels, Market, Number
from commonbook.strategy.orders import Fill, Order, Trade
from commonbook.strategy.params import Parameter, Symbol, Unit, declared
from commonbook.strategy.sending import Verbs


class Strategy(Verbs):
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
        Act on the news that an order waits, rests, was reduced, replaced or has ended.

        Or that a cancel or a replace of it was refused.

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
    def halted(self) -> bool:
        """Whether it sees that trading in its instrument is halted."""
        return self._seat.main.halted

    @property
    def position(self) -> float:
        """Position as far as it knows [units], negative when short."""
        return self._seat.main.position

    @property
    def orders(self) -> list[Order]:
        """Orders that it knows to be open, in the order of sending."""
        return list(self._seat.known.open.values())

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
            Its touch, depth, position and units, and whether it is halted.
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
