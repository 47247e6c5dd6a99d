"""Quotes, the best price and size of each side, to a tape of one level."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action, Side
from commonbook.core.errors import DataError
from commonbook.data.depth_changes import Shown, packets_of
from commonbook.data.options import ReadOptions
from commonbook.data.rows import Rows, counts_of, refuse_text, symbol_codes, times_of
from commonbook.data.schema import NAMED, SIDE_LETTERS
from commonbook.data.tape import Tape
from commonbook.data.validate import check_order

#: Pairs of columns that are both filled or both empty: bid, ask, trade.
PAIRS = (("bid_px", "bid_sz"), ("ask_px", "ask_sz"), ("price", "size"))


def one_level(symbols: Sequence[str]) -> str:
    """
    Say what is missing where only quotes are known.

    Parameters
    ----------
    symbols : sequence of str
        The instruments.

    Returns
    -------
    str
        A note of the tape.
    """
    names = ", ".join(symbols[:NAMED])
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    return (
        f"{names}{more}: one level only, sizes behind the best prices are not known; "
        "takes end there, and orders that rest behind see no queue ahead"
    )


def tape_of_quotes(frame: pl.DataFrame, rows: Rows, options: ReadOptions) -> Tape:
    """
    Turn quotes, and trades beside them, into a tape.

    Parameters
    ----------
    frame : DataFrame
        Columns of `schema.QUOTE_COLUMNS` and `schema.QUOTE_OPTIONS`.
    rows : Rows
        Where its rows come from.
    options : ReadOptions
        What the user says about the instruments.

    Returns
    -------
    Tape
        By level, with one level a side; each row is a packet: the trade, then what is
        not as it was in the row before.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.
    """
    ts = times_of(frame["ts_event"], rows)
    recv = times_of(frame["ts_recv"], rows) if "ts_recv" in frame.columns else None
    check_order(ts, rows)
    codes, symbols = symbol_codes(frame)
    instruments = []
    notes: list[str] = []
    events, places = [], []
    for code, symbol in enumerate(symbols):
        index = np.flatnonzero(codes == code)
        cells = _Cells(frame[index], rows.only(index), symbol, options)
        shown = cells.shown()
        shown.records["ts"] = ts[index]
        shown.records["instrument"] = code
        found, place = packets_of(shown)
        events.append(found)
        places.append(index[place])
        instruments.append(cells.instrument)
        notes += cells.notes
    row = np.concatenate(places)
    order = np.argsort(row, kind="stable")
    return Tape(
        np.concatenate(events)[order],
        tuple(instruments),
        None if recv is None else recv[row[order]],
        source=", ".join(path.name for path in rows.paths),
        notes=(*notes, one_level(symbols)),
    )


class _Cells:
    """The rows of one instrument, read exactly."""

    def __init__(
        self, frame: pl.DataFrame, rows: Rows, symbol: str, options: ReadOptions
    ) -> None:
        self.frame = frame
        self.rows = rows
        self.filled = {px: self._filled(px, sz) for px, sz in PAIRS}
        pairs = [pair for pair in PAIRS if pair[0] in frame.columns]
        for pair in pairs:
            for name in pair:
                refuse_text(*self._column(name))
        prices, sizes = (
            pl.concat(
                [frame.select(cells=pair[which]) for pair in pairs],
                how="vertical_relaxed",
            )["cells"]
            for which in (0, 1)
        )
        self.instrument, self.notes = options.instrument(symbol, prices, sizes)

    def shown(self) -> Shown:
        """Give the quote after each row, and the trade in it."""
        trades = self.filled["price"]
        records = np.zeros(self.frame.height, EVENT)
        records["order"] = -1
        records["side"] = self._sides(trades)
        records["action"][trades] = Action.TRADE
        records["price"][trades] = self._counts("price")
        records["qty"][trades] = self._counts("size")
        quoted = [("bid_px", "bid_sz"), ("ask_px", "ask_sz")]
        prices = np.zeros((records.size, 2, 1), np.int64)
        sizes = np.zeros_like(prices)
        for side, (px, sz) in enumerate(quoted):
            prices[self.filled[px], side, 0] = self._counts(px)
            sizes[self.filled[px], side, 0] = self._counts(sz)
        # A trade alone leaves the quote as it is.
        alone = trades & ~self.filled["bid_px"] & ~self.filled["ask_px"]
        latest = np.maximum.accumulate(np.where(alone, -1, np.arange(records.size)))
        known = latest >= 0
        sizes = np.where(known[:, None, None], sizes[latest], 0)
        return Shown(records, prices[latest], sizes)

    def _filled(self, px: str, sz: str) -> NDArray[np.bool_]:
        """Say which rows have a price and a size."""
        if px not in self.frame.columns and sz not in self.frame.columns:
            return np.zeros(self.frame.height, np.bool_)
        for name in (px, sz):
            if name not in self.frame.columns:
                message = f"{self.rows.paths[0]}: no column {name}; a trade needs one"
                raise DataError(message)
        there = {n: self.frame[n].is_not_null().to_numpy() for n in (px, sz)}
        for name, other in ((px, sz), (sz, px)):
            lacking = there[other] & ~there[name]
            if lacking.any():
                place = self.rows(int(lacking.argmax()))
                message = f"{place}: {name} is empty; {other} is not, give both or none"
                raise DataError(message)
        return there[px]

    def _counts(self, name: str) -> NDArray[np.int64]:
        """Count ticks or lots where there are numbers."""
        if name not in self.frame.columns:
            return np.zeros(0, np.int64)
        column, rows = self._column(name)
        return counts_of(column, self.instrument, rows)

    def _column(self, name: str) -> tuple[pl.Series, Rows]:
        """Give the cells of a column that are filled, and where they are."""
        pair = next(pair for pair in PAIRS if name in pair)
        index = np.flatnonzero(self.filled[pair[0]])
        return self.frame[name].gather(index), self.rows.only(index)

    def _sides(self, trades: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Give the aggressor of each trade; where none is named, nobody."""
        nobody = np.full(self.frame.height, Side.NONE, np.uint8)
        if "side" not in self.frame.columns:
            return nobody
        letters = self.frame["side"].cast(pl.String).fill_null("N")
        codes = letters.replace_strict(
            {letter: int(side) for letter, side in SIDE_LETTERS.items()},
            default=None,
            return_dtype=pl.UInt8,
        )
        unknown = codes.is_null().to_numpy()
        if unknown.any():
            index = int(unknown.argmax())
            message = (
                f"{self.rows(index)}: side {letters[index]!r} is not known; "
                f"choose from {', '.join(SIDE_LETTERS)}"
            )
            raise DataError(message)
        return np.where(trades, codes.to_numpy(), nobody)
