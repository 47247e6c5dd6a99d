"""What a desk would have crossed, had the orders waited a little longer for others."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, OrderType, TimeInForce
from commonbook.results.lane import LaneRecords

#: How far apart orders may leave and still be a near miss, unless the window is
#: longer [ns].
SPAN = 1_000_000


def missed_quantities(lane: LaneRecords) -> dict[str, dict[str, float]]:
    """
    Say how much was taken on both sides that a longer window might have crossed.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to dict of str to float
        Units by engine and symbol, without zeros; empty where nobody nets. Lots that
        one portfolio took from the market meet lots that another one of its engine took
        on the other side, the oldest first, if their orders left at most `SPAN` (or the
        window) from each other, and not at one time.
    """
    if lane.info.netting_window is None:
        return {}
    span = max(SPAN, lane.info.netting_window)
    found: dict[str, dict[str, float]] = {}
    for (engine, number), takes in sorted(_takes_by_desk(lane).items()):
        lots = _near_misses(takes, span)
        if lots:
            unit = lane.instruments[number]
            units = found.setdefault(engine, {})
            units[unit.symbol] = float(lots * Fraction(unit.lot_size))
    return found


def _takes_by_desk(lane: LaneRecords) -> dict[tuple[str, int], list[list[int]]]:
    """List time, portfolio, side and lots of takes, by desk and in order of time."""
    engines = [portfolio.engine for portfolio in lane.portfolios]
    members = Counter(engines)
    takes = defaultdict(list)
    for number, engine in enumerate(engines):
        if members[engine] == 1:
            continue  # it has nobody to net with
        for order, lots in _taken(lane.orders_of(number), lane.fills_of(number)):
            row = [int(order["ts_sent"]), number, int(order["side"]), lots]
            takes[engine, int(order["instrument"])].append(row)
    return {desk: sorted(rows) for desk, rows in takes.items()}


def _taken(orders: Records, fills: Records) -> Iterator[tuple[Records, int]]:
    """Give the orders of a portfolio that a desk could have netted, and their takes."""
    outside = (fills["liquidity"] == Liquidity.TAKER) & (fills["counterparty"] < 0)
    ids, places = np.unique(fills["order_id"][outside], return_inverse=True)
    lots = np.zeros(len(ids), np.int64)
    np.add.at(lots, places, fills["qty"][outside])
    could = np.isin(orders["type"], (OrderType.MARKET, OrderType.LIMIT))
    could &= (orders["time_in_force"] != TimeInForce.FOK) & (orders["promises"] == 0)
    could &= np.isin(orders["order_id"], ids)
    for order in orders[could]:
        yield order, int(lots[np.searchsorted(ids, order["order_id"])])


def _near_misses(takes: list[list[int]], span: int) -> int:
    """Count the lots that meet others of the other side."""
    waiting: tuple[deque[list[int]], ...] = (deque(), deque())
    missed = 0
    for ts, portfolio, side, lots in takes:
        others, left = waiting[1 - side], lots
        while others and others[0][0] < ts - span:
            others.popleft()
        for other in others:
            if other[1] != portfolio and other[0] < ts:
                met = min(left, other[3])
                other[3] -= met
                left -= met
                missed += met
            if left == 0:
                break
        while others and others[0][3] == 0:
            others.popleft()
        if left:
            waiting[side].append([ts, portfolio, side, left])
    return missed
