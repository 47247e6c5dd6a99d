"""The far store: levels outside the window of a side, by price."""

from commonbook.core.book_records import NO_ASK, NO_BID, SHOWN
from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)


@kernel
def far_slot(far: Records, price: int) -> int:
    """
    Find the place of a price in the far store of one side.

    Parameters
    ----------
    far : ndarray of FAR, shape (capacity,)
        Capacity is a power of two and larger than the number of prices ever stored.
    price : int
        Price (ticks).

    Returns
    -------
    int
        Index of the price's entry, or of the free entry where it belongs.
    """
    mask = far.shape[0] - 1
    slot = ((price * 0x9E3779B1) >> 8) & mask
    while far[slot]["used"] == 1 and far[slot]["price"] != price:
        slot = (slot + 1) & mask
    return int(slot)


@kernel
def put_far(
    books: Records, far: Records, row: int, side: int, price: int, qty: int
) -> int:
    """
    Set a level outside the window.

    Parameters
    ----------
    books : ndarray of BOOK, shape (rows, 2)
        ``n_far`` is kept in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
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
    store = far[row, side]
    slot = far_slot(store, price)
    entry = store[slot]
    before = int(entry["qty"]) if entry["used"] == 1 else 0
    if before == 0 and qty == 0:
        # Perhaps a level that was never there: a store of capacity 1 has no room for
        # it.
        if entry["used"] == 1:
            entry["hidden"] = SHOWN
        return 0
    entry["used"] = 1
    entry["hidden"] = SHOWN
    entry["price"] = price
    entry["qty"] = qty
    if before == 0 and qty > 0:
        books[row, side]["n_far"] += 1
    elif before > 0 and qty == 0:
        books[row, side]["n_far"] -= 1
    return before


@kernel
def next_far(far: Records, row: int, side: int, price: int) -> int:
    """
    Find the best far level worse than a price.

    Parameters
    ----------
    far : ndarray of FAR, shape (rows, 2, capacity)
        The far store.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Only levels worse than this count (ticks).

    Returns
    -------
    int
        Its price (ticks), ``NO_BID`` or ``NO_ASK`` when there is none.
    """
    found = NO_BID if side == BUY else NO_ASK
    store = far[row, side]
    for i in range(store.shape[0]):
        if store[i]["qty"] > 0:
            candidate = int(store[i]["price"])
            if side == BUY:
                if found < candidate < price:
                    found = candidate
            elif price < candidate < found:
                found = candidate
    return found


@kernel
def hide_far(far: Records, row: int, side: int, price: int, mark: int) -> None:
    """
    Mark an empty level outside the window as out of the feed's depth.

    Parameters
    ----------
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price (ticks).
    mark : int
        ``CLEARED`` or ``HIDDEN``.
    """
    entry = far[row, side, far_slot(far[row, side], price)]
    entry["used"] = 1
    entry["price"] = price
    entry["qty"] = 0
    entry["hidden"] = mark
