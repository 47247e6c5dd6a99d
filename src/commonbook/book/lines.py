"""
Lines of tape orders: at each price of a book that is replayed order by order, by place.

A line is a doubly linked list. The ``prev`` of its first order is its last one, so that
a level needs to know only one end.
"""

from commonbook.book.far import far_slot
from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel


@kernel
def line_head(
    ladder: Records, books: Records, far: Records, row: int, side: int, price: int
) -> int:
    """
    Find the first tape order at a price.

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
        The order, -1 when there is none.
    """
    width = ladder.shape[2]
    if 0 <= price - books[row, side]["base"] < width:
        return int(ladder[row, side, price & (width - 1)]["head"])
    if books[row, side]["n_far"] == 0:
        return -1
    entry = far[row, side, far_slot(far[row, side], price)]
    return int(entry["head"]) if entry["used"] == 1 else -1


@kernel
def set_line_head(
    ladder: Records,
    books: Records,
    far: Records,
    row: int,
    side: int,
    price: int,
    order: int,
) -> None:
    """
    Make an order the first at its price.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Bases.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place; has an entry for the price when it is outside the window.
    row : int
        Row of the book.
    side : int
        0 bids, 1 asks.
    price : int
        Price (ticks).
    order : int
        The order, -1 for none.
    """
    width = ladder.shape[2]
    if 0 <= price - books[row, side]["base"] < width:
        ladder[row, side, price & (width - 1)]["head"] = order
    else:
        far[row, side, far_slot(far[row, side], price)]["head"] = order


@kernel(forceinline=True)
def join_line(tape: Records, head: int, order: int) -> int:
    """
    Put an order into a line, behind all orders of a lower place.

    Parameters
    ----------
    tape : ndarray of TAPE_ORDER, shape (n_slots,)
        Changed in place.
    head : int
        First order of the line, -1 when it is empty.
    order : int
        The order, whose place is set.

    Returns
    -------
    int
        First order of the line now.
    """
    entry = tape[order]
    if head < 0:
        entry["prev"] = order
        entry["next"] = -1
        return order
    place = entry["place"]
    ahead = int(tape[head]["prev"])
    while tape[ahead]["place"] > place:  # only orders that a clear brought back
        if ahead == head:
            entry["prev"] = tape[head]["prev"]
            entry["next"] = head
            tape[head]["prev"] = order
            return order
        ahead = int(tape[ahead]["prev"])
    behind = int(tape[ahead]["next"])
    entry["prev"] = ahead
    entry["next"] = behind
    tape[ahead]["next"] = order
    tape[behind if behind >= 0 else head]["prev"] = order
    return head


@kernel(forceinline=True)
def leave_line(tape: Records, head: int, order: int) -> int:
    """
    Take an order out of its line.

    Parameters
    ----------
    tape : ndarray of TAPE_ORDER, shape (n_slots,)
        Changed in place.
    head : int
        First order of the line.
    order : int
        The order.

    Returns
    -------
    int
        First order of the line now, -1 when it is empty.
    """
    entry = tape[order]
    behind = int(entry["next"])
    if order == head:
        if behind >= 0:
            tape[behind]["prev"] = entry["prev"]
        return behind
    tape[int(entry["prev"])]["next"] = behind
    tape[behind if behind >= 0 else head]["prev"] = entry["prev"]
    return head
