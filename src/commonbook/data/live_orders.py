"""The orders of a tape: are their slots sound, and which are left at its end."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag
from commonbook.core.errors import DataError
from commonbook.core.jit import kernel
from commonbook.data.instrument import Instrument
from commonbook.data.pieces import pieces

ADD = int(Action.ADD)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)
CLEAR = int(Action.CLEAR)
SET = int(Action.SET)
FILL = int(Action.FILL)
LAST = int(Flag.LAST)

Where = Callable[[int], str]

#: An order of the tape, by its slot.
LIVE_ORDER = np.dtype(
    [
        ("qty", "i8"),  # what is left [lots], 0 when it is gone
        ("place", "i8"),  # rises in the order in which orders came to their price
        ("cleared", "i8"),  # 1 + the packet that cleared it away
        ("before", "i8"),  # what was left of it then [lots]
        ("price", "i4"),  # [ticks]
        ("instrument", "i4"),
        ("side", "u1"),  # Side
    ],
    align=True,
)

#: How far the orders have been followed.
PROGRESS = np.dtype(
    [
        ("packet", "i8"),  # packets that are closed
        ("place", "i8"),  # events that named an order
        ("error", "i8"),  # what broke the rules, 0 if nothing
    ],
    align=True,
)

TAKEN = 1
NOT_LIVE = 2
OTHER_ORDER = 3
TOO_MUCH = 4
NO_SIZE = 5
OUT_OF_RANGE = 6
TEXTS = {
    TAKEN: "slot {slot} is taken: its order is still in the book",
    NOT_LIVE: "slot {slot} holds no order",
    OTHER_ORDER: "instrument, side or price is not that of the order in slot {slot}",
    TOO_MUCH: "more is taken off the order in slot {slot} than is left of it",
    NO_SIZE: "the order in slot {slot} has no size",
    OUT_OF_RANGE: "order slot {slot} is out of range; slots count from 0, without gaps",
}


class OrderSurvey(NamedTuple):
    """
    What a tape says about orders.

    Parameters
    ----------
    by_order : tuple of bool
        Which instruments are order by order (L3); the others are by level (L2).
    n_slots : int
        Slots that the orders use; 0 for a tape of levels.
    """

    by_order: tuple[bool, ...]
    n_slots: int


def survey_orders(
    events: Records, instruments: tuple[Instrument, ...], where: Where
) -> OrderSurvey:
    """
    Find out which instruments of a tape are order by order.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    instruments : tuple of Instrument
        What the events' ``instrument`` points into.
    where : callable
        Names the place of an event, counted from 0, for messages.

    Returns
    -------
    OrderSurvey
        Kinds of the instruments and the number of slots.

    Raises
    ------
    DataError
        If an instrument is both by level and by order.
    """
    kinds = np.zeros((len(instruments), 2), np.int64)
    numbers = np.array([-1, 0], np.int64)
    for rows in pieces(events):
        survey(events[rows], kinds, numbers)
    by_order = kinds[:, 1] > 0
    mixed = by_order & (kinds[:, 0] > 0)
    if mixed.any():
        symbol = instruments[int(mixed.argmax())].symbol
        own = events["instrument"] == int(mixed.argmax())
        row = int((own & (events["action"] == Action.SET)).argmax())
        message = (
            f"{where(row)}: {symbol} has levels (S) and orders (A, M, C, F); "
            "an instrument is one or the other"
        )
        raise DataError(message)
    return OrderSurvey(tuple(by_order.tolist()), int(numbers[0]) + 1)


def follow_orders(events: Records, where: Where) -> Records:
    """
    Follow the orders of a tape to its end, and check that they can be replayed.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events in order.
    where : callable
        Names the place of an event, counted from 0, for messages.

    Returns
    -------
    ndarray of LIVE_ORDER, shape (n_slots,)
        The orders as the last event leaves them.

    Raises
    ------
    DataError
        At the first event whose order is not what it should be.
    """
    numbers = np.array([-1, 0], np.int64)
    kinds = np.zeros((int(events["instrument"].max(initial=0)) + 1, 2), np.int64)
    for rows in pieces(events):
        survey(events[rows], kinds, numbers)
    largest, added = numbers.tolist()
    # Slots are dense, so a larger one is wrong and must not reserve memory.
    orders = np.zeros(min(largest + 1, added), LIVE_ORDER)
    progress = np.zeros(1, PROGRESS)
    for rows in pieces(events):
        row = rows.start + follow(events[rows], orders, progress)
        code = int(progress[0]["error"])
        if code:
            action = Action(int(events["action"][row])).name.lower()
            text = TEXTS[code].format(slot=events["order"][row])
            message = f"{where(row)}: {action}: {text}"
            raise DataError(message)
    return orders


@kernel
def survey(
    events: Records, kinds: NDArray[np.int64], numbers: NDArray[np.int64]
) -> None:
    """
    Count levels and orders.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    kinds : ndarray of int64, shape (n_instruments, 2)
        Level events and order events of each instrument; added to.
    numbers : ndarray of int64, shape (2,)
        Largest slot of an order, orders that were added; changed in place.
    """
    for row in range(events.shape[0]):
        event = events[row]
        action = int(event["action"])
        if action == SET:
            kinds[event["instrument"], 0] += 1
        elif action in (ADD, MODIFY, CANCEL, FILL):
            kinds[event["instrument"], 1] += 1
            numbers[0] = max(numbers[0], event["order"])
            if action == ADD:
                numbers[1] += 1


@kernel
def follow(events: Records, orders: Records, progress: Records) -> int:
    """
    Apply events to the orders of a tape, up to the first that breaks a rule.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events, whole packets.
    orders : ndarray of LIVE_ORDER, shape (n_slots,)
        Changed in place.
    progress : ndarray of PROGRESS, shape (1,)
        Changed in place; ``error`` says which rule was broken.

    Returns
    -------
    int
        The row that broke it; the number of rows if none did.
    """
    here = progress[0]
    for row in range(events.shape[0]):
        event = events[row]
        action = int(event["action"])
        if action == CLEAR:
            _clear(orders, int(event["instrument"]), int(here["packet"]))
        elif action in (ADD, MODIFY, CANCEL, FILL):
            here["place"] += 1
            if event["order"] < 0 or event["order"] >= orders.shape[0]:
                here["error"] = OUT_OF_RANGE
            elif action in (ADD, MODIFY):
                here["error"] = _put(orders, event, here)
            else:
                here["error"] = _take_off(orders, event)
        if here["error"]:
            return row
        if event["flags"] & LAST:
            here["packet"] += 1
    return int(events.shape[0])


@kernel
def _clear(orders: Records, instrument: int, packet: int) -> None:
    for slot in range(orders.shape[0]):
        order = orders[slot]
        if order["qty"] > 0 and order["instrument"] == instrument:
            order["before"] = order["qty"]
            order["qty"] = 0
            order["cleared"] = packet + 1


@kernel
def _put(orders: Records, event: Records, here: Records) -> int:
    """Add or change an order; it keeps its place if the venue would let it."""
    order = orders[event["order"]]
    is_live = order["qty"] > 0
    if event["qty"] <= 0:
        return NO_SIZE
    if event["action"] == ADD and is_live:
        return TAKEN
    if event["action"] == MODIFY:
        if not is_live:
            return NOT_LIVE
        if event["instrument"] != order["instrument"] or event["side"] != order["side"]:
            return OTHER_ORDER
    stays = order["side"] == event["side"] and order["price"] == event["price"]
    if is_live:
        stays = stays and event["qty"] <= order["qty"]
    else:
        stays = stays and order["cleared"] == here["packet"] + 1
        stays = stays and event["qty"] <= order["before"]
    if not stays:
        order["place"] = here["place"]
    order["qty"] = event["qty"]
    order["price"] = event["price"]
    order["side"] = event["side"]
    order["instrument"] = event["instrument"]
    order["cleared"] = 0
    return 0


@kernel
def _take_off(orders: Records, event: Records) -> int:
    order = orders[event["order"]]
    error = 0
    if order["qty"] == 0:
        error = NOT_LIVE
    elif event["instrument"] != order["instrument"]:
        error = OTHER_ORDER
    elif event["action"] == CANCEL:
        if event["side"] != order["side"] or event["price"] != order["price"]:
            error = OTHER_ORDER
        elif event["qty"] > order["qty"]:
            error = TOO_MUCH
        elif event["qty"] <= 0:
            error = NO_SIZE
        else:
            order["qty"] -= event["qty"]
    return error
