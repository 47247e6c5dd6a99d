"""Count the packets that leave a crossed book, in one pass over a tape."""

import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import Books, book_size, new_books, replay
from commonbook.core.dtypes import Records
from commonbook.core.enums import Flag, Side
from commonbook.core.jit import kernel
from commonbook.data.pieces import pieces

LAST = int(Flag.LAST)
BID, ASK = int(Side.BUY), int(Side.SELL)


def count_crossed(events: Records, n_instruments: int) -> tuple[int, ...]:
    """
    Count the packets after which the best bid is at or above the best ask.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    tuple of int
        Packets, one number for each instrument.
    """
    books = new_books(n_instruments, *book_size(events, n_instruments))
    counts = np.zeros(n_instruments, np.int64)
    for rows in pieces(events):
        add_crossed(books, events[rows], counts)
    return tuple(counts.tolist())


@kernel
def add_crossed(books: Books, events: Records, counts: NDArray[np.int64]) -> None:
    """
    Replay whole packets and count those that leave a crossed book.

    Parameters
    ----------
    books : Books
        One row for each instrument; changed in place.
    events : ndarray of EVENT, shape (n,)
        The next packets.
    counts : ndarray of int64, shape (n_instruments,)
        Grows by the packets of each instrument; changed in place.
    """
    sides = books[1]
    start = 0
    for i in range(events.shape[0]):
        if events[i]["flags"] & LAST:
            replay(books, events, start, i + 1, 0)
            start = i + 1
            book = int(events[i]["instrument"])
            # Where a side is empty its best price is beyond every price.
            if sides[book, BID]["best"] >= sides[book, ASK]["best"]:
                counts[book] += 1
