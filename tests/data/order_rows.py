"""Order-by-order events, and a plain resolver to compare with."""

import numpy as np
from hypothesis import strategies as st

from commonbook.core.enums import Action
from commonbook.data.instrument import Instrument
from commonbook.data.order_ids import resolve_orders
from commonbook.data.tape import Tape
from tests.data.tapes import LAST, events_of


def rows_of(*rows: tuple) -> tuple:
    """Lay out (ts, action, side, price, qty, flags, id[, instrument]) as events."""
    ids = [row[6] for row in rows]
    return events_of([row[:6] + row[7:] for row in rows]), ids


@st.composite
def random_rows(draw: st.DrawFn, max_packets: int = 12) -> list[tuple]:
    """Draw packets of a feed that loses messages: any id may be named at any time."""
    order = st.tuples(
        st.sampled_from("AAAMMCCCF"),
        st.integers(0, 3),
        st.integers(0, 4),
        # Ids share cells of the table now and then, and one is negative.
        st.sampled_from([1, 2, 3, 4, 5, 6, 7, 4099, 8195, 2**62 + 1, -9]),
    )
    other = st.sampled_from([("R", 0, 0, 0), ("T", 2, 3, 1)])
    rows = []
    for ts in range(draw(st.integers(1, max_packets))):
        instrument = draw(st.integers(0, 1))
        packet = draw(st.lists(st.one_of(order, order, other), min_size=1, max_size=6))
        for place, (action, price, qty, order_id) in enumerate(packet):
            # An id has one side, so that no order changes its own.
            side = "N" if action == "R" else "BA"[order_id % 2]
            flags = LAST if place == len(packet) - 1 else 0
            rows.append((ts, action, side, price, qty, flags, order_id, instrument))
    return rows


def without_duplicates(rows: list[tuple]) -> list[tuple]:
    """Make each new order of an id that is live a change of it."""
    live: dict[tuple, int] = {}
    sound = []
    for row in rows:
        ts, action, side, price, qty, flags, order_id, instrument = row
        key = (instrument, order_id)
        letter = "M" if action == "A" and key in live else action
        if action == "R":
            live = {k: left for k, left in live.items() if k[0] != instrument}
        elif letter in "AM":
            live[key] = qty
        elif letter == "C" and key in live:
            live[key] -= qty
        if live.get(key, 1) <= 0:
            del live[key]
        sound.append((ts, letter, side, price, qty, flags, order_id, instrument))
    return sound


class PlainResolver:
    """The rules of `resolve_orders` with dictionaries, an event at a time."""

    def __init__(self) -> None:
        self.slots: dict[tuple, int] = {}
        self.left: dict[tuple, list] = {}
        self.free: list[int] = []
        self.gone: list[tuple] = []
        self.n_slots = 0
        self.counts = dict.fromkeys(("opened", "unknown", "cut", "empty"), 0)

    def resolve(self, rows: list[tuple]) -> list[tuple]:
        kept: list[list] = []
        packet: list[list] = []
        for row in rows:
            event = self.apply(*row)
            if event:
                packet.append([*event, row[5] & ~LAST])
            if row[5] & LAST:
                if packet:
                    packet[-1][-1] |= LAST
                kept += packet
                packet = []
                self.close()
        return [tuple(event) for event in kept]

    def apply(self, ts, action, side, price, qty, flags, order_id, instrument):
        key = (instrument, order_id)
        if action in "TR":
            if action == "R":
                own = [k for k in self.left if k[0] == instrument]
                for other in sorted(own, key=self.slots.__getitem__):
                    self.remove(other)
            return ts, action, side, price, qty, -1, instrument
        if action in "AM":
            return self.put(key, ts, action, side, price, qty)
        if qty == 0:
            self.counts["empty"] += 1
            return None
        if key not in self.left:
            self.counts["unknown"] += 1
            return None
        own_side, _, left = self.left[key]
        if action == "F":
            return ts, "F", own_side, price, qty, self.slots[key], instrument
        self.counts["cut"] += qty > left
        return self.cancel(key, ts, min(qty, left))

    def put(self, key, ts, action, side, price, qty):
        if qty == 0:
            if key in self.left:
                return self.cancel(key, ts, self.left[key][2])
            self.counts["empty"] += 1
            return None
        if key not in self.left:
            self.counts["opened"] += action == "M"
            action = "A"
        if key not in self.slots:
            if not self.free:
                self.free.append(self.n_slots)
                self.n_slots += 1
            self.slots[key] = self.free.pop()
        self.left[key] = [side, price, qty]
        return ts, action, side, price, qty, self.slots[key], key[0]

    def cancel(self, key, ts, qty):
        side, price, left = self.left[key]
        self.left[key][2] -= qty
        if qty == left:
            self.remove(key)
        return ts, "C", side, price, qty, self.slots[key], key[0]

    def remove(self, key):
        del self.left[key]
        if key not in self.gone:
            self.gone.append(key)

    def close(self):
        for key in self.gone:
            if key not in self.left:
                self.free.append(self.slots.pop(key))
        self.gone = []


def tape_of_orders(rows: list[tuple], instruments: tuple[Instrument, ...]) -> Tape:
    """Resolve the orders of a feed and make a tape of them."""
    events, ids = rows_of(*rows)
    orders = resolve_orders(events, np.array(ids, np.int64), str)
    return Tape.from_events(orders.events, instruments)


def lines_of(events: np.ndarray) -> dict[tuple, list[tuple]]:
    """Replay orders plainly: slots and sizes at each (instrument, side, price)."""
    orders: dict[int, list] = {}
    cleared: dict[int, list] = {}
    for place, event in enumerate(events.tolist()):
        _, qty, price, slot, instrument, action, side, flags = event
        key = (instrument, side, price)
        if action == Action.CLEAR:
            own = [s for s, order in orders.items() if order[0][0] == instrument]
            cleared |= {s: orders.pop(s) for s in own}
        elif action in (Action.ADD, Action.MODIFY):
            before = orders.get(slot) or cleared.get(slot)
            stays = before and before[0] == key and qty <= before[1]
            orders[slot] = [key, qty, before[2] if stays else place]
        elif action == Action.CANCEL:
            orders[slot][1] -= qty
            if orders[slot][1] == 0:
                del orders[slot]
        if flags & LAST:
            cleared = {}
    lines: dict[tuple, list[tuple]] = {}
    for slot, (key, qty, _) in sorted(orders.items(), key=lambda item: item[1][2]):
        lines.setdefault(key, []).append((slot, qty))
    return lines
