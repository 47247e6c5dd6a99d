"""Databento's CSV files, with the columns of mbo, mbp-1 or mbp-10, to a tape."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.data.columns import CellError, count_ns, count_units
from commonbook.data.csv_files import header_of, text_frame
from commonbook.data.dbn import tape_of_files
from commonbook.data.dbn_columns import NO_PRICE, PRICE_UNIT
from commonbook.data.dbn_files import SCHEMAS, DbnFile
from commonbook.data.options import ReadOptions
from commonbook.data.tape import Tape

REQUIRED = ("ts_event", "action", "side", "price", "size", "flags")
#: The last level of each schema by level, the deepest first.
DEEPEST = {"mbp-10": "bid_px_09", "mbp-1": "bid_px_00"}


def read_databento_csv(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read Databento's CSV files as one tape.

    Parameters
    ----------
    paths : list of Path
        Files of one schema in time order, plain or compressed.
    options : ReadOptions
        What the user says about the instruments.

    Returns
    -------
    Tape
        The same as of DBN files with these records.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.
    """
    numbers: dict[str, int] = {}
    return tape_of_files([_file(path, numbers) for path in paths], options, "row")


def _file(path: Path, numbers: dict[str, int]) -> DbnFile:
    """Lay out the rows of a file as records."""
    data, names = header_of(path)
    schema = _schema(path, names)
    frame = text_frame(path, data, len(names))
    cells = _Cells(path, frame)
    records = np.zeros(frame.height, SCHEMAS[schema][1])
    for name in ("size", "flags", "instrument_id", "sequence", "order_id"):
        if name in names and name in (records.dtype.names or ()):
            cells.fill(records, name)
    for name in ("action", "side"):
        records[name] = cells.letters(name)
    records["ts_event"] = cells.times("ts_event")
    received = "ts_recv" if "ts_recv" in names else "ts_event"
    records["ts_recv"] = cells.times(received)
    records["price"] = cells.prices("price")
    if schema != "mbo":
        for level in range(records["levels"].shape[1]):
            for side in ("bid", "ask"):
                shown = records["levels"][:, level]
                shown[side] = cells.prices(f"{side}_px_{level:02}")
                sizes = cells.integers(f"{side}_sz_{level:02}", np.dtype(np.uint32))
                shown[f"{side}_size"] = sizes
    symbols = {}
    if "symbol" in names:
        column = cells.column("symbol")
        if "instrument_id" not in names:
            for symbol in column.unique(maintain_order=True):
                numbers.setdefault(symbol, len(numbers))
            found = column.replace_strict(numbers, return_dtype=pl.UInt32)
            records["instrument_id"] = found.to_numpy()
        named = zip(records["instrument_id"].tolist(), column, strict=True)
        symbols = dict(named)
    return DbnFile(path, schema, records, symbols, 0)


def _schema(path: Path, names: list[str]) -> str:
    """Tell the schema from the columns."""
    missing = [name for name in REQUIRED if name not in names]
    if not {"symbol", "instrument_id"} & set(names):
        missing.append("symbol or instrument_id")
    levels = [schema for schema, last in DEEPEST.items() if last in names]
    schema = "mbo" if "order_id" in names else levels[0] if levels else None
    if schema is None:
        missing.append("order_id (mbo) or bid_px_00 (mbp-1, mbp-10)")
    elif schema != "mbo":
        depth = SCHEMAS[schema][1]["levels"].shape[0]
        missing += [
            name
            for level in range(depth)
            for side in ("bid", "ask")
            for what in ("px", "sz")
            if (name := f"{side}_{what}_{level:02}") not in names
        ]
    if missing or schema is None:
        message = f"{path}: no column {', '.join(missing)}; it has {', '.join(names)}"
        raise DataError(message)
    return schema


class _Cells:
    """Columns of text, read exactly; what cannot be read is named by its row."""

    def __init__(self, path: Path, frame: pl.DataFrame) -> None:
        self.path = path
        self.frame = frame

    def column(self, name: str) -> pl.Series:
        column = self.frame[name]
        if column.null_count():
            self._refuse(int(column.is_null().to_numpy().argmax()), f"{name} is empty")
        return column

    def letters(self, name: str) -> NDArray[np.bytes_]:
        column = self.column(name)
        wrong = (column.str.len_bytes() != 1).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            self._refuse(row, f"{name} {column[row]!r} is not one letter")
        return column.to_numpy().astype("S1")

    def times(self, name: str) -> NDArray[np.int64]:
        try:
            return count_ns(self.column(name), name)
        except CellError as error:
            self._refuse(error.index, str(error))
            raise

    def integers(self, name: str, kind: np.dtype[np.integer]) -> NDArray[np.integer]:
        column = self.column(name)
        numbers = column.cast(pl.UInt64, strict=False)
        wrong = (numbers.is_null() | (numbers > np.iinfo(kind).max)).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            allowed = f"0 to {np.iinfo(kind).max}"
            self._refuse(row, f"{name} {column[row]!r} is not a whole number {allowed}")
        return numbers.to_numpy().astype(kind)

    def fill(self, records: Records, name: str) -> None:
        records[name] = self.integers(name, records.dtype[name])

    def prices(self, name: str) -> NDArray[np.int64]:
        """Read decimals, or without any point multiples of 1e-9 as in DBN."""
        column = self.frame[name]
        known = np.flatnonzero(column.is_not_null().to_numpy())
        texts = column.gather(known)
        unit = PRICE_UNIT if texts.str.contains(".", literal=True).any() else Decimal(1)
        prices = np.full(column.len(), NO_PRICE, np.int64)
        try:
            prices[known] = count_units(texts, unit, name, "unit of prices")
        except CellError as error:
            self._refuse(int(known[error.index]), str(error))
        return prices

    def _refuse(self, row: int, message: str) -> None:
        text = f"{self.path}: row {row + 1}: {message}"
        raise DataError(text)
