"""A schedule sends its slices at exact times, and they add up exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Side
from tests.kernels import fills, orders, run, trader, twap
from tests.oracle.builders import book
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

DEEP = 1 << 50


def sliced(qty, start, end, slices, side=Side.BUY, opening=1, **more):
    """Give (time, side, price, size, state, reason, filled) of each slice."""
    packets = [
        book(opening, {99: DEEP}, {101: DEEP}),
        Packet(end + 1, [("S", 0, "B", 1, 1)]),
    ]
    schedule = twap(side, qty, start, end, slices)
    return orders(run(packets, trader("a", schedule, **more), equity_interval=1 << 60))


def test_sizes_and_times_are_rounded_down_but_add_up():
    sent = [(ts, qty) for ts, _, _, qty, *_ in sliced(10, 100, 200, 3)]
    assert sent == [(100, 3), (133, 3), (166, 4)]


def test_a_slice_of_nothing_is_not_sent():
    sent = [(ts, qty) for ts, _, _, qty, *_ in sliced(2, 100, 200, 5)]
    assert sent == [(140, 1), (180, 1)]


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
def test_slices_are_market_orders_on_the_side_of_the_schedule(side):
    schedule = trader("a", twap(side, 4, 10, 20, 2))
    raw = run([book(1, {99: 9}, {101: 9}), book(30, {1: 1}, {})], schedule)
    touch = 101 if side == Side.BUY else 99
    name = side.name.lower()
    assert fills(raw) == [(10, name, touch, 2), (15, name, touch, 2)]


def test_a_slice_arrives_after_the_delay():
    schedule = trader("a", twap(Side.BUY, 4, 10, 20, 2), order_delay=3)
    raw = run([book(1, {99: 9}, {101: 9}), book(30, {1: 1}, {})], schedule)
    assert [fill[0] for fill in fills(raw)] == [13, 18]


def test_slices_after_the_end_of_the_data_are_never_sent():
    schedule = trader("a", twap(Side.BUY, 4, 10, 50, 4))
    raw = run([book(1, {99: 9}, {101: 9}), book(30, {1: 1}, {})], schedule)
    assert [order[0] for order in orders(raw)] == [10, 20, 30]


def test_a_start_before_the_data_sends_into_an_empty_book():
    (first, *rest) = sliced(3, 10, 40, 3, opening=15)
    assert first == (10, "buy", 0, 1, "cancelled", "no_liquidity", 0)
    assert [order[4] for order in rest] == ["filled", "filled"]


def test_a_slice_beyond_the_position_limit_is_refused_and_the_next_ones_go_on():
    sent = sliced(9, 100, 400, 3, max_positions={0: 5})
    assert [order[4:6] for order in sent] == [
        ("filled", "none"),
        ("rejected", "max_position"),
        ("rejected", "max_position"),
    ]


@settings(max_examples=40)
@given(
    st.one_of(st.integers(1, 50), st.integers(1, DEEP)),
    st.integers(1, 10**18),
    st.one_of(st.integers(1, 100), st.integers(1, 10**17)),
    st.integers(1, 40),
)
def test_the_schedule_is_that_of_exact_arithmetic(qty, start, span, slices):
    expected = []
    for k in range(slices):
        size = qty * (k + 1) // slices - qty * k // slices
        if size:
            expected.append((start + k * span // slices, size))
    sent = sliced(qty, start, start + span, slices)
    assert [(ts, size) for ts, _, _, size, *_ in sent] == expected
    assert sum(order[-1] for order in sent) == qty
