"""The lives of a tape's own orders: where they joined a line, and how they ended."""

import numpy as np
from numpy.typing import NDArray

from commonbook.book.ladder import level_qty
from commonbook.book.replay import Books, book_size, new_books, replay
from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.jit import kernel
from commonbook.data.tape import Tape

ADD = int(Action.ADD)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)
CLEAR = int(Action.CLEAR)
FILL = int(Action.FILL)
LAST = int(Flag.LAST)
SNAPSHOT = int(Flag.SNAPSHOT)
BUY = int(Side.BUY)

#: How an order of the tape ended: not at all, executed whole, cancelled (also in part),
#: changed or cleared away.
ALIVE, EXECUTED, CANCELLED, CHANGED = 0, 1, 2, 3

#: One order of the tape, from its arrival to the first thing that ended its wait.
LIFE = np.dtype(
    [
        ("joined", "i8"),  # [ns]
        ("ended", "i8"),  # [ns]
        ("ts_executed", "i8"),  # for the last time, 0 if never [ns]
        ("price", "i8"),  # [ticks]
        ("qty", "i8"),  # [lots]
        ("executed", "i8"),  # [lots]
        ("ahead", "i8"),  # size in the line when it joined [lots]
        ("away", "i8"),  # from the best price of its side then [ticks]
        ("instrument", "i4"),
        ("side", "i4"),
        ("fate", "i4"),
    ],
    align=True,
)


def lives_of(tape: Tape) -> Records:
    """
    Follow every order that comes alone in its packet.

    So neither snapshots count, nor what is left of an order that has traded on arrival.

    Parameters
    ----------
    tape : Tape
        Order by order, at least in part.

    Returns
    -------
    ndarray of LIFE, shape (n,)
        In the order in which they came.
    """
    events = tape.events
    width, capacity, slots, by_order = book_size(events, len(tape.instruments))
    books = new_books(len(tape.instruments), width, capacity, slots, by_order)
    lives = np.zeros(int(np.count_nonzero(events["action"] == ADD)), LIFE)
    of_slot = np.full(slots, -1, np.int64)
    pending = np.zeros(slots, np.int64)
    n = follow_lives(books, events, of_slot, pending, lives)
    lives = lives[:n].copy()
    lives["ended"][lives["fate"] == ALIVE] = events["ts"][-1]
    return lives


@kernel
def follow_lives(
    books: Books,
    events: Records,
    of_slot: NDArray[np.int64],
    pending: NDArray[np.int64],
    lives: Records,
) -> int:
    """
    Replay a tape and write the life of each order.

    Parameters
    ----------
    books : Books
        Empty; changed in place.
    events : ndarray of EVENT, shape (n,)
        The tape.
    of_slot : ndarray of int64, shape (n_slots,)
        All -1; changed in place.
    pending : ndarray of int64, shape (n_slots,)
        Zeros; changed in place.
    lives : ndarray of LIFE, shape (m,)
        Has room for every ``A``.

    Returns
    -------
    int
        Number of lives.
    """
    n = 0
    for i in range(events.shape[0]):
        event = events[i]
        action = int(event["action"])
        slot = int(event["order"])
        if action == ADD:
            of_slot[slot] = -1
            pending[slot] = 0
            starts = i == 0 or events[i - 1]["flags"] & LAST
            if starts and event["flags"] & LAST and not event["flags"] & SNAPSHOT:
                _join(books, event, lives[n])
                of_slot[slot] = n
                n += 1
        elif action == FILL:
            pending[slot] += event["qty"]
        elif action in (CANCEL, MODIFY):
            life = int(of_slot[slot])
            if life >= 0:
                _change(books, event, int(pending[slot]), lives[life])
                if lives[life]["fate"] != ALIVE:
                    of_slot[slot] = -1
            pending[slot] = 0
        elif action == CLEAR:
            _clear(event, of_slot, lives)
        replay(books, events, i, i + 1, 0)
    return n


@kernel
def _join(books: Books, event: Records, life: Records) -> None:
    """Note where an order joins; the book is as it was before."""
    ladder, sides, far, _, _ = books
    instrument, side = int(event["instrument"]), int(event["side"])
    price = int(event["price"])
    best = int(sides[instrument, side]["best"])
    life["joined"] = event["ts"]
    life["price"] = price
    life["qty"] = event["qty"]
    life["ahead"] = level_qty(ladder, sides, far, instrument, side, price)
    life["instrument"] = instrument
    life["side"] = side
    if NO_BID < best < NO_ASK:
        life["away"] = max(0, best - price if side == BUY else price - best)


@kernel
def _change(books: Books, event: Records, pending: int, life: Records) -> None:
    """Let a cancel or a change act on a life, of which `pending` lots were executed."""
    order = books.tape[int(event["order"])]
    less = int(event["qty"])
    if event["action"] == MODIFY:
        less = int(order["qty"]) - less
        if order["price"] != event["price"] or less < 0:
            _end(life, event, CHANGED)
            return
    executed = min(less, pending)
    _shrink(life, event, executed, less - executed)


@kernel
def _shrink(life: Records, event: Records, executed: int, cancelled: int) -> None:
    """Take off what was executed, and end the wait if anything was cancelled."""
    if executed > 0:
        life["executed"] += executed
        life["ts_executed"] = event["ts"]
    if life["executed"] == life["qty"]:
        _end(life, event, EXECUTED)
    elif cancelled > 0:
        _end(life, event, CANCELLED)


@kernel
def _end(life: Records, event: Records, fate: int) -> None:
    life["fate"] = fate
    life["ended"] = event["ts"]


@kernel
def _clear(event: Records, of_slot: NDArray[np.int64], lives: Records) -> None:
    """End all waits of an instrument whose book is cleared."""
    for slot in range(of_slot.shape[0]):
        life = int(of_slot[slot])
        if life >= 0 and lives[life]["instrument"] == event["instrument"]:
            _end(lives[life], event, CHANGED)
            of_slot[slot] = -1
