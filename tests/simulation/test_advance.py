"""The loop runs up to where it is told, and says why it stopped."""

import numpy as np
import pytest

from commonbook.core.enums import Status
from commonbook.simulation.advance import advance
from commonbook.simulation.grow import GROWABLE, grow
from tests.kernels import Stepped, scripted
from tests.oracle.builders import book, buy, portfolio
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

PACKETS = [
    book(1, {99: 5}, {101: 5}),
    book(10, {98: 5}, {}),
    Packet(20, [("S", 0, "B", 97, 1), ("S", 0, "A", 103, 1)]),
]


def stepped(*messages):
    return Stepped(PACKETS, scripted(portfolio("a", *messages)))


def test_it_stops_after_the_events_that_it_may_apply():
    run = stepped()
    assert advance(run.state, run.events, 2) == Status.CHUNK_END
    assert int(run.state.clock["pos"][0]) == 2
    assert advance(run.state, run.events, run.events.size) == Status.FINISHED


def test_what_is_due_after_the_last_event_of_a_chunk_waits_for_the_next():
    run = stepped(buy(1, 1), buy(2, 1))
    assert advance(run.state, run.events, 2) == Status.CHUNK_END
    assert int(run.state.clock["n_fills"][0]) == 0  # an event at 1 could follow
    assert advance(run.state, run.events, 3) == Status.CHUNK_END
    assert int(run.state.clock["n_fills"][0]) == 2


def test_a_chunk_may_end_inside_a_packet():
    run = stepped(buy(20, 6, 103))
    assert advance(run.state, run.events, 4) == Status.CHUNK_END
    assert int(run.state.clock["n_fills"][0]) == 0
    assert advance(run.state, run.events, 5) == Status.FINISHED
    fills = run.state.fills[: int(run.state.clock["n_fills"][0])]
    assert fills[["price_half", "qty"]].tolist() == [(202, 5), (206, 1)]


def test_what_is_due_at_the_last_time_is_done_before_the_end():
    run = stepped(buy(20, 1), buy(21, 1))
    assert advance(run.state, run.events, run.events.size) == Status.FINISHED
    assert int(run.state.clock["n_fills"][0]) == 1
    assert int(run.state.clock["now"][0]) == 20


def test_too_little_room_is_said_with_what_is_needed_and_nothing_is_half_done():
    run = Stepped(PACKETS, *(scripted(portfolio(n, buy(2, 1))) for n in "abc"), start=1)
    before = {name: getattr(run.state, name).copy() for name in ("accounts", "own")}
    status = advance(run.state, run.events, run.events.size)
    assert status in GROWABLE
    assert advance(run.state, run.events, run.events.size) == status
    assert int(run.state.clock["need"][0]) > 0
    for name, array in before.items():
        assert np.array_equal(getattr(run.state, name), array)
    enough = grow(run.state, status)
    assert advance(enough, run.events, run.events.size) != status


def test_a_broken_run_is_never_taken_for_a_finished_one():
    run = stepped()
    run.state.clock["broken"] = 1
    assert advance(run.state, run.events, run.events.size) == Status.BROKEN
