"""Limits in lots, for the instruments of the data."""

from collections.abc import Sequence
from decimal import Decimal

from commonbook.config import GroupLimits
from commonbook.core.errors import Problem
from commonbook.data.instrument import Instrument
from commonbook.simulation.limits import GroupLimitSetup, NotionalSetup
from commonbook.topology.graph import ExecutionEngine
from commonbook.topology.units import find_instrument

_WHERE = "execution.shared_config.group_limits"


def lower_quantities(
    limit: Decimal | dict[str, Decimal] | None,
    path: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> dict[int, int]:
    """
    Round limits of quantity down to whole lots.

    Parameters
    ----------
    limit : Decimal, mapping of str to Decimal, or None
        For every instrument, or for some by symbol [units]; None for no limit.
    path : str
        Where it is written.
    instruments : tuple of Instrument
        Those of the data.
    problems : list of Problem
        Grows when the data has no instrument of a name.

    Returns
    -------
    dict of int to int
        Lots by instrument, for those that have a limit.
    """
    if limit is None:
        return {}
    if not isinstance(limit, dict):
        limit = {instrument.symbol: limit for instrument in instruments}
    lots = {}
    for symbol, most in limit.items():
        number = find_instrument(symbol, f"{path}.{symbol}", instruments, problems)
        if number is not None:
            lots[number] = int(most // instruments[number].lot_size)
    return lots


def lower_group_limits(
    engines: Sequence[ExecutionEngine],
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> tuple[GroupLimitSetup | None, ...]:
    """
    Turn the limits of groups into what the simulation counts.

    Parameters
    ----------
    engines : sequence of ExecutionEngine
        The engines of all lanes.
    instruments : tuple of Instrument
        Those of the data.
    problems : list of Problem
        Grows when the data has no instrument of a name, once for all engines.

    Returns
    -------
    tuple of GroupLimitSetup or None
        For each engine; None where it has no limits. Empty where none has any.
    """
    made: list[GroupLimitSetup | None] = []
    for engine in engines:
        limits = engine.settings.limits
        if limits is None or limits == GroupLimits():
            made.append(None)
            continue
        path = f"{_WHERE}.max_position"
        noted = [] if any(made) else problems
        made.append(
            GroupLimitSetup(
                lower_quantities(limits.max_position, path, instruments, noted),
                NotionalSetup(limits.gross_notional, limits.net_notional),
            )
        )
    return tuple(made) if any(made) else ()
