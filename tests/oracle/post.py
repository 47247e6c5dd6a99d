"""What portfolios are told about their orders, and when it reaches them."""

from dataclasses import dataclass

from tests.oracle.codes import NEVER_LEFT, OrderState, ReportKind
from tests.oracle.delays import RESPONSE, Way
from tests.oracle.ledger import Ledger
from tests.oracle.orders import NEVER, Change, LiveOrder, Replaced, Step
from tests.oracle.outcome import Fill, Told
from tests.oracle.scenario import Scenario


@dataclass(frozen=True)
class Report:
    """One piece of news, as it will be known."""

    ts: int  # when it reaches its portfolio
    kind: str  # as in `ReportKind`, in lower case
    order: LiveOrder
    leaves: int  # what the portfolio then knows to be open
    limit: int | None  # of an order that was accepted or replaced [ticks]
    fill: Fill | None = None
    state: str = ""  # of "accepted" and "ended", in lower case


class Post:
    """
    The reports on their way, in the order of sending.

    After each step (a print, a packet, the batches of an instrument, the wakes of a
    round, its desk) fills and replaces are reported first, as they happened, then what
    became of the orders, then the cancels and replaces that were refused.
    """

    def __init__(self, scenario: Scenario, ledger: Ledger) -> None:
        self.ledger = ledger
        self.ways = {
            spec.name: Way(scenario.seed, spec.name, RESPONSE, spec.response_delay)
            for spec in scenario.portfolios
        }
        self.reports: dict[str, list[Report]] = {name: [] for name in self.ways}
        self.told: dict[str, list[Told]] = {name: [] for name in self.ways}
        self.step = Step(ledger.fills)
        self.orders: dict[tuple[str, int], LiveOrder] = {}
        self.leaves: dict[LiveOrder, int] = {}  # as the last report says
        self.settled = 0  # fills that were reported

    def sent(self, order: LiveOrder) -> None:
        """Know an order by its number."""
        self.orders[order.portfolio, order.terms.id] = order
        self.leaves[order] = order.terms.qty

    def settle(self, ts: int) -> None:
        """Report what happened in one step."""
        fills, replaced = self.ledger.fills, list(self.step.replaced)
        for number in range(self.settled, len(fills) + 1):
            while replaced and replaced[0].fills == number:
                self._replaced(ts, replaced.pop(0))
            if number < len(fills):
                fill = fills[number]
                order = self.orders[fill.portfolio, fill.order_id]
                self.leaves[order] -= fill.qty
                self._report(ts, "fill", order, fill)
        assert not replaced
        self.settled = len(fills)
        for order, change in self.step.changes.items():
            self._changed(ts, order, change)
            assert self.leaves[order] == (order.leaves if order.alive else 0)
        for order, spot in self.step.refused:
            self._report(ts, "cancel_rejected", order, spot=spot)
        self.step.changes.clear()
        self.step.replaced.clear()
        self.step.refused.clear()

    def _replaced(self, ts: int, replaced: Replaced) -> None:
        """Report a replace, and before it what it came after."""
        order, before = replaced.order, replaced.before
        if before.accepted is not None:
            limit = replaced.prices[0]
            self._report(ts, "accepted", order, state=before.accepted, limit=limit)
        if before.reduced:
            self.leaves[order] -= before.reduced
            self._report(ts, "reduced", order, reduced=before.reduced)
        self.leaves[order] = replaced.leaves
        self._report(ts, "replaced", order, limit=replaced.prices[1])

    def _changed(self, ts: int, order: LiveOrder, change: Change) -> None:
        if change.accepted is not None:
            limit = order.price
            self._report(ts, "accepted", order, state=change.accepted, limit=limit)
        if not order.alive:
            self.leaves[order] = 0
            self._report(ts, "ended", order, state=order.state)
        elif change.reduced:
            self.leaves[order] -= change.reduced
            self._report(ts, "reduced", order, reduced=change.reduced)

    def _report(
        self,
        ts: int,
        kind: str,
        order: LiveOrder,
        fill: Fill | None = None,
        *,
        reduced: int = 0,
        state: OrderState | None = None,
        spot: bool = False,
        limit: int | None = None,
    ) -> None:
        assert kind.upper() in ReportKind.__members__
        way = self.ways[order.portfolio]
        # What is refused on the spot has no delay.
        known = ts if spot or order.reason in NEVER_LEFT else way.send(ts)
        _hear(order, kind, known)
        leaves = self.leaves[order]
        word = "" if state is None else state.name.lower()
        self.told[order.portfolio].append(
            Told(
                known,
                kind,
                order.terms.id,
                fill.qty if fill else reduced,
                leaves,
                word,
                order.reason.name.lower() if kind == "ended" else "",
            )
        )
        report = Report(known, kind, order, leaves, limit, fill, word)
        self.reports[order.portfolio].append(report)

    def next(self, name: str) -> int | None:
        """Return when the next report reaches a portfolio."""
        waiting = self.reports[name]
        return waiting[0].ts if waiting else None

    def deliver(self, name: str, ts: int) -> list[Report]:
        """Hand over what has reached a portfolio, never one report past another."""
        delivered = []
        while self.reports[name] and self.reports[name][0].ts <= ts:
            delivered.append(self.reports[name].pop(0))
        return delivered


def _hear(order: LiveOrder, kind: str, known: int) -> None:
    """Note when the portfolio knows what a report says."""
    unknown = [news for news in order.news if news.known == NEVER]
    asks = [ask for ask in order.asks if ask.known == NEVER]
    if kind == "fill":
        heard = [news for news in unknown if news.filled][:1]
    elif kind == "reduced":
        heard = [news for news in unknown if news.reduced]
    elif kind == "replaced":
        heard = [news for news in unknown if news.qty][:1]
        asks[0].known = known
    else:
        heard = unknown if kind == "ended" else []
    for news in heard:
        news.known = known
