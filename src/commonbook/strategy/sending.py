"""What strategies in plain Python can do."""

from commonbook.strategy.market import Number
from commonbook.strategy.seat import Seat
from commonbook.strategy.stops import Impossible
from commonbook.strategy.terms import Wanted


class Verbs:
    """What a strategy in plain Python can do; its seat notes what it asks for."""

    _seat: Seat

    def buy(
        self,
        qty: Number,
        *,
        time_in_force: str = "ioc",
        reduce_only: bool = False,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
    ) -> int:
        """
        Buy at market.

        Parameters
        ----------
        qty : float
            Quantity [units].
        time_in_force : str, default "ioc"
            ``ioc``, or ``fok``: all at once, or nothing.
        reduce_only : bool, default False
            Whether it never makes the position larger, nor turns it.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int
            Number of the order.
        """
        wanted = Wanted(
            "market", "buy", qty, time_in_force=time_in_force, reduce_only=reduce_only
        )
        return self._seat.send(wanted, symbol, (tag, parent))

    def sell(
        self,
        qty: Number,
        *,
        time_in_force: str = "ioc",
        reduce_only: bool = False,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
    ) -> int:
        """
        Sell at market.

        Parameters
        ----------
        qty : float
            Quantity [units].
        time_in_force : str, default "ioc"
            ``ioc``, or ``fok``: all at once, or nothing.
        reduce_only : bool, default False
            Whether it never makes the position larger, nor turns it.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int
            Number of the order.
        """
        wanted = Wanted(
            "market", "sell", qty, time_in_force=time_in_force, reduce_only=reduce_only
        )
        return self._seat.send(wanted, symbol, (tag, parent))

    def limit(  # noqa: PLR0913 - one for each term of an order
        self,
        side: str,
        qty: Number,
        price: Number,
        *,
        post_only: bool | str = False,
        time_in_force: str = "gtc",
        expires: int | None = None,
        reduce_only: bool = False,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
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
        post_only : bool or str, default False
            Whether it is refused if it would take liquidity; ``"reprice"``: it rests
            one tick away from what it would have taken instead.
        time_in_force : str, default "gtc"
            ``gtc``; ``ioc``: takes what there is and never rests; ``fok``: all at once,
            or nothing; ``gtd``: until `expires`; ``day``: until the session closes.
        expires : int, optional
            When a ``gtd`` order ends at the venue, nanoseconds since 1970 UTC.
        reduce_only : bool, default False
            Whether it never makes the position larger, nor turns it.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int
            Number of the order.
        """
        life = time_in_force
        wanted = Wanted(
            "limit", side, qty, price, None, life, expires, post_only, reduce_only
        )
        return self._seat.send(wanted, symbol, (tag, parent))

    def stop(  # noqa: PLR0913 - one for each term of an order
        self,
        side: str,
        qty: Number,
        stop_price: Number,
        price: Number | None = None,
        *,
        time_in_force: str = "gtc",
        expires: int | None = None,
        reduce_only: bool = False,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
    ) -> int:
        """
        Send an order that waits at the venue until the market reaches a price.

        Parameters
        ----------
        side : str
            ``buy``: triggered at the stop price or above; ``sell``: at it or below.
        qty : float
            Quantity [units].
        stop_price : float
            What triggers it [currency].
        price : float, optional
            Limit price [currency] of what it then becomes; by default a market order.
        time_in_force : str, default "gtc"
            ``gtc``; ``gtd``: until `expires`; ``day``: until the session closes.
        expires : int, optional
            When a ``gtd`` order ends at the venue, nanoseconds since 1970 UTC.
        reduce_only : bool, default False
            Whether it never makes the position larger, nor turns it.
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int
            Number of the order.
        """
        kind, life = "stop" if price is None else "stop_limit", time_in_force
        wanted = Wanted(
            kind, side, qty, price, stop_price, life, expires, reduce_only=reduce_only
        )
        return self._seat.send(wanted, symbol, (tag, parent))

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

    def replace(
        self,
        order_id: int,
        *,
        qty: Number | None = None,
        price: Number | None = None,
        stop_price: Number | None = None,
    ) -> bool:
        """
        Change an order; it keeps its place in the queue if it only gets smaller.

        Parameters
        ----------
        order_id : int
            Number of the order.
        qty : float, optional
            New quantity in all, with what is filled [units].
        price : float, optional
            New limit price [currency].
        stop_price : float, optional
            New stop price [currency].

        Returns
        -------
        bool
            False when it is known to have ended; then nothing is sent.
        """
        return self._seat.replace(order_id, qty, price, stop_price)

    def cancel_all(self, *, symbol: str | None = None) -> None:
        """
        Cancel every open order.

        Parameters
        ----------
        symbol : str, optional
            Only those of this instrument.
        """
        market = None if symbol is None else self._seat.market(symbol)
        for order in list(self._seat.known.open.values()):
            if market is None or order.market is market:
                self._seat.cancel(order.id)

    def target(
        self,
        position: Number,
        *,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
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
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int or None
            Number of the order, None when nothing is missing.
        """
        return self._seat.target(position, symbol, (tag, parent))

    def close(
        self,
        *,
        symbol: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
    ) -> int | None:
        """
        Cancel the open orders of an instrument and bring its position to 0 at market.

        Parameters
        ----------
        symbol : str, optional
            Instrument, by default its own.
        tag : str, optional
            A name for the order, shown as ``client_id`` in the results.
        parent : str, optional
            A name for the larger order that it is a part of.

        Returns
        -------
        int or None
            Number of the order, None when the position is 0 already.
        """
        market = self._seat.market(symbol)
        self.cancel_all(symbol=market.symbol)
        return self._seat.target(0, symbol, (tag, parent))

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
            at = self._seat.now + after
        elif at is None or after is not None:
            message = "set_timer: give either at or after"
            raise Impossible(message)
        self._seat.set_timer(at)
