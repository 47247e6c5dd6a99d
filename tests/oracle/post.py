"""What portfolios are told about their orders, and when it reaches them."""

from dataclasses import dataclass

from commonbook.core.enums import OrderState, Reason
from tests.oracle.ledger import Ledger
from tests.oracle.orders import Change, LiveOrder
from tests.oracle.outcome import Fill
from tests.oracle.scenario import Scenario


@dataclass(frozen=True)
class Report:
    """One piece of news, as it will be known."""

    ts: int  # when it reaches its portfolio
    kind: str  # "fill", "accepted", "reduced" or "ended"
    order: LiveOrder
    leaves: int  # what the portfolio then knows to be open
    fill: Fill | None = None


class Post:
    """
    The reports on their way, in the order of sending.

    After each step (a print, a packet, the batches of an instrument, the wakes of a
    round, its desk) the fills are reported first, then what became of the orders.
    """

    def __init__(self, scenario: Scenario, ledger: Ledger) -> None:
        self.ledger = ledger
        self.delay = {spec.name: spec.response_delay for spec in scenario.portfolios}
        self.reports: dict[str, list[Report]] = {name: [] for name in self.delay}
        self.changes: dict[LiveOrder, Change] = {}
        self.orders: dict[tuple[str, int], LiveOrder] = {}
        self.leaves: dict[LiveOrder, int] = {}  # as the last report says
        self.settled = 0  # fills that were reported

    def sent(self, order: LiveOrder) -> None:
        """Know an order by its number."""
        self.orders[order.portfolio, order.terms.id] = order
        self.leaves[order] = order.terms.qty

    def settle(self, ts: int) -> None:
        """Report what happened in one step."""
        for fill in self.ledger.fills[self.settled :]:
            order = self.orders[fill.portfolio, fill.order_id]
            self.leaves[order] -= fill.qty
            self._report(ts, "fill", order, fill)
        self.settled = len(self.ledger.fills)
        for order, change in self.changes.items():
            if change.accepted:
                self._report(ts, "accepted", order)
            if not order.alive:
                self.leaves[order] = 0
                self._report(ts, "ended", order)
            elif change.reduced:
                self.leaves[order] -= change.reduced
                self._report(ts, "reduced", order)
        self.changes.clear()

    def _report(
        self, ts: int, kind: str, order: LiveOrder, fill: Fill | None = None
    ) -> None:
        delay = self.delay[order.portfolio]
        if order.state is OrderState.REJECTED and order.reason is Reason.MAX_POSITION:
            delay = 0  # it was refused on the spot
        report = Report(ts + delay, kind, order, self.leaves[order], fill)
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
