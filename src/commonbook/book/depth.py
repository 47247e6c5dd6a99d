"""
Levels that leave the feed's depth: a book clear removes them, nobody says that they are
gone.

A clear marks every level as ``CLEARED``; setting a level shows it again. When the
packet is over, what is still marked has either gone, or lies beyond the worst level
that is shown and is ``HIDDEN``.
"""

from commonbook.book.far import far_slot, hide_far
from commonbook.book.ladder import next_level
from commonbook.core.book_records import CLEARED, HIDDEN, NO_ASK, NO_BID, SHOWN
from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)


@kernel
def clear_side(
    ladder: Records, books: Records, far: Records, row: int, side: int
) -> None:
    """
    Empty one side of a book; links to prices of ours stay.

    Every level that had size is marked as cleared, unless the tape names the orders of
    this book: then the feed has no limited depth.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    """
    book = books[row, side]
    mark = SHOWN if book["by_order"] == 1 else CLEARED
    if book["n_levels"] > 0:
        for i in range(ladder.shape[2]):
            level = ladder[row, side, i]
            if level["qty"] > 0:
                level["qty"] = 0
                level["hidden"] = mark
                level["head"] = -1
    if book["n_far"] > 0:
        for i in range(far.shape[2]):
            entry = far[row, side, i]
            if entry["qty"] > 0:
                entry["qty"] = 0
                entry["hidden"] = mark
                entry["head"] = -1
    book["n_levels"] = 0
    book["n_far"] = 0
    book["n_orders"] = 0
    book["best"] = NO_BID if side == BUY else NO_ASK


@kernel
def depth_mark(
    ladder: Records, books: Records, far: Records, row: int, side: int, price: int
) -> int:
    """
    Say whether a level is out of the feed's depth.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Levels inside the windows.
    books : ndarray of BOOK, shape (rows, 2)
        Bases.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Levels outside the windows.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price (ticks).

    Returns
    -------
    int
        ``SHOWN``, ``CLEARED`` or ``HIDDEN``.
    """
    width = ladder.shape[2]
    if 0 <= price - books[row, side]["base"] < width:
        return int(ladder[row, side, price & (width - 1)]["hidden"])
    entry = far[row, side, far_slot(far[row, side], price)]
    return int(entry["hidden"]) if entry["used"] == 1 else SHOWN


@kernel
def hide_level(
    ladder: Records, books: Records, far: Records, row: int, side: int, price: int
) -> None:
    """
    Mark an empty level as out of the feed's depth.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Bases.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price of a level that had size before (ticks).
    """
    width = ladder.shape[2]
    if 0 <= price - books[row, side]["base"] < width:
        ladder[row, side, price & (width - 1)]["hidden"] = HIDDEN
    else:
        hide_far(far, row, side, price, HIDDEN)


@kernel
def worst_price(
    ladder: Records, books: Records, far: Records, row: int, side: int
) -> int:
    """
    Find the level with size that is farthest from the touch.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Levels inside the windows.
    books : ndarray of BOOK, shape (rows, 2)
        Best prices.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Levels outside the windows.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when the side is empty.
    """
    price = int(books[row, side]["best"])
    if NO_BID < price < NO_ASK:
        worse = next_level(ladder, books, far, row, side, price)
        while NO_BID < worse < NO_ASK:
            price = worse
            worse = next_level(ladder, books, far, row, side, price)
    return price


@kernel
def settle_depth(
    ladder: Records, books: Records, far: Records, row: int, side: int, worst: int
) -> None:
    """
    Decide, after a packet with a clear, which marked levels are hidden and which are
    gone.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Bases.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    worst : int
        The worst level that is shown (ticks), ``NO_BID`` or ``NO_ASK`` when the side is
        empty.
    """
    empty = not NO_BID < worst < NO_ASK
    width = ladder.shape[2]
    base = int(books[row, side]["base"])
    for price in range(base, base + width):
        level = ladder[row, side, price & (width - 1)]
        if level["hidden"] != SHOWN:
            beyond = price < worst if side == BUY else price > worst
            level["hidden"] = HIDDEN if beyond and not empty else SHOWN
    for i in range(far.shape[2]):
        entry = far[row, side, i]
        if entry["hidden"] != SHOWN:
            beyond = entry["price"] < worst if side == BUY else entry["price"] > worst
            entry["hidden"] = HIDDEN if beyond and not empty else SHOWN
