"""A state begins with what its setup says, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from commonbook.core.enums import (
    Distribution,
    NettingPrice,
    OverRate,
    QueueModel,
    SelfTrade,
    SelfTradeScope,
    Wake,
)
from commonbook.core.rng import name_hash
from commonbook.simulation.build import build_state, chain
from commonbook.simulation.rates import RateSetup
from commonbook.simulation.setup import DeskSetup, EngineSetup, MatchingSetup
from tests.kernels import maker, scripted, setup, taker, tape, trader, twap, used
from tests.oracle.builders import book, buy, portfolio
from tests.oracle.scenario import Cancel

pytestmark = pytest.mark.nojit

EVENTS = tape([book(7, {99: 5}, {101: 5}), book(90, {1: 1}, {}, instrument=1)])


def built(*portfolios, start=8, **more):
    return build_state(EVENTS, setup(*portfolios, instruments=2, **more), start)


def test_all_pools_are_free():
    assert not any(used(built(trader("a", maker(1, 1, 10)))).values())


@pytest.mark.parametrize("start", [1, 5, 256])
def test_pools_begin_with_the_entries_that_are_asked_for(start):
    state = built(trader("a", maker(1, 1, 10)), start=start)
    pools = ("orders", "own", "shares", "queues", "reports", "fills", "history")
    assert {getattr(state, name).size for name in pools} == {start}


def test_entries_are_chained_ahead_of_those_that_are_free():
    pool = np.zeros(6, [("next", "i4")])
    chain(pool, 2, 1)
    assert pool["next"].tolist() == [0, 0, 3, 4, 5, 1]


def test_equal_delays_share_a_flight_and_a_view():
    delays = [(0, 3), (5, 3), (5, 0), (0, 0)]
    state = built(
        *(
            trader(f"p{i}", taker(1, 1, 10), feed_delay=feed, order_delay=order)
            for i, (feed, order) in enumerate(delays)
        )
    )
    assert state.flights["delay"].tolist() == [0, 3]
    assert state.portfolios["flight"].tolist() == [1, 1, 0, 0]
    assert state.views["feed_delay"].tolist() == [0, 5]
    assert state.portfolios["view"].tolist() == [0, 1, 1, 0]
    assert state.books.shape == (4, 2)  # two instruments in two views


def test_who_never_looks_needs_no_view():
    state = built(trader("a", twap(0, 1, 10, 20, 1), feed_delay=5))
    assert state.views.size == 1


def test_who_sees_the_touch_only_needs_no_view_but_a_trail():
    delays = [3, 0, 5]
    makers = [
        trader(f"p{i}", maker(1, 1, 10), feed_delay=feed)
        for i, feed in enumerate(delays)
    ]
    state = built(*makers)
    assert state.views.size == 1
    assert state.portfolios["touch_delay"].tolist() == delays
    assert state.trails["reach"].tolist() == [5, 5]
    assert state.touches.shape == (2, 8)
    assert built(makers[1]).touches.shape == (2, 0)  # it sees the books as they are


def test_who_wakes_for_events_sees_a_book_as_delayed_as_they_are():
    strategy = replace(maker(1, 1, 10), wakes=int(Wake.BOOK))
    state = built(trader("a", strategy, feed_delay=5))
    assert state.views["feed_delay"].tolist() == [0, 5]
    assert state.portfolios["touch_delay"].tolist() == [0]


def test_positions_are_known_from_the_start():
    state = built(trader("a", maker(1, 1, 10), positions={1: -4}, max_positions={0: 9}))
    assert state.accounts["position"].tolist() == [[0, -4]]
    assert state.accounts["known_position"].tolist() == [[0, -4]]
    assert state.accounts["max_position"].tolist() == [[9, -1]]


def test_engines_share_the_row_of_a_queue_model():
    engine = EngineSetup(
        distribution=Distribution.PRO_RATA,
        self_trade=SelfTrade.DECREMENT,
        scope=SelfTradeScope.GROUP,
        fill_on_cross=False,
        queue_model=QueueModel.POWER,
        exponent=2.5,
        half_life=9,
        cancel_on_halt=True,
    )
    state = built(
        trader("a", maker(1, 1, 10)),
        trader("b", maker(1, 1, 10), engine=1),
        engine=engine,
    )
    assert state.models.tolist() == [(1, 2.5)]
    fields = ["distribution", "self_trade", "self_trade_scope", "fill_on_cross"]
    assert state.engines[[*fields, "queue_model"]].tolist() == [(1, 3, 1, 0, 0)] * 2
    fields = ["half_life", "cancel_on_halt", "cancel_on_clear"]
    assert state.engines[fields].tolist() == [(9, 1, 0)] * 2


def test_matching_by_time_takes_no_room_of_any_engine():
    state = built(*(trader(f"p{i}", maker(1, 1, 10), engine=i) for i in range(9)))
    assert (state.tops.size, state.line.size) == (0, 0)
    assert state.matchings.shape == (2, 2)


def test_top_orders_are_kept_for_instruments_that_have_them():
    rules = (MatchingSetup(True, 2), MatchingSetup(True, 3, top_order=True))
    state = built(trader("a", maker(1, 1, 10), engine=4), matchings=rules)
    assert state.tops.tolist() == [[[-1, -1]]] * 5
    assert state.matchings["top_order"].tolist() == [[0, 0], [1, 1]]
    assert state.matchings["column"][1].tolist() == [0, 0]
    assert state.matchings["min_part"].tolist() == [[2, 2], [3, 3]]


def test_desks_know_their_pools():
    desks = [
        DeskSetup(0, 1, Distribution.FIFO),
        DeskSetup(1, 3, Distribution.PRO_RATA, NettingPrice.LAST),
    ]
    state = built(trader("a", maker(1, 1, 10)), desks=desks)
    fields = ["distribution", "first_engine", "n_engines", "price"]
    assert state.desks[fields].tolist() == [(0, 0, 1, 0), (1, 1, 3, 2)]


def test_scripts_stand_one_after_the_other_and_cancels_find_their_orders():
    one = scripted(portfolio("a", buy(9, 1, 99), Cancel(12, 1)))
    two = scripted(portfolio("b", buy(8, 1, 98), buy(9, 1, 97), Cancel(9, 2)))
    state = built(one, two)
    assert state.scripts["at"].tolist() == [9, 12, 8, 9, 9, 0]
    assert state.strategies[["cursor", "last"]].tolist() == [(0, 2), (2, 5)]
    cancels = np.flatnonzero(state.scripts["cancel"])
    assert [int(state.scripts["slot"][c]) for c in cancels] == [0, 3]
    assert (int(state.heap["ts"][0]), int(state.heap["owner"][0])) == (8, 1)


def test_a_setup_can_be_built_again():
    made = scripted(portfolio("a", buy(9, 1, 99), Cancel(12, 1)))
    first, second = built(made, made), built(made, made)
    assert first.scripts.tolist() == second.scripts.tolist()
    assert not np.shares_memory(first.scripts, made.strategy.script)


def test_names_decide_ties():
    state = built(trader("a", maker(1, 1, 10)), seed=77)
    assert state.portfolios["name_hash"].tolist() == [name_hash("a")]
    assert state.symbols.tolist() == [name_hash("SYM0"), name_hash("SYM1")]
    assert int(state.clock["seed"][0]) == 77


def test_time_begins_with_the_tape():
    state = built(trader("a", maker(1, 1, 10)), equity_interval=50)
    clock = state.clock[0]
    assert (clock["end_ts"], clock["next_sample"], clock["next_ts"]) == (90, 7, 7)
    assert state.timers["next_ts"].tolist() == [17]


def limited(name, over, messages=3, **more):
    return trader(name, maker(1, 1, 10), rate=RateSetup(messages, 9, over), **more)


def test_a_rate_costs_nobody_anything_but_those_who_have_it():
    free = built(trader("a", maker(1, 1, 10)), trader("b", maker(1, 1, 10)))
    assert free.portfolios["rate"].tolist() == [-1, -1]
    assert free.rates.size == free.rate_times.size == free.leave_times.size == 0
    one = built(trader("a", maker(1, 1, 10)), limited("b", OverRate.REJECT))
    assert one.portfolios["rate"].tolist() == [-1, 0]
    assert (one.rates.size, one.rate_times.size, one.leave_times.size) == (1, 3, 0)
    two = built(limited("a", OverRate.DELAY, 2), limited("b", OverRate.REJECT))
    assert two.rates["first"].tolist() == [0, 2]
    assert (two.rate_times.size, two.leave_times.size) == (5, two.terms.size)


def test_who_is_held_back_has_a_flight_of_its_own():
    delays = {"order_delay": 4}
    free = [trader(name, maker(1, 1, 10), **delays) for name in "ab"]
    state = built(*free, limited("c", OverRate.REJECT, **delays))
    assert state.flights.size == 1
    state = built(*free, limited("c", OverRate.DELAY, **delays))
    assert state.portfolios["flight"].tolist() == [0, 0, 1]
    assert state.flights["rule"].tolist() == [-1, 0]
