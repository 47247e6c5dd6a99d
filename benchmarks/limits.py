"""The physical limits: bare loops over the same records, and threads alone."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import book_size
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag

ADD = int(Action.ADD)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)
SET = int(Action.SET)
LAST = int(Flag.LAST)

#: Steps of a sum, about as long as the run of half of a hundred grid makers.
STEPS = 400_000_000


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


@numba.njit(error_model="numpy", nogil=True)
def bare_order_loop(
    events: Records,
    orders: NDArray[np.int64],
    sizes: NDArray[np.int64],
    low: int,
    high: int,
) -> int:
    """
    Keep what is left of each order, level sizes and best prices, and nothing else.

    Rows of `orders` are what is left, side and price.
    """
    mask = sizes.shape[1] - 1
    best = np.array([low - 1, high + 1])
    packets = 0
    for i in range(events.shape[0]):
        event = events[i]
        action = event["action"]
        if action in (ADD, MODIFY, CANCEL):
            slot = event["order"]
            left = orders[slot, 0]
            if left > 0:
                lots = min(left, event["qty"]) if action == CANCEL else left
                side, price = orders[slot, 1], orders[slot, 2]
                orders[slot, 0] = left - lots
                sizes[side, price & mask] -= lots
                step = 2 * side - 1
                while low <= best[side] <= high and sizes[side, best[side] & mask] == 0:
                    best[side] += step
            if action != CANCEL:
                side, price = int(event["side"]), int(event["price"])
                orders[slot, 0] = event["qty"]
                orders[slot, 1] = side
                orders[slot, 2] = price
                sizes[side, price & mask] += event["qty"]
                if (price - best[side]) * (1 - 2 * side) > 0:
                    best[side] = price
        if event["flags"] & LAST:
            packets += 1
    return packets


@numba.njit(nogil=True)
def busy_sum(steps: int) -> int:
    """
    Keep all units of one processor busy, and read no memory.

    Code whose steps wait for each other would not notice a second thread on its core.
    """
    a = b = c = d = e = f = g = h = np.int64(1)
    for i in range(steps):
        a, b, c, d = a * 3 + i, b * 5 + i, c * 7 + i, d * 9 + i
        e, f = (e ^ i) + (e >> 3), (f ^ i) + (f >> 5)
        g, h = (g ^ i) + (g >> 7), (h ^ i) + (h >> 9)
    return int(a + b + c + d + e + f + g + h)


def run_sums(threads: int) -> None:
    """Sum twice; two threads that share nothing should take half the time of one."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(busy_sum, [STEPS] * 2))
