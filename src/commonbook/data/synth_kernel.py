"""The compiled order flow behind synthetic tapes: one event after the other."""

import math

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.jit import kernel

BUY = int(Side.BUY)
SELL = int(Side.SELL)
SET = int(Action.SET)
TRADE = int(Action.TRADE)
LAST = int(Flag.LAST)

#: What drives the order flow.
FLOW = np.dtype(
    [
        ("limit_rate", "f8"),  # new orders of one side [1/s]
        ("cancel_rate", "f8"),  # of each order [1/s]
        ("market_rate", "f8"),  # market orders when nothing excites them [1/s]
        ("excitation", "f8"),  # how many market orders each one triggers
        ("decay", "f8"),  # how fast that fades [1/s]
        ("persistence", "f8"),  # chance that the next one has the same side
        ("tail", "f8"),  # exponent of the sizes of market orders
        ("sweep", "f8"),  # share of market orders that take the whole touch
        ("mean_size", "f8"),  # of a limit order [lots]
        ("depth", "i8"),  # levels of a side where orders come and go
    ],
    align=True,
)

#: Where the order flow is.
STATE = np.dtype(
    [
        ("ts", "i8"),  # [ns]
        ("bid", "i8"),  # best bid [ticks]
        ("ask", "i8"),  # best ask [ticks]
        ("side", "i8"),  # aggressor of the last market order
        ("heat", "f8"),  # rate of market orders above market_rate [1/s]
    ],
    align=True,
)


@kernel
def simulate(
    rng: np.random.Generator,
    flow: Records,
    state: Records,
    book: NDArray[np.int64],
    reach: NDArray[np.float64],
    out: Records,
    end: int,
) -> int:
    """
    Let the order flow run until a time, or until the output is nearly full.

    Parameters
    ----------
    rng : Generator
        Source of all randomness; only uniform draws, so that they are the same with
        and without compilation.
    flow : ndarray of FLOW, shape (1,)
        What drives the order flow.
    state : ndarray of STATE, shape (1,)
        Changed in place.
    book : ndarray of int64, shape (2, n_prices)
        Size of each price [lots], bids and asks; changed in place.
    reach : ndarray of float64, shape (depth,)
        Chance that a limit order comes within so many ticks of the other side.
    out : ndarray of EVENT, shape (capacity,)
        Receives the events; more than ``2 * depth`` rows.
    end : int
        Time at which it stops [ns].

    Returns
    -------
    int
        Number of events written.
    """
    here = state[0]
    depth = int(flow[0]["depth"])
    n = 0
    while n < out.shape[0] - 2 * depth:
        bids = _shown(book, BUY, int(here["ask"]), depth)
        asks = _shown(book, SELL, int(here["bid"]), depth)
        limits = 2.0 * flow[0]["limit_rate"]
        cancels = flow[0]["cancel_rate"] * (bids + asks) / flow[0]["mean_size"]
        markets = flow[0]["market_rate"] + here["heat"]
        total = limits + cancels + markets
        wait = -math.log(1.0 - rng.random()) / total
        ts = int(here["ts"]) + max(1, int(wait * 1e9))
        if ts >= end:
            here["ts"] = end
            break
        here["ts"] = ts
        here["heat"] *= math.exp(-flow[0]["decay"] * wait)
        choice = rng.random() * total
        if choice < limits:
            n = _place(rng, flow, here, book, reach, out, n)
        elif choice < limits + cancels:
            side = BUY if rng.random() * (bids + asks) < bids else SELL
            shown = bids if side == BUY else asks
            n = _cancel(rng, flow, here, book, side, shown, out, n)
        elif choice < limits + cancels + flow[0]["market_rate"] + here["heat"]:
            # Beyond it lies what faded while we waited: nothing happens.
            n = _take(rng, flow, here, book, out, n)
    return n


@kernel
def _shown(book: NDArray[np.int64], side: int, opposite: int, depth: int) -> int:
    """Add up the sizes within reach of the other side's best price."""
    total = 0
    step = -1 if side == BUY else 1
    for distance in range(1, depth + 1):
        total += book[side, opposite + step * distance]
    return total


@kernel
def _emit(
    out: Records, n: int, ts: int, action: int, side: int, price: int, qty: int
) -> int:
    """Write one event that does not close its packet."""
    event = out[n]
    event["ts"] = ts
    event["action"] = action
    event["side"] = side
    event["price"] = price
    event["qty"] = qty
    event["order"] = -1
    event["instrument"] = 0
    event["flags"] = 0
    return n + 1


@kernel
def _size(rng: np.random.Generator, mean: float) -> int:
    """Draw the size of a limit order: mostly round, mean as asked."""
    lots = 1 + int(-math.log(1.0 - rng.random()) * mean)
    return lots if rng.random() < 0.3 else max(10, (lots + 5) // 10 * 10)


@kernel
def _place(
    rng: np.random.Generator,
    flow: Records,
    here: Records,
    book: NDArray[np.int64],
    reach: NDArray[np.float64],
    out: Records,
    n: int,
) -> int:
    """Add a limit order, the likelier the nearer it is to the other side."""
    side = BUY if rng.random() < 0.5 else SELL
    draw = rng.random()
    distance = 1
    while distance < reach.shape[0] and draw > reach[distance - 1]:
        distance += 1
    price = int(here["ask"]) - distance if side == BUY else int(here["bid"]) + distance
    book[side, price] += _size(rng, flow[0]["mean_size"])
    if side == BUY:
        here["bid"] = max(int(here["bid"]), price)
    else:
        here["ask"] = min(int(here["ask"]), price)
    n = _emit(out, n, int(here["ts"]), SET, side, price, book[side, price])
    out[n - 1]["flags"] = LAST
    return n


@kernel
def _cancel(
    rng: np.random.Generator,
    flow: Records,
    here: Records,
    book: NDArray[np.int64],
    side: int,
    shown: int,
    out: Records,
    n: int,
) -> int:
    """Take back an order at a level chosen by size; never the last of its side."""
    step = -1 if side == BUY else 1
    price = int(here["ask"]) if side == BUY else int(here["bid"])
    left = rng.random() * shown
    while left >= 0.0:
        price += step
        left -= book[side, price]
    lots = min(_size(rng, flow[0]["mean_size"]), book[side, price])
    # With the turning back of market orders this keeps all prices inside the book.
    edge = 2 * int(flow[0]["depth"])
    if lots == shown or here["bid"] < edge or here["ask"] > book.shape[1] - edge:
        return n
    book[side, price] -= lots
    _move_best(here, book, side)
    n = _emit(out, n, int(here["ts"]), SET, side, price, book[side, price])
    out[n - 1]["flags"] = LAST
    return n


@kernel
def _take(
    rng: np.random.Generator,
    flow: Records,
    here: Records,
    book: NDArray[np.int64],
    out: Records,
    n: int,
) -> int:
    """Send a market order: a print and a new size for each level, in one packet."""
    here["heat"] += flow[0]["excitation"] * flow[0]["decay"]
    if rng.random() > flow[0]["persistence"]:
        here["side"] = SELL if here["side"] == BUY else BUY
    side = int(here["side"])
    depth = int(flow[0]["depth"])
    # The book ends somewhere: turn back before the flow gets there.
    if here["bid"] < 3 * depth:
        side = BUY
    elif here["ask"] > book.shape[1] - 3 * depth:
        side = SELL
    other = SELL if side == BUY else BUY
    price = int(here["ask"]) if other == SELL else int(here["bid"])
    lots = 1 + int(
        0.5
        * flow[0]["mean_size"]
        * math.exp(-math.log(1.0 - rng.random()) / flow[0]["tail"])
    )
    if rng.random() < flow[0]["sweep"]:
        lots = book[other, price]
    shown = _shown(
        book, other, int(here["bid"]) if other == SELL else int(here["ask"]), depth
    )
    lots = min(lots, shown // 3)
    first = n
    step = 1 if other == SELL else -1
    while lots > 0:
        traded = min(lots, book[other, price])
        if traded > 0:
            n = _emit(out, n, int(here["ts"]), TRADE, side, price, traded)
        lots -= traded
        price += step
    for row in range(first, n):
        price, traded = int(out[row]["price"]), int(out[row]["qty"])
        book[other, price] -= traded
        n = _emit(out, n, int(here["ts"]), SET, other, price, book[other, price])
    if n > first:
        out[n - 1]["flags"] = LAST
    _move_best(here, book, other)
    return n


@kernel
def _move_best(here: Records, book: NDArray[np.int64], side: int) -> None:
    """Leave best prices that have become empty."""
    if side == BUY:
        while book[BUY, here["bid"]] == 0:
            here["bid"] -= 1
    else:
        while book[SELL, here["ask"]] == 0:
            here["ask"] += 1
