"""Exact arithmetic and sorting, against Python's own integers."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.integers import (
    INSERTION_LIMIT,
    mul_div,
    round_half_even,
    share_by_largest_remainder,
    sort_keys,
)
from commonbook.core.records import KEY

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

MOST = (1 << 62) - 1
magnitudes = st.one_of(
    st.integers(0, 1 << 10), st.integers(0, 1 << 32), st.integers(0, MOST)
)


@st.composite
def products(draw, most_divisor=MOST):
    """Draw a, b and d for which a * b // d fits 62 bits."""
    a = draw(magnitudes)
    d = draw(magnitudes.filter(lambda x: 0 < x <= most_divisor))
    most = MOST if a == 0 else min(MOST, MOST * d // a)
    return a, draw(st.one_of(st.integers(0, min(most, 1000)), st.integers(0, most))), d


@given(products())
def test_a_product_is_divided_exactly(numbers):
    a, b, d = numbers
    assert mul_div(a, b, d) == divmod(a * b, d)


@pytest.mark.parametrize(
    ("a", "b", "d"),
    [
        (MOST, MOST, MOST),
        (MOST, 1, MOST),
        (MOST, MOST - 1, MOST),
        ((1 << 31) - 1, (1 << 31) - 1, 1),
        (1 << 31, (1 << 31) - 1, 1),
        (0, MOST, 1),
    ],
)
def test_a_product_at_the_edges_of_the_range(a, b, d):
    assert mul_div(a, b, d) == divmod(a * b, d)


@given(products((1 << 61) - 1), st.booleans(), st.booleans())
def test_a_product_is_rounded_to_the_nearest_integer(numbers, minus_a, minus_num):
    a, num, den = numbers
    a, num = -a if minus_a else a, -num if minus_num else num
    assert round_half_even(a, num, den) == round(Fraction(a * num, den))


@given(st.integers(0, 1 << 60), st.integers(1, (1 << 59) - 1), st.booleans())
def test_ties_go_to_the_even_neighbour(whole, half, negative):
    a = 2 * whole + 1
    expected = whole + whole % 2
    sign = -1 if negative else 1
    assert round_half_even(sign * a, half, 2 * half) == sign * expected


def sorted_by_kernel(pairs, spare_entries=3):
    n = len(pairs)
    keys = np.zeros(n + spare_entries, KEY)
    keys["index"] = -1
    for place, (first, second) in enumerate(pairs):
        keys[place] = (first, second, place)
    sort_keys(keys, np.zeros_like(keys), n)
    assert (keys["index"][n:] == -1).all()
    return keys[:n].tolist()


def sorted_by_python(pairs):
    return sorted(
        ((*pair, place) for place, pair in enumerate(pairs)),
        key=lambda key: key[:2],
    )


few = st.integers(-2, 2)
any_word = st.integers(-(1 << 63), (1 << 63) - 1)


@given(st.lists(st.tuples(few, few), max_size=300))
def test_equal_keys_keep_their_order(pairs):
    assert sorted_by_kernel(pairs) == sorted_by_python(pairs)


@given(st.lists(st.tuples(any_word, any_word), max_size=60))
def test_keys_may_be_any_64_bit_integers(pairs):
    assert sorted_by_kernel(pairs) == sorted_by_python(pairs)


@pytest.mark.parametrize(
    "n", [0, 1, 2, INSERTION_LIMIT, INSERTION_LIMIT + 1, 48, 49, 64, 65, 300]
)
def test_every_number_of_keys_is_sorted(n):
    rng = np.random.default_rng(n)
    pairs = [tuple(pair) for pair in rng.integers(0, 9, (n, 2)).tolist()]
    assert sorted_by_kernel(pairs) == sorted_by_python(pairs)


def shared(weights, total):
    n = len(weights)
    parts = np.full(n + 2, -7, np.int64)
    share_by_largest_remainder(
        np.array([*weights, 99, 99], np.int64),
        n,
        total,
        parts,
        np.zeros(n + 2, KEY),
        np.zeros(n + 2, KEY),
    )
    assert parts[n:].tolist() == [-7, -7]
    return parts[:n].tolist()


@pytest.mark.parametrize(
    ("weights", "total", "parts"),
    [
        ((6, 3, 1), 7, [4, 2, 1]),
        ((6, 3, 1), 1, [1, 0, 0]),
        ((1, 1, 1), 2, [1, 1, 0]),
        ((1, 1, 1), 3, [1, 1, 1]),
        ((1, 2), 1, [0, 1]),
        ((3, 3, 2), 4, [2, 1, 1]),  # remainders 4, 4 and 0 of 8
        ((1, 3), 2, [0, 2]),  # equal remainders: the larger weight
        ((0, 5, 0), 3, [0, 3, 0]),
        ((5, 5), 0, [0, 0]),
        ((7,), 7, [7]),
    ],
)
def test_lots_left_over_go_to_the_largest_remainders(weights, total, parts):
    assert shared(weights, total) == parts


@st.composite
def shares(draw):
    most = draw(st.sampled_from([3, 20, 1000, 1 << 56]))
    weights = draw(st.lists(st.integers(0, most), min_size=1, max_size=40))
    weights[0] = max(1, weights[0])
    return weights, draw(st.integers(0, sum(weights)))


@given(shares())
def test_the_parts_add_up_and_none_is_a_lot_away_from_its_exact_part(drawn):
    weights, total = drawn
    parts = shared(weights, total)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part <= weight
        assert abs(part - Fraction(weight * total, sum(weights))) < 1


@given(shares())
def test_parts_are_those_of_hamiltons_method(drawn):
    weights, total = drawn
    exact = [Fraction(weight * total, sum(weights)) for weight in weights]
    parts = [floor(part) for part in exact]
    places = sorted(
        range(len(weights)), key=lambda k: (parts[k] - exact[k], -weights[k], k)
    )
    for k in places[: total - sum(parts)]:
        parts[k] += 1
    assert shared(weights, total) == parts
