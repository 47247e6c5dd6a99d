"""The life of one order, from the decision to its end."""

from dataclasses import dataclass, field
from math import ceil

from tests.oracle.codes import OrderState, Reason
from tests.oracle.outcome import Fill, OrderEnd
from tests.oracle.scenario import BUY, SELL, Order, Replace

#: Largest quantity [lots] and price [ticks] of an order.
MAX_QTY = 2**48
MAX_PRICE = 2**31 - 1


def better(side: int, price: int, other: int) -> bool:
    """Say whether an order of `side` at `price` is more aggressive than at `other`."""
    return price > other if side == BUY else price < other


def reaches(side: int, limit: int | None, price: int) -> bool:
    """Say whether an order with `limit` (None: market) may trade at `price`."""
    return limit is None or not better(side, price, limit)


def opposite(side: int) -> int:
    """Return the other side."""
    return SELL if side == BUY else BUY


NEVER = 2**62


@dataclass
class News:
    """Something that happened to an order, for its portfolio to hear of later."""

    filled: int = 0
    reduced: int = 0
    qty: int = 0  # its quantity from now on, after a replace
    ended: bool = False
    known: int = NEVER  # when the portfolio hears of it


@dataclass
class Change:
    """What happened to an order in one step, but for its fills and replaces."""

    accepted: OrderState | None = None  # in which state
    reduced: int = 0


@dataclass(frozen=True)
class Replaced:
    """A replace, between the fills of its step."""

    order: "LiveOrder"
    fills: int  # how many fills there were before it
    before: Change  # what was not told yet
    leaves: int
    prices: tuple[int | None, int | None]  # limit before it and after it [ticks]


@dataclass
class Step:
    """What has happened to orders since their portfolios were last told."""

    fills: list[Fill]  # all of the run
    #: Orders to which something happened, in the order of that.
    changes: dict["LiveOrder", Change] = field(default_factory=dict)
    replaced: list[Replaced] = field(default_factory=list)
    #: Orders of which a cancel or a replace was refused, and whether on the spot.
    refused: list[tuple["LiveOrder", bool]] = field(default_factory=list)


@dataclass
class Ask:
    """A replace on its way, until the venue has answered it."""

    answered: bool = False
    known: int = NEVER  # when the portfolio knows the answer


@dataclass(eq=False)
class LiveOrder:
    """An order as the venue sees it, with what has become of it so far."""

    portfolio: str
    terms: Order  # as it was sent
    step: Step = field(default_factory=lambda: Step([]))
    qty: int = 0
    price: int | None = None  # limit price [ticks]; None for a market order
    stop: int | None = None  # stop price [ticks]
    leaves: int = 0
    filled: int = 0
    cut: int = 0  # taken off without a fill
    state: OrderState = OrderState.SENT
    reason: Reason = Reason.NONE
    triggered: bool = False
    told: set[OrderState] = field(default_factory=set)  # states that were accepted
    h: float = 0.0  # estimated tape size ahead [lots]
    traded: int = 0  # tape size printed at its price since the level was mentioned
    batch: int = 0  # of its venue, with which it joined
    place: int = 0  # the last one given in the book of orders when it joined
    ahead: int = -1  # size ahead when it joined the queue
    ts_sent: int = 0
    ts_arrival: int = 0
    ts_trigger: int = 0
    ts_first_fill: int = 0
    ts_last_fill: int = 0
    ts_end: int = 0
    news: list[News] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    most: int = 0  # the largest quantity that it may have, as its portfolio knows

    def __post_init__(self) -> None:
        self.qty = self.leaves = self.most = self.terms.qty
        self.price, self.stop = self.terms.price, self.terms.stop

    @property
    def side(self) -> int:
        """Side of the order."""
        return self.terms.side

    @property
    def limit(self) -> int:
        """Limit price in ticks, of an order that is known to have one."""
        assert self.price is not None
        return self.price

    @property
    def whole(self) -> bool:
        """Whether it is filled whole or not at all."""
        return self.terms.tif == "fok"

    @property
    def alive(self) -> bool:
        """Whether it may still trade."""
        alive = (OrderState.SENT, OrderState.RESTING, OrderState.WAITING)
        return self.state in alive

    @property
    def working(self) -> bool:
        """Whether it rests or waits at the venue."""
        return self.state in (OrderState.RESTING, OrderState.WAITING)

    @property
    def tape_ahead(self) -> int:
        """Tape size ahead of it in whole lots."""
        return ceil(max(0.0, self.h - 1e-6))

    # What becomes of it ------------------------------------------------------------

    def accept(self, state: OrderState) -> None:
        """Rest in the queue, or wait for the trigger."""
        self.state = state
        if state not in self.told:
            self.told.add(state)
            self.step.changes.setdefault(self, Change()).accepted = state

    def trigger(self, ts: int) -> None:
        """Become a market or a limit order."""
        assert self.alive
        assert not self.triggered
        self.triggered, self.ts_trigger = True, ts

    def fill(self, ts: int, qty: int) -> None:
        """Execute `qty` lots."""
        assert self.alive
        assert 0 < qty <= self.leaves
        self.leaves -= qty
        self.filled += qty
        self.ts_first_fill = self.ts_first_fill or ts
        self.ts_last_fill = ts
        self.news.append(News(filled=qty))
        if self.filled == self.qty:
            self.end(ts, OrderState.FILLED, Reason.NONE)
        elif self.leaves == 0:  # the rest was taken off
            self.cancel(ts, Reason.SELF_TRADE)

    def reduce(self, ts: int, qty: int) -> None:
        """Take off `qty` lots without a fill; what has nothing left is cancelled."""
        assert self.alive
        assert 0 < qty <= self.leaves
        self.leaves -= qty
        self.cut += qty
        self.news.append(News(reduced=qty))
        self.step.changes.setdefault(self, Change()).reduced += qty
        if self.leaves == 0:
            self.cancel(ts, Reason.SELF_TRADE)

    def left_by(self, message: Replace) -> int:
        """Return what a replace leaves of it."""
        qty = self.qty if message.qty is None else message.qty
        return qty - self.filled - self.cut

    def replace(self, ts: int, message: Replace) -> None:
        """Take the new quantity and prices."""
        assert self.alive
        self.leaves = self.left_by(message)
        assert self.leaves > 0
        was = self.price
        self.qty = self.leaves + self.filled + self.cut
        if message.price is not None:
            self.price = message.price
        if message.stop is not None and not self.triggered:
            self.stop = message.stop
        self.news.append(News(qty=self.qty))
        before = self.step.changes.pop(self, Change())
        fills = len(self.step.fills)
        prices = was, self.price
        self.step.replaced.append(Replaced(self, fills, before, self.leaves, prices))

    def answer(self) -> None:
        """Note that the venue has answered the oldest replace on its way."""
        next(ask for ask in self.asks if not ask.answered).answered = True

    def refuse(self, *, spot: bool = False) -> None:
        """Tell that a cancel or a replace was refused, perhaps without delay."""
        self.step.refused.append((self, spot))

    def end(self, ts: int, state: OrderState, reason: Reason) -> None:
        """Close the order."""
        assert self.alive
        self.state, self.reason, self.ts_end = state, reason, ts
        self.news.append(News(ended=True))
        self.step.changes.setdefault(self, Change())

    def cancel(self, ts: int, reason: Reason) -> None:
        """Close the order as cancelled."""
        self.end(ts, OrderState.CANCELLED, reason)

    def report_last(self) -> None:
        """Report an order that was filled whole after those that ended before now."""
        changes = self.step.changes
        if self.leaves == 0 and self.news[-2].filled and not changes[self].reduced:
            changes[self] = changes.pop(self)

    def record(self) -> OrderEnd:
        """Return what is compared; numbers that cannot be are 0."""
        known = self.reason is not Reason.UNKNOWN_INSTRUMENT
        qty, price, stop = (
            number if known and number and abs(number) <= most else 0
            for number, most in (
                (max(0, self.qty), MAX_QTY),
                (self.price, MAX_PRICE),
                (self.stop, MAX_PRICE),
            )
        )
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
            qty,
            price,
            stop,
            self.ts_trigger,
            self.ts_sent,
        )
