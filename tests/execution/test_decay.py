"""What was taken comes back by half in each half-life, in whole lots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.execution.consumption import clip_consumption, consume
from commonbook.execution.decay import consumed_now, decayed
from commonbook.execution.levels import consumed_at, find_share, own_level_at
from commonbook.execution.packets import reconcile
from commonbook.execution.taken import taken_ahead
from commonbook.simulation.setup import EngineSetup
from tests.execution.tape_lines import ASK, BID, apply_event, event_of, line_state
from tests.kernels import Stepped, scripted, used
from tests.oracle.builders import book, portfolio
from tests.oracle.decay import decayed as by_the_rule

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


@pytest.mark.parametrize(
    ("lots", "passed", "left"),
    [
        (100, 0, 100),
        (100, 10, 50),
        (100, 20, 25),
        (100, 5, 71),  # 70.71
        (3, 10, 2),  # 1.5: a half counts as one
        (1, 10, 1),
        (1, 11, 0),
        (100, 76, 1),  # 0.515
        (100, 77, 0),  # 0.481
        (100, 10**18, 0),
        (0, 5, 0),
    ],
)
def test_half_is_left_after_a_half_life_of_10(lots, passed, left):
    assert decayed(lots, passed, 10) == left


@given(st.integers(0, 10**9), st.integers(0, 10**15), st.integers(1, 10**15))
def test_every_machine_rounds_alike_and_nothing_comes_from_nowhere(lots, passed, half):
    left = decayed(lots, passed, half)
    assert left == by_the_rule(lots, passed, half)
    assert 0 <= left <= lots
    assert decayed(lots, passed + 1, half) <= left


def test_without_a_half_life_nothing_comes_back():
    assert by_the_rule(7, 10**15, 0) == 7
    state = level(half_life=0)
    consume(state, 0, 0, ASK, 101, 8, False)
    state.clock["now"] += 10**15
    assert consumed_at(state, 0, 0, ASK, 101) == 8


def level(half_life=10):
    """Show 10 lots at 101 to an engine, at time 1."""
    engine = EngineSetup(half_life=half_life)
    packets = [book(1, {99: 5}, {101: 10})]
    run = Stepped(packets, scripted(portfolio("a")), engine=engine)
    return run.finish()


def test_a_take_begins_anew_from_what_is_left_then():
    state = level()
    consume(state, 0, 0, ASK, 101, 8, False)
    state.clock["now"] += 10
    consume(state, 0, 0, ASK, 101, 6, False)  # of 6 that are free again
    assert consumed_at(state, 0, 0, ASK, 101) == 10
    assert int(state.clock["broken"][0]) == 0
    state.clock["now"] += 10
    assert consumed_at(state, 0, 0, ASK, 101) == 5
    consume(state, 0, 0, ASK, 101, 6, False)
    assert int(state.clock["broken"][0]) == 1


def test_a_mention_changes_only_what_it_clips():
    state = level()
    consume(state, 0, 0, ASK, 101, 9, False)
    own = own_level_at(state, 0, ASK, 101)
    state.clock["now"] += 5
    clip_consumption(state, own, 7)  # 6.36 of the 9 are left
    state.clock["now"] += 5
    assert consumed_at(state, 0, 0, ASK, 101) == 5  # half of 9 and not of 6
    clip_consumption(state, own, 4)
    state.clock["now"] += 10
    assert consumed_at(state, 0, 0, ASK, 101) == 2  # half of 4


def test_what_has_come_back_is_forgotten_when_the_level_is_mentioned():
    state = level()
    consume(state, 0, 0, ASK, 101, 9, False)
    state.clock["now"] += 1_000
    assert consumed_at(state, 0, 0, ASK, 101) == 0
    clip_consumption(state, own_level_at(state, 0, ASK, 101), 10)
    assert own_level_at(state, 0, ASK, 101) == -1
    assert not any(used(state).values())


# Order by order --------------------------------------------------------------------


def taken(state):
    share, _ = find_share(state, 0, 0, BID, 100)
    return consumed_now(state, share)


def test_each_tape_order_comes_back_by_itself():
    state = line_state((4, BID, 100, 5), (2, BID, 100, 3), half_life=10)
    consume(state, 0, 0, BID, 100, 5, False)
    state.clock["now"] += 10
    consume(state, 0, 0, BID, 100, 3, False)  # 2.5 had come back of the first, so 2
    assert taken(state) == 6
    share, _ = find_share(state, 0, 0, BID, 100)
    assert taken_ahead(state, share, int(state.tape["place"][0, 2])) == 5
    state.clock["now"] += 10
    assert taken(state) == 3 + 1  # of 5 and of 1
    assert int(state.shares["consumed"][share]) == 6


def test_what_has_come_back_was_not_taken_when_the_tape_executes_it():
    done = ("F", 4, BID, 100, 5), ("C", 4, BID, 100, 5)
    for passed, moved in (0, 5), (10, 3), (1_000, 0):
        state = line_state((4, BID, 100, 5), half_life=10)
        consume(state, 0, 0, BID, 100, 5, False)
        state.clock["now"] += passed
        for event in done:
            apply_event(state, event_of(*event)[0])
        reconcile(state)
        assert int(state.displaced[0, 0]) == moved
        assert not any(used(state).values())


def test_an_order_that_loses_its_place_goes_on_decaying_as_before():
    state = line_state((4, BID, 100, 9), (2, BID, 100, 3), half_life=10)
    consume(state, 0, 0, BID, 100, 7, False)
    state.clock["now"] += 5
    apply_event(state, event_of("M", 4, BID, 100, 12)[0])
    reconcile(state)
    state.clock["now"] += 5
    assert taken(state) == 4  # half of 7: 3.5; from 5 at the change it would be 3.54
    apply_event(state, event_of("M", 4, BID, 100, 2)[0])
    reconcile(state)
    state.clock["now"] += 10
    assert taken(state) == 1
