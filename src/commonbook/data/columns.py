"""Columns of a file to exact integers: decimals to units, times to nanoseconds."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.errors import DataError
from commonbook.core.limits import MAX_TICKS
from commonbook.data.decimals import (
    FLOAT_POWER,
    as_floats,
    fraction_of,
    whole_units,
)
from commonbook.data.instrument import MAX_LOTS

#: Texts up to this length have at most 15 significant digits beside sign and point,
#: and two different decimals of 15 digits never share a float.
SAFE_TEXT = 15
NS_PER_SECOND = 1_000_000_000
#: Below this many smallest places, rounding finds the count and its float proves it.
SAFE_COUNT = 10.0**15

ISO_TIME = (
    r"^(?P<date>\d{4}-\d\d-\d\d)[T ](?P<clock>\d\d:\d\d:\d\d)"
    r"(?:\.(?P<fraction>\d{1,9}))?(?P<zone>Z|[+-]\d\d:?\d\d)?$"
)


class CellError(DataError):
    """
    One cell of a column that cannot be used.

    Parameters
    ----------
    index : int
        Position in the column, from 0.
    message : str
        What was found and what is allowed.
    """

    def __init__(self, index: int, message: str) -> None:
        self.index = index
        super().__init__(message)


def count_units(
    column: pl.Series, unit: Decimal, what: str, grid: str
) -> NDArray[np.int64]:
    """
    Turn a column of numbers into multiples of a unit, without rounding.

    Parameters
    ----------
    column : Series of text, float, decimal or integer
        The numbers; none may be missing. A float stands for its shortest text.
    unit : Decimal
        What to count.
    what : str
        What the column holds, for messages.
    grid : str
        What the unit is, for messages.

    Returns
    -------
    ndarray of int64, shape (n,)
        Numbers of units.

    Raises
    ------
    CellError
        At the first cell that is no number or no multiple of the unit.
    """
    floats = check_numbers(column, what)
    numerator, places = fraction_of(unit)
    counts = np.zeros(floats.size, np.int64)
    exact = np.full(floats.size, fill_value=places <= FLOAT_POWER)
    if not column.dtype.is_float():
        exact &= column.cast(pl.String).str.len_bytes().to_numpy() <= SAFE_TEXT
    exact &= np.abs(floats) < SAFE_COUNT / 10.0**places
    counts[exact] = np.rint(floats[exact] * (10.0**places / numerator))
    wrong = exact.copy()
    wrong[exact] = as_floats(counts[exact], unit) != floats[exact]
    for index in np.flatnonzero(~exact):
        count = whole_units(column[int(index)], unit)
        wrong[index] = count is None or abs(count) > MAX_LOTS
        counts[index] = 0 if count is None or wrong[index] else count
    bad = np.flatnonzero(wrong)
    if bad.size:
        first = int(bad[0])
        message = f"{what} {column[first]} is not a multiple of the {grid} {unit}"
        raise CellError(first, message)
    return counts


def check_numbers(column: pl.Series, what: str) -> NDArray[np.float64]:
    """
    Check that a column holds finite numbers.

    Parameters
    ----------
    column : Series of text, float, decimal or integer
        The numbers; none may be missing.
    what : str
        What the column holds, for messages.

    Returns
    -------
    ndarray of float64, shape (n,)
        The floats nearest to them.

    Raises
    ------
    CellError
        At the first cell that is no finite number.
    """
    source = column if column.dtype.is_float() else column.cast(pl.String)
    numbers = source.cast(pl.Float64, strict=False).fill_null(float("nan"))
    floats = numbers.to_numpy()
    finite = np.isfinite(floats)
    if not finite.all():
        index = int((~finite).argmax())
        raise CellError(index, f"{what} {column[index]!r} is not a number")
    return floats


def check_range(counts: NDArray[np.int64], column: pl.Series, is_price: bool) -> None:
    """
    Check that counts fit into an event.

    Parameters
    ----------
    counts : ndarray of int64, shape (n,)
        Prices [ticks] or sizes [lots].
    column : Series
        What they were counted from, for messages.
    is_price : bool
        True for prices, False for sizes.

    Raises
    ------
    CellError
        At the first price that is too large or size that is negative.
    """
    broken = np.abs(counts) > MAX_TICKS if is_price else counts < 0
    if broken.any():
        index = int(broken.argmax())
        what, rule = (
            ("price", f"is more than {MAX_TICKS} ticks; give a larger tick_size")
            if is_price
            else ("size", "is negative; sizes are zero or more")
        )
        raise CellError(index, f"{what} {column[index]} {rule}")


def count_ns(column: pl.Series, what: str) -> NDArray[np.int64]:
    """
    Turn a column of times into nanoseconds since 1970.

    Parameters
    ----------
    column : Series of integer, text or datetime
        Integers are nanoseconds. Text is the same in digits, or ISO 8601 with up to
        nine decimals; without a zone it is UTC. None may be missing.
    what : str
        What the column holds, for messages.

    Returns
    -------
    ndarray of int64, shape (n,)
        Times [ns UTC].

    Raises
    ------
    CellError
        At the first cell that is no time.
    DataError
        If the column is of another type.
    """
    if column.dtype.is_integer():
        return column.cast(pl.Int64).to_numpy()
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.timestamp("ns").to_numpy()
    if column.dtype != pl.String:
        message = f"{what} is {column.dtype}; give integer nanoseconds or ISO 8601 text"
        raise DataError(message)
    digits = column.cast(pl.Int64, strict=False)
    if digits.null_count() == 0:
        return digits.to_numpy()
    times = digits.fill_null(_iso_times(column))
    if times.null_count():
        index = int(times.is_null().to_numpy().argmax())
        message = (
            f"{what} {column[index]!r} is not a time; give nanoseconds since 1970 "
            "or ISO 8601 such as 2024-01-02T14:30:00.000000500Z"
        )
        raise CellError(index, message)
    return times.to_numpy()


def _iso_times(column: pl.Series) -> pl.Series:
    """Read ISO 8601 text to the nanosecond; null where it is none."""
    parts = column.str.extract_groups(ISO_TIME).struct.unnest()
    seconds = (
        (pl.col("date") + "T" + pl.col("clock"))
        .str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
        .dt.epoch("s")
    )
    fraction = pl.col("fraction").fill_null("0").str.pad_end(9, "0").cast(pl.Int64)
    zone = pl.col("zone").str.replace(":", "")
    minutes = zone.str.slice(1, 2).cast(pl.Int64, strict=False) * 60
    minutes += zone.str.slice(3, 2).cast(pl.Int64, strict=False)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    offset = (sign * minutes * 60).fill_null(0)
    return parts.select((seconds - offset) * NS_PER_SECOND + fraction).to_series()


def iso_time(ts: int) -> str:
    """
    Write a time as ISO 8601 text.

    Parameters
    ----------
    ts : int
        Time [ns UTC].

    Returns
    -------
    str
        With nine decimals and ``Z``.
    """
    seconds, ns = divmod(int(ts), NS_PER_SECOND)
    stamp = datetime.fromtimestamp(seconds, UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{ns:09d}Z"


def time_ns(value: int | str) -> int:
    """
    Read one time.

    Parameters
    ----------
    value : int or str
        Nanoseconds, or ISO 8601 text.

    Returns
    -------
    int
        Time [ns UTC].

    Raises
    ------
    DataError
        If it is no time.
    """
    return int(count_ns(pl.Series([value]), "time")[0])
