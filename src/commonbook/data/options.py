"""What the user says about the instruments of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

from commonbook.data.decimals import Number, decimal_of, smallest_place
from commonbook.data.instrument import Instrument

#: One number for all instruments, or one for each symbol.
Grid = Number | Mapping[str, Number]


@dataclass(frozen=True)
class ReadOptions:
    """
    What the user says about the instruments of a file.

    Parameters
    ----------
    symbols : tuple of str, default ()
        The instruments wanted; none means all.
    tick_size : Decimal, str, int, float or mapping of symbol to these, optional
        Price of one tick [currency]; None: the last decimal place of the prices.
    lot_size : Decimal, str, int, float or mapping of symbol to these, optional
        Size of one lot [units]; None: the last decimal place of the sizes.
    multiplier : Decimal, str, int, float or mapping of symbol to these, default 1
        Currency that one unit is worth at a price of 1.
    allow_gaps : bool, default False
        Take files whose sequence numbers skip.
    orderbook : tuple of Path, default ()
        LOBSTER's order book files, one for each message file; or none.
    date : str or None
        Day of a LOBSTER file whose name does not tell it.
    timezone : str or None
        Time zone of a LOBSTER file's exchange; None is New York.
    """

    symbols: tuple[str, ...] = ()
    tick_size: Grid | None = None
    lot_size: Grid | None = None
    multiplier: Grid = 1
    allow_gaps: bool = False
    orderbook: tuple[Path, ...] = ()
    date: str | None = None
    timezone: str | None = None

    def instrument(
        self, symbol: str, prices: pl.Series, sizes: pl.Series
    ) -> tuple[Instrument, list[str]]:
        """
        Make an instrument, with a grid inferred from the data where none is given.

        Parameters
        ----------
        symbol : str
            Its name.
        prices : Series
            All its prices; missing ones are ignored.
        sizes : Series
            All its sizes; missing ones are ignored.

        Returns
        -------
        instrument : Instrument
            The instrument.
        notes : list of str
            What was inferred.

        Raises
        ------
        DataError
            If a grid is not positive or a value is no number.
        """
        grid = []
        notes = []
        for name, given, column in (
            ("tick_size", self.tick_size, prices),
            ("lot_size", self.lot_size, sizes),
        ):
            size = _for_symbol(given, symbol)
            if size is None:
                size = _infer(column)
                notes.append(f"{symbol}: {name} {size} inferred from the data")
            grid.append(decimal_of(size))
        multiplier = _for_symbol(self.multiplier, symbol)
        unit = decimal_of(1 if multiplier is None else multiplier)
        return Instrument(symbol, grid[0], grid[1], unit), notes


def _for_symbol(given: Grid | None, symbol: str) -> Number | None:
    if isinstance(given, Mapping):
        return given.get(symbol)
    return given


def _infer(column: pl.Series) -> Decimal:
    distinct = column.drop_nulls().unique()
    if not distinct.dtype.is_float():
        distinct = distinct.cast(pl.String)
    return smallest_place(distinct.to_list())
