"""Recorded Binance streams to a tape: changes of the book joined to a snapshot."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.core.words import counted
from commonbook.data.binance_messages import NO_TIME, SNAPSHOT, Depth, Messages
from commonbook.data.columns import (
    CellError,
    check_numbers,
    check_range,
    count_units,
)
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape


def read_binance_stream(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read recorded Binance streams as one tape.

    Parameters
    ----------
    paths : list of Path
        Files in time order; the chain of update ids goes on across them.
    options : ReadOptions
        What the user says about the instrument.

    Returns
    -------
    Tape
        The snapshot, every change after it and all trades, by time of the exchange;
        trades come before changes of the same time, each message is a packet.

    Raises
    ------
    DataError
        At the first message that cannot be used, or that does not continue the one
        before; the message names file and row.

    Notes
    -----
    The rules are those of the exchange: changes that end before ``lastUpdateId`` are
    dropped, the first one kept must straddle it, and each further one must continue the
    one before (``pu`` equals the ``u`` before it, or on the spot market ``U`` follows
    it). A later snapshot replaces the book and may start the chain anew.
    """
    if len(options.symbols) > 1:
        chosen = ", ".join(options.symbols)
        message = f"{paths[0]}: choose one symbol of a stream, not {chosen}"
        raise DataError(message)
    messages = Messages(paths, options.symbols[0] if options.symbols else None)
    messages.read()
    order = synchronise(messages)
    prices, sizes = _numbers(messages)
    symbol = messages.symbol or "UNKNOWN"
    instrument, notes = options.instrument(symbol, prices[0], sizes[0])
    ticks = _count(messages, prices, instrument, "price")
    lots = _count(messages, sizes, instrument, "size")
    book, book_recv, book_sequence = _book_events(messages.depth, order, ticks, lots)
    trades = _trade_events(messages, ticks, lots)
    events = np.concatenate([trades, book])
    by_time = np.argsort(events["ts"], kind="stable")
    recv = np.concatenate([np.array(messages.trades.recv, np.int64), book_recv])
    sequence = np.concatenate([np.zeros(trades.size, np.int64), book_sequence])
    return Tape(
        events[by_time],
        (instrument,),
        recv[by_time],
        sequence[by_time],
        _truth(messages, order, ticks, lots),
        source=", ".join(path.name for path in paths),
        notes=(*notes, *_skipped(messages, order)),
    )


def synchronise(messages: Messages) -> list[int]:
    """
    Put snapshots and changes in the order in which they form the book.

    Parameters
    ----------
    messages : Messages
        What was received.

    Returns
    -------
    list of int
        Positions in ``messages.depth``, from the first snapshot on.

    Raises
    ------
    DataError
        If there is no snapshot, or a change does not continue the one before.
    """
    depth = messages.depth
    snapshots = [i for i, first in enumerate(depth.first) if first == SNAPSHOT]
    if not snapshots:
        message = (
            f"{messages.paths[0]}: no snapshot in the stream, so the book is unknown; "
            "record one (a message with lastUpdateId, bids and asks)"
        )
        raise DataError(message)
    order: list[int] = []
    changes = [i for i, first in enumerate(depth.first) if first != SNAPSHOT]
    for change in changes:
        # The changes were recorded while the snapshot was asked for: it belongs before
        # the first one that goes beyond it, even if it arrived later.
        while snapshots and _goes_beyond(depth, change, snapshots[0]):
            order.append(snapshots.pop(0))
        if order:
            _check_chain(messages, order[-1], change)
            order.append(change)
    return order + snapshots


def _goes_beyond(depth: Depth, change: int, snapshot: int) -> bool:
    is_spot = depth.previous[change] < 0
    return depth.last[change] >= depth.last[snapshot] + is_spot


def _check_chain(messages: Messages, before: int, change: int) -> None:
    depth = messages.depth
    last, first, previous = (
        depth.last[before],
        depth.first[change],
        depth.previous[change],
    )
    is_spot = previous < 0
    if depth.first[before] == SNAPSHOT:
        fits = first <= last + is_spot
        rule = f"U <= {last + is_spot}, to join the snapshot of lastUpdateId {last}"
        found = f"U {first}"
    elif is_spot:
        fits = first == last + 1
        rule = f"U {last + 1}, to follow the u {last} before it"
        found = f"U {first}"
    else:
        fits = previous == last
        rule = f"pu {last}, the u before it"
        found = f"pu {previous}"
    if not fits:
        place = messages.where(depth.place[change])
        message = f"{place}: sequence gap: depthUpdate has {found}; expected {rule}"
        raise DataError(message)


def _numbers(messages: Messages) -> tuple[list[pl.Series], list[pl.Series]]:
    """Give prices and sizes: all together, then of depth, trades and tickers."""
    groups = (messages.depth, messages.trades, messages.tickers)
    columns = []
    for name in ("prices", "sizes"):
        parts = [
            pl.Series(name[:-1], getattr(group, name), pl.String, strict=False)
            for group in groups
        ]
        for part, group in zip(parts, (0, 1, 2), strict=True):
            try:
                check_numbers(part, part.name)
            except CellError as error:
                place = _place_of(messages, group, error.index)
                message = f"{messages.where(place)}: {error}"
                raise DataError(message) from None
        columns.append([pl.concat(parts), *parts])
    return columns[0], columns[1]


def _place_of(messages: Messages, group: int, index: int) -> tuple[int, int]:
    """Find the message of a price: group 0 is depth, 1 trades, 2 tickers."""
    if group == 1:
        return messages.trades.place[index]
    if group == 2:
        return messages.tickers.place[index // 2]
    depth = messages.depth
    ends = np.cumsum(np.add(depth.n_bids, depth.n_asks))
    return depth.place[int(np.searchsorted(ends, index, side="right"))]


def _count(
    messages: Messages, columns: list[pl.Series], instrument: Instrument, what: str
) -> list[NDArray[np.int64]]:
    """Count ticks or lots in the columns of depth, trades and tickers."""
    is_price = what == "price"
    unit = instrument.tick_size if is_price else instrument.lot_size
    counts = []
    for group, column in enumerate(columns[1:]):
        grid = "tick size" if is_price else "lot size"
        try:
            units = count_units(column, unit, what, grid)
            check_range(units, column, is_price)
        except CellError as error:
            place = _place_of(messages, group, error.index)
            message = f"{messages.where(place)}: {error}"
            raise DataError(message) from None
        counts.append(units)
    return counts


def _book_events(
    depth: Depth,
    order: list[int],
    ticks: list[NDArray[np.int64]],
    lots: list[NDArray[np.int64]],
) -> tuple[Records, NDArray[np.int64], NDArray[np.int64]]:
    """Lay out snapshots and changes, one packet each, in order."""
    chosen = np.array(order, np.int64)
    n_bids = np.array(depth.n_bids, np.int64)
    n_levels = n_bids + np.array(depth.n_asks, np.int64)
    first_level = np.cumsum(n_levels) - n_levels
    is_snapshot = (np.array(depth.first, np.int64) == SNAPSHOT)[chosen]
    # A packet is its levels, after a clear if it is a snapshot.
    rows = n_levels[chosen] + is_snapshot
    start = np.cumsum(rows) - rows
    message = np.repeat(np.arange(chosen.size), rows)
    offset = np.arange(message.size) - start[message] - is_snapshot[message]
    is_clear = offset < 0
    level = first_level[chosen][message] + np.maximum(offset, 0)
    level = np.minimum(level, max(ticks[0].size - 1, 0))
    events = np.zeros(message.size, EVENT)
    events["ts"] = _book_times(depth, chosen)[message]
    events["order"] = -1
    events["action"] = np.where(is_clear, Action.CLEAR, Action.SET)
    is_bid = offset < n_bids[chosen][message]
    events["side"] = np.where(is_bid, Side.BUY, Side.SELL)
    events["side"][is_clear] = Side.NONE
    if ticks[0].size:
        events["price"] = np.where(is_clear, 0, ticks[0][level])
        events["qty"] = np.where(is_clear, 0, lots[0][level])
    events["flags"] = np.where(is_snapshot[message], Flag.SNAPSHOT, 0)
    events["flags"][(start + rows - 1)[rows > 0]] |= int(Flag.LAST)
    recv = np.array(depth.recv, np.int64)[chosen][message]
    sequence = np.array(depth.last, np.int64)[chosen][message]
    return events, recv, sequence


def _book_times(depth: Depth, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give times that never go back; a snapshot lies between its neighbours."""
    ts = np.array(depth.ts, np.int64)[chosen]
    is_change = np.array(depth.first, np.int64)[chosen] != SNAPSHOT
    ts[is_change] = np.maximum.accumulate(ts[is_change])
    ahead = np.where(is_change, ts, np.iinfo(np.int64).max)
    ahead = np.minimum.accumulate(ahead[::-1])[::-1]
    recv = np.array(depth.recv, np.int64)[chosen]
    ahead = np.where(ahead == np.iinfo(np.int64).max, np.maximum(ts, recv), ahead)
    ts = np.where(ts == NO_TIME, ahead, np.minimum(ts, ahead))
    return np.maximum.accumulate(ts)


def _trade_events(
    messages: Messages, ticks: list[NDArray[np.int64]], lots: list[NDArray[np.int64]]
) -> Records:
    events = np.zeros(ticks[1].size, EVENT)
    events["ts"] = messages.trades.ts
    events["order"] = -1
    events["action"] = Action.TRADE
    events["side"] = messages.trades.side
    events["price"] = ticks[1]
    events["qty"] = lots[1]
    events["flags"] = Flag.LAST
    return events


def _truth(
    messages: Messages,
    order: list[int],
    ticks: list[NDArray[np.int64]],
    lots: list[NDArray[np.int64]],
) -> Records | None:
    """
    Give what bookTicker says the top of the book was after each change.

    The exchange sends one whenever the top changes, so the last one up to the update id
    of a change holds for it. Changes that came before their snapshot are not judged.
    """
    depth, tickers = messages.depth, messages.tickers
    if not tickers.update:
        return None
    known_from = depth.place[depth.first.index(SNAPSHOT)]
    judged = [
        depth.last[i]
        for i in order
        if depth.first[i] != SNAPSHOT and depth.place[i] > known_from
    ]
    updates = np.array(judged, np.int64)
    said = np.array(tickers.update, np.int64)
    by_update = np.argsort(said, kind="stable")
    place = np.searchsorted(said[by_update], updates, side="right") - 1
    updates, ticker = updates[place >= 0], by_update[place[place >= 0]]
    truth = np.zeros(updates.size, TRUTH)
    truth["sequence"] = updates
    for side, word in enumerate(("bid", "ask")):
        truth[word] = ticks[2][2 * ticker + side]
        truth[f"{word}_qty"] = lots[2][2 * ticker + side]
    return truth


def _skipped(messages: Messages, order: list[int]) -> list[str]:
    """Say what is not on the tape."""
    dropped = len(messages.depth.ts) - len(order)
    plural = {"message of another symbol": "messages of other symbols"}
    notes = [
        f"skipped {counted(n, what, plural.get(what, ''))}"
        for what, n in sorted(messages.skipped.items())
    ]
    if dropped:
        what = counted(dropped, "depthUpdate message")
        notes.append(f"dropped {what} before the snapshot")
    return notes
