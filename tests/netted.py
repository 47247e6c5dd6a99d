"""Random scenarios in which desks net more, at other prices and over a while."""

from dataclasses import replace
from random import Random

from tests.oracle.scenario import Scenario


def with_netting(scenario: Scenario, seed: int) -> Scenario:
    """Let desks net at other prices or over a span of time, and more often."""
    rng = Random(f"{seed} netting")
    names = sorted(p.name for p in scenario.portfolios)
    half = rng.choice([0, 0, len(names) // 2])
    engines = [group for group in (names[:half], names[half:]) if group]
    price = rng.choice(["mid", "touch", "last"])
    window = 0 if price != "mid" and rng.random() < 0.4 else rng.choice([1, 4, 9, 40])
    settings = replace(
        scenario.settings,
        engines=engines,
        netting=True,
        netting_price=price,
        netting_window=window,
    )
    together = tuple(
        replace(
            p, messages=[replace(m, at=max(1, m.at - m.at % 8)) for m in p.messages]
        )
        for p in scenario.portfolios
    )
    return replace(scenario, portfolios=together, settings=settings)
