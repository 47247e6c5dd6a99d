"""The best levels of a replayed book, as columns like those of DBN MBP."""

from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.book.replay import book_size, new_books, record_top
from commonbook.core.dtypes import Records
from commonbook.core.enums import Flag
from commonbook.core.errors import DataError
from commonbook.data.decimals import as_floats
from commonbook.data.instrument import Instrument

Top = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def replay_top(events: Records, depth: int, each_event: bool = False) -> Top:
    """
    Replay a tape and record its best levels.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    depth : int
        Levels on each side, positive.
    each_event : bool, default False
        Record after each event rather than after each packet.

    Returns
    -------
    rows : ndarray of int64, shape (n_records,)
        The last event of each record.
    prices : ndarray of int64, shape (n_records, 2, depth)
        Prices of bids and asks [ticks].
    qtys : ndarray of int64, shape (n_records, 2, depth)
        Sizes [lots], 0 where there is no level.
    """
    n_instruments = int(events["instrument"].max(initial=0)) + 1
    packets = np.count_nonzero(events["flags"] & Flag.LAST)
    n_records = events.size if each_event else int(packets)
    rows = np.zeros(n_records, np.int64)
    prices = np.zeros((n_records, 2, depth), np.int64)
    qtys = np.zeros((n_records, 2, depth), np.int64)
    books = new_books(n_instruments, *book_size(events, n_instruments))
    record_top(books, events, each_event, rows, prices, qtys)
    return rows, prices, qtys


def book_frame(
    events: Records,
    instruments: tuple[Instrument, ...],
    depth: int = 1,
    each: Literal["packet", "event"] = "packet",
    only: int | None = None,
) -> pl.DataFrame:
    """
    Replay a tape and give its best levels in currency and units.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    instruments : tuple of Instrument
        What ``instrument`` points into.
    depth : int, default 1
        Levels on each side.
    each : {"packet", "event"}, default "packet"
        One row after each packet, or after each event.
    only : int or None
        Only this instrument; None is all.

    Returns
    -------
    DataFrame
        ``ts_event``, ``symbol`` if there are several instruments and none is chosen,
        then ``bid_px_00, ask_px_00, bid_sz_00, ask_sz_00, bid_px_01``, ...; null where
        the book has no such level.

    Raises
    ------
    DataError
        If an argument is not allowed.
    """
    if each not in ("packet", "event"):
        message = f"each is {each!r}; choose packet or event"
        raise DataError(message)
    if depth < 1:
        message = f"depth is {depth}; give 1 or more"
        raise DataError(message)
    several = len(instruments) > 1
    if only is not None:
        events = events[events["instrument"] == only]
    rows, prices, qtys = replay_top(events, depth, each == "event")
    codes = events["instrument"][rows].astype(np.int64)
    columns = {"ts_event": pl.Series(events["ts"][rows])}
    if several and only is None:
        symbols = pl.Series([instrument.symbol for instrument in instruments])
        columns["symbol"] = symbols.gather(codes)
    ticks = [instrument.tick_size for instrument in instruments]
    lots = [instrument.lot_size for instrument in instruments]
    for level in range(depth):
        for kind, values, units in (("px", prices, ticks), ("sz", qtys, lots)):
            for side, word in enumerate(("bid", "ask")):
                floats = np.zeros(rows.size, np.float64)
                for code in np.unique(codes):
                    here = codes == code
                    floats[here] = as_floats(values[here, side, level], units[code])
                floats[qtys[:, side, level] == 0] = np.nan
                name = f"{word}_{kind}_{level:02d}"
                columns[name] = pl.Series(floats).fill_nan(None)
    return pl.DataFrame(columns)
