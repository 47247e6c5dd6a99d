"""A sells 1000 at market while B buys 800 at market, at the same time."""

import pytest

from tests.oracle.builders import book, buy, fills, portfolio, scenario, sell
from tests.oracle.outcome import Outcome
from tests.oracle.scenario import Order, Scenario

BOOK = book(1, {9999: 500, 9998: 500}, {10001: 500, 10002: 500})
WALKED = {
    "a": [(500, 9999, "taker"), (500, 9998, "taker")],
    "b": [(500, 10001, "taker"), (300, 10002, "taker")],
}
NETTED = {
    "a": [(800, 10000, "cross"), (200, 9999, "taker")],
    "b": [(800, 10000, "cross")],
}


def desks(
    ours: Order | None = None, theirs: Order | None = None, **settings: object
) -> Scenario:
    delays = {"order_delay": 100, "response_delay": 100}
    return scenario(
        [BOOK],
        portfolio("a", ours or sell(500, 1000), positions={0: 1000}, **delays),
        portfolio("b", theirs or buy(500, 800), **delays),
        **settings,
    )


def both(outcome: Outcome) -> dict[str, list[tuple[int, float, str]]]:
    return {name: fills(outcome, name) for name in "ab"}


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_netting_crosses_at_the_mid_and_sends_the_rest(run, distribution):
    outcome = run(desks(distribution=distribution))
    assert both(outcome) == NETTED
    assert [f.ts for f in outcome.fills if f.liquidity == "cross"] == [500, 500]
    assert [f.ts for f in outcome.fills if f.liquidity == "taker"] == [600]
    assert outcome.positions == {("a", 0): 0, ("b", 0): 800}
    assert outcome.cash["b", 0] == -800 * 20000
    assert outcome.cash["a", 0] == 800 * 20000 + 200 * 2 * 9999


def test_the_two_sides_of_a_cross_name_each_other(run):
    crosses = [f for f in run(desks()).fills if f.liquidity == "cross"]
    assert {(f.portfolio, f.counterparty) for f in crosses} == {("a", "b"), ("b", "a")}
    assert len({f.cross for f in crosses}) == 1
    assert all(f.cross for f in crosses)


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_without_netting_both_walk_the_book(run, distribution):
    outcome = run(desks(netting=False, distribution=distribution))
    assert both(outcome) == WALKED
    assert all(f.cross == 0 for f in outcome.fills)


@pytest.mark.parametrize("netting", [True, False])
def test_isolated_both_walk_the_book(run, netting):
    assert both(run(desks(engines="isolated", netting=netting))) == WALKED


def test_a_cross_consumes_nothing(run):
    consumed = run(desks()).consumed
    assert consumed == {(("a", "b"), 0, 0, 9999): 200}


def test_orders_of_different_times_do_not_cross(run):
    outcome = run(desks(ours=sell(500, 1000), theirs=buy(501, 800)))
    assert both(outcome) == WALKED


def test_limits_that_accept_the_mid_cross(run):
    outcome = run(desks(ours=sell(500, 1000, 10000), theirs=buy(500, 800, 10000)))
    assert both(outcome) == {
        "a": [(800, 10000, "cross")],
        "b": [(800, 10000, "cross")],
    }


def test_a_limit_that_refuses_the_mid_goes_to_the_market(run):
    outcome = run(desks(ours=sell(500, 1000, 10001)))
    # A's offer joins 10001 behind the 500 that B takes first.
    assert both(outcome) == {"a": [], "b": WALKED["b"]}


def test_the_heavier_side_may_be_the_buyer(run):
    outcome = run(desks(ours=sell(500, 300), theirs=buy(500, 800)))
    assert both(outcome) == {
        "a": [(300, 10000, "cross")],
        "b": [(300, 10000, "cross"), (500, 10001, "taker")],
    }


def test_an_odd_spread_crosses_at_half_a_tick(run):
    outcome = run(
        scenario(
            [book(1, {9999: 500}, {10000: 500})],
            portfolio("a", sell(500, 10)),
            portfolio("b", buy(500, 10)),
        )
    )
    assert {f.price_half for f in outcome.fills} == {19999}
