from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.data.decimals import whole_units
from commonbook.data.grid import divide

units = st.sampled_from(["0.01", "0.25", "1", "0.00000001", "0.03", "12.5", "1000"])


@given(st.integers(-(10**17), 10**17), units)
def test_units_are_counted_without_rounding(count, unit):
    value_unit = Decimal("1e-9")
    whole, rest = divide(np.array([count]), value_unit, Decimal(unit))
    exact = whole_units(count * value_unit, Decimal(unit))
    assert bool(rest[0]) == (exact is None)
    if exact is not None:
        assert whole[0] == exact


def test_what_is_too_large_counts_as_off_the_grid():
    whole, rest = divide(np.array([2**62, 5]), Decimal(1), Decimal("0.5"))
    assert (whole[1], rest.tolist()) == (10, [True, False])
