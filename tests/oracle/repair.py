"""Keep tapes that name orders possible when parts of them are left out."""

from collections.abc import Iterable, Iterator

from tests.oracle.scenario import Event, Packet

NAMING = "AMCF"  # what an order-by-order tape says of its orders


def by_orders(packets: Iterable[Packet]) -> set[int]:
    """Return the instruments whose tape names orders."""
    events = (event for packet in packets for event in packet.events)
    return {event.instrument for event in events if event.action in NAMING}


def mended(packets: Iterable[Packet]) -> Iterator[Packet]:
    """
    Leave out what cannot have happened, so that parts of a tape are tapes.

    Orders come once, and change, execute and go only while they are there; cancels take
    off what is left. Packets of which nothing is left are left out too.
    """
    packets = list(packets)
    named = by_orders(packets)
    there: dict[tuple[int, int], Event] = {}  # what is left of each order, as an `A`
    for packet in packets:
        kept = []
        for event in packet.events:
            if event.action in NAMING:
                kept += _named(there, event)
            elif event.action == "R":
                kept.append(event)
                for key in [key for key in there if key[0] == event.instrument]:
                    del there[key]
            elif event.action in "TXO" or event.instrument not in named:
                kept.append(event)
        if kept:
            yield Packet(packet.ts, kept)


def _named(there: dict[tuple[int, int], Event], event: Event) -> list[Event]:
    """Return what an event says after all, and note what it does."""
    key = event.instrument, event.order
    if (event.action == "A") == (key in there):
        return []
    if event.action == "A":
        there[key] = event
        return [event]
    was = there[key]
    event = event._replace(side=was.side)
    if event.action == "M":
        there[key] = event
        return [event]
    event = event._replace(price=was.price)
    if event.action == "C":
        event = event._replace(qty=min(event.qty, was.qty))
        there[key] = was._replace(price=was.price, qty=was.qty - event.qty)
        if event.qty == was.qty:
            del there[key]
    return [event]
