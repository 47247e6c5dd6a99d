"""The formulas of market impact, by their properties and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.impact import MIXED, NEVER, Law, charge, per_lot, rounded

KINDS = ["linear", "square_root"]
volumes = st.floats(-2.0, 2.0)


def law(model, *scales):
    return Law(model, 0.02, 1_000.0, scales or NEVER)


@pytest.mark.parametrize(
    ("model", "h", "integral"),
    [("linear", 0.02 * 10 * 0.25, 0.02 * 5 / 16), ("square_root", 0.01, 0.02 / 12)],
)
def test_both_models_by_hand(model, h, integral):
    assert law(model).h(0.25) == pytest.approx(h)
    assert law(model).h(-0.25) == pytest.approx(-h)
    assert law(model).integral(0.25) == pytest.approx(integral)
    assert law(model).integral(-0.25) == law(model).integral(0.25)


def test_both_displace_alike_at_one_percent_of_a_day():
    assert law("linear").h(0.01) == pytest.approx(law("square_root").h(0.01))


@pytest.mark.parametrize("model", KINDS)
@given(x=volumes)
def test_h_is_the_slope_of_its_integral(model, x):
    step = 1e-6
    rise = law(model).integral(x + step) - law(model).integral(x - step)
    assert rise / (2 * step) == pytest.approx(law(model).h(x), rel=1e-4, abs=1e-4)


def test_a_volume_halves_in_each_half_life_or_never():
    halving = law("linear", (1.0, 8))
    assert halving.decayed([3.0], 0) == [3.0]
    assert halving.decayed([3.0], 8) == [1.5]
    assert halving.decayed([-3.0], 24) == [-0.375]
    assert law("linear").decayed([3.0], 10**18) == [3.0]


def test_the_parts_of_a_volume_halve_each_for_itself():
    both = law("linear", (0.25, 0), (0.75, 8))
    assert both.decayed([4.0, 4.0], 16) == [4.0, 1.0]
    assert both.net([4.0, 1.0]) == 1.75


def test_prints_are_displaced_by_whole_ticks_away_from_those_who_moved_the_price():
    linear = law("linear")  # 0.2 x of the price
    assert linear.shift(0.0, 100.0) == (0, 0)
    assert linear.shift(0.09, 100.0) == (1, 0)
    assert linear.shift(0.04, 100.0) == (0, 0)
    assert linear.shift(-0.16, 100.0) == (0, 3)


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("sign", [1, -1])
def test_slices_of_a_take_cost_what_the_take_costs(model, sign):
    whole = law(model).slippage(0.1, 100.0, sign, 0, 30)
    first = law(model).slippage(0.1, 100.0, sign, 0, 10)
    rest = law(model).slippage(0.1, 100.0, sign, 10, 20)
    assert 10 * first + 20 * rest == pytest.approx(30 * whole)


@pytest.mark.parametrize("model", KINDS)
@pytest.mark.parametrize("scales", [((1.0, 10),), *MIXED])
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-500, 500)), max_size=9))
def test_no_schedule_of_takes_earns_from_its_own_impact(model, scales, steps):
    some = law(model, *scales)
    parts, cost = [0.0 for _ in scales], 0.0
    for wait, qty in steps:
        parts = some.decayed(parts, wait)
        x = some.net(parts)
        if qty:
            sign = 1 if qty > 0 else -1
            cost += qty * law(model).slippage(x, 100.0, sign, 0, abs(qty))
            parts = [part + qty / 1_000 for part in parts]
    assert cost >= -1e-9


def test_buying_costs_less_after_we_sold():
    square_root = law("square_root")
    costs = [square_root.slippage(x, 100.0, 1, 0, 10) for x in (-0.1, 0.0, 0.1)]
    assert costs == sorted(costs)
    assert costs[0] < 0 < costs[1]


@pytest.mark.parametrize(
    ("sign", "touch", "slippage", "price", "lot"),
    [
        (1, 101, 1.5, 101, 1.5),
        (1, 101, 1.5, 102, 0.5),
        (1, 101, 1.5, 103, 0.0),
        (-1, 99, -1.5, 99, 1.5),
        (-1, 99, -1.5, 98, 0.5),
        (-1, 99, 1.5, 99, 0.0),
    ],
)
def test_a_charge_is_what_the_book_did_not_cost_and_never_negative(
    sign, touch, slippage, price, lot
):
    assert per_lot(sign, touch, slippage, price) == lot


@pytest.mark.parametrize(
    ("value", "whole"),
    [(0.5, 0), (1.5, 2), (2.5, 2), (2.4999, 2), (2.5001, 3), (7.0, 7), (1e300, 1e300)],
)
def test_charges_are_rounded_half_to_even(value, whole):
    assert rounded(value) == whole
    assert charge(value / 2, 2, 1.0) == whole
