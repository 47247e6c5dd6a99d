"""Market impact in lots: the stated numbers, for the instruments of the data."""

from decimal import Decimal
from fractions import Fraction

from commonbook.config import ImpactModel
from commonbook.config.decay import scales_of
from commonbook.core import enums
from commonbook.core.errors import Problem
from commonbook.data.instrument import Instrument
from commonbook.simulation.setup import ImpactSetup

_WHERE = "execution.impact"


def lower_impact(
    model: ImpactModel,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> ImpactSetup:
    """
    Turn a model and its numbers into what the simulation computes with.

    Parameters
    ----------
    model : ImpactModel
        A model with all its numbers.
    instruments : tuple of Instrument
        Those of the data.
    problems : list of Problem
        Grows when a number by symbol misses an instrument, or names one that is
        not there.

    Returns
    -------
    ImpactSetup
        Volumes in lots, one for each instrument; empty for ``none``.
    """
    if model.kind == "none":
        return ImpactSetup()
    volatility = _of_each(
        model.daily_volatility, "daily_volatility", instruments, problems
    )
    volume = _of_each(model.adv, "adv", instruments, problems)
    return ImpactSetup(
        model=enums.ImpactModel[model.kind.upper()],
        coefficient=float(model.coefficient or 0),
        scales=tuple(
            (float(weight), span) for weight, span in scales_of(model.half_life or 0)
        ),
        daily_volatility=tuple(map(float, volatility)),
        daily_volume=tuple(
            float(Fraction(units) / Fraction(instrument.lot_size))
            for units, instrument in zip(volume, instruments, strict=True)
        ),
    )


def _of_each(
    given: Decimal | dict[str, Decimal] | str | None,
    key: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> list[Decimal]:
    """Give each instrument its number; one number is that of every instrument."""
    symbols = [instrument.symbol for instrument in instruments]
    if isinstance(given, str):
        message = f"{given} must be replaced by numbers before the run"
        raise TypeError(message)
    if not isinstance(given, dict):
        return [given or Decimal(1)] * len(symbols)
    known = ", ".join(symbols)
    problems += [
        Problem(f"{_WHERE}.{key}", f"found {symbol!r}; the data has {known}")
        for symbol in given
        if symbol not in symbols
    ]
    missing = ", ".join(symbol for symbol in symbols if symbol not in given)
    if missing:
        problems.append(Problem(f"{_WHERE}.{key}", f"{missing}: no number is given"))
    return [given.get(symbol, Decimal(1)) for symbol in symbols]
