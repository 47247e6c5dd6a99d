"""What changed from one view of the best levels to the next."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.jit import kernel

SET = int(Action.SET)
TRADE = int(Action.TRADE)
CLEAR = int(Action.CLEAR)
LAST = int(Flag.LAST)
NOT_LAST = 0xFF & ~LAST
OUT_OF_DEPTH = int(Flag.OUT_OF_DEPTH)
BUY = int(Side.BUY)
NOBODY = int(Side.NONE)

#: Levels beyond the view that are remembered on each side.
HIDDEN_CAPACITY = 4096

#: Events that are made in one go.
CHUNK = 1 << 17

#: How far the records have been read.
PROGRESS = np.dtype(
    [
        ("record", "i8"),  # the next one
        ("before", "i8"),  # the record whose levels are in the book, -1 if none
        ("n_bids", "i8"),  # levels that left the view
        ("n_asks", "i8"),
    ],
    align=True,
)


class Shown(NamedTuple):
    """
    What the records of one instrument show.

    Parameters
    ----------
    records : ndarray of EVENT, shape (n,)
        Time, action, flags; of a trade also side, price and size.
    prices : ndarray of int64, shape (n, 2, depth)
        Prices of bids and asks, best first [ticks].
    sizes : ndarray of int64, shape (n, 2, depth)
        Sizes [lots], 0 where there is no level; such levels are the last.
    """

    records: Records
    prices: NDArray[np.int64]
    sizes: NDArray[np.int64]


def packets_of(shown: Shown) -> tuple[Records, NDArray[np.int64]]:
    """
    Make the packets that say what changed from record to record.

    Parameters
    ----------
    shown : Shown
        The records.

    Returns
    -------
    events : ndarray of EVENT, shape (n_events,)
        A packet for each record that changes something or is a trade.
    rows : ndarray of int64, shape (n_events,)
        The record of each event.
    """
    progress = np.zeros(1, PROGRESS)
    progress["before"] = -1
    hidden = np.zeros((2, HIDDEN_CAPACITY), np.int64)
    events, rows = [np.zeros(0, EVENT)], [np.zeros(0, np.int64)]
    while progress["record"][0] < shown.records.size:
        out = np.zeros(CHUNK, EVENT)
        row = np.zeros(CHUNK, np.int64)
        n = write_changes(shown, progress, hidden, out, row)
        events.append(out[:n].copy())
        rows.append(row[:n].copy())
    return np.concatenate(events), np.concatenate(rows)


@kernel
def write_changes(
    shown: Shown,
    progress: Records,
    hidden: NDArray[np.int64],
    out: Records,
    rows: NDArray[np.int64],
) -> int:
    """
    Write a packet for each record, until all are read or the output is nearly full.

    A level that is missing because better ones fill the view has only left it
    (``OUT_OF_DEPTH``). When the view reaches its price again without it, it is gone.

    Parameters
    ----------
    shown : Shown
        The records.
    progress : ndarray of PROGRESS, shape (1,)
        Changed in place.
    hidden : ndarray of int64, shape (2, HIDDEN_CAPACITY)
        Stacks of the prices that left the view, the best on top; changed in place.
    out : ndarray of EVENT, shape (capacity,)
        Receives the events.
    rows : ndarray of int64, shape (capacity,)
        Receives the record of each event.

    Returns
    -------
    int
        Number of events written.
    """
    records, _, sizes = shown
    state = progress[0]
    room = 2 + 4 * sizes.shape[2] + 2 * hidden.shape[1]
    n = 0
    while state["record"] < records.shape[0] and n + room <= out.shape[0]:
        record = int(state["record"])
        first = n
        action = int(records[record]["action"])
        if action == CLEAR:
            state["before"] = -1
            state["n_bids"] = 0
            state["n_asks"] = 0
            n = _emit(records, record, out, n)
            out[n - 1]["side"] = NOBODY
        elif action == TRADE:
            n = _emit(records, record, out, n)
        for side in range(2):
            n = _change_side(shown, state, side, hidden, out, n)
        for k in range(first, n):
            rows[k] = record
        if n > first:
            out[n - 1]["flags"] |= LAST
        state["before"] = record
        state["record"] += 1
    return n


@kernel
def _emit(records: Records, record: int, out: Records, n: int) -> int:
    out[n] = records[record]
    out[n]["flags"] &= NOT_LAST
    return n + 1


@kernel
def _set(
    shown: Shown, record: int, side: int, price: int, qty: int, out: Records, n: int
) -> int:
    n = _emit(shown.records, record, out, n)
    event = out[n - 1]
    event["action"] = SET
    event["side"] = side
    event["price"] = price
    event["qty"] = qty
    return n


@kernel
def _place_of(shown: Shown, record: int, side: int, price: int) -> int:
    """Find a price among the levels of a record; -1 if it is not shown."""
    if record >= 0:
        for level in range(shown.sizes.shape[2]):
            if shown.sizes[record, side, level] == 0:
                break
            if shown.prices[record, side, level] == price:
                return level
    return -1


@kernel
def _change_side(
    shown: Shown,
    state: Records,
    side: int,
    hidden: NDArray[np.int64],
    out: Records,
    n: int,
) -> int:
    """Write the levels of one side that are not what they were."""
    _, prices, sizes = shown
    record, before = int(state["record"]), int(state["before"])
    depth = sizes.shape[2]
    sign = -1 if side == BUY else 1
    is_full = sizes[record, side, depth - 1] > 0
    worst = sign * prices[record, side, depth - 1]
    n = _uncover(shown, state, side, hidden, out, n)
    count = int(state["n_bids"]) if side == BUY else int(state["n_asks"])
    # From the worst level up, so that the best of those that leave lies on top.
    for level in range(depth - 1, -1, -1):
        if before < 0 or sizes[before, side, level] == 0:
            continue
        price = int(prices[before, side, level])
        if _place_of(shown, record, side, price) >= 0:
            continue
        n = _set(shown, record, side, price, 0, out, n)
        if is_full and sign * price > worst:
            out[n - 1]["flags"] |= OUT_OF_DEPTH
            if count < hidden.shape[1]:
                hidden[side, count] = price
                count += 1
    if side == BUY:
        state["n_bids"] = count
    else:
        state["n_asks"] = count
    for level in range(depth):
        qty = int(sizes[record, side, level])
        if qty == 0:
            break
        price = int(prices[record, side, level])
        place = _place_of(shown, before, side, price)
        if place < 0 or sizes[before, side, place] != qty:
            n = _set(shown, record, side, price, qty, out, n)
    return n


@kernel
def _uncover(
    shown: Shown,
    state: Records,
    side: int,
    hidden: NDArray[np.int64],
    out: Records,
    n: int,
) -> int:
    """Tell which of the levels that had left the view are in reach of it again."""
    _, prices, sizes = shown
    record = int(state["record"])
    depth = sizes.shape[2]
    sign = -1 if side == BUY else 1
    is_full = sizes[record, side, depth - 1] > 0
    worst = sign * prices[record, side, depth - 1]
    count = int(state["n_bids"]) if side == BUY else int(state["n_asks"])
    while count > 0:
        price = int(hidden[side, count - 1])
        if is_full and sign * price > worst:
            break
        count -= 1
        if _place_of(shown, record, side, price) < 0:
            n = _set(shown, record, side, price, 0, out, n)
    if side == BUY:
        state["n_bids"] = count
    else:
        state["n_asks"] = count
    return n
