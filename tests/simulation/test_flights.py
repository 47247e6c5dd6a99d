"""Messages travel in runs, and arrive in tie order whatever order they were sent in."""

import pytest

from commonbook.core.enums import MessageKind, Status
from commonbook.core.rng import tie_hash
from commonbook.simulation.build import build_state
from commonbook.simulation.flights import dispatch, gather, gather_for_desks
from commonbook.simulation.grow import grow
from commonbook.simulation.room import OK
from commonbook.simulation.setup import DeskSetup
from commonbook.strategy.verbs import send_cancel, send_market, send_quote
from tests.kernels import Stepped, maker, run, scripted, setup, tape, trader
from tests.oracle.builders import book, buy, portfolio, sell, sold

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

DELAY = 5


def state_of(*portfolios, start=16, **more):
    """Make a state in which nobody has sent anything."""
    people = portfolios or [person(name) for name in "abcd"]
    events = tape([book(1, {99: 5}, {101: 5}), book(1, {99: 5}, {101: 5}, 1)])
    return build_state(events, setup(*people, instruments=2, **more), start=start)


def person(name, **more):
    return trader(name, maker(1, 1, 10), **{"order_delay": DELAY} | more)


def arrive(state, later=DELAY):
    """Let time pass; give (slot, cancel) of what arrives, in its order."""
    state.clock["now"] += later
    assert gather(state) == OK
    return batch(state)


def batch(state):
    n = int(state.clock["n_runs"][0])
    count = int(state.runs["count"][0, :n].sum())
    batch = state.batch[:count]
    cancels = (batch["kind"] == MessageKind.CANCEL).astype(int)
    return list(zip(batch["slot"].tolist(), cancels.tolist(), strict=True))


def send(state, *whose):
    """Send a quote for each (portfolio, instrument); give the slots."""
    return [send_quote(state, who, what, 0, 90, 1) for who, what in whose]


# Runs ------------------------------------------------------------------------------


def test_what_one_portfolio_sends_in_a_row_for_one_instrument_is_one_run():
    state = state_of()
    slots = send(state, (0, 0), (0, 0), (0, 1), (1, 1), (1, 1), (0, 1))
    send_cancel(state, slots[0])
    assert dispatch(state) == OK
    # b's second message, then a's cancel: a run of its own, of the first instrument.
    assert state.rings["count"][0, :7].tolist() == [2, 0, 1, 2, 0, 1, 1]
    assert int(state.clock["n_outbox"][0]) == 0


def test_what_a_desk_has_crossed_does_not_leave_and_does_not_part_a_run():
    state = state_of()
    slots = send(state, (0, 0), (0, 0), (0, 0))
    state.orders["leaves"][slots[1]] = 0
    dispatch(state)
    assert int(state.flights["count"][0]) == 2
    assert state.rings[["sent", "count"]][0, :2].tolist() == [(0, 2), (2, 0)]


def test_messages_of_one_portfolio_keep_their_order():
    state = state_of()
    slots = send(state, (0, 0), (1, 0), (0, 0), (0, 1), (0, 0), (1, 0))
    send_cancel(state, slots[2])
    dispatch(state)
    more = send(state, (0, 0))  # in another round of the same time
    dispatch(state)
    arrived = arrive(state)
    owners = state.orders["portfolio"], state.orders["instrument"]
    mine = [m for m in arrived if (owners[0][m[0]], owners[1][m[0]]) == (0, 0)]
    cancelled = (slots[2], 1)
    assert mine == [
        (slots[0], 0),
        (slots[2], 0),
        (slots[4], 0),
        cancelled,
        (more[0], 0),
    ]


def test_only_what_is_due_arrives():
    state = state_of()
    early = send(state, (0, 0), (0, 0))
    dispatch(state)
    state.clock["now"] += 1
    late = send(state, (0, 0))
    dispatch(state)
    assert arrive(state, DELAY - 1) == [(slot, 0) for slot in early]
    assert arrive(state, 1) == [(slot, 0) for slot in late]
    assert arrive(state, 99) == []


def test_a_run_may_go_round_the_end_of_its_ring():
    state = state_of(start=8)
    send(state, *[(0, 0)] * 6)
    dispatch(state)
    arrive(state)
    slots = [3, 1, 4, 0, 5]
    for slot in slots:
        send_cancel(state, slot)
    dispatch(state)
    assert arrive(state) == [(slot, 1) for slot in slots]
    assert state.flights[["head", "count"]][0].tolist() == (3, 0)


# Tie order -------------------------------------------------------------------------


def expected_order(state, now, people):
    names = state.portfolios["name_hash"].tolist()
    seed, symbol = int(state.clock["seed"][0]), int(state.symbols[0])
    return sorted(people, key=lambda p: (tie_hash(seed, symbol, now, names[p]), p))


@pytest.mark.parametrize("now", range(6))
def test_portfolios_of_one_engine_stand_by_the_hash_of_the_time(now):
    state = state_of(*[person(f"p{i}") for i in range(30)], start=32)
    state.clock["now"] = now
    send(state, *[(p, 0) for p in range(30)])
    dispatch(state)
    people = [int(state.orders["portfolio"][slot]) for slot, _ in arrive(state)]
    assert people == expected_order(state, now + DELAY, range(30)) != list(range(30))


@pytest.mark.parametrize("sent", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_engines_stand_in_their_order_and_instruments_before_them(sent):
    people = [person(name, engine=k) for k, name in enumerate("abcd")]
    state = state_of(*people)
    send(state, *[(p, i) for p in sent for i in (1, 0)])
    dispatch(state)
    places = [
        (int(state.orders["instrument"][slot]), int(state.orders["portfolio"][slot]))
        for slot, _ in arrive(state)
    ]
    assert places == [(i, p) for i in (0, 1) for p in range(4)]


def test_messages_of_different_delays_may_meet():
    people = [person("a", order_delay=3), person("b", order_delay=2), person("c")]
    state = state_of(*people)
    for who, after in ((2, 0), (0, 2), (1, 1)):
        state.clock["now"] += after
        send(state, (who, 0), (who, 0))
        dispatch(state)
    arrived = [int(state.orders["portfolio"][slot]) for slot, _ in arrive(state, 2)]
    assert arrived[::2] == arrived[1::2] == expected_order(state, 5, range(3))


# Desks -----------------------------------------------------------------------------


def test_a_desk_gathers_the_orders_that_it_may_net():
    people = [person(name, desk=0 if name < "c" else -1) for name in "abc"]
    state = state_of(*people, desks=[DeskSetup(0, 1, 0)])
    takers = [send_market(state, p, 0, 0, 1) for p in (0, 0, 2)]
    send(state, (0, 0))
    takers.append(send_market(state, 0, 0, 0, 1))
    send_cancel(state, takers[0])
    takers.append(send_market(state, 1, 0, 1, 1))
    assert gather_for_desks(state) == OK
    mine = [(takers[0], 0), (takers[1], 0), (takers[3], 0)]
    assert [m for m in batch(state) if m != (takers[4], 0)] == mine
    assert len(batch(state)) == 4
    assert int(state.clock["n_runs"][0]) == 3
    assert int(state.clock["n_outbox"][0]) == 7  # nothing has left


def test_without_desks_there_is_nothing_to_gather():
    state = state_of()
    send_market(state, 0, 0, 0, 1)
    assert gather_for_desks(state) == OK
    assert batch(state) == []


# Room ------------------------------------------------------------------------------


def test_too_little_room_is_asked_for_before_anything_has_arrived():
    state = state_of(start=4)
    slots = send(state, (0, 0), (0, 1), (1, 0), (0, 0))
    dispatch(state)
    state = grow(_needing(state, 8), Status.GROW_ORDERS)
    state = grow(_needing(state, 8), Status.GROW_FLIGHTS)
    slots += send(state, (0, 0), (0, 1))
    dispatch(state)
    state.clock["now"] += DELAY
    for status, need in ((Status.GROW_RUNS, 6), (Status.GROW_BATCH, 6)):
        assert gather(state) == status
        assert int(state.clock["need"][0]) == need
        assert int(state.flights["count"][0]) == 6
        state = grow(state, status)
    assert sorted(slot for slot, _ in arrive(state, 0)) == slots


def _needing(state, need):
    state.clock["need"] = need
    return state


def test_only_takers_need_room_to_take():
    packets = [book(1, {99: 5}, {101: 5}), sold(9, 80, 1), sold(20, 1, 1)]
    quotes = [buy(2, 1, 98 - k % 9, post_only=True) for k in range(40)]
    quiet = Stepped(packets, scripted(portfolio("a", *quotes)), start=1)
    quiet.finish()
    assert Status.GROW_BATCH in quiet.grown
    assert Status.GROW_TAKERS not in quiet.grown
    takers = [scripted(portfolio(name, sell(2, 1))) for name in "bcd"]
    loud = Stepped(packets, scripted(portfolio("a", *quotes)), *takers, start=1)
    state = loud.finish()
    assert Status.GROW_TAKERS in loud.grown
    assert state.work.shape[1] < 8 < state.batch.size
    whole = run(packets, scripted(portfolio("a", *quotes)), *takers)
    assert int(state.clock["n_fills"][0]) == whole.fills.size
