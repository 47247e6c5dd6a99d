"""DBN records of the best levels (mbp-1, mbp-10) to a tape."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action
from commonbook.core.words import counted
from commonbook.data.dbn_columns import (
    FLAGS,
    NO_PRICE,
    Feed,
    codes_of,
    grid_of,
    lots_of,
    ticks_of,
    times_of,
)
from commonbook.data.depth_changes import Shown, packets_of
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.quotes import one_level
from commonbook.data.tape import Tape


def tape_of_levels(
    feed: Feed, options: ReadOptions, source: str, notes: list[str]
) -> Tape:
    """
    Make a tape of records that show the best levels.

    Parameters
    ----------
    feed : Feed
        Records of ``mbp-1`` or ``mbp-10``.
    options : ReadOptions
        What the user says about the instruments.
    source : str
        The files, for messages.
    notes : list of str
        What is known so far.

    Returns
    -------
    Tape
        By level; a record is a packet: the trade, and the levels that are not what
        they were in the record before.

    Raises
    ------
    DataError
        At the first record that cannot be used.
    """
    records = feed.records
    ts = times_of(records["ts_event"], "ts_event", feed.where)
    instruments, events, rows = [], [], []
    n_clamped = 0
    for code, symbol in enumerate(feed.symbols):
        own = np.flatnonzero(feed.instrument == code)
        instrument, shown, inferred = _shown(feed, own, symbol, options)
        clamped = np.maximum.accumulate(ts[own])
        n_clamped += int(np.count_nonzero(clamped != ts[own]))
        shown.records["ts"] = clamped
        shown.records["instrument"] = code
        found, place = packets_of(shown)
        events.append(found)
        rows.append(own[place])
        instruments.append(instrument)
        notes = notes + inferred
    together = np.concatenate(events)
    row = np.concatenate(rows)
    order = np.lexsort((row, together["ts"]))
    row = row[order]
    if n_clamped:
        late = counted(n_clamped, "record")
        notes = [*notes, f"{late} stamped before the one ahead got its time"]
    if records["levels"].shape[1] == 1:
        notes = [*notes, one_level(feed.symbols)]
    return Tape(
        together[order],
        tuple(instruments),
        times_of(records["ts_recv"][row], "ts_recv", lambda at: feed.where(row[at])),
        records["sequence"][row].astype(np.int64),
        source=source,
        notes=tuple(notes),
    )


def _shown(
    feed: Feed, own: NDArray[np.int64], symbol: str, options: ReadOptions
) -> tuple[Instrument, Shown, list[str]]:
    """Give what the records of an instrument show, in ticks and lots."""
    records = feed.records[own]

    def where(row: int) -> str:
        return feed.where(int(own[row]))

    levels = records["levels"]
    prices = np.stack([levels["bid"], levels["ask"]], axis=1)
    sizes = np.stack([levels["bid_size"], levels["ask_size"]], axis=1).astype(np.int64)
    is_shown = (prices != NO_PRICE) & (sizes > 0)
    prices = np.where(is_shown, prices, 0)
    sizes = np.where(is_shown, sizes, 0)
    summary = np.zeros(own.size, EVENT)
    summary["order"] = -1
    summary["action"] = codes_of(records["action"], "action", where)
    summary["side"] = codes_of(records["side"], "side", where)
    summary["flags"] = records["flags"] & FLAGS
    traded = np.flatnonzero(summary["action"] == Action.TRADE)
    trade_prices = records["price"][traded]
    all_prices = np.concatenate([prices[is_shown], trade_prices])
    instrument, notes = grid_of(symbol, all_prices, options)

    def where_traded(row: int) -> str:
        return where(int(traded[row]))

    summary["price"][traded] = ticks_of(trade_prices, instrument, where_traded)
    trade_sizes = records["size"][traded].astype(np.int64)
    summary["qty"][traded] = lots_of(trade_sizes, instrument, where_traded)
    shown = Shown(
        summary,
        ticks_of(prices, instrument, where),
        lots_of(sizes, instrument, where),
    )
    return instrument, shown, notes
