"""The life of one order, from the decision to its end."""

from dataclasses import dataclass, field
from math import ceil

from commonbook.core.enums import OrderState, Reason
from tests.oracle.outcome import OrderEnd
from tests.oracle.scenario import BUY, SELL, Order


def better(side: int, price: int, other: int) -> bool:
    """Say whether an order of `side` at `price` is more aggressive than at `other`."""
    return price > other if side == BUY else price < other


def reaches(side: int, limit: int | None, price: int) -> bool:
    """Say whether an order with `limit` (None: market) may trade at `price`."""
    return limit is None or not better(side, price, limit)


def opposite(side: int) -> int:
    """Return the other side."""
    return SELL if side == BUY else BUY


@dataclass(frozen=True)
class News:
    """Something that happened to an order, for its portfolio to hear of later."""

    ts: int
    filled: int = 0
    reduced: int = 0
    ended: bool = False


@dataclass
class Change:
    """What happened to an order in one step, but for its fills."""

    accepted: bool = False
    reduced: int = 0


@dataclass(eq=False)
class LiveOrder:
    """An order as the venue sees it, with what has become of it so far."""

    portfolio: str
    terms: Order
    leaves: int
    filled: int = 0
    state: OrderState = OrderState.SENT
    reason: Reason = Reason.NONE
    h: float = 0.0  # estimated tape size ahead [lots]
    traded: int = 0  # tape size printed at its price since the level was mentioned
    place: int = 0  # the last one given in the book of orders when it joined
    ahead: int = -1  # size ahead when it joined the queue
    ts_arrival: int = 0
    ts_first_fill: int = 0
    ts_last_fill: int = 0
    ts_end: int = 0
    news: list[News] = field(default_factory=list)
    #: Orders to which something happened in this step, in the order of that.
    changes: dict["LiveOrder", Change] = field(default_factory=dict)

    @property
    def side(self) -> int:
        """Side of the order."""
        return self.terms.side

    @property
    def price(self) -> int | None:
        """Limit price in ticks; None for a market order."""
        return self.terms.price

    @property
    def limit(self) -> int:
        """Limit price in ticks, of an order that is known to have one."""
        assert self.terms.price is not None
        return self.terms.price

    @property
    def alive(self) -> bool:
        """Whether it may still trade."""
        return self.state in (OrderState.SENT, OrderState.RESTING)

    @property
    def tape_ahead(self) -> int:
        """Tape size ahead of it in whole lots."""
        return ceil(max(0.0, self.h - 1e-6))

    def fill(self, ts: int, qty: int) -> None:
        """Execute `qty` lots."""
        assert self.alive
        assert 0 < qty <= self.leaves
        self.leaves -= qty
        self.filled += qty
        self.ts_first_fill = self.ts_first_fill or ts
        self.ts_last_fill = ts
        self.news.append(News(ts, filled=qty))
        if self.filled == self.terms.qty:
            self.end(ts, OrderState.FILLED, Reason.NONE)
        elif self.leaves == 0:  # the rest was taken off
            self.cancel(ts, Reason.SELF_TRADE)

    def reduce(self, ts: int, qty: int) -> None:
        """Take off `qty` lots without a fill; what has nothing left is cancelled."""
        assert self.alive
        assert 0 < qty <= self.leaves
        self.leaves -= qty
        self.news.append(News(ts, reduced=qty))
        self.changes.setdefault(self, Change()).reduced += qty
        if self.leaves == 0:
            self.cancel(ts, Reason.SELF_TRADE)

    def end(self, ts: int, state: OrderState, reason: Reason) -> None:
        """Close the order."""
        assert self.alive
        self.state, self.reason, self.ts_end = state, reason, ts
        self.news.append(News(ts, ended=True))
        self.changes.setdefault(self, Change())

    def accept(self) -> None:
        """Rest in the queue."""
        self.state = OrderState.RESTING
        self.changes.setdefault(self, Change()).accepted = True

    def report_last(self) -> None:
        """Report an order that was filled whole after those that ended before now."""
        if self.leaves == 0 and self.news[-2].filled and not self.changes[self].reduced:
            self.changes[self] = self.changes.pop(self)

    def cancel(self, ts: int, reason: Reason) -> None:
        """Close the order as cancelled."""
        self.end(ts, OrderState.CANCELLED, reason)

    def record(self) -> OrderEnd:
        """Return what is compared."""
        return OrderEnd(
            self.portfolio,
            self.terms.id,
            self.state.name.lower(),
            self.reason.name.lower(),
            self.filled,
            self.ahead,
            self.ts_arrival,
            self.ts_first_fill,
            self.ts_last_fill,
            self.ts_end,
        )
