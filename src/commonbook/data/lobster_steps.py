"""The events of a LOBSTER day, in the units of its files."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Side
from commonbook.data.lobster_files import (
    CROSS,
    DELETION,
    EXECUTION,
    HALT,
    HIDDEN_EXECUTION,
    PARTIAL_CANCEL,
    SUBMISSION,
    TRADING,
)
from commonbook.data.lobster_orders import (
    HIDDEN_CAPACITY,
    LEVEL,
    NONE,
    ORDER,
    STATE,
    STEP,
    Lines,
    follow_day,
)

#: What becomes of each type of message, in order.
ACTIONS: dict[int, tuple[Action, ...]] = {
    SUBMISSION: (Action.ADD,),
    PARTIAL_CANCEL: (Action.CANCEL,),
    DELETION: (Action.CANCEL,),
    EXECUTION: (Action.TRADE, Action.FILL, Action.CANCEL),
    HIDDEN_EXECUTION: (Action.TRADE,),
    CROSS: (),
    HALT: (Action.HALT,),
}
#: Events of one message, at most.
MOST = 3


def steps_of_messages(messages: Records) -> Records:
    """
    Turn messages into events, without an order book.

    Parameters
    ----------
    messages : ndarray of MESSAGE, shape (n,)
        Rows of the message file.

    Returns
    -------
    ndarray of STEP
        A clear, and what each message says.
    """
    table = np.zeros((HALT + 1, MOST), np.int64)
    for kind, actions in ACTIONS.items():
        table[kind, : len(actions)] = actions
    actions = table[messages["type"]]
    rows, place = np.nonzero(actions)
    steps = np.zeros(1 + rows.size, STEP)
    steps["action"][0] = Action.CLEAR
    steps["side"][0] = Side.NONE
    steps["row"][1:] = rows
    steps["action"][1:] = actions[rows, place]
    for field in ("id", "price", "size"):
        steps[field][1:] = messages[field][rows]
    is_buy = messages["direction"][rows] == 1
    # The direction is that of the resting order, the side of a trade the aggressor's.
    is_buy ^= steps["action"][1:] == Action.TRADE
    steps["side"][1:] = np.where(is_buy, Side.BUY, Side.SELL)
    halts = np.nonzero(steps["action"] == Action.HALT)[0]
    goes_on = steps["price"][halts] == TRADING
    steps["action"][halts] = np.where(goes_on, Action.RESUME, Action.HALT)
    steps["side"][halts] = Side.NONE
    for field, nothing in (("id", NONE), ("price", 0), ("size", 0)):
        steps[field][halts] = nothing
    return steps


def steps_of_book(messages: Records, book: NDArray[np.int64]) -> tuple[Records, int]:
    """
    Turn messages into events that keep the levels in view as the order book says.

    Parameters
    ----------
    messages : ndarray of MESSAGE, shape (n,)
        Rows of the message file.
    book : ndarray of int64, shape (n, 2, n_levels, 2)
        Bids and asks after each message: price and size of each level.

    Returns
    -------
    steps : ndarray of STEP
        A clear and the orders of the first row, and what each further message says.
    n_dropped : int
        Messages about orders that are not in the book.
    """
    ids, names = np.unique(messages["id"], return_inverse=True)
    prices = np.unique(np.concatenate([messages["price"], book[..., 0].ravel()]))
    capacity = messages.size + 4 * book.shape[2] + 64
    while True:
        lines = Lines(
            prices,
            np.zeros((2, prices.size), LEVEL),
            np.zeros(ids.size + capacity, ORDER),
            np.zeros((2, HIDDEN_CAPACITY), np.int64),
            np.zeros(4 * capacity, STEP),
            np.zeros(1, STATE),
        )
        lines.orders["id"][: ids.size] = ids
        lines.levels["head"] = lines.levels["tail"] = NONE
        lines.state["orders"] = ids.size
        follow_day(messages, names.astype(np.int64), book, lines)
        if not lines.state["full"][0]:
            break
        capacity *= 2
    n_steps = int(lines.state["steps"][0])
    return lines.steps[:n_steps].copy(), int(lines.state["dropped"][0])


def with_trading(steps: Records) -> Records:
    """
    Let a day begin with trading, whatever the day before ended with.

    Parameters
    ----------
    steps : ndarray of STEP, shape (n,)
        Events of the day; the first is its clear.

    Returns
    -------
    ndarray of STEP, shape (n + 1,)
        The same with a resumption behind the clear.
    """
    resumption = steps[:1].copy()
    resumption["action"] = Action.RESUME
    return np.concatenate([steps[:1], resumption, steps[1:]])


def ends_halted(messages: Records) -> bool:
    """
    Tell whether trading is halted after the last message.

    Parameters
    ----------
    messages : ndarray of MESSAGE, shape (n,)
        Rows of the message file.

    Returns
    -------
    bool
        False if no message halts it.
    """
    said = messages["price"][messages["type"] == HALT]
    return bool(said.size) and bool(said[-1] != TRADING)
