"""Event records to canonical columns and files, exactly."""

import os
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.data.decimals import EXACT
from commonbook.data.instrument import Instrument
from commonbook.data.schema import (
    ACTION_LETTERS,
    BARE_ACTIONS,
    FORMATS,
    SIDE_LETTERS,
)
from commonbook.data.sequence import is_contiguous

#: Formats that tapes are written in.
WRITTEN = ("csv", "parquet")


def frame_of(
    events: Records,
    instruments: tuple[Instrument, ...],
    ts_recv: NDArray[np.int64] | None = None,
    sequence: NDArray[np.int64] | None = None,
) -> pl.DataFrame:
    """
    Give events as canonical columns, prices and sizes as exact text.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    instruments : tuple of Instrument
        What ``instrument`` points into.
    ts_recv : ndarray of int64, shape (n,), or None
        Receive times [ns UTC].
    sequence : ndarray of int64, shape (n,), or None
        The feed's own numbers; written only if they count without gaps, because a
        canonical file with a gap is refused.

    Returns
    -------
    DataFrame
        Canonical columns in canonical order.
    """
    ticks = [instrument.tick_size for instrument in instruments]
    lots = [instrument.lot_size for instrument in instruments]
    symbols = [instrument.symbol for instrument in instruments]
    columns = {
        "ts_event": pl.Series(np.ascontiguousarray(events["ts"])),
        "symbol": _look_up(symbols, events["instrument"]),
        "action": _letters(events["action"], ACTION_LETTERS),
        "side": _letters(events["side"], SIDE_LETTERS),
        "price": _texts(events, "price", ticks),
        "size": _texts(events, "qty", lots),
        # 0 says that there is no order; slots count from 0.
        "order_id": pl.Series(events["order"].astype(np.int64) + 1),
        "flags": pl.Series(np.ascontiguousarray(events["flags"])),
    }
    if ts_recv is not None:
        columns["ts_recv"] = pl.Series(ts_recv)
    if sequence is not None and is_contiguous(events["instrument"], sequence):
        columns["sequence"] = pl.Series(sequence)
    return pl.DataFrame(columns)


def check_written(path: Path, name: str | None = None) -> str:
    """
    Refuse a file that could not be written, before the work for it begins.

    Parameters
    ----------
    path : Path
        The file.
    name : str or None
        Its format; None tells it from the name.

    Returns
    -------
    str
        ``csv`` or ``parquet``.

    Raises
    ------
    DataError
        If the format is not one of these, or there is no such folder.
    """
    ending = path.name.lower()
    name = name or next((n for n in WRITTEN if ending.endswith(FORMATS[n])), None)
    if name is None:
        message = (
            f"{path}: the name does not tell the format; let it end in .csv or "
            ".parquet, or give format"
        )
        raise DataError(message)
    if name not in WRITTEN:
        message = f"{path}: format {name!r} cannot be written; choose csv or parquet"
        raise DataError(message)
    if name == "csv" and path.suffix != ".csv":
        message = f"{path}: only plain .csv is written; compress it afterwards"
        raise DataError(message)
    if not path.parent.is_dir():
        message = f"{path}: cannot be written: there is no folder {path.parent}"
        raise DataError(message)
    return name


def write_frame(frame: pl.DataFrame, path: Path, name: str | None = None) -> None:
    """
    Write canonical columns to a file.

    Parameters
    ----------
    frame : DataFrame
        Canonical columns.
    path : Path
        The file; it is replaced only when all is written.
    name : str or None
        ``csv`` or ``parquet``; None tells it from the name.

    Raises
    ------
    DataError
        If the format cannot be written.
    """
    name = check_written(path, name)
    writers: dict[str, Callable[[Path], object]] = {
        "csv": frame.write_csv,
        "parquet": frame.write_parquet,
    }
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        writers[name](unfinished)
        unfinished.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise DataError(message) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _letters(codes: NDArray[np.uint8], letters: Mapping[str, int]) -> pl.Series:
    table = [""] * (max(letters.values()) + 1)
    for letter, code in letters.items():
        table[code] = letter
    return _look_up(table, codes)


def _texts(events: Records, field: str, units: list[Decimal]) -> pl.Series:
    """Write numbers of units as decimal text, each distinct number once."""
    table: list[str | None] = [None]
    places = np.zeros(events.size, np.int64)
    used = ~np.isin(events["action"], BARE_ACTIONS)
    for index, unit in enumerate(units):
        rows = np.flatnonzero(used & (events["instrument"] == index))
        distinct, inverse = np.unique(events[field][rows], return_inverse=True)
        places[rows] = len(table) + inverse
        table += [f"{EXACT.multiply(Decimal(int(n)), unit):f}" for n in distinct]
    return _look_up(table, places)


def _look_up(
    table: Sequence[str | None], places: NDArray[np.integer[Any]]
) -> pl.Series:
    return pl.Series(table, dtype=pl.String).gather(places.astype(np.int64))
