"""Orders whose time will be over: the earliest first, and those that end are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import TimeInForce
from commonbook.execution.expiry import await_expiry, collect_expired, forget_expiry
from commonbook.simulation.build import build_state
from commonbook.strategy.verbs import new_order, set_terms
from tests.kernels import maker, setup, tape, trader
from tests.oracle.builders import book

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

EVENTS = tape([book(7, {99: 5}, {101: 5})])


def state_of(size=32):
    return build_state(EVENTS, setup(trader("a", maker(1, 1, 10))), size)


def order(state, expires, number=0):
    slot = new_order(state, 0, 0, 0, 5)
    state.orders["order_id"][slot] = number
    state.orders["time_in_force"][slot] = TimeInForce.GTD
    set_terms(state, slot, 0, expires)
    return slot


def expired(state, now):
    """Give the orders that are over at a time."""
    state.clock["now"] = now
    state.clock["n_expired"] = 0
    collect_expired(state)
    return state.ready[0, : int(state.clock["n_expired"][0])].tolist()


steps = st.tuples(st.sampled_from(["work", "end", "wait"]), st.integers(0, 9))


@given(st.lists(steps, max_size=40))
def test_orders_expire_by_time_then_in_the_order_of_their_numbers(steps):
    state = state_of()
    now, sent, working = 10, 0, {}
    for what, number in steps:
        if what == "work" and sent < 30:
            order_id = 7 * sent % 31  # not in the order of sending
            slot = order(state, now + 1 + number, order_id)
            await_expiry(state, slot)
            working[slot] = (now + 1 + number, order_id)
            sent += 1
        elif what == "end" and working:
            slot = sorted(working)[number % len(working)]
            forget_expiry(state, int(state.orders[slot]["terms"]))
            del working[slot]
        elif what == "wait":
            now += number
            over = sorted((s for s in working if working[s][0] <= now), key=working.get)
            assert expired(state, now) == over
            for slot in over:
                del working[slot]
        assert state.clock["n_expiries"][0] == len(working)


def test_an_order_without_a_time_never_expires():
    state = state_of()
    await_expiry(state, new_order(state, 0, 0, 0, 5))
    assert state.clock["n_expiries"][0] == 0
    assert expired(state, 1 << 61) == []


def test_the_earliest_expiry_is_due():
    state = state_of()
    state.clock["next_ts"] = 1 << 62
    for expires in (50, 40, 60):
        await_expiry(state, order(state, expires))
    assert state.clock["next_ts"][0] == 40


def test_working_twice_is_waiting_once():
    state = state_of()
    slot = order(state, 50)
    await_expiry(state, slot)
    await_expiry(state, slot)
    assert expired(state, 50) == [slot]


def test_forgetting_what_does_not_wait_changes_nothing():
    state = state_of()
    slot = order(state, 50)
    forget_expiry(state, int(state.orders[slot]["terms"]))
    assert state.clock["n_expiries"][0] == 0
