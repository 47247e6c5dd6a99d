"""Take the books out of a scenario, so that only prints are left."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from tests.oracle.print_book import TradesOnly
from tests.oracle.scenario import Event, Packet, Scenario


def prints_alone(scenario: Scenario, seed: int) -> Scenario:
    """
    Leave nothing but prints of some instruments; some of their sizes become prints.

    The same scenario and seed give the same result on every machine.
    """
    rng = Random(f"{seed} prints")
    kinds = range(len(scenario.instruments))
    alone = set(rng.sample(kinds, rng.randint(1, len(kinds))))
    often = rng.choice([0.05, 0.2, 0.5])
    packets = []
    for packet in scenario.packets:
        events: list[Event] = []
        for event in packet.events:
            if event.instrument not in alone or event.action in "TR":
                events.append(event)
            elif event.action in "SA" and rng.random() < often:
                side = rng.choice("BAN")
                events.append(event._replace(action="T", side=side, order=0))
        if events:
            packets.append(Packet(packet.ts, events))
    terms = TradesOnly(
        spread=rng.choice([1, 1, 2, 3, 6]),
        at_price=rng.random() < 0.5,
        size=rng.choice([0, 0, 1, 5, 20]),
        part=Fraction(rng.choice([1, 10, 25, 100]), 100),
    )
    return replace(
        scenario,
        packets=packets,
        settings=replace(scenario.settings, trades_only=terms),
    )
