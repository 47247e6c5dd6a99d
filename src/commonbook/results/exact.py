"""Integers times an exact decimal unit, turned into floats at the very last step."""

from decimal import Decimal
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[Any]  # int64, or object when 64 bits are not enough

INT64_SAFE = 2**62  # sums and differences of two such numbers stay in 64 bits
FLOAT_EXACT = 2**53  # every smaller integer is a float
POWER_EXACT = 10**22  # the largest power of ten that is a float

E8 = Decimal("1e-8")  # unit of fees and charges


def as_ratio(unit: Decimal) -> tuple[int, int]:
    """
    Write a decimal as a fraction whose denominator is a power of ten.

    Parameters
    ----------
    unit : Decimal
        Any finite decimal.

    Returns
    -------
    tuple of int
        Numerator and denominator.
    """
    exponent = int(unit.as_tuple().exponent)
    denominator = 10 ** max(0, -exponent)
    return int(unit * denominator), denominator


def common_denominator(units: list[Decimal]) -> int:
    """
    Find the power of ten that makes every unit a whole number.

    Parameters
    ----------
    units : list of Decimal
        Finite decimals.

    Returns
    -------
    int
        A power of ten.
    """
    return lcm(1, *(as_ratio(unit)[1] for unit in units))


def largest(values: IntArray) -> int:
    """
    Find the largest absolute value.

    Parameters
    ----------
    values : ndarray of int64 or object, shape (n,)
        Whole numbers.

    Returns
    -------
    int
        0 for an empty array.
    """
    if not len(values):
        return 0
    return max(abs(int(values.max())), abs(int(values.min())))


def product(left: IntArray, right: IntArray | int) -> IntArray:
    """
    Multiply whole numbers, leaving 64 bits only where they would overflow.

    The result is also safe to sum: its absolute values add up to less than 2**62, or it
    is an array of Python integers.

    Parameters
    ----------
    left : ndarray of int64 or object, shape (n,)
        Whole numbers.
    right : ndarray of int64 or object, shape (n,), or int
        Whole numbers.

    Returns
    -------
    ndarray of int64 or object, shape (n,)
        The products.
    """
    bound = abs(right) if isinstance(right, int) else largest(right)
    if largest(left) * bound * max(1, len(left)) < INT64_SAFE:
        return left.astype(np.int64) * right
    wide: IntArray = left.astype(object) * right
    return wide


def total(left: IntArray, right: IntArray) -> IntArray:
    """
    Add whole numbers, leaving 64 bits only where they would overflow.

    Parameters
    ----------
    left, right : ndarray of int64 or object, shape (n,)
        Whole numbers.

    Returns
    -------
    ndarray of int64 or object, shape (n,)
        The sums.
    """
    if largest(left) + largest(right) < INT64_SAFE:
        return left + right
    wide: IntArray = left.astype(object) + right.astype(object)
    return wide


def quotient(numerators: IntArray, denominator: int) -> FloatArray:
    """
    Divide whole numbers and round each result once, correctly.

    Parameters
    ----------
    numerators : ndarray of int64 or object, shape (n,)
        Whole numbers.
    denominator : int
        Positive.

    Returns
    -------
    ndarray of float64, shape (n,)
        The floats nearest to the exact quotients.
    """
    if largest(numerators) < FLOAT_EXACT and denominator <= POWER_EXACT:
        return numerators.astype(np.float64) / float(denominator)
    # Python divides integers of any size correctly; NumPy would round twice.
    exact = [value / denominator for value in numerators.tolist()]
    return np.array(exact, dtype=np.float64)


def to_float(counts: IntArray, unit: Decimal) -> FloatArray:
    """
    Turn counts of a unit into floats, each the nearest to the exact value.

    Parameters
    ----------
    counts : ndarray of int64 or object, shape (n,)
        Ticks, half ticks, lots or any other whole number.
    unit : Decimal
        Value of one.

    Returns
    -------
    ndarray of float64, shape (n,)
        9999 ticks of 0.01 are 99.99, never 99.99000000000001.
    """
    numerator, denominator = as_ratio(unit)
    return quotient(product(counts, numerator), denominator)
