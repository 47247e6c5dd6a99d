"""What a group may not do together: judged before it leaves, when all have sent."""

from collections.abc import Mapping, Sequence

from tests.oracle.batch import Arrival
from tests.oracle.codes import NEVER_LEFT, OrderState, Reason
from tests.oracle.desk import tie_rank
from tests.oracle.ledger import Ledger
from tests.oracle.orders import Ask, LiveOrder
from tests.oracle.scenario import (
    BUY,
    SELL,
    Cancel,
    GroupLimits,
    Order,
    Replace,
    Scenario,
)
from tests.oracle.tape import Book


class Counted:
    """What the gate has let leave of an order: it, and replaces of it."""

    def __init__(self, order: LiveOrder) -> None:
        self.order = order
        self.asks: list[Ask] = []
        self.most = order.terms.qty  # as `LiveOrder.most`

    def quantity(self, at: int) -> int:
        """Return the quantity that it may have, as far as is known by then."""
        if all(ask.known <= at for ask in self.asks):
            known = [n.qty for n in self.order.news if n.qty and n.known <= at]
            self.most = known[-1] if known else self.order.terms.qty
        return self.most

    def open(self, at: int) -> int:
        """Return what is open of it, as far as is known by then."""
        news = [n for n in self.order.news if n.known <= at]
        if any(n.ended for n in news):
            return 0
        return self.quantity(at) - sum(n.filled + n.reduced for n in news)

    def filled(self, at: int) -> int:
        """Return what it is known to have bought, negative if it sells."""
        filled = sum(n.filled for n in self.order.news if n.known <= at)
        return filled if self.order.side == BUY else -filled


class GroupGate:
    """The limits of all groups."""

    def __init__(
        self, scenario: Scenario, books: Sequence[Book], ledger: Ledger
    ) -> None:
        self.scenario, self.books, self.ledger = scenario, books, ledger
        self.limits = scenario.settings.group_limits
        self.group_of = {
            name: group for group in scenario.settings.engines for name in group
        }
        self.counted: dict[LiveOrder, Counted] = {}

    def judge(self, ts: int, sent: Sequence[Arrival]) -> list[Arrival]:
        """Return what may leave of all that was sent in a round."""
        if self.limits is None:
            return list(sent)
        refused: list[Arrival] = []
        asks = self._asks(sent)
        for group in self.scenario.settings.engines:
            for instrument, symbol in enumerate(self.scenario.instruments):
                rank = tie_rank(self.scenario.seed, symbol, ts)
                mine = [
                    a
                    for a in sent
                    if a.order.portfolio in group
                    and a.order.terms.instrument == instrument
                ]
                refused += [
                    arrival
                    for arrival in sorted(mine, key=lambda a: rank(a.order.portfolio))
                    if not self._leaves(ts, arrival, asks.get(id(arrival)))
                ]
        return [a for a in sent if not any(a is r for r in refused)]

    def _asks(self, sent: Sequence[Arrival]) -> Mapping[int, Ask]:
        """Find what the portfolios have noted of each replace of this round."""
        asks: dict[int, Ask] = {}
        last: dict[LiveOrder, int] = {}
        for arrival in reversed(sent):
            if isinstance(arrival.message, Replace):
                last[arrival.order] = last.get(arrival.order, 0) - 1
                asks[id(arrival)] = arrival.order.asks[last[arrival.order]]
        return asks

    def _leaves(self, ts: int, arrival: Arrival, ask: Ask | None) -> bool:
        """Say whether a message may leave; refuse it if not."""
        order, message, seen = arrival.order, arrival.message, self.ledger.seen
        if isinstance(message, Order):
            seen["judged for a group"] += 1
            if self._allowed(ts, order, order.qty):
                self.counted[order] = Counted(order)
                return True
            seen["group refusals"] += 1
            order.end(ts, OrderState.REJECTED, Reason.GROUP_LIMIT)
            return False
        if order.reason in NEVER_LEFT:
            seen["about what the gate has just refused"] += 1
            seen["too late on the spot"] += 1
            order.refuse(spot=True)
            return False
        if isinstance(message, Cancel):
            return True
        assert ask is not None
        counted = self.counted[order]
        most = counted.quantity(ts)
        wanted = most if message.qty is None else message.qty
        leaves = self._allowed(ts, order, wanted - most)
        if leaves:
            counted.most = max(most, wanted)
            counted.asks.append(ask)
        else:
            seen["group refusals of replaces"] += 1
            order.asks = [other for other in order.asks if other is not ask]
            order.refuse(spot=True)
        # Its portfolio counts no more than what may leave.
        order.most = counted.most
        return leaves

    def _allowed(self, ts: int, order: LiveOrder, more: int) -> bool:
        """Say whether the limits let an order ask for more lots."""
        limits = self.limits
        assert limits is not None
        if more <= 0:
            return True
        side, here = order.side, order.terms.instrument
        group = self.group_of[order.portfolio]
        reach = {
            (i, s): self._reach(ts, group, i, s)
            for i, _ in enumerate(self.books)
            for s in (BUY, SELL)
        }
        before = max(reach[here, BUY], reach[here, SELL])
        reach[here, side] += more
        if reach[here, side] > limits.max_position.get(here, reach[here, side]):
            return False
        grows = reach[here, side] > before
        return (limits.gross is None and limits.net is None) or (
            self._worth_it(limits, reach, (here, side), grows=grows)
        )

    def _worth_it(
        self,
        limits: GroupLimits,
        reach: Mapping[tuple[int, int], int],
        order: tuple[int, int],
        *,
        grows: bool,
    ) -> bool:
        """Say whether positions are worth no more than they may."""
        here, side = order
        if grows and self.books[here].mid_half is None:
            self.ledger.seen["orders without a mid to judge them by"] += 1
            return False
        worth = [abs(book.mid_half or 0) for book in self.books]
        net = sum(reach[i, side] * mid for i, mid in enumerate(worth))
        gross = sum(
            max(reach[i, BUY], reach[i, SELL]) * mid for i, mid in enumerate(worth)
        )
        if limits.gross is not None and gross > limits.gross:
            self.ledger.seen["beyond gross"] += 1
            if grows:
                return False
            self.ledger.seen["let through as it makes nothing larger"] += 1
        if limits.net is not None and net > limits.net:
            self.ledger.seen["beyond net"] += 1
            return False
        return True

    def _reach(self, ts: int, group: Sequence[str], instrument: int, side: int) -> int:
        """Return how far all that is open on a side could take a group's position."""
        mine = [
            counted
            for order, counted in self.counted.items()
            if order.portfolio in group and order.terms.instrument == instrument
        ]
        specs = [p for p in self.scenario.portfolios if p.name in group]
        position = sum(spec.positions.get(instrument, 0) for spec in specs)
        position += sum(counted.filled(ts) for counted in mine)
        pending = sum(c.open(ts) for c in mine if c.order.side == side)
        return pending + (position if side == BUY else -position)
