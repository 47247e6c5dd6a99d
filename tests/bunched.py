"""Random scenarios in which portfolios often want the same thing at the same time."""

from dataclasses import replace
from random import Random

from tests.oracle.scenario import Message, Order, PortfolioSpec, Scenario


def with_bunches(scenario: Scenario, seed: int) -> Scenario:
    """Let portfolios of one desk send alike, and share in proportion what is scarce."""
    rng = Random(f"{seed} bunches")
    settings = replace(
        scenario.settings,
        distribution=rng.choice(["pro_rata", "average_price", "average_price"]),
        netting=rng.random() < 0.2,
        engines=[sorted(p.name for p in scenario.portfolios)],
    )
    leaders = [p for p in scenario.portfolios if p.messages]
    if not leaders:
        return replace(scenario, settings=settings)
    leader = rng.choice(leaders)
    others = tuple(
        p if p is leader or p.plain else _alike(rng, p, leader)
        for p in scenario.portfolios
    )
    return replace(scenario, portfolios=others, settings=settings)


def _alike(rng: Random, other: PortfolioSpec, leader: PortfolioSpec) -> PortfolioSpec:
    """Let a portfolio do what another does, at its times, with sizes of its own."""
    messages: list[Message] = []
    for message in leader.messages:
        if isinstance(message, Order):
            qty = max(1, message.qty + rng.randint(-3, 9))
            messages.append(replace(message, qty=qty if message.qty > 0 else 0))
        else:
            messages.append(message)
    return replace(other, order_delay=leader.order_delay, messages=messages)
