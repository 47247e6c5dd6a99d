"""Fee schedules as exact fractions of what a fill is counted in."""

from fractions import Fraction
from typing import TypeAlias

import numpy as np

from commonbook.config.costs import Fee, Fees
from commonbook.core.dtypes import Records
from commonbook.core.errors import Problem
from commonbook.core.records import FEE
from commonbook.data.instrument import Instrument

E8 = Fraction(10**8)
FEE_LIMIT = 1 << 61

#: Row of the table for each schedule and instrument.
FeeRows: TypeAlias = dict[tuple[Fees, int], int]


def fee_table(
    fees: FeeRows,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> Records:
    """
    Write the exact rates of every distinct fee schedule.

    Parameters
    ----------
    fees : mapping of (Fees, int) to int
        Row of the table for each schedule and instrument.
    instruments : tuple of Instrument
        What is traded.
    problems : list of Problem
        Receives rates that have too many digits; changed in place.

    Returns
    -------
    ndarray of FEE, shape (n_rows, 3)
        Rates by row and Liquidity, for amounts in half ticks x lots, in 1e-8 money.
    """
    table = np.zeros((max(1, len(fees)), 3), FEE)
    table["notional_den"] = table["share_den"] = 1
    for (schedule, number), row in fees.items():
        instrument = instruments[number]
        size = Fraction(instrument.lot_size) * E8
        half_tick = Fraction(instrument.tick_size) / 2
        value = half_tick * size * Fraction(instrument.multiplier)
        kinds = (schedule.maker, schedule.taker, schedule.cross)
        for entry, fee in zip(table[row], kinds, strict=True):
            _fill_fee(entry, fee, value, size, problems)
    return table


def _fill_fee(
    entry: Records, fee: Fee, value: Fraction, size: Fraction, problems: list[Problem]
) -> None:
    for name, rate in (
        ("notional", Fraction(fee.per_notional) * value),
        ("share", Fraction(fee.per_share) * size),
    ):
        if max(abs(rate.numerator), rate.denominator) >= FEE_LIMIT:
            message = f"found {fee.per_notional}; allowed: fewer digits"
            problems.append(Problem("execution.fees", message))
            continue
        entry[f"{name}_num"] = rate.numerator
        entry[f"{name}_den"] = rate.denominator
    entry["minimum_e8"] = round(Fraction(fee.minimum) * E8)
