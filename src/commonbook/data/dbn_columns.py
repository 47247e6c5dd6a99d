"""Columns that DBN records have in common, checked and on the grid of the tape."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Flag
from commonbook.core.errors import DataError
from commonbook.core.limits import MAX_TICKS
from commonbook.data.grid import divide
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.schema import ACTION_LETTERS, SIDE_LETTERS

#: What DBN's prices count [currency], and the number that stands for no price.
PRICE_UNIT = Decimal("1e-9")
NO_PRICE = 2**63 - 1
NO_TIME = 2**64 - 1
#: One unit of currency: ticks are inferred as a part of it.
ONE = 1_000_000_000
#: A record that neither changes the book nor is a trade.
NO_ACTION = 0
#: Bits of a record's flags that mean the same on a tape.
FLAGS = 0xFF & ~int(Flag.OUT_OF_DEPTH)

Where = Callable[[int], str]


@dataclass(frozen=True)
class Feed:
    """
    Records of one or more files, one behind the other.

    Parameters
    ----------
    records : ndarray, shape (n,)
        In a layout of `commonbook.data.dbn_files.SCHEMAS`.
    instrument : ndarray of uint16, shape (n,)
        The instrument of each record.
    ids : tuple of int
        The feed's number of each instrument.
    symbols : tuple of str
        The name of each instrument.
    where : callable
        Names the file and record of a row.
    """

    records: Records
    instrument: NDArray[np.uint16]
    ids: tuple[int, ...]
    symbols: tuple[str, ...]
    where: Where


def only(feed: Feed, wanted: tuple[str, ...]) -> Feed:
    """
    Keep some instruments of a feed.

    Parameters
    ----------
    feed : Feed
        All records.
    wanted : tuple of str
        Names of the instruments; none means all.

    Returns
    -------
    Feed
        Their records.

    Raises
    ------
    DataError
        If there is no such instrument.
    """
    if not wanted:
        return feed
    for symbol in wanted:
        if symbol not in feed.symbols:
            found = ", ".join(feed.symbols)
            message = f"{feed.where(0)}: no symbol {symbol!r}; the file has {found}"
            raise DataError(message)
    kept = [code for code, symbol in enumerate(feed.symbols) if symbol in wanted]
    rows = np.flatnonzero(np.isin(feed.instrument, kept))
    number = np.zeros(len(feed.symbols), np.uint16)
    number[kept] = np.arange(len(kept))

    def where(row: int) -> str:
        return feed.where(int(rows[row]))

    return replace(
        feed,
        records=feed.records[rows],
        instrument=number[feed.instrument[rows]],
        ids=tuple(feed.ids[code] for code in kept),
        symbols=tuple(feed.symbols[code] for code in kept),
        where=where,
    )


def codes_of(column: NDArray[np.bytes_], what: str, where: Where) -> NDArray[np.uint8]:
    """
    Turn DBN's letters of actions or sides into codes.

    Parameters
    ----------
    column : ndarray of bytes, shape (n,)
        One letter each.
    what : str
        ``action`` or ``side``.
    where : callable
        Names the place of a row.

    Returns
    -------
    ndarray of uint8, shape (n,)
        Codes of `Action`, `NO_ACTION`, or codes of `Side`.

    Raises
    ------
    DataError
        At the first letter that is not known.
    """
    letters = {"N": NO_ACTION, **ACTION_LETTERS} if what == "action" else SIDE_LETTERS
    letters = {letter: code for letter, code in letters.items() if letter not in "SXO"}
    table = np.full(256, 255, np.uint8)
    for letter, code in letters.items():
        table[ord(letter)] = code
    codes = table[np.ascontiguousarray(column).view(np.uint8)]
    if (codes == 255).any():
        row = int((codes == 255).argmax())
        message = (
            f"{where(row)}: {what} {column[row]!r} is not known; "
            f"choose from {', '.join(letters)}"
        )
        raise DataError(message)
    return codes


def times_of(column: NDArray[np.uint64], what: str, where: Where) -> NDArray[np.int64]:
    """
    Check times.

    Parameters
    ----------
    column : ndarray of uint64, shape (n,)
        Times [ns UTC].
    what : str
        What they are, for messages.
    where : callable
        Names the place of a row.

    Returns
    -------
    ndarray of int64, shape (n,)
        The same times.

    Raises
    ------
    DataError
        At the first record without a time.
    """
    broken = column >= 2**63
    if broken.any():
        row = int(broken.argmax())
        found = "is missing" if column[row] == NO_TIME else f"{column[row]} is too late"
        message = f"{where(row)}: {what} {found}; a record needs its time"
        raise DataError(message)
    return column.astype(np.int64)


def grid_of(
    symbol: str, prices: NDArray[np.int64], options: ReadOptions
) -> tuple[Instrument, list[str]]:
    """
    Make an instrument; without a tick size it is inferred.

    Parameters
    ----------
    symbol : str
        Its name.
    prices : ndarray of int64, shape (n,)
        All its prices [1e-9 currency].
    options : ReadOptions
        What the user says.

    Returns
    -------
    instrument : Instrument
        The instrument; lots are single contracts or shares unless the user says more.
    notes : list of str
        What was inferred.

    Notes
    -----
    The tick is the largest part of 1 that all prices are multiples of. Without the 1,
    a few prices such as 99.99 and 100.02 would have a tick of 0.03.
    """
    tick = Decimal(int(np.gcd.reduce(prices, initial=ONE))) * PRICE_UNIT
    tick = tick.normalize()
    instrument, notes = options.instrument(symbol, pl.Series([1]), pl.Series([1]))
    if any("tick_size" in note for note in notes):
        text = f"{symbol}: tick_size {tick:f} inferred from the data"
        return replace(instrument, tick_size=Decimal(f"{tick:f}")), [text]
    return instrument, []


def ticks_of(
    prices: NDArray[np.int64], instrument: Instrument, where: Where
) -> NDArray[np.int64]:
    """
    Count ticks.

    Parameters
    ----------
    prices : ndarray of int64, shape (n, ...)
        Prices [1e-9 currency].
    instrument : Instrument
        Says what a tick is.
    where : callable
        Names the place of a row.

    Returns
    -------
    ndarray of int64, shape (n, ...)
        Prices [ticks].

    Raises
    ------
    DataError
        At the first price that is off the grid or too large.
    """
    ticks, rest = divide(prices, PRICE_UNIT, instrument.tick_size)
    for broken, rule in (
        (rest, f"a multiple of the tick size {instrument.tick_size}"),
        (np.abs(ticks) > MAX_TICKS, f"at most {MAX_TICKS} ticks"),
    ):
        if broken.any():
            place = np.unravel_index(int(broken.argmax()), broken.shape)
            price = (Decimal(int(prices[place])) * PRICE_UNIT).normalize()
            message = f"{where(int(place[0]))}: price {price:f} is not {rule}"
            raise DataError(message)
    return ticks


def lots_of(
    sizes: NDArray[np.int64], instrument: Instrument, where: Where
) -> NDArray[np.int64]:
    """
    Count lots.

    Parameters
    ----------
    sizes : ndarray of int64, shape (n, ...)
        Sizes [units].
    instrument : Instrument
        Says what a lot is.
    where : callable
        Names the place of a row.

    Returns
    -------
    ndarray of int64, shape (n, ...)
        Sizes [lots].

    Raises
    ------
    DataError
        At the first size that is off the grid.
    """
    lots, rest = divide(sizes, Decimal(1), instrument.lot_size)
    if rest.any():
        place = np.unravel_index(int(rest.argmax()), rest.shape)
        message = (
            f"{where(int(place[0]))}: size {sizes[place]} is not a multiple of the "
            f"lot size {instrument.lot_size}"
        )
        raise DataError(message)
    return lots
