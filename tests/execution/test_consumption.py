"""What was taken is gone for its group alone, and never more than the tape shows."""

import pytest

from commonbook.book.ladder import put_level
from commonbook.execution.consumption import clip_consumption, consume
from commonbook.execution.levels import consumed_at, own_level_at
from commonbook.simulation.build import build_state
from tests.execution.tape_lines import ASK, BID, consumed, line_state
from tests.kernels import scripted, setup, tape, used
from tests.oracle.builders import book, portfolio

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


@pytest.fixture
def state():
    """Give a book told by levels, for three engines, with 10 lots at 101."""
    traders = [scripted(portfolio(f"p{i}"), engine=i) for i in range(3)]
    made = build_state(tape([book(1, {99: 5}, {101: 10})]), setup(*traders))
    put_level(made.ladder, made.books, made.far, made.own, 0, ASK, 101, 10)
    return made


def by_engine(state):
    return [consumed_at(state, engine, 0, ASK, 101) for engine in range(3)]


def test_each_engine_consumes_for_itself(state):
    consume(state, 0, 0, ASK, 101, 4, False)
    consume(state, 2, 0, ASK, 101, 9, False)
    consume(state, 0, 0, ASK, 101, 3, False)
    assert by_engine(state) == [7, 0, 9]
    own = own_level_at(state, 0, ASK, 101)
    assert int(state.own[own]["n_consumed"]) == 2


def test_consumption_is_clipped_to_what_is_shown_and_given_back(state):
    consume(state, 0, 0, ASK, 101, 4, False)
    consume(state, 2, 0, ASK, 101, 9, False)
    own = own_level_at(state, 0, ASK, 101)
    clip_consumption(state, own, 5)
    assert by_engine(state) == [4, 0, 5]
    clip_consumption(state, own, 0)
    assert by_engine(state) == [0, 0, 0]
    assert not any(used(state).values())
    assert own_level_at(state, 0, ASK, 101) == -1


@pytest.mark.parametrize("latest", [False, True])
def test_more_than_the_tape_has_breaks_the_run(state, latest):
    consume(state, 0, 0, ASK, 101, 10, False)
    assert int(state.clock["broken"][0]) == 0
    consume(state, 0, 0, ASK, 101, 1, False)
    assert int(state.clock["broken"][0]) == 1
    named = line_state((4, BID, 100, 5))
    consume(named, 0, 0, BID, 100, 6, latest)
    assert int(named.clock["broken"][0]) == 1


def test_order_by_order_takes_are_first_come_and_crossings_latest_first():
    named = line_state((4, BID, 100, 5), (2, BID, 100, 3))
    consume(named, 0, 0, BID, 100, 1, True)
    consume(named, 0, 0, BID, 100, 6, False)
    assert consumed(named) == {4: 5, 2: 2}
    own = own_level_at(named, 0, BID, 100)
    assert int(named.own[own]["n_consumed"]) == 1
