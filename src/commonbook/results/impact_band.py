"""What moving the market costs with other coefficients than the one that was chosen."""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.results.account import Account
from commonbook.results.exact import E8
from commonbook.results.lane import LaneRecords
from commonbook.results.shortfall import add_up


def impact_band(
    lane: LaneRecords,
    accounts: Mapping[str, Account],
    at: Mapping[float, NDArray[np.int64] | None],
) -> pl.DataFrame:
    """
    Price the fills of a lane again, by the coefficient of the impact model.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    accounts : mapping of str to Account
        The books of its portfolios, in order.
    at : mapping of float to ndarray of int64, shape (n_fills,)
        The impact charge of each fill by coefficient [1e-8]; None where unknown.

    Returns
    -------
    polars.DataFrame
        One row for each coefficient and portfolio, and one without a portfolio for all
        of them: ``coefficient``, ``portfolio``, ``impact_charge`` and ``net_profit``.
    """
    rows = []
    for coefficient, charges in at.items():
        told = _figures(lane, accounts.values(), charges)
        whole = tuple(_sum(figures) for figures in zip(*told, strict=True))
        for name, figures in zip([*accounts, None], [*told, whole], strict=True):
            rows.append((coefficient, name, *map(_rounded, figures)))
    schema = {
        "coefficient": pl.Float64,
        "portfolio": pl.String,
        "impact_charge": pl.Float64,
        "net_profit": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _figures(
    lane: LaneRecords, accounts: Collection[Account], charges: NDArray[np.int64] | None
) -> list[tuple[Fraction | None, Fraction | None]]:
    """Give charge and net profit by portfolio, all but the charges as they were."""
    if charges is None:
        return [(None, None)] * len(accounts)
    figures: list[tuple[Fraction | None, Fraction | None]] = []
    sums = add_up(charges, lane.fills["portfolio"], len(accounts))
    for account, counted in zip(accounts, sums.tolist(), strict=True):
        charge, profit = counted * Fraction(E8), account.net_profit
        if profit is not None:
            profit += account.impact_charge - charge
        figures.append((charge, profit))
    return figures


def _sum(figures: Iterable[Fraction | None]) -> Fraction | None:
    whole = Fraction(0)
    for figure in figures:
        if figure is None:
            return None
        whole += figure
    return whole


def _rounded(figure: Fraction | None) -> float | None:
    return None if figure is None else float(figure)
