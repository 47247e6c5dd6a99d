"""A venue that matches in proportion to size."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from tests.oracle.consumption import OrderConsumption
from tests.oracle.lines import LineBook, TapeOrder
from tests.oracle.orders import LiveOrder, better
from tests.oracle.pro_rata import Piece, named_line, nameless_line, share_out
from tests.oracle.scenario import BUY, SELL, Event, ProRata
from tests.oracle.venue import Venue


class ProRataVenue(Venue):
    """One instrument in which all who stand in line share what comes."""

    def __init__(self, rule: ProRata, *rest: Any) -> None:
        super().__init__(*rest)
        self.rule = rule
        self.book_shown = self.book  # in a packet, as its events so far have left it
        #: Own orders that were the last to better the market, by side.
        self.tops: list[LiveOrder | None] = [None, None]

    # The line ------------------------------------------------------------------------

    def shares(self, side: int, price: int, qty: int) -> list[Piece]:
        """Let a level share a quantity that a taker brings."""
        return self._line(side, price, qty, self.available(side, price))

    def _shares_of_print(self, side: int, price: int, qty: int) -> list[Piece]:
        """Let a level share a quantity that is printed."""
        orders = self.at(side, price)
        printed = max((o.traded for o in orders), default=0)
        ahead = max((o.tape_ahead for o in orders), default=0)
        return self._line(
            side, price, qty, max(self.available(side, price) - printed, ahead)
        )

    def _line(self, side: int, price: int, qty: int, tape: int) -> list[Piece]:
        orders = self.at(side, price)
        if isinstance(self.consumed, OrderConsumption):
            assert isinstance(self.book_shown, LineBook)
            there = self.book_shown.line(side, price)
            left = [(o, max(0, o.size - self._consumed_of(o))) for o in there]
            line = named_line(orders, left)
        else:
            line = nameless_line(orders, tape)
        self._share(side, line, qty)
        return line

    def _consumed_of(self, order: TapeOrder) -> int:
        """Return c of a tape order, which stays behind when the order moves away."""
        assert isinstance(self.consumed, OrderConsumption)
        was = self.consumed.book.orders.get(order.name)
        if was is None or was.level != order.level:
            return 0
        return self.consumed.c[order.name]

    def _share(self, side: int, line: list[Piece], qty: int) -> None:
        top = self._top(side, line) if self.rule.top_order else None
        small = share_out(line, qty, self.rule, top)
        seen = self.ledger.seen
        seen["parts too small"] += small
        if 0 < qty < sum(piece.size for piece in line):
            seen["pro-rata divisions"] += len([p for p in line if p.size]) > 1
            seen["own top orders"] += top is not None and top.own is not None
            seen["top orders of the tape"] += top is not None and top.tape is not None

    def _top(self, side: int, line: list[Piece]) -> Piece | None:
        """Return who of a line has bettered the market: an own order before others."""
        mine = self.tops[side]
        named = self.book.tops[side] if isinstance(self.book, LineBook) else None
        for piece in line:
            if piece.own is not None and piece.own is mine:
                return piece
        for piece in line:
            if piece.tape is not None and (piece.tape.name, piece.tape.place) == named:
                return piece
        return None

    def join(self, order: LiveOrder) -> None:
        """Put an order at the end of its queue; it may better the market."""
        side = order.side
        others = self.book.best(side), self.best_own(side)
        if all(best is None or better(side, order.limit, best) for best in others):
            self.tops[side] = order
        super().join(order)

    def leave(self, order: LiveOrder) -> None:
        """Take a resting order out of its queue."""
        super().leave(order)
        if self.tops[order.side] is order:
            self.tops[order.side] = None

    def on_book(self) -> None:
        """Own orders are not the top any more once the tape is better."""
        self.book_shown = self.book
        for side in (BUY, SELL):
            best, top = self.book.best(side), self.tops[side]
            if top is not None and best is not None and better(side, best, top.limit):
                self.tops[side] = None

    # Takes ---------------------------------------------------------------------------

    def take_shares(self, side: int, price: int, line: Sequence[Piece]) -> int:
        """Consume what the tape gives of a line; return the lots."""
        qty = 0
        for piece in line:
            if piece.own is None and piece.part:
                qty += piece.part
                if piece.tape is None:
                    self.consumed.take(side, price, piece.part)
                else:
                    self.consumed.c[piece.tape.name] += piece.part
        if isinstance(self.consumed, OrderConsumption):
            self._count()
        elif qty:
            left = float(self.available(side, price))
            for order in self.at(side, price):
                order.h = min(order.h, left)
        return qty

    # Prints --------------------------------------------------------------------------

    def shown(self, before: Sequence[Event]) -> None:
        """Look at what a packet has said before its next print."""
        if isinstance(self.book, LineBook):
            self.book_shown = self.book.after(before)

    def _print_at(self, ts: int, side: int, price: int, size: int, budget: int) -> int:
        """Let the line at the print's own price share what is left of it."""
        line = self._shares_of_print(side, price, budget)
        given = self._give(ts, line)
        for order in self.at(side, price):
            self._let_pass(order, size)
        self.printed[side, price] += given
        return given

    def _print_at_displaced(
        self, ts: int, side: int, price: int, size: int, budget: int
    ) -> int:
        """Let the line share to which our impact displaced a print."""
        given = self._give(ts, self._shares_of_print(side, price, budget))
        self.ledger.seen["fills by displaced prints"] += given > 0
        return given

    def _let_pass(self, order: LiveOrder, size: int) -> None:
        """What is printed leaves from anywhere in the line, as if it were cancelled."""
        if isinstance(self.book, LineBook):
            return
        displayed = self.book.hist(order.side, order.limit)
        prev = max(displayed - order.traded, order.tape_ahead)
        new = max(0, prev - size)
        order.h = self.estimated(order.h, prev, new, prev - new)
        order.traded += size

    def _serve_all(
        self, ts: int, orders: Sequence[LiveOrder], most: int, **marks: bool
    ) -> int:
        """Let own orders share, price by price, whatever is ahead of them."""
        given = 0
        for _, here in groupby(orders, key=lambda order: order.limit):
            line = [Piece(order.leaves, order) for order in here]
            self._share(orders[0].side, line, most - given)
            given += self._give(ts, line, **marks)
        return given

    def _give(self, ts: int, line: Sequence[Piece], **marks: bool) -> int:
        """Fill own orders of a line by their parts; return the lots."""
        return sum(
            self._serve(ts, piece.own, piece.part, **marks)
            for piece in line
            if piece.own is not None
        )
