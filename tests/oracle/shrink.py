"""Make a scenario that fails smaller, so that a person can read it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.oracle.repair import mended
from tests.oracle.scenario import Message, Order, PortfolioSpec, Replace, Scenario


def shrink(scenario: Scenario, fails: Callable[[Scenario], bool]) -> Scenario:
    """
    Leave out all that is not needed for `fails` to say True.

    Whole portfolios go first, then packets, messages, their terms and single events.
    The result fails too, and nothing can be left out of it alone; a packet and a
    portfolio stay.
    """
    found = True
    while found:
        found = False
        for smaller_one in smaller(scenario):
            packets = list(mended(smaller_one.packets))
            candidate = replace(smaller_one, packets=packets)
            if candidate.packets and candidate.portfolios and fails(candidate):
                scenario, found = candidate, True
                break
    return scenario


def smaller(scenario: Scenario) -> Iterator[Scenario]:
    """Yield scenarios with one thing left out, the largest things first."""
    for portfolio in scenario.portfolios:
        yield _without_portfolio(scenario, portfolio.name)
    yield from _without_rates(scenario)
    packets = list(scenario.packets)
    for step in (32, 8, 1):
        for i in range(0, len(packets), step):
            yield replace(scenario, packets=packets[:i] + packets[i + step :])
    for portfolio in scenario.portfolios:
        for i in range(len(portfolio.messages)):
            less = _without_message(portfolio, i)
            others = [less if p is portfolio else p for p in scenario.portfolios]
            yield replace(scenario, portfolios=others)
            yield from (
                _with_message(scenario, portfolio, i, message)
                for message in _plainer(portfolio.messages[i])
            )
    for i in scenario.settings.matching:
        left = {k: v for k, v in scenario.settings.matching.items() if k != i}
        yield replace(scenario, settings=replace(scenario.settings, matching=left))
    for i, packet in enumerate(packets):
        for j in range(len(packet.events) if len(packet.events) > 1 else 0):
            events = [*packet.events[:j], *packet.events[j + 1 :]]
            changed = [*packets[:i], replace(packet, events=events), *packets[i + 1 :]]
            yield replace(scenario, packets=changed)


def _plainer(message: Message) -> Iterator[Message]:
    """Yield a message with one of its terms left out."""
    if isinstance(message, Order):
        plain: dict[str, Any] = {
            "stop": None,
            "post_only": False,
            "reduce_only": False,
            "tif": "gtc",
        }
    elif isinstance(message, Replace):
        plain = {"qty": None, "price": None, "stop": None}
    else:
        return
    for name, value in plain.items():
        if getattr(message, name) != value:
            more = {"expires": 0} if name == "tif" else {}
            yield replace(message, **{name: value}, **more)


def _without_rates(scenario: Scenario) -> Iterator[Scenario]:
    """Let portfolios send as fast as they like, one at a time."""
    for portfolio in scenario.portfolios:
        if portfolio.rate is not None:
            free = replace(portfolio, rate=None)
            others = [free if p is portfolio else p for p in scenario.portfolios]
            yield replace(scenario, portfolios=others)


def _with_message(
    scenario: Scenario, portfolio: PortfolioSpec, index: int, message: Message
) -> Scenario:
    messages = list(portfolio.messages)
    messages[index] = message
    changed = replace(portfolio, messages=messages)
    people = [changed if p is portfolio else p for p in scenario.portfolios]
    return replace(scenario, portfolios=people)


def _without_portfolio(scenario: Scenario, name: str) -> Scenario:
    engines = [[n for n in group if n != name] for group in scenario.settings.engines]
    return replace(
        scenario,
        portfolios=[p for p in scenario.portfolios if p.name != name],
        settings=replace(scenario.settings, engines=[g for g in engines if g]),
    )


def _without_message(portfolio: PortfolioSpec, index: int) -> PortfolioSpec:
    """Leave out a cancel or a replace, or an order with all that is about it."""
    gone = portfolio.messages[index]
    kept = [
        message
        for i, message in enumerate(portfolio.messages)
        if i != index
        and not (
            isinstance(gone, Order)
            and not isinstance(message, Order)
            and message.id == gone.id
        )
    ]
    return replace(portfolio, messages=kept)
