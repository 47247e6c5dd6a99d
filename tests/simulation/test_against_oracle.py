"""The compiled engine and the reference engine agree, fill by fill."""

import os

import pytest
from hypothesis import given

from tests.bunched import with_bunches
from tests.netted import with_netting
from tests.oracle.builders import add, buy, modify, off, portfolio, sell
from tests.oracle.diff import diff
from tests.oracle.engine import run
from tests.oracle.prints_alone import prints_alone
from tests.oracle.scenario import Event, Packet, Scenario, Settings
from tests.oracle.shrink import shrink
from tests.simulation import adapter
from tests.strategies import (
    random_scenario,
    scenarios,
    with_plain_strategies,
    with_pro_rata,
)
from tests.varying import with_delays

#: How many long scenarios; a nightly run asks for thousands.
SEEDS = int(os.environ.get("COMMONBOOK_SEEDS", "400"))
BLOCK = 50


def told(scenario: Scenario, **options: int) -> str:
    compiled = adapter.run(scenario, **options)
    return diff(run(scenario), compiled, ("reference", "compiled"))


def check(seed: int, size: int, *, orders: bool | None = None, **options: int) -> None:
    """Fail with the smallest scenario that still differs."""
    scenario = random_scenario(seed, size, orders=orders)
    if told(scenario, **options):
        small = shrink(scenario, lambda smaller: bool(told(smaller, **options)))
        name = f"random_scenario({seed}, {size}, orders={orders})"
        pytest.fail(f"{name}\n{small}\n{told(small, **options)}")


@given(scenarios())
def test_small_scenarios(scenario):
    assert told(scenario) == ""


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(2_000_000, 2_000_012))
def test_a_few_scenarios_however_the_kernels_run(seed):
    check(seed, 40, start=2)


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_long_scenarios(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        check(seed, 60)


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(3_000_000, 3_000_008))
def test_a_few_scenarios_with_orders_of_all_kinds(seed):
    scenario = random_scenario(seed, 40, terms=True)
    assert told(scenario, start=2) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_orders_of_all_kinds(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, 60, terms=True)
        assert told(scenario) == "", seed
        if seed % 5 == 0:
            assert told(scenario, start=1, chunk=7) == "", seed


@pytest.mark.parametrize("first", range(0, SEEDS // 2, BLOCK))
def test_prints_without_a_book(first):
    for seed in range(first, first + BLOCK):
        scenario = random_scenario(seed, 60, terms=seed % 2 == 1)
        scenario = prints_alone(scenario, seed)
        options = {"start": 1, "chunk": 7} if seed % 5 == 0 else {}
        assert told(scenario, **options) == "", seed


@given(scenarios(pro_rata=True))
def test_small_scenarios_matched_pro_rata(scenario):
    assert told(scenario) == ""


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(4_000_000, 4_000_006))
def test_a_few_scenarios_with_prints_without_a_book(seed):
    plain = with_plain_strategies(random_scenario(seed, 40), seed)
    assert told(prints_alone(plain, seed), start=2) == ""


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(4_000_000, 4_000_012))
def test_a_few_scenarios_matched_pro_rata(seed):
    scenario = with_pro_rata(random_scenario(seed, 40), seed)
    assert told(scenario, start=1) == ""


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(6_000_000, 6_000_012))
def test_a_few_scenarios_of_portfolios_that_act_alike(seed):
    scenario = with_bunches(random_scenario(seed, 40), seed)
    assert told(scenario, start=1) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_portfolios_that_act_alike_share_what_is_scarce(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, 60, terms=seed % 2 == 0)
        scenario = with_bunches(scenario, seed)
        if seed % 4 == 0:
            scenario = with_pro_rata(scenario, seed)
        options = {"start": 1, "chunk": 7} if seed % 5 == 0 else {}
        assert told(scenario, **options) == "", seed


def test_who_only_reduces_uses_the_room_that_a_fill_makes_at_the_same_level():
    scenario = with_bunches(random_scenario(5285, 60, terms=True), 5285)
    assert told(scenario) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_instruments_matched_pro_rata_beside_others(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, 60, terms=seed % 2 == 0)
        scenario = with_pro_rata(scenario, seed)
        options = {"start": 1, "chunk": 7} if seed % 5 == 0 else {}
        assert told(scenario, **options) == "", seed


@pytest.mark.parametrize("width", [8, 64])
@pytest.mark.parametrize("orders", [False, True])
def test_prices_that_leave_a_narrow_ladder(width, orders):
    for seed in range(BLOCK):
        check(seed, 60, orders=orders, max_width=width)


@pytest.mark.parametrize("chunk", [1, 7])
def test_pools_that_grow_and_runs_that_pause_anywhere(chunk):
    for seed in range(BLOCK):
        check(seed, 60, orders=True, start=1, chunk=chunk)


@pytest.mark.parametrize("first", range(0, SEEDS // 2, BLOCK))
def test_strategies_in_plain_python_see_and_do_the_same(first):
    for seed in range(first, first + BLOCK):
        scenario = with_plain_strategies(random_scenario(seed, 40), seed)
        options = {"start": 1, "chunk": 3} if seed % 5 == 0 else {}
        assert told(scenario, **options) == "", seed


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(4_000_000, 4_000_008))
def test_a_few_scenarios_with_delays_that_vary(seed):
    scenario = with_delays(random_scenario(seed, 40), seed)
    assert told(scenario, start=2) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_delays_that_vary(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, 50, terms=seed % 2 == 0)
        if seed % 3 == 0:
            scenario = with_plain_strategies(scenario, seed)
        options = {"start": 1, "chunk": 3} if seed % 5 == 0 else {}
        assert told(with_delays(scenario, seed), **options) == "", seed


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("seed", range(4_000_000, 4_000_012))
def test_a_few_scenarios_netted_at_other_prices_and_over_a_while(seed):
    scenario = with_netting(random_scenario(seed, 40, terms=True), seed)
    assert told(scenario, start=2) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_netting_at_other_prices_and_over_a_while(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, 60, terms=seed % 2 == 0)
        if seed % 3 == 0:
            scenario = prints_alone(scenario, seed)
        options = {"start": 1, "chunk": 7} if seed % 5 == 0 else {}
        assert told(with_netting(scenario, seed), **options) == "", seed


@pytest.mark.parametrize("seed", range(1_000_000, 1_000_003))
def test_very_long_scenarios(seed):
    assert told(random_scenario(seed, size=1_500)) == ""


@pytest.mark.nojit
@pytest.mark.bounds
def test_what_was_taken_counts_at_its_place_until_the_packet_ends():
    """Queue positions that look equal within a packet are not, for who has taken."""
    packets = [
        Packet(45, [add(21, "A", 101, 2)]),
        Packet(55, [modify(21, "A", 101, 1)]),
        Packet(59, [off(21, "A", 101, 1), *2 * [Event("T", 0, "B", 101, 2)]]),
    ]
    portfolios = [
        portfolio("ahead", sell(21, 9, 101)),
        portfolio("taker", buy(49, 60)),
        portfolio("behind", sell(49, 3, 101), sell(49, 60, 101), order_delay=2),
    ]
    engines = Settings([["ahead"], ["taker", "behind"]], netting=False)
    scenario = Scenario(1, ["AAA"], packets, portfolios, engines)
    assert told(scenario) == ""
    fills = [
        (f.order_id, f.qty) for f in run(scenario).fills if f.portfolio == "behind"
    ]
    assert fills == [(1, 2), (1, 1), (2, 1)]
