"""Random scenarios keep the invariants, and exercise all the rules."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bunched import with_bunches
from tests.oracle.delays import least
from tests.oracle.diff import diff, in_order
from tests.oracle.engine import run
from tests.oracle.promises import broken
from tests.oracle.scenario import Impact, Order, PortfolioSpec
from tests.strategies import random_scenario, scenarios, with_pro_rata

RULES = {
    "cancelled: book_cleared",
    "cancelled: halted",
    "fills at a resumption",
    "halts",
    "orders after the end",
    "orders that come in a halt",
    "resumptions",
    "batches of several orders",
    "cancels in the batch of their order",
    "charged fills",
    "cross_fill",
    "crosses",
    "displaced lots",
    "displaced prints",
    "fills by displaced prints",
    "log estimates",
    "lots that came back",
    "maker fills",
    "meetings in the queue",
    "moved lots",
    "own-own fills",
    "max_position refusals",
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

#: Of orders of all kinds, and replaces.
TERMS = {
    "batches of triggered stops",
    "cancelled stops",
    "deferred replaces that come anew",
    "expired on arrival",
    "expiries",
    "filled whole",
    "about what the gate has just refused",
    "beyond gross",
    "beyond net",
    "collar refusals",
    "collar refusals of replaces",
    "gross_notional refusals",
    "group refusals",
    "max_order_qty refusals",
    "net_notional refusals",
    "let through as it makes nothing larger",
    "orders without a mid to judge them by",
    "impossible orders",
    "impossible replaces",
    "killed orders",
    "makers that gave less",
    "messages held back",
    "limit refusals of replaces",
    "rate refusals",
    "rate refusals of replaces",
    "post-only meetings",
    "post-only reprices",
    "reduce-only ends",
    "reduce-only fills",
    "reduce-only without a position",
    "replaced by nothing",
    "replaced stops",
    "replaces in the batch of their order",
    "replaces of triggered stops",
    "replaces that keep their place",
    "replaces that lose their place",
    "stops that wait",
    "stops triggered by a replace",
    "stops triggered by packets",
    "stops triggered on arrival",
    "takers that lost their position",
    "too late on the spot",
    "too late replaces",
}


#: Of portfolios that want the same thing at the same time.
BUNCHES = {
    "averaged fills",
    "bunches",
    "pro-rata splits",
    "shared prints",
}

#: Of instruments that are matched in proportion to size.
PRO_RATA = {
    "own top orders",
    "parts too small",
    "pro-rata divisions",
    "pro-rata takes from the tape and from own",
    "top orders of the tape",
}


def rare(rules, seeds, change=None, **options):
    """Return the rules that fewer than ten of some seeds exercise."""
    found = Counter()
    for seed in range(seeds):
        scenario = random_scenario(seed, **options)
        seen = run(change(scenario, seed) if change else scenario).seen
        found.update(rule for rule, count in seen.items() if count)
    return {rule: found[rule] for rule in rules if found[rule] < 10}


def test_two_hundred_seeds_exercise_every_rule_many_times():
    assert not rare(RULES, 200)


def test_five_hundred_seeds_with_orders_of_all_kinds_exercise_their_rules_too():
    assert not rare(TERMS, 500, terms=True)


def test_two_hundred_seeds_matched_pro_rata_exercise_its_rules():
    assert not rare(PRO_RATA, 200, with_pro_rata)


def test_two_hundred_seeds_of_portfolios_that_act_alike_exercise_sharing():
    assert not rare(BUNCHES, 200, with_bunches, terms=True)


@pytest.mark.parametrize("seed", range(20))
def test_a_seed_means_one_scenario(seed):
    assert random_scenario(seed) == random_scenario(seed)
    assert random_scenario(seed) != random_scenario(seed + 1)
    varied = random_scenario(seed, terms=True)
    assert varied == random_scenario(seed, terms=True)
    assert varied.packets == random_scenario(seed).packets


#: Orders as they were, and of all kinds.
both = pytest.mark.parametrize("terms", [False, True])


def modes(scenario, engines, **changes):
    return replace(
        scenario, settings=replace(scenario.settings, engines=engines, **changes)
    )


@both
@given(st.data())
def test_alone_netting_and_distribution_have_nobody_to_serve(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    one = scenario.portfolios[0]
    alone = replace(scenario, portfolios=[one])
    shared = run(modes(alone, [[one.name]], netting=True, distribution="fifo"))
    off = run(modes(alone, [[one.name]], netting=False, distribution=None))
    assert diff(shared, off) == ""


@both
@given(st.data())
def test_with_everything_off_shared_equals_isolated(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    names = [p.name for p in scenario.portfolios]
    apart = [[name] for name in names]
    off = {"netting": False, "impact": Impact(), "group_limits": None}
    shared = run(modes(scenario, [names], distribution=None, **off))
    isolated = run(modes(scenario, apart, distribution="fifo", **off))
    assert diff(shared, isolated) == ""


@both
@given(st.data())
def test_idle_portfolios_and_the_order_of_portfolios_change_nothing(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    idle = PortfolioSpec("idle")
    people = [idle, *reversed(scenario.portfolios)]
    engines = [list(reversed(group)) for group in scenario.settings.engines]
    engines = [["idle", *engines[-1]], *engines[:-1]]
    left = run(scenario)
    right = run(modes(replace(scenario, portfolios=people), engines))
    assert in_order(left.fills) == in_order(right.fills)
    assert left.orders == right.orders


@both
@given(st.data())
def test_isolated_a_portfolio_does_not_depend_on_the_others(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    names = [p.name for p in scenario.portfolios]
    isolated = modes(scenario, [[name] for name in names])
    first = scenario.portfolios[0]
    alone = run(modes(replace(scenario, portfolios=[first]), [[first.name]]))
    together = run(isolated)
    mine = [f for f in in_order(together.fills) if f.portfolio == first.name]
    assert in_order(alone.fills) == mine


@both
@given(st.data())
def test_nothing_fills_before_it_could_arrive(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    delays = {p.name: least(p.order_delay) for p in scenario.portfolios}
    decided = {
        (p.name, m.id): m.at
        for p in scenario.portfolios
        for m in p.messages
        if isinstance(m, Order)
    }
    for fill in run(scenario).fills:
        wait = 0 if fill.cross else delays[fill.portfolio]
        assert fill.ts >= decided[fill.portfolio, fill.order_id] + wait


@both
@given(st.data())
def test_promises_are_kept(terms, data):
    scenario = data.draw(scenarios(terms=terms))
    assert not broken(scenario, run(scenario))


@pytest.mark.parametrize("seed", range(1_000, 1_100))
def test_promises_are_kept_in_long_scenarios(seed):
    scenario = random_scenario(seed, terms=True)
    assert not broken(scenario, run(scenario))
    shared = with_pro_rata(scenario, seed)
    assert not broken(shared, run(shared))
