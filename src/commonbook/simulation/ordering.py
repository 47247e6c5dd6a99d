"""Put what parts of a run wrote into one order that does not depend on the parts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import ORDER_HISTORY, Records
from commonbook.simulation.parallel import units_of
from commonbook.simulation.setup import Setup

#: Order numbers below this are sorted together with their portfolio, as one integer.
SMALL_ID = 1 << 40


def take_rows(records: Records, order: NDArray[np.int64]) -> Records:
    """
    Pick records by index, word by word: five times as fast as indexing them.

    Parameters
    ----------
    records : ndarray, shape (n,)
        Records whose size is a multiple of eight bytes.
    order : ndarray of int64, shape (m,)
        Indices.

    Returns
    -------
    ndarray, shape (m,)
        A copy, of the same dtype.
    """
    words = records.view(np.int64).reshape(-1, records.dtype.itemsize // 8)
    return words.take(order, axis=0).reshape(-1).view(records.dtype)


def by_portfolio(pieces: Sequence[Records]) -> Records:
    """
    Join the orders of one part of a run.

    Parameters
    ----------
    pieces : sequence of ndarray of ORDER_HISTORY
        As they were written.

    Returns
    -------
    ndarray of ORDER_HISTORY, shape (n_orders,)
        By portfolio, then order number.
    """
    orders = np.concatenate(pieces)
    portfolio = orders["portfolio"].astype(np.int64)
    number = np.ascontiguousarray(orders["order_id"])
    if number.min(initial=0) >= 0 and number.max(initial=0) < SMALL_ID:
        order = np.argsort(portfolio * SMALL_ID + number, kind="stable")
    else:
        order = np.lexsort((number, portfolio))
    return take_rows(orders, order)


def merge_orders(
    parts: Sequence[Records], indices: Sequence[NDArray[np.int64]]
) -> Records:
    """
    Merge the orders of all parts of a run.

    Parameters
    ----------
    parts : sequence of ndarray of ORDER_HISTORY
        Those of each part, by portfolio, under the numbers of the part.
    indices : sequence of ndarray of int64
        For each part the numbers that its portfolios have in the whole, ascending.

    Returns
    -------
    ndarray of ORDER_HISTORY, shape (n_orders,)
        By portfolio of the whole, then order number.
    """
    if len(parts) == 1:
        return parts[0]
    spans = {}
    for part, (orders, numbers) in enumerate(zip(parts, indices, strict=True)):
        bounds = np.searchsorted(orders["portfolio"], np.arange(numbers.size + 1))
        for place, number in enumerate(numbers.tolist()):
            spans[number] = (part, int(bounds[place]), int(bounds[place + 1]))
    merged = np.empty(sum(orders.size for orders in parts), ORDER_HISTORY)
    end = 0
    for number in sorted(spans):
        part, first, last = spans[number]
        target = merged[end : end + last - first]
        target[:] = parts[part][first:last]
        target["portfolio"] = number
        end += last - first
    return merged


def in_canonical_order(fills: Records, setup: Setup) -> Records:
    """
    Order fills by time, then unit; within a unit they keep their order.

    Units that fill at one time stand in the order of their first portfolio that does,
    so that portfolios without fills cannot matter.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n_fills,)
        Fills of the whole, those of each unit in order of occurrence.
    setup : Setup
        What ran.

    Returns
    -------
    ndarray of FILL, shape (n_fills,)
        The same for every way to split the setup; ``slot`` is 0 and crosses are
        numbered from 1.
    """
    portfolio = fills["portfolio"].astype(np.int64)
    unit = np.array(units_of(setup), np.int64)[portfolio]
    ts = np.ascontiguousarray(fills["ts"])
    order = np.lexsort((unit, ts))
    if order.size > 0:
        portfolio, unit, ts = portfolio[order], unit[order], ts[order]
        new = np.flatnonzero((unit[1:] != unit[:-1]) | (ts[1:] != ts[:-1])) + 1
        starts = np.concatenate([[0], new])
        first = np.minimum.reduceat(portfolio, starts)
        sizes = np.diff(np.append(starts, order.size))
        order = order[np.lexsort((np.repeat(first, sizes), ts))]
    fills = take_rows(fills, order)
    fills["slot"] = 0
    crossed = fills["cross_id"] != 0
    _, earliest, inverse = np.unique(
        fills["cross_id"][crossed], return_index=True, return_inverse=True
    )
    rank = np.empty(earliest.size, np.int64)
    rank[np.argsort(earliest)] = np.arange(1, earliest.size + 1)
    fills["cross_id"][crossed] = rank[inverse]
    return fills


def only_changes(marks: Records, n_instruments: int) -> Records:
    """
    Keep the marks that say something new.

    Parameters
    ----------
    marks : ndarray of MARK, shape (n_marks,)
        Samples, those of each part in order of time.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    ndarray of MARK, shape (n_changes,)
        Ordered by time, then instrument.
    """
    marks = take_rows(marks, np.lexsort((marks["instrument"], marks["ts"])))
    keep = np.zeros(marks.size, bool)
    for instrument in range(n_instruments):
        mine = np.flatnonzero(marks["instrument"] == instrument)
        values = marks["mark_half"][mine]
        keep[mine[:1]] = True
        keep[mine[1:]] = values[1:] != values[:-1]
    return marks[keep]
