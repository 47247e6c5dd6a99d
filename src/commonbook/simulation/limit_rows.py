"""Limits of groups, and of what portfolios may be worth, as the kernels read them."""

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.desk_records import GROUP, NOTIONAL
from commonbook.core.dtypes import Records
from commonbook.core.records import ACCOUNT
from commonbook.results.exact import as_ratio, common_denominator
from commonbook.simulation.limits import NotionalSetup
from commonbook.simulation.setup import Setup


class Limits(NamedTuple):
    """
    The arrays of limits.

    Parameters
    ----------
    groups : ndarray of GROUP, shape (n_groups,)
        Groups with limits.
    accounts : ndarray of ACCOUNT, shape (n_groups, n_instruments)
        What each of them has at the start.
    group_of : list of int
        Row of each portfolio's group, -1 where it has no limits.
    notional_of : list of int
        Row of each portfolio's own limit of notional, -1 for none.
    notionals : ndarray of NOTIONAL, shape (n,)
        Limits of notional.
    worths : ndarray of float64, shape (n_instruments,)
        What a lot is worth at a price of half a tick, in a common unit; whole numbers.
    """

    groups: Records
    accounts: Records
    group_of: list[int]
    notional_of: list[int]
    notionals: Records
    worths: NDArray[np.float64]


def limits_of(setup: Setup) -> Limits:
    """
    Lay out the limits of groups, and of what portfolios may be worth.

    Parameters
    ----------
    setup : Setup
        What runs.

    Returns
    -------
    Limits
        Without rows where nobody has a limit.
    """
    units = [instrument.half_tick_lot for instrument in setup.instruments]
    money = common_denominator(units)
    table: list[tuple[float, float]] = []

    def row_of(notional: NotionalSetup | None) -> int:
        if notional is None or notional == NotionalSetup():
            return -1
        table.append((_scaled(notional.gross, money), _scaled(notional.net, money)))
        return len(table) - 1

    limits = enumerate(setup.group_limits)
    given = {number: limit for number, limit in limits if limit is not None}
    places = {number: place for place, number in enumerate(given)}
    group_of = [setup.engines[p.engine].impact for p in setup.portfolios]
    rows = [places.get(group, -1) for group in group_of]
    groups = np.zeros(len(given), GROUP)
    groups["first_unheard"] = -1
    accounts = np.zeros((len(given), len(units)), ACCOUNT)
    accounts["max_position"] = accounts["max_order"] = -1
    for place, limit in enumerate(given.values()):
        groups[place]["notional"] = row_of(limit.notional)
        for instrument, lots in limit.max_positions.items():
            accounts[place, instrument]["max_position"] = lots
    for row, portfolio in zip(rows, setup.portfolios, strict=True):
        held = portfolio.positions if row >= 0 else {}
        for instrument, lots in held.items():
            accounts[row, instrument]["known_position"] += lots
    worths = [float(as_ratio(u)[0] * (money // as_ratio(u)[1])) for u in units]
    notional_of = [row_of(portfolio.notional) for portfolio in setup.portfolios]
    notionals = np.array(table, NOTIONAL)
    return Limits(
        groups, accounts, rows, notional_of, notionals, np.array(worths, np.float64)
    )


def _scaled(limit: Decimal | None, money: int) -> float:
    """Round a limit down to the common unit, -1 for none."""
    return -1.0 if limit is None else float(floor(Fraction(limit) * money))
