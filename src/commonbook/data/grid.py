"""Integers that count one unit, such as 1e-9 currency, in whole ticks or lots."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from commonbook.data.instrument import MAX_LOTS


def divide(
    values: NDArray[np.int64], value_unit: Decimal, unit: Decimal
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """
    Count the whole units in values that count another unit.

    Parameters
    ----------
    values : ndarray of int64, shape (...)
        Multiples of `value_unit`.
    value_unit : Decimal
        What the values count, positive.
    unit : Decimal
        What to count, positive.

    Returns
    -------
    whole : ndarray of int64, shape (...)
        The floor of the number of units.
    has_rest : ndarray of bool, shape (...)
        True where it is not the whole value, or where it is beyond the range of sizes.
    """
    ratio = Fraction(unit) / Fraction(value_unit)
    fits = np.abs(values) <= MAX_LOTS // ratio.denominator
    whole, rest = np.divmod(
        np.where(fits, values, 0) * ratio.denominator, ratio.numerator
    )
    return whole, (rest != 0) | ~fits
