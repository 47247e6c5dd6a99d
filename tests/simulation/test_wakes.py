"""Timers wake groups, the heap single portfolios, events those who listen: when due."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import StrategyKind, Wake
from commonbook.core.records import HEAP_ENTRY, PORTFOLIO
from commonbook.simulation.build import build_state
from commonbook.simulation.setup import StrategySetup
from commonbook.simulation.wakes import (
    NEVER,
    gather_due,
    next_time,
    schedule,
    set_wake,
)
from tests.kernels import (
    Stepped,
    maker,
    orders,
    run,
    scripted,
    setup,
    tape,
    trader,
    twap,
)
from tests.oracle.builders import book, buy, portfolio, sold
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

# The heap --------------------------------------------------------------------------

PLACES = 12


def heap_state():
    """Make a state for a dozen portfolios, none of which is to wake."""
    state = build_state(tape([book(1, {99: 5}, {101: 5})]), setup())
    portfolios = np.zeros(PLACES, PORTFOLIO)
    portfolios["heap_place"] = -1
    heap = np.zeros(PLACES + 1, HEAP_ENTRY)
    return state.with_arrays(portfolios=portfolios, heap=heap)


def assert_heap(state, model):
    """Compare the entries with a dictionary of times; each knows its place."""
    n = int(state.clock["n_heap"][0])
    entries = state.heap[:n]
    found = {int(e["owner"]): int(e["ts"]) for e in entries}
    assert n == len(model)
    assert found == model
    places = state.portfolios["heap_place"].tolist()
    expected = {int(e["owner"]): place for place, e in enumerate(entries)}
    assert places == [expected.get(portfolio, -1) for portfolio in range(PLACES)]
    for place in range(1, n):
        assert entries[(place - 1) // 2]["ts"] <= entries[place]["ts"]


times = st.one_of(st.integers(0, 5), st.integers(0, NEVER - 1), st.just(NEVER))


@given(st.lists(st.tuples(st.integers(0, PLACES - 1), times), max_size=60))
def test_the_heap_holds_the_last_time_that_was_set_for_each_portfolio(steps):
    state, model = heap_state(), {}
    for portfolio_index, ts in steps:
        set_wake(state, portfolio_index, ts)
        model[portfolio_index] = ts
        if ts == NEVER:
            del model[portfolio_index]
        assert_heap(state, model)
        if model:
            assert int(state.heap[0]["ts"]) == min(model.values())


@given(st.permutations(range(PLACES)))
def test_wakes_leave_the_heap_by_time_and_none_is_lost(drawn):
    state = heap_state()
    for portfolio_index, ts in enumerate(drawn):
        set_wake(state, portfolio_index, ts)
    seen = []
    while state.clock["n_heap"][0] > 0:
        seen.append(int(state.heap[0]["owner"]))
        set_wake(state, seen[-1], NEVER)
    assert [drawn[portfolio_index] for portfolio_index in seen] == sorted(drawn)


# What a portfolio waits for --------------------------------------------------------


def state_of(*portfolios, **more):
    return build_state(tape([book(100, {99: 5}, {101: 5})]), setup(*portfolios, **more))


def wake_of(state, index=0):
    place = int(state.portfolios[index]["heap_place"])
    return int(state.heap[place]["ts"]) if place >= 0 else None


def waiting(own, report, wakes, *, stopped=False):
    """Schedule a portfolio with a time of its own and a report on its way."""
    state = state_of(trader("a", twap(0, 4, 300, 400, 2)))
    state.strategies["next_ts"] = own
    state.portfolios["wakes"] = wakes
    state.portfolios["stopped"] = stopped
    if report is not None:
        state.portfolios["first_report"] = 7
        state.reports["ts"][7] = report
    schedule(state, 0)
    return wake_of(state)


def test_the_earlier_of_its_own_time_and_the_next_report_wakes_it():
    assert waiting(50, 60, Wake.REPORT) == 50
    assert waiting(70, 60, Wake.REPORT) == 60
    assert waiting(-1, 60, Wake.REPORT) == 60


def test_a_report_wakes_only_who_asked_for_it():
    assert waiting(70, 60, Wake.BOOK) == 70
    assert waiting(-1, 60, 0) is None


def test_a_stopped_portfolio_waits_for_nothing():
    assert waiting(50, 60, Wake.REPORT, stopped=True) is None


# Who is due ------------------------------------------------------------------------


def due(state, now):
    state.clock["n_due"] = 0
    gather_due(state, tape([book(100, {99: 5}, {101: 5})]), now)
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


def test_who_is_due_twice_wakes_once_with_both_reasons():
    state = state_of(trader("a", maker(1, 1, 10)))
    state.portfolios["wakes"] = Wake.REPORT
    state.portfolios["first_report"] = 0
    state.reports["ts"][0] = 110
    schedule(state, 0)
    assert due(state, 110) == [0]
    assert int(state.portfolios["reasons"][0]) == Wake.TIMER | Wake.REPORT
    assert int(state.portfolios["rounds"][0]) == 1


def test_rounds_are_counted_anew_at_each_time():
    state = state_of(trader("a", twap(0, 4, 300, 400, 2)))
    counted = []
    for now in (300, 300, 300, 301):
        set_wake(state, 0, now)
        due(state, now)
        counted.append(int(state.portfolios["rounds"][0]))
    assert counted == [1, 2, 3, 1]


def test_who_is_stopped_is_never_due_again():
    state = state_of(trader("a", maker(1, 1, 10)))
    state.portfolios["stopped"] = 1
    assert due(state, 110) == []


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
    state.views["next_ts"] = 107
    assert next_time(state) == 107
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


# Events ----------------------------------------------------------------------------


def listener(name, wakes, *instruments, **more):
    """Make a portfolio that events wake; it never does anything."""
    # A market maker without an interval: only a kind that looks at the book has a feed.
    strategy = StrategySetup(
        StrategyKind.MARKET_MAKER,
        max_sends=0,
        wakes=int(wakes),
        instruments=instruments,
    )
    return trader(name, strategy, **more)


MIXED = [
    book(100, {99: 5}, {101: 5}),
    sold(103, 99, 1),
    book(103, {98: 5}, {}, 1),
    Packet(107, [("T", 1, "B", 101, 1), ("S", 1, "A", 101, 4)]),
    book(110, {97: 1}, {}),
]


def heard(portfolio_setup):
    """Give the times at which events wake a portfolio, and why."""
    events = tape(MIXED)
    state = build_state(events, setup(portfolio_setup, instruments=2))
    view = int(state.portfolios["view"][0])
    seen = []
    while (now := int(state.views["next_ts"][view])) != NEVER:
        state.clock["n_due"] = 0
        gather_due(state, events, now)
        if state.clock["n_due"][0]:
            seen.append((now, int(state.portfolios["reasons"][0])))
    return seen


BOOK, TRADE = int(Wake.BOOK), int(Wake.TRADE)


def test_a_packet_of_its_instrument_wakes_who_listens_once_for_each_time():
    assert heard(listener("a", BOOK | TRADE, 0)) == [
        (100, BOOK),
        (103, TRADE),
        (110, BOOK),
    ]
    both = [(100, BOOK), (103, BOOK | TRADE), (107, BOOK | TRADE), (110, BOOK)]
    assert heard(listener("a", BOOK | TRADE, 0, 1)) == both


def test_who_listens_to_prints_alone_hears_no_books_and_the_other_way_round():
    # The first wake of a view is the first event's, whoever it is of interest to.
    assert heard(listener("a", TRADE, 0, 1)) == [(103, TRADE), (107, TRADE)]
    assert heard(listener("a", BOOK, 1)) == [(103, BOOK), (107, BOOK)]


def test_events_wake_when_they_become_visible():
    delayed = heard(listener("a", TRADE, 0, 1, feed_delay=5))
    assert delayed == [(108, TRADE), (112, TRADE)]


def test_what_happens_before_the_first_wake_of_a_slow_view_is_heard_together():
    events = tape(MIXED)
    state = build_state(events, setup(listener("a", BOOK | TRADE, 1), instruments=2))
    gather_due(state, events, 107)
    assert int(state.portfolios["reasons"][0]) == BOOK | TRADE
    assert int(state.views["heard"][0]) == 6  # of seven events
    assert int(state.views["next_ts"][0]) == NEVER  # the last is of another instrument


# Reports ---------------------------------------------------------------------------


def quoter(wakes, **more):
    """Make a maker that quotes one lot two ticks from the mid when it is woken."""
    fields = {"half_spread": 4, "size": 1, "max_position": -1}
    strategy = StrategySetup(
        StrategyKind.MARKET_MAKER, max_sends=4, wakes=int(wakes), fields=fields
    )
    return trader("a", strategy, **more)


def wakes_of(wakes, packets, **more):
    return run(packets, quoter(wakes, **more)).counters["wakes"]


def test_reports_that_come_together_wake_once_when_they_are_known():
    # Seen at 3, quoted at 4, accepted and known at 9; the print fills the bid at 20.
    packets = [book(1, {99: 5}, {101: 5}), sold(20, 95, 9)]
    delays = {"feed_delay": 2, "order_delay": 1, "response_delay": 5}
    assert wakes_of(Wake.BOOK, packets, **delays) == 1
    assert wakes_of(Wake.BOOK | Wake.REPORT, packets, **delays) == 2
    later = [*packets, sold(25, 1, 1)]  # at 25 the fill is known: it quotes anew
    assert wakes_of(Wake.BOOK | Wake.REPORT, later, **delays) == 3
    assert wakes_of(Wake.BOOK | Wake.REPORT, [*packets, sold(31, 1, 1)], **delays) == 4


def test_without_delays_an_answer_is_a_round_later_at_the_same_time():
    packets = [book(1, {99: 5}, {101: 5}), book(9, {1: 1}, {})]
    stepped = Stepped(packets, quoter(Wake.BOOK | Wake.REPORT))
    next(iter(stepped))
    state = stepped.finish()
    rounds = state.portfolios[["rounds_ts", "rounds"]].tolist()
    assert rounds == [(9, 1)]
    assert int(state.clock["work_wakes"][0]) == 3  # the book, both quotes, the book
