"""Read the book as a portfolio sees it, and whether it trades."""

import numpy as np
from numpy.typing import NDArray

from commonbook.book.ladder import level_qty, next_level
from commonbook.core.book_records import HALTED
from commonbook.core.enums import Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import is_price
from commonbook.strategy.verbs import view_row

BUY = int(Side.BUY)


@kernel
def read_depth(
    s: State, portfolio: int, instrument: int, side: int, out: NDArray[np.int64]
) -> int:
    """
    Read the best levels of one side.

    Parameters
    ----------
    s : State
        Read only.
    portfolio : int
        Who looks; its feed delay decides what there is.
    instrument : int
        Instrument.
    side : int
        Side.
    out : ndarray of int64, shape (n_levels, 2)
        Receives prices (ticks) and sizes (lots), best first.

    Returns
    -------
    int
        Number of levels read.
    """
    row = view_row(s, portfolio, instrument)
    price = int(s.books[row, side]["best"])
    n = 0
    while n < out.shape[0] and is_price(price):
        out[n, 0] = price
        out[n, 1] = level_qty(s.ladder, s.books, s.far, row, side, price)
        price = next_level(s.ladder, s.books, s.far, row, side, price)
        n += 1
    return n


@kernel
def read_halted(s: State, portfolio: int, instrument: int) -> bool:
    """
    Say whether a portfolio sees that trading is halted.

    Parameters
    ----------
    s : State
        Read only.
    portfolio : int
        Who looks; its feed delay decides what there is.
    instrument : int
        Instrument.

    Returns
    -------
    bool
        What the last packet that it sees left.
    """
    return bool(s.books[view_row(s, portfolio, instrument), BUY]["halted"] & HALTED)
