"""From the parameters of the user's compiled strategies to words of 64 bits."""

from decimal import Decimal
from functools import partial

import numpy as np
from numba.core.errors import NumbaError

from commonbook.config.own_params import OwnParams
from commonbook.core.enums import StrategyKind
from commonbook.core.errors import Problem
from commonbook.data.instrument import Instrument
from commonbook.simulation.setup import StrategySetup
from commonbook.strategy.entry import entry_of, explain, memory_words, record_of
from commonbook.strategy.params import Parameter, Unit
from commonbook.strategy.user_code import CompiledStrategy
from commonbook.topology.units import to_grid

#: What compiled code can compute with.
KINDS = (bool, int, float, Unit.DURATION, Unit.TIMESTAMP, Unit.PRICE, Unit.QTY)
#: Parameters that the event loop takes, not the function.
OURS = ("symbol", "every")
LARGEST = 2**63


def lower_compiled(
    strategy: CompiledStrategy,
    params: OwnParams,
    number: int,
    where: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> StrategySetup:
    """
    Compile a strategy of the user's own and turn its parameters into words.

    Parameters
    ----------
    strategy : CompiledStrategy
        The strategy.
    params : OwnParams
        Its parameters.
    number : int
        The instrument that it trades.
    where : str
        The portfolio, as problems name it.
    instruments : tuple of Instrument
        Those of the data.
    problems : list of Problem
        Grows by what does not fit the data, and by what cannot be compiled.

    Returns
    -------
    StrategySetup
        What the simulation wakes; not to be used after a problem.
    """
    before = len(problems)
    declared = [p for p in params.declared if p.name not in OURS]
    record = record_of({p.name: _cell(p) for p in declared})
    row = np.zeros(1, record)
    for parameter in declared:
        path = f"{where}: params.{parameter.name}"
        value = getattr(params, parameter.name)
        row[parameter.name] = _word(
            parameter, value, path, instruments[number], problems
        )
    function = 0
    if len(problems) == before:
        try:
            function = entry_of(strategy, record)
        except NumbaError as error:
            name = strategy.function.__name__
            message = f"{name} does not compile: {_first_lines(error)}"
            problems.append(Problem(f"{where}: strategy", message))
    cells = record_of(strategy.memory).itemsize // 8
    limits = strategy.max_orders, cells, strategy.max_messages
    return StrategySetup(
        StrategyKind.COMPILED,
        instrument=number,
        every=params.every or 0,
        max_sends=strategy.max_messages + 2,
        wakes=strategy.wakes,
        function=function,
        params=(*limits, *row.view(np.int64).tolist()),
        memory=memory_words(strategy),
        explain=partial(explain, strategy, record),
    )


def _cell(parameter: Parameter) -> type:
    return float if parameter.kind is float else int


def _word(
    parameter: Parameter,
    value: object,
    path: str,
    instrument: Instrument,
    problems: list[Problem],
) -> int | float:
    """Give one parameter as compiled code takes it."""
    message = ""
    if parameter.kind not in KINDS or parameter.optional:
        message = (
            "compiled strategies take bool, int, float, Duration, Timestamp, Price and "
            "Qty, without None"
        )
    elif isinstance(value, Decimal):
        price = parameter.kind is Unit.PRICE
        convert = instrument.price_to_ticks if price else instrument.qty_to_lots
        return to_grid(convert, value, path, problems)
    elif isinstance(value, int) and abs(value) >= LARGEST:
        message = f"found {value}; allowed: numbers of 64 bits"
    elif isinstance(value, int | float):
        return value
    problems.append(Problem(path, message))
    return 0


def _first_lines(error: NumbaError, most: int = 6) -> str:
    noise = ("Failed in nopython", "During:")
    lines = [line for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(noise)]
    return "\n    ".join(lines[:most])
