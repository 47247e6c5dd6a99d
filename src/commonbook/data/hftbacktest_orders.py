"""Orders in files of hftbacktest: ids to slots, and what is left after a cancel."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action
from commonbook.core.errors import DataError
from commonbook.data.hftbacktest_rows import PARTLY
from commonbook.data.instrument import MAX_LOTS
from commonbook.data.order_ids import resolve_orders
from commonbook.data.rows import Rows
from commonbook.data.schema import ORDER_ACTIONS


def read_orders(
    events: Records, rows: Records, one_sided: NDArray[np.bool_], source: Rows
) -> tuple[Records, NDArray[np.int64], list[str]]:
    """
    Give the orders of events slots.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Events of one instrument in closed packets; changed in place.
    rows : ndarray of ROW, shape (n,)
        The rows they are from.
    one_sided : ndarray of bool, shape (n,)
        Clears of one side.
    source : Rows
        Names the file and row of an event.

    Returns
    -------
    events : ndarray of EVENT, shape (n_kept,)
        What can be replayed.
    kept : ndarray of int64, shape (n_kept,)
        The rows that they are from.
    notes : list of str
        What was changed.

    Raises
    ------
    DataError
        If an order has no id, an id is live already, or a clear is of one side.
    """
    named = np.isin(events["action"], ORDER_ACTIONS)
    nameless = np.flatnonzero(named & (rows["order_id"] == 0))
    if nameless.size:
        first = int(nameless[0])
        word = Action(int(events["action"][first])).name.lower()
        message = f"{source(first)}: {word} has order_id 0; an order needs one above 0"
        raise DataError(message)
    if one_sided.any():
        first = int(one_sided.argmax())
        message = (
            f"{source(first)}: a clear of one side among orders; allowed: a clear of "
            "both, without the bits of a side"
        )
        raise DataError(message)
    cancels = events["action"] == Action.CANCEL
    events["qty"][cancels] = MAX_LOTS
    partly = (events["flags"] & PARTLY != 0) & (rows["ival"] > 0)
    partly &= events["action"] == Action.MODIFY
    events["action"][partly] = Action.CANCEL
    events["qty"][partly] = rows["ival"][partly]
    events["flags"][partly] &= np.uint8(255 - PARTLY)
    orders = resolve_orders(events, rows["order_id"].astype(np.int64), source)
    # That a cancel takes what is left is its meaning, not a change.
    counts = orders.counts | {"cut": 0}
    notes = type(orders)(orders.events, orders.kept, orders.n_slots, counts).notes
    return orders.events, orders.kept, notes


def left_after(events: Records) -> NDArray[np.int64]:
    """
    Say what is left of its order after each event.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Events whose orders can be replayed.

    Returns
    -------
    ndarray of int64, shape (n,)
        Size [lots]; 0 where the event names no order.
    """
    named = np.flatnonzero(np.isin(events["action"], ORDER_ACTIONS))
    by_slot = named[np.argsort(events["order"][named], kind="stable")]
    mine = events[by_slot]
    places = np.arange(mine.size)
    # The first event of a slot adds an order, so that none looks into another slot.
    sets = np.isin(mine["action"], (Action.ADD, Action.MODIFY))
    last_set = np.maximum.accumulate(np.where(sets, places, 0))
    off = np.cumsum(np.where(mine["action"] == Action.CANCEL, mine["qty"], 0))
    left = np.zeros(events.size, np.int64)
    left[by_slot] = mine["qty"][last_set] - (off - off[last_set])
    return left
