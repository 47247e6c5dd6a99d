"""A random market told order by order: like exchanges do it, and sometimes not."""

from collections.abc import Callable
from random import Random

from tests.oracle.lines import LineBook, TapeOrder
from tests.oracle.market import LETTERS
from tests.oracle.orders import better
from tests.oracle.scenario import BUY, SELL, Event

Later = Callable[[], list[Event]]  # a packet that is made when its time has come

DEPTH = 4  # prices of a side that the market keeps in being
SIZES = [1, 2, 3, 5, 8, 12]


class RandomLineMarket:
    """
    A book of orders that walks around, told as packets of events.

    Parameters
    ----------
    rng : Random
        Where chance comes from.
    instrument : int
        Index of the instrument.
    calm : bool
        Whether the mid moves seldom and most packets are quotes and trades.
    """

    def __init__(self, rng: Random, instrument: int, *, calm: bool) -> None:
        self.rng = rng
        self.instrument = instrument
        self.calm = calm
        self.mid = 100  # between the best bid and the best ask [ticks]
        self.book = LineBook()
        self.names = 0  # given so far
        self.gone: list[int] = []  # names that may come again
        self.debt: list[Later] = []  # packets that have to follow

    def opening(self) -> list[Event]:
        """Return the first orders."""
        events = self._say([self._event("R")]) if self.rng.random() < 0.5 else []
        for distance in range(1, DEPTH + 1):
            for side in (BUY, SELL):
                for _ in range(self.rng.choice([1, 2, 3])):
                    events += self._come(side, self._price(side, distance))
        return events

    def packet(self) -> list[Event]:
        """Return the events of the next packet."""
        if self.debt and self.rng.random() < 0.7:
            return self.debt.pop(0)() or self._quote()
        kinds = [self._quote, self._cancel, self._modify, self._trade, self._move]
        odd = [self._snapshot, self._crossed, self._print_only, self._again, self._mix]
        wild = [8, 5, 5, 10, 3, 2, 1, 2, 2, 6]
        calm = [8, 4, 4, 14, 1, 1, 0, 1, 1, 6]
        (kind,) = self.rng.choices([*kinds, *odd], calm if self.calm else wild)
        return kind() or self._quote()

    # An honest tape ----------------------------------------------------------------

    def _quote(self) -> list[Event]:
        """Let an order or two come near the touch."""
        events = []
        for _ in range(self.rng.choice([1, 1, 2])):
            side = self.rng.choice((BUY, SELL))
            distance = self.rng.choice([1, 1, 1, 2, 2, 3, 4])
            events += self._come(side, self._price(side, distance))
        return events

    def _cancel(self) -> list[Event]:
        """Let an order go, or a part of it."""
        order = self._any()
        if order is None:
            return []
        whole = self.rng.random() < 0.6
        return self._off(
            order, order.size if whole else self.rng.randint(1, order.size)
        )

    def _modify(self) -> list[Event]:
        """Make an order smaller or larger, or move it; perhaps there and back."""
        order = self._any()
        if order is None:
            return []
        price = order.price
        if self.rng.random() < 0.4:
            price = self._price(order.side, self.rng.choice([1, 1, 2, 3]))
        size = self.rng.choice([order.size, self.rng.randint(1, order.size), 6, 15])
        events = self._say([self._event("M", order, price=price, qty=size)])
        if self.rng.random() < 0.2:
            back = self.rng.choice([order.size, self.rng.randint(1, order.size)])
            events += self._say([self._event("M", order, qty=back)])
        return events

    def _trade(self) -> list[Event]:
        """Execute orders by place, at one price or through several."""
        side = self.rng.choice((BUY, SELL))
        told = self.rng.choice(["each", "each", "once", "once", "late", "no F", "no T"])
        prices = self.rng.choice([1, 1, 1, 1, 2, 3])
        events: list[Event] = []
        for _ in range(prices):
            best = self.book.best(side)
            if best is None:
                break
            whole = self.book.hist(side, best)
            size = whole if prices > 1 else self.rng.randint(1, whole)
            events += self._hit(side, best, size, told)
            if told == "late":
                break
            if self.rng.random() < 0.2:  # more behind what was shown
                events += self._come(side, best)
        return events

    def _hit(self, side: int, price: int, size: int, told: str) -> list[Event]:
        """Print some size and execute the orders that it meets."""
        trade = self._print(1 - side, price, size)
        events = [trade] if told in ("once", "late", "no F") else []
        for order in self.book.line(side, price):
            part = min(size, order.size)
            size -= part
            if part == 0:
                break
            if told == "each":
                events.append(self._print(1 - side, price, part))
            if told != "no F":
                events.append(self._event("F", order, qty=part))
            if told == "late":
                self.debt.append(lambda o=order, q=part: self._later(o, q))
            elif part < order.size and self.rng.random() < 0.3:
                left = order.size - part
                events += self._say([self._event("M", order, qty=left)])
            else:
                events += self._off(order, part)
        return events

    def _later(self, order: TapeOrder, qty: int) -> list[Event]:
        """Take off what was executed in an earlier packet, if it is still there."""
        now = self.book.orders.get(order.name)
        return self._off(now, min(qty, now.size)) if now is not None else []

    def _move(self) -> list[Event]:
        """Move the mid by a tick; what would be crossed goes, others follow."""
        self.mid += self.rng.choice([-1, 1])
        events = []
        for order in list(self.book.orders.values()):
            if not better(order.side, self.mid, order.price):
                events += self._off(order, order.size)
        for side in (BUY, SELL):
            for distance in range(1, DEPTH):
                if not self.book.hist(side, self._price(side, distance)):
                    events += self._come(side, self._price(side, distance))
        return events

    def _snapshot(self) -> list[Event]:
        """Send the whole book again, by chance with some changes."""
        orders = sorted(self.book.orders.values(), key=lambda o: (o.level, o.place))
        changed = self.rng.random() < 0.4
        if self.rng.random() < 0.2:
            self.rng.shuffle(orders)
        events = [self._event("R")]
        for order in orders:
            what = self.rng.random() if changed else 1.0
            size, price = order.size, order.price
            if what < 0.1:
                continue
            if what < 0.3:
                size = self.rng.choice([self.rng.randint(1, size), size + 3])
            elif what < 0.4:
                price = self._price(order.side, self.rng.choice([1, 2]))
            events.append(self._event("A", order, price=price, qty=size))
        then = self.rng.choice([self._quote, self._again, self._cancel, self._snapshot])
        return self._say(events) + (then() if changed else [])

    # A nasty tape ------------------------------------------------------------------

    def _crossed(self) -> list[Event]:
        """Let an order come on the wrong side of the touch, for a while."""
        side = self.rng.choice((BUY, SELL))
        events = self._come(side, self._price(side, -self.rng.randint(0, 2)))
        order = self.book.orders[events[-1].order]
        self.debt.append(lambda: self._later(order, order.size))
        return events

    def _print_only(self) -> list[Event]:
        """Print something that no order of the book has to do with."""
        side = self.rng.choice((BUY, SELL))
        size = self.rng.randint(1, 20)
        trade = self._print(1 - side, self._price(side, self.rng.randint(0, 4)), size)
        if self.rng.random() < 0.4:
            trade = trade._replace(side="N")
        return [trade]

    def _again(self) -> list[Event]:
        """Let an order go and come again under its name, in one packet."""
        order = self._any()
        if order is None:
            return []
        events = self._off(order, order.size)
        size = self.rng.choice([order.size, self.rng.choice(SIZES)])
        return events + self._say([self._event("A", order, qty=size)])

    def _mix(self) -> list[Event]:
        """Put several things into one packet."""
        kinds = [self._quote, self._cancel, self._modify, self._trade, self._print_only]
        kinds += [self._snapshot, self._again]
        chosen = self.rng.choices(kinds, k=self.rng.randint(2, 4))
        return [event for kind in chosen for event in kind()]

    # Words -------------------------------------------------------------------------

    def _price(self, side: int, distance: int) -> int:
        return self.mid - distance if side == BUY else self.mid + distance

    def _any(self) -> TapeOrder | None:
        """Choose an order, most often one near the touch."""
        orders = sorted(
            self.book.orders.values(), key=lambda o: abs(o.price - self.mid)
        )
        if not orders:
            return None
        near = orders[: 1 + len(orders) // 3] if self.rng.random() < 0.7 else orders
        return self.rng.choice(near)

    def _come(self, side: int, price: int) -> list[Event]:
        """Let an order come, under a new name or one that is free again."""
        self.names += 1
        name = self.names
        free = [n for n in self.gone if n not in self.book.orders]
        if free and self.rng.random() < 0.2:
            name = free[0]
        self.gone = [n for n in free if n != name]
        order = TapeOrder(name, side, price, self.rng.choice(SIZES), 0)
        return self._say([self._event("A", order)])

    def _off(self, order: TapeOrder, qty: int) -> list[Event]:
        if qty == order.size:
            self.gone.append(order.name)
        return self._say([self._event("C", order, qty=qty)])

    def _say(self, events: list[Event]) -> list[Event]:
        """Let events happen to our own book."""
        self.book.apply(events)
        return events

    def _event(
        self,
        action: str,
        order: TapeOrder | None = None,
        price: int | None = None,
        qty: int | None = None,
    ) -> Event:
        if order is None:
            return Event(action, self.instrument, "B", 0, 0)
        return Event(
            action,
            self.instrument,
            LETTERS[order.side],
            order.price if price is None else price,
            order.size if qty is None else qty,
            order.name,
        )

    def _print(self, aggressor: int, price: int, size: int) -> Event:
        return Event("T", self.instrument, LETTERS[aggressor], price, size)
