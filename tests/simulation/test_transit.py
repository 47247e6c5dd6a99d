"""Delays that vary are drawn by name and number, and overtake nobody."""

import math

import numpy as np
import pytest

from commonbook.core.enums import DelayKind, Leg, Status
from commonbook.simulation.build import build_state
from commonbook.simulation.delays import DelaySetup
from commonbook.simulation.flights import dispatch
from commonbook.simulation.grow import grow, make_room
from commonbook.simulation.room import OK
from commonbook.simulation.transit import delay_of, next_report
from commonbook.simulation.wakes import next_time
from commonbook.strategy.verbs import send_cancel, send_quote
from tests.kernels import maker, setup, tape, trader
from tests.oracle.builders import book

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

SLOW = DelaySetup(DelayKind.LOGNORMAL, median=100_000.0, sigma=0.4)
FLOOR = DelaySetup(DelayKind.LOGNORMAL, median=1_000.0, sigma=1.0, least=900)
SEEN = DelaySetup(DelayKind.EMPIRICAL, samples=np.array([3, 5, 5, 90]))
MANY = 4_000


def state_of(*portfolios, seed=3):
    events = tape([book(1, {99: 5}, {101: 5})])
    return build_state(events, setup(*portfolios, seed=seed), start=16)


def person(name, order=SLOW, response=SEEN):
    return trader(name, maker(1, 1, 10), order_delay=order, response_delay=response)


def draws(state, rule, portfolio=0, leg=Leg.ORDER, count=MANY):
    name = int(state.portfolios[portfolio]["name_hash"])
    return np.array([delay_of(state, rule, name, leg, k, 0) for k in range(count)])


def test_a_lognormal_delay_has_its_median_and_its_sigma():
    logs = np.log(draws(state_of(person("a")), 0))
    error = 0.4 / math.sqrt(MANY)
    assert abs(logs.mean() - math.log(100_000)) < 4 * error
    assert abs(np.median(logs) - math.log(100_000)) < 4 * 1.2533 * error
    assert abs(logs.std() - 0.4) < 4 * error / math.sqrt(2)


def test_no_delay_is_shorter_than_its_least():
    found = draws(state_of(person("a", FLOOR)), 0)
    assert found.min() == 900
    assert abs((found == 900).mean() - 0.458) < 4 * 0.5 / math.sqrt(MANY)


def test_samples_are_drawn_alike():
    found = draws(state_of(person("a", SEEN)), 0)
    shares = [(found == span).mean() for span in (3, 5, 90)]
    assert np.allclose(shares, [0.25, 0.5, 0.25], atol=4 * 0.5 / math.sqrt(MANY))


def test_a_draw_depends_on_seed_name_leg_and_number_alone():
    alone, crowded = state_of(person("b")), state_of(person("a", FLOOR), person("b"))
    mine = draws(alone, 0, count=50).tolist()
    assert draws(crowded, 1, 1, count=50).tolist() == mine
    others = [
        draws(crowded, 1, 0, count=50),
        draws(alone, 0, leg=Leg.RESPONSE, count=50),
        draws(state_of(person("b"), seed=4), 0, count=50),
    ]
    assert all((np.array(mine) != other).mean() > 0.9 for other in others)


def test_portfolios_with_the_same_delay_share_its_numbers_and_not_their_flight():
    state = state_of(person("a"), person("b"), person("c", order=7))
    assert state.delays.size == 2
    assert state.flights["rule"].tolist() == [-1, 0, 0]
    assert state.portfolios["flight"].tolist() == [1, 2, 0]
    assert state.clock["n_steady"] == 1


def test_messages_never_overtake_each_other():
    state = state_of(person("a"), person("b"))
    arrivals = {0: [], 1: []}
    for _ in range(20):
        state.clock["now"] += 10_000
        state = make_room(state, 4)
        for who in (0, 1):
            slot = send_quote(state, who, 0, 0, 90, 1)
            send_cancel(state, slot)
        while dispatch(state) != OK:
            state = grow(state, Status.GROW_FLIGHTS)
    for who, found in arrivals.items():
        flight = state.flights[state.portfolios[who]["flight"]]
        ring = state.rings[state.portfolios[who]["flight"]]
        found += [int(ring[k]["ts"]) for k in range(flight["count"])]
        assert len(found) == 40
        assert found == sorted(found)
    assert next_time(state) <= min(arrivals[0][0], arrivals[1][0])
    assert state.arrivals[0]["ts"] == min(arrivals[0][0], arrivals[1][0])


def test_reports_never_overtake_each_other():
    state = state_of(person("a", response=SLOW))
    known = []
    for _ in range(50):
        state.clock["now"] += 10_000
        known.append(next_report(state, 0))
    assert known == sorted(known)
    assert len(set(known)) < 50  # some waited for the one before them


# Delays that are given ---------------------------------------------------------------


def given(kind, spans, times=()):
    samples, times = np.array(spans, np.int64), np.array(times, np.int64)
    person_of = person("a", DelaySetup(kind, samples=samples, times=times))
    state = state_of(person("0", SEEN), person_of)  # behind the samples of another
    return lambda number, ts: delay_of(state, 1, 0, Leg.ORDER, number, ts)


@pytest.mark.parametrize(
    ("ts", "span"),
    [
        (0, 100),
        (10, 100),
        (11, 101),
        (16, 106),
        (20, 110),
        (21, 106),
        (22, 101),
        (23, 96),
        (24, 92),
        (40, 20),
        (1 << 61, 20),
    ],
)
def test_a_curve_is_linear_between_its_points_and_held_outside(ts, span):
    curve = given(DelayKind.CURVE, [100, 110, 96, 20], [10, 20, 23, 40])
    assert curve(0, ts) == span


def test_a_curve_over_days_is_exact():
    times, spans = [1 << 60, (1 << 60) + 86_400 * 10**9], [10**9, 7 * 10**9 + 1]
    middle = times[0] + 43_200 * 10**9 + 1
    expected = 10**9 + (6 * 10**9 + 1) * (middle - times[0]) // (times[1] - times[0])
    assert given(DelayKind.CURVE, spans, times)(0, middle) == expected


@pytest.mark.parametrize(("ts", "span"), [(9, 7), (10, 7), (19, 7), (20, 3), (99, 3)])
def test_steps_hold_until_the_next_time(ts, span):
    assert given(DelayKind.STEPS, [7, 3], [10, 20])(0, ts) == span


def test_packets_have_each_its_own():
    own = given(DelayKind.PACKETS, [5, 1, 8])
    assert [own(number, 0) for number in range(3)] == [5, 1, 8]
