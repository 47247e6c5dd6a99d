"""
One side of a book: a window of price levels around the best, and a store for the rest.

The window is a ring of ``W`` slots (a power of two) addressed by ``price & (W - 1)``;
``base`` is its lowest price. The best level is always inside. Levels outside are kept
by price in the far store and are all worse than those inside. When the best leaves the
window, the window moves and the two exchange levels. So the hot path is one subtraction
and one comparison, and no price is too far.
"""

from commonbook.book.far import far_slot, hide_far, next_far, put_far
from commonbook.core.book_records import NO_ASK, NO_BID, SHOWN
from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)


@kernel
def next_level(
    ladder: Records, books: Records, far: Records, row: int, side: int, price: int
) -> int:
    """
    Find the next level with size, going away from the touch.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Levels inside the windows.
    books : ndarray of BOOK, shape (rows, 2)
        Bases and counts.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Levels outside the windows.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Only levels worse than this count (ticks).

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when there is none.
    """
    book = books[row, side]
    width = ladder.shape[2]
    mask = width - 1
    base = int(book["base"])
    if book["n_levels"] > 0:
        levels = ladder[row, side]
        if side == BUY:
            for candidate in range(min(price, base + width) - 1, base - 1, -1):
                if levels[candidate & mask]["qty"] > 0:
                    return candidate
        else:
            for candidate in range(max(price + 1, base), base + width):
                if levels[candidate & mask]["qty"] > 0:
                    return candidate
    if book["n_far"] > 0:
        return next_far(far, row, side, price)
    return NO_BID if side == BUY else NO_ASK


@kernel
def move_window(
    ladder: Records,
    books: Records,
    far: Records,
    own_levels: Records,
    row: int,
    side: int,
    price: int,
) -> None:
    """
    Move the window of one side so that a price is in its middle.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Takes the levels that leave, gives those that enter; changed in place.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours, linked anew into the ladder.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        The new middle (ticks).
    """
    book = books[row, side]
    base = price - ladder.shape[2] // 2
    _spill(ladder[row, side], books, far, row, side, base)
    book["base"] = base
    _draw(ladder[row, side], book, far[row, side])
    own = int(book["own_head"])
    while own >= 0:
        here = int(own_levels[own]["price"])
        if 0 <= here - base < ladder.shape[2]:
            ladder[row, side, here & (ladder.shape[2] - 1)]["own"] = own
        own = int(own_levels[own]["next"])


@kernel
def _spill(
    levels: Records, books: Records, far: Records, row: int, side: int, base: int
) -> None:
    """Unlink our prices; move the levels that will be outside to the far store."""
    book = books[row, side]
    width = levels.shape[0]
    for price in range(int(book["base"]), int(book["base"]) + width):
        level = levels[price & (width - 1)]
        level["own"] = -1
        if 0 <= price - base < width:
            continue
        if level["qty"] > 0:
            put_far(books, far, row, side, price, int(level["qty"]))
            far[row, side, far_slot(far[row, side], price)]["head"] = level["head"]
            level["qty"] = 0
            level["head"] = -1
            book["n_levels"] -= 1
        elif level["hidden"] != SHOWN:
            hide_far(far, row, side, price, int(level["hidden"]))
            level["hidden"] = SHOWN


@kernel
def _draw(levels: Records, book: Records, store: Records) -> None:
    """Move the far levels that are inside now into the window."""
    width = levels.shape[0]
    for i in range(store.shape[0]):
        entry = store[i]
        if entry["used"] == 0 or not 0 <= entry["price"] - book["base"] < width:
            continue
        level = levels[int(entry["price"]) & (width - 1)]
        if entry["hidden"] != SHOWN:
            level["hidden"] = entry["hidden"]
            entry["hidden"] = SHOWN
        if entry["qty"] > 0:
            level["qty"] = entry["qty"]
            level["head"] = entry["head"]
            entry["qty"] = 0
            entry["head"] = -1
            book["n_levels"] += 1
            book["n_far"] -= 1


@kernel
def put_outside(
    ladder: Records,
    books: Records,
    far: Records,
    own_levels: Records,
    row: int,
    side: int,
    price: int,
    qty: int,
) -> int:
    """
    Set a level whose price is outside the window, moving the window when it must.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price (ticks).
    qty : int
        New size (lots).

    Returns
    -------
    int
        Size before (lots).
    """
    book = books[row, side]
    best = int(book["best"])
    better = price > best if side == BUY else price < best
    if not better or qty == 0:
        return put_far(books, far, row, side, price, qty)
    move_window(ladder, books, far, own_levels, row, side, price)
    level = ladder[row, side, price & (ladder.shape[2] - 1)]
    level["qty"] = qty
    level["hidden"] = SHOWN
    book["n_levels"] += 1
    book["best"] = price
    return 0


@kernel
def leave_best(
    ladder: Records,
    books: Records,
    far: Records,
    own_levels: Records,
    row: int,
    side: int,
) -> None:
    """
    Find the new best level after the old one has become empty.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place when the window moves.
    books : ndarray of BOOK, shape (rows, 2)
        ``best`` is changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place when the window moves.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    """
    book = books[row, side]
    best = next_level(ladder, books, far, row, side, int(book["best"]))
    book["best"] = best
    if book["n_levels"] == 0 and book["n_far"] > 0:
        move_window(ladder, books, far, own_levels, row, side, best)


@kernel(forceinline=True)
def put_level(
    ladder: Records,
    books: Records,
    far: Records,
    own_levels: Records,
    row: int,
    side: int,
    price: int,
    qty: int,
) -> int:
    """
    Set a level to a size: the hot path of every replay.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price (ticks).
    qty : int
        New size (lots).

    Returns
    -------
    int
        Size before (lots).
    """
    book = books[row, side]
    width = ladder.shape[2]
    if not 0 <= price - book["base"] < width:
        return put_outside(ladder, books, far, own_levels, row, side, price, qty)
    level = ladder[row, side, price & (width - 1)]
    before = int(level["qty"])
    level["qty"] = qty
    level["hidden"] = SHOWN
    best = int(book["best"])
    if qty > 0:
        if before == 0:
            book["n_levels"] += 1
            if side == BUY:
                if price > best:
                    book["best"] = price
            elif price < best:
                book["best"] = price
    elif before > 0:
        book["n_levels"] -= 1
        if price == best:
            leave_best(ladder, books, far, own_levels, row, side)
    return before


@kernel
def level_qty(
    ladder: Records, books: Records, far: Records, row: int, side: int, price: int
) -> int:
    """
    Read the displayed size at a price.

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
        Size (lots), 0 when the level is empty.
    """
    width = ladder.shape[2]
    if 0 <= price - books[row, side]["base"] < width:
        return int(ladder[row, side, price & (width - 1)]["qty"])
    if books[row, side]["n_far"] == 0:
        return 0
    entry = far[row, side, far_slot(far[row, side], price)]
    return int(entry["qty"]) if entry["used"] == 1 else 0
