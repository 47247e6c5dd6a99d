"""Canonical CSV files."""

import csv
import io
from pathlib import Path

import polars as pl

from commonbook.core.errors import DataError
from commonbook.data.canonical import tape_of
from commonbook.data.files import read_bytes
from commonbook.data.options import ReadOptions
from commonbook.data.schema import check_columns
from commonbook.data.tape import Tape


def read_csv(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read canonical CSV files as one tape.

    Parameters
    ----------
    paths : list of Path
        Files in time order, plain or compressed (.gz, .xz).
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
    data, names = header_of(path)
    check_columns(names, str(path), symbol_known)
    return text_frame(path, data, len(names))


def header_of(path: Path) -> tuple[bytes, list[str]]:
    """
    Read a CSV file and the names of its columns.

    Parameters
    ----------
    path : Path
        The file, plain or compressed.

    Returns
    -------
    data : bytes
        What is in it.
    names : list of str
        Its first row.

    Raises
    ------
    DataError
        If it cannot be read or its first row is no text.
    """
    data = read_bytes(path).rstrip(b"\r\n")
    header = data[: data.find(b"\n")] if b"\n" in data else data
    try:
        names = next(csv.reader([header.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error):
        message = f"{path}: not a CSV file: the header is not text"
        raise DataError(message) from None
    return data, [name.strip() for name in names]


def text_frame(path: Path, data: bytes, width: int) -> pl.DataFrame:
    """
    Give the rows of a CSV file; everything stays text: numbers are read exactly, later.

    Parameters
    ----------
    path : Path
        The file, for messages.
    data : bytes
        What is in it, with a header.
    width : int
        Number of columns.

    Returns
    -------
    DataFrame
        Columns of text; null where a cell is empty.

    Raises
    ------
    DataError
        At the first row that has other columns or is no text.
    """
    try:
        return pl.read_csv(data, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise DataError(what_is_wrong(path, data, width, error)) from None


def what_is_wrong(
    path: Path, data: bytes, width: int, error: Exception, has_header: bool = True
) -> str:
    """
    Find the row that the fast reader stumbled over.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What is in it.
    width : int
        Cells of its first row.
    error : Exception
        What the fast reader said.
    has_header : bool, default True
        Whether the first row names the columns.

    Returns
    -------
    str
        A message that names the file and, if it can be found, the row.
    """
    first = 0 if has_header else 1
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        row = first + data.count(b"\n", 0, bad.start)
        return f"{path}: row {row}: byte {bad.object[bad.start]:#04x} is not UTF-8 text"
    head = "the header" if has_header else "the first row"
    for row, cells in enumerate(csv.reader(io.StringIO(text)), first):
        if len(cells) != width:
            return f"{path}: row {row}: {len(cells)} cells; {head} has {width}"
    return f"{path}: not a CSV file: {str(error).splitlines()[0]}"
