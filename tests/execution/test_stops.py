"""Stop orders wait at the venue; what reaches them triggers them, nearest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import OrderState, OrderType, Side, StopTrigger
from commonbook.execution.stops import (
    farthest,
    hear_print,
    is_triggered,
    stop_waiting,
    trigger_by_print,
    trigger_by_touch,
    wait_for_trigger,
)
from commonbook.strategy.verbs import new_order, set_terms
from tests.execution.test_expiry import state_of

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

BUY, SELL = int(Side.BUY), int(Side.SELL)


def stop(state, side, stop_price):
    slot = new_order(state, 0, 0, side, 5)
    state.orders[slot]["type"] = OrderType.STOP
    set_terms(state, slot, stop_price, 0)
    return slot


def triggered(state):
    """Give the orders that take part in the next batch, and forget them."""
    slots = state.ready[1, : int(state.clock["n_triggered"][0])].tolist()
    state.clock["n_triggered"] = 0
    return slots


def reached(side, price, stop_price):
    return price >= stop_price if side == BUY else price <= stop_price


prices = st.integers(95, 105)
steps = st.tuples(st.sampled_from(["wait", "cancel", "print"]), prices)


@given(st.sampled_from([BUY, SELL]), st.lists(steps, max_size=30))
def test_a_print_triggers_what_it_reaches_in_the_order_of_arrival(side, steps):
    state = state_of()
    state.clock["now"] = 33
    waiting = {}
    for what, price in steps:
        if what == "wait":
            slot = stop(state, side, price)
            wait_for_trigger(state, slot)
            waiting[slot] = price
        elif what == "cancel" and waiting:
            slot = sorted(waiting)[price % len(waiting)]
            stop_waiting(state, slot)
            del waiting[slot]
        elif what == "print":
            expected = [s for s in waiting if reached(side, price, waiting[s])]
            assert hear_print(state, 0, price) == bool(expected)
            trigger_by_print(state, 0, price)
            assert triggered(state) == expected
            for slot in expected:
                assert state.terms[int(state.orders[slot]["terms"])]["ts_trigger"] == 33
                del waiting[slot]


def test_a_stop_waits_in_a_state_of_its_own():
    state = state_of()
    slot = stop(state, BUY, 103)
    wait_for_trigger(state, slot)
    assert state.orders[slot]["state"] == OrderState.WAITING


@pytest.mark.parametrize(("side", "stop_price"), [(BUY, 101), (SELL, 99)])
def test_the_touch_triggers_where_the_engine_says_so(side, stop_price):
    state = state_of()
    state.engines["stop_trigger"] = StopTrigger.TOUCH
    state.books["best"][0] = [98, 102]
    slot = stop(state, side, stop_price)
    assert is_triggered(state, slot)  # the ask is above 101, the bid is below 99
    wait_for_trigger(state, slot)
    trigger_by_print(state, 0, 1 if side == SELL else 1_000)
    assert triggered(state) == []
    trigger_by_touch(state, 0, 50)
    assert triggered(state) == [slot]


@pytest.mark.parametrize("side", [BUY, SELL])
def test_an_empty_side_triggers_nothing(side):
    state = state_of()
    state.engines["stop_trigger"] = StopTrigger.TOUCH
    slot = stop(state, side, 100)
    assert not is_triggered(state, slot)
    wait_for_trigger(state, slot)
    trigger_by_touch(state, 0, 50)
    assert triggered(state) == []


def test_before_the_first_print_nothing_is_triggered():
    state = state_of()
    assert not is_triggered(state, stop(state, BUY, -1_000))
    assert not is_triggered(state, stop(state, SELL, 1_000))
    assert not hear_print(state, 0, 100)
    assert is_triggered(state, stop(state, BUY, 100))


def test_a_triggered_stop_is_out_of_its_list():
    state = state_of()
    slot = stop(state, BUY, 100)
    wait_for_trigger(state, slot)
    trigger_by_print(state, 0, 100)
    stop_waiting(state, slot)  # a cancel that comes before its batch
    assert state.stops["head"].max() == -1
    assert state.stops["nearest"][StopTrigger.TRADE, 0, BUY] == farthest(BUY)
