"""A print has one budget for each engine, and acts on queues as it found them."""

from dataclasses import replace

import pytest

from commonbook.core.enums import Distribution, FillFlag, ImpactModel
from commonbook.execution.prints import budget_of
from commonbook.simulation.setup import EngineSetup, ImpactSetup
from tests.execution.tape_lines import line_state
from tests.kernels import Stepped, positions_ahead, scripted
from tests.oracle.builders import add, book, buy, executed, off, portfolio, sell, sold
from tests.oracle.scenario import Event, Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

THROUGH = int(FillFlag.THROUGH)


def fills_of(state):
    """Give (portfolio, price, qty, through) of the fills so far."""
    n = int(state.clock["n_fills"][0])
    return [
        (int(f["portfolio"]), int(f["price_half"]) // 2, int(f["qty"]), int(f["flags"]))
        for f in state.fills[:n]
    ]


def after_print(price, qty, aggressor, *portfolios, levels=({100: 6}, {110: 6})):
    """Let one print meet what portfolios sent; give the fills."""
    packets = [book(1, *levels), Packet(9, [Event("T", 0, aggressor, price, qty)])]
    *_, state = Stepped(packets, *(scripted(p, engine=e) for e, p in portfolios))
    return fills_of(state)


BIDS = portfolio("a", buy(2, 4, 100), buy(2, 3, 99), buy(2, 3, 98))


def test_a_budget_is_for_one_print_of_one_engine():
    state = line_state(engines=2)
    state.clock["print"] = 5
    assert budget_of(state, 0, 30) == 30
    state.engines["budget"][0] = 12
    assert budget_of(state, 0, 30) == 12
    assert budget_of(state, 1, 30) == 30
    state.clock["print"] = 6
    assert budget_of(state, 0, 7) == 7


def test_each_engine_serves_by_its_own_policy():
    ways = Distribution.PRO_RATA, Distribution.FIFO
    engines = tuple(EngineSetup(distribution=way) for way in ways)
    bids = [
        portfolio(name, buy(2, qty, 100))
        for name, qty in zip("abc", (6, 3, 1), strict=True)
    ]
    packets = [book(1, {}, {110: 6}), sold(9, 100, 7)]
    people = [
        scripted(replace(bid, name=f"{bid.name}{engine}"), engine=engine)
        for engine in range(2)
        for bid in bids
    ]
    *_, state = Stepped(packets, *people, engines=engines)
    got = [0] * 6
    for number, _, qty, _ in fills_of(state):
        got[number] += qty
    assert got[:3] == [4, 2, 1]
    assert sum(got[3:]) == 7
    assert sorted(got[3:]) in ([0, 1, 6], [0, 3, 4], [1, 3, 3])  # in some tie order


def test_better_bids_are_filled_through_before_those_at_the_price_are_reached():
    assert after_print(98, 20, "A", (0, BIDS)) == [
        (0, 100, 4, THROUGH),
        (0, 99, 3, THROUGH),
        (0, 98, 3, 0),
    ]


def test_the_budget_ends_what_a_print_can_fill():
    assert after_print(98, 5, "A", (0, BIDS)) == [
        (0, 100, 4, THROUGH),
        (0, 99, 1, THROUGH),
    ]
    both = after_print(99, 5, "A", (0, BIDS), (1, BIDS))
    assert sorted(both) == [
        (p, price, qty, THROUGH if price == 100 else 0)
        for p in (0, 1)
        for price, qty in ((99, 1), (100, 4))
    ]


def test_a_print_at_the_price_reaches_what_stands_behind_the_tape():
    assert after_print(100, 6, "A", (0, BIDS)) == []
    assert after_print(100, 8, "A", (0, BIDS)) == [(0, 100, 2, 0)]


def test_a_print_without_a_side_reaches_nobody_at_its_price():
    asks = portfolio("b", sell(2, 2, 101))
    assert after_print(100, 50, "N", (0, BIDS)) == []
    assert after_print(99, 50, "N", (0, BIDS)) == [(0, 100, 4, THROUGH)]
    # One budget for both sides, bids first.
    crossed = after_print(102, 5, "N", (0, BIDS), (0, asks))
    assert crossed == [(1, 101, 2, THROUGH)]


def test_the_aggressors_own_side_is_not_met():
    assert after_print(98, 50, "B", (0, BIDS)) == []


def test_within_a_packet_prints_lower_exact_queues_and_the_end_counts_anew():
    line = [add(1, "B", 100, 6), add(2, "B", 100, 6), add(9, "A", 105, 5)]
    hits = [
        Event("T", 0, "A", 100, 8),
        executed(1, "B", 100, 6),
        off(1, "B", 100, 6),
        Event("T", 0, "A", 100, 5),
    ]
    packets = [Packet(1, line), Packet(9, hits)]
    *_, state = Stepped(packets, scripted(portfolio("a", buy(2, 5, 100))))
    assert fills_of(state) == [(0, 100, 1, 0)]  # 8 + 5 of 12 ahead
    assert positions_ahead(state) == [(6.0, 0, 1)]  # the second is still there


def test_what_a_print_fills_of_ours_is_no_execution_of_what_we_had_taken():
    """The first order is consumed; its execution is what filled our bid behind it."""
    line = [add(1, "B", 100, 6), add(9, "A", 105, 5)]
    hit = [
        Event("T", 0, "A", 100, 6),
        executed(1, "B", 100, 6),
        off(1, "B", 100, 6),
    ]
    packets = [Packet(1, line), Packet(9, hit)]
    trader = portfolio("a", sell(2, 6), buy(4, 4, 100))
    *_, state = Stepped(packets, scripted(trader))
    assert fills_of(state)[-1] == (0, 100, 4, 0)
    assert int(state.displaced[0, 0]) == 2  # of 6 taken, 4 came back as ours


def test_a_displaced_print_fills_nothing_at_its_own_price_but_moves_the_queue():
    impact = ImpactSetup(ImpactModel.LINEAR, 1.0, ((1.0, 0),), (0.02,), (1_000.0,))
    packets = [book(1, {99: 9, 98: 3}, {101: 900}), sold(9, 98, 7), sold(90, 1, 1)]
    pushes = portfolio("a", buy(2, 1, 98), buy(5, 100))
    stepped = Stepped(packets, scripted(pushes), impacts=(impact,))
    states = iter(stepped)
    next(states), next(states)
    assert len(fills_of(stepped.state)) == 1  # the take alone
    assert positions_ahead(stepped.state) == [(0.0, 7, 1)]
