"""Read delays from files: samples, or a delay for each of some times."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.config.scalars import parse_duration, parse_timestamp

_ENDINGS = (".csv", ".parquet", ".txt")


def read_samples(path: Path, column: str | None, leg: str) -> NDArray[np.int64]:
    """
    Read samples of a delay.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file with a header, or a text file with one sample a line.
    column : str or None
        Where they are; None for the delay's own name, or the only column.
    leg : str
        The delay's own name.

    Returns
    -------
    ndarray of int64, shape (n_samples,)
        In ns, at least one.

    Raises
    ------
    ValueError
        If there is no such column, or something in it is no delay.
    """
    frame = _frame(path)
    if column is None and frame.width == 1:
        column = frame.columns[0]
    return _spans(frame, column or leg, path)


def read_curve(
    path: Path, column: str | None, leg: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Read a delay that follows the clock.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file with a header, among its columns ``ts``.
    column : str or None
        Where the delays are; None for the delay's own name.
    leg : str
        The delay's own name.

    Returns
    -------
    times : ndarray of int64, shape (n_points,)
        Ascending (ns since 1970).
    spans : ndarray of int64, shape (n_points,)
        The delays then (ns).

    Raises
    ------
    ValueError
        If a column is missing, something in it is no time or no delay, or times do not
        ascend.
    """
    frame = _frame(path)
    spans = _spans(frame, column or leg, path)
    times = _numbers(frame, "ts", path, parse_timestamp)
    back = np.flatnonzero(np.diff(times) <= 0)
    if back.size:
        message = f"{path}, row {back[0] + 2}: ts is not after the ts of the row before"
        raise ValueError(message)
    return times, spans


def _frame(path: Path) -> pl.DataFrame:
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        message = f"found {str(path)!r}; allowed: a file in {', '.join(_ENDINGS)}"
        raise ValueError(message)
    try:
        if ending == ".parquet":
            return pl.read_parquet(path)
        if ending == ".csv":
            return pl.read_csv(path, infer_schema=False)
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        return pl.DataFrame({"line": [line for line in lines if line]})
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        message = f"cannot read {path}: {error}"
        raise ValueError(message) from None


def _spans(frame: pl.DataFrame, name: str, path: Path) -> NDArray[np.int64]:
    spans = _numbers(frame, name, path, parse_duration)
    negative = np.flatnonzero(spans < 0)
    if negative.size:
        row = negative[0]
        message = f"{path}, row {row + 1}: {name} {spans[row]} ns is negative"
        raise ValueError(message)
    return spans


def _numbers(
    frame: pl.DataFrame, name: str, path: Path, parse: Callable[[object], int]
) -> NDArray[np.int64]:
    """Read a column of ns: whole numbers, times, or text."""
    if name not in frame.columns:
        found = ", ".join(frame.columns)
        message = f"{path} has no column {name}; found: {found}"
        raise ValueError(message)
    column = frame[name]
    if not column.len() or column.null_count():
        message = f"{path}: {name} is empty, or has empty cells"
        raise ValueError(message)
    if column.dtype.is_integer():
        return column.cast(pl.Int64).to_numpy()
    if column.dtype in (pl.Datetime, pl.Duration):
        return column.dt.cast_time_unit("ns").to_physical().to_numpy()
    numbers = np.zeros(column.len(), np.int64)
    for row, cell in enumerate(column.to_list()):
        text = str(cell).strip()
        try:
            numbers[row] = int(text) if text.isdigit() else parse(text)
        except (ValueError, OverflowError) as error:
            message = f"{path}, row {row + 1}: {name}: {error}"
            raise ValueError(message) from None
    return numbers
