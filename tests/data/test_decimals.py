from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commonbook.core.errors import DataError
from commonbook.data.decimals import (
    as_float,
    as_floats,
    decimal_of,
    fraction_of,
    smallest_place,
    whole_units,
)

units = st.builds(
    lambda number, places: Decimal(number).scaleb(-places),
    st.integers(1, 2500),
    st.integers(0, 10),
)


def test_a_float_stands_for_the_decimal_a_person_would_write():
    assert decimal_of(99.99) == Decimal("99.99")
    assert decimal_of(np.float64(0.1)) == Decimal("0.1")


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", float("nan"), None, "1,5"])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(DataError, match="is not a"):
        decimal_of(value)


def test_a_decimal_is_an_integer_over_a_power_of_ten():
    assert fraction_of(Decimal("0.25")) == (25, 2)
    assert fraction_of(Decimal("5E+1")) == (50, 0)


@given(st.integers(-(10**18), 10**18), units)
def test_whole_units_undoes_the_multiplication(count, unit):
    value = Decimal(count) * unit
    assert whole_units(value, unit) == count


@given(st.integers(-(10**9), 10**9), units)
def test_what_lies_between_two_units_is_no_number_of_units(count, unit):
    value = Decimal(count) * unit + unit / 2
    assert whole_units(value, unit) is None


@given(st.lists(st.integers(-(10**18), 10**18), max_size=5), units)
@example([9999], Decimal("0.01"))
def test_floats_are_correctly_rounded(counts, unit):
    floats = as_floats(np.array(counts, np.int64), unit)
    exact = [float(Fraction(count) * Fraction(unit)) for count in counts]
    assert floats.tolist() == exact
    assert [as_float(count, unit) for count in counts] == exact


def test_the_smallest_place_is_the_last_one_used():
    assert smallest_place(["99.990", "100.1"]) == Decimal("0.01")
    assert smallest_place([0.5, 100.0]) == Decimal("0.1")


def test_whole_numbers_count_in_ones():
    assert smallest_place([100, "2500.00", "0.000"]) == 1
