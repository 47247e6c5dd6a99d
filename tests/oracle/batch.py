"""One batch: expiries, cancels and replaces, then takers, then joiners."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.oracle.codes import OrderState, Reason
from tests.oracle.orders import LiveOrder, opposite, reaches
from tests.oracle.scenario import BUY, SELL, Cancel, Message, Order, Replace
from tests.oracle.taking import fillable, take
from tests.oracle.terms import MAX_PRICE
from tests.oracle.venue import Venue


@dataclass(frozen=True)
class Arrival:
    """A message at the venue, and the order that it is or is about."""

    order: LiveOrder
    message: Message


class Batch:
    """
    What happens at one venue at one time, in one round.

    Parameters
    ----------
    arrivals : sequence of Arrival
        In the order of sending.
    rank : function
        Key that puts portfolio names into tie order.
    """

    def __init__(
        self,
        venue: Venue,
        ts: int,
        arrivals: Sequence[Arrival],
        rank: Callable[[str], tuple[int, str]],
    ) -> None:
        self.venue, self.ts, self.rank = venue, ts, rank
        self.seen = venue.ledger.seen
        self.arrivals = sorted(arrivals, key=lambda a: rank(a.order.portfolio))

    def run(self) -> None:
        """Run the three steps, then what had to wait for the end."""
        self.venue.batches += 1
        deferred = self._before()
        for arrival in deferred:
            if self._change(arrival):
                self.seen["deferred replaces that come anew"] += 1
                self._execute([arrival.order])
        self.venue.check(self.ts)
        for order in self.venue.stops():
            assert not order.triggered, "left out of its batch"

    def _before(self) -> list[Arrival]:
        """Execute all but the messages that wait for the end; return those."""
        self._expire()
        coming: list[LiveOrder] = []  # as new orders, in tie order
        deferred = []
        for arrival in self.arrivals:
            if isinstance(arrival.message, Order):
                coming.append(arrival.order)
            elif arrival.order in coming:
                deferred.append(arrival)
                kind = "cancels" if isinstance(arrival.message, Cancel) else "replaces"
                self.seen[f"{kind} in the batch of their order"] += 1
            elif self._change(arrival):
                coming.append(arrival.order)
        triggered = [o for o in self.venue.stops() if o.triggered]
        self.seen["batches of triggered stops"] += bool(triggered)
        # The triggered ones of a portfolio come before what arrives.
        everybody = [*triggered, *coming]
        self._execute(sorted(everybody, key=lambda o: self.rank(o.portfolio)))
        return deferred

    # Step 1 ------------------------------------------------------------------------

    def _expire(self) -> None:
        """End what works and whose time is over, in the order of numbers."""
        over = self.venue.expiring(self.ts)
        for order in sorted(over, key=lambda o: (self.rank(o.portfolio), o.terms.id)):
            order.end(self.ts, OrderState.EXPIRED, Reason.EXPIRED)
            self.seen["expiries"] += 1

    def _change(self, arrival: Arrival) -> bool:
        """Cancel or replace; True when the order comes anew."""
        order, message = arrival.order, arrival.message
        if isinstance(message, Replace):
            order.answer()
        if not order.alive:
            order.refuse()
            kind = "cancels" if isinstance(message, Cancel) else "replaces"
            self.seen[f"too late {kind}"] += 1
            return False
        assert order.working
        if isinstance(message, Replace):
            return self._replace(order, message)
        self.seen["cancelled stops"] += order.state is OrderState.WAITING
        order.cancel(self.ts, Reason.USER_CANCEL)
        return False

    def _replace(self, order: LiveOrder, message: Replace) -> bool:
        """Replace an order that rests or waits."""
        if order.left_by(message) <= 0:
            order.cancel(self.ts, Reason.REPLACED)
            self.seen["replaced by nothing"] += 1
            return False
        was = order.price, order.stop, order.leaves
        order.replace(self.ts, message)
        if order.state is OrderState.WAITING:
            return self._replaced_stop(order, moved=order.stop != was[1])
        if order.price == was[0] and order.leaves <= was[2]:
            self.seen["replaces that keep their place"] += 1
            return False
        self.seen["replaces that lose their place"] += 1
        self.venue.leave(order)
        return True

    def _replaced_stop(self, order: LiveOrder, *, moved: bool) -> bool:
        """Judge a waiting stop anew; True when it is triggered now."""
        self.seen["replaced stops"] += 1
        if order.triggered:  # by the packet: its turn comes in any case
            self.seen["replaces of triggered stops"] += 1
            return False
        if moved:
            self.venue.waiting.remove(order)
            self.venue.waiting.append(order)
        if self.venue.book.halted or not self.venue.trigger.holds(order):
            return False
        assert moved
        order.trigger(self.ts)
        self.seen["stops triggered by a replace"] += 1
        order.state = OrderState.SENT
        return True

    # Steps 2 and 3 -----------------------------------------------------------------

    def _execute(self, orders: Sequence[LiveOrder]) -> None:
        """Let orders come: they take what they can, then the rest joins."""
        for order in orders:
            came = self.ts - self.venue.settings.processing
            order.ts_arrival = order.ts_arrival or came
        before = len(self.venue.ledger.fills)
        orders = list(self._judged(orders, takers := []))
        for side in (BUY, SELL):
            mine = [o for o in takers if o.side == side]
            take(self.venue, self.ts, [o for o in mine if not o.whole])
            for order in mine:
                if order.whole:
                    self._fill_or_kill(order)
        self._drop_rests(orders)
        for order in orders:
            if order.alive:
                self._join(order)
        if self.venue.settings.distribution == "average_price":
            limits = {(o.portfolio, o.terms.id): o.price for o in orders}
            self.venue.ledger.average(before, limits)

    def _judged(
        self, coming: Sequence[LiveOrder], takers: list[LiveOrder]
    ) -> Iterator[LiveOrder]:
        """Judge one after the other, as they are told; list those that take."""
        for order in coming:
            if not self._comes(order):
                continue
            yield order
            if order.whole or self.venue.marketable(order):
                if order.terms.post_only:
                    self._hold_back(order)
                else:
                    takers.append(order)

    def _comes(self, order: LiveOrder) -> bool:
        """Say whether an order takes part, or ends or waits before that."""
        if 0 < order.terms.expires <= self.ts:
            order.end(self.ts, OrderState.EXPIRED, Reason.EXPIRED)
            self.seen["expired on arrival"] += 1
            return False
        if self.venue.book.halted:
            worked = order.told or order.filled
            state = OrderState.CANCELLED if worked else OrderState.REJECTED
            order.end(self.ts, state, Reason.HALTED)
            self.seen["orders that come in a halt"] += 1
            return False
        if order.stop is not None and not order.triggered:
            if not self.venue.trigger.holds(order):
                order.accept(OrderState.WAITING)
                self.venue.waiting.append(order)
                self.seen["stops that wait"] += 1
                return False
            order.trigger(self.ts)
            self.seen["stops triggered on arrival"] += 1
        if self.venue.ledger.room(order) == 0:
            self.venue.ledger.end_reduced(self.ts, order)
            self.seen["reduce-only without a position"] += 1
            return False
        if order.state is OrderState.WAITING:
            order.state = OrderState.SENT
        return True

    def _hold_back(self, order: LiveOrder) -> None:
        """Keep a post-only order from taking: a tick away, or out."""
        best = self.venue.best(opposite(order.side))
        assert best is not None
        price = best - 1 if order.side == BUY else best + 1
        if order.terms.post_only == "reprice" and abs(price) <= MAX_PRICE:
            order.price = price
            self.seen["post-only reprices"] += 1
            return
        state = OrderState.CANCELLED if order.told else OrderState.REJECTED
        order.end(self.ts, state, Reason.POST_ONLY)
        self.seen["post-only refusals"] += 1

    def _fill_or_kill(self, order: LiveOrder) -> None:
        """Fill an order whole, or not at all."""
        ledger = self.venue.ledger
        wanted = ledger.room(order)
        if wanted == 0:
            ledger.end_reduced(self.ts, order)
            return
        if fillable(self.venue, order, wanted) < wanted:
            order.cancel(self.ts, Reason.FOK_UNFILLED)
            self.seen["killed orders"] += 1
            return
        self.seen["filled whole"] += 1
        before = order.filled
        take(self.venue, self.ts, [order])
        assert not order.alive
        assert order.filled - before == wanted, "fill or kill, all or nothing"

    def _drop_rests(self, orders: Sequence[LiveOrder]) -> None:
        """Cancel what market and immediate orders have left; all are reported now."""
        for order in orders:
            order.report_last()
            if order.alive and order.price is None:
                order.cancel(self.ts, Reason.NO_LIQUIDITY)
            elif order.alive and order.terms.tif == "ioc":
                order.cancel(self.ts, Reason.IOC_REMAINDER)
            assert not (order.alive and order.whole)

    def _join(self, order: LiveOrder) -> None:
        """Put an order into the queue; it first trades with what joined before it."""
        if self.venue.marketable(order):
            self.seen["meetings in the queue"] += 1
            assert not self._reachable_tape(order), "takers left size behind"
            if order.terms.post_only:
                self.seen["post-only meetings"] += 1
                self._hold_back(order)
            else:
                take(self.venue, self.ts, [order])
        if order.alive:
            assert not self.venue.marketable(order), "the book is crossed"
            self.venue.join(order)

    def _reachable_tape(self, order: LiveOrder) -> int:
        side = opposite(order.side)
        prices = [
            p for p in self.venue.book.size[side] if reaches(order.side, order.price, p)
        ]
        return sum(self.venue.available(side, price) for price in prices)
