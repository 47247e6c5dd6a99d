"""The compiled engine and the reference engine agree, fill by fill."""

import os

import pytest
from hypothesis import given

from tests.oracle.diff import diff
from tests.oracle.engine import run
from tests.oracle.scenario import Scenario
from tests.oracle.shrink import shrink
from tests.strategies import random_scenario, scenarios

adapter = pytest.importorskip("tests.simulation.adapter")

#: How many long scenarios; a nightly run asks for thousands.
SEEDS = int(os.environ.get("COMMONBOOK_SEEDS", "400"))
BLOCK = 50


def differs(scenario: Scenario) -> bool:
    return bool(diff(run(scenario), adapter.run(scenario)))


def told(scenario: Scenario) -> str:
    return diff(run(scenario), adapter.run(scenario), ("reference", "compiled"))


@given(scenarios())
def test_small_scenarios(scenario):
    assert told(scenario) == ""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_long_scenarios(first):
    for seed in range(first, min(first + BLOCK, SEEDS)):
        scenario = random_scenario(seed, size=60)
        if differs(scenario):
            small = shrink(scenario, differs)
            pytest.fail(f"random_scenario({seed})\n{small}\n{told(small)}")


@pytest.mark.parametrize("seed", range(1_000_000, 1_000_003))
def test_very_long_scenarios(seed):
    assert told(random_scenario(seed, size=1_500)) == ""
