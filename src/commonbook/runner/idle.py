"""Find the portfolios whose strategies can never do anything."""

from collections.abc import Sequence

from commonbook.config.own_params import OwnParams
from commonbook.config.own_strategy import OwnStrategy
from commonbook.config.portfolio import PortfolioConfig
from commonbook.config.script import ScriptedParams
from commonbook.core.enums import Wake
from commonbook.strategy.api import Strategy
from commonbook.strategy.declaration import wakes_of
from commonbook.strategy.user_code import CompiledStrategy

#: Portfolios that are named before the rest is counted.
NAMED = 3
#: What comes without the strategy having done anything; reports do not.
EVENTS = Wake.BOOK | Wake.TRADE

_SCRIPTED = "no orders, for params.orders is empty"
_PLAIN = (
    "never does anything; set every in params, or give the strategy on_start, "
    "on_book or on_trade"
)
_COMPILED = (
    "never wakes; set every in params, or declare every or wakes of book or trade"
)


def idle_portfolios(portfolios: Sequence[PortfolioConfig]) -> list[str]:
    """
    Say which portfolios can never do anything, and what to do.

    Parameters
    ----------
    portfolios : sequence of PortfolioConfig
        Those of a run.

    Returns
    -------
    list of str
        One sentence for each reason.
    """
    idle: dict[str, list[str]] = {}
    for portfolio in portfolios:
        why = _why_idle(portfolio)
        if why:
            idle.setdefault(why, []).append(portfolio.name)
    return [f"{some_names(names)}: {why}" for why, names in idle.items()]


def some_names(names: Sequence[str]) -> str:
    """
    Name the first portfolios and count the rest.

    Parameters
    ----------
    names : sequence of str
        Names of portfolios, at least one.

    Returns
    -------
    str
        Such as ``A, B, C and 2 more``.
    """
    more = len(names) - NAMED
    return f"{', '.join(names[:NAMED])}{f' and {more} more' if more > 0 else ''}"


def _why_idle(portfolio: PortfolioConfig) -> str:
    """Say why nothing ever makes a portfolio act; empty when something may."""
    strategy, params = portfolio.strategy, portfolio.params
    if isinstance(params, ScriptedParams):
        return "" if params.orders else _SCRIPTED
    if not isinstance(strategy, OwnStrategy) or not isinstance(params, OwnParams):
        return ""
    target = strategy.target
    if target is None or params.every:
        return ""
    if isinstance(target, CompiledStrategy):
        return "" if target.wakes & EVENTS else _COMPILED
    # A strategy may send, or set a timer, as early as it is made.
    early = any(
        getattr(target, name) is not getattr(Strategy, name)
        for name in ("__init__", "on_start")
    )
    return "" if early or wakes_of(target) & EVENTS else _PLAIN
