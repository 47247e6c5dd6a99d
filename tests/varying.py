"""Random runs in which messages take a time that varies."""

from dataclasses import replace
from random import Random
from typing import Any

from tests.oracle.delays import Curve, Delay, Empirical, Lognormal, Packets
from tests.oracle.scenario import Scenario


def with_delays(scenario: Scenario, seed: int) -> Scenario:
    """Let the delays of most portfolios vary; the venue may take time, too."""
    rng = Random(f"{seed} delays")
    people = [
        replace(
            spec,
            order_delay=_delay(rng, spec.order_delay),
            response_delay=_delay(rng, spec.response_delay),
            feed_delay=_feed(rng, spec.feed_delay, len(scenario.packets)),
        )
        for spec in scenario.portfolios
    ]
    processing = rng.choice([0, 0, 1, 3])
    settings = replace(scenario.settings, processing=processing)
    return replace(scenario, portfolios=people, settings=settings)


def _feed(rng: Random, constant: Delay, packets: int) -> Delay:
    if rng.random() < 0.2:
        return Packets(tuple(rng.choices([0, 1, 2, 8], k=packets)))
    return _delay(rng, constant)


def _delay(rng: Random, constant: Delay) -> Delay:
    kind = rng.choice(["constant", "lognormal", "lognormal", "empirical", "curve"])
    if kind == "curve":
        times = sorted(rng.sample(range(200), rng.randint(1, 6)))
        spans = [rng.choice([0, 1, 2, 5, 12]) for _ in times]
        return Curve(tuple(times), tuple(spans), linear=rng.random() < 0.6)
    if kind == "lognormal":
        sigma = rng.choice([0.1, 0.5, 1.5])
        return Lognormal(rng.randint(1, 6), sigma, rng.choice([0, 0, 1, 3]))
    if kind == "empirical":
        samples = rng.choices([0, 0, 1, 2, 3, 9], k=rng.randint(1, 7))
        return Empirical(tuple(samples))
    return constant


def varying(config: dict[str, Any], seed: int, unit: int = 1) -> dict[str, Any]:
    """Let the delays of a configuration's portfolios vary, in units of some ns."""
    rng = Random(f"{seed} latency")
    people = [
        portfolio | {"latency": portfolio.get("latency", {}) | _latency(rng, unit)}
        for portfolio in config["portfolios"]
    ]
    return config | {"portfolios": people}


def _latency(rng: Random, unit: int) -> dict[str, Any]:
    median = f"{rng.randint(1, 4) * unit}ns"
    samples = [f"{rng.randint(0, 6) * unit}ns" for _ in range(5)]
    choices: list[dict[str, Any]] = [
        {"lognormal": {"median": median, "sigma": 0.8}},
        {"lognormal": {"median": median, "sigma": 0.3, "min": median}},
        {"empirical": samples},
    ]
    return {leg: rng.choice(choices) for leg in ("feed", "order", "response")}
