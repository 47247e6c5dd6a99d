"""The desk: orders of a group cross with each other before anything leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.oracle.batch import Arrival
from tests.oracle.codes import Reason
from tests.oracle.ledger import Ledger
from tests.oracle.orders import LiveOrder, opposite, reaches
from tests.oracle.scenario import BUY, SELL, Replace, Settings
from tests.oracle.sharing import SHARING, divide
from tests.oracle.venue import Venue


@dataclass(frozen=True)
class Market:
    """What a desk sees of an instrument that has a spread."""

    bid: int  # best of the tape and of the group [ticks]
    ask: int
    hit: tuple[int, int]  # at which takers trade with bid and ask [half ticks]
    resting: tuple[int, int]  # there [lots]
    last: int | None  # price of the last print [ticks]


class Desk:
    """Where the orders of a group in one instrument cross before they leave."""

    def __init__(
        self, venues: Sequence[Venue], settings: Settings, ledger: Ledger
    ) -> None:
        self.venues = venues
        self.book = venues[0].book
        self.trigger = venues[0].trigger
        self.settings = settings
        self.ledger = ledger
        self.closes: int | None = None  # when the window that is open does

    def takes_in(self, ts: int, order: LiveOrder, last: int) -> bool:
        """Let an order wait for others, if it could be netted now and lives so long."""
        closes = self.closes or min(ts + self.settings.netting_window, last)
        if 0 < order.terms.expires <= closes or not self._could_cross(ts, order):
            return False
        self.closes = closes
        self.ledger.seen["orders that wait at the desk"] += 1
        return True

    def _could_cross(self, ts: int, order: LiveOrder) -> bool:
        """Say whether an order accepts a price at which it might be crossed now."""
        market, policy = self._market(ts), self.settings.netting_price
        if order.price is None:
            return accepts(order, 0)
        if market is None:
            return False
        if policy == "touch":
            return accepts(order, market.hit[order.side])
        return accepts(order, cross_price(policy, market, []))

    def change(self, ts: int, arrival: Arrival) -> None:
        """Cancel or replace an order that waits."""
        order, message = arrival.order, arrival.message
        if isinstance(message, Replace):
            order.answer()
            if order.left_by(message) > 0:
                order.replace(ts, message)
                self.ledger.seen["replaces at the desk"] += 1
                return
        replaced = isinstance(message, Replace)
        order.cancel(ts, Reason.REPLACED if replaced else Reason.USER_CANCEL)
        self.ledger.seen["cancels at the desk"] += 1

    def net(self, ts: int, orders: Sequence[LiveOrder]) -> None:
        """Cross orders given in tie order."""
        market = self._market(ts)
        if market is None or self.book.halted:
            return
        half = cross_price(self.settings.netting_price, market, orders)
        entries = enter(orders, half)
        wants = [[qty for _, qty in entries[side]] for side in (BUY, SELL)]
        crossed = self._crossed(market, half, [sum(side) for side in wants])
        policy, seen = self.settings.distribution, self.ledger.seen
        buyers, sellers = divided = [
            divide(policy, crossed, wants[side]) for side in (BUY, SELL)
        ]
        seen["pro-rata crosses"] += (
            crossed > 0 and policy in SHARING and wants != divided
        )
        seen["crosses at the touch"] += crossed > 0 and half in market.hit
        assert market.hit[BUY] <= half <= market.hit[SELL], "a cross outside the touch"
        sides = [
            [(order, part) for (order, _), part in zip(entries[s], parts, strict=True)]
            for s, parts in ((BUY, buyers), (SELL, sellers))
        ]
        for buy, sell, qty in pair(*sides):
            self.ledger.cross(ts, buy, sell, half, qty)

    def _crossed(self, market: Market, half: int, lots: Sequence[int]) -> int:
        """Return how much crosses; what rests at the price comes before."""
        most = list(lots)
        if self.settings.netting_price != "mid":
            for side in (BUY, SELL):
                if half == market.hit[opposite(side)]:
                    most[side] = max(0, most[side] - market.resting[opposite(side)])
        crossed = min(most)
        after = min(lots) - crossed
        self.ledger.seen["crosses after what rests"] += after > 0 and crossed > 0
        self.ledger.seen["no cross before what rests"] += after > 0 and crossed == 0
        return crossed

    def _market(self, ts: int) -> Market | None:
        """Return what the desk sees; None without a spread."""
        best = [self._best(side) for side in (BUY, SELL)]
        bid, ask = best
        if bid is None or ask is None or bid >= ask:
            return None
        hit, resting = [2 * bid, 2 * ask], [0, 0]
        for side, price in (BUY, bid), (SELL, ask):
            if price == self.book.best(side):
                hit[side] += self.book.inside if side == BUY else -self.book.inside
            for venue in self.venues:
                venue.begin(ts)
            resting[side] = max(v.available(side, price) for v in self.venues)
            resting[side] += sum(
                o.leaves for v in self.venues for o in v.at(side, price)
            )
        return Market(
            bid, ask, (hit[0], hit[1]), (resting[0], resting[1]), self.trigger.last
        )

    def _best(self, side: int) -> int | None:
        """Return the better of the tape's best price and the group's best own order."""
        prices = [self.book.best(side), *(v.best_own(side) for v in self.venues)]
        found = [price for price in prices if price is not None]
        return (max if side == BUY else min)(found, default=None)


def enter(
    orders: Sequence[LiveOrder], half: int
) -> tuple[list[tuple[LiveOrder, int]], ...]:
    """Return with how much the orders of each side enter at a price in half ticks."""
    eligible = [o for o in orders if accepts(o, half)]
    entries: tuple[list[tuple[LiveOrder, int]], ...] = ([], [])
    for name in dict.fromkeys(o.portfolio for o in eligible):
        side, entered = surplus([o for o in eligible if o.portfolio == name])
        entries[side].extend(entered)
    return entries


def cross_price(policy: str, market: Market, orders: Sequence[LiveOrder]) -> int:
    """Return at what price orders cross [half ticks]."""
    mid = market.bid + market.ask
    if policy == "last" and market.last is not None:
        return min(max(2 * market.last, market.hit[BUY]), market.hit[SELL])
    if policy == "touch":
        bought, sold = (sum(qty for _, qty in side) for side in enter(orders, mid))
        if bought != sold:
            return market.hit[SELL if bought > sold else BUY]
    return mid


def accepts(order: LiveOrder, half: int) -> bool:
    """Say whether an order may be crossed at a price in half ticks."""
    if order.terms.post_only or order.terms.reduce_only:
        return False
    if order.whole or order.stop is not None:
        return False
    return order.price is None or reaches(order.side, 2 * order.price, half)


def surplus(orders: Sequence[LiveOrder]) -> tuple[int, list[tuple[LiveOrder, int]]]:
    """Return the side and the lots with which one portfolio enters, earliest first."""
    total = {s: sum(o.leaves for o in orders if o.side == s) for s in (BUY, SELL)}
    side = BUY if total[BUY] > total[SELL] else SELL
    rest = abs(total[BUY] - total[SELL])
    entered = []
    for order in orders:
        qty = min(order.leaves, rest) if order.side == side else 0
        rest -= qty
        if qty:
            entered.append((order, qty))
    return side, entered


def pair(
    buyers: list[tuple[LiveOrder, int]], sellers: list[tuple[LiveOrder, int]]
) -> Iterable[tuple[LiveOrder, LiveOrder, int]]:
    """Match two sides of equal size, both in order."""
    buyers, sellers = ([e for e in side if e[1]] for side in (buyers, sellers))
    while buyers:
        (buy, bought), (sell, sold) = buyers.pop(0), sellers.pop(0)
        qty = min(bought, sold)
        yield buy, sell, qty
        if bought > qty:
            buyers.insert(0, (buy, bought - qty))
        if sold > qty:
            sellers.insert(0, (sell, sold - qty))
    assert not sellers
