"""Units of strategies in plain Python: exact floats out, whole ticks and lots in."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.strategy.market import Grid
from commonbook.strategy.stops import Impossible

UNITS = ["0.01", "0.5", "0.0001", "0.25", "1", "5", "0.00000001", "0.015625", "12.5"]


@given(st.sampled_from(UNITS), st.integers(-(2**31), 2**31))
def test_a_multiple_is_the_float_that_its_decimal_reads_as(unit, count):
    grid = Grid(Decimal(unit), "price", 2**40)
    value = grid.value(count)
    assert value == float(Decimal(unit) * count)
    assert grid.count(value) == count


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (100.01 - 0.02, 9_999),
        (0.1 + 0.2, 30),
        (Decimal("99.99"), 9_999),
        (np.float64(99.99), 9_999),
        (np.float32(0.5), 50),
        (np.int64(3), 300),
        (-1.5, -150),
        (0, 0),
    ],
)
def test_numbers_of_all_kinds_are_counted(value, count):
    assert Grid(Decimal("0.01"), "price", 2**31).count(value) == count


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (99.995, "price 99.995 is not a multiple of 0.01"),
        (99.9901, "price 99.9901 is not a multiple of 0.01"),
        (float("inf"), "price inf is not a finite number"),
        (float("nan"), "price nan is not a finite number"),
        (Decimal("nan"), "price NaN is not a finite number"),
        ("1", "price '1' is not a number"),
        (None, "price None is not a number"),
        (True, "price True is not a number"),
        ([1], "price [1] is not a number"),
        (1e300, "price 1e+300 is too large; at most 1000 units"),
        (10.01, "price 10.01 is too large; at most 1000 units"),
        (10**400, "price 1"),
    ],
)
def test_what_is_off_the_grid_is_impossible(value, message):
    with pytest.raises(Impossible) as caught:
        Grid(Decimal("0.01"), "price", 1_000).count(value)
    assert str(caught.value).startswith(message)
