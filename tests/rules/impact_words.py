"""
Market impact in plain formulas, and markets on which they can be read off.

The book is so deep that every take is at the touch: what it costs beyond that is the
charge alone. With a mid of 100, a daily volume of 1,000,000 units and a volatility of
2 % a day, a share of daily volume costs as many units of currency as the formulas say
in 1e-8 of daily notional.
"""

from typing import Any

import commonbook as cb
from tests.rules.words import book

MID = 100.0
ADV = 1_000_000
SIGMA = 0.02
MODELS = ("linear", "square_root")
DEEP = book(0, {99.99: 10**9}, {100.01: 10**9})
NUMBERS = {
    "coefficient": 1,
    "adv": ADV,
    "daily_volatility": SIGMA,
    "half_life": "never",
}


def model(kind: str, **numbers: Any) -> dict[str, Any]:
    """Write a model with its numbers; nothing decays by default."""
    return {"kind": kind, **NUMBERS, **numbers}


def displaced(kind: str, x: float) -> float:
    """Give the displacement at a net volume, in shares of daily volume, as a price."""
    if kind == "linear":
        return MID * 10 * SIGMA * x
    sign = -1 if x < 0 else 1
    return MID * SIGMA * sign * abs(x) ** 0.5


def cost(kind: str, qty: float, before: float = 0.0) -> float:
    """Add up the displacement over `qty` units, bought after `before` units."""

    def integral(x: float) -> float:
        if kind == "linear":
            return 5 * SIGMA * x * x
        return 2 / 3 * SIGMA * abs(x) ** 1.5

    start, end = before / ADV, (before + qty) / ADV
    return MID * ADV * (integral(end) - integral(start))


def charges(result: cb.Result, *names: str) -> list[float]:
    """Give what each portfolio was charged in all."""
    portfolios = result.summary["portfolios"]
    return [portfolios[name]["impact_charge"] for name in names]


def each_charge(result: cb.Result, name: str) -> list[float]:
    """Give the charges of a portfolio's fills, in order."""
    charged = result.fills.filter(portfolio=name)["impact_charge"]
    return [float(charge) for charge in charged]
