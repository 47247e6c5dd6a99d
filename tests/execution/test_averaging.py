"""What an order owes to come to the average of its bunch, against fractions."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL
from commonbook.core.enums import Side
from commonbook.core.limits import MAX_TICKS, PARTS
from commonbook.core.records import MONEY
from commonbook.execution.averaging import _fits, _owed, average_paid

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

#: What half a tick on one lot is worth: a share, a coin, a fine grid.
WORTHS = [(500_000, 1), (1, 200), (1, 1), (3, 7), (1, 10**8), (10**9, 1)]


def money_of(num, den):
    money = np.zeros(1, MONEY)
    money["num"], money["den"] = num, den
    return money[0]


@given(
    st.sampled_from(WORTHS),
    st.lists(
        st.tuples(st.integers(0, 10**4), st.integers(1, 10**9)), min_size=2, max_size=8
    ),
    st.integers(1, 7),
)
def test_what_an_order_owes_is_rounded_once_half_to_even(worth, fills, cut):
    spread, lots = max(p for p, _ in fills), sum(q for _, q in fills)
    money = money_of(*worth)
    assume(_fits.py_func(money, spread, lots) if hasattr(_fits, "py_func") else True)
    rise = sum(p * q for p, q in fills)
    mine = fills[:cut]
    qty, spent = sum(q for _, q in mine), sum(p * q for p, q in mine)
    exact = (Fraction(qty * rise, lots) - spent) * Fraction(*worth)
    assert owed(money, qty, spent, rise, lots) == round(exact)


def owed(money, *numbers):
    """Call the private kernel as Python does, compiled or not."""
    return getattr(_owed, "py_func", _owed)(money, *numbers)


@given(
    st.sampled_from(WORTHS),
    st.integers(-(10**12), 10**12),
    st.integers(1, 10**8),
    st.sampled_from([Side.BUY, Side.SELL]),
)
def test_the_price_that_is_told_is_rounded_down(worth, adjust, qty, side):
    assume(abs(adjust) * worth[1] < 2**61)
    fill = np.zeros(1, FILL)
    fill["price_half"], fill["adjust_e8"] = 20_001, adjust
    fill["qty"], fill["side"] = qty, side
    more = adjust if side == Side.BUY else -adjust
    beyond = Fraction(more, qty) / Fraction(*worth)
    assume(abs(beyond) <= 4 * MAX_TICKS)  # no average is farther from a level
    exact = 20_001 + beyond
    whole, parts = average_paid(fill[0], money_of(*worth))
    assert 0 <= parts < PARTS
    assert whole * PARTS + parts == floor(exact * PARTS)
