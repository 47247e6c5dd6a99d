"""From the parameters of the user's own strategies to objects and numbers."""

from collections.abc import Mapping
from decimal import Decimal

from commonbook.config import PortfolioConfig
from commonbook.config.own_params import OwnParams
from commonbook.config.own_strategy import OwnStrategy
from commonbook.core.enums import StrategyKind
from commonbook.core.errors import Problem
from commonbook.core.limits import MAX_ORDER_LOTS, MAX_TICKS
from commonbook.data.instrument import Instrument
from commonbook.simulation.setup import StrategySetup
from commonbook.strategy.api import Strategy
from commonbook.strategy.declaration import make_strategy, wakes_of
from commonbook.strategy.market import Grid
from commonbook.strategy.params import Parameter, Unit
from commonbook.strategy.seat import Seat
from commonbook.strategy.stops import Impossible
from commonbook.strategy.user_code import CompiledStrategy
from commonbook.topology.compiled_strategies import lower_compiled
from commonbook.topology.units import find_instrument

#: What declared prices and quantities are called, their unit, and how many of it fit.
GRIDS: Mapping[type | Unit, tuple[str, str, int]] = {
    Unit.PRICE: ("price", "tick_size", MAX_TICKS),
    Unit.QTY: ("quantity", "lot_size", MAX_ORDER_LOTS),
}


def lower_own(
    portfolio: PortfolioConfig,
    number: int,
    where: str,
    instruments: tuple[Instrument, ...],
    first_ts: int,
    problems: list[Problem],
) -> StrategySetup:
    """
    Turn the parameters of a strategy of the user's own into what is woken.

    Parameters
    ----------
    portfolio : PortfolioConfig
        The portfolio.
    number : int
        The instrument that its strategy is about.
    where : str
        How problems name it.
    instruments : tuple of Instrument
        Those of the data.
    first_ts : int
        Time of the first event (ns), when strategies start.
    problems : list of Problem
        Grows by what does not fit the data.

    Returns
    -------
    StrategySetup
        What the simulation wakes; not to be used after a problem.

    Raises
    ------
    TypeError
        If the portfolio has a built-in strategy.
    """
    strategy, params = portfolio.strategy, portfolio.params
    if not isinstance(strategy, OwnStrategy) or not isinstance(params, OwnParams):
        message = f"{where}: {strategy} is no strategy of the user's own"
        raise TypeError(message)
    strategy.bring_modules()
    target = strategy.target
    if isinstance(target, CompiledStrategy):
        return lower_compiled(target, params, number, where, instruments, problems)
    if target is None:
        message = f"{where}: {strategy} was not found"
        raise TypeError(message)
    return _plain(target, params, number, where, instruments, first_ts, problems)


def _plain(
    kind: type[Strategy],
    params: OwnParams,
    number: int,
    where: str,
    instruments: tuple[Instrument, ...],
    first_ts: int,
    problems: list[Problem],
) -> StrategySetup:
    """Lower a class in plain Python; it starts at the first event."""
    values: dict[str, object] = {}
    listens = [number]
    for parameter in params.declared:
        value = getattr(params, parameter.name)
        if parameter.kind is Unit.SYMBOL and value is not None:
            path = f"{where}: params.{parameter.name}"
            found = find_instrument(value, path, instruments, problems)
            listens.append(number if found is None else found)
        values[parameter.name] = _as_declared(parameter, value)
    own = tuple(instruments[i] for i in dict.fromkeys(listens))
    for parameter in params.declared:
        value = getattr(params, parameter.name)
        if parameter.kind in GRIDS and isinstance(value, Decimal):
            path = f"{where}: params.{parameter.name}"
            _check_grid(parameter.kind, value, path, own, problems)
    values["symbol"] = instruments[number].symbol

    def make(seat: Seat) -> Strategy:
        return make_strategy(kind, values, seat)

    return StrategySetup(
        StrategyKind.PYTHON,
        instrument=number,
        every=params.every or 0,
        first_wake=first_ts,
        max_sends=0,
        wakes=wakes_of(kind),
        instruments=tuple(dict.fromkeys(listens)),
        make=make,
    )


def _check_grid(
    kind: type | Unit,
    value: Decimal,
    path: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> None:
    """Refuse what no instrument of the strategy could be sent, by the verbs' rule."""
    what, unit, most = GRIDS[kind]
    messages = []
    for instrument in instruments:
        try:
            Grid(getattr(instrument, unit), what, most).count(value)
        except Impossible as error:
            messages.append(f"{instrument.symbol}: {error}")
        else:
            return
    hint = "declare it as float if no order has it"
    problems.append(Problem(path, f"{'; '.join(messages)}; {hint}"))


def _as_declared(parameter: Parameter, value: object) -> object:
    """Give prices and quantities as floats; the rest is of its type already."""
    if isinstance(value, Decimal) and parameter.kind is not Decimal:
        return float(value)
    return value
