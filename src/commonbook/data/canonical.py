"""Canonical columns, as CSV and Parquet files have them, to a tape."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.live_orders import survey_orders
from commonbook.data.options import ReadOptions
from commonbook.data.order_ids import resolve_orders
from commonbook.data.quotes import tape_of_quotes
from commonbook.data.rows import (
    Rows,
    counts_of,
    put_together,
    refuse_nulls,
    refuse_text,
    symbol_codes,
    times_of,
)
from commonbook.data.schema import (
    ACTION_LETTERS,
    BARE_ACTIONS,
    ORDER_ACTIONS,
    SIDE_LETTERS,
    are_quotes,
)
from commonbook.data.sequence import first_break
from commonbook.data.tape import Tape
from commonbook.data.validate import validate

UNKNOWN = 255  # a letter that stands for nothing


def tape_of(files: Mapping[Path, pl.DataFrame], options: ReadOptions) -> Tape:
    """
    Turn canonical columns, of events or of quotes, into a tape.

    Parameters
    ----------
    files : mapping of Path to DataFrame
        Files in time order; the book goes on across them.
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
    frame, rows = put_together(files, options)
    if are_quotes(frame.columns):
        return tape_of_quotes(frame, rows, options)
    source = ", ".join(path.name for path in rows.paths)
    codes, symbols = symbol_codes(frame)
    events = np.zeros(frame.height, EVENT)
    events["order"] = -1
    events["instrument"] = codes
    events["ts"] = times_of(frame["ts_event"], rows)
    events["action"] = _codes(frame["action"], ACTION_LETTERS, rows)
    events["side"] = _codes(_sides(frame), SIDE_LETTERS, rows)
    _check_bare(events, rows)
    instruments, notes = _fill_numbers(events, frame, symbols, options, rows)
    sequence = _integers(frame, "sequence", rows)
    recv = times_of(frame["ts_recv"], rows) if "ts_recv" in frame.columns else None
    if sequence is not None and not options.allow_gaps:
        _check_sequence(events, sequence, rows)
    events["flags"] = _flags(events, _integers(frame, "flags", rows), sequence, rows)
    validate(events, instruments, source, rows)
    if not any(survey_orders(events, instruments, rows).by_order):
        return Tape(
            events, instruments, recv, sequence, source=source, notes=tuple(notes)
        )
    orders = resolve_orders(events, _order_ids(frame, events, rows), rows)
    return Tape(
        orders.events,
        instruments,
        None if recv is None else recv[orders.kept],
        None if sequence is None else sequence[orders.kept],
        source=source,
        notes=(*notes, *orders.notes),
    )


def _codes(
    column: pl.Series, letters: Mapping[str, int], rows: Rows
) -> NDArray[np.uint8]:
    """Turn letters into codes."""
    refuse_nulls(column, rows)
    numbers = {letter: int(code) for letter, code in letters.items()}
    codes = (
        column.cast(pl.String)
        .replace_strict(numbers, default=UNKNOWN, return_dtype=pl.UInt8)
        .to_numpy()
    )
    if (codes == UNKNOWN).any():
        index = int((codes == UNKNOWN).argmax())
        message = (
            f"{rows(index)}: {column.name} {column[index]!r} is not known; "
            f"choose from {', '.join(letters)}"
        )
        raise DataError(message)
    return codes


def _check_bare(events: Records, rows: Rows) -> None:
    sided = np.isin(events["action"], BARE_ACTIONS) & (events["side"] != Side.NONE)
    if sided.any():
        row = int(sided.argmax())
        what = "a halt or its end (X, O) concerns"
        if events["action"][row] == Action.CLEAR:
            what = "a clear (R) empties"
        message = f"{rows(row)}: {what} both sides of the book; its side is N"
        raise DataError(message)


def _sides(frame: pl.DataFrame) -> pl.Series:
    """Give the sides; a clear or a halt may leave its own empty."""
    side = pl.col("side").cast(pl.String)
    bare = [letter for letter, code in ACTION_LETTERS.items() if code in BARE_ACTIONS]
    is_bare = pl.col("action").cast(pl.String).is_in(bare)
    filled = pl.when(is_bare).then(side.fill_null("N")).otherwise(side)
    return frame.select(filled.alias("side")).to_series()


def _fill_numbers(
    events: Records,
    frame: pl.DataFrame,
    symbols: list[str],
    options: ReadOptions,
    rows: Rows,
) -> tuple[tuple[Instrument, ...], list[str]]:
    """Write prices and sizes into the events, each instrument on its own grid."""
    instruments, notes = [], []
    used = ~np.isin(events["action"], BARE_ACTIONS)
    for code, symbol in enumerate(symbols):
        index = np.flatnonzero(used & (events["instrument"] == code))
        whole = index.size == events.size
        price = frame["price"] if whole else frame["price"].gather(index)
        size = frame["size"] if whole else frame["size"].gather(index)
        here = rows.only(index)
        for column in (price, size):
            refuse_text(column, here)
        instrument, inferred = options.instrument(symbol, price, size)
        ticks = counts_of(price, instrument, here)
        lots = counts_of(size, instrument, here)
        events["price"][index] = ticks
        events["qty"][index] = lots
        instruments.append(instrument)
        notes += inferred
    return tuple(instruments), notes


def _integers(frame: pl.DataFrame, name: str, rows: Rows) -> NDArray[np.int64] | None:
    """Give a column of integers; None if the file does not have it."""
    if name not in frame.columns:
        return None
    column = frame[name]
    refuse_nulls(column, rows)
    numbers = column.cast(pl.Int64, strict=False)
    if column.dtype.is_float() or numbers.null_count():
        index = int(numbers.is_null().to_numpy().argmax())
        message = f"{rows(index)}: {name} {column[index]!r} is not an integer"
        raise DataError(message)
    return numbers.to_numpy()


def _order_ids(frame: pl.DataFrame, events: Records, rows: Rows) -> NDArray[np.int64]:
    """Give the order ids; what is not an order may leave its own empty."""
    named = np.isin(events["action"], ORDER_ACTIONS)
    first = int(named.argmax())
    if "order_id" not in frame.columns:
        action = frame["action"][first]
        message = f"{rows(first)}: action {action} needs the column order_id"
        raise DataError(message)
    column = frame["order_id"].zip_with(pl.Series(named), pl.Series([None]))
    numbers = column.cast(pl.Int64, strict=False)
    if column.dtype != pl.Int64:
        # Ids beyond 63 bits: only which are equal matters, so they may wrap.
        large = column.cast(pl.UInt64, strict=False).reinterpret(signed=True)
        numbers = numbers.fill_null(large)
    broken = named & numbers.is_null().to_numpy()
    if broken.any():
        index = int(broken.argmax())
        found = column[index]
        what = "is empty" if found is None else f"{found!r} is not an integer"
        message = f"{rows(index)}: order_id {what}; an order (A, M, C, F) needs one"
        raise DataError(message)
    return numbers.fill_null(0).to_numpy()


def _check_sequence(events: Records, sequence: NDArray[np.int64], rows: Rows) -> None:
    found = first_break(events["instrument"], sequence)
    if found is None:
        return
    index, before = found
    step = int(sequence[index] - sequence[before])
    what = "goes backwards" if step < 0 else "has a gap"
    allowed = (
        "it must stay or rise"
        if step < 0
        else "it must stay or rise by 1; allow_gaps=True reads the file all the same"
    )
    message = (
        f"{rows(index)}: sequence {what}, from {sequence[before]} "
        f"to {sequence[index]}; {allowed}"
    )
    raise DataError(message)


def _flags(
    events: Records,
    given: NDArray[np.int64] | None,
    sequence: NDArray[np.int64] | None,
    rows: Rows,
) -> NDArray[np.uint8]:
    """Give the flags; where the file closes no packet, rows of one time are one."""
    if given is None:
        given = np.zeros(events.size, np.int64)
    if given.min() < 0 or given.max() > 255:
        index = int(((given < 0) | (given > 255)).argmax())
        message = f"{rows(index)}: flags {given[index]} is out of range; 0 to 255"
        raise DataError(message)
    flags = given.astype(np.uint8)
    if flags.any():
        return flags
    changes = np.ones(events.size, np.bool_)
    changes[:-1] = events["ts"][1:] != events["ts"][:-1]
    changes[:-1] |= events["instrument"][1:] != events["instrument"][:-1]
    if sequence is not None:
        changes[:-1] |= sequence[1:] != sequence[:-1]
    flags[changes] = Flag.LAST
    return flags
