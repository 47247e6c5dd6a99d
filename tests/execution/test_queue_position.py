"""How far a resting order is from the front, and how orders share that knowledge."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import QueueModel
from commonbook.execution.queue_position import after_mention, lots_ahead
from commonbook.simulation.setup import EngineSetup
from tests.kernels import Stepped, positions_ahead, scripted, used
from tests.oracle.builders import book as market
from tests.oracle.builders import bought, buy, portfolio, sell, sold
from tests.oracle.scenario import Cancel

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

RISK_AVERSE, POWER = QueueModel.RISK_AVERSE, QueueModel.POWER

# One estimate ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "lots"),
    [(0.0, 0), (1e-9, 0), (0.5, 1), (1.0, 1), (1.0000001, 1), (1.00001, 2), (48.0, 48)],
)
def test_an_estimate_is_rounded_up_to_whole_lots_but_for_noise(ahead, lots):
    assert lots_ahead(ahead) == lots


@pytest.mark.parametrize(
    ("kind", "n", "ahead", "traded", "prev", "new", "expected"),
    [
        # 60 of 100 are ahead, 20 are cancelled.
        (RISK_AVERSE, 1, 60, 0, 100, 80, 60),
        (POWER, 1, 60, 0, 100, 80, 48),  # uniform: 60 percent of them ahead
        (POWER, 2, 60, 0, 100, 80, 60 - 20 * 3600 / (3600 + 1600)),
        (POWER, 3, 60, 0, 100, 80, 44.5714),
        (POWER, 0.5, 60, 0, 100, 80, 60 - 20 * 60**0.5 / (60**0.5 + 40**0.5)),
        # More are gone than can have been behind.
        (RISK_AVERSE, 1, 60, 0, 100, 50, 50),
        (POWER, 1, 60, 0, 100, 50, 30),
        (POWER, 0.5, 90, 0, 100, 40, 40),
        # Traded size left from the front already and is no cancel.
        (RISK_AVERSE, 1, 50, 10, 100, 90, 50),
        (POWER, 1, 50, 10, 100, 90, 50),
        (POWER, 1, 50, 10, 100, 70, 40),
        # More was traded than is missing: size was added, behind.
        (POWER, 3, 50, 10, 100, 95, 50),
        (POWER, 3, 60, 0, 100, 130, 60),
        # Nobody behind, nobody ahead, nobody at all.
        (POWER, 1, 100, 0, 100, 70, 70),
        (POWER, 3, 0, 0, 100, 70, 0),
        (POWER, 3, 0, 0, 0, 0, 0),
        (POWER, 1, 60, 0, 100, 0, 0),
        (RISK_AVERSE, 1, 60, 0, 100, 0, 0),
    ],
)
def test_where_an_order_stands_after_its_level_changed(
    kind, n, ahead, traded, prev, new, expected
):
    estimate = after_mention(kind, float(n), float(ahead), traded, prev, new)
    assert estimate == pytest.approx(expected, abs=1e-4)


@given(
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 500),
    st.floats(0, 1),
    st.sampled_from([0.5, 1.0, 2.0, 3.0]),
)
def test_every_model_lies_between_nothing_and_the_most_careful_one(
    prev, new, traded, part, n
):
    ahead = part * prev
    careful = after_mention(RISK_AVERSE, 1.0, ahead, traded, prev, new)
    estimate = after_mention(POWER, n, ahead, traded, prev, new)
    assert careful == min(ahead, new)
    assert 0 <= estimate <= careful + 1e-9


@given(st.integers(1, 500), st.integers(0, 500), st.floats(0, 1))
def test_with_exponent_one_every_lot_is_cancelled_with_the_same_chance(
    prev, cancelled, part
):
    cancelled = min(cancelled, prev)
    ahead = part * prev
    estimate = after_mention(POWER, 1.0, ahead, 0, prev, prev - cancelled)
    assert estimate == pytest.approx(ahead * (1 - cancelled / prev), abs=1e-6)


# Shared positions ------------------------------------------------------------------

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


@pytest.mark.parametrize(
    ("kind", "exponent"), [(RISK_AVERSE, 1.0), (POWER, 1.0), (POWER, 3.0)]
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
