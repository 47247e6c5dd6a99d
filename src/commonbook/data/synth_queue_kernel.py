"""The compiled order flow behind order-by-order synthetic tapes."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)
SELL = int(Side.SELL)
ADD = int(Action.ADD)
CANCEL = int(Action.CANCEL)
FILL = int(Action.FILL)
TRADE = int(Action.TRADE)
LAST = int(Flag.LAST)
#: Events of one packet, at most.
ROOM = 3
#: A line without orders, or the order at its end.
NONE = -1

#: Where the market is, and what drives it.
STATE = np.dtype(
    [
        ("ts", "i8"),  # [ns]
        ("best", "i8", (2,)),  # best bid and ask [ticks]
        ("live", "i8"),  # orders in the book
        ("side", "i8", (2,)),  # of these, bids and asks
        ("limits", "f8"),  # new orders of one side [1/s]
        ("markets", "f8"),  # market orders of one side [1/s]
        ("cancels", "f8"),  # of each order [1/s]
    ],
    align=True,
)
#: One order, by its slot.
ORDER = np.dtype(
    [
        ("price", "i4"),  # [ticks]
        ("side", "i4"),
        ("next", "i4"),  # behind it in its line
        ("previous", "i4"),
        ("place", "i4"),  # in the list of live orders
    ],
    align=True,
)
LINE = np.dtype([("head", "i4"), ("tail", "i4")], align=True)


class Queues(NamedTuple):
    """
    A book of single orders of one lot.

    Parameters
    ----------
    state : ndarray of STATE, shape (1,)
        Where the market is.
    orders : ndarray of ORDER, shape (capacity,)
        The orders.
    slots : ndarray of int32, shape (capacity,)
        Slots of the live orders first, then the free ones.
    lines : ndarray of LINE, shape (2, n_prices)
        First and last order at each price of each side.
    """

    state: Records
    orders: Records
    slots: NDArray[np.int32]
    lines: Records


@kernel
def run_queues(
    rng: np.random.Generator,
    book: Queues,
    reach: NDArray[np.float64],
    out: Records,
    end: int,
) -> int:
    """
    Let the market run until a time, or until there is no room.

    Parameters
    ----------
    rng : Generator
        Source of all randomness; only uniform draws, so that they are the same with
        and without compilation.
    book : Queues
        Changed in place.
    reach : ndarray of float64, shape (depth,)
        Chance that a limit order comes within so many ticks of the other side.
    out : ndarray of EVENT, shape (capacity,)
        Receives the events.
    end : int
        Time at which it stops [ns].

    Returns
    -------
    int
        Number of events written.
    """
    here = book.state[0]
    n = 0
    while n + ROOM <= out.shape[0] and here["live"] < book.orders.shape[0]:
        limits = 2.0 * here["limits"]
        markets = 2.0 * here["markets"]
        cancels = here["cancels"] * here["live"]
        total = limits + markets + cancels
        wait = -math.log(1.0 - rng.random()) / total
        ts = int(here["ts"]) + max(1, int(wait * 1e9))
        if ts >= end:
            here["ts"] = end
            break
        here["ts"] = ts
        choice = rng.random() * total
        side = BUY if rng.random() < 0.5 else SELL
        if choice < limits:
            n = _place(rng, book, reach, side, out, n)
        elif choice < limits + markets:
            n = _take(book, side, out, n)
        else:
            slot = int(book.slots[int(rng.random() * here["live"])])
            n = _cancel(book, slot, out, n)
    return n


@kernel
def _emit(book: Queues, action: int, slot: int, out: Records, n: int) -> int:
    """Write an event about an order, which does not close its packet."""
    event = out[n]
    order = book.orders[slot]
    event["ts"] = book.state[0]["ts"]
    event["action"] = action
    event["side"] = order["side"]
    event["price"] = order["price"]
    event["qty"] = 1
    event["order"] = slot
    event["instrument"] = 0
    event["flags"] = 0
    return n + 1


@kernel
def _place(
    rng: np.random.Generator,
    book: Queues,
    reach: NDArray[np.float64],
    side: int,
    out: Records,
    n: int,
) -> int:
    """Add an order, the likelier the nearer it is to the other side."""
    draw = rng.random()
    distance = 1
    while distance < reach.shape[0] and draw > reach[distance - 1]:
        distance += 1
    other = int(book.state[0]["best"][1 - side])
    price = other - distance if side == BUY else other + distance
    if price < 1 or price >= book.lines.shape[1]:
        return n
    slot = join(book, side, price)
    n = _emit(book, ADD, slot, out, n)
    out[n - 1]["flags"] = LAST
    return n


@kernel
def _take(book: Queues, side: int, out: Records, n: int) -> int:
    """Execute the first order of the other side; never its last one."""
    other = 1 - side
    if book.state[0]["side"][other] < 2:
        return n
    slot = int(book.lines[other, book.state[0]["best"][other]]["head"])
    n = _emit(book, TRADE, slot, out, n)
    out[n - 1]["side"] = side
    out[n - 1]["order"] = NONE
    n = _emit(book, FILL, slot, out, n)
    return _cancel(book, slot, out, n)


@kernel
def _cancel(book: Queues, slot: int, out: Records, n: int) -> int:
    """Take back an order; never the last one of its side."""
    if book.state[0]["side"][book.orders[slot]["side"]] < 2:
        return n
    n = _emit(book, CANCEL, slot, out, n)
    out[n - 1]["flags"] = LAST
    _leave(book, slot)
    return n


@kernel
def join(book: Queues, side: int, price: int) -> int:
    """
    Put an order at the end of a line.

    Parameters
    ----------
    book : Queues
        Changed in place; there is a free slot.
    side : int
        0 bids, 1 asks.
    price : int
        Price [ticks].

    Returns
    -------
    int
        Its slot.
    """
    here = book.state[0]
    slot = int(book.slots[here["live"]])
    order = book.orders[slot]
    line = book.lines[side, price]
    order["place"] = here["live"]
    order["side"] = side
    order["price"] = price
    order["next"] = NONE
    order["previous"] = line["tail"]
    if line["tail"] == NONE:
        line["head"] = slot
    else:
        book.orders[line["tail"]]["next"] = slot
    line["tail"] = slot
    here["live"] += 1
    here["side"][side] += 1
    best = int(here["best"][side])
    here["best"][side] = max(best, price) if side == BUY else min(best, price)
    return slot


@kernel
def _leave(book: Queues, slot: int) -> None:
    """Take an order out of its line and out of the list of live orders."""
    here = book.state[0]
    order = book.orders[slot]
    side, price = int(order["side"]), int(order["price"])
    line = book.lines[side, price]
    before, after = int(order["previous"]), int(order["next"])
    if before == NONE:
        line["head"] = after
    else:
        book.orders[before]["next"] = after
    if after == NONE:
        line["tail"] = before
    else:
        book.orders[after]["previous"] = before
    here["live"] -= 1
    here["side"][side] -= 1
    moved = int(book.slots[here["live"]])
    book.slots[order["place"]] = moved
    book.orders[moved]["place"] = order["place"]
    book.slots[here["live"]] = slot
    step = -1 if side == BUY else 1
    while book.lines[side, here["best"][side]]["head"] == NONE:
        here["best"][side] += step
