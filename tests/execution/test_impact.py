"""Charges are an integral over the volume taken; displacement is a function of it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.book_records import NO_ASK
from commonbook.core.enums import ImpactModel
from commonbook.core.impact_records import IMPACT
from commonbook.execution.impact import (
    charge_per_lot,
    displacement,
    integral,
    rounded,
    shift_of,
    volume_now,
)
from commonbook.simulation.setup import EngineSetup, ImpactSetup
from tests.kernels import Stepped, fee_table, run, scripted
from tests.oracle.builders import book, bought, buy, portfolio, sell, sold

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

LINEAR, ROOT = ImpactModel.LINEAR, ImpactModel.SQUARE_ROOT
MODELS = [LINEAR, ROOT]
SCALE = 0.02

volumes = st.floats(-2, 2, allow_subnormal=False)

# The curves ------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
@given(x=volumes)
def test_both_directions_displace_alike(model, x):
    assert displacement(model, SCALE, -x) == -displacement(model, SCALE, x)
    assert integral(model, SCALE, -x) == integral(model, SCALE, x) >= 0


def test_both_curves_agree_at_one_percent_of_a_day():
    expected = SCALE * 0.1
    for model in MODELS:
        assert displacement(model, SCALE, 0.01) == pytest.approx(expected)
        assert displacement(model, SCALE, 0.0) == integral(model, SCALE, 0.0) == 0


@pytest.mark.parametrize("model", MODELS)
@given(first=volumes, last=volumes)
def test_the_integral_is_that_of_the_displacement(model, first, last):
    # Midpoints in s with x = s |s|, where the square root is smooth.
    root = [math.copysign(math.sqrt(abs(x)), x) for x in (first, last)]
    steps = 2_000
    width = (root[1] - root[0]) / steps
    middles = (root[0] + (k + 0.5) * width for k in range(steps))
    total = sum(
        displacement(model, SCALE, s * abs(s)) * 2 * abs(s) * width for s in middles
    )
    exact = integral(model, SCALE, last) - integral(model, SCALE, first)
    assert exact == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(0.0, 0), (0.4, 0), (0.5, 0), (0.6, 1), (1.5, 2), (2.5, 2), (3.49, 3)],
)
def test_money_is_rounded_half_to_even(value, whole):
    assert rounded(value) == whole


@given(st.floats(0, 2.0**61))
def test_money_is_rounded_like_python_does(value):
    assert rounded(value) == round(value)


# Decay -----------------------------------------------------------------------------


def group(model=LINEAR, x=0.0, ts=0, half_life=0, volume=1_000.0):
    """Make the figures of one group in one instrument."""
    made = np.zeros(1, IMPACT)
    made["ts"], made["scales"] = ts, 1
    made["parts"][:, 0], made["half_lives"][:, 0], made["weights"][:, 0] = (
        x,
        half_life,
        1,
    )
    made["scale"], made["volume"], made["model"] = SCALE, volume, model
    made["lot_e8"] = 1.0
    return made[0]


def test_volume_halves_with_each_half_life():
    aged = group(x=0.8, ts=100, half_life=50)
    assert [volume_now(aged, now) for now in (100, 150, 200)] == [0.8, 0.4, 0.2]
    assert volume_now(aged, 125) == pytest.approx(0.8 / math.sqrt(2))


def test_volume_without_a_half_life_stays():
    assert volume_now(group(x=-0.8, ts=100), 10**18) == -0.8


def test_volume_of_long_ago_is_none():
    assert volume_now(group(x=0.8, half_life=1), 10**18) == 0


# What a slice costs ----------------------------------------------------------------


def charge(made, sign, before, qty, *, mid=1_000.0, price=1_000, x=0.0):
    """Charge a slice, in ticks for all its lots."""
    return qty * charge_per_lot(made, x, mid, 1_000, sign, price, before, qty)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("sign", [1, -1])
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_no_way_to_slice_an_order_is_cheaper(model, sign, sizes):
    made = group(model)
    before, sliced = 0, 0.0
    for size in sizes:
        sliced += charge(made, sign, before, size)
        before += size
    assert sliced == pytest.approx(charge(made, sign, 0, before))


@pytest.mark.parametrize("model", MODELS)
@given(st.integers(1, 500))
def test_there_and_back_costs_the_same_both_times_and_never_less_than_nothing(
    model, qty
):
    """Whoever sells what was just bought begins where the buying ended."""
    made = group(model)
    there = charge(made, 1, 0, qty)
    # Beginning at X = q / V and going back to 0: the model's price is above the touch.
    back = charge_per_lot(made, qty / 1_000, 1_000.0, 1_000, -1, 1_000, 0, qty)
    assert there > 0
    assert back == 0


@pytest.mark.parametrize("model", MODELS)
def test_only_what_the_walk_through_the_book_has_not_cost_is_charged(model):
    made = group(model)
    full = charge(made, 1, 0, 100) / 100
    assert charge(made, 1, 0, 100, price=1_001) / 100 == pytest.approx(full - 1)
    assert charge(made, 1, 0, 100, price=1_000 + math.ceil(full)) == 0
    assert charge(made, -1, 0, 100, price=999) / 100 == pytest.approx(full - 1)


def test_the_linear_charge_is_the_triangle_under_the_curve():
    # 100 of 1000 lots: X goes to 0.1, displacement to 10 * 0.02 * 0.1 of the price.
    assert charge(group(LINEAR), 1, 0, 100) == pytest.approx(100 * 1_000 * 0.02 / 2)


# Takes of a run --------------------------------------------------------------------


def impact(model=LINEAR, half_life=0):
    return ImpactSetup(model, 1.0, ((1.0, half_life),), (SCALE,), (1_000.0,))


def charged(*messages, packets=(), prices=(99, 101), **more):
    """Run one portfolio in a deep book; give (ts, liquidity, charge) of its fills."""
    start = book(1, {prices[0]: 900}, {prices[1]: 900})
    last = book(90, {1: 1}, {})
    raw = run(
        [start, *packets, last],
        scripted(portfolio("a", *messages)),
        impacts=(impact(**more),),
    )
    return [(int(f["ts"]), int(f["impact_e8"])) for f in raw.fills]


UNIT = 10**6  # a tick of a lot in 1e-8: one cent


def linear_charge(x0, x1, qty):
    """Charge a slice at the touch: mid 100, volatility 2 %, a tick is a cent."""
    average = 100 * 10 * Fraction(2, 100) * Fraction(x0 + x1, 2)
    return round(average * qty * UNIT)


def test_each_take_begins_where_the_last_one_ended():
    first, second = charged(buy(5, 100), buy(6, 100))
    assert first == (5, linear_charge(0, Fraction(1, 10), 100))
    assert second == (6, linear_charge(Fraction(1, 10), Fraction(2, 10), 100))


def test_what_is_taken_together_is_charged_together():
    assert [c for _, c in charged(buy(5, 200))] == [
        sum(c for _, c in charged(buy(5, 100), buy(6, 100)))
    ]


def test_both_sides_of_a_batch_are_charged_from_the_volume_before():
    both = charged(buy(5, 100), sell(5, 100), buy(6, 100))
    fair = linear_charge(0, Fraction(1, 10), 100)
    assert both == [(5, fair), (5, fair), (6, fair)]


def test_pressure_fades_with_the_half_life():
    _, late = charged(buy(5, 100), buy(15, 100), half_life=10)
    half = Fraction(1, 20)
    assert late == (15, linear_charge(half, half + Fraction(1, 10), 100))


def test_passive_fills_pay_nothing_and_move_nothing():
    resting = charged(buy(5, 50, 98), buy(20, 100), packets=[sold(9, 97, 50)])
    assert resting == [(9, 0), (20, linear_charge(0, Fraction(1, 10), 100))]


def test_groups_do_not_move_each_others_markets():
    packets = [book(1, {99: 900}, {101: 900}), book(90, {1: 1}, {})]
    a, b = (scripted(portfolio(n, buy(5, 100)), engine=i) for i, n in enumerate("ab"))
    engines = EngineSetup(impact=0), EngineSetup(impact=1)
    raw = run(packets, a, b, impacts=(impact(), impact()), engines=engines)
    fair = linear_charge(0, Fraction(1, 10), 100)
    assert raw.fills["impact_e8"].tolist() == [fair, fair]


def test_nobody_is_charged_before_the_market_had_two_sides():
    packets = [book(1, {}, {101: 900}), book(50, {99: 9}, {}), sold(90, 1, 1)]
    raw = run(
        packets,
        scripted(portfolio("a", buy(5, 100), buy(60, 100))),
        impacts=(impact(),),
        fees=fee_table(),
    )
    moved = linear_charge(Fraction(1, 10), Fraction(2, 10), 100)
    assert raw.fills["impact_e8"].tolist() == [0, moved]


# Displacement ----------------------------------------------------------------------


def shifts(x, **more):
    """Give how much worse bids and asks see prints after a net volume."""
    stepped = Stepped(
        [book(1, {99: 9}, {101: 9})],
        scripted(portfolio("a")),
        impacts=(impact(**more),),
    )
    state = stepped.finish()
    state.impacts["parts"], state.impacts["ts"] = x, 1
    return [shift_of(state, 0, 0, side) for side in (0, 1)]


def test_prints_are_displaced_by_whole_ticks_for_the_side_that_was_pushed_away():
    # 10 * 0.02 * X * 100 ticks.
    assert shifts(0.149) == [2, 0]
    assert shifts(0.15) == [3, 0]
    assert shifts(-0.15) == [0, 3]
    assert shifts(0.04) == [0, 0]
    assert shifts(0.0) == [0, 0]


def test_a_print_may_be_displaced_beyond_all_prices():
    # The volume of takes before the market had two sides is charged to nobody.
    assert shifts(1e30) == [NO_ASK, 0]
    assert shifts(-1e30) == [0, NO_ASK]


@pytest.mark.parametrize(
    ("push", "ahead", "filled"),
    [
        (0, 9, 1),  # through
        (49, 9, 1),
        (50, 0, 1),  # like a print at its price
        (50, 4, 1),
        (50, 5, 0),
        (99, 5, 0),
        (100, 0, 0),  # like one above it
    ],
)
def test_a_bid_that_our_buying_lifted_the_market_over_waits_for_a_deeper_print(
    push, ahead, filled
):
    """50 of 1000 lots move the market by a tick: a print at 97 is like one at 98."""
    packets = [book(1, {99: 9, 98: ahead}, {101: 900}), sold(9, 97, 5), sold(90, 1, 1)]
    messages = [buy(2, 1, 98), *([buy(5, push)] if push else [])]
    stepped = Stepped(packets, scripted(portfolio("a", *messages)), impacts=(impact(),))
    states = iter(stepped)
    next(states), next(states)
    state = stepped.state
    makers = state.fills[: int(state.clock["n_fills"][0])]["liquidity"] == 0
    assert int(makers.sum()) == filled


def test_prints_at_asks_are_displaced_downwards():
    packets = [book(1, {99: 900}, {101: 9}), bought(9, 103, 50), bought(12, 105, 50)]
    stepped = Stepped(
        packets,
        scripted(portfolio("a", sell(2, 1, 102), sell(5, 110))),
        impacts=(impact(),),
    )
    state = stepped.finish()
    last = state.fills[int(state.clock["n_fills"][0]) - 1]
    assert (int(last["ts"]), int(last["liquidity"])) == (12, 0)
