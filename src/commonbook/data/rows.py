"""Rows of several files, put together: times, numbers, and where each row is from."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.errors import DataError
from commonbook.data.columns import (
    CellError,
    check_numbers,
    check_range,
    count_ns,
    count_units,
)
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions

#: Columns that hold prices; other numbers are sizes.
PRICES = ("price", "bid_px", "ask_px")


@dataclass(frozen=True)
class Rows:
    """
    Where the rows of several files, put together and filtered, come from.

    Parameters
    ----------
    paths : tuple of Path
        The files in order.
    starts : tuple of int
        First row of each file when all are put together.
    kept : ndarray of int64, shape (n,)
        The rows that are left, numbered when all are put together.
    """

    paths: tuple[Path, ...]
    starts: tuple[int, ...]
    kept: NDArray[np.int64]

    def __call__(self, index: int) -> str:
        """
        Name the place of a row.

        Parameters
        ----------
        index : int
            Row of what is left, from 0.

        Returns
        -------
        str
            File and row of the file, from 1.
        """
        row = int(self.kept[index])
        file = bisect_right(self.starts, row) - 1
        return f"{self.paths[file]}: row {row - self.starts[file] + 1}"

    def only(self, index: NDArray[np.int64]) -> "Rows":
        """
        Name the places of some of the rows.

        Parameters
        ----------
        index : ndarray of int64, shape (n,)
            Rows of what is left, from 0.

        Returns
        -------
        Rows
            Their places.
        """
        return Rows(self.paths, self.starts, self.kept[index])


def put_together(
    files: Mapping[Path, pl.DataFrame], options: ReadOptions
) -> tuple[pl.DataFrame, Rows]:
    """
    Put files below each other and keep the symbols wanted.

    Parameters
    ----------
    files : mapping of Path to DataFrame
        Files in time order.
    options : ReadOptions
        What the user says about the instruments.

    Returns
    -------
    frame : DataFrame
        The rows that are left; every one has a symbol.
    rows : Rows
        Where they come from.

    Raises
    ------
    DataError
        If a file is empty, has other columns than the first, or a symbol is missing.
    """
    paths, frames = tuple(files), list(files.values())
    for path, frame in files.items():
        if set(frame.columns) != set(frames[0].columns):
            message = (
                f"{path}: its columns {', '.join(frame.columns)} are not those of "
                f"{paths[0]}: {', '.join(frames[0].columns)}"
            )
            raise DataError(message)
        if frame.height == 0:
            message = f"{path}: no rows"
            raise DataError(message)
    frame = pl.concat(
        [f.select(frames[0].columns) for f in frames], how="vertical_relaxed"
    )
    starts = np.concatenate([[0], np.cumsum([f.height for f in frames])[:-1]])
    rows = Rows(paths, tuple(starts.tolist()), np.arange(frame.height))
    if "symbol" not in frame.columns:
        return frame.with_columns(symbol=pl.lit(options.symbols[0])), rows
    refuse_nulls(frame["symbol"], rows)
    frame = frame.with_columns(pl.col("symbol").cast(pl.String))
    if not options.symbols:
        return frame, rows
    found = frame["symbol"].unique(maintain_order=True).to_list()
    for symbol in options.symbols:
        if symbol not in found:
            message = f"{paths[0]}: no symbol {symbol!r}; it has {', '.join(found)}"
            raise DataError(message)
    wanted = frame["symbol"].is_in(options.symbols)
    kept = np.flatnonzero(wanted.to_numpy())
    return frame.filter(wanted), Rows(paths, rows.starts, kept)


def symbol_codes(frame: pl.DataFrame) -> tuple[NDArray[np.int64], list[str]]:
    """
    Number the symbols in the order in which they first occur.

    Parameters
    ----------
    frame : DataFrame
        Has a column ``symbol``.

    Returns
    -------
    codes : ndarray of int64, shape (n,)
        The number of each row's symbol.
    symbols : list of str
        Their names.
    """
    symbols = frame["symbol"].unique(maintain_order=True).to_list()
    if len(symbols) == 1:
        return np.zeros(frame.height, np.int64), symbols
    numbers = dict(zip(symbols, range(len(symbols)), strict=True))
    codes = frame["symbol"].replace_strict(numbers, return_dtype=pl.Int64)
    return codes.to_numpy(), symbols


def times_of(column: pl.Series, rows: Rows) -> NDArray[np.int64]:
    """
    Read a column of times.

    Parameters
    ----------
    column : Series
        Integers, text or datetimes.
    rows : Rows
        Where its rows come from.

    Returns
    -------
    ndarray of int64, shape (n,)
        Times [ns UTC].

    Raises
    ------
    DataError
        At the first row that has none.
    """
    refuse_nulls(column, rows)
    try:
        return count_ns(column, column.name)
    except CellError as error:
        message = f"{rows(error.index)}: {error}"
        raise DataError(message) from None
    except DataError as error:
        message = f"{rows.paths[0]}: {error}"
        raise DataError(message) from None


def refuse_text(column: pl.Series, rows: Rows) -> None:
    """
    Check that a column holds numbers.

    Parameters
    ----------
    column : Series
        Prices or sizes.
    rows : Rows
        Where its rows come from.

    Raises
    ------
    DataError
        At the first row that is empty or no finite number.
    """
    refuse_nulls(column, rows)
    try:
        check_numbers(column, column.name)
    except CellError as error:
        message = f"{rows(error.index)}: {error}"
        raise DataError(message) from None


def counts_of(
    column: pl.Series, instrument: Instrument, rows: Rows
) -> NDArray[np.int64]:
    """
    Count the ticks of prices, or the lots of sizes.

    Parameters
    ----------
    column : Series
        Its name is one of `PRICES`, or it holds sizes; checked by `refuse_text`.
    instrument : Instrument
        Says what a tick and a lot are.
    rows : Rows
        Where its rows come from.

    Returns
    -------
    ndarray of int64, shape (n,)
        Ticks or lots.

    Raises
    ------
    DataError
        At the first number that is off the grid or out of range.
    """
    is_price = column.name in PRICES
    unit = instrument.tick_size if is_price else instrument.lot_size
    try:
        counts = count_units(
            column, unit, column.name, "tick size" if is_price else "lot size"
        )
        check_range(counts, column, is_price)
    except CellError as error:
        message = f"{rows(error.index)}: {error}"
        raise DataError(message) from None
    return counts


def refuse_nulls(column: pl.Series, rows: Rows) -> None:
    """
    Check that no cell of a column is empty.

    Parameters
    ----------
    column : Series
        The column.
    rows : Rows
        Where its rows come from.

    Raises
    ------
    DataError
        At the first empty cell.
    """
    if column.null_count():
        index = int(column.is_null().to_numpy().argmax())
        message = f"{rows(index)}: {column.name} is empty; give a value"
        raise DataError(message)
