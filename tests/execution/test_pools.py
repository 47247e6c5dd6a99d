"""What a run takes from its pools it gives back, and the lists stay whole."""

from dataclasses import replace

import pytest

from commonbook.core.book_records import BY_ORDER, NO_ASK, NO_BID
from commonbook.execution.decay import taken_now
from tests.kernels import POOLS, Stepped, used
from tests.oracle.scenario import Cancel, Order, Packet, Scenario
from tests.strategies import random_scenario, with_pro_rata

NOTHING = dict.fromkeys(POOLS, 0)
WAIT = 1_000  # longer than any delay of a random scenario


def drained(scenario: Scenario) -> Scenario:
    """Cancel everything, then let the tape clear all books; learn of it at the end."""
    ts = scenario.packets[-1].ts
    clears = [("R", i, "B", 0, 0) for i in range(len(scenario.instruments))]
    packets = [
        *scenario.packets,
        Packet(ts + WAIT, [("T", 0, "B", 1, 1)]),
        Packet(ts + 2 * WAIT, clears),
        Packet(ts + 3 * WAIT, [("T", 0, "B", 1, 1)]),
    ]
    portfolios = []
    for portfolio in scenario.portfolios:
        sent = [m.id for m in portfolio.messages if isinstance(m, Order)]
        cancels = [
            Cancel(ts + wait, number)
            for wait in (10, 2 * WAIT + 10)  # the second wakes, and is too late
            for number in sent
        ]
        messages = [*portfolio.messages, *cancels]
        portfolios.append(replace(portfolio, messages=messages))
    return replace(scenario, packets=packets, portfolios=portfolios)


def assert_whole(state):
    """Compare every list with what it links: levels, shares, orders, positions."""
    resting = 0
    shares_of_engines = set()
    for engine in range(state.heads.shape[0]):
        for instrument in range(state.heads.shape[1]):
            for side in (0, 1):
                share, better = int(state.heads[engine, instrument, side]), -1
                while share >= 0:
                    entry = state.shares[share]
                    assert (entry["engine"], entry["better"]) == (engine, better)
                    assert entry["head"] >= 0 or entry["consumed"] > 0
                    shares_of_engines.add(share)
                    share, better = int(entry["next"]), share
    shares_of_levels = set()
    for row in range(state.mids.shape[0]):
        for side in (0, 1):
            book = state.books[row, side]
            own, better = int(book["own_head"]), -1
            best = int(state.own[own]["price"]) if own >= 0 else (NO_BID, NO_ASK)[side]
            assert book["own_best"] == best
            while own >= 0:
                level = state.own[own]
                assert level["prev_own"] == better
                if better >= 0:
                    prices = [int(level["price"]), int(state.own[better]["price"])]
                    assert prices == sorted(prices, reverse=side == 1)
                shares, orders = shares_and_orders(state, own)
                shares_of_levels |= shares
                resting += orders
                own, better = int(level["next"]), own
    assert shares_of_levels == shares_of_engines
    assert resting == state.engines["n_resting"].sum()


def shares_and_orders(state, own):
    """Walk the shares of a level and their orders; compare its counters."""
    level = state.own[own]
    shares, before, orders, consumers, refs = set(), -1, 0, 0, {}
    share = int(level["shares"])
    while share >= 0:
        entry = state.shares[share]
        assert (entry["own"], entry["prev_share"]) == (own, before)
        assert entry["price"] == level["price"]
        consumers += int(entry["consumed"] > 0)
        assert_taken(state, own, entry)
        slot, older = int(entry["head"]), -1
        while slot >= 0:
            order = state.orders[slot]
            assert (order["share"], order["prev"]) == (share, older)
            assert order["leaves"] > 0
            queue = int(order["queue"])
            while state.queues[queue]["merged"] >= 0:
                queue = int(state.queues[queue]["merged"])
            refs[queue] = refs.get(queue, 0) + 1
            orders += 1
            slot, older = int(order["next"]), slot
        assert entry["tail"] == older
        shares.add(share)
        share, before = int(entry["next_share"]), share
    assert (level["n_orders"], level["n_consumed"]) == (orders, consumers)
    live = {}
    queue = int(level["queues"])
    while queue >= 0:
        live[queue] = True
        queue = int(state.queues[queue]["next"])
    assert live.keys() == refs.keys()
    return shares, orders


def assert_taken(state, own, share):
    """Compare what is taken of tape orders with the orders, between packets."""
    by_order = state.books[int(state.own[own]["book"]), 0]["by_order"] == BY_ORDER
    half_life = int(state.engines[int(share["engine"])]["half_life"])
    total, place, entry = 0, -1, int(share["taken"])
    while entry >= 0:
        taken = state.taken[entry]
        order = state.tape[0, int(taken["order"])]
        assert (taken["place"], share["price"]) == (order["place"], order["price"])
        assert place < taken["place"]
        assert 0 <= taken_now(state, entry, half_life) <= order["qty"]
        assert taken["qty"] > 0
        total, place = total + int(taken["qty"]), int(taken["place"])
        entry = int(taken["next"])
    assert total == (share["consumed"] if by_order else 0)
    assert share["moving"] == 0


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(s, marks=[pytest.mark.nojit, pytest.mark.bounds] if s < 2 else [])
        for s in range(30)
    ],
)
@pytest.mark.parametrize("start", [1, 256])
def test_everything_is_given_back_when_nothing_rests_and_nothing_is_consumed(
    seed, start
):
    run = Stepped.of(drained(random_scenario(seed)), start)
    state = run.finish()
    assert used(state) == NOTHING
    assert state.engines["n_resting"].sum() == 0
    assert state.flights["count"].sum() == 0
    assert (state.heads == -1).all()
    assert (state.books["own_head"] == -1).all()
    assert (state.ladder["own"] == -1).all()


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(s, marks=[pytest.mark.nojit, pytest.mark.bounds] if s < 2 else [])
        for s in range(12)
    ],
)
def test_the_lists_are_whole_after_every_packet(seed):
    for state in Stepped.of(random_scenario(seed), start=4):
        assert_whole(state)
        used(state)


@pytest.mark.parametrize("seed", range(10))
def test_everything_is_given_back_and_whole_where_sizes_share(seed):
    run = Stepped.of(drained(with_pro_rata(random_scenario(seed), seed)), start=1)
    for state in run:
        assert_whole(state)
        used(state)
    assert used(run.finish()) == NOTHING
    assert (run.state.tops == -1).all()


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5])  # all of them take something
def test_the_lists_are_whole_where_the_tape_names_its_orders(seed):
    consumed = 0
    for state in Stepped.of(random_scenario(seed, orders=True), start=4):
        assert_whole(state)
        entries = used(state)["taken"]
        assert int(state.tape_notes["taken"].sum()) == entries
        consumed += entries
    assert consumed > 0
