"""Settings and fixtures shared by all tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("COMMONBOOK_DATA", ROOT.parent / "shared" / "data"))

# The first example of a test pays for compilation, so there is no deadline. Ordinary
# runs repeat the same examples; `make fuzz` explores.
slow_start = [HealthCheck.too_slow]
settings.register_profile(
    "default", deadline=None, derandomize=True, suppress_health_check=slow_start
)
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=1_000,
    print_blob=True,
    suppress_health_check=slow_start,
)
settings.load_profile("default")


@pytest.fixture(scope="session")
def market_data() -> Callable[[str], Path]:
    """Give the path of a real file or folder by its name; skip without it."""

    def find(name: str) -> Path:
        # Relative to the repository, wherever pytest was started.
        path = ROOT / DATA / name
        if not path.exists():
            pytest.skip(f"needs {name} in {ROOT / DATA} (set COMMONBOOK_DATA)")
        return path

    return find
