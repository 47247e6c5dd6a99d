"""A packet mentions a level once, with the size that it had before the packet."""

import pytest

from commonbook.execution.levels import open_share, own_level_at
from commonbook.execution.touched import note_crossing, note_own
from tests.execution.tape_lines import ASK, BID, line_state

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

FIELDS = ["own", "side", "price", "prev", "returned", "cleared"]


@pytest.fixture
def state():
    """Give a state with one level of ours, a bid at 100."""
    made = line_state()
    open_share(made, 0, 0, BID, 100)
    return made


def touched(state):
    n = int(state.clock["n_touched"][0])
    return [tuple(row) for row in state.touched[:n][FIELDS].tolist()]


def test_the_first_size_of_a_packet_is_the_one_before_it(state):
    own = own_level_at(state, 0, BID, 100)
    for prev in (7, 3, 0):
        note_own(state, own, prev, 0, 0)
    assert touched(state) == [(own, BID, 100, 7, 0, 0)]


def test_a_new_packet_mentions_anew(state):
    own = own_level_at(state, 0, BID, 100)
    note_own(state, own, 7, 0, 0)
    state.clock["n_touched"] = 0
    state.clock["packet"] += 1
    note_own(state, own, 3, 0, 0)
    assert touched(state) == [(own, BID, 100, 3, 0, 0)]


def test_a_level_that_is_set_after_the_clear_is_mentioned_by_more_than_the_clear(state):
    own = own_level_at(state, 0, BID, 100)
    note_own(state, own, 7, 0, 1)
    assert touched(state)[0][-1] == 1
    note_own(state, own, 0, 0, 0)
    assert touched(state) == [(own, BID, 100, 7, 0, 0)]


def test_a_level_that_returned_once_has_returned(state):
    own = own_level_at(state, 0, BID, 100)
    note_own(state, own, 0, 1, 0)
    note_own(state, own, 5, 0, 0)
    assert touched(state) == [(own, BID, 100, 0, 1, 0)]


def test_levels_that_may_cross_are_told_apart_by_side_and_price(state):
    note_crossing(state, 0, ASK, 99, 4, 0)
    note_crossing(state, 0, BID, 99, 5, 1)
    note_crossing(state, 0, ASK, 98, 6, 0)
    note_crossing(state, 0, ASK, 99, 1, 1)  # again: the first size stands
    assert touched(state) == [
        (-1, ASK, 99, 4, 0, 0),
        (-1, BID, 99, 5, 1, 0),
        (-1, ASK, 98, 6, 0, 0),
    ]
