"""Symbols, prices and quantities of a configuration, on the grids of the data."""

from collections.abc import Callable
from decimal import Decimal

from commonbook.core.errors import DataError, Problem
from commonbook.data.instrument import Instrument

#: Largest order [lots]: the sums of ten thousand of them fit 64 bits.
MAX_ORDER = 2**48


def find_instrument(
    symbol: str | None,
    path: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> int | None:
    """
    Find an instrument of the data.

    Parameters
    ----------
    symbol : str or None
        Its name; None for the only one.
    path : str
        Where the name is written.
    instruments : tuple of Instrument
        Those of the data.
    problems : list of Problem
        Grows when the data has no such instrument, or several and no name is given.

    Returns
    -------
    int or None
        Its number, None after a problem.
    """
    known = ", ".join(instrument.symbol for instrument in instruments)
    if symbol is None:
        if len(instruments) == 1:
            return 0
        message = f"missing; the data has several instruments: {known}"
    else:
        for number, instrument in enumerate(instruments):
            if instrument.symbol == symbol:
                return number
        message = f"found {symbol!r}; the data has {known}"
    problems.append(Problem(path, message))
    return None


def to_grid(
    convert: Callable[[Decimal], int],
    value: Decimal,
    path: str,
    problems: list[Problem],
) -> int:
    """
    Convert a value to the grid of its instrument.

    Parameters
    ----------
    convert : callable
        `Instrument.price_to_ticks` or `Instrument.qty_to_lots`.
    value : Decimal
        Price [currency] or quantity [units].
    path : str
        Where it is written.
    problems : list of Problem
        Grows when the value is off the grid or too large.

    Returns
    -------
    int
        Ticks or lots.
    """
    try:
        count = convert(value)
    except DataError as error:
        problems.append(Problem(path, str(error)))
        return 0
    if abs(count) > MAX_ORDER:
        message = f"found {value}, which is {count} lots or ticks; at most {MAX_ORDER}"
        problems.append(Problem(path, message))
    return count
