"""The hot path of a replay that is order by order: orders at prices where we have
nothing.
"""

from commonbook.book.ladder import leave_best
from commonbook.book.lines import join_line, leave_line
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)
ADD = int(Action.ADD)
CANCEL = int(Action.CANCEL)


@kernel(forceinline=True)
def apply_quietly(
    ladder: Records,
    books: Records,
    far: Records,
    own_levels: Records,
    tape: Records,
    clock: Records,
    event: Records,
) -> bool:
    """
    Apply an event that names an order, if it is of no concern to us.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Changed in place.
    books : ndarray of BOOK, shape (rows, 2)
        Changed in place.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Changed in place when the window moves.
    own_levels : ndarray of OWN_LEVEL, shape (n,)
        Prices of ours.
    tape : ndarray of TAPE_ORDER, shape (n_slots,)
        Orders of the tape; changed in place.
    clock : record of CLOCK
        Gives new orders their places; changed in place.
    event : record of EVENT
        The event.

    Returns
    -------
    bool
        False when nothing was done: the level is outside the window, is ours or reaches
        ours, the order loses its place, or may come back after a clear.
    """
    row = int(event["instrument"])
    number = int(event["order"])
    order = tape[number]
    adds = event["action"] == ADD
    side = int(event["side"]) if adds else int(order["side"])
    price = int(event["price"]) if adds else int(order["price"])
    book = books[row, side]
    width = ladder.shape[2]
    level = ladder[row, side, price & (width - 1)]
    reach = books[row, 1 - side]["own_best"]
    if (
        not 0 <= price - book["base"] < width
        or level["own"] >= 0
        or (price >= reach if side == BUY else price <= reach)
        or (adds and clock["n_cleared"] > 0)
    ):
        return False
    if adds:
        return _add(tape, book, level, clock, event)
    if not _shrink(tape, level, event):
        return False
    if order["qty"] == 0:
        book["n_orders"] -= 1
    if level["qty"] == 0:
        book["n_levels"] -= 1
        if price == book["best"]:
            leave_best(ladder, books, far, own_levels, row, side)
    return True


@kernel(forceinline=True)
def _add(
    tape: Records, book: Records, level: Records, clock: Records, event: Records
) -> bool:
    """Put a new order at the end of its line."""
    qty, price = int(event["qty"]), int(event["price"])
    if qty <= 0:
        return False
    number = int(event["order"])
    order = tape[number]
    order["qty"] = qty
    order["place"] = clock["place"]
    order["price"] = price
    order["side"] = event["side"]
    clock["place"] += 1
    book["n_orders"] += 1
    level["head"] = join_line(tape, int(level["head"]), number)
    if level["qty"] == 0:
        book["n_levels"] += 1
        if price > book["best"] if event["side"] == BUY else price < book["best"]:
            book["best"] = price
    level["qty"] += qty
    return True


@kernel(forceinline=True)
def _shrink(tape: Records, level: Records, event: Records) -> bool:
    """Take size off an order that keeps its place, or is gone when nothing is left."""
    number = int(event["order"])
    order = tape[number]
    left = int(event["qty"])
    if event["action"] == CANCEL:
        left = int(order["qty"]) - left
    elif event["price"] != order["price"] or event["side"] != order["side"]:
        return False
    less = int(order["qty"]) - left
    if left < 0 or less <= 0:
        return False
    order["qty"] = left
    level["qty"] -= less
    if left == 0:
        level["head"] = leave_line(tape, int(level["head"]), number)
    return True
