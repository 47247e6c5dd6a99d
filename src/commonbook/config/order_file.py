"""Orders of a scripted portfolio from a CSV file."""

import csv
from collections.abc import Iterator
from pathlib import Path

_WORDS = {"true": True, "false": False}


def read_orders(path: Path) -> list[dict[str, object]]:
    """
    Read orders, cancels and replaces, still as text.

    Parameters
    ----------
    path : Path
        A CSV file with a header: the keys of a scripted order, ``cancel``, ``replace``.
        Empty cells are keys that are not given.

    Returns
    -------
    list of dict
        One mapping for each row, as it would be written in the configuration.

    Raises
    ------
    ValueError
        If the file cannot be read as CSV; the message names file and row.
    """
    if path.suffix.lower() != ".csv":
        message = f"found {str(path)!r}; allowed: a list of orders, or a .csv file"
        raise ValueError(message)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(csv.reader(file, strict=True), path)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise ValueError(message) from None
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start})"
        raise ValueError(message) from None
    except csv.Error as error:
        message = f"{path} is not valid CSV: {error}"
        raise ValueError(message) from None


def _rows(reader: Iterator[list[str]], path: Path) -> list[dict[str, object]]:
    header = [name.strip() for name in next(reader, [])]
    if "at" not in header or len(set(header)) != len(header):
        found = ", ".join(header) or "nothing"
        message = (
            f"{path}: found the columns {found}; "
            "allowed: a header of unlike names, among them at"
        )
        raise ValueError(message)
    rows = []
    for number, cells in enumerate(reader, start=1):
        if len(cells) != len(header):
            message = (
                f"{path}, row {number}: found {len(cells)} cells; "
                f"allowed: {len(header)} as in the header"
            )
            raise ValueError(message)
        row = zip(header, (cell.strip() for cell in cells), strict=True)
        rows.append({name: _cell(name, cell) for name, cell in row if cell})
    return rows


def _cell(name: str, cell: str) -> object:
    """Give text the type it would have in YAML, where it is not read as text."""
    if name in ("id", "cancel", "replace") and cell.isascii() and cell.isdigit():
        return int(cell[:19])
    switches = ("post_only", "reduce_only")
    return _WORDS.get(cell, cell) if name in switches else cell
