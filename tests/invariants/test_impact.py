"""Impact costs, and nothing that it does is of use to those who caused it."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.oracle.outcome import Outcome
from tests.oracle.scenario import BUY, Cancel, Impact, Order, PortfolioSpec, Scenario
from tests.simulation import adapter
from tests.strategies import random_scenario

BLOCK = 50


def with_messages(scenario: Scenario, change) -> Scenario:
    """Change every message of every portfolio; leave out those that become None."""
    people = []
    for spec in scenario.portfolios:
        changed = [change(message) for message in spec.messages]
        kept = [message for message in changed if message is not None]
        people.append(replace(spec, messages=kept))
    return replace(scenario, portfolios=people)


def without_impact(scenario: Scenario) -> Scenario:
    return replace(scenario, settings=replace(scenario.settings, impact=Impact()))


@pytest.mark.parametrize("first", range(0, 500, BLOCK))
def test_takes_fill_alike_and_cost_no_less(first):
    def at_once(message):
        if isinstance(message, Cancel) or message.price is None:
            return message
        return replace(message, tif="ioc", post_only=False)

    charged = 0
    for seed in range(first, first + BLOCK):
        scenario = with_messages(random_scenario(seed, impact=True), at_once)
        moved = adapter.run(scenario)
        free = adapter.run(without_impact(scenario))
        assert [replace(f, impact_e8=0) for f in moved.fills] == free.fills
        assert moved.orders == free.orders
        assert min((f.impact_e8 for f in moved.fills), default=0) >= 0
        charged += sum(f.impact_e8 > 0 for f in moved.fills)
    assert charged > BLOCK


def waiting(scenario: Scenario, seed: int) -> Scenario:
    """Let one portfolio take one side at random times, and wait on that side."""
    last = scenario.packets[-1].ts
    side = seed % 2
    limit = 98 if side == BUY else 102
    takes = [
        Order(at, 0, side, 1 + at % 7, limit + 20 * (1 - 2 * side), tif="ioc", id=at)
        for at in range(11, last, 9 + seed % 30)
    ]
    rest = Order(10, 0, side, 40, limit, post_only=True, id=10)
    return replace(
        scenario,
        portfolios=[PortfolioSpec("a", messages=[rest, *takes])],
        settings=replace(scenario.settings, engines=[["a"]], fill_on_cross=False),
    )


def passive(outcome: Outcome) -> Counter[int]:
    """Add up the fills of the waiting order by time."""
    got: Counter[int] = Counter()
    for fill in outcome.fills:
        if fill.liquidity == "maker":
            got[fill.ts] += fill.qty
    return got


def until(got: Counter[int], ts: int) -> int:
    return sum(qty for at, qty in got.items() if at <= ts)


@pytest.mark.parametrize("first", range(0, 500, BLOCK))
def test_an_order_on_the_side_that_we_took_never_fills_sooner(first):
    later = 0
    for seed in range(first, first + BLOCK):
        scenario = waiting(random_scenario(seed, impact=True), seed)
        moved = passive(adapter.run(scenario))
        free = passive(adapter.run(without_impact(scenario)))
        times = sorted({*moved, *free})
        for ts in times:
            until = [
                sum(q for t, q in fills.items() if t <= ts) for fills in (moved, free)
            ]
            assert until[0] <= until[1]
        later += moved != free
    assert later > 0
