"""Runs of small markets, as a user makes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import commonbook as cb
from tests.rules.words import configuration


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., cb.Result]:
    """Write the packets to a file and run the portfolios on it."""

    def run(packets: Any, *portfolios: Any, **settings: Any) -> cb.Result:
        return cb.run(configuration(tmp_path, packets, *portfolios, **settings))

    return run


@pytest.fixture
def compare(tmp_path: Path) -> Callable[..., cb.Comparison]:
    """Write the packets to a file and run the portfolios alone and together."""

    def compare(packets: Any, *portfolios: Any, **settings: Any) -> cb.Comparison:
        return cb.compare(configuration(tmp_path, packets, *portfolios, **settings))

    return compare
