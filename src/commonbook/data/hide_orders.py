"""An order-by-order tape as a feed by level would have told it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commonbook.book.ladder import level_qty
from commonbook.book.replay import Books, book_size, new_books, replay
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag
from commonbook.core.jit import kernel
from commonbook.data.tape import Tape

SET = int(Action.SET)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)
FILL = int(Action.FILL)
LAST = int(Flag.LAST)
NOT_LAST = 0xFF & ~LAST


def hide_orders(tape: Tape) -> Tape:
    """
    Turn orders into the sizes of their levels.

    Parameters
    ----------
    tape : Tape
        Order by order, or by level; not changed.

    Returns
    -------
    Tape
        By level: the same prints and packets, with the new size of each level that an
        event changed. Executions (``F``) are left out, and so are packets of nothing
        else.
    """
    events = tape.events
    width, capacity, slots, _ = book_size(events, len(tape.instruments))
    by_level = (False,) * len(tape.instruments)
    books = new_books(len(tape.instruments), width, capacity, slots, by_level)
    out = np.zeros(2 * events.size, events.dtype)
    rows = np.zeros(out.size, np.int64)
    n = write_levels(books, events, out, rows)
    kept = rows[:n]
    return replace(
        tape,
        events=out[:n].copy(),
        ts_recv=None if tape.ts_recv is None else tape.ts_recv[kept],
        sequence=None if tape.sequence is None else tape.sequence[kept],
        source=f"{tape.source}, orders hidden",
    )


@kernel
def write_levels(
    books: Books, events: Records, out: Records, rows: NDArray[np.int64]
) -> int:
    """
    Write the levels that each event of a tape changes.

    Parameters
    ----------
    books : Books
        Empty, one for each instrument; changed in place.
    events : ndarray of EVENT, shape (n,)
        A tape.
    out : ndarray of EVENT, shape (2 n,)
        Receives the events.
    rows : ndarray of int64, shape (2 n,)
        Receives the row of `events` that each comes from.

    Returns
    -------
    int
        Number of events written.
    """
    n = 0
    first = 0  # of the packet
    for i in range(events.shape[0]):
        event = events[i]
        action = int(event["action"])
        before = n
        if action <= CANCEL:
            order = books.tape[int(event["order"])]
            side, price = int(order["side"]), int(order["price"])
            moves = action == MODIFY and price != event["price"]
            replay(books, events, i, i + 1, 0)
            if moves:
                n = _write_level(books, event, side, price, out, n)
            side, price = int(order["side"]), int(order["price"])
            n = _write_level(books, event, side, price, out, n)
        elif action != FILL:
            replay(books, events, i, i + 1, 0)
            out[n] = event
            out[n]["flags"] &= NOT_LAST
            n += 1
        for k in range(before, n):
            rows[k] = i
        if event["flags"] & LAST:
            if n > first:
                out[n - 1]["flags"] |= LAST
            first = n
    return n


@kernel
def _write_level(
    books: Books, event: Records, side: int, price: int, out: Records, n: int
) -> int:
    """Write the size that a level has now."""
    ladder, sides, far, _, _ = books
    made = out[n]
    made["ts"] = event["ts"]
    made["order"] = -1
    made["instrument"] = event["instrument"]
    made["action"] = SET
    made["side"] = side
    made["price"] = price
    made["qty"] = level_qty(ladder, sides, far, int(event["instrument"]), side, price)
    made["flags"] = event["flags"] & NOT_LAST
    return n + 1
