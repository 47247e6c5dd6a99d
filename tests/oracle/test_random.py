"""Random scenarios keep the invariants, and exercise all the rules."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from tests.oracle.diff import diff, in_order
from tests.oracle.engine import run
from tests.oracle.scenario import Impact, Order, PortfolioSpec
from tests.strategies import random_scenario, scenarios

RULES = {
    "batches of several orders",
    "cancels in the batch of their order",
    "charged fills",
    "cross_fill",
    "crosses",
    "displaced lots",
    "displaced prints",
    "fills by displaced prints",
    "maker fills",
    "meetings in the queue",
    "moved lots",
    "own-own fills",
    "position refusals",
    "post-only refusals",
    "power estimates",
    "pro-rata crosses",
    "pro-rata splits",
    "returned levels",
    "self-trade events",
    "taker fills",
    "through",
    "too late cancels",
}


def test_two_hundred_seeds_exercise_every_rule_many_times():
    seeds = Counter()
    for seed in range(200):
        seeds.update(
            rule for rule, count in run(random_scenario(seed)).seen.items() if count
        )
    rare = {rule: seeds[rule] for rule in RULES if seeds[rule] < 10}
    assert not rare


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_means_one_scenario(seed):
    assert random_scenario(seed) == random_scenario(seed)
    assert random_scenario(seed) != random_scenario(seed + 1)


def modes(scenario, engines, **changes):
    return replace(
        scenario, settings=replace(scenario.settings, engines=engines, **changes)
    )


@given(scenarios())
def test_alone_netting_and_distribution_have_nobody_to_serve(scenario):
    one = scenario.portfolios[0]
    alone = replace(scenario, portfolios=[one])
    shared = run(modes(alone, [[one.name]], netting=True, distribution="fifo"))
    off = run(modes(alone, [[one.name]], netting=False, distribution=None))
    assert diff(shared, off) == ""


@given(scenarios())
def test_with_everything_off_shared_equals_isolated(scenario):
    names = [p.name for p in scenario.portfolios]
    apart = [[name] for name in names]
    off = {"netting": False, "impact": Impact()}
    shared = run(modes(scenario, [names], distribution=None, **off))
    isolated = run(modes(scenario, apart, distribution="fifo", **off))
    assert diff(shared, isolated) == ""


@given(scenarios())
def test_idle_portfolios_and_the_order_of_portfolios_change_nothing(scenario):
    idle = PortfolioSpec("idle")
    people = [idle, *reversed(scenario.portfolios)]
    engines = [list(reversed(group)) for group in scenario.settings.engines]
    engines = [["idle", *engines[-1]], *engines[:-1]]
    left = run(scenario)
    right = run(modes(replace(scenario, portfolios=people), engines))
    assert in_order(left.fills) == in_order(right.fills)
    assert left.orders == right.orders


@given(scenarios())
def test_isolated_a_portfolio_does_not_depend_on_the_others(scenario):
    names = [p.name for p in scenario.portfolios]
    isolated = modes(scenario, [[name] for name in names])
    first = scenario.portfolios[0]
    alone = run(modes(replace(scenario, portfolios=[first]), [[first.name]]))
    together = run(isolated)
    mine = [f for f in in_order(together.fills) if f.portfolio == first.name]
    assert in_order(alone.fills) == mine


@given(scenarios())
def test_nothing_fills_before_it_could_arrive(scenario):
    delays = {p.name: p.order_delay for p in scenario.portfolios}
    decided = {
        (p.name, m.id): m.at
        for p in scenario.portfolios
        for m in p.messages
        if isinstance(m, Order)
    }
    for fill in run(scenario).fills:
        wait = 0 if fill.cross else delays[fill.portfolio]
        assert fill.ts >= decided[fill.portfolio, fill.order_id] + wait
