"""Decimal numbers without rounding: one value, or an array of multiples of a unit."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

import numpy as np
from numpy.typing import NDArray

from commonbook.core.errors import DataError

Number = Decimal | str | int | float

#: Arithmetic that fails rather than rounds.
EXACT = Context(prec=80, traps=[Inexact, InvalidOperation, Overflow])

#: Largest integer up to which every integer has its own float.
FLOAT_INTEGERS = 2**53
#: Largest power of ten that is a float.
FLOAT_POWER = 22


def decimal_of(value: Number) -> Decimal:
    """
    Read a number as the decimal a person would write.

    Parameters
    ----------
    value : Decimal, str, int or float
        A float stands for its shortest text: 99.99 is 99.99, not 99.98999....

    Returns
    -------
    Decimal
        A finite number.

    Raises
    ------
    DataError
        If `value` is no finite number.
    """
    text = float.__repr__(value) if isinstance(value, float) else value
    try:
        number = Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        message = f"{value!r} is not a number"
        raise DataError(message) from None
    if not number.is_finite():
        message = f"{value!r} is not a finite number"
        raise DataError(message)
    return number


def fraction_of(unit: Decimal) -> tuple[int, int]:
    """
    Split a decimal into an integer and a power of ten.

    Parameters
    ----------
    unit : Decimal
        A finite number.

    Returns
    -------
    numerator : int
        Integer.
    places : int
        Decimal places, so that the number is ``numerator / 10**places``.
    """
    _, _, exponent = unit.as_tuple()
    places = max(0, -int(exponent))
    return int(EXACT.scaleb(unit, places)), places


def whole_units(value: Number, unit: Decimal) -> int | None:
    """
    Count how many units make up a value.

    Parameters
    ----------
    value : Decimal, str, int or float
        The value.
    unit : Decimal
        What to count, positive.

    Returns
    -------
    int or None
        None when `value` is not a multiple of `unit`.

    Raises
    ------
    DataError
        If `value` is no finite number.
    """
    number, places = fraction_of(decimal_of(value))
    unit_number, unit_places = fraction_of(unit)
    count, rest = divmod(number * 10**unit_places, unit_number * 10**places)
    return None if rest else count


def smallest_place(values: Iterable[Number]) -> Decimal:
    """
    Find the last decimal place that numbers use.

    Parameters
    ----------
    values : iterable of Decimal, str, int or float
        Finite numbers.

    Returns
    -------
    Decimal
        0.01 for 99.99 and 100.10; 1 when all are whole.

    Raises
    ------
    DataError
        If one of them is no finite number.

    Notes
    -----
    The largest common divisor would find ticks such as 0.25, but on few values also
    0.03 for 99.99 and 100.02, and orders at 100.00 would be refused.
    """
    places = 0
    for value in values:
        number, own = fraction_of(decimal_of(value))
        while own > places and number % 10 == 0:
            number, own = number // 10, own - 1
        places = max(places, own)
    return EXACT.scaleb(Decimal(1), -places)


def as_float(count: int, unit: Decimal) -> float:
    """
    Give the float nearest to a number of units.

    Parameters
    ----------
    count : int
        Number of units.
    unit : Decimal
        The unit.

    Returns
    -------
    float
        Correctly rounded: 9999 units of 0.01 are 99.99.
    """
    numerator, places = fraction_of(unit)
    return float(int(count) * numerator / 10**places)


def as_floats(counts: NDArray[np.int64], unit: Decimal) -> NDArray[np.float64]:
    """
    Give the floats nearest to numbers of units.

    Parameters
    ----------
    counts : ndarray of int64, shape (n,)
        Numbers of units.
    unit : Decimal
        The unit.

    Returns
    -------
    ndarray of float64, shape (n,)
        Correctly rounded.
    """
    numerator, places = fraction_of(unit)
    largest = int(np.abs(counts).max(initial=0))
    if largest * abs(numerator) <= FLOAT_INTEGERS and places <= FLOAT_POWER:
        # Both operands are exact, so the division is rounded once.
        return (counts * numerator).astype(np.float64) / 10.0**places
    return np.array([as_float(int(count), unit) for count in counts], np.float64)
