"""Where the tape shows only trades: quotes assumed around the last price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from tests.oracle.lines import LineBook
from tests.oracle.orders import opposite
from tests.oracle.repair import by_orders
from tests.oracle.scenario import BUY, SELL, Event, Packet
from tests.oracle.tape import Book, Mention, TapeBook


@dataclass(frozen=True)
class TradesOnly:
    """What is assumed of every instrument without a book."""

    spread: int  # from bid to ask [ticks]
    at_price: bool = False  # whether prints fill resting orders at their price
    size: int = 0  # offered on each side after a print [lots], or
    part: Fraction = Fraction(0)  # this part of what the packet printed

    def offered(self, printed: int) -> int:
        """Return what is offered on each side after a packet's prints."""
        return self.size or ceil(self.part * printed)


class PrintBook(Book):
    """A book of one level a side, made of the last packet with prints."""

    def __init__(self, terms: TradesOnly) -> None:
        super().__init__()
        self.terms = terms
        #: Takes are so much better than the level's price [half ticks].
        self.inside = terms.spread % 2

    def fills_at_price(self, aggressor: int | None) -> tuple[int, ...]:
        """Return the sides of resting orders that a print fills at its own price."""
        if not self.terms.at_price:
            return ()
        return (BUY, SELL) if aggressor is None else (opposite(aggressor),)

    def _apply(self, events: Sequence[Event]) -> list[Mention]:
        prints = [e for e in events if e.action == "T" and e.qty]
        if not prints and not any(e.action == "R" for e in events):
            return []
        # Whatever is offered now is new, even at the same price.
        mentions = [
            Mention(side, price, qty, 0, returned=False)
            for side in (BUY, SELL)
            for price, qty in self.size[side].items()
        ]
        self.size[BUY].clear()
        self.size[SELL].clear()
        if prints:
            price, away = prints[-1].price, ceil(Fraction(self.terms.spread, 2))
            offered = self.terms.offered(sum(e.qty for e in prints))
            self.size[BUY][price - away] = offered
            self.size[SELL][price + away] = offered
        return mentions


def books_of(
    packets: Iterable[Packet], instruments: int, terms: TradesOnly | None
) -> list[TapeBook | LineBook | PrintBook]:
    """Make the book of each instrument, as the tape tells of it."""
    packets = list(packets)
    named = by_orders(packets)
    alone = without_book(packets) if terms is not None else set()
    books: list[TapeBook | LineBook | PrintBook] = []
    for i in range(instruments):
        if terms is not None and i in alone:
            books.append(PrintBook(terms))
        else:
            books.append(LineBook() if i in named else TapeBook())
    return books


def without_book(packets: Iterable[Packet]) -> set[int]:
    """Return the instruments that have prints and nothing of a book."""
    told: dict[int, set[str]] = {}
    for packet in packets:
        for event in packet.events:
            told.setdefault(event.instrument, set()).add(event.action)
    return {i for i, actions in told.items() if "T" in actions <= {"T", "R"}}
