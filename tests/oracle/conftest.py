"""Rules of the market are proved for every engine there is."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.oracle import engine
from tests.oracle.outcome import Outcome
from tests.oracle.scenario import Scenario

Run = Callable[[Scenario], Outcome]

#: Turns a scenario into what the compiled engine reads, and back.
ADAPTER = Path(__file__).parents[1] / "simulation" / "adapter.py"


@pytest.fixture(params=["reference", *(["compiled"] if ADAPTER.exists() else [])])
def run(request: pytest.FixtureRequest) -> Run:
    """Return each engine in turn as a function from scenario to outcome."""
    if request.param == "reference":
        return engine.run
    compiled: Run = import_module("tests.simulation.adapter").run
    return compiled
