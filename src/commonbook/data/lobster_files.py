"""The two files of LOBSTER, messages and order book, as integers."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.data.columns import CellError, count_units
from commonbook.data.csv_files import what_is_wrong
from commonbook.data.files import read_bytes

#: One row of a message file. Prices are in 1e-4 currency units.
MESSAGE = np.dtype(
    [
        ("ts", "i8"),  # [ns UTC]
        ("id", "i8"),
        ("size", "i8"),  # [units]
        ("price", "i8"),  # [1e-4 currency]
        ("type", "i8"),
        ("direction", "i8"),  # of the resting order: 1 buys, -1 sells
    ],
    align=True,
)
SUBMISSION = 1
PARTIAL_CANCEL = 2
DELETION = 3
EXECUTION = 4
HIDDEN_EXECUTION = 5
CROSS = 6
HALT = 7
#: What the price of a halt says. While only quotes resume, nothing is executed yet.
HALTED, QUOTING, TRADING = -1, 0, 1

COLUMNS = ("time", "type", "order id", "size", "price", "direction")
FILE_NAME = re.compile(r"^(?P<symbol>.+)_(?P<date>\d{4}-\d\d-\d\d)_\d+_\d+_message")
DEFAULT_ZONE = "America/New_York"


@dataclass(frozen=True)
class Messages:
    """
    What a message file says.

    Parameters
    ----------
    path : Path
        The file.
    symbol : str
        The instrument.
    rows : ndarray of MESSAGE, shape (n,)
        Its rows.
    """

    path: Path
    symbol: str
    rows: Records


def read_messages(
    path: Path, symbol: str | None, date: str | None, zone: str | None
) -> Messages:
    """
    Read a message file.

    Parameters
    ----------
    path : Path
        The file, plain or compressed, with or without a header.
    symbol : str or None
        The instrument; None takes it from the file's name.
    date : str or None
        The day as ``2012-06-21``; None takes it from the file's name.
    zone : str or None
        Time zone of the exchange; None is New York.

    Returns
    -------
    Messages
        Its rows.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.
    """
    name = FILE_NAME.match(path.name)
    symbol = symbol or (name["symbol"] if name else None)
    date = date or (name["date"] if name else None)
    for what, found in (("symbol", symbol), ("date", date)):
        if found is None:
            message = (
                f"{path}: the name does not tell the {what}; give {what}=, or name it "
                "like SYMBOL_2012-06-21_34200000_57600000_message_5.csv"
            )
            raise DataError(message)
    frame = _frame(path)
    if frame.width not in (len(COLUMNS), len(COLUMNS) + 1):
        message = (
            f"{path}: {frame.width} columns; a message file has "
            f"{len(COLUMNS)}: {', '.join(COLUMNS)}"
        )
        raise DataError(message)
    rows = np.zeros(frame.height, MESSAGE)
    columns = frame.get_columns()
    rows["ts"] = _midnight(path, str(date), zone or DEFAULT_ZONE)
    rows["ts"] += _count(path, columns[0], "time", Decimal("1e-9"))
    for field, place in (("type", 1), ("id", 2), ("size", 3), ("price", 4)):
        rows[field] = _count(path, columns[place], COLUMNS[place])
    rows["direction"] = _count(path, columns[5], COLUMNS[5])
    _check(path, rows)
    return Messages(path, str(symbol), rows)


def read_orderbook(path: Path, n_messages: int) -> NDArray[np.int64]:
    """
    Read the order book file that belongs to a message file.

    Parameters
    ----------
    path : Path
        The file, plain or compressed, with or without a header.
    n_messages : int
        Rows of the message file.

    Returns
    -------
    ndarray of int64, shape (n_messages, 2, n_levels, 2)
        After each message, bids then asks, for each level price [1e-4 currency] and
        size [units]; both 0 where there is no level.

    Raises
    ------
    DataError
        If it cannot be read or does not fit the messages.
    """
    frame = _frame(path)
    if frame.width % 4:
        message = (
            f"{path}: {frame.width} columns; an order book file has 4 for each level: "
            "ask price, ask size, bid price, bid size"
        )
        raise DataError(message)
    if frame.height != n_messages:
        message = (
            f"{path}: {frame.height} rows; its message file has {n_messages}, "
            "and each row is the book after one message"
        )
        raise DataError(message)
    cells = [
        _count(path, column, f"column {place}")
        for place, column in enumerate(frame.get_columns(), 1)
    ]
    book = np.stack(cells, axis=1).reshape(n_messages, -1, 2, 2)
    # The file has asks first, level by level.
    book = np.ascontiguousarray(book[:, :, ::-1].transpose(0, 2, 1, 3))
    if (book[..., 1] < 0).any():
        row = int((book[..., 1] < 0).any(axis=(1, 2)).argmax())
        message = f"{path}: row {row + 1}: a size is negative; sizes are zero or more"
        raise DataError(message)
    book[book[..., 1] == 0] = 0
    return book


def _frame(path: Path) -> pl.DataFrame:
    """Read text columns; a first row of words is a header and left out."""
    data = read_bytes(path).strip(b"\r\n")
    first = data[: data.find(b"\n")] if b"\n" in data else data
    has_header = all(cell.strip()[:1].isalpha() for cell in first.split(b","))
    try:
        return pl.read_csv(data, has_header=has_header, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        width = first.count(b",") + 1
        message = what_is_wrong(path, data, width, error, has_header)
        raise DataError(message) from None


def _count(
    path: Path, column: pl.Series, what: str, unit: Decimal = Decimal(1)
) -> NDArray[np.int64]:
    if column.null_count():
        row = int(column.is_null().to_numpy().argmax()) + 1
        message = f"{path}: row {row}: {what} is empty; give a value"
        raise DataError(message)
    try:
        return count_units(column, unit, what, "unit")
    except CellError as error:
        message = f"{path}: row {error.index + 1}: {error}"
        raise DataError(message) from None


def _midnight(path: Path, date: str, zone: str) -> int:
    """Give the time at which a trading day's clock says 00:00:00 [ns UTC]."""
    try:
        noon = pl.Series([f"{date}T12:00:00"]).str.to_datetime("%Y-%m-%dT%H:%M:%S")
        # Clocks are put forward or back at night: what holds at noon holds all day.
        utc = noon.dt.replace_time_zone(zone).dt.epoch("s")
    except pl.exceptions.PolarsError:
        message = (
            f"{path}: date {date!r} in timezone {zone!r} is unknown; give a date like "
            f"2012-06-21 and a zone like {DEFAULT_ZONE}"
        )
        raise DataError(message) from None
    return (int(utc[0]) - 12 * 3600) * 1_000_000_000


def _check(path: Path, rows: Records) -> None:
    ordinary = rows["type"] <= HIDDEN_EXECUTION
    for field, broken, allowed in (
        (
            "type",
            (rows["type"] < SUBMISSION) | (rows["type"] > HALT),
            f"{SUBMISSION} to {HALT}",
        ),
        ("direction", ordinary & (np.abs(rows["direction"]) != 1), "1 or -1"),
        ("size", ordinary & (rows["size"] <= 0), "more than 0"),
        (
            "price",
            (rows["type"] == HALT)
            & ~np.isin(rows["price"], (HALTED, QUOTING, TRADING)),
            f"{HALTED}, {QUOTING} or {TRADING}, as a message of type {HALT} has",
        ),
    ):
        if broken.any():
            row = int(broken.argmax())
            message = (
                f"{path}: row {row + 1}: {field} {rows[field][row]} is not {allowed}"
            )
            raise DataError(message)
