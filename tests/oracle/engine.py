"""Time: packets, then rounds of arrivals, decisions and netting, till the tape ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.batch import Arrival, Batch
from tests.oracle.codes import NEVER_LEFT, OrderState, Reason
from tests.oracle.consumption import OrderConsumption
from tests.oracle.delays import ORDER, Way
from tests.oracle.desk import (
    beyond_collar,
    broken_limit,
    counted,
    gone,
    tie_rank,
)
from tests.oracle.desks import Desks
from tests.oracle.flow import Flow
from tests.oracle.gate import GroupGate
from tests.oracle.ledger import Ledger
from tests.oracle.orders import Ask, LiveOrder
from tests.oracle.outcome import Outcome
from tests.oracle.post import Post
from tests.oracle.print_book import books_of
from tests.oracle.pro_rata_venue import ProRataVenue
from tests.oracle.rates import Gate
from tests.oracle.repair import mended
from tests.oracle.scenario import (
    Cancel,
    Message,
    Order,
    Packet,
    Replace,
    Scenario,
    check,
)
from tests.oracle.seat import Seat
from tests.oracle.stops import Trigger
from tests.oracle.tape import SIDES
from tests.oracle.terms import impossible, impossible_replace
from tests.oracle.venue import Venue


@dataclass(frozen=True)
class InFlight:
    """A message that the venue has not acted on."""

    acts: int  # when it will
    arrival: Arrival


def run(scenario: Scenario) -> Outcome:
    """Run a scenario by the rules; AssertionError when an invariant breaks."""
    check(scenario)
    if list(mended(scenario.packets)) != list(scenario.packets):
        msg = "the tape names orders that are not there"
        raise ValueError(msg)
    return Simulation(scenario).run()


class Simulation:
    """All state of one run."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.settings = scenario.settings
        self.ledger = Ledger(scenario)
        self.post = Post(scenario, self.ledger)
        self.seats = {
            spec.name: Seat(scenario, spec, self.post)
            for spec in scenario.portfolios
            if spec.plain is not None
        }
        self.specs = {p.name: p for p in scenario.portfolios}
        self.ways = {
            p.name: Way(scenario.seed, p.name, ORDER, p.order_delay)
            for p in scenario.portfolios
        }
        self.gates = {name: Gate(spec.rate) for name, spec in self.specs.items()}
        self.orders: dict[str, dict[int, LiveOrder]] = {n: {} for n in self.specs}
        self.flight: list[InFlight] = []  # in the order of sending
        self.books = books_of(
            scenario.packets, len(scenario.instruments), self.settings.trades_only
        )
        self.triggers = [
            Trigger(self.settings.stop_trigger, book) for book in self.books
        ]
        self.engines = [tuple(sorted(group)) for group in self.settings.engines]
        self.venues: dict[tuple[str, int], Venue] = {}
        for group in self.engines:
            alone = self.settings.distribution is None
            for i, book in enumerate(self.books):
                flow = Flow(self.settings.impact, i, book)
                for names in [(name,) for name in group] if alone else [group]:
                    trigger, ledger = self.triggers[i], self.ledger
                    parts = (names, book, flow, trigger, self.settings, ledger)
                    rule = self.settings.matching.get(i)
                    venue = ProRataVenue(rule, *parts) if rule else Venue(*parts)
                    self.venues |= {(name, i): venue for name in names}
        self.desks = Desks(scenario, self.venues, self.ledger)
        self.group_gate = GroupGate(scenario, self.books, self.ledger)

    def run(self) -> Outcome:
        """Go through all times at which something is due."""
        packets = self.scenario.packets
        last = packets[-1].ts if packets else -1
        wakes = {m.at for spec in self.specs.values() for m in spec.messages}
        due = {packet.ts for packet in packets} | wakes
        due |= {ts for seat in self.seats.values() for ts in seat.regular}
        while due and (ts := min(due)) <= last:
            for packet in packets:
                if packet.ts == ts:
                    self._packet(packet)
            self._rounds(ts)
            due.remove(ts)
            due |= {message.acts for message in self.flight}
            due |= self.desks.closes()
            due |= {at for seat in self.seats.values() for at in seat.asked(ts)}
            due |= {
                at for order in self._all_orders() if (at := order.terms.expires) > ts
            }
        for message in self.flight:
            arrived = message.acts - self.settings.processing
            if isinstance(message.arrival.message, Order) and arrived <= last:
                message.arrival.order.ts_arrival = arrived
        for order in self._all_orders():
            if order.alive:
                order.end(last, OrderState.EXPIRED, Reason.END_OF_DATA)
        self._refuse_late(last)
        for venue in self.venues.values():
            venue.begin(last)
        self.ledger.check()
        for order in self._all_orders():
            self._check_end(order)
        return self._outcome()

    def _refuse_late(self, last: int) -> None:
        """Refuse the orders of scripts that are for a time after the data."""
        for spec in self.specs.values():
            for message in spec.messages:
                if isinstance(message, Order) and message.at > last:
                    order = LiveOrder(spec.name, message, self.post.step)
                    reason = impossible(message, len(self.books)) or Reason.AFTER_END
                    order.end(message.at, OrderState.REJECTED, reason)
                    self.orders[spec.name][message.id] = order
                    self.ledger.seen["orders after the end"] += 1

    def _all_orders(self) -> list[LiveOrder]:
        """Return all orders, in the order of portfolios and numbers."""
        return [
            order
            for name in sorted(self.orders)
            for _, order in sorted(self.orders[name].items())
        ]

    # The market --------------------------------------------------------------------

    def _each_venue(self, instrument: int) -> list[Venue]:
        venues = [v for (_, i), v in self.venues.items() if i == instrument]
        return list(dict.fromkeys(venues))

    def _packet(self, packet: Packet) -> None:
        """Apply one packet: prints, the book, queues and consumption, new size."""
        for venue in self.venues.values():
            venue.begin(packet.ts)
        for i, event in enumerate(packet.events):
            if event.action == "T":
                self.triggers[event.instrument].on_print(event.price)
                said = [e for e in packet.events[:i] if e.instrument == event[1]]
                for venue in self._each_venue(event.instrument):
                    aggressor = SIDES.get(event.side)
                    venue.shown(said)
                    venue.on_print(packet.ts, aggressor, event.price, event.qty)
                self.post.settle(packet.ts)
        for instrument, book in enumerate(self.books):
            mine = [e for e in packet.events if e.instrument == instrument]
            for venue in self._each_venue(instrument):
                venue.on_prints_end(packet.ts)
            mentions = book.apply(mine)
            for venue in self._each_venue(instrument):
                venue.on_book()
                venue.on_break(packet.ts)
                venue.on_mentions(packet.ts, mentions)
                venue.on_packet_end(packet.ts)
                venue.check(packet.ts)
            self.triggers[instrument].prints.clear()
        self.post.settle(packet.ts)

    # Messages ----------------------------------------------------------------------

    def _rounds(self, ts: int) -> None:
        """Run rounds until nothing more is due at this time."""
        first = True
        while (
            first
            or any(message.acts == ts for message in self.flight)
            or any(seat.wakes(ts, first=False) for seat in self.seats.values())
        ):
            self._batches(ts)
            messages = {
                name: seat.wake(ts, reasons)
                for name, seat in self.seats.items()
                if (reasons := seat.wakes(ts, first=first))
            }
            if first:
                messages |= {
                    spec.name: [m for m in spec.messages if m.at == ts]
                    for spec in self.specs.values()
                    if spec.plain is None
                }
            first = False
            sent = [
                a for name in sorted(messages) for a in self._send(name, messages[name])
            ]
            self.post.settle(ts)
            sent = self.group_gate.judge(ts, sent)
            self.post.settle(ts)
            sent = self.desks.net(ts, sent)
            self.post.settle(ts)
            for arrival in sent:
                order = arrival.order
                if not isinstance(arrival.message, Order) or order.alive:
                    counts = not isinstance(arrival.message, Cancel)
                    left = self.gates[order.portfolio].leave(ts, counts=counts)
                    arrives = self.ways[order.portfolio].send(left)
                    if isinstance(arrival.message, Order):
                        # What would leave after the data never does.
                        ended = left > self.scenario.packets[-1].ts
                        order.ts_sent = 0 if ended else left
                    acts = arrives + self.settings.processing
                    self.flight.append(InFlight(acts, arrival))

    def _batches(self, ts: int) -> None:
        """Execute what arrives now, one batch for each venue."""
        arrivals = [message.arrival for message in self.flight if message.acts == ts]
        self.flight = [message for message in self.flight if message.acts != ts]
        for instrument, symbol in enumerate(self.scenario.instruments):
            rank = tie_rank(self.scenario.seed, symbol, ts)
            for venue in self._each_venue(instrument):
                batch = [
                    arrival
                    for arrival in arrivals
                    if arrival.order.terms.instrument == instrument
                    and arrival.order.portfolio in venue.names
                ]
                if batch or venue.due(ts):
                    venue.begin(ts)
                    self.ledger.seen["batches of several orders"] += len(batch) > 1
                    Batch(venue, ts, batch, rank).run()
            flows = [venue.flow for venue in self._each_venue(instrument)]
            for flow in dict.fromkeys(flows):
                spread = self.settings.distribution == "average_price"
                self.ledger.charge(flow.charges(ts), spread=spread)
            self.post.settle(ts)

    def _send(self, name: str, messages: Sequence[Message]) -> list[Arrival]:
        """Return what leaves a portfolio now, in its order."""
        sent: list[Arrival] = []
        for message in messages:
            asked = sum(not isinstance(a.message, Cancel) for a in sent)
            asked += self.desks.waiting_of(name)
            full = self.gates[name].refuses(message.at, asked)
            if isinstance(message, Order):
                order = LiveOrder(name, message, self.post.step)
                leaves = self._leaves(order, full=full)
                self.orders[name][message.id] = order
            else:
                order = self.orders[name][message.id]
                leaves = self._changes(order, message, full=full)
            if leaves:
                sent.append(Arrival(order, message))
        return sent

    def _leaves(self, order: LiveOrder, *, full: bool) -> bool:
        """Say whether a new order leaves its portfolio; else it is rejected."""
        seen, at = self.ledger.seen, order.terms.at
        self.post.sent(order)
        reason = impossible(order.terms, len(self.books))
        if reason is not None:
            seen["impossible orders"] += 1
        elif reason := self._broken(order, at, order.qty, order.qty):
            seen[f"{reason.name.lower()} refusals"] += 1
        elif self._beyond_collar(order, order.price):
            reason = Reason.PRICE_COLLAR
            seen["collar refusals"] += 1
        elif full:
            reason = Reason.RATE_LIMIT
            seen["rate refusals"] += 1
        if reason is not None:
            order.end(at, OrderState.REJECTED, reason)
        return reason is None

    def _changes(
        self, order: LiveOrder, message: Cancel | Replace, *, full: bool
    ) -> bool:
        """Say whether a cancel or a replace leaves, or is refused on the spot."""
        seen = self.ledger.seen
        if gone(order, message.at):
            seen["too late on the spot"] += 1
        elif isinstance(message, Cancel):
            return True
        elif impossible_replace(message, order.terms):
            seen["impossible replaces"] += 1
        elif self._beyond_collar(order, message.price):
            seen["collar refusals of replaces"] += 1
        elif full:
            seen["rate refusals of replaces"] += 1
        elif self._increases(order, message):
            order.asks.append(Ask())
            return True
        else:
            seen["limit refusals of replaces"] += 1
        order.refuse(spot=True)
        return False

    def _increases(self, order: LiveOrder, message: Replace) -> bool:
        """Count a replace for the limits; False when it must not leave."""
        most = counted(order, message.at)
        increase = (message.qty or 0) - most
        if increase > 0:
            qty = most + increase
            if self._broken(order, message.at, qty, increase) is not None:
                return False
            order.most = message.qty or 0
        return True

    def _broken(self, order: LiveOrder, at: int, qty: int, more: int) -> Reason | None:
        """Name the limit that forbids an order to ask for more lots."""
        spec = self.specs[order.portfolio]
        sent = list(self.orders[spec.name].values())
        return broken_limit(spec, sent, order, at, qty, more, self.books)

    def _beyond_collar(self, order: LiveOrder, price: int | None) -> bool:
        """Say whether the limit of an order, or a new one, is too far away."""
        book = self.books[order.terms.instrument]
        return beyond_collar(self.specs[order.portfolio], order.terms, price, book)

    # The end -----------------------------------------------------------------------

    def _check_end(self, order: LiveOrder) -> None:
        """Assert what must be true of an order that has ended."""
        if order.reason in NEVER_LEFT:
            assert order.filled == order.ts_arrival == 0
            return
        assert order.filled <= order.qty
        assert (order.filled == order.qty) == (order.state is OrderState.FILLED)
        if order.state is OrderState.REJECTED:
            assert not order.filled
            assert not order.told
        if order.whole and order.filled:
            assert order.ts_first_fill == order.ts_last_fill
            reduced = order.reason is Reason.REDUCE_ONLY
            assert reduced or order.state is OrderState.FILLED
        if order.terms.expires and order.reason is Reason.EXPIRED:
            acted = order.ts_arrival + self.settings.processing
            assert order.ts_end == max(order.terms.expires, acted)

    def _outcome(self) -> Outcome:
        consumed = {
            (venue.names, instrument, side, price): c
            for (_, instrument), venue in self.venues.items()
            for (side, price), c in venue.consumed.levels().items()
        }
        displaced = {
            (venue.names, instrument): venue.consumed.displaced
            for (_, instrument), venue in self.venues.items()
            if venue.consumed.displaced
        }
        ends = [order.record() for order in self._all_orders()]
        ledger, seen = self.ledger, self._seen()
        return Outcome(
            ledger.fills,
            ends,
            ledger.positions,
            ledger.cash,
            consumed,
            displaced,
            {name: seat.log for name, seat in self.seats.items()},
            self.post.told,
            sum(count for what, count in seen.items() if what.startswith("too late")),
            seen,
        )

    def _seen(self) -> Counter[str]:
        """Count which rules were exercised."""
        seen = self.ledger.seen
        seen["messages held back"] = sum(gate.held for gate in self.gates.values())
        for venue in dict.fromkeys(self.venues.values()):
            seen["lots that came back"] += venue.consumed.c.back
            if isinstance(venue.consumed, OrderConsumption):
                seen["displaced lots"] += venue.consumed.displaced
                seen["moved lots"] += venue.consumed.moved
        return seen
