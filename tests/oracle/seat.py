"""What a strategy in plain Python sees and does, on top of the reference engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from commonbook.core.limits import PARTS
from commonbook.strategy.api import Strategy
from commonbook.strategy.orders import Labels
from commonbook.strategy.terms import Wanted
from tests.oracle.delays import visible
from tests.oracle.orders import MAX_PRICE
from tests.oracle.post import Post, Report
from tests.oracle.print_book import PrintBook, books_of
from tests.oracle.scenario import (
    BUY,
    SELL,
    Cancel,
    Event,
    Message,
    Order,
    PortfolioSpec,
    Replace,
    Scenario,
)
from tests.oracle.tape import SIDES, Book

WORDS = {BUY: "buy", SELL: "sell"}
#: Which callbacks wake a strategy for what.
WAKES = {
    "on_trade": "trade",
    "on_book": "book",
    "on_order": "report",
    "on_fill": "report",
}


def tick_of(scenario: Scenario) -> Decimal:
    """Return the currency per tick; half of that, for a lot, is the unit of fees."""
    unit = scenario.settings.fees.unit_e8
    return Decimal(2 * unit.numerator) / unit.denominator / 10**8


@dataclass
class KnownOrder:
    """An order as its strategy knows it."""

    id: int
    market: "View"
    side: str
    qty: float
    price_ticks: int | None
    leaves: float
    type: str
    filled: float = 0.0
    state: str = "sent"
    reason: str | None = None
    cancelling: bool = False
    news: str = ""


class KnownFill(NamedTuple):
    """A fill as its strategy knows it."""

    ts: int
    order: KnownOrder
    price: float
    qty: float
    liquidity: str


class Trade(NamedTuple):
    """A print."""

    ts: int
    side: str | None
    price: float
    qty: float


class View:
    """One instrument as a portfolio sees it; a lot is one unit."""

    def __init__(self, symbol: str, book: Book, tick: Decimal) -> None:
        self.symbol = symbol
        self.book = book
        self.tick_size = float(tick)
        self.lot_size = 1.0
        self.position_lots = 0
        self.ticks = SimpleNamespace(
            value=lambda count: float(count * tick),
            count=lambda price: round(Decimal(price) / tick),
        )

    @property
    def bid_ticks(self) -> int | None:
        """Best bid [ticks]."""
        return self.book.best(BUY)

    @property
    def ask_ticks(self) -> int | None:
        """Best ask [ticks]."""
        return self.book.best(SELL)

    @property
    def bid_size(self) -> float:
        """Size at the best bid."""
        best = self.bid_ticks
        return 0.0 if best is None else float(self.book.hist(BUY, best))

    @property
    def ask_size(self) -> float:
        """Size at the best ask."""
        best = self.ask_ticks
        return 0.0 if best is None else float(self.book.hist(SELL, best))

    @property
    def halted(self) -> bool:
        """Whether trading is halted."""
        return self.book.halted

    @property
    def position(self) -> float:
        """Position that the portfolio knows of."""
        return float(self.position_lots)

    def depth(self, levels: int) -> tuple[list[tuple[float, float]], ...]:
        """List the best levels of both sides."""
        return tuple(
            [
                (self.ticks.value(price), float(self.book.hist(side, price)))
                for price in sorted(self.book.size[side], reverse=side == BUY)[:levels]
            ]
            for side in (BUY, SELL)
        )


class Seat:
    """Where a strategy sits: when it wakes, what it sees, what it sends."""

    def __init__(self, scenario: Scenario, spec: PortfolioSpec, post: Post) -> None:
        assert spec.plain is not None
        self.spec, self.plain, self.post = spec, spec.plain, post
        self.name = spec.name
        self.packets = list(scenario.packets)
        times = [packet.ts for packet in self.packets]
        self.visible = visible(scenario.seed, spec.feed_delay, times)
        tick = tick_of(scenario)
        self.unit = scenario.settings.fees.unit_e8
        books = books_of(
            self.packets, len(scenario.instruments), scenario.settings.trades_only
        )
        self.views = [
            View(symbol, book, tick)
            for symbol, book in zip(scenario.instruments, books, strict=True)
        ]
        for i, position in spec.positions.items():
            self.views[i].position_lots = position
        self.main = self.views[self.plain.instrument]
        self.start = self.packets[0].ts
        self.asks = {
            what
            for callback, what in WAKES.items()
            if getattr(self.plain.kind, callback) is not getattr(Strategy, callback)
        }
        self.regular = self._regular_times()
        self.now = 0
        self.applied = 0  # packets that it sees
        self.fresh: list[Trade] = []  # that became visible since it last woke
        self.trades: list[Trade] = []
        self.open: dict[int, KnownOrder] = {}
        self.ever: dict[int, KnownOrder] = {}  # all that it sent
        self.known = SimpleNamespace(open=self.open)
        self.timers: list[int] = []
        self.numbers = 0
        self.messages: list[Message] = []
        self.strategy: Any = None
        self.log: list[Any] = []

    def _regular_times(self) -> set[int]:
        """List when it wakes whatever happens: start, timer and visible packets."""
        times = {self.start}
        if self.plain.every:
            times |= set(range(self.start, self.packets[-1].ts + 1, self.plain.every))
        for packet, seen in zip(self.packets, self.visible, strict=True):
            if self._heard(packet.events):
                times.add(seen)
        return times

    def _heard(self, events: Sequence[Event]) -> set[str]:
        """Say for which of its callbacks events are news."""
        mine = [e for e in events if e.instrument == self.plain.instrument]
        heard = {"trade" if e.action == "T" else "book" for e in mine}
        if isinstance(self.main.book, PrintBook) and any(e.qty for e in mine):
            heard.add("book")  # the quotes are new
        return heard & self.asks

    # When --------------------------------------------------------------------------

    def asked(self, ts: int) -> set[int]:
        """Return when it wakes for a timer of its own or a report, after a time."""
        times = set(self.timers)
        reached = self.post.next(self.name)
        if reached is not None and "report" in self.asks:
            times.add(reached)
        return {at for at in times if at > ts}

    def wakes(self, ts: int, *, first: bool) -> set[str]:
        """Return why it wakes in the first or a later round of a time."""
        reasons = set()
        reached = self.post.next(self.name)
        if "report" in self.asks and reached is not None and reached <= ts:
            reasons.add("report")
        if any(at <= ts for at in self.timers):
            reasons.add("timer")
        if first:
            if ts == self.start:
                reasons.add("start")
            if self._regular(ts):
                reasons.add("timer")
            for packet, seen in zip(self.packets, self.visible, strict=True):
                if seen == ts:
                    reasons |= self._heard(packet.events)
        return reasons

    # What it is told ---------------------------------------------------------------

    def wake(self, ts: int, reasons: set[str]) -> list[Message]:
        """Call back; return what is sent."""
        self.now = ts
        self.messages = []
        self._look()
        self.trades, self.fresh = self.fresh, []
        if self.strategy is None:
            self._make()
        reports = self.post.deliver(self.name, ts)
        news = [self._learn(report) for report in reports]
        for report, item in zip(reports, news, strict=True):
            if isinstance(item, KnownFill):
                self.strategy.on_fill(item)
            else:
                item.news = report.kind
                self.strategy.on_order(item)
        if "trade" in reasons:
            for trade in self.trades:
                self.strategy.on_trade(trade)
        if "book" in reasons:
            self.strategy.on_book()
        if {"timer", "start"} & reasons:
            due = [at for at in self.timers if at <= ts]
            self.timers = [at for at in self.timers if at > ts]
            if due or self._regular(ts):
                self.strategy.on_timer()
        return self.messages

    def _make(self) -> None:
        """Make the object, as the package does: parameters first, then its start."""
        kind = self.plain.kind
        self.strategy = kind.__new__(kind)
        self.strategy._seat = self
        for name, value in (self.plain.params | {"log": self.log}).items():
            setattr(self.strategy, name, value)
        self.strategy.__init__()
        self.strategy.on_start()

    def _regular(self, ts: int) -> bool:
        since = ts - self.start
        return self.plain.every > 0 and since > 0 and since % self.plain.every == 0

    def _look(self) -> None:
        """See the packets that have become visible by now."""
        while self.applied < len(self.packets):
            packet = self.packets[self.applied]
            if self.visible[self.applied] > self.now:
                return
            self.applied += 1
            for number, view in enumerate(self.views):
                view.book.apply([e for e in packet.events if e.instrument == number])
            for event in packet.events:
                heard = event.instrument == self.plain.instrument
                if event.action == "T" and heard and self.asks & {"book", "trade"}:
                    side = WORDS.get(SIDES.get(event.side, -1))
                    price = self.main.ticks.value(event.price)
                    self.fresh.append(Trade(packet.ts, side, price, float(event.qty)))

    def _learn(self, report: Report) -> KnownOrder | KnownFill:
        """Take in one report."""
        order = self.ever[report.order.terms.id]
        if report.kind == "cancel_rejected":
            return order
        if report.kind == "replaced":
            order.qty += report.leaves - order.leaves
            order.leaves, order.price_ticks = float(report.leaves), report.limit
            return order
        if report.kind == "accepted":
            order.price_ticks = report.limit
        order.leaves = float(report.leaves)
        order.state = report.state or "resting"
        if report.leaves == 0 and report.kind != "ended":
            order.state = "filled"  # whatever else it is told before its end
        fill = report.fill
        if fill is not None:
            order.filled += fill.qty
            order.market.position_lots += fill.qty if fill.side == BUY else -fill.qty
            price = self.main.ticks.value(fill.paid(self.unit)) / (2 * PARTS)
            return KnownFill(fill.ts, order, price, float(fill.qty), fill.liquidity)
        if report.kind == "ended":
            reason = report.order.reason
            order.reason = reason.name.lower() if reason else None
            del self.open[order.id]
        return order

    # What it asks for --------------------------------------------------------------

    def market(self, symbol: str | None) -> View:
        """Find an instrument."""
        if symbol is None:
            return self.main
        return next(view for view in self.views if view.symbol == symbol)

    def send(self, wanted: Wanted, symbol: str | None, labels: Labels) -> int:
        """Send an order."""
        self.numbers += 1
        view = self.market(symbol)
        ticks, stop = (
            None if price is None else view.ticks.count(price)
            for price in (wanted.price, wanted.stop_price)
        )
        side = BUY if wanted.side == "buy" else SELL
        qty = int(wanted.qty)
        market = ticks is None and wanted.time_in_force == "ioc"
        self.messages.append(
            Order(
                self.now,
                self.views.index(view),
                side,
                qty,
                ticks,
                "gtc" if market else wanted.time_in_force,
                wanted.post_only,
                self.numbers,
                reduce_only=wanted.reduce_only,
                stop=stop,
                expires=wanted.expires or 0,
            )
        )
        self.open[self.numbers] = self.ever[self.numbers] = KnownOrder(
            self.numbers,
            view,
            wanted.side,
            float(qty),
            None if ticks is None or abs(ticks) > MAX_PRICE else ticks,
            float(qty),
            wanted.type,
        )
        return self.numbers

    def cancel(self, order_id: int) -> bool:
        """Send a cancel, unless the order is known to have ended."""
        if order_id not in self.open:
            return False
        self.open[order_id].cancelling = True
        self.messages.append(Cancel(self.now, order_id))
        return True

    def replace(
        self,
        order_id: int,
        qty: float | None,
        price: float | None,
        stop_price: float | None,
    ) -> bool:
        """Send a replace, unless the order is known to have ended."""
        if order_id not in self.open:
            return False
        count = self.open[order_id].market.ticks.count
        ticks, stop = (None if p is None else count(p) for p in (price, stop_price))
        lots = None if qty is None else int(qty)
        self.messages.append(Replace(self.now, order_id, lots, ticks, stop))
        return True

    def target(self, position: float, symbol: str | None, labels: Labels) -> int | None:
        """Send a market order for what is missing to a position."""
        view = self.market(symbol)
        missing = int(position) - view.position_lots
        for order in self.open.values():
            if order.market is view and order.type == "market":
                missing += int(order.leaves) * (-1 if order.side == "buy" else 1)
        if missing == 0:
            return None
        side = BUY if missing > 0 else SELL
        wanted = Wanted("market", WORDS[side], abs(missing), time_in_force="ioc")
        return self.send(wanted, symbol, labels)

    def set_timer(self, at: int) -> None:
        """Ask for one more wake."""
        assert at >= self.now
        self.timers.append(at)
