"""Canonical Parquet files."""

from pathlib import Path

import polars as pl

from commonbook.core.errors import DataError
from commonbook.data.canonical import tape_of
from commonbook.data.options import ReadOptions
from commonbook.data.schema import check_columns
from commonbook.data.tape import Tape

TEXTS = (pl.String, pl.Categorical, pl.Enum)


def read_parquet(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read canonical Parquet files as one tape.

    Parameters
    ----------
    paths : list of Path
        Files in time order.
    options : ReadOptions
        What the user says about the instruments.

    Returns
    -------
    Tape
        The events of all files.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.
    """
    symbol_known = len(options.symbols) == 1
    return tape_of({path: _frame(path, symbol_known) for path in paths}, options)


def _frame(path: Path, symbol_known: bool) -> pl.DataFrame:
    try:
        with path.open("rb") as file:
            frame = pl.read_parquet(file)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise DataError(message) from error
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        message = f"{path}: truncated or not a Parquet file: {reason}"
        raise DataError(message) from None
    check_columns(frame.columns, str(path), symbol_known)
    for name, kind in frame.schema.items():
        if not (kind.is_numeric() or kind in TEXTS or isinstance(kind, pl.Datetime)):
            message = f"{path}: column {name} is {kind}; give numbers, text or times"
            raise DataError(message)
    return frame
