"""Give the orders of a scenario terms of all kinds, by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import strategies as st

from tests.oracle.delays import least
from tests.oracle.rates import Rate
from tests.oracle.scenario import (
    BUY,
    SELL,
    GroupLimits,
    Message,
    Order,
    PortfolioSpec,
    Replace,
    Scenario,
)

TRIGGERS = ["trade", "trade", "touch"]
SOON = [1, 1, 2, 3, 5, 10, 30, 100]
FAR = 2**31  # a price out of range


def with_terms(scenario: Scenario, seed: int) -> Scenario:
    """
    Let portfolios send orders of all kinds, and replace them.

    The same scenario and seed give the same result on every machine.
    """
    rng = Random(f"{seed} terms")
    people = [Trader(rng, scenario, spec).spec() for spec in scenario.portfolios]
    trigger = rng.choice(TRIGGERS)
    return replace(
        scenario,
        portfolios=people,
        settings=replace(scenario.settings, stop_trigger=trigger),
    )


def with_rates(scenario: Scenario, seed: int) -> Scenario:
    """Limit how fast some portfolios may send."""
    rng = Random(f"{seed} rates")
    people = [
        replace(
            spec,
            rate=Rate(
                rng.choice([1, 1, 2, 3, 5]),
                rng.choice([1, 2, 5, 12, 40]),
                rng.choice(["reject", "delay"]),
            )
            if rng.random() < 0.3
            else None,
        )
        for spec in scenario.portfolios
    ]
    return replace(scenario, portfolios=people)


def with_limits(scenario: Scenario, seed: int) -> Scenario:
    """Limit what some portfolios may send and hold."""
    rng = Random(f"{seed} limits")
    people = [
        replace(
            spec,
            max_order=rng.choice([None, rng.randint(4, 25)]),
            gross=rng.choice([None, 200 * rng.randint(5, 80)]),
            net=rng.choice([None, 200 * rng.randint(5, 60)]),
        )
        if rng.random() < 0.1
        else spec
        for spec in scenario.portfolios
    ]
    people = [
        replace(spec, collar=Fraction(rng.randint(1, 150), 10_000))
        if rng.random() < 0.1
        else spec
        for spec in people
    ]
    return replace(scenario, portfolios=people)


def with_group_limits(scenario: Scenario, seed: int, chance: float = 1.0) -> Scenario:
    """Limit what the portfolios of each engine may have together, with some chance."""
    rng = Random(f"{seed} group limits")
    if rng.random() >= chance:
        return scenario
    size = max(map(len, scenario.settings.engines))
    limits = GroupLimits(
        {
            i: rng.randint(5, 30 + 10 * size)
            for i, _ in enumerate(scenario.instruments)
            if rng.random() < 0.6
        },
        gross=rng.choice([None, 200 * rng.randint(5, 60 * size)]),
        net=rng.choice([None, 200 * rng.randint(5, 40 * size)]),
    )
    return replace(scenario, settings=replace(scenario.settings, group_limits=limits))


class Trader:
    """A portfolio that finds other ways to say what it wants."""

    def __init__(self, rng: Random, scenario: Scenario, spec: PortfolioSpec) -> None:
        self.rng = rng
        self.instruments = len(scenario.instruments)
        self.old = spec
        self.prints = [
            (packet.ts, event.instrument, event.price)
            for packet in scenario.packets
            for event in packet.events
            if event.action == "T"
        ]
        self.positions = dict(spec.positions)
        for i in range(self.instruments):
            if rng.random() < 0.5:
                self.positions[i] = rng.randint(-30, 30)
        self.likes = rng.choice(["stops", "whole", "reduce", "replaces", "", ""])

    def spec(self) -> PortfolioSpec:
        """Return the portfolio with other orders."""
        sent: list[Message] = []
        # Even numbers, so that there are numbers for twins.
        for message in (replace(m, id=2 * m.id) for m in self.old.messages):
            if not isinstance(message, Order):
                sent.append(message)
                continue
            order = self._order(message)
            sent += [order, *self._replaces(order)]
            if order.reduce_only and self.rng.random() < 0.5:
                sent.append(replace(order, id=order.id + 1))
        messages = sorted(sent, key=lambda message: message.at)
        return replace(self.old, messages=messages, positions=self.positions)

    def _often(self, what: str, chance: float) -> bool:
        return self.rng.random() < (3 * chance if self.likes == what else chance)

    def _order(self, order: Order) -> Order:
        """Give an order other terms; some in twenty are impossible."""
        rng = self.rng
        if rng.random() < 0.03:
            return self._impossible(order)
        if self._often("stops", 0.15):
            order = self._stop(order)
        held = self.positions.get(order.instrument, 0)
        if self._often("reduce", 0.25) and (held or rng.random() < 0.2):
            order = replace(order, reduce_only=True, side=self._closing(order))
        if self._often("whole", 0.1):
            return replace(order, tif="fok", post_only=False)
        if order.post_only and rng.random() < 0.7:
            order = replace(order, post_only="reprice")
        if order.tif == "gtc" and rng.random() < 0.25:
            order = replace(order, tif="gtd", expires=order.at + rng.choice(SOON))
        return order

    def _closing(self, order: Order) -> int:
        """Return the side that closes what the portfolio held at the start."""
        held = self.positions.get(order.instrument, 0)
        if not held or self.rng.random() < 0.2:
            return order.side
        return SELL if held > 0 else BUY

    def _stop(self, order: Order) -> Order:
        """Let an order wait for a price near the last print; some need not wait."""
        last = 100
        for ts, instrument, price in self.prints:
            if ts <= order.at and instrument == order.instrument:
                last = price
        away = self.rng.choice([-2, -1, 0, 1, 1, 2, 2, 3, 4])
        stop = last + away if order.side == BUY else last - away
        if order.price is None:
            return replace(order, stop=stop)
        limit = stop + self.rng.choice([-2, -1, 0, 0, 1, 2])
        return replace(order, stop=stop, price=limit)

    def _impossible(self, order: Order) -> Order:
        price = FAR if order.price is None else order.price
        return self.rng.choice([
            replace(order, qty=self.rng.choice([0, -3, 2**48 + 1])),
            replace(order, price=self.rng.choice([FAR, -FAR])),
            replace(order, stop=FAR),
            replace(order, instrument=self.instruments),
            replace(order, tif="gtd", expires=order.at - self.rng.randint(0, 1)),
            replace(order, tif="gtc", expires=order.at + 9),
            replace(order, price=None, post_only=True),
            replace(order, price=price, tif="fok", post_only="reprice"),
        ])  # fmt: skip

    def _replaces(self, order: Order) -> Iterator[Replace]:
        """Change an order, perhaps more than once."""
        at = order.at
        while self._often("replaces", 0.25):
            at += self.rng.choice([0, 0, 1, 2, 5, 20])
            if order.stop is not None and self.rng.random() < 0.5:
                at = self._with_a_print(order, at)
            yield Replace(
                at,
                order.id,
                qty=self._new_qty(order.qty),
                price=self._near(order.price),
                stop=self._near(order.stop),
            )

    def _with_a_print(self, order: Order, at: int) -> int:
        """Return a time from which a message arrives together with a print."""
        delay = least(self.old.order_delay)
        later = [
            ts - delay
            for ts, instrument, _ in self.prints
            if instrument == order.instrument and ts - delay >= at
        ]
        return self.rng.choice(later[:4]) if later else at

    def _new_qty(self, qty: int) -> int | None:
        if self.rng.random() < 0.4:
            return None
        smaller, larger = max(0, qty - self.rng.randint(1, 6)), qty + 9
        return self.rng.choice([qty, smaller, smaller, smaller, larger, 0, -1, 1])

    def _near(self, price: int | None) -> int | None:
        """Return a price a few ticks away; seldom one that cannot be."""
        if self.rng.random() < 0.02:
            return self.rng.choice([FAR, 100])
        if price is None or self.rng.random() < 0.5:
            return None
        return price + self.rng.choice([-3, -2, -1, 0, 1, 2, 3])


# Small scenarios, for Hypothesis -----------------------------------------------------

rates = st.one_of(
    st.none(),
    st.none(),
    st.builds(
        Rate,
        st.integers(1, 3),
        st.integers(1, 8),
        st.sampled_from(["reject", "delay"]),
    ),
)


@st.composite
def group_limits(draw: st.DrawFn, instruments: int) -> GroupLimits | None:
    """Draw what the portfolios of an engine may have together, if it is limited."""
    if draw(st.booleans()):
        return None
    worth = st.one_of(st.none(), st.integers(0, 8_000))
    positions = st.dictionaries(st.integers(0, instruments - 1), st.integers(0, 30))
    return GroupLimits(draw(positions), draw(worth), draw(worth))


@st.composite
def varied(draw: st.DrawFn, order: Order, prices: st.SearchStrategy[int]) -> Order:
    """Draw the terms of an order."""
    kind = draw(st.sampled_from(["", "stop", "fok", "gtd", "reprice", "reduce"]))
    if kind == "stop":
        order = replace(order, stop=draw(prices))
    if kind == "fok":
        order = replace(order, tif="fok", post_only=False)
    if kind == "gtd":
        expires = order.at + draw(st.integers(0, 6))
        order = replace(order, tif="gtd", expires=expires)
    if kind == "reprice":
        order = replace(order, post_only="reprice")
    if kind == "reduce" or draw(st.integers(0, 4)) == 4:
        order = replace(order, reduce_only=True)
    return order


@st.composite
def replaces(
    draw: st.DrawFn, order: Order, prices: st.SearchStrategy[int]
) -> Sequence[Replace]:
    """Draw what an order is replaced by, if it is."""
    return [
        Replace(
            order.at + draw(st.integers(0, 5)),
            order.id,
            qty=draw(st.one_of(st.none(), st.integers(0, 20))),
            price=draw(st.one_of(st.none(), prices)) if order.price else None,
            stop=draw(st.one_of(st.none(), prices)) if order.stop else None,
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
