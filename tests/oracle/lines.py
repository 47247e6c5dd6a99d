"""The book order by order: who stands where, before and after each packet."""

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from tests.oracle.orders import better
from tests.oracle.scenario import BUY, SELL, Event
from tests.oracle.tape import SIDES, Book, Mention


@dataclass(frozen=True)
class TapeOrder:
    """An order of the tape; at one price, the one with the lowest place is first."""

    name: int
    side: int
    price: int
    size: int
    place: int

    @property
    def level(self) -> tuple[int, int]:
        """Where it stands: its side and price."""
        return self.side, self.price


class LineBook(Book):
    """A book of orders."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[int, TapeOrder] = {}
        self.places = 0  # given so far
        self.before: dict[int, TapeOrder] = {}  # as the last packet found it
        self.executed: Counter[int] = Counter()  # what `F` said in the last packet
        #: Name and place of the order of each side that was the last to better it.
        self.tops: list[tuple[int, int] | None] = [None, None]

    def apply(self, events: Sequence[Event]) -> list[Mention]:
        """Apply a packet, and note who has bettered the market with it."""
        before = self.best(BUY), self.best(SELL)
        mentions = super().apply(events)
        for side in (BUY, SELL):
            best = self.best(side)
            if best is not None and (
                before[side] is None or better(side, best, before[side])
            ):
                first = self.line(side, best)[0]
                self.tops[side] = first.name, first.place
        return mentions

    def after(self, events: Sequence[Event]) -> "LineBook":
        """Return the book as it stands after the first events of a packet."""
        twin = deepcopy(self)
        twin.apply(events)
        return twin

    def line(self, side: int, price: int) -> list[TapeOrder]:
        """Return the orders at a price by place."""
        here = [o for o in self.orders.values() if o.level == (side, price)]
        return sorted(here, key=lambda order: order.place)

    def _apply(self, events: Sequence[Event]) -> list[Mention]:
        self.before = dict(self.orders)
        self.executed = Counter()
        sizes = tuple(dict(levels) for levels in self.size)
        removed: dict[int, TapeOrder] = {}  # by `R` in this packet
        for event in events:
            if event.action == "R":
                removed |= self.orders
                self.orders.clear()
            elif event.action == "A":
                self._add(event, removed.get(event.order))
            elif event.action == "M":
                self._modify(event)
            elif event.action == "C":
                removed.pop(event.order, None)
                self._cancel(event)
            elif event.action == "F":
                assert event.order in self.orders, "executed without being there"
                self.executed[event.order] += event.qty
        for side in (BUY, SELL):
            self.size[side].clear()
        for order in self.orders.values():
            levels = self.size[order.side]
            levels[order.price] = levels.get(order.price, 0) + order.size
        return [
            Mention(side, price, prev, new, returned=False)
            for side in (BUY, SELL)
            for price in sorted({*sizes[side], *self.size[side]})
            if (prev := sizes[side].get(price, 0)) != (new := self.hist(side, price))
        ]

    def _add(self, event: Event, was: TapeOrder | None) -> None:
        """Put an order at the end of the line, or back where it was."""
        assert event.order not in self.orders, "added twice"
        assert event.qty > 0
        order = TapeOrder(
            event.order, SIDES[event.side], event.price, event.qty, self._next_place()
        )
        if was is not None and was.level == order.level and order.size <= was.size:
            order = replace(order, place=was.place)
        self.orders[order.name] = order

    def _modify(self, event: Event) -> None:
        """Change an order; unless it only becomes smaller, it goes to the end."""
        was = self.orders[event.order]
        assert event.qty > 0
        order = replace(was, price=event.price, size=event.qty)
        if order.price != was.price or order.size > was.size:
            order = replace(order, place=self._next_place())
        self.orders[order.name] = order

    def _cancel(self, event: Event) -> None:
        """Take something off an order; it goes when nothing is left."""
        was = self.orders.pop(event.order)
        assert 0 < event.qty <= was.size
        if event.qty < was.size:
            self.orders[was.name] = replace(was, size=was.size - event.qty)

    def _next_place(self) -> int:
        self.places += 1
        return self.places
