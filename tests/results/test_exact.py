from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.results.exact import (
    as_ratio,
    common_denominator,
    product,
    quotient,
    to_float,
    total,
)

integers = st.integers(-(2**62) + 1, 2**62 - 1)
units = st.decimals(Decimal("1e-12"), 1000, places=12)


def test_9999_ticks_of_a_cent_are_99_99():
    assert to_float(np.array([9999, 7, 110]), Decimal("0.01")).tolist() == [
        99.99,
        0.07,
        1.1,
    ]


@given(st.lists(integers, max_size=5), units)
def test_every_float_is_the_nearest_to_the_exact_value(counts, unit):
    got = to_float(np.array(counts, dtype=np.int64), unit).tolist()
    assert got == [float(count * Fraction(unit)) for count in counts]


@given(st.lists(st.tuples(integers, integers), min_size=1, max_size=5))
def test_products_and_their_sums_never_overflow(pairs):
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    products = product(left, right)
    assert [int(value) for value in products] == [a * b for a, b in pairs]
    assert int(np.cumsum(products)[-1]) == sum(a * b for a, b in pairs)


@given(st.lists(st.tuples(integers, integers), min_size=1, max_size=5))
def test_totals_never_overflow(pairs):
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    assert [int(value) for value in total(left, right)] == [a + b for a, b in pairs]


def test_a_quotient_beyond_53_bits_is_rounded_once():
    numerator = 2**53 + 1  # rounding first would lose the 1
    assert quotient(np.array([numerator]), 3).tolist() == [numerator / 3]


def test_the_common_denominator_makes_every_unit_whole():
    decimals = [Decimal("0.005"), Decimal("1e-8"), Decimal("1E+3"), Decimal(2)]
    assert common_denominator(decimals) == 10**8
    assert as_ratio(Decimal("1E+3")) == (1000, 1)
