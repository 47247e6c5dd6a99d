"""The position limit counts everything that is open as if it were filled."""

import numpy as np
import pytest

from commonbook.core.enums import Side
from commonbook.core.records import ACCOUNT
from commonbook.portfolio.limits import within_position_limit

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def allowed(side, qty, **values):
    account = np.zeros(1, ACCOUNT)[0]
    for name, value in values.items():
        account[name] = value
    return within_position_limit(account, side, qty)


@pytest.mark.parametrize(
    ("known", "open_buy", "open_sell", "most_to_buy", "most_to_sell"),
    [
        (0, 0, 0, 10, 10),
        (4, 0, 0, 6, 14),
        (-4, 0, 0, 14, 6),
        (4, 5, 0, 1, 14),
        (4, 0, 5, 6, 9),  # a sale on its way makes no room for a buy
        (-4, 5, 5, 9, 1),
        (10, 0, 0, 0, 20),
    ],
)
def test_the_limit_is_reached_and_not_passed(
    known, open_buy, open_sell, most_to_buy, most_to_sell
):
    values = {
        "max_position": 10,
        "known_position": known,
        "open_buy": open_buy,
        "open_sell": open_sell,
        "position": 99,  # what it does not know yet does not count
    }
    for side, most in ((Side.BUY, most_to_buy), (Side.SELL, most_to_sell)):
        assert allowed(side, most, **values)
        assert not allowed(side, most + 1, **values)


def test_a_limit_of_zero_allows_only_what_reduces():
    assert allowed(Side.SELL, 5, max_position=0, known_position=5)
    assert not allowed(Side.SELL, 6, max_position=0, known_position=5)
    assert not allowed(Side.BUY, 1, max_position=0, known_position=5)


def test_without_a_limit_everything_is_allowed():
    assert allowed(Side.BUY, 1 << 62, max_position=-1, known_position=1 << 61)
