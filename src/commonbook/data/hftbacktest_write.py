"""A tape to a file of hftbacktest (version 2)."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.decimals import as_floats
from commonbook.data.hftbacktest_orders import left_after
from commonbook.data.hftbacktest_rows import (
    AT_STRATEGY,
    AT_VENUE,
    BUY,
    DATA,
    FLAGS,
    PARTLY,
    ROW,
    SELL,
    Kind,
)
from commonbook.data.instrument import Instrument
from commonbook.data.schema import ORDER_ACTIONS
from commonbook.data.tape import Tape

KINDS = {
    Action.SET: Kind.DEPTH,
    Action.TRADE: Kind.TRADE,
    Action.CLEAR: Kind.CLEAR,
    Action.ADD: Kind.ADD,
    Action.MODIFY: Kind.MODIFY,
    Action.CANCEL: Kind.CANCEL,
    Action.FILL: Kind.FILL,
}


def write_hftbacktest(
    tape: Tape,
    path: str | Path,
    *,
    symbol: str | None = None,
    feed_delay: int = 0,
    compress: bool = True,
) -> None:
    """
    Write one instrument as an ``.npz`` that hftbacktest reads.

    Reading it back gives the same events. Their flags, for which the format has no
    column, are in an array of their own that hftbacktest does not look at.

    Parameters
    ----------
    tape : Tape
        The events.
    path : str or Path
        The file, ending in ``.npz``; it is replaced only when all is written.
    symbol : str or None
        Which instrument, if the tape has several.
    feed_delay : int, default 0
        From the venue to the strategy, where the tape has no ``ts_recv`` [ns].
    compress : bool, default True
        Whether to compress; it takes several times as long and makes the file smaller.

    Raises
    ------
    DataError
        If the tape cannot be written so.
    """
    path = Path(path)
    if path.suffix != ".npz":
        message = f"{path}: give a name that ends in .npz"
        raise DataError(message)
    if feed_delay < 0:
        message = f"feed_delay {feed_delay} is negative; give nanoseconds, 0 or more"
        raise DataError(message)
    if symbol is None and len(tape.instruments) > 1:
        choice = ", ".join(tape.symbols)
        message = f"{path}: a file holds one instrument; choose from {choice}"
        raise DataError(message)
    index = 0 if symbol is None else tape.index(symbol)
    mine = np.flatnonzero(tape.events["instrument"] == index)
    events = tape.events[mine]
    recv = events["ts"] + feed_delay if tape.ts_recv is None else tape.ts_recv[mine]
    rows = rows_of(events, tape.instruments[index], recv, str(path))
    rows, origin = in_both_orders(rows)
    # A cancel of a part is written as a change of the order.
    partly = (rows["ev"] & 0xFF == Kind.MODIFY) & (rows["ival"] > 0)
    flags = events["flags"][origin] | np.where(partly, PARTLY, 0).astype(np.uint8)
    arrays = {DATA: rows, FLAGS: flags}
    save = np.savez_compressed if compress else np.savez
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            save(file, allow_pickle=False, **arrays)
        unfinished.replace(path)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise DataError(message) from error
    finally:
        unfinished.unlink(missing_ok=True)


def rows_of(
    events: Records,
    instrument: Instrument,
    recv: NDArray[np.int64],
    source: str = "tape",
) -> Records:
    """
    Lay out events as rows of hftbacktest.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Events of one instrument.
    instrument : Instrument
        Its grid.
    recv : ndarray of int64, shape (n,)
        When each was received [ns UTC].
    source : str, default "tape"
        Where the events are going, for messages.

    Returns
    -------
    ndarray of ROW, shape (n,)
        One row for each event, of the venue and the strategy alike.

    Raises
    ------
    DataError
        If an event has no counterpart in the format.
    """
    if events.dtype != EVENT:
        message = f"{source}: events are {events.dtype}; give records of EVENT"
        raise DataError(message)
    kinds = np.zeros(256, np.uint64)
    for action, kind in KINDS.items():
        kinds[action] = kind
    kind = kinds[events["action"]]
    if (kind == 0).any():
        word = Action(int(events["action"][int((kind == 0).argmax())])).name.lower()
        message = f"{source}: the format has no {word}; write csv or parquet"
        raise DataError(message)
    is_snapshot = (events["flags"] & Flag.SNAPSHOT) != 0
    kind[is_snapshot & (events["action"] == Action.SET)] = Kind.SNAPSHOT
    side = np.zeros(3, np.uint64)
    side[[Side.BUY, Side.SELL]] = [BUY, SELL]
    rows = np.zeros(events.size, ROW)
    rows["ev"] = kind | side[events["side"]] | np.uint64(AT_VENUE | AT_STRATEGY)
    rows["exch_ts"] = events["ts"]
    rows["local_ts"] = recv
    rows["px"] = as_floats(events["price"].astype(np.int64), instrument.tick_size)
    named = np.isin(events["action"], ORDER_ACTIONS)
    rows["order_id"][named] = events["order"][named].astype(np.uint64) + np.uint64(1)
    left = left_after(events)
    is_cancel = events["action"] == Action.CANCEL
    partly = is_cancel & (left > 0)
    rows["ev"][partly] += np.uint64(Kind.MODIFY - Kind.CANCEL)
    rows["ival"][partly] = events["qty"][partly]
    qty = np.where(partly, left, events["qty"])
    rows["qty"] = as_floats(qty, instrument.lot_size)
    return rows


def in_both_orders(rows: Records) -> tuple[Records, NDArray[np.int64]]:
    """
    Put rows into an order in which both the venue's and the local times never go back.

    Parameters
    ----------
    rows : ndarray of ROW, shape (n,)
        Rows in the order of the venue.

    Returns
    -------
    rows : ndarray of ROW, shape (m,)
        The same; a row that was received before an earlier one is there twice, once for
        the venue and once for the strategy.
    origin : ndarray of int64, shape (m,)
        The row that each of them was.
    """
    local = rows["local_ts"]
    in_order = local >= np.maximum.accumulate(local) if rows.size else local > 0
    if in_order.all():
        return rows, np.arange(rows.size)
    late = np.flatnonzero(~in_order)
    late = late[np.argsort(local[late], kind="stable")]
    # The strategy's row stands before the first one that was received after it.
    steady = np.flatnonzero(in_order)
    after = np.searchsorted(local[steady], local[late], side="right")
    places = np.append(steady, rows.size)[after]
    out = np.insert(rows, places, rows[late])
    origin = np.insert(np.arange(rows.size), places, late)
    inserted = np.insert(
        np.zeros(rows.size, np.bool_), places, np.ones(late.size, bool)
    )
    venue_only = ~inserted & ~in_order[origin]
    out["ev"][inserted] &= ~np.uint64(AT_VENUE)
    out["ev"][venue_only] &= ~np.uint64(AT_STRATEGY)
    return out, origin
