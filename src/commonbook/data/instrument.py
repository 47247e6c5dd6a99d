"""What is traded: the grid of its prices and sizes, as exact decimals."""

from dataclasses import dataclass
from decimal import Decimal

from commonbook.core.errors import DataError
from commonbook.core.limits import MAX_TICKS
from commonbook.data.decimals import (
    EXACT,
    Number,
    as_float,
    decimal_of,
    whole_units,
)
from commonbook.data.matching import BY_TIME, Matching
from commonbook.data.session import ALL_DAY, Session

#: Largest size of an event [lots].
MAX_LOTS = 2**61


@dataclass(frozen=True)
class Instrument:
    """
    One traded instrument.

    Parameters
    ----------
    symbol : str
        Name in files and configurations.
    tick_size : Decimal
        Price of one tick [currency]; text and numbers are taken too.
    lot_size : Decimal
        Size of one lot [units]; text and numbers are taken too.
    multiplier : Decimal, default 1
        Currency that one unit is worth at a price of 1.
    session : Session, optional
        When its trading closes; by default around the clock, by the days of UTC. It is
        no part of files and fingerprints.
    matching : Matching, optional
        How its exchange matches, by default by time; no part of files either.

    Raises
    ------
    DataError
        If the symbol is empty or a size is not a positive number.
    """

    symbol: str
    tick_size: Decimal
    lot_size: Decimal
    multiplier: Decimal = Decimal(1)
    session: Session = ALL_DAY
    matching: Matching = BY_TIME

    def __post_init__(self) -> None:
        if not self.symbol:
            message = "instrument: the symbol is empty; give a name"
            raise DataError(message)
        for name in ("tick_size", "lot_size", "multiplier"):
            given: Number = getattr(self, name)
            try:
                value = decimal_of(given)
            except DataError as error:
                message = f"{self.symbol}: {name}: {error}"
                raise DataError(message) from None
            if value <= 0:
                message = f"{self.symbol}: {name}: {given} is not positive"
                raise DataError(message)
            object.__setattr__(self, name, value)

    def price_to_ticks(self, price: Number) -> int:
        """
        Turn a price into ticks.

        Parameters
        ----------
        price : Decimal, str, int or float
            Price [currency].

        Returns
        -------
        int
            Price [ticks].

        Raises
        ------
        DataError
            If the price is no number, off the tick grid or out of range.
        """
        ticks = self._count("price", price, self.tick_size, "tick")
        if abs(ticks) > MAX_TICKS:
            message = (
                f"{self.symbol}: price {price} is {ticks} ticks of {self.tick_size}; "
                f"at most {MAX_TICKS} fit, give a larger tick_size"
            )
            raise DataError(message)
        return ticks

    def qty_to_lots(self, qty: Number) -> int:
        """
        Turn a size into lots.

        Parameters
        ----------
        qty : Decimal, str, int or float
            Size [units].

        Returns
        -------
        int
            Size [lots].

        Raises
        ------
        DataError
            If the size is no number, off the lot grid or out of range.
        """
        lots = self._count("size", qty, self.lot_size, "lot")
        if abs(lots) > MAX_LOTS:
            message = (
                f"{self.symbol}: size {qty} is {lots} lots of {self.lot_size}; "
                f"at most {MAX_LOTS} fit, give a larger lot_size"
            )
            raise DataError(message)
        return lots

    def price(self, ticks: int) -> Decimal:
        """
        Give the exact price of a number of ticks.

        Parameters
        ----------
        ticks : int
            Price [ticks].

        Returns
        -------
        Decimal
            Price [currency].
        """
        return EXACT.multiply(Decimal(int(ticks)), self.tick_size)

    def half_price(self, half_ticks: int) -> Decimal:
        """
        Give the exact price of a number of half ticks.

        Parameters
        ----------
        half_ticks : int
            Price [half ticks].

        Returns
        -------
        Decimal
            Price [currency].
        """
        return EXACT.multiply(Decimal(int(half_ticks)), self.half_tick)

    def qty(self, lots: int) -> Decimal:
        """
        Give the exact size of a number of lots.

        Parameters
        ----------
        lots : int
            Size [lots].

        Returns
        -------
        Decimal
            Size [units].
        """
        return EXACT.multiply(Decimal(int(lots)), self.lot_size)

    def price_float(self, ticks: int) -> float:
        """
        Give the float nearest to a price: 99.99, never 99.99000000000001.

        Parameters
        ----------
        ticks : int
            Price [ticks].

        Returns
        -------
        float
            Price [currency].
        """
        return as_float(ticks, self.tick_size)

    def half_price_float(self, half_ticks: int) -> float:
        """
        Give the float nearest to a price in half ticks.

        Parameters
        ----------
        half_ticks : int
            Price [half ticks].

        Returns
        -------
        float
            Price [currency].
        """
        return as_float(half_ticks, self.half_tick)

    def qty_float(self, lots: int) -> float:
        """
        Give the float nearest to a size.

        Parameters
        ----------
        lots : int
            Size [lots].

        Returns
        -------
        float
            Size [units].
        """
        return as_float(lots, self.lot_size)

    @property
    def half_tick(self) -> Decimal:
        """
        Half of a tick [currency], the unit of mid prices.

        Returns
        -------
        Decimal
            Exact.
        """
        return EXACT.multiply(self.tick_size, Decimal("0.5"))

    @property
    def half_tick_lot(self) -> Decimal:
        """
        Money of half a tick on one lot [currency], the unit of exact cash.

        Returns
        -------
        Decimal
            Exact: half tick times lot size times multiplier.
        """
        lot_value = EXACT.multiply(self.lot_size, self.multiplier)
        return EXACT.multiply(self.half_tick, lot_value)

    def _count(self, what: str, value: Number, unit: Decimal, word: str) -> int:
        try:
            count = whole_units(value, unit)
        except DataError as error:
            message = f"{self.symbol}: {what} {error}"
            raise DataError(message) from None
        if count is None:
            message = (
                f"{self.symbol}: {what} {value} is not a multiple of "
                f"the {word} size {unit}"
            )
            raise DataError(message)
        return count
