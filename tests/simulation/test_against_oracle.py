"""The compiled engine and the reference engine agree, fill by fill."""

import os

import pytest
from hypothesis import given

from tests.oracle.diff import diff
from tests.oracle.engine import run
from tests.oracle.scenario import Scenario
from tests.oracle.shrink import shrink
from tests.simulation import adapter
from tests.strategies import random_scenario, scenarios

#: How many long scenarios; a nightly run asks for thousands.
SEEDS = int(os.environ.get("COMMONBOOK_SEEDS", "400"))
BLOCK = 50


def told(scenario: Scenario, **options: int) -> str:
    compiled = adapter.run(scenario, **options)
    return diff(run(scenario), compiled, ("reference", "compiled"))


def check(seed: int, size: int, **options: int) -> None:
    """Fail with the smallest scenario that still differs."""
    scenario = random_scenario(seed, size)
    if told(scenario, **options):
        small = shrink(scenario, lambda smaller: bool(told(smaller, **options)))
        pytest.fail(
            f"random_scenario({seed}, {size})\n{small}\n{told(small, **options)}"
        )


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


@pytest.mark.parametrize("width", [8, 64])
def test_prices_that_leave_a_narrow_ladder(width):
    for seed in range(BLOCK * 2):
        check(seed, 60, max_width=width)


@pytest.mark.parametrize("seed", range(1_000_000, 1_000_003))
def test_very_long_scenarios(seed):
    assert told(random_scenario(seed, size=1_500)) == ""
