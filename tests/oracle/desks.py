"""The desks of all groups: who waits there, and what leaves them."""

from collections.abc import Mapping, Sequence

from tests.oracle.batch import Arrival
from tests.oracle.desk import tie_rank
from tests.oracle.ledger import Ledger
from tests.oracle.netting import Desk
from tests.oracle.scenario import Order, Scenario
from tests.oracle.venue import Venue


class Desks:
    """A desk for each group and each instrument, unless it has nothing to do."""

    def __init__(
        self,
        scenario: Scenario,
        venues: Mapping[tuple[str, int], Venue],
        ledger: Ledger,
    ) -> None:
        self.scenario = scenario
        self.window = scenario.settings.netting_window
        self.waiting: list[Arrival] = []  # in the order of sending
        self.desks: dict[tuple[str, int], Desk] = {}
        self.served: dict[Desk, tuple[int, tuple[str, ...]]] = {}
        for group in scenario.settings.engines if scenario.settings.netting else ():
            for i, _ in enumerate(scenario.instruments):
                mine = list(dict.fromkeys(venues[name, i] for name in sorted(group)))
                if len(group) > 1 or self.window:
                    desk = Desk(mine, scenario.settings, ledger)
                    self.desks |= {(name, i): desk for name in group}
                    self.served[desk] = i, tuple(group)

    def closes(self) -> set[int]:
        """Return when the windows that are open close."""
        return {desk.closes for desk in self.served if desk.closes is not None}

    def waiting_of(self, name: str) -> int:
        """Count the orders of a portfolio that wait."""
        orders = [a.order for a in self.waiting if a.order.portfolio == name]
        return sum(order.alive for order in orders)

    def net(self, ts: int, sent: Sequence[Arrival]) -> list[Arrival]:
        """Net what was sent in this round, or has waited; return what may leave now."""
        rest: list[Arrival] = []
        released = list(sent)
        if self.window:
            rest = self._held_back(ts, sent)
            due = [a for a in self.waiting if self._desk_of(a).closes == ts]
            self.waiting = [a for a in self.waiting if a not in due]
            released = [a for a in due if a.order.alive]
        for desk, (instrument, group) in self.served.items():
            if desk.closes == ts:
                desk.closes = None
            symbol = self.scenario.instruments[instrument]
            rank = tie_rank(self.scenario.seed, symbol, ts)
            orders = [a.order for a in released if isinstance(a.message, Order)]
            mine = [
                order
                for order in orders
                if order.portfolio in group and order.terms.instrument == instrument
            ]
            desk.net(ts, sorted(mine, key=lambda order: rank(order.portfolio)))
        return released + rest

    def _desk_of(self, arrival: Arrival) -> Desk:
        order = arrival.order
        return self.desks[order.portfolio, order.terms.instrument]

    def _held_back(self, ts: int, sent: Sequence[Arrival]) -> list[Arrival]:
        """Let orders wait at their desks; return what does not concern these."""
        rest = []
        last = self.scenario.packets[-1].ts
        for arrival in sent:
            order = arrival.order
            if (order.portfolio, order.terms.instrument) not in self.desks:
                rest.append(arrival)
            elif isinstance(arrival.message, Order):
                waits = self._desk_of(arrival).takes_in(ts, order, last)
                (self.waiting if waits else rest).append(arrival)
            elif order.alive and any(order is a.order for a in self.waiting):
                self._desk_of(arrival).change(ts, arrival)
            else:
                rest.append(arrival)
        return rest
