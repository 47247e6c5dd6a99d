"""Random rules of queues and of consumed size; random halts and clears."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from tests.oracle.scenario import Event, Packet, Scenario

LOG = ("log", 1.0)
HALF_LIVES = [1, 3, 10, 40]  # of consumption [ns]
SURVIVAL = ["keep", "cancel"]


def with_liquidity(scenario: Scenario, seed: int) -> Scenario:
    """Let chance decide on rules of queues and of consumed size."""
    rng = Random(f"{seed} liquidity")
    settings = scenario.settings
    if rng.random() < 0.2:
        settings = replace(settings, queue=LOG)
    if rng.random() < 0.25:
        settings = replace(settings, half_life=rng.choice(HALF_LIVES))
    packets = list(scenario.packets)
    if rng.random() < 0.25:
        settings = replace(settings, on_clear=rng.choice(SURVIVAL))
        packets = [_retold(rng, packet) for packet in packets]
    if rng.random() < 0.4:
        settings = replace(settings, on_halt=rng.choice(SURVIVAL))
        packets = list(_halted(rng, packets))
    return replace(scenario, packets=packets, settings=settings)


def _retold(rng: Random, packet: Packet) -> Packet:
    """Let some clears belong to a snapshot."""
    if rng.random() < 0.5:
        return packet
    events = [e._replace(qty=1) if e.action == "R" else e for e in packet.events]
    return Packet(packet.ts, events)


def _halted(rng: Random, packets: Sequence[Packet]) -> Iterator[Packet]:
    """Halt instruments for a while, in packets of their own or within others."""
    rate = rng.choice([0.1, 0.2])
    halted: set[int] = set()
    shown: dict[int, Event] = {}  # a level that was set, of each instrument
    for packet in packets:
        events = list(packet.events)
        instrument = events[0].instrument
        if rng.random() < (0.3 if instrument in halted else rate):
            action = "O" if instrument in halted else "X"
            halted ^= {instrument}
            if rng.random() < 0.1:  # said twice, or taken back at once
                events.insert(0, Event(rng.choice("XO"), instrument, "N", 0, 0))
            halt = Event(action, instrument, "N", 0, 0)
            crossing = _across(rng, shown.get(instrument)) if action == "O" else []
            if rng.random() < 0.4:
                yield Packet(packet.ts, [*crossing, halt])
            else:
                events.insert(rng.randint(0, len(events)), halt)
                events = [*crossing, *events]
            if crossing:
                yield Packet(packet.ts, events)
                events = [event._replace(qty=0) for event in crossing]
        shown |= {e.instrument: e for e in events if e.action == "S" and e.qty}
        yield Packet(packet.ts, events)


def _across(rng: Random, level: Event | None) -> list[Event]:
    """Put size on the other side of a level, as it may stand there after a halt."""
    if level is None:
        return []
    side = "A" if level.side == "B" else "B"
    return [level._replace(side=side, qty=rng.randint(1, 20))]
