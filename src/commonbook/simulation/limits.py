"""Limits of whole groups, as they are set and as the kernels read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class NotionalSetup:
    """
    What positions may be worth.

    Parameters
    ----------
    gross : Decimal or None
        Of all instruments, long and short alike (currency); None for any.
    net : Decimal or None
        Of all instruments, long less short (currency); None for any.
    """

    gross: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True)
class GroupLimitSetup:
    """
    What the portfolios of a group may not exceed together.

    Parameters
    ----------
    max_positions : mapping of int to int
        Position limit by instrument (lots); none where missing.
    notional : NotionalSetup or None
        What their positions may be worth together.
    """

    max_positions: Mapping[int, int] = field(default_factory=dict)
    notional: NotionalSetup | None = None


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
    notionals : ndarray of NOTIONAL, shape (n,)
        Limits of notional.
    worths : ndarray of float64, shape (n_instruments,)
        What a lot is worth at a price of half a tick, in a common unit; whole numbers.
    """

    groups: Records
    accounts: Records
    group_of: list[int]
    notionals: Records
    worths: NDArray[np.float64]


def limits_of(
    limits: Sequence[GroupLimitSetup | None],
    group_of: Sequence[int],
    positions: Sequence[Mapping[int, int]],
    units: list[Decimal],
) -> Limits:
    """
    Lay out the limits of groups.

    Parameters
    ----------
    limits : sequence of GroupLimitSetup or None
        Of each group; empty where no group has any.
    group_of : sequence of int
        Group of each portfolio.
    positions : sequence of mapping of int to int
        Of each portfolio what it has at the start (lots).
    units : list of Decimal
        For each instrument the cash of one lot at a price of half a tick.

    Returns
    -------
    Limits
        Without rows where nobody has a limit.
    """
    money = common_denominator(units)
    table: list[tuple[float, float]] = []

    def row_of(notional: NotionalSetup | None) -> int:
        if notional is None or notional == NotionalSetup():
            return -1
        table.append((_scaled(notional.gross, money), _scaled(notional.net, money)))
        return len(table) - 1

    given = {number: limit for number, limit in enumerate(limits) if limit is not None}
    places = {number: place for place, number in enumerate(given)}
    rows = [places.get(group, -1) for group in group_of]
    groups = np.zeros(len(given), GROUP)
    groups["first_unheard"] = -1
    accounts = np.zeros((len(given), len(units)), ACCOUNT)
    accounts["max_position"] = -1
    for place, limit in enumerate(given.values()):
        groups[place]["notional"] = row_of(limit.notional)
        for instrument, lots in limit.max_positions.items():
            accounts[place, instrument]["max_position"] = lots
    for row, held in zip(rows, positions, strict=True):
        for instrument, lots in held.items() if row >= 0 else ():
            accounts[row, instrument]["known_position"] += lots
    worths = [float(as_ratio(u)[0] * (money // as_ratio(u)[1])) for u in units]
    return Limits(
        groups, accounts, rows, np.array(table, NOTIONAL), np.array(worths, np.float64)
    )


def _scaled(limit: Decimal | None, money: int) -> float:
    """Round a limit down to the common unit, -1 for none."""
    return -1.0 if limit is None else float(floor(Fraction(limit) * money))
