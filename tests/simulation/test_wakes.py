"""Timers wake groups, the heap wakes single portfolios, each exactly when it is due."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.records import HEAP_ENTRY
from commonbook.simulation.build import build_state
from commonbook.simulation.wakes import gather_due, next_time, pop_wake, push_wake
from tests.kernels import maker, orders, run, scripted, setup, tape, trader, twap
from tests.oracle.builders import book, buy, portfolio

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def heap_of(times):
    heap = np.zeros(len(times) + 1, HEAP_ENTRY)
    n = 0
    for place, ts in enumerate(times):
        n = push_wake(heap, n, ts, place)
        assert n == place + 1
    return heap


def popped(heap, n):
    seen = []
    while n > 0:
        seen.append((int(heap[0]["ts"]), int(heap[0]["portfolio"])))
        n = pop_wake(heap, n)
    return seen


times = st.integers(-(1 << 62), 1 << 62)


@given(st.lists(st.one_of(st.integers(0, 5), times), max_size=40))
def test_wakes_leave_the_heap_by_time_and_none_is_lost(drawn):
    seen = popped(heap_of(drawn), len(drawn))
    assert [ts for ts, _ in seen] == sorted(drawn)
    assert sorted(place for _, place in seen) == list(range(len(drawn)))
    assert all(drawn[place] == ts for ts, place in seen)


@given(st.lists(st.one_of(st.integers(0, 9), st.none()), max_size=60))
def test_wakes_may_come_and_go(steps):
    heap, waiting = np.zeros(61, HEAP_ENTRY), []
    for step in steps:
        if step is not None:
            push_wake(heap, len(waiting), step, 0)
            waiting.append(step)
        elif waiting:
            assert int(heap[0]["ts"]) == min(waiting)
            pop_wake(heap, len(waiting))
            waiting.remove(min(waiting))


def state_of(*portfolios, **more):
    return build_state(tape([book(100, {99: 5}, {101: 5})]), setup(*portfolios, **more))


def due(state, now):
    gather_due(state, now)
    return sorted(state.due[: int(state.clock["n_due"][0])].tolist())


def test_portfolios_with_one_period_share_a_timer():
    state = state_of(
        *(trader(f"p{i}", maker(1, 1, every)) for i, every in enumerate([10, 15, 10]))
    )
    assert state.timers[["next_ts", "every", "count"]].tolist() == [
        (110, 10, 2),
        (115, 15, 1),
    ]
    assert due(state, 109) == []
    assert due(state, 110) == [0, 2]
    assert due(state, 115) == [1]
    assert state.timers["next_ts"].tolist() == [120, 130]


def test_timers_and_single_wakes_of_one_time_are_due_together():
    state = state_of(trader("a", maker(1, 1, 10)), trader("b", twap(0, 4, 110, 200, 2)))
    assert int(state.clock["n_heap"][0]) == 1
    assert due(state, 110) == [0, 1]
    assert int(state.clock["n_heap"][0]) == 0


def test_the_next_time_is_the_earliest_of_all_that_is_due():
    state = state_of(
        trader("a", maker(1, 1, 10)),
        trader("b", twap(0, 4, 104, 200, 2)),
        equity_interval=1_000,
    )
    assert next_time(state) == 100  # the first equity row
    state.clock["next_sample"] += 1_000
    assert next_time(state) == 104
    due(state, 104)
    assert next_time(state) == 110
    state.flights["count"] = 1
    state.rings[0, 0]["ts"] = 103
    assert next_time(state) == 103


def test_a_portfolio_acts_once_at_each_of_its_times():
    packets = [book(1, {99: 50}, {101: 50}), book(50, {1: 1}, {})]
    raw = run(
        packets,
        scripted(portfolio("a", buy(11, 1), buy(12, 1), buy(12, 1))),
        trader("b", twap(0, 4, 11, 31, 4)),
    )
    assert [order[0] for order in orders(raw, 0)] == [11, 12, 12]
    assert [order[0] for order in orders(raw, 1)] == [11, 16, 21, 26]
    assert raw.counters["wakes"] == 2 + 4
