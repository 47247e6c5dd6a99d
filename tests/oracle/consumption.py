"""What an engine has consumed of the tape's size: of levels, or of single orders."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tests.oracle.decay import Decaying
from tests.oracle.lines import LineBook, TapeOrder
from tests.oracle.tape import Book, Mention

Level = tuple[int, int]  # side, price


class LevelConsumption:
    """Of a book of levels: a number for each level."""

    def __init__(self, book: Book, half_life: int) -> None:
        self.book = book
        self.c: Decaying[Level] = Decaying(half_life)
        self.displaced = 0

    def of(self, side: int, price: int) -> int:
        """Return c of a level."""
        return self.c[side, price]

    def take(self, side: int, price: int, qty: int) -> None:
        """Consume what a taker takes."""
        self.c[side, price] += qty

    cross = take

    def reconcile(
        self, mentions: Sequence[Mention], filled: Mapping[Level, int]
    ) -> None:
        """Forget what is not displayed any more."""
        del filled  # of single orders only
        for mention in mentions:
            level = mention.side, mention.price
            self.c[level] = min(self.c[level], mention.new)

    def levels(self) -> dict[Level, int]:
        """Return c of every level that has one."""
        return dict(self.c.items())


class OrderConsumption:
    """Of a book of orders: a number for each order of the tape."""

    def __init__(self, book: LineBook, half_life: int) -> None:
        self.book = book
        self.c: Decaying[int] = Decaying(half_life)
        self.displaced = 0  # what the tape executed although we had taken it
        self.moved = 0  # of that, what went over to other orders

    def of(self, side: int, price: int) -> int:
        """Return c of a price."""
        return sum(self.c[order.name] for order in self.book.line(side, price))

    def ahead(self, side: int, price: int, place: int) -> int:
        """Return what is left of the orders up to a place."""
        line = self.book.line(side, price)
        return sum(o.size - self.c[o.name] for o in line if o.place <= place)

    def take(self, side: int, price: int, qty: int) -> None:
        """Consume what a taker takes: first come, first served."""
        assert self._raise(self.book.line(side, price), qty) == 0, "taken twice"

    def cross(self, side: int, price: int, qty: int) -> None:
        """Consume what came and crossed us: the latest place first."""
        assert self._raise(self.book.line(side, price)[::-1], qty) == 0, "taken twice"

    def _raise(self, orders: Sequence[TapeOrder], qty: int) -> int:
        """Consume orders one after the other; return what found none."""
        for order in orders:
            part = min(qty, order.size - self.c[order.name])
            self.c[order.name] += part
            qty -= part
        return qty

    def reconcile(
        self, mentions: Sequence[Mention], filled: Mapping[Level, int]
    ) -> None:
        """
        Follow the packet: what we took may have been executed, cancelled or changed.

        `filled` is what prints of the packet filled of own orders at their own price.
        """
        del mentions  # of levels only
        executed: Counter[Level] = Counter()  # although we had taken it
        for name, was in self.book.before.items():
            c = self.c[name]
            e = min(was.size, self.book.executed[name])
            d = max(0, c - (was.size - e))
            executed[was.level] += d
            now = self.book.orders.get(name)
            left = now.size if now is not None and now.level == was.level else 0
            self.c[name] = min(c - d, left)
        for level, qty in executed.items():
            lost = max(0, qty - filled.get(level, 0))
            rest = self._raise(self.book.line(*level), lost)
            self.moved += lost - rest
            self.displaced += rest
        assert all(c <= self.book.orders[name].size for name, c in self.c.items())

    def levels(self) -> dict[Level, int]:
        """Return c of every price that has one."""
        c: Counter[Level] = Counter()
        for name, qty in self.c.items():
            c[self.book.orders[name].level] += qty
        return dict(c)
