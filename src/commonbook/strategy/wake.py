"""Call the strategy of a portfolio by its number."""

from commonbook.core.enums import StrategyKind
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.compiled import wake_compiled
from commonbook.strategy.grid_maker import wake_grid_maker
from commonbook.strategy.imbalance_taker import wake_imbalance_taker
from commonbook.strategy.market_maker import wake_market_maker
from commonbook.strategy.scripted import wake_scripted
from commonbook.strategy.twap import wake_twap

SCRIPTED = int(StrategyKind.SCRIPTED)
TWAP = int(StrategyKind.TWAP)
MARKET_MAKER = int(StrategyKind.MARKET_MAKER)
IMBALANCE_TAKER = int(StrategyKind.IMBALANCE_TAKER)
GRID_MAKER = int(StrategyKind.GRID_MAKER)
COMPILED = int(StrategyKind.COMPILED)


@kernel
def wake(s: State, portfolio: int) -> None:
    """
    Wake one portfolio.

    Parameters
    ----------
    s : State
        Changed in place; there is room for ``max_sends`` messages.
    portfolio : int
        Who wakes.
    """
    kind = s.portfolios[portfolio]["strategy"]
    if kind == MARKET_MAKER:
        wake_market_maker(s, portfolio)
    elif kind == SCRIPTED:
        wake_scripted(s, portfolio)
    elif kind == TWAP:
        wake_twap(s, portfolio)
    elif kind == IMBALANCE_TAKER:
        wake_imbalance_taker(s, portfolio)
    elif kind == GRID_MAKER:
        wake_grid_maker(s, portfolio)
    elif kind == COMPILED:
        wake_compiled(s, portfolio)
