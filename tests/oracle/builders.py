"""Short words to write scenarios by hand, and to read what came out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from tests.oracle.outcome import OrderEnd, Outcome
from tests.oracle.scenario import (
    BUY,
    SELL,
    Event,
    Message,
    Order,
    Packet,
    PortfolioSpec,
    Scenario,
    Settings,
)

Levels = Mapping[int, int]

#: For rules that the compiled engine does not know yet.
reference_only = pytest.mark.parametrize("run", ["reference"], indirect=True)


def levels(bids: Levels, asks: Levels, instrument: int = 0) -> list[Event]:
    """Set levels, given as {price: size}."""
    return [Event("S", instrument, "B", price, qty) for price, qty in bids.items()] + [
        Event("S", instrument, "A", price, qty) for price, qty in asks.items()
    ]


def book(ts: int, bids: Levels, asks: Levels, instrument: int = 0) -> Packet:
    """Make a packet that sets levels."""
    return Packet(ts, levels(bids, asks, instrument))


def snapshot(ts: int, bids: Levels, asks: Levels) -> Packet:
    """Make a packet that clears the book and sets levels."""
    return Packet(ts, [Event("R", 0, "B", 0, 0), *levels(bids, asks)])


def add(order: int, side: str, price: int, qty: int, instrument: int = 0) -> Event:
    """Let an order of the tape come."""
    return Event("A", instrument, side, price, qty, order)


def modify(order: int, side: str, price: int, qty: int) -> Event:
    """Change an order of the tape."""
    return Event("M", 0, side, price, qty, order)


def off(order: int, side: str, price: int, qty: int) -> Event:
    """Take something off an order of the tape."""
    return Event("C", 0, side, price, qty, order)


def executed(order: int, side: str, price: int, qty: int) -> Event:
    """Say that the tape executed some of an order."""
    return Event("F", 0, side, price, qty, order)


def hit(order: int, price: int, qty: int) -> list[Event]:
    """Sell to a bid of the tape: a print, an execution, and the size comes off."""
    return [
        Event("T", 0, "A", price, qty),
        executed(order, "B", price, qty),
        off(order, "B", price, qty),
    ]


def sold(ts: int, price: int, qty: int) -> Packet:
    """Print a trade in which the aggressor sold."""
    return Packet(ts, [Event("T", 0, "A", price, qty)])


def bought(ts: int, price: int, qty: int) -> Packet:
    """Print a trade in which the aggressor bought."""
    return Packet(ts, [Event("T", 0, "B", price, qty)])


def buy(at: int, qty: int, price: int | None = None, **more: Any) -> Order:
    """Buy; at market without a price."""
    return Order(at, more.pop("instrument", 0), BUY, qty, price, **more)


def sell(at: int, qty: int, price: int | None = None, **more: Any) -> Order:
    """Sell; at market without a price."""
    return Order(at, more.pop("instrument", 0), SELL, qty, price, **more)


def portfolio(name: str, *messages: Message, **more: Any) -> PortfolioSpec:
    """Make a portfolio; its orders are numbered 1, 2, ... as they are given."""
    numbered: list[Message] = []
    orders = 0
    for message in messages:
        if isinstance(message, Order):
            orders += 1
            numbered.append(Order(**(vars(message) | {"id": orders})))
        else:
            numbered.append(message)
    return PortfolioSpec(name, messages=numbered, **more)


def scenario(
    packets: Iterable[Packet],
    *portfolios: PortfolioSpec,
    engines: Sequence[Sequence[str]] | str = "shared",
    seed: int = 7,
    **settings: Any,
) -> Scenario:
    """
    Put a scenario together; the tape goes on for a while after the last packet.

    `engines` is a partition, or "shared" or "isolated".
    """
    packets = list(packets)
    names = [p.name for p in portfolios]
    if isinstance(engines, str):
        engines = [names] if engines == "shared" else [[name] for name in names]
    quiet = Packet(packets[-1].ts + 1_000, [Event("T", 0, "B", 1, 1)])
    events = [event for packet in packets for event in packet.events]
    count = 1 + max(event[1] for event in events)
    return Scenario(
        seed,
        [f"SYM{i}" for i in range(count)],
        [*packets, quiet],
        portfolios,
        Settings(engines, **settings),
    )


def fills(outcome: Outcome, name: str) -> list[tuple[int, float, str]]:
    """Return (qty, price in ticks, liquidity) of the fills of a portfolio."""
    return [
        (f.qty, f.price_half / 2, f.liquidity)
        for f in outcome.fills
        if f.portfolio == name
    ]


def filled(outcome: Outcome, name: str) -> int:
    """Return how many lots a portfolio traded."""
    return sum(f.qty for f in outcome.fills if f.portfolio == name)


def order(outcome: Outcome, name: str, number: int = 1) -> OrderEnd:
    """Return what became of an order."""
    (end,) = (o for o in outcome.orders if (o.portfolio, o.id) == (name, number))
    return end


def ending(outcome: Outcome, name: str, number: int = 1) -> tuple[str, str, int]:
    """Return (state, reason, filled) of an order."""
    end = order(outcome, name, number)
    return end.state, end.reason, end.filled


def told(outcome: Outcome, name: str) -> list[tuple[int, str, int]]:
    """Return (time, kind, leaves) of the reports to a portfolio with one order."""
    if outcome.reports is None:
        pytest.skip("the compiled engine writes down what Python is told only")
    return [(r.ts, r.kind, r.leaves) for r in outcome.reports[name]]
