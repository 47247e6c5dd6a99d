"""How far a resting order is from the front, and how orders share that knowledge."""

import math

import pytest

from commonbook.core.enums import QueueModel
from commonbook.execution.queue_model import after_mention
from commonbook.simulation.setup import EngineSetup
from tests.kernels import Stepped, positions_ahead, scripted, used
from tests.oracle.builders import add, bought, buy, portfolio, sell, sold
from tests.oracle.builders import book as market
from tests.oracle.scenario import Cancel, Event, Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

RISK_AVERSE, POWER, LOG = QueueModel

BOOK = market(1, {100: 60, 99: 5}, {101: 5})


def crowd(n, *messages, apart=False):
    """Make n portfolios that send the same, each with an engine of its own or not."""
    return [
        scripted(portfolio(f"p{i:03}", *messages), engine=i if apart else 0)
        for i in range(n)
    ]


@pytest.mark.parametrize("apart", [False, True])
def test_orders_that_join_together_share_one_position(apart):
    run = Stepped(
        [BOOK, sold(5, 100, 7), sold(9, 100, 3)],
        *crowd(50, buy(2, 1, 100), apart=apart),
    )
    seen = [positions_ahead(state) for state in run]
    assert seen == [[], [(53.0, 7, 50)], [(50.0, 10, 50)]]
    assert used(run.state)["queues"] == 1


def test_orders_that_join_apart_have_positions_of_their_own():
    others = [scripted(portfolio("z", buy(6, 1, 100)))]
    run = Stepped(
        [BOOK, sold(5, 100, 7), market(8, {100: 53}, {})],
        *crowd(3, buy(2, 1, 100)),
        *others,
    )
    *_, state = run
    # The level showed 60 when z joined: what had been printed was not taken off yet.
    assert positions_ahead(state) == [(53.0, 0, 4)]
    assert used(state)["queues"] == 2  # z still has to follow the merger


def test_positions_that_become_equal_are_merged_and_the_order_follows():
    late = scripted(portfolio("z", buy(4, 1, 100), Cancel(20, 1)))
    packets = [
        BOOK,
        sold(3, 100, 10),
        sold(5, 100, 10),
        market(6, {100: 40}, {}),
        sold(30, 100, 2),
        sold(31, 100, 2),
    ]
    run = Stepped(packets, *crowd(3, buy(2, 1, 100)), late)
    seen = [(positions_ahead(state), used(state)["queues"]) for state in run]
    assert seen[2] == ([(50.0, 10, 1), (40.0, 20, 3)], 2)
    assert seen[3] == ([(40.0, 0, 4)], 2)
    assert seen[4] == ([(38.0, 2, 3)], 1)


def test_positions_that_a_print_brings_to_the_front_are_merged():
    first = scripted(portfolio("a", buy(2, 30, 100)))
    second = scripted(portfolio("b", buy(4, 30, 100)), engine=1)
    packets = [BOOK, market(3, {100: 70}, {}), sold(7, 100, 80)]
    seen = [positions_ahead(state) for state in Stepped(packets, first, second)]
    assert seen[1] == [(60.0, 0, 1)]
    assert seen[2] == [(0.0, 80, 2)]  # 20 of a and 10 of b are filled


def test_a_fill_moves_those_behind_it_apart():
    first = scripted(portfolio("a", buy(2, 4, 100)))
    behind = scripted(portfolio("b", buy(5, 9, 100)))
    alone = scripted(portfolio("c", buy(5, 9, 100)), engine=1)
    packets = [
        BOOK,
        market(3, {100: 10}, {}),
        market(4, {100: 30}, {}),
        sold(7, 100, 14),
    ]
    seen = [positions_ahead(s) for s in Stepped(packets, first, behind, alone)]
    assert seen[2] == [(10.0, 0, 1)]
    # a got 4 of the 14, so the size ahead of b fell by 10 only; c has its own engine.
    assert sorted(seen[3]) == [(16.0, 14, 1), (20.0, 14, 1)]


def test_a_position_left_by_its_last_order_is_given_back():
    run = Stepped(
        [BOOK, sold(5, 100, 1), sold(30, 100, 1)],
        *crowd(4, buy(2, 1, 100), Cancel(20, 1)),
    )
    seen = [used(state)["queues"] for state in run]
    assert seen == [0, 1, 0]


def test_an_own_take_moves_own_orders_and_nobody_elses():
    resting = [
        scripted(portfolio("a", buy(2, 1, 100))),
        scripted(portfolio("b", buy(2, 1, 100)), engine=1),
    ]
    takes = scripted(portfolio("c", sell(4, 10)))
    run = Stepped([BOOK, bought(9, 101, 1)], *resting, takes)
    *_, state = run
    assert sorted(positions_ahead(state)) == [(50.0, 0, 1), (60.0, 0, 1)]


def test_positions_between_which_a_clear_lets_an_order_come_back_stay_apart():
    bid, behind, ask = add(1, "B", 100, 5), add(2, "B", 100, 7), add(3, "A", 110, 5)
    back = [Event("R", 0, "N", 0, 0), *sold(10, 100, 12).events, bid, behind, ask]
    packets = [Packet(1, [bid, ask]), Packet(5, [behind]), Packet(10, back)]
    first = scripted(portfolio("a", buy(2, 20, 100)))
    second = scripted(portfolio("b", buy(6, 20, 100)), engine=1)
    *_, state = Stepped(packets, first, second)
    # The print brought both to the front; then the tape's orders were there again.
    assert sorted(positions_ahead(state)) == [(5.0, 0, 1), (12.0, 0, 1)]


@pytest.mark.parametrize(
    ("kind", "exponent"), [(RISK_AVERSE, 1.0), (POWER, 1.0), (POWER, 3.0), (LOG, 1.0)]
)
def test_an_engine_uses_its_own_model(kind, exponent):
    engine = EngineSetup(queue_model=kind, exponent=exponent)
    run = Stepped(
        [BOOK, market(3, {100: 100}, {}), market(5, {100: 80}, {})],
        *crowd(2, buy(2, 1, 100)),
        engine=engine,
    )
    *_, state = run
    expected = after_mention(kind, exponent, 60.0, 0, 100, 80)
    assert positions_ahead(state) == [(expected, 0, 2)]
    assert math.isfinite(expected)
