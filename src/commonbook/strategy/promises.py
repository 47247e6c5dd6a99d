"""What orders of compiled strategies promise besides, once they are asked for."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.enums import PostOnly
from commonbook.core.jit import kernel
from commonbook.strategy.rows import (
    FILLED,
    KIND,
    ORDER,
    ORDER_ID,
    POST_ONLY,
    REDUCE_ONLY,
)
from commonbook.strategy.stops import Impossible

REPRICE = int(PostOnly.REPRICE)


@kernel
def reprice(out: NDArray[np.int64], order_id: int) -> int:
    """
    Let an order of this wake rest one tick away from what it would have taken.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    order_id : int
        Number of the order, which then never takes.

    Returns
    -------
    int
        The same number.
    """
    out[_row_of(out, order_id), POST_ONLY] = REPRICE
    return order_id


@kernel
def reduce_only(out: NDArray[np.int64], order_id: int) -> int:
    """
    Let an order of this wake never make the position larger, or turn it.

    Parameters
    ----------
    out : ndarray of int64, shape (n_rows, len(Request))
        Changed in place.
    order_id : int
        Number of the order.

    Returns
    -------
    int
        The same number.
    """
    out[_row_of(out, order_id), REDUCE_ONLY] = 1
    return order_id


@kernel
def _row_of(out: NDArray[np.int64], order_id: int) -> int:
    """Find the request for an order of this wake, the latest first."""
    row = int(out[0, FILLED])
    while row > 0 and (out[row, KIND] != ORDER or out[row, ORDER_ID] != order_id):
        row -= 1
    if row == 0:
        raise Impossible("an order of an earlier wake stays as it is")  # noqa: EM101
    return row
