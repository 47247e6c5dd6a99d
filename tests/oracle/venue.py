"""One instrument as one engine sees it: consumption, own queues, batches, prints."""

from collections import Counter
from collections.abc import Sequence
from math import log

from tests.oracle.codes import OrderState, Reason
from tests.oracle.consumption import LevelConsumption, OrderConsumption
from tests.oracle.flow import Flow
from tests.oracle.ledger import Ledger
from tests.oracle.lines import LineBook
from tests.oracle.orders import LiveOrder, better, opposite, reaches
from tests.oracle.print_book import PrintBook
from tests.oracle.scenario import BUY, SELL, Event, Settings
from tests.oracle.sharing import SHARING, divide
from tests.oracle.stops import Trigger
from tests.oracle.tape import Mention, TapeBook


class Venue:
    """Where the portfolios `names` compete for the liquidity of one instrument."""

    def __init__(
        self,
        names: tuple[str, ...],
        book: TapeBook | LineBook | PrintBook,
        flow: Flow,
        trigger: Trigger,
        settings: Settings,
        ledger: Ledger,
    ) -> None:
        self.names = names
        self.book = book
        self.flow = flow  # of the whole group
        self.trigger = trigger  # of the instrument
        self.settings = settings
        self.ledger = ledger
        self.consumed = (
            OrderConsumption(book, settings.half_life)
            if isinstance(book, LineBook)
            else LevelConsumption(book, settings.half_life)
        )
        #: What prints of this packet filled of own orders at their own price.
        self.printed: Counter[tuple[int, int]] = Counter()
        self.queue: tuple[list[LiveOrder], list[LiveOrder]] = ([], [])
        self.waiting: list[LiveOrder] = []  # stops, in the order of arrival
        self.batches = 0  # so far

    def begin(self, ts: int) -> None:
        """Bring what decays up to the time of a packet, a batch or the end."""
        self.consumed.c.now = ts
        self._count()

    # What is there -----------------------------------------------------------------

    def available(self, side: int, price: int) -> int:
        """Return the tape size at a level that the group has not consumed yet."""
        return max(0, self.book.hist(side, price) - self.consumed.of(side, price))

    def resting(self, side: int) -> list[LiveOrder]:
        """Return the own orders of a side in time order."""
        return [o for o in self.queue[side] if o.state is OrderState.RESTING]

    def stops(self) -> list[LiveOrder]:
        """Return the stops that wait here, in the order of arrival."""
        return [o for o in self.waiting if o.state is OrderState.WAITING]

    def at(self, side: int, price: int) -> list[LiveOrder]:
        """Return the own orders of one level in time order."""
        return [o for o in self.resting(side) if o.limit == price]

    def through(self, side: int, price: int) -> list[LiveOrder]:
        """Return own orders that are better than `price`, best first, then time."""
        orders = [o for o in self.resting(side) if better(side, o.limit, price)]
        return sorted(orders, key=lambda o: -o.limit if side == BUY else o.limit)

    def best_own(self, side: int) -> int | None:
        """Return the best price of the own orders of a side."""
        prices = [o.limit for o in self.resting(side)]
        return (max if side == BUY else min)(prices, default=None)

    def best(self, side: int) -> int | None:
        """Return the best effective price of a side: tape or own orders."""
        prices = {o.limit for o in self.resting(side)}
        prices |= {p for p in self.book.size[side] if self.available(side, p)}
        return (max if side == BUY else min)(prices, default=None)

    def marketable(self, order: LiveOrder) -> bool:
        """Say whether an order could trade at once."""
        best = self.best(opposite(order.side))
        if order.price is None:
            return True
        return best is not None and reaches(order.side, order.price, best)

    # The market --------------------------------------------------------------------

    def shown(self, before: Sequence[Event]) -> None:
        """Look at what a packet has said before its next print."""

    def on_print(self, ts: int, aggressor: int | None, price: int, size: int) -> None:
        """Let one print fill own orders, never more than its size in all."""
        if self.book.halted:
            if aggressor is not None:
                self._pass(opposite(aggressor), price, size)
            return
        budget = size
        up, down = self.flow.shift(ts)
        self.ledger.seen["displaced prints"] += bool(up or down)
        reach = {BUY: price + up, SELL: price - down}
        sides = (BUY, SELL) if aggressor is None else (opposite(aggressor),)
        at_price = sides if aggressor is not None else ()
        if isinstance(self.book, PrintBook):
            at_price = self.book.fills_at_price(aggressor)
        for side in sides:
            reached = self.through(side, reach[side])
            budget -= self._serve_all(ts, reached, budget, through=True)
            if side not in at_price:
                continue
            if reach[side] == price:
                budget -= self._print_at(ts, side, price, size, budget)
            else:
                budget -= self._print_at_displaced(ts, side, reach[side], size, budget)
                self._pass(side, price, size)
        assert 0 <= budget <= size, "more fills than the print's size"

    def _pass(self, side: int, price: int, size: int) -> None:
        """Move the queue at a print's price, of which the print fills nothing."""
        for order in self.at(side, price):
            self._let_pass(order, size)

    def _let_pass(self, order: LiveOrder, size: int) -> None:
        """Let an order move forward by a print at its price."""
        order.h = max(0.0, order.h - size)
        order.traded += size

    def on_prints_end(self, ts: int) -> None:
        """Trigger the stops that a print of the packet has reached."""
        if self.settings.stop_trigger == "trade":
            self._trigger(ts)

    def on_break(self, ts: int) -> None:
        """Cancel what does not survive that the book is cleared, or trading halted."""
        if self.book.wiped and self.settings.on_clear == "cancel":
            self._withdraw(ts, Reason.BOOK_CLEARED)
        if self.book.halts and self.settings.on_halt == "cancel":
            self._withdraw(ts, Reason.HALTED)
        self.ledger.seen["halts"] += self.book.halts
        self.ledger.seen["resumptions"] += self.book.resumes

    def _withdraw(self, ts: int, reason: Reason) -> None:
        """Cancel all that works: by price and time, then stops, the nearest first."""
        bids = sorted(self.resting(BUY), key=lambda o: -o.limit)
        asks = sorted(self.resting(SELL), key=lambda o: o.limit)
        stops = sorted(self.stops(), key=lambda o: (not o.triggered, *_distance(o)))
        for order in [*bids, *asks, *stops]:
            order.cancel(ts, reason)
            self.ledger.seen[f"cancelled: {reason.name.lower()}"] += 1

    def _print_at(self, ts: int, side: int, price: int, size: int, budget: int) -> int:
        """Serve the queue at the print's own price; return the lots given."""
        segments = self.segments(self.at(side, price))
        ahead = [self._ahead_of(segment) for segment in segments]
        given = 0
        for segment, in_front in zip(segments, ahead, strict=True):
            supply = min(max(0, size - in_front), budget - given)
            for order in segment:
                order.h = max(0.0, order.h - (size - given))
                order.traded += size
            given += self._share_out(ts, segment, supply)
        self.printed[side, price] += given
        return given

    def _print_at_displaced(
        self, ts: int, side: int, price: int, size: int, budget: int
    ) -> int:
        """Serve the queue to which our impact displaced a print; it does not move."""
        segments = self.segments(self.at(side, price))
        ahead = [self._ahead_of(segment) for segment in segments]
        given = 0
        for segment, in_front in zip(segments, ahead, strict=True):
            supply = min(max(0, size - in_front), budget - given)
            qty = self._share_out(ts, segment, supply)
            self.ledger.seen["fills by displaced prints"] += qty > 0
            given += qty
        return given

    def _serve_all(
        self, ts: int, orders: Sequence[LiveOrder], most: int, **marks: bool
    ) -> int:
        """Let the market fill orders, whatever is ahead of them; return the lots."""
        given = 0
        for segment in self.segments(orders):
            given += self._share_out(ts, segment, most - given, **marks)
        return given

    def segments(self, orders: Sequence[LiveOrder]) -> list[list[LiveOrder]]:
        """Put orders that the market serves together into one list, in their order."""
        found: list[list[LiveOrder]] = []
        for order in orders:
            last = found[-1][-1] if found else None
            if (
                last is not None
                and self.settings.distribution in SHARING
                and (last.limit, last.batch) == (order.limit, order.batch)
            ):
                found[-1].append(order)
            else:
                found.append([order])
        return found

    def _share_out(
        self, ts: int, segment: Sequence[LiveOrder], supply: int, **marks: bool
    ) -> int:
        """Let the market fill orders of one batch and price; return the lots."""
        if len(segment) == 1:
            order = segment[0]
            return self._serve(ts, order, min(order.leaves, supply), **marks)
        left, room = supply, self.ledger.room
        while left > 0:
            for order in segment:
                if order.alive and room(order) == 0:
                    self.ledger.end_reduced(ts, order)
            members = [order for order in segment if order.alive]
            wants = [room(order) for order in members]
            self.ledger.seen["shared prints"] += left < sum(wants) and len(members) > 1
            parts = divide(self.settings.distribution, left, wants)
            given = sum(
                self._serve(ts, order, part, **marks)
                for order, part in zip(members, parts, strict=True)
            )
            left -= given
            if given == sum(parts):
                break
        return supply - left

    def _serve(self, ts: int, order: LiveOrder, wanted: int, **marks: bool) -> int:
        """Let the market fill a resting order that it has reached; return the lots."""
        qty = min(wanted, self.ledger.room(order))
        if qty:
            self.ledger.market_fill(ts, order, order.limit, qty, "maker", **marks)
        elif wanted:
            self.ledger.end_reduced(ts, order)
        return qty

    def on_book(self) -> None:
        """Compare the best prices that a packet leaves with those of own orders."""

    def on_mentions(self, ts: int, mentions: Sequence[Mention]) -> None:
        """Reconcile queues and consumption with the packet, then cross new size."""
        if isinstance(self.book, TapeBook):
            for mention in mentions:
                self.ledger.seen["returned levels"] += mention.returned
                for order in self.at(mention.side, mention.price):
                    self._estimate(order, mention)
        self.consumed.reconcile(mentions, self.printed)
        self.printed.clear()
        self._count()
        if not self.settings.fill_on_cross or self.book.halted:
            return
        if self.book.resumes:  # all that stands there comes
            mentions = [
                Mention(side, price, 0, size, returned=False)
                for side in (BUY, SELL)
                for price, size in self.book.size[side].items()
            ]
        added = [m for m in mentions if m.new > m.prev and not m.returned]
        asks = sorted((m for m in added if m.side == SELL), key=lambda m: m.price)
        bids = sorted((m for m in added if m.side == BUY), key=lambda m: -m.price)
        for mention in asks + bids:
            self._crossed(ts, mention)

    def _estimate(self, order: LiveOrder, mention: Mention) -> None:
        """Update the queue estimate of one order."""
        prev, new = mention.prev, mention.new
        change = prev - new - order.traded
        order.traded = 0
        if mention.returned:
            order.h = min(order.h, float(new))
        else:
            order.h = self.estimated(order.h, prev, new, change)

    def estimated(self, h: float, prev: int, new: int, change: int) -> float:
        """Return what is ahead after so much was cancelled somewhere in the queue."""
        model, n = self.settings.queue
        if model == "risk_averse" or change < 0:
            return min(h, float(new))
        self.ledger.seen[f"{model} estimates"] += change > 0
        behind = max(0.0, prev - h)
        back, front = (
            log(1.0 + size) if model == "log" else power(size, n)
            for size in (behind, h)
        )
        p = back / (back + front) if back + front else 1.0
        h = h - (1 - p) * change + min(behind - p * change, 0.0)
        return max(0.0, min(h, float(new)))

    def _count(self) -> None:
        """Count anew what is ahead of own orders, where the tape names its orders."""
        if isinstance(self.consumed, OrderConsumption):
            for order in self.resting(BUY) + self.resting(SELL):
                ahead = self.consumed.ahead(order.side, order.limit, order.place)
                order.h = float(ahead)

    def _crossed(self, ts: int, mention: Mention) -> None:
        """Let size that the tape added act as an incoming order."""
        side, price = mention.side, mention.price
        incoming = min(mention.new - mention.prev, self.available(side, price))
        other = opposite(side)
        met = self.through(other, price) + self.at(other, price)
        qty = self._serve_all(ts, met, incoming, cross_fill=True)
        self.consumed.cross(side, price, qty)
        self.ledger.seen["fills at a resumption"] += self.book.resumes and qty > 0

    def on_packet_end(self, ts: int) -> None:
        """Trigger the stops to which the packet has brought the market."""
        self._trigger(ts)

    def _trigger(self, ts: int) -> None:
        trigger = self.trigger
        for order in self.stops():
            if not order.triggered and (
                trigger.fired(order) or (self.book.resumes and trigger.holds(order))
            ):
                order.trigger(ts)
                self.ledger.seen["stops triggered by packets"] += 1

    # Own orders --------------------------------------------------------------------

    def ahead(self, order: LiveOrder) -> int:
        """Return the lots ahead of an order: tape size and earlier own orders."""
        orders = self.at(order.side, order.limit)
        earlier = orders[: orders.index(order)]
        tape = max(o.tape_ahead for o in [*earlier, order])
        return tape + sum(o.leaves for o in earlier)

    def _ahead_of(self, segment: Sequence[LiveOrder]) -> int:
        """Return the lots ahead of all orders of a segment."""
        orders = self.at(segment[0].side, segment[0].limit)
        earlier = orders[: orders.index(segment[0])]
        tape = max(o.tape_ahead for o in [*earlier, *segment])
        return tape + sum(o.leaves for o in earlier)

    def due(self, ts: int) -> bool:
        """Say whether there is a batch at a time, even if no message arrives."""
        return bool(self.expiring(ts)) or any(o.triggered for o in self.stops())

    def expiring(self, ts: int) -> list[LiveOrder]:
        """Return the working orders whose time in force ends now."""
        working = self.resting(BUY) + self.resting(SELL) + self.stops()
        return [o for o in working if o.terms.expires == ts > 0]

    def leave(self, order: LiveOrder) -> None:
        """Take a resting order out of its queue."""
        self.queue[order.side].remove(order)
        order.state = OrderState.SENT

    def join(self, order: LiveOrder) -> None:
        """Put an order at the end of its queue."""
        order.h = float(self.available(order.side, order.limit))
        if isinstance(self.book, PrintBook):
            order.h = 0.0  # nobody knows who waits there
        order.traded = 0
        if isinstance(self.book, LineBook):
            order.place = self.book.places
        order.batch = self.batches
        order.accept(OrderState.RESTING)
        self.queue[order.side].append(order)
        order.ahead = self.ahead(order)

    def check(self, ts: int) -> None:
        """Assert what must hold between packets and batches."""
        for order in self.resting(BUY) + self.resting(SELL) + self.stops():
            assert order.qty == order.filled + order.cut + order.leaves
            assert order.leaves > 0
            assert not 0 < order.terms.expires < ts, "works after its end"
        for (side, price), c in self.consumed.levels().items():
            assert 0 < c <= (self.book.hist(side, price) or c), "consumed what is not"
        for order in self.stops():
            assert order.triggered or not self.trigger.fired(order)
        if self.book.halted:
            assert self.settings.on_halt == "keep" or not self.resting(BUY)


def _distance(order: LiveOrder) -> tuple[int, int]:
    """Put stops that wait into order: buys, then sells, the nearest first."""
    if order.triggered or order.stop is None:
        return 0, 0
    return order.side, order.stop if order.side == BUY else -order.stop


def power(size: float, n: float) -> float:
    """Raise to a power; whole ones up to 3 are products, from left to right."""
    if n in (1.0, 2.0, 3.0):
        return size if n == 1.0 else size * size if n == 2.0 else size * size * size
    return float(size**n)
