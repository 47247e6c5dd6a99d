"""Every pool grows when a run needs it, and growing changes nothing else."""

import numpy as np
import pytest

from commonbook.core.enums import Status
from commonbook.simulation.grow import GROWABLE, grow
from tests.kernels import POOLS, Stepped, maker, orders, run, scripted, trader, used
from tests.oracle.builders import book, buy, portfolio, sell, snapshot, sold
from tests.oracle.scenario import Cancel
from tests.strategies import random_scenario, with_pro_rata


def crowded():
    """Make a run that needs more of everything than it begins with."""
    bids, asks = {99 - i: 5 for i in range(9)}, {101 + i: 5 for i in range(9)}
    packets = [
        book(1, bids, asks),
        sold(30, 98, 60),
        snapshot(31, bids, asks),
        book(40, {}, {95: 50}),
        book(60, {1: 1}, {}),
    ]
    portfolios = [
        scripted(
            portfolio(
                f"p{i}",
                *(buy(3 + k, 2, 99 - k) for k in range(5)),
                Cancel(20, 5),
                sell(21, 12),
                order_delay=i,
                response_delay=7,
            )
        )
        for i in range(6)
    ]
    return packets, portfolios


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_run_that_begins_with_one_of_each_ends_like_any_other():
    packets, portfolios = crowded()
    whole = run(packets, *portfolios)
    stepped = Stepped(packets, *portfolios, start=1)
    state = stepped.finish()
    assert stepped.status == Status.FINISHED
    n_fills, n_orders = int(state.clock["n_fills"][0]), int(state.clock["n_history"][0])
    assert n_fills == whole.fills.size > 20
    assert n_orders == whole.orders.size == 36
    assert len(orders(whole)) == 6
    names = ["ts", "portfolio", "order_id", "price_half", "qty", "counterparty"]
    assert state.fills[names][:n_fills].tolist() == whole.fills[names].tolist()
    used(state)


def test_every_pool_has_grown_in_some_run():
    packets, portfolios = crowded()
    stepped = Stepped(packets, *portfolios, start=1)
    stepped.finish()
    grown = set(stepped.grown)
    glances = [trader("a", maker(1, 1, 10), feed_delay=50)]
    moving = [book(1 + 3 * i, {90 + i % 7: i % 2}, {110: 5}) for i in range(30)]
    glancing = Stepped(moving, *glances, start=1)
    glancing.finish()
    grown |= set(glancing.grown)
    for seed in range(20):
        scenario = with_pro_rata(random_scenario(seed), seed)
        scenario = Stepped.of(scenario, start=1)
        scenario.finish()
        grown |= set(scenario.grown)
    assert grown == set(GROWABLE)


def test_a_run_with_room_for_everything_is_never_left():
    packets, portfolios = crowded()
    stepped = Stepped(packets, *portfolios, start=4_096)
    stepped.finish()
    assert stepped.grown == []


def state_of(start=4):
    packets, portfolios = crowded()
    return Stepped(packets, *portfolios, start=start).state


@pytest.mark.nojit
@pytest.mark.parametrize("status", sorted(GROWABLE))
@pytest.mark.parametrize("need", [5, 100])
def test_after_growing_there_is_room_for_what_was_needed(status, need):
    before = state_of()
    before.clock["need"] = need
    after = grow(before, status)
    changed = {
        name: (getattr(before, name).shape, getattr(after, name).shape)
        for name in after._arrays
        if getattr(before, name) is not getattr(after, name)
    }
    assert changed
    for old, new in changed.values():
        assert all(large >= small for small, large in zip(old, new, strict=True))
    assert after.clock is before.clock
    assert not any(used(after).values())
    for name in POOLS:
        if name in changed:
            assert int(after.clock[f"left_{name}"][0]) >= need


@pytest.mark.parametrize("name", POOLS)
def test_entries_in_use_keep_their_places(name):
    status = {
        "own": Status.GROW_LEVELS,
        "shares": Status.GROW_LEVELS,
        "queues": Status.GROW_QUEUES,
        "orders": Status.GROW_ORDERS,
        "reports": Status.GROW_REPORTS,
        "taken": Status.GROW_TAKEN,
    }[name]
    *_, state = Stepped(*_crowded_at_a_rest())
    taken = used(state)
    before = getattr(state, name).copy()
    state.clock["need"] = 3
    after = grow(state, status)
    assert used(after) == taken
    assert (getattr(after, name)[: before.size] == before).all()


def _crowded_at_a_rest():
    packets, portfolios = crowded()
    return packets[:2], *portfolios


@pytest.mark.nojit
def test_rings_are_unrolled_in_order():
    state = state_of()
    ring = state.rings[2]
    ring["ts"] = [40, 10, 20, 30]
    state.flights["head"][2], state.flights["count"][2] = 1, 4
    state.clock["need"] = 9
    after = grow(state, Status.GROW_FLIGHTS)
    assert after.rings.shape[1] >= 9
    assert after.rings["ts"][2, :4].tolist() == [10, 20, 30, 40]
    assert after.flights["head"].tolist() == [0] * after.flights.size
    assert int(after.flights["count"][2]) == 4


def test_growing_doubles_so_that_long_runs_seldom_stop():
    packets, portfolios = crowded()
    small = Stepped(packets, *portfolios, start=1)
    small.finish()
    most = max(small.grown.count(status) for status in set(small.grown))
    assert most <= np.log2(256)
