"""A trail answers as a full record of the touches would, within its reach."""

import bisect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.trail import note_touch, touch_at
from commonbook.core.book_records import NO_ASK, NO_BID, TOUCH, TRAIL

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

steps = st.tuples(st.integers(0, 6), st.integers(90, 99), st.integers(100, 109))


def trail_of(reach, capacity):
    trail = np.zeros(1, TRAIL)
    trail["reach"] = reach
    return trail[0], np.zeros(capacity, TOUCH)


@given(st.lists(steps, max_size=60), st.integers(1, 12))
def test_a_look_back_finds_the_last_touch_that_is_not_later(changes, reach):
    trail, touches = trail_of(reach, 64)
    times, seen = [], []
    now = 10
    for wait, bid, ask in changes:
        now += wait
        assert not note_touch(trail, touches, now, bid, ask)
        times.append(now)
        seen.append((bid, ask))
        for ts in range(now - reach, now + 1):
            place = bisect.bisect_right(times, ts)
            expected = seen[place - 1] if place else (NO_BID, NO_ASK)
            assert touch_at(trail, touches, ts) == expected


def test_touches_out_of_reach_are_forgotten():
    trail, touches = trail_of(reach=10, capacity=4)
    for ts in range(0, 1000, 10):
        assert not note_touch(trail, touches, ts, 99, 101)
    assert trail["count"] == 2  # the one that is seen now, and the one that will be


def test_a_trail_says_when_it_is_full():
    trail, touches = trail_of(reach=100, capacity=2)
    assert not note_touch(trail, touches, 1, 99, 101)
    assert not note_touch(trail, touches, 1, 98, 101)
    assert note_touch(trail, touches, 2, 97, 101)
    assert touch_at(trail, touches, 1) == (98, 101)
    assert touch_at(trail, touches, 2) == (97, 101)


def test_before_the_first_packet_there_is_nothing_to_see():
    trail, touches = trail_of(reach=5, capacity=2)
    assert touch_at(trail, touches, 3) == (NO_BID, NO_ASK)
    note_touch(trail, touches, 7, 99, 101)
    assert touch_at(trail, touches, 6) == (NO_BID, NO_ASK)
    assert touch_at(trail, touches, 7) == (99, 101)
