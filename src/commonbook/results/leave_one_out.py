"""What one portfolio costs the others: their profit with it, and without it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from commonbook.results.account import Account


def with_and_without(
    name: str, present: Mapping[str, Account], absent: Mapping[str, Account]
) -> dict[str, Any]:
    """
    Compare the net profit of all others with and without one portfolio.

    Parameters
    ----------
    name : str
        Who was left out.
    present, absent : mapping of str to Account
        Books of all portfolios with it, and while it stood apart.

    Returns
    -------
    dict
        ``portfolios``, the others by name, and ``total``: each with ``with``,
        ``without`` and ``gain``, what they gain when it leaves, rounded once. None
        where a position has no market price.
    """
    profits = {
        other: (account.net_profit, absent[other].net_profit)
        for other, account in present.items()
        if other != name
    }
    both, less = zip(*profits.values(), strict=True)
    return {
        "portfolios": {other: _figures(*pair) for other, pair in profits.items()},
        "total": _figures(_sum(both), _sum(less)),
    }


def _figures(
    present: Fraction | None, absent: Fraction | None
) -> dict[str, float | None]:
    gain = None if present is None or absent is None else absent - present
    figures = {"with": present, "without": absent, "gain": gain}
    return {
        key: None if value is None else float(value) for key, value in figures.items()
    }


def _sum(profits: Iterable[Fraction | None]) -> Fraction | None:
    whole = Fraction(0)
    for profit in profits:
        if profit is None:
            return None
        whole += profit
    return whole
