"""Books without orders of ours: make them, apply events, look at the top."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.book.depth import clear_side
from commonbook.book.ladder import level_qty, next_level, put_level
from commonbook.core.book_records import (
    BOOK,
    FAR,
    HALTED,
    LEVEL,
    NO_ASK,
    NO_BID,
    TAPE_ORDER,
)
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag
from commonbook.core.jit import kernel
from commonbook.core.pages import give_back
from commonbook.core.records import OWN_LEVEL

SET = int(Action.SET)
ADD = int(Action.ADD)
CANCEL = int(Action.CANCEL)
CLEAR = int(Action.CLEAR)
HALT = int(Action.HALT)
LAST = int(Flag.LAST)

#: Events that are looked at before their pages are given back.
PIECE = 1_000_000

#: What gives a level a price.
LEVEL_ACTIONS = (SET, ADD, int(Action.MODIFY), CANCEL)

MIN_WIDTH = 1 << 10
MAX_WIDTH = 1 << 16


class Books(NamedTuple):
    """
    The arrays of one or more books.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Levels inside the windows.
    sides : ndarray of BOOK, shape (rows, 2)
        Windows, best prices, counts.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Levels outside the windows.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours; a single unused entry where there are none.
    tape : ndarray of TAPE_ORDER, shape (n_slots,)
        Orders of the tape; a single unused entry where it names none.
    """

    ladder: Records
    sides: Records
    far: Records
    own_levels: Records
    tape: Records


class BookSize(NamedTuple):
    """
    What books must have room for.

    Parameters
    ----------
    width : int
        Window width (levels of one side), a power of two.
    capacity : int
        Capacity of the far store, a power of two; 1 when the window holds every price.
    slots : int
        Slots for orders of the tape, at least 1.
    by_order : tuple of bool
        For each instrument, whether the tape names its orders.
    """

    width: int
    capacity: int
    slots: int
    by_order: tuple[bool, ...]


def book_size(
    events: Records, n_instruments: int, max_width: int = MAX_WIDTH
) -> BookSize:
    """
    Choose the size of the books for a tape.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    n_instruments : int
        Number of instruments.
    max_width : int, default 65536
        Largest window (levels of one side), a power of two.

    Returns
    -------
    BookSize
        Room for every price and every order of the tape.
    """
    ranges = np.zeros((n_instruments, 3), np.int64)
    ranges[:] = [NO_ASK, NO_BID, 0]
    slots = 1
    for start in range(0, events.size, PIECE):
        stop = min(start + PIECE, events.size)
        slots = max(slots, find_ranges(events[start:stop], ranges) + 1)
        give_back(events, start, stop)
    width, capacity = min(MIN_WIDTH, max_width), 1
    for instrument, (low, high, _) in enumerate(ranges.tolist()):
        if low > high:
            continue
        # Twice the range: wherever the window's middle is put, all prices fit.
        spread = high - low + 1
        width = min(max_width, max(width, 1 << (2 * spread - 1).bit_length()))
        if 2 * spread > width:
            mine = events["instrument"] == instrument
            mine &= np.isin(events["action"], LEVEL_ACTIONS)
            distinct = np.unique(events["price"][mine]).size
            capacity = max(capacity, 1 << (2 * distinct).bit_length())
    by_order = tuple(bool(named) for named in ranges[:, 2])
    return BookSize(width, capacity, slots, by_order)


@kernel
def find_ranges(events: Records, ranges: NDArray[np.int64]) -> int:
    """
    Find the lowest and the highest price of each instrument's levels.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    ranges : ndarray of int64, shape (n_instruments, 3)
        Lowest and highest price so far (ticks), and 1 where the tape names orders;
        changed in place.

    Returns
    -------
    int
        Highest slot of an order of the tape, -1 when it names none.
    """
    highest = -1
    for i in range(events.shape[0]):
        event = events[i]
        action = event["action"]
        if action == SET or action <= CANCEL:
            instrument = int(event["instrument"])
            price = int(event["price"])
            ranges[instrument, 0] = min(ranges[instrument, 0], price)
            ranges[instrument, 1] = max(ranges[instrument, 1], price)
            if action != SET:
                ranges[instrument, 2] = 1
                highest = max(highest, int(event["order"]))
    return highest


def new_books(
    rows: int,
    width: int,
    capacity: int,
    slots: int = 1,
    by_order: tuple[bool, ...] = (False,),
    n_own: int = 1,
) -> Books:
    """
    Make empty books.

    Parameters
    ----------
    rows : int
        Number of books, a multiple of the instruments.
    width : int
        Window width, a power of two.
    capacity : int
        Capacity of the far store, a power of two.
    slots : int, default 1
        Slots for orders of the tape.
    by_order : tuple of bool, default (False,)
        For each instrument, whether the tape names its orders.
    n_own : int, default 1
        Entries for prices of ours.

    Returns
    -------
    Books
        All levels empty.
    """
    ladder = np.zeros((rows, 2, width), LEVEL)
    ladder["own"] = ladder["head"] = -1
    sides = np.zeros((rows, 2), BOOK)
    sides["own_head"] = -1
    sides["best"] = sides["own_best"] = sides["noted"] = [NO_BID, NO_ASK]
    # No price is inside the first window, so that it moves to the first one: all fit.
    sides["base"] = NO_ASK
    sides["by_order"] = np.resize(by_order, rows)[:, None]
    far = np.zeros((rows, 2, capacity), FAR)
    far["head"] = -1
    own = np.zeros(n_own, OWN_LEVEL)
    return Books(ladder, sides, far, own, np.zeros(slots, TAPE_ORDER))


@kernel
def replay(books: Books, events: Records, start: int, stop: int, row: int) -> None:
    """
    Apply events to books that hold nothing of ours.

    Parameters
    ----------
    books : Books
        Changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    start : int
        First event.
    stop : int
        One past the last event.
    row : int
        Row of the tape's first instrument.
    """
    ladder, sides, far, own, tape = books
    for i in range(start, stop):
        event = events[i]
        action = event["action"]
        if action == SET:
            put_level(
                ladder,
                sides,
                far,
                own,
                row + int(event["instrument"]),
                int(event["side"]),
                int(event["price"]),
                int(event["qty"]),
            )
        elif action <= CANCEL:
            _move_order(books, tape[int(event["order"])], event, row)
        elif action == CLEAR:
            clear_side(ladder, sides, far, row + int(event["instrument"]), 0)
            clear_side(ladder, sides, far, row + int(event["instrument"]), 1)
        elif action >= HALT:
            halted = HALTED if action == HALT else 0
            sides[row + int(event["instrument"]), 0]["halted"] = halted


@kernel
def _move_order(books: Books, order: Records, event: Records, row: int) -> None:
    """Apply an event that names an order; only the size of its level matters here."""
    action = event["action"]
    book = row + int(event["instrument"])
    if action == CANCEL:
        order["qty"] -= event["qty"]
        _add_size(books, book, order, -int(event["qty"]))
        return
    if action != ADD:
        _add_size(books, book, order, -int(order["qty"]))
    order["qty"] = event["qty"]
    order["price"] = event["price"]
    order["side"] = event["side"]
    _add_size(books, book, order, int(event["qty"]))


@kernel
def _add_size(books: Books, book: int, order: Records, change: int) -> None:
    """Change the size of the level where an order stands."""
    ladder, sides, far, own, _ = books
    side, price = int(order["side"]), int(order["price"])
    size = level_qty(ladder, sides, far, book, side, price) + change
    put_level(ladder, sides, far, own, book, side, price, size)


@kernel
def replay_until(
    books: Books, events: Records, start: int, stop: int, ts: int, row: int
) -> int:
    """
    Apply the events up to a time.

    Parameters
    ----------
    books : Books
        Changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape, ordered by time.
    start : int
        First event.
    stop : int
        One past the last event.
    ts : int
        Events stamped later are left alone (ns).
    row : int
        Row of the tape's first instrument.

    Returns
    -------
    int
        First event that was not applied.
    """
    end = start
    while end < stop and events[end]["ts"] <= ts:
        end += 1
    replay(books, events, start, end, row)
    return end


@kernel
def write_top(
    books: Books,
    row: int,
    depth: int,
    prices: NDArray[np.int64],
    qtys: NDArray[np.int64],
) -> None:
    """
    Write the best levels of one book.

    Parameters
    ----------
    books : Books
        Read only.
    row : int
        Row of the book.
    depth : int
        Levels of each side.
    prices : ndarray of int64, shape (2, depth)
        Prices (ticks), best first; changed in place, left alone where there is no
        level.
    qtys : ndarray of int64, shape (2, depth)
        Sizes (lots), 0 where there is no level; changed in place.
    """
    ladder, sides, far, _, _ = books
    for side in range(2):
        price = int(sides[row, side]["best"])
        for k in range(depth):
            if NO_BID < price < NO_ASK:
                prices[side, k] = price
                qtys[side, k] = level_qty(ladder, sides, far, row, side, price)
                price = next_level(ladder, sides, far, row, side, price)
            else:
                qtys[side, k] = 0


@kernel
def record_top(
    books: Books,
    events: Records,
    each_event: bool,
    rows: NDArray[np.int64],
    prices: NDArray[np.int64],
    qtys: NDArray[np.int64],
) -> int:
    """
    Replay a tape and record the top of the book after each packet or event.

    Parameters
    ----------
    books : Books
        One row for each instrument; changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    each_event : bool
        Record after each event rather than after each packet.
    rows : ndarray of int64, shape (n_rows,)
        Receives the index of the last event of each record.
    prices : ndarray of int64, shape (n_rows, 2, depth)
        Receives prices (ticks).
    qtys : ndarray of int64, shape (n_rows, 2, depth)
        Receives sizes (lots), 0 where there is no level.

    Returns
    -------
    int
        Number of records written.
    """
    n = 0
    depth = prices.shape[2]
    start = 0
    for i in range(events.shape[0]):
        if each_event or events[i]["flags"] & LAST:
            replay(books, events, start, i + 1, 0)
            start = i + 1
            rows[n] = i
            write_top(books, int(events[i]["instrument"]), depth, prices[n], qtys[n])
            n += 1
    return n
