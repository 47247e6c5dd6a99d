"""
Implementation shortfall: what each order cost against the mid at which it was decided.

After A. Perold, "The implementation shortfall: paper versus reality", The Journal of
Portfolio Management 14(3), 1988. Prices are whole half ticks and quantities whole lots,
so the parts of a shortfall add up to it exactly; that is checked for every order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import NO_ASK, NO_BID, NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, Reason, Side
from commonbook.core.errors import RunError
from commonbook.results.exact import IntArray, product, total
from commonbook.results.lane import LaneRecords

#: Says what the market was at times [ns] of instruments: records with the fields `bid`,
#: `ask` [ticks] and `mark_half`, one for each time.
LookBack = Callable[[NDArray[np.int64], NDArray[np.int64]], Records]

#: Parts of a shortfall that are differences of prices, in the order of time.
PRICED = ("delay", "timing", "spread", "depth", "netting_saved", "opportunity")

#: Parts that are paid on top of prices.
PAID = ("own_impact", "others_impact", "fees")

#: What is paid on top of prices to come to an average; it belongs to the depth.
AVERAGING = "averaging"


@dataclass(frozen=True)
class Shortfall:
    """
    The parts of what a number of orders, or fills, cost; positive is paid.

    Parameters
    ----------
    instrument : ndarray of int64, shape (n,)
        Of each.
    priced : dict of str to ndarray of int64 or object, shape (n,)
        By name of the part, as in `PRICED` [half ticks times lots].
    paid : dict of str to ndarray of int64, shape (n,)
        By name of the part, as in `PAID`, and `AVERAGING` [1e-8 currency units].
    known : ndarray of bool, shape (n,)
        False where there was no two-sided book yet to measure against; then the parts
        that are differences of prices are 0.
    """

    instrument: NDArray[np.int64]
    priced: dict[str, IntArray]
    paid: dict[str, IntArray]
    known: NDArray[np.bool_]

    @property
    def whole(self) -> IntArray:
        """The sum of the priced parts [half ticks times lots]."""
        parts = dict(self.priced)
        whole = product(parts.pop("netting_saved"), -1)
        for part in parts.values():
            whole = total(whole, part)
        return whole


@dataclass(frozen=True)
class _Marks:
    """Mids around each order [half ticks]."""

    decision: NDArray[np.int64]
    arrival: NDArray[np.int64]
    end: NDArray[np.int64]


def split_shortfall(
    lane: LaneRecords, look_back: LookBack, own_charges: IntArray
) -> tuple[Shortfall, Shortfall]:
    """
    Split what every order of a lane cost.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    look_back : callable
        Says what the market was.
    own_charges : ndarray of int64, shape (n_fills,)
        What the impact charge of each fill would have been if nobody else in its group
        had traded [1e-8 currency units].

    Returns
    -------
    fills : Shortfall
        Of each fill; ``opportunity`` is 0.
    orders : Shortfall
        Of each order: the sum over its fills, and the opportunity lost.

    Raises
    ------
    RunError
        If the parts of an order do not add up to its shortfall.
    """
    owner = lane.orders_of_fills
    marks, touch = _look(lane, look_back)
    fills = _split_fills(lane, owner, marks, touch, own_charges)
    orders = _sum_up(lane, owner, fills, marks)
    _check(lane, owner, marks, orders)
    return fills, orders


def _look(lane: LaneRecords, look_back: LookBack) -> tuple[_Marks, NDArray[np.int64]]:
    """Look up the mids around orders, and the touch that each fill could have hit."""
    orders, fills = lane.orders, lane.fills
    n = len(orders)
    kinds = ("ts_decision", "ts_arrival", "ts_end")
    ts = np.concatenate([*(orders[kind] for kind in kinds), fills["ts"]])
    whose = np.concatenate([*[orders["instrument"]] * 3, fills["instrument"]])
    # An impossible order may name an instrument that there is not.
    known = whose < len(lane.instruments)
    sights = look_back(ts, np.where(known, whose, 0).astype(np.int64))
    mids = np.where(known, sights["mark_half"], NO_MARK)
    seen = sights[3 * n :]
    touch = np.where(fills["side"] == Side.BUY, seen["ask"], seen["bid"])
    none = (touch <= NO_BID) | (touch >= NO_ASK)
    touch = np.where(none, fills["price_half"], 2 * touch)
    return _Marks(mids[:n], mids[n : 2 * n], mids[2 * n : 3 * n]), touch


def _split_fills(
    lane: LaneRecords,
    owner: NDArray[np.int64],
    marks: _Marks,
    touch: NDArray[np.int64],
    own_charges: IntArray,
) -> Shortfall:
    """Split what each fill cost."""
    fills, orders = lane.fills, lane.orders[owner]
    price, mid = fills["price_half"], fills["mark_half"]
    decision, arrival = marks.decision[owner], marks.arrival[owner]
    crossed = fills["liquidity"] == Liquidity.CROSS
    # What crosses at the desk never travels: all its waiting is delay.
    travelled = (orders["ts_arrival"] > 0) & ~crossed
    arrival = np.where(travelled, arrival, mid)
    known = (decision != NO_MARK) & (arrival != NO_MARK) & (mid != NO_MARK)
    decision, arrival, mid = (np.where(known, m, 0) for m in (decision, arrival, mid))
    # A maker is paid the spread, or part of it, at its own price.
    touch = np.where(fills["liquidity"] == Liquidity.MAKER, price, touch)
    lots = np.where(fills["side"] == Side.BUY, fills["qty"], -fills["qty"])
    lots = np.where(known, lots, 0)
    beyond = price - touch
    priced = {
        "delay": product(lots, arrival - decision),
        "timing": product(lots, mid - arrival),
        "spread": product(lots, touch - mid),
        "depth": product(lots, np.where(crossed, 0, beyond)),
        "netting_saved": product(lots, np.where(crossed, -beyond, 0)),
        "opportunity": np.zeros(len(fills), np.int64),
    }
    paid = {
        "own_impact": own_charges,
        "others_impact": fills["impact_e8"] - own_charges,
        "fees": fills["fee_e8"],
        AVERAGING: fills["adjust_e8"],
    }
    return Shortfall(fills["instrument"].astype(np.int64), priced, paid, known)


def _sum_up(
    lane: LaneRecords, owner: NDArray[np.int64], fills: Shortfall, marks: _Marks
) -> Shortfall:
    """Add up the fills of each order; what stayed unfilled missed the market's move."""
    orders = lane.orders
    impossible = (orders["reason"] >= Reason.IMPOSSIBLE) & (
        orders["reason"] <= Reason.BAD_TERMS
    )
    missed = np.where(impossible, 0, orders["qty"] - orders["filled"])
    known = (marks.decision != NO_MARK) & ((missed == 0) | (marks.end != NO_MARK))
    known[owner[~fills.known]] = False
    missed = np.where(orders["side"] == Side.BUY, missed, -missed)
    missed = np.where(known, missed, 0)
    priced = {
        part: np.where(known, add_up(values, owner, len(orders)), 0)
        for part, values in fills.priced.items()
    }
    moved = np.where(missed == 0, 0, marks.end) - np.where(
        missed == 0, 0, marks.decision
    )
    priced["opportunity"] = product(missed, moved)
    paid = {
        part: add_up(values, owner, len(orders)) for part, values in fills.paid.items()
    }
    return Shortfall(orders["instrument"].astype(np.int64), priced, paid, known)


def add_up(values: IntArray, places: NDArray[np.int64], n: int) -> IntArray:
    """
    Add values at their places, leaving 64 bits only where they would overflow.

    Parameters
    ----------
    values : ndarray of int64 or object, shape (m,)
        Whole numbers.
    places : ndarray of int64, shape (m,)
        Where each is added, below `n`.
    n : int
        Number of sums.

    Returns
    -------
    ndarray of int64 or object, shape (n,)
        The sums.
    """
    sums: IntArray = np.zeros(n, product(values, 1).dtype)
    np.add.at(sums, places, values)
    return sums


def _check(
    lane: LaneRecords,
    owner: NDArray[np.int64],
    marks: _Marks,
    split: Shortfall,
) -> None:
    """Compute the shortfall of each order another way, from its cash."""
    orders, fills = lane.orders, lane.fills
    n = len(orders)
    sign = np.where(orders["side"] == Side.BUY, 1, -1)
    spent = add_up(product(fills["qty"], fills["price_half"]), owner, n)
    paper = product(orders["filled"], np.where(split.known, marks.decision, 0))
    plain = product(total(spent, product(paper, -1)), sign)
    plain = np.where(split.known, total(plain, split.priced["opportunity"]), 0)
    wrong = np.flatnonzero(plain != split.whole)
    if wrong.size:
        order = orders[wrong[0]]
        message = (
            f"the shortfall of order {order['order_id']} of portfolio "
            f"{lane.names[order['portfolio']]} is {plain[wrong[0]]}, but its parts "
            f"add up to {split.whole[wrong[0]]} (half ticks times lots)"
        )
        raise RunError(message)
    charges = add_up(fills["impact_e8"], owner, n)
    both = total(split.paid["own_impact"], split.paid["others_impact"])
    if not np.array_equal(charges, both):
        message = "own and others' impact do not add up to the impact charges"
        raise RunError(message)
