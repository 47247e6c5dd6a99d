"""What each order in line gives, in proportion to its size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.records import LINE_ENTRY
from commonbook.execution.pro_rata import divide_line
from tests.oracle.pro_rata import Piece, share_out
from tests.oracle.scenario import ProRata

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

#: CME notice of 7 February 2005; the first order has bettered the market.
NOTICE = [10, 5, 20, 50, 75]


def parts(sizes, qty, *, top=-1, min_part=0, nameless=()):
    """Divide a quantity among own orders, and tape size where `nameless` says so."""
    line = np.zeros(len(sizes) + 1, LINE_ENTRY)
    line["size"][:-1] = sizes
    line["order"] = -1
    line["slot"][list(nameless)] = -1
    line["part"] = 99  # of an earlier quantity
    divide_line(line, len(sizes), qty, top, min_part)
    assert line["part"][-1] == 99
    return line["part"][:-1].tolist()


def test_the_top_order_comes_first_then_size_then_time():
    assert parts(NOTICE, 60, top=0, min_part=2) == [10, 3, 6, 16, 25]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, [3 + 3, 1, 7, 18, 28]),  # of 3.75, 1.875, 7.5, 18.75, 28.125; 3 by time
        ({"min_part": 2}, [3 + 4, 0, 7, 18, 28]),
        ({"top": 4}, [0, 0, 0, 0, 60]),
        ({"top": 3}, [3, 0, 1, 50, 6]),  # 10 left: 0.9, 0.45, 1.8, 6.8
        ({"top": 1, "min_part": 30}, [10, 5, 20, 25, 0]),
    ],
)
def test_sixty_lots_are_divided_by_each_rule(rules, expected):
    assert parts(NOTICE, 60, **rules) == expected


@pytest.mark.parametrize("qty", [160, 161, 1_000])
def test_what_is_at_least_everything_there_takes_everything(qty):
    assert parts(NOTICE, qty, top=2, min_part=100) == NOTICE


def test_tape_size_without_names_gives_as_one_body_from_its_end():
    assert parts([30, 10, 20, 10], 20, nameless=[0, 2]) == [2, 2, 14, 2]


def test_a_body_of_tape_size_has_no_smallest_part():
    assert parts([6, 10, 14, 10], 20, nameless=[0, 2], min_part=6) == [6, 4, 10, 0]


def test_products_beyond_64_bits_are_exact():
    size = 1 << 60
    assert parts([size, size, size], size + 1) == [
        (size + 1) // 3 + 2,
        (size + 1) // 3,
        (size + 1) // 3,
    ]


@given(st.data())
def test_any_line_is_divided_as_the_reference_does(data):
    sizes = data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=8))
    places = st.integers(0, len(sizes) - 1)
    nameless = data.draw(st.sets(places))
    top = data.draw(st.one_of(st.just(-1), places))
    if top in nameless:
        top = -1
    qty = data.draw(st.integers(1, 1 + sum(sizes)))
    rule = ProRata(data.draw(st.integers(0, 9)), top_order=True)
    line = [
        Piece(size, None if i in nameless else object()) for i, size in enumerate(sizes)
    ]
    share_out(line, qty, rule, line[top] if top >= 0 else None)
    found = parts(sizes, qty, top=top, min_part=rule.min_share, nameless=nameless)
    assert found == [piece.part for piece in line]
    assert sum(found) == min(qty, sum(sizes))
    assert all(0 <= part <= size for part, size in zip(found, sizes, strict=True))
