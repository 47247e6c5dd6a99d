"""Fills become positions and money, exactly; a fee is rounded once."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL
from commonbook.core.enums import Liquidity, Side
from commonbook.core.records import ACCOUNT
from commonbook.portfolio.ledger import LIMIT, apply_fill, fee_e8, fits
from tests.kernels import fee_table, orders, run, scripted, trader, twap
from tests.oracle.builders import book, buy, portfolio, sell, sold

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def fee(**rates):
    return fee_table(**rates)[0, 0]


def fill(side, price_half, qty):
    record = np.zeros(1, FILL)[0]
    record["side"], record["price_half"], record["qty"] = side, price_half, qty
    return record


def account(**values):
    record = np.zeros(1, ACCOUNT)[0]
    for name, value in values.items():
        record[name] = value
    return record


# Fees ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rates", "price_half", "qty", "expected"),
    [
        ({}, 200, 10, 0),
        # 2 basis points of 100.00 x 10 with a tick of 0.01: 50 units a half tick x lot.
        ({"notional_num": 100}, 20_000, 10, 20_000_000),
        ({"notional_num": 3, "notional_den": 7}, 5, 1, 2),  # 15 / 7
        ({"notional_num": 1, "notional_den": 2}, 1, 1, 0),  # half to even
        ({"notional_num": 1, "notional_den": 2}, 3, 1, 2),
        ({"notional_num": -1, "notional_den": 2}, 3, 1, -2),  # a rebate
        ({"notional_num": 1, "notional_den": 2}, -3, 1, 2),  # a price below zero
        ({"share_num": 500_000}, 9, 3, 1_500_000),
        ({"share_num": 1, "share_den": 2}, 9, 3, 2),
        ({"share_num": -1, "share_den": 2}, 9, 5, -2),
        # Each of the two parts is rounded by itself: 0.5 and 0.5 are 0, not 1.
        (
            {"notional_num": 1, "notional_den": 2, "share_num": 1, "share_den": 2},
            1,
            1,
            0,
        ),
        ({"notional_num": 1, "minimum_e8": 50}, 7, 3, 50),
        ({"notional_num": 1, "minimum_e8": 50}, 70, 3, 210),
        ({"notional_num": -1, "minimum_e8": 50}, 7, 3, 50),
        ({"notional_num": -1, "minimum_e8": 0}, 7, 3, -21),  # no minimum
    ],
)
def test_a_fee_is_notional_and_share_parts_and_at_least_its_minimum(
    rates, price_half, qty, expected
):
    assert fee_e8(fee(**rates), price_half, qty) == expected


rates = st.integers(-(10**9), 10**9)
denominators = st.integers(1, 10**9)


@given(
    st.integers(-(10**7), 10**7),
    st.integers(1, 10**6),
    rates,
    denominators,
    rates,
    denominators,
)
def test_both_parts_are_rounded_half_to_even(price_half, qty, num, den, each, of):
    row = fee(notional_num=num, notional_den=den, share_num=each, share_den=of)
    notional = round(Fraction(abs(price_half) * qty * num, den))
    assert fee_e8(row, price_half, qty) == notional + round(Fraction(qty * each, of))


# Booking ---------------------------------------------------------------------------


def test_a_buy_adds_to_the_position_and_pays():
    mine, record = account(position=3, cash_half=1_000, fees_e8=7), fill(0, 201, 4)
    assert apply_fill(mine, fee(share_num=2), record)
    assert (mine["position"], mine["cash_half"]) == (7, 1_000 - 804)
    assert (mine["fees_e8"], record["fee_e8"]) == (15, 8)


def test_a_sell_takes_from_the_position_and_receives():
    mine, record = account(position=3), fill(1, 201, 4)
    assert apply_fill(mine, fee(share_num=-2), record)
    assert (mine["position"], mine["cash_half"]) == (-1, 804)
    assert (mine["fees_e8"], record["fee_e8"]) == (-8, -8)


def test_a_sale_below_zero_pays():
    mine = account()
    assert apply_fill(mine, fee(), fill(Side.SELL, -5, 4))
    assert mine["cash_half"] == -20


BIG = 1 << 61


@pytest.mark.parametrize(
    ("price_half", "qty", "rates", "allowed"),
    [
        (2, BIG // 2, {}, True),
        (2, BIG, {}, False),
        (-2, BIG, {}, False),
        (1 << 31, 1 << 31, {}, False),
        (1 << 20, 1 << 20, {"notional_num": 1 << 20}, True),
        (1 << 20, 1 << 20, {"notional_num": 1 << 22}, False),
        (1 << 20, 1 << 20, {"notional_num": -(1 << 22)}, False),
        (1 << 20, 1 << 20, {"notional_num": 1 << 22, "notional_den": 4}, True),
        (1, 1 << 40, {"share_num": 1 << 22}, False),
        (1, 1 << 40, {"share_num": 1 << 22, "share_den": 4}, True),
    ],
)
def test_money_that_could_leave_64_bits_is_refused(price_half, qty, rates, allowed):
    assert fits(price_half, qty, fee(**rates)) is allowed
    mine = account(position=1, cash_half=2, fees_e8=3)
    before = mine.copy()
    assert apply_fill(mine, fee(**rates), fill(0, price_half, qty)) is allowed
    assert bool(mine == before) is not allowed


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cash_half", int(LIMIT) - 5),
        ("fees_e8", -int(LIMIT) + 5),
        ("position", BIG * 2),
    ],
)
@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
def test_sums_that_could_leave_64_bits_are_refused_before_anything_is_booked(
    field, value, side
):
    mine = account(**{field: value})
    before = mine.copy()
    record = fill(side, 10, 10)
    assert not apply_fill(mine, fee(share_num=10), record)
    assert mine == before
    assert record["fee_e8"] == 0


@given(
    st.integers(-(1 << 62), 1 << 62),
    st.integers(-(1 << 62), 1 << 62),
    st.integers(-(1 << 40), 1 << 40),
    st.integers(1, 1 << 62),
    st.sampled_from([Side.BUY, Side.SELL]),
)
def test_what_is_booked_is_exact(cash, position, price_half, qty, side):
    mine = account(cash_half=cash, position=position)
    sign = 1 if side == Side.BUY else -1
    if apply_fill(mine, fee(share_num=1, share_den=3), fill(side, price_half, qty)):
        assert mine["position"] == position + sign * qty
        assert mine["cash_half"] == cash - sign * price_half * qty
        assert mine["fees_e8"] == round(Fraction(qty, 3))
    else:
        sums = (abs(position) + qty, abs(cash) + abs(price_half) * qty)
        assert max(sums) > LIMIT * 0.999


# In a run --------------------------------------------------------------------------


def test_each_kind_of_fill_has_its_own_fee():
    fees = fee_table()
    for kind, rate in ((Liquidity.MAKER, -1), (Liquidity.TAKER, 10)):
        fees[0, kind]["share_num"] = rate
    raw = run(
        [book(1, {100: 5}, {101: 5}), sold(9, 100, 9), book(20, {1: 1}, {})],
        scripted(portfolio("a", buy(2, 3, 100), sell(12, 2))),
        fees=fees,
    )
    assert raw.fills["fee_e8"].tolist() == [-3, 20]


def test_a_portfolio_and_an_instrument_choose_their_row_of_fees():
    fees = np.concatenate([fee_table(share_num=rate) for rate in (1, 10, 100)])
    packets = [
        book(1, {100: 9}, {101: 9}),
        book(1, {100: 9}, {101: 9}, instrument=1),
        book(20, {1: 1}, {}),
    ]
    raw = run(
        packets,
        scripted(portfolio("a", buy(2, 1), buy(2, 1, instrument=1)), fee_rows=(2, 0)),
        trader("b", twap(Side.BUY, 1, 2, 9, 1), fee_rows=(1, 1)),
        instruments=2,
        fees=fees,
    )
    assert sorted(raw.fills["fee_e8"].tolist()) == [1, 10, 100]
    assert [len(orders(raw, p)) for p in (0, 1)] == [2, 1]
