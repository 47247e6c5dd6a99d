"""The order ids of a feed to dense slots that are used again when an order is gone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.core.words import counted
from commonbook.data.order_table import (
    CELL_SIZE,
    COUNTS,
    DUPLICATE,
    IDENTITY,
    OTHER_SIDE,
    STATE,
    OrderRows,
    OrderTable,
    place_cells,
    resolve_rows,
)

FIRST_CAPACITY = 1 << 12


@dataclass(frozen=True)
class ResolvedOrders:
    """
    Events whose orders are dense slots.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_kept,)
        What is left of the events; packets are still closed.
    kept : ndarray of int64, shape (n_kept,)
        The rows they came from.
    n_slots : int
        Slots that are used, over the whole tape.
    counts : dict
        ``opened``: changes of unknown orders that became new orders; ``unknown``:
        cancels and executions of unknown orders, dropped; ``cut``: cancels of more
        than was left, which take off what was left; ``empty``: events of no size,
        dropped.
    """

    events: Records
    kept: NDArray[np.int64]
    n_slots: int
    counts: dict[str, int]

    @property
    def notes(self) -> list[str]:
        """
        Say what was changed, for the tape.

        Returns
        -------
        list of str
            One text for each count that is not 0.
        """
        texts = {
            "opened": (
                "change of an unknown order became a new order",
                "changes of unknown orders became new orders",
            ),
            "unknown": (
                "cancel or execution of an unknown order dropped",
                "cancels and executions of unknown orders dropped",
            ),
            "cut": (
                "cancel of more than was left took off what was left",
                "cancels of more than was left took off what was left",
            ),
            "empty": (
                "order event without size dropped",
                "order events without size dropped",
            ),
        }
        return [counted(n, *texts[name]) for name, n in self.counts.items() if n]


def resolve_orders(
    events: Records,
    ids: NDArray[np.int64],
    where: Callable[[int], str],
) -> ResolvedOrders:
    """
    Replace order ids by dense slots.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events in order, in closed packets; changed in place.
    ids : ndarray of int64, shape (n,)
        The feed's order id of each event, unique within an instrument as long as the
        order lives; only those of A, M, C and F are read.
    where : callable
        Names the file and row of an event, for messages.

    Returns
    -------
    ResolvedOrders
        Events that can be replayed: A only on a free slot, M, C and F only on live
        ones, C with the side and the price of its order and never more than is left.

    Raises
    ------
    DataError
        If an id that is live is added again, or an order changes its side.

    Notes
    -----
    A slot is free again after the packet in which its order went, so that within a
    packet an id keeps its slot. An order that a clear (R) removed and the same packet
    adds again has its slot of before.
    """
    rows = OrderRows(events, ids)
    kept = np.empty(events.size, np.int64)
    table = _new_table(FIRST_CAPACITY)
    row = 0
    while row < events.size:
        row = resolve_rows(rows, table, kept, row)
        if row < 0:
            row = -1 - row
            message = f"{where(row)}: {_what_is_wrong(rows, table, row)}"
            raise DataError(message)
        if row < events.size:
            table = _grown(table)
    state = table.state[0]
    n_kept = int(state["kept"])
    counts = {name: int(state[name]) for name in COUNTS}
    return ResolvedOrders(events[:n_kept], kept[:n_kept], int(state["used"]), counts)


def _new_table(capacity: int) -> OrderTable:
    return OrderTable(
        np.zeros(capacity, IDENTITY),
        np.full(CELL_SIZE * capacity, -1, np.int32),
        np.zeros(capacity, np.int32),
        np.zeros(capacity, np.int32),
        np.zeros(1, STATE),
    )


def _grown(table: OrderTable) -> OrderTable:
    """Give a table with room for twice as many orders."""
    n = table.orders.size
    grown = _new_table(2 * n)
    grown.orders[:n] = table.orders
    grown.free[:n] = table.free
    grown.gone[:n] = table.gone
    grown.state[:] = table.state
    place_cells(grown)
    return grown


def _what_is_wrong(rows: OrderRows, table: OrderTable, row: int) -> str:
    code = int(table.state[0]["error"])
    order_id = int(rows.ids[row])
    texts = {
        DUPLICATE: f"order {order_id} is added (A) but it is in the book already; "
        "an id is free again when its order is gone",
        OTHER_SIDE: f"order {order_id} changes (M) its side; an order keeps its side",
    }
    return texts[code]
