"""Where a strategy in plain Python sits: what it sees, what it has asked for."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from heapq import heappop, heappush

from commonbook.core.enums import (
    Brief,
    OrderType,
    Request,
    RequestKind,
    Side,
    TimeInForce,
)
from commonbook.strategy.known import KnownOrders
from commonbook.strategy.market import NO_PRICE, Market, Number
from commonbook.strategy.orders import Labels, Order, Terms, Trade
from commonbook.strategy.stops import Impossible, TooMany
from commonbook.strategy.terms import NO_LOTS, NO_TICKS, Wanted, read_change, read_terms

#: Most orders and cancels that a strategy may send in one wake.
MAX_MESSAGES = 10_000

ORDER, CANCEL = int(RequestKind.ORDER), int(RequestKind.CANCEL)
REPLACE = int(RequestKind.REPLACE)
TIMER, STOP = int(RequestKind.TIMER), int(RequestKind.STOP)
BUY, SELL = int(Side.BUY), int(Side.SELL)
MARKET, IOC = int(OrderType.MARKET), int(TimeInForce.IOC)
SLOT = int(Request.SLOT)
FIRST_EVENT, LAST_EVENT = int(Brief.FIRST_EVENT), int(Brief.LAST_EVENT)


class Seat:
    """
    The side of a strategy that faces the event loop.

    Parameters
    ----------
    name : str
        Name of the portfolio.
    portfolio : int
        Its number in this part of the run.
    markets : sequence of Market
        Every instrument of the data, by number.
    main : int
        The instrument that the strategy is about.
    read_trades : callable
        Reads the prints in a range of the tape.
    strict : bool, default False
        Whether an impossible order is an error.
    """

    def __init__(
        self,
        name: str,
        portfolio: int,
        markets: Sequence[Market],
        main: int,
        read_trades: Callable[[int, int], list[Trade]],
        *,
        strict: bool = False,
    ) -> None:
        self.name, self.portfolio = name, portfolio
        self.by_number, self.main = markets, markets[main]
        self.markets = {market.symbol: market for market in markets}
        self.now = 0  # [ns]
        self.known = KnownOrders()
        self.requests: list[list[int]] = []  # of everybody in this round
        self.timers: list[int] = []  # irregular wakes to come, a heap [ns]
        self.tags: dict[int, str] = {}  # names of its orders
        self.parents: dict[int, str] = {}  # those of what they are parts of
        self._others = [market for market in markets if market is not self.main]
        self._read_trades, self._strict = read_trades, strict
        self._strangers: dict[str, Market] = {}  # instruments that do not exist
        self._trades: list[Trade] | None = []
        self._brief: list[int] = []
        self._messages_left = 0
        self._is_over = False
        self._fresh: list[Order] = []

    def sit(self, now: int, brief: list[int], requests: list[list[int]]) -> None:
        """
        Begin a wake.

        Parameters
        ----------
        now : int
            The time [ns].
        brief : list of int
            A row with the columns of `Brief`.
        requests : list of list of int
            Receives what is asked for.
        """
        self.now = now
        self.requests = requests
        self._brief = brief
        self._trades = None
        self._messages_left = MAX_MESSAGES
        self.main.show(brief)
        for market in self._others:
            market.show(None)

    def leave(self, now: int, requests: list[list[int]]) -> None:
        """
        Let the strategy look back when the data has ended.

        Parameters
        ----------
        now : int
            The time [ns].
        requests : list of list of int
            Receives what is asked for: orders, all of which will be refused.
        """
        self.now = now
        self.requests = requests
        self._trades = []
        self._messages_left = MAX_MESSAGES
        self._is_over = True
        for market in self.by_number:
            market.show(None)

    def market(self, symbol: str | None) -> Market:
        """
        Find an instrument.

        Parameters
        ----------
        symbol : str or None
            Its name, None for the main one.

        Returns
        -------
        Market
            What the strategy sees of it.

        Raises
        ------
        Impossible
            If the data has no such instrument.
        """
        if symbol is None:
            return self.main
        if symbol not in self.markets:
            message = f"symbol {symbol!r}; the data has {', '.join(self.markets)}"
            raise Impossible(message)
        return self.markets[symbol]

    def traded(self, symbol: str | None) -> Market:
        """
        Find the instrument of an order.

        Parameters
        ----------
        symbol : str or None
            Its name, None for the main one.

        Returns
        -------
        Market
            What the strategy sees of it; if the data has no such instrument, one with a
            negative number, unless impossible orders are errors.
        """
        if symbol is None or symbol in self.markets or self._strict:
            return self.market(symbol)
        unit = Decimal(1)
        stranger = Market(str(symbol), -1, unit, unit, lambda *_: [], lambda _: False)
        return self._strangers.setdefault(stranger.symbol, stranger)

    @property
    def trades(self) -> list[Trade]:
        """Prints that became visible since the last wake for events."""
        if self._trades is None:
            first, last = self._brief[FIRST_EVENT], self._brief[LAST_EVENT]
            self._trades = self._read_trades(first, last) if first < last else []
        return self._trades

    # What it asks for ----------------------------------------------------------------

    def send(self, wanted: Wanted, symbol: str | None, labels: Labels) -> int:
        """
        Ask for an order.

        Parameters
        ----------
        wanted : Wanted
            What it is.
        symbol : str or None
            Instrument, None for the main one.
        labels : Labels
            What the strategy calls it, and its parent.

        Returns
        -------
        int
            Number of the order.
        """
        market = self.traded(symbol)
        terms = read_terms(wanted, market, self.now, strict=self._strict)
        return self._send(market, terms, labels)

    def cancel(self, order_id: int) -> bool:
        """
        Ask for a cancel.

        Parameters
        ----------
        order_id : int
            Number of the order.

        Returns
        -------
        bool
            False when the strategy knows that the order has ended; nothing is sent.

        Raises
        ------
        Impossible
            If no order has this number.
        """
        order = self._change(order_id, "cancel")
        if order is not None:
            order.cancelling = True
            self._ask(CANCEL, order.id, slot=order.slot)
        return order is not None

    def replace(
        self,
        order_id: int,
        qty: Number | None,
        price: Number | None,
        stop_price: Number | None,
    ) -> bool:
        """
        Ask for another quantity or price of an order.

        Parameters
        ----------
        order_id : int
            Number of the order.
        qty : float or None
            New quantity in all [units], None to leave it.
        price : float or None
            New limit price [currency], None to leave it.
        stop_price : float or None
            New stop price [currency], None to leave it.

        Returns
        -------
        bool
            False when the strategy knows that the order has ended; nothing is sent.
        """
        order = self._change(order_id, "replace")
        if order is None:
            return False
        order.replacing += 1
        ticks, lots = order.market.ticks, order.market.lots
        row = [REPLACE, self.portfolio, 0, 0, 0, 0, 0]
        row += [read_change(ticks, price, NO_TICKS)]
        row += [read_change(lots, qty, NO_LOTS), order.id, order.slot]
        self.requests.append([*row, read_change(ticks, stop_price, NO_TICKS), 0, 0])
        return True

    def target(
        self, position: Number, symbol: str | None, labels: Labels
    ) -> int | None:
        """
        Ask for what is missing to a position, at market.

        Parameters
        ----------
        position : float
            The position wanted [units], negative is short.
        symbol : str or None
            Instrument, None for the main one.
        labels : Labels
            What the strategy calls the order, and its parent.

        Returns
        -------
        int or None
            Number of the order, None when nothing is missing.
        """
        market = self.traded(symbol)
        try:
            missing = market.lots.count(position) - market.position_lots
        except Impossible:
            if self._strict:
                raise
            return self._send(market, Terms(BUY, MARKET, IOC, 0, 0), labels)
        for order in self.known.open.values():
            if order.market is market and order.terms.type == MARKET:
                missing += order.leaves_lots if order.side_code else -order.leaves_lots
        if missing == 0:
            return None
        side = BUY if missing > 0 else SELL
        return self._send(market, Terms(side, MARKET, IOC, 0, abs(missing)), labels)

    def set_timer(self, at: int) -> None:
        """
        Ask for an irregular wake.

        Parameters
        ----------
        at : int
            When [ns].

        Raises
        ------
        Impossible
            If it is no whole number, or over.
        """
        if at < self.now or at != int(at):
            message = f"set_timer at {at!r}; allowed: whole ns from now ({self.now}) on"
            raise Impossible(message)
        heappush(self.timers, int(at))

    def rise(self) -> None:
        """End a wake: ask for the next irregular one."""
        if self.timers:
            self._ask(TIMER, price=self.timers[0])

    def stop(self) -> None:
        """Ask never to wake again."""
        self._fresh.clear()
        self._ask(STOP)

    def take_timers(self) -> bool:
        """
        Drop the irregular wakes that are due.

        Returns
        -------
        bool
            Whether there was one.
        """
        timers = self.timers
        if not timers or timers[0] > self.now:
            return False
        while timers and timers[0] <= self.now:
            heappop(timers)
        return True

    def settle(self, slots: list[int]) -> None:
        """
        Learn where the orders of this round went.

        Parameters
        ----------
        slots : list of int
            Slot of every request.
        """
        for order in self._fresh:
            order.slot = slots[-2 - order.slot]
        self._fresh.clear()

    def _send(self, market: Market, terms: Terms, labels: Labels) -> int:
        self._count_message()
        self.known.last_id += 1
        number = self.known.last_id
        order = Order(number, market, terms, labels)
        order.slot = -2 - len(self.requests)  # until the kernel has given it one
        side, kind, life, post_only, lots, price, stop_price, *last = terms
        head = [ORDER, self.portfolio, market.number, side, kind, life, post_only]
        if stop_price is None:
            stop_price = NO_PRICE
        rest = [price or 0, lots, number, -1, stop_price, *last]
        self.requests.append(head + rest)
        self.known.open[number] = order
        self._fresh.append(order)
        if order.tag is not None:
            self.tags[number] = str(order.tag)
        if order.parent is not None:
            self.parents[number] = str(order.parent)
        return number

    def _change(self, order_id: int, what: str) -> Order | None:
        """Count a message about an order; None when it is known to have ended."""
        order = self.known.find(order_id, what)
        if self._is_over:
            return None  # so has everything else
        if order is not None:
            self._count_message()
            order.unanswered += 1
        return order

    def _ask(self, kind: int, number: int = 0, price: int = -1, slot: int = -1) -> None:
        row = [kind, self.portfolio, 0, 0, 0, 0, 0, price, 0, number, slot, 0, 0, 0]
        self.requests.append(row)

    def _count_message(self) -> None:
        if self._is_over and self._strict:
            message = "the data has ended; nothing can be sent any more"
            raise Impossible(message)
        if self._messages_left == 0:
            message = f"more than {MAX_MESSAGES} messages in one wake"
            raise TooMany(message)
        self._messages_left -= 1
