"""Charge recorded takes once more: each portfolio alone, or with other coefficients."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    FillFlag,
    ImpactModel,
    Liquidity,
    Side,
)
from commonbook.core.jit import kernel
from commonbook.execution.averaging import spread_charges
from commonbook.execution.impact import (
    LIMIT,
    charge_per_lot,
    move_volume,
    rounded,
    volume_now,
)
from commonbook.results.recharged import Recharged
from commonbook.results.shortfall import LookBack
from commonbook.simulation.impacts import build_impacts
from commonbook.simulation.setup import Setup

BUY = int(Side.BUY)
NONE = int(ImpactModel.NONE)
TAKER = int(Liquidity.TAKER)

#: One past the price of every slice, in the direction of worse prices [ticks].
BEYOND = 1 << 60

#: Where a take stands: it continues a batch, begins one, or begins with a market that
#: nobody has moved.
CONTINUES, BEGINS, ANEW = 0, 1, 2


def recharge(
    setup: Setup,
    fills: Records,
    groups: NDArray[np.int64],
    look_back: LookBack,
    coefficients: Collection[float],
) -> Recharged:
    """
    Charge the takes of a lane as they would have been charged.

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
    coefficients : collection of float
        Those of the impact model to charge by.

    Returns
    -------
    Recharged
        Charges of each fill. With the portfolio alone, all its takes at one time count
        as one batch; who is alone in its group was charged just that. With another
        coefficient, batches are those of the run.
    """
    moving = np.array([impact.model != NONE for impact in setup.impacts])
    if not moving[groups].any():
        return Recharged(fills["impact_e8"].copy(), {})
    taken = (fills["liquidity"] == TAKER) & (fills["counterparty"] < 0)
    rows = np.flatnonzero(taken & moving[groups[fills["portfolio"]]])
    takes = fills[rows]
    sights = look_back(takes["ts"], takes["instrument"].astype(np.int64))
    touch = np.where(takes["side"] == BUY, sights["ask"], sights["bid"])
    group = groups[takes["portfolio"]]
    own = fills["impact_e8"].copy()
    crowd = np.flatnonzero(np.bincount(groups)[group] > 1)
    alone = _in_batches(takes, takes["portfolio"], None, crowd)
    own[rows[alone[0]]] = _charge(setup, takes, group, touch, alone)
    together = _in_batches(takes, group, FillFlag.FIRST_CHARGED, np.arange(rows.size))
    at: dict[float, NDArray[np.int64] | None] = {}
    for coefficient in coefficients:
        impacts = tuple(replace(i, coefficient=coefficient) for i in setup.impacts)
        charged = _charge(
            replace(setup, impacts=impacts), takes, group, touch, together
        )
        at[coefficient] = None
        if (charged >= 0).all():
            charges = np.zeros(fills.size, np.int64)
            charges[rows[together[0]]] = charged
            at[coefficient] = charges
    return Recharged(own, at)


def _in_batches(
    takes: Records,
    mover: NDArray[np.int64],
    flag: int | None,
    chosen: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """
    Order takes by who moves which market, then by time, and say where each stands.

    Batches begin where the flag says so, without a flag at each new time.
    """
    mover, instrument = mover[chosen], takes["instrument"][chosen]
    order = np.lexsort((instrument, mover))
    order_of = chosen[order]
    place = np.zeros(order.size, np.int8)
    if flag is None:
        ts = takes["ts"][order_of]
        place[1:][ts[1:] != ts[:-1]] = BEGINS
    else:
        place[(takes["flags"][order_of] & flag) != 0] = BEGINS
    mover, instrument = mover[order], instrument[order]
    place[1:][(mover[1:] != mover[:-1]) | (instrument[1:] != instrument[:-1])] = ANEW
    place[:1] = ANEW
    return order_of, place


def _charge(
    setup: Setup,
    takes: Records,
    group: NDArray[np.int64],
    touch: NDArray[np.int64],
    batches: tuple[NDArray[np.int64], NDArray[np.int8]],
) -> NDArray[np.int64]:
    """Charge takes in the order of batches; -1 where that would leave 64 bits."""
    order, place = batches
    charged = np.zeros(order.size, np.int64)
    impacts = build_impacts(setup)
    spread = np.zeros(len(setup.impacts), np.bool_)
    for engine in setup.engines:
        spread[engine.impact] |= engine.distribution == Distribution.AVERAGE_PRICE
    charge_in_batches(
        impacts, spread, group[order], takes[order], touch[order], place, charged
    )
    return charged


@kernel
def charge_in_batches(
    impacts: Records,
    spread: NDArray[np.bool_],
    group: NDArray[np.int64],
    fills: Records,
    touch: NDArray[np.int64],
    place: NDArray[np.int8],
    charged: NDArray[np.int64],
) -> None:
    """
    Charge takes from the tape, batch by batch.

    Parameters
    ----------
    impacts : ndarray of IMPACT, shape (n_groups, n_instruments)
        How groups move the market, each in some way; changed in place.
    spread : ndarray of bool, shape (n_groups,)
        Whose charges are spread over all takes of a side, for they pay one price.
    group : ndarray of int64, shape (n,)
        The row of `impacts` of each take.
    fills : ndarray of FILL, shape (n,)
        The takes: of one market by time, one market after another.
    touch : ndarray of int64, shape (n,)
        Best price of the tape on the side that each hit (ticks).
    place : ndarray of int8, shape (n,)
        ``ANEW`` at the first of a market, ``BEGINS`` at the first of other batches,
        else ``CONTINUES``.
    charged : ndarray of int64, shape (n,)
        Out: the charges [1e-8 currency units]; -1 where one would leave 64 bits.
    """
    start = 0
    while start < fills.shape[0]:
        first = fills[start]
        impact = impacts[group[start], int(first["instrument"])]
        if place[start] == ANEW:
            impact["parts"][:] = 0.0
            impact["ts"] = 0
        stop = start + 1
        while stop < fills.shape[0] and place[stop] == CONTINUES:
            stop += 1
        x = volume_now(impact, int(first["ts"]))
        mine, hit, owed = fills[start:stop], touch[start:stop], charged[start:stop]
        bought = _charge_side(impact, x, mine, hit, BUY, owed)
        sold = _charge_side(impact, x, mine, hit, 1 - BUY, owed)
        if spread[group[start]] and _all_fit(owed):
            spread_charges(mine, owed, BUY)
            spread_charges(mine, owed, 1 - BUY)
        move_volume(impact, int(first["ts"]), bought - sold)
        start = stop


@kernel
def _all_fit(charged: NDArray[np.int64]) -> bool:
    """Say whether no charge would leave 64 bits."""
    least = 0
    for i in range(charged.shape[0]):
        least = min(least, charged[i])
    return least == 0


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
    price = -sign * BEYOND
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
                    money = float(per_lot * (lots * impact["lot_e8"]))
                    charged[i] = rounded(money) if money < LIMIT else -1
        before += qty


@kernel
def _level_of(fill: Records) -> int:
    """Return the level of a take, which may have been half a tick better."""
    return (int(fill["price_half"]) + (1 if fill["side"] == BUY else 0)) // 2


@kernel
def _next_slice(fills: Records, side: int, price: int) -> tuple[int, int, int]:
    """Find the next worse price of a side, its lots, and one of its fills."""
    sign = 1 if side == BUY else -1
    following = sign * BEYOND
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
