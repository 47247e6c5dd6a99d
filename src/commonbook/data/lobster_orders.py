"""LOBSTER's messages, joined to its order book, as events of single orders."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Side
from commonbook.core.jit import kernel
from commonbook.data.lobster_files import (
    EXECUTION,
    HALT,
    HIDDEN_EXECUTION,
    SUBMISSION,
    TRADING,
)

ADD = int(Action.ADD)
CANCEL = int(Action.CANCEL)
CLEAR = int(Action.CLEAR)
FILL = int(Action.FILL)
STOP_TRADING = int(Action.HALT)
RESUME = int(Action.RESUME)
TRADE = int(Action.TRADE)
BUY = int(Side.BUY)
SELL = int(Side.SELL)
NOBODY = int(Side.NONE)
PRICE = 0
SIZE = 1
#: An order or an event that is not there.
NONE = -1
#: Ids of orders without a name: this, and down.
NAMELESS = -2
#: Levels beyond the view that are remembered on each side.
HIDDEN_CAPACITY = 4096
#: Events of one message beside those that a level needs.
ROOM = 8

#: An event in the units of the files.
STEP = np.dtype(
    [
        ("row", "i8"),  # message
        ("id", "i8"),
        ("price", "i8"),  # [1e-4 currency]
        ("size", "i8"),  # [units]
        ("action", "u1"),
        ("side", "u1"),
    ],
    align=True,
)
#: An order, named by a message or not.
ORDER = np.dtype(
    [
        ("id", "i8"),
        ("left", "i8"),  # [units]
        ("level", "i4"),
        ("next", "i4"),  # behind it in its line, -1 if none
        ("previous", "i4"),
    ],
    align=True,
)
LEVEL = np.dtype([("total", "i8"), ("head", "i4"), ("tail", "i4")], align=True)
STATE = np.dtype(
    [
        ("steps", "i8"),  # events written
        ("orders", "i8"),  # orders made
        ("dropped", "i8"),  # messages about orders nobody knows
        ("full", "i8"),  # 1 when an array is too small
        ("hidden", "i8", (2,)),  # levels that left the view
    ],
    align=True,
)


class Lines(NamedTuple):
    """
    The orders of a day, in their lines.

    Parameters
    ----------
    prices : ndarray of int64, shape (n_prices,)
        Every price of the files, rising [1e-4 currency].
    levels : ndarray of LEVEL, shape (2, n_prices)
        The line at each price of each side.
    orders : ndarray of ORDER, shape (capacity,)
        Named orders first, then those without a name.
    hidden : ndarray of int64, shape (2, HIDDEN_CAPACITY)
        Prices that left the view, the best on top.
    steps : ndarray of STEP, shape (capacity,)
        Receives the events.
    state : ndarray of STATE, shape (1,)
        How many of each there are.
    """

    prices: NDArray[np.int64]
    levels: Records
    orders: Records
    hidden: NDArray[np.int64]
    steps: Records
    state: Records


@kernel
def follow_day(
    messages: Records, names: NDArray[np.int64], book: NDArray[np.int64], lines: Lines
) -> None:
    """
    Follow the messages of a day, and make every level in view what the book says.

    Parameters
    ----------
    messages : ndarray of MESSAGE, shape (n,)
        Rows of the message file.
    names : ndarray of int64, shape (n,)
        The entry of ``lines.orders`` of each message's order.
    book : ndarray of int64, shape (n, 2, n_levels, 2)
        Bids and asks after each message: price and size of each level.
    lines : Lines
        Changed in place; without events if an array turned out too small.

    Notes
    -----
    A level that comes into view may hold orders that nobody has named, or miss some
    that went out of sight. The difference becomes an order without a name, or is taken
    off: first of such orders, then of the earliest. So are messages about unknown ids.
    """
    _step(lines, 0, CLEAR, NOBODY, NONE, 0, 0)
    for side in range(2):
        _look(lines, book, 0, side)
    _halt(lines, 0, messages[0])
    for row in range(1, messages.shape[0]):
        message = messages[row]
        name = int(names[row])
        if message["type"] == SUBMISSION and lines.orders[name]["left"] > 0:
            # Added twice: the events end here, and whoever reads them says so.
            side = BUY if message["direction"] == 1 else SELL
            price, size = int(message["price"]), int(message["size"])
            _step(lines, row, ADD, side, int(message["id"]), price, size)
            return
        _apply(lines, row, message, name)
        for side in range(2):
            _look(lines, book, row, side)
            if message["type"] <= EXECUTION:
                _agree(lines, book, row, side, int(message["price"]))
        if lines.state[0]["full"]:
            return


@kernel
def _apply(lines: Lines, row: int, message: Records, name: int) -> None:
    """Write what a message says."""
    _halt(lines, row, message)
    side = BUY if message["direction"] == 1 else SELL
    kind = int(message["type"])
    price, size = int(message["price"]), int(message["size"])
    if kind in (EXECUTION, HIDDEN_EXECUTION):
        _step(lines, row, TRADE, 1 - side, NONE, price, size)
    if kind > EXECUTION:
        return
    level = _level(lines, price)
    executed = kind == EXECUTION
    if kind == SUBMISSION:
        _join(lines, row, side, level, name, size)
    elif lines.orders[name]["left"] > 0:
        _reduce(lines, row, side, name, size, executed)
    elif _reduce_line(lines, row, side, level, size, executed) == size:
        lines.state[0]["dropped"] += 1


@kernel
def _halt(lines: Lines, row: int, message: Records) -> None:
    """Write whether a message stops trading or lets it go on."""
    if message["type"] == HALT:
        action = RESUME if message["price"] == TRADING else STOP_TRADING
        _step(lines, row, action, NOBODY, NONE, 0, 0)


@kernel
def _step(
    lines: Lines, row: int, action: int, side: int, name: int, price: int, size: int
) -> None:
    """Write an event."""
    state = lines.state[0]
    if state["steps"] >= lines.steps.shape[0]:
        state["full"] = 1
        return
    step = lines.steps[state["steps"]]
    step["row"] = row
    step["action"] = action
    step["side"] = side
    step["id"] = name
    step["price"] = price
    step["size"] = size
    state["steps"] += 1


@kernel
def _level(lines: Lines, price: int) -> int:
    """Find the place of a price."""
    low, high = 0, lines.prices.shape[0] - 1
    while low < high:
        middle = (low + high) // 2
        if lines.prices[middle] < price:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _join(lines: Lines, row: int, side: int, level: int, name: int, size: int) -> None:
    """Put an order at the end of a line."""
    order, line = lines.orders[name], lines.levels[side, level]
    order["left"] = size
    order["level"] = level
    order["next"] = NONE
    order["previous"] = line["tail"]
    if line["tail"] == NONE:
        line["head"] = name
    else:
        lines.orders[line["tail"]]["next"] = name
    line["tail"] = name
    line["total"] += size
    _step(lines, row, ADD, side, int(order["id"]), int(lines.prices[level]), size)


@kernel
def _reduce(
    lines: Lines, row: int, side: int, name: int, size: int, executed: bool
) -> int:
    """Take size off an order, give what it did not have."""
    order = lines.orders[name]
    line = lines.levels[side, order["level"]]
    price = int(lines.prices[order["level"]])
    taken = min(size, int(order["left"]))
    if executed:
        _step(lines, row, FILL, side, int(order["id"]), price, taken)
    _step(lines, row, CANCEL, side, int(order["id"]), price, taken)
    order["left"] -= taken
    line["total"] -= taken
    if order["left"] == 0:
        before, after = int(order["previous"]), int(order["next"])
        if before == NONE:
            line["head"] = after
        else:
            lines.orders[before]["next"] = after
        if after == NONE:
            line["tail"] = before
        else:
            lines.orders[after]["previous"] = before
    return size - taken


@kernel
def _reduce_line(
    lines: Lines, row: int, side: int, level: int, size: int, executed: bool
) -> int:
    """Take size off a line: nameless orders first, then the earliest; give the rest."""
    for named in range(2):
        name = int(lines.levels[side, level]["head"])
        while name != NONE and size > 0:
            after = int(lines.orders[name]["next"])
            if named or lines.orders[name]["id"] <= NAMELESS:
                size = _reduce(lines, row, side, name, size, executed)
            name = after
    return size


@kernel
def _match(lines: Lines, row: int, side: int, price: int, shown: int) -> None:
    """Make a level what the book says it is."""
    level = _level(lines, price)
    total = int(lines.levels[side, level]["total"])
    if total > shown:
        _reduce_line(lines, row, side, level, total - shown, False)
    elif total < shown:
        state = lines.state[0]
        if state["orders"] >= lines.orders.shape[0]:
            state["full"] = 1
            return
        name = int(state["orders"])
        lines.orders[name]["id"] = NAMELESS - name
        state["orders"] += 1
        _join(lines, row, side, level, name, shown - total)


@kernel
def _place(levels: NDArray[np.int64], price: int) -> int:
    """Find a price among levels; -1 if it is not there."""
    for level in range(levels.shape[0]):
        if levels[level, SIZE] > 0 and levels[level, PRICE] == price:
            return level
    return NONE


@kernel
def _is_in_view(levels: NDArray[np.int64], side: int, price: int) -> bool:
    """Tell whether a price would be shown if there were size at it."""
    sign = -1 if side == BUY else 1
    worst = levels[levels.shape[0] - 1]
    return bool(worst[SIZE] == 0 or sign * price <= sign * worst[PRICE])


@kernel
def _agree(
    lines: Lines, book: NDArray[np.int64], row: int, side: int, price: int
) -> None:
    """Make the level that a message was about what the book says."""
    levels = book[row, side]
    if _is_in_view(levels, side, price):
        place = _place(levels, price)
        shown = int(levels[place, SIZE]) if place != NONE else 0
        _match(lines, row, side, price, shown)


@kernel
def _look(lines: Lines, book: NDArray[np.int64], row: int, side: int) -> None:
    """Look at the levels that came into view or left it."""
    now = book[row, side]
    before = book[max(row - 1, 0), side]
    state = lines.state[0]
    while state["hidden"][side] > 0:
        price = int(lines.hidden[side, state["hidden"][side] - 1])
        if not _is_in_view(now, side, price):
            break
        state["hidden"][side] -= 1
        if _place(now, price) == NONE:
            _match(lines, row, side, price, 0)
    for level in range(now.shape[0]):
        price = int(now[level, PRICE])
        if now[level, SIZE] > 0 and (row == 0 or _place(before, price) == NONE):
            _match(lines, row, side, price, int(now[level, SIZE]))
    # From the worst level up, so that the best of those that leave lies on top.
    for level in range(now.shape[0] - 1, -1, -1):
        price = int(before[level, PRICE])
        if before[level, SIZE] == 0 or _place(now, price) != NONE:
            continue
        count = int(state["hidden"][side])
        if _is_in_view(now, side, price):
            _match(lines, row, side, price, 0)
        elif count < lines.hidden.shape[1]:
            lines.hidden[side, count] = price
            state["hidden"][side] += 1
