"""No step begins without room for the most that it could write."""

import pytest

from commonbook.core.enums import Status
from commonbook.core.state import State
from commonbook.simulation.build import build_state
from commonbook.simulation.room import OK, room_for
from tests.oracle.scenario import Packet, PortfolioSpec, Scenario, Settings
from tests.simulation.adapter import events_of, setup_of

LIVING = 5


@pytest.fixture
def state() -> State:
    """Give a state with some living orders, none of which has joined a queue."""
    scenario = Scenario(
        seed=1,
        instruments=["X"],
        packets=[Packet(1, [("S", 0, "B", 100, 9)])],
        portfolios=[PortfolioSpec("a")],
        settings=Settings([["a"]]),
    )
    made = build_state(events_of(scenario), setup_of(scenario), start=64)
    made.clock["left_orders"] -= LIVING
    return made


@pytest.mark.nojit
def test_every_living_order_can_get_a_queue_position_of_its_own(state):
    state.clock["left_queues"] = LIVING + 1
    assert room_for(state, 0, 0) == OK
    state.clock["left_queues"] = LIVING
    assert room_for(state, 0, 0) == Status.GROW_QUEUES
