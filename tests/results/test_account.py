from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import Side
from commonbook.results.account import average_price, close_account
from commonbook.results.lane import lane_records
from tests.results.records import SECOND, fill, lane, mark, portfolio, run


def account(fills, marks, **fields):
    raw = run([lane(portfolio("A", 0, **fields))], fills, (), marks)
    return close_account(lane_records(raw, 0), 0)


def average(*fills, held=0, price=0):
    signed, prices = zip(*fills, strict=True) if fills else ((), ())
    arrays = (np.array(side, dtype=np.int64) for side in (signed, prices))
    return average_price(held, price, *arrays)


def test_a_round_trip_earns_the_difference_less_fees():
    bought = fill(price_half=19998, qty=10, fee_e8=10**8)
    sold = fill(price_half=20002, qty=10, side=Side.SELL, fee_e8=10**8)
    books = account([bought, sold], [mark(0, 20000)])
    assert books.net_profit == Fraction("0.2") - 2
    assert books.positions == {}
    assert books.unrealised == 0
    assert books.notional == Fraction("2000")
    assert books.bought == {0: (10, Fraction("999.9"))}
    assert books.sold == {0: (10, Fraction("1000.1"))}


def test_an_initial_position_gains_from_its_first_mid():
    books = account((), [mark(0, 20000), mark(9, 20100)], positions={0: 10})
    assert books.net_profit == books.unrealised == 5


def test_the_mids_that_others_fills_recorded_do_not_value_an_initial_position():
    marks = [mark(5, 20000), mark(SECOND, 20100)]
    books = account((), marks, positions={0: 10})
    assert books.net_profit == books.unrealised == 0


def test_a_fill_of_its_own_records_a_first_mid():
    marks = [mark(5, 20000), mark(SECOND, 20100)]
    books = account([fill(ts=5, qty=10)], marks, positions={0: 10})
    assert books.value_start == 1000


def test_without_a_mid_nothing_is_said_about_profit():
    books = account((), (), positions={0: 10})
    assert books.net_profit is None
    assert books.cash_end == 1000


def test_a_portfolio_that_did_nothing_has_no_profit_and_no_loss():
    assert account((), ()).net_profit == 0


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ([], 0),
        ([(10, 100)], 100),
        ([(10, 100), (30, 200)], 175),
        ([(10, 100), (-5, 300)], 100),
        ([(10, 100), (-10, 300)], 0),
        ([(10, 100), (-15, 300)], 300),
        ([(10, 100), (-10, 300), (-4, 50), (-4, 70)], 60),
    ],
)
def test_reducing_keeps_the_average_and_turning_starts_anew(fills, expected):
    assert average(*fills) == expected


def test_an_initial_position_costs_the_price_it_is_given():
    assert average((10, 200), held=10, price=100) == 150
    assert average((-5, 200), held=10, price=100) == 100
    assert average(held=-10, price=100) == 100


fills = st.tuples(st.integers(-9, 9).filter(bool), st.integers(1, 99))


@given(st.lists(fills, max_size=12), st.integers(-9, 9))
def test_the_average_agrees_with_keeping_books_from_the_start(trades, held):
    position, cost = held, Fraction(50 * held)
    for qty, paid in trades:
        if position * qty >= 0:
            cost += qty * paid
        elif abs(qty) <= abs(position):
            cost += cost * qty / position
        else:
            cost = Fraction((position + qty) * paid)
        position += qty
    expected = float(cost / position) if position else 0
    assert average(*trades, held=held, price=50) == pytest.approx(expected)
