"""DBN records of single orders (mbo) to a tape."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.words import counted
from commonbook.data.dbn_columns import (
    FLAGS,
    NO_ACTION,
    NO_PRICE,
    Feed,
    codes_of,
    grid_of,
    lots_of,
    ticks_of,
    times_of,
)
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.order_ids import resolve_orders
from commonbook.data.tape import Tape
from commonbook.data.validate import validate


@dataclass(frozen=True)
class Packets:
    """
    Records in packets.

    Parameters
    ----------
    rows : ndarray of int64, shape (n_kept,)
        Records of closed packets, each packet together, by time.
    ts : ndarray of int64, shape (n_kept,)
        Time of the packet of each [ns UTC].
    is_last : ndarray of bool, shape (n_kept,)
        True where a packet ends.
    notes : list of str
        What was assumed or left out.
    """

    rows: NDArray[np.int64]
    ts: NDArray[np.int64]
    is_last: NDArray[np.bool_]
    notes: list[str]


def tape_of_orders(
    feed: Feed, options: ReadOptions, source: str, notes: list[str]
) -> Tape:
    """
    Make a tape of the records of single orders.

    Parameters
    ----------
    feed : Feed
        Records of ``mbo``.
    options : ReadOptions
        What the user says about the instruments.
    source : str
        The files, for messages.
    notes : list of str
        What is known so far.

    Returns
    -------
    Tape
        Order by order; a packet is what the feed closes (``F_LAST``), at its latest
        time.

    Raises
    ------
    DataError
        At the first record that cannot be used.
    """
    records = feed.records
    action = codes_of(records["action"], "action", feed.where)
    events = np.zeros(records.size, EVENT)
    events["action"] = action
    events["side"] = codes_of(records["side"], "side", feed.where)
    events["side"][action == Action.CLEAR] = Side.NONE
    events["order"] = -1
    events["instrument"] = feed.instrument
    events["flags"] = records["flags"] & FLAGS
    instruments, inferred = _fill_numbers(events, feed, options)
    packets = _packets(feed, times_of(records["ts_event"], "ts_event", feed.where))
    rows = packets.rows
    events = events[rows]
    events["ts"] = packets.ts
    events["flags"] &= FLAGS & ~int(Flag.LAST)
    events["flags"][packets.is_last] |= int(Flag.LAST)
    events, kept = _without_empty(events)
    rows = rows[kept]

    def where(row: int) -> str:
        return feed.where(int(rows[row]))

    validate(events, instruments, source, where)
    ids = records["order_id"][rows].view(np.int64)
    orders = resolve_orders(events, ids, where)
    rows = rows[orders.kept]
    return Tape(
        orders.events,
        instruments,
        times_of(
            records["ts_recv"][rows], "ts_recv", lambda row: feed.where(rows[row])
        ),
        records["sequence"][rows].astype(np.int64),
        source=source,
        notes=(*notes, *inferred, *packets.notes, *orders.notes),
    )


def _fill_numbers(
    events: Records, feed: Feed, options: ReadOptions
) -> tuple[tuple[Instrument, ...], list[str]]:
    """Write prices and sizes into the events, each instrument on its own grid."""
    instruments, notes = [], []
    used = (events["action"] != Action.CLEAR) & (events["action"] != NO_ACTION)
    for code, symbol in enumerate(feed.symbols):
        rows = np.flatnonzero(used & (feed.instrument == code))
        prices = feed.records["price"][rows]

        def where(row: int, rows: NDArray[np.int64] = rows) -> str:
            return feed.where(int(rows[row]))

        known = prices != NO_PRICE
        instrument, inferred = grid_of(symbol, prices[known], options)
        events["price"][rows] = ticks_of(prices, instrument, where)
        sizes = feed.records["size"][rows].astype(np.int64)
        events["qty"][rows] = lots_of(sizes, instrument, where)
        instruments.append(instrument)
        notes += inferred
    return tuple(instruments), notes


def _packets(feed: Feed, ts: NDArray[np.int64]) -> Packets:
    """Put the records of each packet together, packets by their latest time."""
    closes = (feed.records["flags"] & Flag.LAST) != 0
    unclosed = not closes.any()
    if unclosed:
        closes = np.ones(closes.size, np.bool_)
    end = np.full(closes.size, closes.size, np.int64)
    when = ts.copy()
    n_clamped = n_dropped = 0
    for code in range(len(feed.symbols)):
        own = np.flatnonzero(feed.instrument == code)
        ends = np.flatnonzero(closes[own])
        n_dropped += own.size - (int(ends[-1]) + 1 if ends.size else 0)
        if not ends.size:
            continue
        own = own[: ends[-1] + 1]
        starts = np.concatenate([[0], ends[:-1] + 1])
        latest = np.maximum.reduceat(ts[own], starts)
        clamped = np.maximum.accumulate(latest)
        n_clamped += int(np.count_nonzero(clamped != latest))
        sizes = ends - starts + 1
        when[own] = np.repeat(clamped, sizes)
        end[own] = np.repeat(own[ends], sizes)
    kept = np.flatnonzero(end < closes.size)
    rows = kept[np.lexsort((kept, end[kept], when[kept]))]
    counts = (
        (
            unclosed * closes.size,
            "record",
            ", none of which closes a packet: each is one",
        ),
        (n_clamped, "packet", " stamped before the one ahead got its time"),
        (n_dropped, "record", " after the last closed packet dropped"),
    )
    notes = [f"{counted(n, what)}{text}" for n, what, text in counts if n]
    return Packets(rows, when[rows], end[rows] == rows, notes)


def _without_empty(events: Records) -> tuple[Records, NDArray[np.int64]]:
    """Leave out records without an action; what they close stays closed."""
    empty = events["action"] == NO_ACTION
    if not empty.any():
        return events, np.arange(events.size)
    last = (events["flags"] & Flag.LAST) != 0
    packet = np.cumsum(last) - last
    kept = np.flatnonzero(~empty)
    events = events[kept]
    ends = np.ones(kept.size, np.bool_)
    ends[:-1] = packet[kept][1:] != packet[kept][:-1]
    events["flags"][ends] |= int(Flag.LAST)
    return events, kept
