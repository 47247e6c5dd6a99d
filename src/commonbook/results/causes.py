"""Why sharing made more or less than isolation promised: the difference, by cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import polars as pl

from commonbook.results.account import Account, Turnover

#: What may happen between portfolios, in the order in which it is switched on.
CAUSES = {
    "random_numbers": "each draws random numbers of its own",
    "impact": "others move the market too",
    "liquidity": "liquidity is there only once",
    "netting": "the desk nets orders first",
    "group_limits": "group limits refuse orders",
}


@dataclass(frozen=True)
class Effect:
    """
    What a cause changed, exactly; positive is gained.

    Parameters
    ----------
    prices : Fraction
        By better average prices of what is bought, or sold, in both cases.
    quantities : Fraction
        By what is filled more or less, valued at the last mid.
    impact_charge : Fraction
        By smaller charges for moving the market.
    fees : Fraction
        By smaller fees.
    """

    prices: Fraction
    quantities: Fraction
    impact_charge: Fraction
    fees: Fraction

    @property
    def net_profit(self) -> Fraction:
        """What it changed in all."""
        return self.prices + self.quantities + self.impact_charge + self.fees


#: By cause and portfolio; None where a position has no market price.
Effects = Mapping[str, Mapping[str, Effect | None]]


def split_by_cause(
    alone: Mapping[str, Account], steps: Mapping[str, Mapping[str, Account]]
) -> Effects:
    """
    Split what sharing changed by what was switched on, one after another.

    Parameters
    ----------
    alone : mapping of str to Account
        Books of all portfolios while nothing happens between them.
    steps : mapping of str to mapping of str to Account
        By cause, in order: their books once it is switched on too.

    Returns
    -------
    mapping of str to mapping of str to Effect
        By cause and portfolio: all causes add up to the whole difference.
    """
    effects = {}
    before = alone
    for cause, after in steps.items():
        effects[cause] = {name: _effect(before[name], after[name]) for name in alone}
        before = after
    return effects


def total_effect(effects: Iterable[Effect | None]) -> Effect | None:
    """
    Add up what a cause changed for several portfolios.

    Parameters
    ----------
    effects : iterable of Effect or None
        One for each portfolio.

    Returns
    -------
    Effect or None
        The sum; None if that of any portfolio is unknown.
    """
    whole = Effect(*(Fraction(0) for _ in fields(Effect)))
    for effect in effects:
        if effect is None:
            return None
        parts = (
            getattr(whole, f.name) + getattr(effect, f.name) for f in fields(whole)
        )
        whole = Effect(*parts)
    return whole


def cause_figures(effect: Effect | None) -> dict[str, float | None]:
    """
    Write an effect as JSON has it.

    Parameters
    ----------
    effect : Effect or None
        What a cause changed.

    Returns
    -------
    dict
        ``net_profit`` and its parts, each rounded once; None where unknown.
    """
    return {
        name: None if effect is None else float(getattr(effect, name))
        for name in ("net_profit", *(field.name for field in fields(Effect)))
    }


def causes_frame(effects: Effects) -> pl.DataFrame:
    """
    Lay out effects as a frame.

    Parameters
    ----------
    effects : mapping of str to mapping of str to Effect
        By cause and portfolio.

    Returns
    -------
    polars.DataFrame
        One row for each portfolio and cause: ``portfolio``, ``cause``, ``net_profit``,
        ``prices``, ``quantities``, ``impact_charge`` and ``fees``.
    """
    rows: list[dict[str, Any]] = [
        {"portfolio": name, "cause": cause, **cause_figures(effects[cause][name])}
        for name in next(iter(effects.values()), {})
        for cause in effects
    ]
    floats = dict.fromkeys(cause_figures(None), pl.Float64)
    schema = {"portfolio": pl.String, "cause": pl.String, **floats}
    return pl.DataFrame(rows, schema=schema)


def _effect(before: Account, after: Account) -> Effect | None:
    less, more = before.net_profit, after.net_profit
    if less is None or more is None:
        return None
    charge, fees = before.impact_charge - after.impact_charge, before.fees - after.fees
    prices = _cheaper(before.bought, after.bought) - _cheaper(before.sold, after.sold)
    quantities = more - less - charge - fees - prices
    return Effect(prices, quantities, charge, fees)


def _cheaper(before: Turnover, after: Turnover) -> Fraction:
    """Say how much less the lots that both have would have changed hands for."""
    saved = Fraction(0)
    for instrument in before.keys() & after.keys():
        (lots, money), (later, paid) = before[instrument], after[instrument]
        saved += min(lots, later) * (money / lots - paid / later)
    return saved
