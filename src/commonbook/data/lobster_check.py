"""Whether each row of a LOBSTER order book follows from the row before it."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel

SUBMISSION = 1
EXECUTION = 4
BID = 0
PRICE = 0
SIZE = 1


@kernel
def follows(
    messages: Records,
    book: NDArray[np.int64],
    expected: NDArray[np.int64],
    out: NDArray[np.int8],
) -> None:
    """
    Apply each message to the row before it and compare with its own row.

    A side that shows all its levels and loses one reveals the level behind, which
    nobody can know; it only has to be worse than what was there.

    Parameters
    ----------
    messages : ndarray of MESSAGE, shape (n,)
        Rows of the message file.
    book : ndarray of int64, shape (n, 2, n_levels, 2)
        Bids and asks after each message: price and size of each level.
    expected : ndarray of int64, shape (n_levels + 1, 2)
        Scratch.
    out : ndarray of int8, shape (n,)
        Receives 1 where a row follows, -1 where not; the first is left alone.
    """
    for row in range(1, messages.shape[0]):
        message = messages[row]
        changed = BID if message["direction"] == 1 else 1 - BID
        agrees = True
        for side in range(2):
            change = 0
            if side == changed and message["type"] <= EXECUTION:
                is_new = message["type"] == SUBMISSION
                change = int(message["size"]) if is_new else -int(message["size"])
            price = int(message["price"])
            n = _apply(book[row - 1, side], side, price, change, expected)
            agrees = agrees and n >= 0
            if agrees:
                agrees = _agree(book[row - 1, side], book[row, side], side, expected, n)
        out[row] = 1 if agrees else -1


@kernel
def _apply(
    before: NDArray[np.int64],
    side: int,
    price: int,
    change: int,
    expected: NDArray[np.int64],
) -> int:
    """Write the levels after a change and give their number, -1 if it cannot be."""
    sign = -1 if side == BID else 1
    n = 0
    open_ = change != 0
    for level in range(before.shape[0]):
        size = int(before[level, SIZE])
        if size == 0:
            break
        here = int(before[level, PRICE])
        if open_ and change > 0 and sign * price < sign * here:
            expected[n, PRICE], expected[n, SIZE] = price, change
            n += 1
            open_ = False
        if open_ and here == price:
            size += change
            open_ = False
        if size < 0:
            return -1
        if size > 0:
            expected[n, PRICE], expected[n, SIZE] = here, size
            n += 1
    is_full = before[before.shape[0] - 1, SIZE] > 0
    if open_ and not is_full:
        # Beyond what is shown anything may happen; inside it, the level must exist.
        if change < 0:
            return -1
        expected[n, PRICE], expected[n, SIZE] = price, change
        n += 1
    return n


@kernel
def _agree(
    before: NDArray[np.int64],
    after: NDArray[np.int64],
    side: int,
    expected: NDArray[np.int64],
    n: int,
) -> bool:
    """Compare the levels that are known with those that are shown."""
    depth = after.shape[0]
    for level in range(min(n, depth)):
        if after[level, PRICE] != expected[level, PRICE]:
            return False
        if after[level, SIZE] != expected[level, SIZE]:
            return False
    if n >= depth or after[n, SIZE] == 0:
        return True
    # One more level than expected: it was hidden behind a full side.
    sign = -1 if side == BID else 1
    worst = sign * before[depth - 1, PRICE]
    is_full = before[depth - 1, SIZE] > 0
    is_last = n == depth - 1
    return bool(is_full and is_last and sign * after[n, PRICE] > worst)
