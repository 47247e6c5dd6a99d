"""What a strategy in plain Python sees of one instrument, and its units."""

from collections.abc import Callable
from decimal import Decimal
from typing import SupportsFloat, TypeAlias

from commonbook.core.enums import Brief, Side
from commonbook.core.limits import MAX_ORDER_LOTS, MAX_TICKS
from commonbook.strategy.stops import Impossible

BID, ASK = int(Brief.BID), int(Brief.ASK)
BID_QTY, ASK_QTY = int(Brief.BID_QTY), int(Brief.ASK_QTY)

#: Prices at or beyond it mean "none"; the size of ``NO_ASK`` and ``-NO_BID`` in
#: `core.book_records`, which needs NumPy.
NO_PRICE = 1 << 40
#: How far from the grid a number may be, in ticks or lots: what floats add up to.
NOISE = 1e-6

#: Reads the levels of one side: instrument, side, how many; prices and sizes.
ReadDepth: TypeAlias = Callable[[int, int, int], list[tuple[int, int]]]

#: Reads whether trading in an instrument is halted.
ReadHalted: TypeAlias = Callable[[int], bool]

Number: TypeAlias = int | float | Decimal
#: Prices and sizes, best first.
Levels: TypeAlias = list[tuple[float, float]]


class Grid:
    """
    Whole multiples of a unit, as the nearest floats and back.

    Parameters
    ----------
    unit : Decimal
        Size of a tick or a lot.
    what : str
        What is counted, for messages.
    most : int
        Largest multiple.
    """

    __slots__ = ("_most", "_over", "_under", "_unit", "_what")

    def __init__(self, unit: Decimal, what: str, most: int) -> None:
        self._unit, self._what, self._most = unit, what, most
        self._over, self._under = unit.as_integer_ratio()

    def value(self, count: int) -> float:
        """
        Give the float nearest to a multiple: 99.99, never 99.99000000000001.

        Parameters
        ----------
        count : int
            The multiple.

        Returns
        -------
        float
            Division of integers rounds once, so it is the float that the decimal
            reads as.
        """
        return count * self._over / self._under

    def count(self, value: Number | None) -> int:
        """
        Count the units of a value.

        Parameters
        ----------
        value : int, float or Decimal
            The value, at most a millionth of a unit off the grid; None is no number.

        Returns
        -------
        int
            The multiple.

        Raises
        ------
        Impossible
            If it is no finite number, off the grid or too large.
        """
        number = value if type(value) is float else self._plain(value)
        try:
            exact = number * self._under / self._over
            count = round(exact)
        except (ValueError, ArithmeticError):  # infinite, or no number
            message = f"{self._what} {value} is not a finite number"
            raise Impossible(message) from None
        if abs(exact - count) > NOISE:
            message = f"{self._what} {value} is not a multiple of {self._unit}"
            raise Impossible(message)
        if abs(count) > self._most:
            message = f"{self._what} {value} is too large; at most {self._most} units"
            raise Impossible(message)
        return count

    def _plain(self, value: object) -> float:
        """Take any other number as an int or a float, for example one of NumPy's."""
        if type(value) is int:
            return value
        if isinstance(value, SupportsFloat) and not isinstance(value, bool):
            return float(value)
        message = f"{self._what} {value!r} is not a number"
        raise Impossible(message)


class Market:
    """
    One instrument, as the delays of the portfolio show it.

    Parameters
    ----------
    symbol : str
        Its name.
    number : int
        Its number in the run.
    tick_size : Decimal
        Currency per tick.
    lot_size : Decimal
        Units per lot.
    read : callable
        Reads the levels of one side of the book.
    read_halted : callable
        Reads whether trading is halted.
    """

    __slots__ = (
        "_read",
        "_read_halted",
        "_row",
        "lot_size",
        "lots",
        "number",
        "position_lots",
        "symbol",
        "tick_size",
        "ticks",
    )

    def __init__(
        self,
        symbol: str,
        number: int,
        tick_size: Decimal,
        lot_size: Decimal,
        read: ReadDepth,
        read_halted: ReadHalted,
    ) -> None:
        self.symbol, self.number = symbol, number
        self.tick_size, self.lot_size = float(tick_size), float(lot_size)
        self.ticks = Grid(tick_size, "price", MAX_TICKS)
        self.lots = Grid(lot_size, "quantity", MAX_ORDER_LOTS)
        self.position_lots = 0
        self._read, self._read_halted = read, read_halted
        self._row: list[int] | None = None

    def show(self, row: list[int] | None) -> None:
        """
        Take the touch from a brief, or forget it.

        Parameters
        ----------
        row : list of int or None
            A row with the columns of `Brief`; None to look when somebody asks.
        """
        self._row = row

    @property
    def bid_ticks(self) -> int | None:
        """Best bid [ticks], None when there is none."""
        price = (self._row or self._look())[BID]
        return price if price > -NO_PRICE else None

    @property
    def ask_ticks(self) -> int | None:
        """Best ask [ticks], None when there is none."""
        price = (self._row or self._look())[ASK]
        return price if price < NO_PRICE else None

    @property
    def bid(self) -> float | None:
        """Best bid [currency], None when there is none."""
        ticks = self.bid_ticks
        return None if ticks is None else self.ticks.value(ticks)

    @property
    def ask(self) -> float | None:
        """Best ask [currency], None when there is none."""
        ticks = self.ask_ticks
        return None if ticks is None else self.ticks.value(ticks)

    @property
    def bid_size(self) -> float:
        """Size at the best bid [units], 0 when there is none."""
        return self.lots.value((self._row or self._look())[BID_QTY])

    @property
    def ask_size(self) -> float:
        """Size at the best ask [units], 0 when there is none."""
        return self.lots.value((self._row or self._look())[ASK_QTY])

    @property
    def mid(self) -> float | None:
        """Middle of the best bid and ask [currency], None unless there are both."""
        bid, ask = self.bid_ticks, self.ask_ticks
        if bid is None or ask is None:
            return None
        return self.ticks.value(bid + ask) / 2

    @property
    def halted(self) -> bool:
        """Whether trading is halted, as far as the portfolio sees."""
        return self._read_halted(self.number)

    @property
    def position(self) -> float:
        """Position as the portfolio knows it [units], negative when short."""
        return self.lots.value(self.position_lots)

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
        return self._levels(Side.BUY, levels), self._levels(Side.SELL, levels)

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
            Price [currency].
        """
        return self.ticks.value(ticks)

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

        Raises
        ------
        Impossible
            If the price is off the grid.
        """
        return self.ticks.count(price)

    def _levels(self, side: Side, levels: int) -> Levels:
        price, size = self.ticks.value, self.lots.value
        return [
            (price(ticks), size(lots))
            for ticks, lots in self._read(self.number, side, levels)
        ]

    def _look(self) -> list[int]:
        """Read the touch, and keep it for this wake."""
        row = [0] * len(Brief)
        row[BID], row[BID_QTY] = (self._read(self.number, 0, 1) or [(-NO_PRICE, 0)])[0]
        row[ASK], row[ASK_QTY] = (self._read(self.number, 1, 1) or [(NO_PRICE, 0)])[0]
        self._row = row
        return row
