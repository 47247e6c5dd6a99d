"""The physical limit: a bare loop over the same records, packets and levels."""

import numba
import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import book_size
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag

SET = int(Action.SET)
LAST = int(Flag.LAST)


@numba.njit(error_model="numpy", nogil=True)
def bare_loop(events: Records, sizes: NDArray[np.int64], low: int, high: int) -> int:
    """Keep level sizes, best prices and the number of packets, and nothing else."""
    mask = sizes.shape[1] - 1
    bid, ask = low - 1, high + 1
    packets = 0
    for i in range(events.shape[0]):
        event = events[i]
        if event["action"] == SET:
            price = int(event["price"])
            qty = event["qty"]
            if event["side"] == 0:
                sizes[0, price & mask] = qty
                if qty > 0:
                    bid = max(bid, price)
                elif price == bid:
                    while bid >= low and sizes[0, bid & mask] == 0:
                        bid -= 1
            else:
                sizes[1, price & mask] = qty
                if qty > 0:
                    ask = min(ask, price)
                elif price == ask:
                    while ask <= high and sizes[1, ask & mask] == 0:
                        ask += 1
        if event["flags"] & LAST:
            packets += 1
    return packets


def run_bare_loop(events: Records) -> int:
    """Run the bare loop over a tape of one instrument; return the packets."""
    width, _ = book_size(events, 1)
    levels = events["price"][events["action"] == SET]
    sizes = np.zeros((2, width), np.int64)
    return int(bare_loop(events, sizes, int(levels.min()), int(levels.max())))
