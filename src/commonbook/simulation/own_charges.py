"""What each portfolio would have been charged if it had moved the market alone."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import ImpactModel, Liquidity, Side
from commonbook.core.jit import kernel
from commonbook.execution.impact import charge_per_lot, move_volume, rounded, volume_now
from commonbook.results.shortfall import LookBack
from commonbook.simulation.impacts import build_impacts
from commonbook.simulation.setup import Setup

BUY = int(Side.BUY)
NONE = int(ImpactModel.NONE)
TAKER = int(Liquidity.TAKER)


def own_charges(
    setup: Setup, fills: Records, groups: NDArray[np.int64], look_back: LookBack
) -> NDArray[np.int64]:
    """
    Charge the takes of each portfolio from a net volume that only it has moved.

    All takes of a portfolio at one time count as one batch. Who is alone in its group
    was charged just that.

    Parameters
    ----------
    setup : Setup
        What ran.
    fills : ndarray of FILL, shape (n,)
        By time, with the numbers of portfolios that count `groups`.
    groups : ndarray of int64, shape (n_portfolios,)
        The row of ``setup.impacts`` of each portfolio.
    look_back : callable
        Says what the market was at times of instruments.

    Returns
    -------
    ndarray of int64, shape (n,)
        For each fill [1e-8 currency units].
    """
    charges: NDArray[np.int64] = fills["impact_e8"].copy()
    moving = np.array([impact.model != NONE for impact in setup.impacts])
    crowded = moving[groups] & (np.bincount(groups, minlength=1)[groups] > 1)
    taken = (fills["liquidity"] == TAKER) & (fills["counterparty"] < 0)
    rows = np.flatnonzero(taken & crowded[fills["portfolio"]])
    if rows.size == 0:
        return charges
    rows = rows[np.lexsort((fills["instrument"][rows], fills["portfolio"][rows]))]
    takes = fills[rows]
    sights = look_back(takes["ts"], takes["instrument"].astype(np.int64))
    touch = np.where(takes["side"] == BUY, sights["ask"], sights["bid"])
    charged = np.zeros(rows.size, np.int64)
    charge_alone(build_impacts(setup), groups, takes, touch, charged)
    charges[rows] = charged
    return charges


@kernel
def charge_alone(
    impacts: Records,
    groups: NDArray[np.int64],
    fills: Records,
    touch: NDArray[np.int64],
    charged: NDArray[np.int64],
) -> None:
    """
    Charge takes from the tape, each portfolio and instrument by itself.

    Parameters
    ----------
    impacts : ndarray of IMPACT, shape (n_groups, n_instruments)
        How groups move the market, each in some way; changed in place.
    groups : ndarray of int64, shape (n_portfolios,)
        The row of `impacts` of each portfolio.
    fills : ndarray of FILL, shape (n,)
        By portfolio, instrument and time.
    touch : ndarray of int64, shape (n,)
        Best price of the tape on the side that each hit (ticks).
    charged : ndarray of int64, shape (n,)
        Out: the charges [1e-8 currency units].
    """
    start = 0
    while start < fills.shape[0]:
        first = fills[start]
        impact = impacts[groups[int(first["portfolio"])], int(first["instrument"])]
        if start == 0 or not _same_market(first, fills[start - 1]):
            impact["parts"][:] = 0.0
            impact["ts"] = 0
        stop = start + 1
        while (
            stop < fills.shape[0]
            and fills[stop]["ts"] == first["ts"]
            and _same_market(first, fills[stop])
        ):
            stop += 1
        x = volume_now(impact, int(first["ts"]))
        mine, hit, owed = fills[start:stop], touch[start:stop], charged[start:stop]
        bought = _charge_side(impact, x, mine, hit, BUY, owed)
        sold = _charge_side(impact, x, mine, hit, 1 - BUY, owed)
        move_volume(impact, int(first["ts"]), bought - sold)
        start = stop


@kernel
def _same_market(one: Records, other: Records) -> bool:
    return bool(
        one["portfolio"] == other["portfolio"]
        and one["instrument"] == other["instrument"]
    )


@kernel
def _charge_side(
    impact: Records,
    x: float,
    fills: Records,
    touch: NDArray[np.int64],
    side: int,
    charged: NDArray[np.int64],
) -> int:
    """Charge the takes of one side, price by price; return their lots."""
    sign = 1 if side == BUY else -1
    before = 0
    price = -sign * (1 << 60)
    while True:
        price, qty, example = _next_slice(fills, side, price)
        if qty == 0:
            return before
        mark = int(fills[example]["mark_half"])
        if mark != NO_MARK:
            per_lot = charge_per_lot(
                impact, x, mark / 2.0, int(touch[example]), sign, price, before, qty
            )
            for i in range(fills.shape[0]):
                if fills[i]["side"] == side and _level_of(fills[i]) == price:
                    lots = float(fills[i]["qty"])
                    charged[i] = rounded(float(per_lot * (lots * impact["lot_e8"])))
        before += qty


@kernel
def _level_of(fill: Records) -> int:
    """Return the level of a take, which may have been half a tick better."""
    return (int(fill["price_half"]) + (1 if fill["side"] == BUY else 0)) // 2


@kernel
def _next_slice(fills: Records, side: int, price: int) -> tuple[int, int, int]:
    """Find the next worse price of a side, its lots, and one of its fills."""
    sign = 1 if side == BUY else -1
    following = sign * (1 << 60)
    qty, example = 0, -1
    for i in range(fills.shape[0]):
        if fills[i]["side"] == side:
            here = _level_of(fills[i])
            if sign * price < sign * here < sign * following:
                following = here
                qty = 0
                example = i
            if here == following:
                qty += int(fills[i]["qty"])
    return following, qty, example
