"""No step begins without room for the most that it could write."""

import pytest

from commonbook.core.enums import (
    Distribution,
    ImpactModel,
    SelfTrade,
    SelfTradeScope,
    Status,
)
from commonbook.core.state import State
from commonbook.simulation.build import build_state
from commonbook.simulation.room import OK, room_for, room_for_ends, room_for_sends
from commonbook.simulation.setup import EngineSetup, ImpactSetup, MatchingSetup
from tests.kernels import Stepped, fills, run, scripted, setup, tape, used
from tests.oracle.builders import book, buy, portfolio, sell, sold

pytestmark = pytest.mark.nojit

START = 64


@pytest.fixture
def state() -> State:
    """Give a state with as many entries in every pool and buffer."""
    made = setup(scripted(portfolio("a")))
    return build_state(tape([book(1, {100: 9}, {})]), made, START)


def test_as_much_as_there_is_may_be_asked_for(state):
    assert room_for(state, START - 1, 0, 0) == OK
    assert room_for(state, 0, START - 1, 0) == OK
    assert room_for(state, 0, 0, START - 1) == OK
    assert room_for_sends(state, START - 1, 1) == OK


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ((START + 1, 0, 0), Status.GROW_FILLS),
        ((0, START + 1, 0), Status.GROW_HISTORY),
        ((30, 30, 4), Status.GROW_REPORTS),  # each of them is told
    ],
)
def test_what_is_too_small_is_named_with_what_is_needed(state, step, status):
    assert room_for(state, *step) == status
    assert int(state.clock["need"][0]) >= sum(step)


def test_orders_that_nobody_learns_of_need_no_reports(state):
    state.clock["left_reports"] = 0
    assert room_for(state, 0, 0, 0) == Status.GROW_REPORTS
    assert room_for_ends(state, START) == OK
    assert room_for_ends(state, START + 1) == Status.GROW_HISTORY
    assert int(state.clock["need"][0]) > START


def test_every_order_can_get_a_queue_position_of_its_own(state):
    state.clock["left_queues"] = 6
    assert room_for(state, 0, 0, 5) == OK
    assert room_for(state, 0, 0, 6) == Status.GROW_QUEUES


def test_what_is_used_already_does_not_count_as_room(state):
    state.clock["n_fills"] = START - 2
    assert room_for(state, 2, 0, 0) == OK
    assert room_for(state, 3, 0, 0) == Status.GROW_FILLS
    state.clock["n_history"] = START - 1
    assert room_for(state, 0, 2, 0) == Status.GROW_HISTORY
    state.clock["n_marks"] = state.marks.size
    assert room_for(state, 0, 0, 0) == Status.GROW_MARKS


def test_those_who_send_have_room_for_their_orders_and_their_last_cancels(state):
    state.clock["left_orders"] = 3
    assert room_for_sends(state, 3, 0) == OK
    assert room_for_sends(state, 4, 0) == Status.GROW_ORDERS
    state.clock["n_outbox"] = 60
    assert room_for_sends(state, 2, 2) == OK
    assert room_for_sends(state, 2, 3) == Status.GROW_OUTBOX
    assert int(state.clock["need"][0]) == 65


# What steps use --------------------------------------------------------------------

CAREFUL = [1, 2, 5, 16, 64]


def assert_same_with_little_room(packets, portfolios, **more):
    """Run with pools of several sizes; the smallest would show what is missing."""
    whole = run(packets, *portfolios, **more)
    # Pools that never meet stand in another order when a run is over.
    columns = ["ts", "portfolio", "order_id", "price_half", "qty", "impact_e8"]
    for start in CAREFUL:
        stepped = Stepped(packets, *portfolios, start=start, **more)
        state = stepped.finish()
        assert stepped.status == Status.FINISHED
        n = int(state.clock["n_fills"][0])
        mine = state.fills[columns][:n].tolist()
        assert sorted(mine) == sorted(whole.fills[columns].tolist())
        used(state)
    return whole


@pytest.mark.bounds
def test_pools_that_move_one_market_each_open_levels_of_their_own():
    impact = ImpactSetup(ImpactModel.LINEAR, 0.5, ((1.0, 0),), (0.01,), (1e4,))
    packets = [book(1, {99: 5}, {101 + k: 1 for k in range(10)}), sold(9, 1, 1)]
    crowd = [scripted(portfolio(f"p{i:02}", buy(5, 10)), engine=i) for i in range(12)]
    whole = assert_same_with_little_room(packets, crowd, impacts=(impact,))
    assert len(fills(whole, 11)) == 10


@pytest.mark.bounds
def test_one_print_may_fill_everybody_at_every_price():
    packets = [book(1, {99: 5}, {101: 5}), sold(9, 80, 10_000), sold(20, 1, 1)]
    bids = [buy(2, 1, 98 - k) for k in range(8)]
    crowd = [scripted(portfolio(f"p{i}", *bids), engine=i % 3) for i in range(9)]
    assert assert_same_with_little_room(packets, crowd).fills.size == 72


@pytest.mark.bounds
def test_new_size_at_many_prices_may_cross_everybody():
    crossing = {98 - k: 30 for k in range(8)}
    packets = [book(1, {90: 5}, {101: 5}), book(9, {}, crossing), sold(20, 1, 1)]
    bids = [buy(2, 1, 98 - k) for k in range(8)]
    crowd = [scripted(portfolio(f"p{i}", *bids), engine=i % 3) for i in range(9)]
    assert assert_same_with_little_room(packets, crowd).fills.size == 72


@pytest.mark.bounds
def test_a_batch_may_empty_the_book_and_everybody_in_it():
    packets = [book(1, {99 - k: 2 for k in range(9)}, {101: 5}), sold(20, 1, 1)]
    resting = [
        scripted(portfolio(f"p{i}", *(buy(2, 2, 99 - k) for k in range(9))))
        for i in range(6)
    ]
    taking = [scripted(portfolio(f"t{i}", sell(4, 50))) for i in range(4)]
    whole = assert_same_with_little_room(packets, [*resting, *taking])
    assert sum(qty for *_, qty in fills(whole, 0)) == 18


def sharing(scope, distribution=Distribution.PRO_RATA):
    """Choose how a group divides and whom its orders must not meet."""
    return EngineSetup(
        distribution=distribution, self_trade=SelfTrade.CANCEL_OLDEST, scope=scope
    )


@pytest.mark.bounds
@pytest.mark.parametrize("scope", SelfTradeScope)
def test_who_meets_himself_lets_all_others_take_again_where_sizes_share(scope):
    packets = [book(1, {99: 5}, {103: 900}), book(30, {98: 1}, {})]
    crowd = [
        scripted(portfolio(f"p{i}", sell(5 + i % 3, 40 + i, 102), buy(20, 60, 102)))
        for i in range(8)
    ]
    whole = assert_same_with_little_room(
        packets, crowd, engine=sharing(scope), matchings=(MatchingSetup(True, 2),)
    )
    takes = [len(fills(whole, i)) for i in range(8)]
    # Only sizes of others are taken, or with the scope of the group nothing at all.
    assert (max(takes) > 0) == (scope == SelfTradeScope.PORTFOLIO)


@pytest.mark.parametrize(
    ("engine", "times"),
    [
        (sharing(SelfTradeScope.PORTFOLIO, Distribution.FIFO), 1),
        (sharing(SelfTradeScope.GROUP), 3),
    ],
)
def test_room_to_share_sizes_is_like_room_to_take_by_time(engine, times):
    packets = [book(1, {99: 5}, {103: 900}), sold(30, 1, 1)]
    crowd = [
        scripted(portfolio(f"p{i}", sell(5, 10_000, 102), buy(20, 10_000, 101)))
        for i in range(40)
    ]
    sizes = []
    for matchings in [(), (MatchingSetup(True),)]:
        stepped = Stepped(packets, *crowd, start=1, engine=engine, matchings=matchings)
        sizes.append(stepped.finish().fills.size)
    assert sizes[0] > 40 * 40
    assert sizes[1] <= times * sizes[0]
