"""One instrument as one engine sees it: consumption, own queues, batches, prints."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from commonbook.core.enums import OrderState, Reason
from tests.oracle.consumption import LevelConsumption, OrderConsumption
from tests.oracle.flow import Flow, Take
from tests.oracle.ledger import Ledger
from tests.oracle.lines import LineBook
from tests.oracle.orders import LiveOrder, better, opposite, reaches
from tests.oracle.scenario import BUY, SELL, Settings
from tests.oracle.sharing import divide
from tests.oracle.tape import Mention, TapeBook


@dataclass(frozen=True)
class Arrival:
    """A message at the venue; a cancel names the order that it means."""

    order: LiveOrder
    cancel: bool


class Venue:
    """Where the portfolios `names` compete for the liquidity of one instrument."""

    def __init__(
        self,
        names: tuple[str, ...],
        book: TapeBook | LineBook,
        flow: Flow,
        settings: Settings,
        ledger: Ledger,
    ) -> None:
        self.names = names
        self.book = book
        self.flow = flow  # of the whole group
        self.settings = settings
        self.ledger = ledger
        self.consumed = (
            OrderConsumption(book)
            if isinstance(book, LineBook)
            else LevelConsumption(book)
        )
        #: What prints of this packet filled of own orders at their own price.
        self.printed: Counter[tuple[int, int]] = Counter()
        self.queue: tuple[list[LiveOrder], list[LiveOrder]] = ([], [])

    # What is there -----------------------------------------------------------------

    def available(self, side: int, price: int) -> int:
        """Return the tape size at a level that the group has not consumed yet."""
        return max(0, self.book.hist(side, price) - self.consumed.of(side, price))

    def resting(self, side: int) -> list[LiveOrder]:
        """Return the own orders of a side in time order."""
        return [o for o in self.queue[side] if o.state is OrderState.RESTING]

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

    def on_print(self, ts: int, aggressor: int | None, price: int, size: int) -> None:
        """Let one print fill own orders, never more than its size in all."""
        budget = size
        up, down = self.flow.shift(ts)
        self.ledger.seen["displaced prints"] += bool(up or down)
        reach = {BUY: price + up, SELL: price - down}
        for side in (BUY, SELL) if aggressor is None else (opposite(aggressor),):
            for order in self.through(side, reach[side]):
                qty = min(order.leaves, budget)
                if qty:
                    self.ledger.market_fill(
                        ts, order, order.limit, qty, "maker", through=True
                    )
                budget -= qty
        if aggressor is None:
            return
        side = opposite(aggressor)
        if reach[side] == price:
            budget -= self._print_at(ts, side, price, size, budget)
        else:
            budget -= self._print_at_displaced(ts, side, reach[side], size, budget)
            for order in self.at(side, price):
                order.h = max(0.0, order.h - size)
                order.traded += size
        assert 0 <= budget <= size, "more fills than the print's size"

    def _print_at(self, ts: int, side: int, price: int, size: int, budget: int) -> int:
        """Serve the queue at the print's own price; return the lots given."""
        orders = self.at(side, price)
        ahead = [self.ahead(order) for order in orders]
        given = 0
        for order, in_front in zip(orders, ahead, strict=True):
            wanted = min(max(0, size - in_front), order.leaves)
            qty = min(wanted, budget - given)
            order.h = max(0.0, order.h - (size - given))
            order.traded += size
            if qty:
                self.ledger.market_fill(ts, order, price, qty, "maker")
            given += qty
        self.printed[side, price] += given
        return given

    def _print_at_displaced(
        self, ts: int, side: int, price: int, size: int, budget: int
    ) -> int:
        """Serve the queue to which our impact displaced a print; it does not move."""
        orders = self.at(side, price)
        ahead = [self.ahead(order) for order in orders]
        given = 0
        for order, in_front in zip(orders, ahead, strict=True):
            qty = min(max(0, size - in_front), order.leaves, budget - given)
            if qty:
                self.ledger.market_fill(ts, order, price, qty, "maker")
                self.ledger.seen["fills by displaced prints"] += 1
            given += qty
        return given

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
        if not self.settings.fill_on_cross:
            return
        added = [m for m in mentions if m.new > m.prev and not m.returned]
        asks = sorted((m for m in added if m.side == SELL), key=lambda m: m.price)
        bids = sorted((m for m in added if m.side == BUY), key=lambda m: -m.price)
        for mention in asks + bids:
            self._crossed(ts, mention)

    def _estimate(self, order: LiveOrder, mention: Mention) -> None:
        """Update the queue estimate of one order."""
        model, n = self.settings.queue
        prev, new = mention.prev, mention.new
        change = prev - new - order.traded
        order.traded = 0
        if model == "risk_averse" or mention.returned or change < 0:
            order.h = min(order.h, float(new))
            return
        self.ledger.seen["power estimates"] += change > 0
        behind = max(0.0, prev - order.h)
        whole = power(behind, n) + power(order.h, n)
        p = 1.0 if whole == 0 else power(behind, n) / whole
        h = order.h - (1 - p) * change + min(behind - p * change, 0.0)
        order.h = max(0.0, min(h, float(new)))

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
        for order in self.through(other, price) + self.at(other, price):
            qty = min(order.leaves, incoming)
            if qty:
                self.consumed.cross(side, price, qty)
                incoming -= qty
                self.ledger.market_fill(
                    ts, order, order.limit, qty, "maker", cross_fill=True
                )

    # Own orders --------------------------------------------------------------------

    def ahead(self, order: LiveOrder) -> int:
        """Return the lots ahead of an order: tape size and earlier own orders."""
        orders = self.at(order.side, order.limit)
        earlier = orders[: orders.index(order)]
        tape = max(o.tape_ahead for o in [*earlier, order])
        return tape + sum(o.leaves for o in earlier)

    def on_batch(self, ts: int, arrivals: Sequence[Arrival]) -> None:
        """Execute the messages of one batch, given in tie order."""
        arriving = [a.order for a in arrivals if not a.cancel]
        for order in arriving:
            order.ts_arrival = ts
        waiting = [a.order for a in arrivals if a.cancel and a.order in arriving]
        self._cancel(ts, [a.order for a in arrivals if a.cancel], waiting)
        self._take_all(ts, arriving)
        self._drop_rests(ts, arriving)
        for order in arriving:
            if order.alive:
                self._join(ts, order)
        self._cancel(ts, waiting, [])

    def _cancel(
        self, ts: int, orders: Sequence[LiveOrder], waiting: Sequence[LiveOrder]
    ) -> None:
        for order in orders:
            if order in waiting:
                self.ledger.seen["cancels in the batch of their order"] += 1
            elif order.alive:
                order.cancel(ts, Reason.USER_CANCEL)
            else:
                self.ledger.seen["too late cancels"] += 1

    def _take_all(self, ts: int, arriving: Sequence[LiveOrder]) -> None:
        """Execute what is marketable on the book as it stands now."""
        takers = [order for order in arriving if self.marketable(order)]
        for order in takers:
            if order.terms.post_only:
                order.end(ts, OrderState.REJECTED, Reason.POST_ONLY)
                self.ledger.seen["post-only refusals"] += 1
        for side in (BUY, SELL):
            self._take(ts, [o for o in takers if o.side == side])

    def _drop_rests(self, ts: int, arriving: Sequence[LiveOrder]) -> None:
        """Cancel what market and immediate orders have left; all are reported now."""
        for order in arriving:
            order.report_last()
            if order.alive and order.price is None:
                order.cancel(ts, Reason.NO_LIQUIDITY)
            elif order.alive and order.terms.tif == "ioc":
                order.cancel(ts, Reason.IOC_REMAINDER)

    def _join(self, ts: int, order: LiveOrder) -> None:
        """Put an order into the queue; it first trades with what joined before it."""
        if self.marketable(order):
            self.ledger.seen["meetings in the queue"] += 1
            assert not self._reachable_tape(order), "takers left size behind"
            if order.terms.post_only:
                order.end(ts, OrderState.REJECTED, Reason.POST_ONLY)
                return
            self._take(ts, [order])
        if order.alive:
            order.h = float(self.available(order.side, order.limit))
            order.traded = 0
            if isinstance(self.book, LineBook):
                order.place = self.book.places
            order.accept()
            self.queue[order.side].append(order)
            order.ahead = self.ahead(order)

    def _reachable_tape(self, order: LiveOrder) -> int:
        side = opposite(order.side)
        prices = [
            p for p in self.book.size[side] if reaches(order.side, order.price, p)
        ]
        return sum(self.available(side, price) for price in prices)

    # Taking ------------------------------------------------------------------------

    def _take(self, ts: int, takers: Sequence[LiveOrder]) -> None:
        """Execute takers of one side, level by level, best price first."""
        if not takers:
            return
        side = opposite(takers[0].side)
        while (price := self.best(side)) is not None:
            here = [o for o in takers if o.alive and reaches(o.side, o.price, price)]
            if not here:
                return
            while not self._take_level(ts, side, price, here):
                self.ledger.seen["self-trade events"] += 1

    def _take_level(
        self, ts: int, side: int, price: int, takers: Sequence[LiveOrder]
    ) -> bool:
        """Divide one level among takers; False when it must be divided anew."""
        takers = [o for o in takers if o.alive]
        wants = [o.leaves for o in takers]
        supply = self.available(side, price) + sum(
            o.leaves for o in self.at(side, price)
        )
        policy = self.settings.distribution
        if policy == "pro_rata" and sum(wants) > supply and len(wants) > 1:
            self.ledger.seen["pro-rata splits"] += 1
        parts = divide(policy, supply, wants)
        return all(
            self._take_part(ts, side, taker, price, part)
            for taker, part in zip(takers, parts, strict=True)
        )

    def _take_part(
        self, ts: int, side: int, taker: LiveOrder, price: int, part: int
    ) -> bool:
        """Take one part from the front of the queue; False after a self-trade event."""
        while part:
            orders = self.at(side, price)
            tape = self.available(side, price)
            if orders:
                tape = min(tape, orders[0].tape_ahead)
            if tape:
                qty = min(part, tape)
                self.consumed.take(side, price, qty)
                for order in orders:
                    order.h = max(0.0, order.h - qty)
                self.flow.takes.append(
                    Take(taker.side, price, qty, len(self.ledger.fills))
                )
                self.ledger.market_fill(ts, taker, price, qty, "taker")
            elif self._forbidden(taker, orders[0]):
                self._prevent(ts, taker, orders[0])
                return False
            else:
                qty = min(part, orders[0].leaves)
                self.ledger.own_trade(ts, taker, orders[0], qty)
            part -= qty
        return True

    def _forbidden(self, taker: LiveOrder, maker: LiveOrder) -> bool:
        return self.settings.scope == "group" or taker.portfolio == maker.portfolio

    def _prevent(self, ts: int, taker: LiveOrder, maker: LiveOrder) -> None:
        """Keep two orders that must not trade with each other apart."""
        rule = self.settings.self_trade
        if rule == "decrement":
            # What goes on is reported first.
            pair = sorted([maker, taker], key=lambda o: o.leaves, reverse=True)
            qty = pair[1].leaves
            for order in pair:
                order.reduce(ts, qty)
            return
        if rule in ("cancel_oldest", "cancel_both"):
            maker.cancel(ts, Reason.SELF_TRADE)
        if rule in ("cancel_newest", "cancel_both"):
            taker.cancel(ts, Reason.SELF_TRADE)


def power(size: float, n: float) -> float:
    """Raise to a power; whole ones up to 3 are products, from left to right."""
    if n in (1.0, 2.0, 3.0):
        return size if n == 1.0 else size * size if n == 2.0 else size * size * size
    return float(size**n)
