"""The compiled table behind order ids: which order has which slot."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag
from commonbook.core.jit import kernel

ADD = int(Action.ADD)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)
CLEAR = int(Action.CLEAR)
FILL = int(Action.FILL)
LAST = int(Flag.LAST)

#: Cells of the hash table for each order that it has room for.
CELL_SIZE = 4
#: What is counted, see `commonbook.data.order_ids.ResolvedOrders`.
COUNTS = ("opened", "unknown", "cut", "empty")
DUPLICATE = 1
OTHER_SIDE = 2

LOW_BITS = (1 << 31) - 1
#: The golden ratio of 2**31, odd (Knuth, TAOCP 3, 6.4): neighbours lie far apart.
SPREAD = 1_327_217_885

#: The order in a slot.
IDENTITY = np.dtype(
    [
        ("id", "i8"),  # as in the feed
        ("qty", "i8"),  # what is left [lots], 0 once it is gone
        ("price", "i4"),  # [ticks]
        ("instrument", "i4"),
        ("side", "u1"),  # Side
        ("went", "u1"),  # 1 if it was gone at some point of this packet
    ],
    align=True,
)

#: How far the table has come.
STATE = np.dtype(
    [
        ("used", "i8"),  # slots ever used
        ("free", "i8"),  # of these, slots that wait for another order
        ("gone", "i8"),  # orders that went in this packet
        ("kept", "i8"),  # events written
        ("packet", "i8"),  # first event of this packet among those written
        ("error", "i8"),
        *((name, "i8") for name in COUNTS),
    ],
    align=True,
)


class OrderRows(NamedTuple):
    """
    Events, and the orders that they name.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events in order; changed in place.
    ids : ndarray of int64, shape (n,)
        The feed's order id of each event; only those of A, M, C and F are read.
    """

    events: Records
    ids: NDArray[np.int64]


class OrderTable(NamedTuple):
    """
    Which order has which slot.

    Parameters
    ----------
    orders : ndarray of IDENTITY, shape (capacity,)
        The order in each slot.
    cells : ndarray of int32, shape (n_cells,)
        Open addressing with linear probing: slots by the hash of their order's id, -1
        where there is none; a power of two.
    free : ndarray of int32, shape (capacity,)
        Stack of slots to use again.
    gone : ndarray of int32, shape (capacity,)
        Slots of orders that went in this packet.
    state : ndarray of STATE, shape (1,)
        How far it has come.
    """

    orders: Records
    cells: NDArray[np.int32]
    free: NDArray[np.int32]
    gone: NDArray[np.int32]
    state: Records


@kernel
def resolve_rows(
    rows: OrderRows, table: OrderTable, kept: NDArray[np.int64], start: int
) -> int:
    """
    Resolve events one after the other, until the table is full.

    Parameters
    ----------
    rows : OrderRows
        Events and ids; what is kept moves to the front.
    table : OrderTable
        Changed in place.
    kept : ndarray of int64, shape (n,)
        Receives the rows of the events that are kept.
    start : int
        First row.

    Returns
    -------
    int
        The first row that is not resolved: the number of rows when all are, -1 less the
        row at the first row that breaks a rule.
    """
    events, ids = rows
    state = table.state[0]
    for row in range(start, events.shape[0]):
        if state["used"] == table.orders.shape[0] and state["free"] == 0:
            return row
        event = events[row]
        action = int(event["action"])
        last = int(event["flags"]) & LAST
        keep = True
        if action in (ADD, MODIFY):
            keep = _put(table, event, int(ids[row]))
        elif action in (CANCEL, FILL):
            keep = _take_off(table, event, int(ids[row]))
        elif action == CLEAR:
            _clear(table, int(event["instrument"]))
            event["order"] = -1
        else:
            event["order"] = -1
        if state["error"]:
            return -1 - row
        if keep:
            events[state["kept"]] = event
            kept[state["kept"]] = row
            state["kept"] += 1
        if last:
            if state["kept"] > state["packet"]:
                events[state["kept"] - 1]["flags"] |= LAST
            _close_packet(table)
    return int(events.shape[0])


@kernel
def place_cells(table: OrderTable) -> None:
    """
    Fill an empty hash table with the orders that have slots.

    Parameters
    ----------
    table : OrderTable
        ``cells`` is changed in place; every slot ever used holds an order, as there is
        no free one when the table is full.
    """
    for slot in range(table.state[0]["used"]):
        order = table.orders[slot]
        cell = _find(table, int(order["id"]), int(order["instrument"]))
        table.cells[cell] = slot


@kernel
def _home(order_id: int, instrument: int, n_cells: int) -> int:
    """Give the cell where the search for an id begins."""
    folded = (order_id ^ (order_id >> 31) ^ (instrument << 16)) & LOW_BITS
    return ((folded * SPREAD) >> 20) & (n_cells - 1)


@kernel
def _find(table: OrderTable, order_id: int, instrument: int) -> int:
    """Give the cell of an id, or the empty cell where it belongs."""
    n_cells = table.cells.shape[0]
    cell = _home(order_id, instrument, n_cells)
    while table.cells[cell] >= 0:
        order = table.orders[table.cells[cell]]
        if order["id"] == order_id and order["instrument"] == instrument:
            return cell
        cell = (cell + 1) & (n_cells - 1)
    return cell


@kernel
def _erase(table: OrderTable, slot: int) -> None:
    """Take an id out of the hash table and close the gap (Knuth, 6.4, algorithm R)."""
    cells, orders = table.cells, table.orders
    mask = cells.shape[0] - 1
    hole = _find(table, int(orders[slot]["id"]), int(orders[slot]["instrument"]))
    cell = (hole + 1) & mask
    while cells[cell] >= 0:
        order = orders[cells[cell]]
        home = _home(int(order["id"]), int(order["instrument"]), cells.shape[0])
        if ((cell - home) & mask) >= ((cell - hole) & mask):
            cells[hole] = cells[cell]
            hole = cell
        cell = (cell + 1) & mask
    cells[hole] = -1


@kernel
def _put(table: OrderTable, event: Records, order_id: int) -> bool:
    """Add or change an order; False if there is nothing of it to keep."""
    state = table.state[0]
    cell = _find(table, order_id, int(event["instrument"]))
    slot = int(table.cells[cell])
    is_live = slot >= 0 and table.orders[slot]["qty"] > 0
    if is_live and event["action"] == ADD:
        state["error"] = DUPLICATE
        return False
    if is_live and event["side"] != table.orders[slot]["side"]:
        state["error"] = OTHER_SIDE
        return False
    if event["qty"] == 0:
        if is_live:
            return _cancel(table, event, slot, int(table.orders[slot]["qty"]))
        state["empty"] += 1
        return False
    if slot < 0:
        slot = _next_slot(table)
        table.cells[cell] = slot
        table.orders[slot]["id"] = order_id
        table.orders[slot]["instrument"] = event["instrument"]
        table.orders[slot]["went"] = 0
    if not is_live and event["action"] == MODIFY:
        event["action"] = ADD
        state["opened"] += 1
    order = table.orders[slot]
    order["qty"] = event["qty"]
    order["price"] = event["price"]
    order["side"] = event["side"]
    event["order"] = slot
    return True


@kernel
def _take_off(table: OrderTable, event: Records, order_id: int) -> bool:
    """Cancel or execute an order; False if there is none."""
    state = table.state[0]
    if event["qty"] == 0:
        state["empty"] += 1
        return False
    slot = int(table.cells[_find(table, order_id, int(event["instrument"]))])
    if slot < 0 or table.orders[slot]["qty"] == 0:
        state["unknown"] += 1
        return False
    if event["action"] == CANCEL:
        left = int(table.orders[slot]["qty"])
        qty = int(event["qty"])
        if qty > left:
            state["cut"] += 1
        return _cancel(table, event, slot, min(qty, left))
    event["order"] = slot
    event["side"] = table.orders[slot]["side"]
    return True


@kernel
def _cancel(table: OrderTable, event: Records, slot: int, qty: int) -> bool:
    """Take size off an order, in the words of its order."""
    order = table.orders[slot]
    event["action"] = CANCEL
    event["order"] = slot
    event["side"] = order["side"]
    event["price"] = order["price"]
    event["qty"] = qty
    order["qty"] -= qty
    if order["qty"] == 0:
        _note_gone(table, slot)
    return True


@kernel
def _clear(table: OrderTable, instrument: int) -> None:
    """Remove every order of an instrument."""
    for slot in range(table.state[0]["used"]):
        order = table.orders[slot]
        if order["instrument"] == instrument and order["qty"] > 0:
            order["qty"] = 0
            _note_gone(table, slot)


@kernel
def _note_gone(table: OrderTable, slot: int) -> None:
    if table.orders[slot]["went"] == 0:
        table.orders[slot]["went"] = 1
        table.gone[table.state[0]["gone"]] = slot
        table.state[0]["gone"] += 1


@kernel
def _next_slot(table: OrderTable) -> int:
    state = table.state[0]
    if state["free"] > 0:
        state["free"] -= 1
        return int(table.free[state["free"]])
    state["used"] += 1
    return int(state["used"]) - 1


@kernel
def _close_packet(table: OrderTable) -> None:
    """Free the slots of orders that are still gone."""
    state = table.state[0]
    for k in range(state["gone"]):
        slot = int(table.gone[k])
        table.orders[slot]["went"] = 0
        if table.orders[slot]["qty"] == 0:
            _erase(table, slot)
            table.free[state["free"]] = slot
            state["free"] += 1
    state["gone"] = 0
    state["packet"] = state["kept"]
