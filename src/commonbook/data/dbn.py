"""DBN files to a tape: order by order (mbo) or by level (mbp-1, mbp-10)."""

from bisect import bisect_right
from pathlib import Path

import numpy as np

from commonbook.core.errors import DataError
from commonbook.core.words import counted
from commonbook.data.dbn_columns import Feed, only
from commonbook.data.dbn_files import DbnFile, read_dbn_file
from commonbook.data.dbn_levels import tape_of_levels
from commonbook.data.dbn_orders import tape_of_orders
from commonbook.data.options import ReadOptions
from commonbook.data.tape import Tape


def read_dbn(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read DBN files as one tape.

    Parameters
    ----------
    paths : list of Path
        Files of one schema in time order, raw or compressed; the book goes on across
        them.
    options : ReadOptions
        What the user says about the instruments.

    Returns
    -------
    Tape
        Of ``mbo``, packets as the feed closes them, order by order. Of ``mbp-1`` and
        ``mbp-10``, a packet for each record, with the levels that it changed.

    Raises
    ------
    DataError
        At the first record that cannot be used; the message names file and record.
    """
    return tape_of_files([read_dbn_file(path) for path in paths], options, "record")


def tape_of_files(files: list[DbnFile], options: ReadOptions, word: str) -> Tape:
    """
    Make a tape of the records of files.

    Parameters
    ----------
    files : list of DbnFile
        Files of one schema in time order.
    options : ReadOptions
        What the user says about the instruments.
    word : str
        What a record is called in messages.

    Returns
    -------
    Tape
        Order by order or by level, as the schema is.

    Raises
    ------
    DataError
        At the first record that cannot be used.
    """
    schemas = sorted({file.schema for file in files})
    if len(schemas) > 1:
        names = ", ".join(schemas)
        message = f"{files[0].path}: files of schemas {names} are not one tape"
        raise DataError(message)
    feed = only(_feed(files, word), options.symbols)
    skipped = sum(file.n_skipped for file in files)
    what = counted(skipped, "record of another schema", "records of other schemas")
    notes = [f"skipped {what}"] if skipped else []
    source = ", ".join(file.path.name for file in files)
    build = tape_of_orders if schemas[0] == "mbo" else tape_of_levels
    return build(feed, options, source, notes)


def _feed(files: list[DbnFile], word: str) -> Feed:
    """Put the records of several files behind each other and name instruments."""
    records = np.concatenate([file.records for file in files])
    sizes = [file.records.size for file in files]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).tolist()

    def where(row: int) -> str:
        file = bisect_right(starts, row) - 1
        return f"{files[file].path}: {word} {row - starts[file] + 1}"

    if not records.size:
        message = f"{files[0].path}: no {word}s"
        raise DataError(message)
    ids, first, codes = np.unique(
        records["instrument_id"], return_index=True, return_inverse=True
    )
    # Instruments are numbered in the order in which they first occur.
    by_first = np.argsort(first)
    rank = np.empty(ids.size, np.int64)
    rank[by_first] = np.arange(ids.size)
    numbers = [int(number) for number in ids[by_first]]
    named: dict[int, str] = {}
    for file in files:
        named = file.symbols | named
    return Feed(
        records,
        rank[codes].astype(np.uint16),
        tuple(numbers),
        tuple(named.get(number, str(number)) for number in numbers),
        where,
    )
