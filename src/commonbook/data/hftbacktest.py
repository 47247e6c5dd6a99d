"""Files of hftbacktest (version 2) to a tape."""

import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.core.words import counted
from commonbook.data.columns import CellError, check_numbers, check_range, iso_time
from commonbook.data.decimals import FLOAT_INTEGERS, as_floats
from commonbook.data.depth_clears import replace_clears
from commonbook.data.hftbacktest_orders import read_orders
from commonbook.data.hftbacktest_rows import (
    ACTIONS,
    AT_VENUE,
    BUY,
    DATA,
    FLAGS,
    ORDER_KINDS,
    ROW,
    SELL,
    Kind,
)
from commonbook.data.options import ReadOptions
from commonbook.data.rows import Rows
from commonbook.data.tape import Tape

#: Floats this close to a price or size on the grid stand for it: the format's own tools
#: multiply a number of ticks by a float [units in the last place].
CLOSE_ULP = 4


def read_hftbacktest(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read files of hftbacktest as one tape.

    Parameters
    ----------
    paths : list of Path
        ``.npz`` files with the array ``data``, or ``.npy`` files, in time order.
    options : ReadOptions
        What the user says about the instrument.

    Returns
    -------
    Tape
        The rows that happened at the venue, in the order of the file; ``ts_recv`` is
        their local time.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.

    Notes
    -----
    The format has no packets: neighbouring rows of one ``exch_ts`` are one. A clear of
    one side, up to a price, sets the levels that it reaches to 0. A cancel takes off
    all that is left of an order.
    """
    if len(options.symbols) > 1:
        chosen = ", ".join(options.symbols)
        message = f"{paths[0]}: files hold one instrument, not {chosen}; name one"
        raise DataError(message)
    rows, source, given_flags, notes = _rows_of(paths)
    kinds = (rows["ev"] & 0xFF).astype(np.int64)
    events = np.zeros(rows.size, EVENT)
    events["order"] = -1
    events["ts"] = rows["exch_ts"]
    events["action"] = _actions(kinds)
    events["side"] = _sides(rows["ev"], events["action"], source)
    symbol = options.symbols[0] if options.symbols else "UNKNOWN"
    # A clear has no size, and a price only if it is of one side; a cancel takes all.
    is_clear = events["action"] == Action.CLEAR
    numbered = np.flatnonzero(~is_clear & (kinds != Kind.CANCEL))
    place = _only(source, numbered)
    prices = _numbers("price", rows["px"][numbered], place)
    sizes = _numbers("size", rows["qty"][numbered], place)
    instrument, inferred = options.instrument(symbol, prices, sizes)
    tick, lot = instrument.tick_size, instrument.lot_size
    events["price"][numbered] = _count(prices, tick, "tick size", place)
    events["qty"][numbered] = _count(sizes, lot, "lot size", place)
    events["flags"] = np.where(kinds == Kind.SNAPSHOT, Flag.SNAPSHOT, 0)
    if given_flags is not None:
        events["flags"] = given_flags
    recv = np.ascontiguousarray(rows["local_ts"])
    one_sided = is_clear & (events["side"] != Side.NONE)
    if np.isin(kinds, ORDER_KINDS).any():
        if given_flags is None:
            _close_packets(events)
        events, kept, changed = read_orders(events, rows, one_sided, source)
        recv, notes = recv[kept], [*notes, *changed]
    elif one_sided.any():
        limits = _limits(rows, events, one_sided, tick)
        events, kept = replace_clears(events, one_sided, limits)
        recv, given_flags = recv[kept], None
        _close_packets(events)
    elif given_flags is None:
        _close_packets(events)
    if not options.symbols:
        notes = [*notes, "symbol UNKNOWN: the format does not name it; give symbol"]
    return Tape(
        events,
        (instrument,),
        recv,
        source=", ".join(path.name for path in paths),
        notes=(*inferred, *notes),
    )


def _rows_of(
    paths: list[Path],
) -> tuple[Records, Rows, NDArray[np.uint8] | None, list[str]]:
    """Put the rows together that happened at the venue and can be on a tape."""
    loaded = [_load(path) for path in paths]
    arrays, flags = [rows for rows, _ in loaded], [given for _, given in loaded]
    starts = np.cumsum([0, *(array.size for array in arrays[:-1])])
    rows = np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
    source = Rows(tuple(paths), tuple(starts.tolist()), np.arange(rows.size))
    if not rows.size:
        message = f"{paths[0]}: no rows"
        raise DataError(message)
    at_venue = (rows["ev"] & AT_VENUE) != 0
    if not at_venue.any():
        message = (
            f"{paths[0]}: no row has the bit 1 << 31 of events at the venue; "
            "the rows of one feed must have it"
        )
        raise DataError(message)
    kind = rows["ev"] & 0xFF
    known = np.isin(kind, [int(k) for k in Kind]) & (kind != Kind.BEST)
    kept = np.flatnonzero(at_venue & known)
    given = None
    if all(flag is not None for flag in flags):
        given = np.concatenate([f for f in flags if f is not None])[kept]
    others = Counter(kind[at_venue & ~known].tolist())
    notes = [
        f"skipped {counted(count, 'event')} of kind {number}"
        for number, count in sorted(others.items())
    ]
    rows, source = rows[kept], _only(source, kept)
    backwards = np.flatnonzero(np.diff(rows["exch_ts"]) < 0)
    if backwards.size:
        row = int(backwards[0])
        before, after = (iso_time(rows["exch_ts"][r]) for r in (row, row + 1))
        message = (
            f"{source(row + 1)}: exch_ts goes backwards, from {before} to {after}; "
            "rows with the bit of the venue must be in its order"
        )
        raise DataError(message)
    return rows, source, given, notes


def _only(rows: Rows, chosen: NDArray[np.int64]) -> Rows:
    return Rows(rows.paths, rows.starts, rows.kept[chosen])


def _load(path: Path) -> tuple[Records, NDArray[np.uint8] | None]:
    """Load the rows of one file, and the flags if commonbook wrote it."""
    flags = None
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.lib.npyio.NpzFile):
            with loaded:
                if DATA not in loaded:
                    found = ", ".join(loaded) or "nothing"
                    message = f"{path}: no array {DATA!r} in the file; it has {found}"
                    raise DataError(message)
                rows = loaded[DATA]
                flags = loaded.get(FLAGS)
        else:
            rows = loaded
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise DataError(message) from error
    except (ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no data"
        message = f"{path}: truncated or not an .npz or .npy file: {reason}"
        raise DataError(message) from None
    if rows.ndim != 1 or rows.dtype.descr != ROW.descr:
        fields = ", ".join(f"{name} {ROW[name].str[1:]}" for name in ROW.names or ())
        message = (
            f"{path}: rows are {rows.dtype} of shape {rows.shape}; allowed: one "
            f"dimension of records {fields} (version 2 of the format)"
        )
        raise DataError(message)
    if flags is not None and (flags.shape != rows.shape or flags.dtype != np.uint8):
        message = (
            f"{path}: {FLAGS} is {flags.dtype} of shape {flags.shape}; "
            f"allowed: one uint8 for each of the {rows.size} rows"
        )
        raise DataError(message)
    return rows, flags


def _actions(kinds: NDArray[np.int64]) -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    for kind, action in ACTIONS.items():
        table[kind] = action
    return table[kinds]


def _sides(
    ev: NDArray[np.uint64], actions: NDArray[np.uint8], source: Rows
) -> NDArray[np.uint8]:
    buy, sell = (ev & BUY) != 0, (ev & SELL) != 0
    must = np.isin(actions, (Action.SET, Action.ADD, Action.MODIFY))
    wrong = np.flatnonzero((buy & sell) | (must & ~buy & ~sell))
    if wrong.size:
        first = int(wrong[0])
        found = "both sides" if buy[first] else "no side"
        message = (
            f"{source(first)}: ev {int(ev[first]):#x} has {found}; depth and "
            "orders need one of the bits 1 << 29 (buy) and 1 << 28 (sell), others at "
            "most one"
        )
        raise DataError(message)
    sides = np.full(ev.size, int(Side.NONE), np.uint8)
    sides[buy] = Side.BUY
    sides[sell] = Side.SELL
    return sides


def _numbers(name: str, values: NDArray[np.float64], place: Rows) -> pl.Series:
    column = pl.Series(name, values)
    try:
        check_numbers(column, name)
    except CellError as error:
        message = f"{place(error.index)}: {error}"
        raise DataError(message) from None
    return column


def _count(
    column: pl.Series, unit: Decimal, grid: str, place: Rows
) -> NDArray[np.int64]:
    """Count ticks or lots; a float next to the grid stands for the number on it."""
    values = column.to_numpy()
    counts, wrong = _nearest(values, unit)
    if wrong.any():
        first = int(wrong.argmax())
        message = (
            f"{place(first)}: {column.name} {values[first]} is not a multiple of "
            f"the {grid} {unit}"
        )
        raise DataError(message)
    try:
        check_range(counts, column, column.name == "price")
    except CellError as error:
        message = f"{place(error.index)}: {error}"
        raise DataError(message) from None
    return counts


def _nearest(
    values: NDArray[np.float64], unit: Decimal
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give the nearest numbers of units, and where a value is none."""
    quotients = np.rint(values / float(unit))
    fits = np.abs(quotients) <= FLOAT_INTEGERS
    counts = np.where(fits, quotients, 0).astype(np.int64)
    on_grid = as_floats(counts, unit)
    gap = CLOSE_ULP * np.spacing(np.maximum(np.abs(values), np.abs(on_grid)))
    return counts, ~fits | (np.abs(values - on_grid) > gap)


def _limits(
    rows: Records, events: Records, chosen: NDArray[np.bool_], tick: Decimal
) -> NDArray[np.int64]:
    """Give the last price that each clear of one side reaches [ticks]."""
    edge = np.where(events["side"] == Side.BUY, -(2**62), 2**62)
    px = rows["px"][chosen]
    finite = np.isfinite(px)
    ticks = np.rint(np.where(finite, px, 0.0) / float(tick)).astype(np.int64)
    return np.where(finite, ticks, edge[chosen])


def _close_packets(events: Records) -> None:
    """Let neighbouring events of one time be a packet."""
    last = np.ones(events.size, np.bool_)
    last[:-1] = events["ts"][1:] != events["ts"][:-1]
    events["flags"] &= np.uint8(255 - int(Flag.LAST))
    events["flags"][last] |= np.uint8(Flag.LAST)
