"""What triggers stop orders: prints of the tape, or its touch."""

from tests.oracle.orders import LiveOrder, opposite
from tests.oracle.scenario import BUY
from tests.oracle.tape import Book


def hits(side: int, stop: int, price: int) -> bool:
    """Say whether a market at `price` has come to the stop price of an order."""
    return price >= stop if side == BUY else price <= stop


class Trigger:
    """What the tape says of one instrument, as far as stops listen to it."""

    def __init__(self, kind: str, book: Book) -> None:
        self.kind = kind  # "trade" or "touch"
        self.book = book
        self.last: int | None = None  # price of the last print
        self.prints: list[int] = []  # prices of the packet's prints

    def on_print(self, price: int) -> None:
        """Hear of a print."""
        self.last = price
        if not self.book.halted:
            self.prints.append(price)

    def holds(self, order: LiveOrder) -> bool:
        """Say whether a stop that arrives now is triggered at once."""
        heard = [] if self.last is None else [self.last]
        return self._any(order, heard)

    def fired(self, order: LiveOrder) -> bool:
        """Say whether the packet that ends now triggers a stop."""
        if self.kind == "touch" and self.book.halted:
            return False
        return self._any(order, self.prints)

    def _any(self, order: LiveOrder, prints: list[int]) -> bool:
        assert order.stop is not None
        if self.kind == "touch":
            best = self.book.best(opposite(order.side))
            prints = [] if best is None else [best]
        return any(hits(order.side, order.stop, price) for price in prints)
