"""Terms of orders: few orders have them, and nothing of them stays behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import ORDER_HISTORY
from commonbook.core.enums import OrderType, PostOnly, Side, TimeInForce
from commonbook.core.limits import MAX_TICKS as MOST
from commonbook.execution.terms import (
    MAX_TICKS,
    close_terms,
    free_terms,
    limit_of,
    new_terms,
    next_close,
    reprice,
)
from commonbook.simulation.wakes import NEVER
from commonbook.strategy.verbs import new_order, set_terms
from tests.execution.test_expiry import state_of

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def order(state, side=Side.BUY, price=100, **fields):
    slot = new_order(state, 0, 0, int(side), 5)
    state.orders[slot]["type"] = OrderType.LIMIT
    state.orders[slot]["price"] = price
    for name, value in fields.items():
        state.orders[slot][name] = value
    return slot


@pytest.mark.parametrize(
    ("fields", "has"),
    [
        ({}, False),
        ({"time_in_force": TimeInForce.FOK}, False),
        ({"post_only": PostOnly.REJECT}, False),
        ({"post_only": PostOnly.REPRICE}, True),
        ({"time_in_force": TimeInForce.GTD}, True),
        ({"time_in_force": TimeInForce.DAY}, True),
        ({"type": OrderType.STOP_LIMIT}, True),
    ],
)
def test_only_orders_that_need_terms_have_them(fields, has):
    state = state_of()
    slot = order(state, **fields)
    set_terms(state, slot, 7, 900)
    assert (state.orders[slot]["terms"] >= 0) == has


def test_only_good_till_date_and_day_orders_expire():
    state = state_of()
    stop = order(state, type=OrderType.STOP)
    set_terms(state, stop, 7, 900)
    assert state.terms[int(state.orders[stop]["terms"])]["expires"] == 0
    until = order(state, time_in_force=TimeInForce.GTD)
    set_terms(state, until, 0, 900)
    assert state.terms[int(state.orders[until]["terms"])]["expires"] == 900


def test_terms_are_used_again():
    state = state_of(size=3)
    for round_ in range(10):
        slots = [order(state) for _ in range(3)]
        for slot in slots:
            new_terms(state, slot, round_, 0)
        assert state.clock["left_terms"][0] == 0
        for slot in slots:
            free_terms(state, int(state.orders[slot]["terms"]))
            state.orders[slot]["next"] = state.clock["free_orders"][0]
            state.clock["free_orders"] = slot
    assert state.clock["left_terms"][0] == 3


def test_the_history_says_what_the_terms_were():
    state = state_of()
    slot = order(state, type=OrderType.STOP_LIMIT)
    set_terms(state, slot, 95, 0)
    number = int(state.orders[slot]["terms"])
    state.terms[number]["ts_trigger"] = 44
    entry = np.ones(1, ORDER_HISTORY)[0]
    close_terms(state, number, entry)
    assert (entry["stop_price"], entry["expires"], entry["ts_trigger"]) == (95, 0, 44)
    close_terms(state, -1, entry)
    assert (entry["stop_price"], entry["expires"], entry["ts_trigger"]) == (0, 0, 0)


@pytest.mark.parametrize(("side", "expected"), [(Side.BUY, 97), (Side.SELL, 99)])
def test_a_repriced_order_joins_one_tick_away_from_what_it_could_take(side, expected):
    state = state_of()
    slot = order(state, side, post_only=PostOnly.REPRICE)
    set_terms(state, slot, 0, 0)
    assert limit_of(state, slot) == 100
    assert reprice(state, slot, 98)
    assert limit_of(state, slot) == expected
    assert state.orders[slot]["price"] == 100  # as its portfolio knows it


def test_an_order_is_not_repriced_beyond_all_prices():
    state = state_of()
    slot = order(state, post_only=PostOnly.REPRICE)
    set_terms(state, slot, 0, 0)
    assert not reprice(state, slot, -MAX_TICKS)
    assert limit_of(state, slot) == 100
    assert MAX_TICKS == MOST


@given(st.sets(st.integers(1, 60)), st.integers(0, 61))
def test_a_day_order_lives_until_the_next_close(closes, now):
    state = state_of()
    rows = np.array([sorted(closes)], np.int64).reshape(1, -1)
    state = state.with_arrays(closes=rows)
    later = [close for close in sorted(closes) if close > now]
    assert next_close(state, 0, now) == (later[0] if later else NEVER)
