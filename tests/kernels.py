"""Short words for small runs through the compiled engine, in ticks, lots and ns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np

from commonbook.core.enums import OrderState, Reason, Side, Status, StrategyKind
from commonbook.core.records import FEE
from commonbook.core.state import State
from commonbook.results.schema import InstrumentUnits, LaneInfo, RawRun
from commonbook.simulation.advance import advance
from commonbook.simulation.build import build_state
from commonbook.simulation.grow import GROWABLE, grow
from commonbook.simulation.loop import simulate
from commonbook.simulation.setup import (
    DeskSetup,
    EngineSetup,
    PortfolioSetup,
    Setup,
    StrategySetup,
)
from tests.oracle.scenario import Packet, PortfolioSpec, Scenario
from tests.simulation.adapter import events_of, script_of, setup_of
from tests.simulation.delays_and_impact import delay_of

Levels = Mapping[int, int]

ENGINE = EngineSetup()

#: The pools that entries are taken from and given back to.
POOLS = ("own", "shares", "queues", "orders", "reports", "taken")


# What runs -------------------------------------------------------------------------


def tape(packets: Iterable[Packet]) -> np.ndarray:
    """Lay out packets (see `tests.oracle.builders`) as read-only events."""
    events = events_of(SimpleNamespace(packets=list(packets)))
    events.flags.writeable = False
    return events


def fee_table(**rates: int) -> np.ndarray:
    """Make one row of fees, the same for every kind of liquidity."""
    fees = np.zeros((1, 3), FEE)
    fees["notional_den"] = fees["share_den"] = 1
    for name, rate in rates.items():
        fees[name] = rate
    return fees


def scripted(spec: PortfolioSpec, **more: Any) -> PortfolioSetup:
    """Make a portfolio that sends the messages of a specification."""
    return trader(
        spec.name,
        script_of(spec),
        order_delay=delay_of(spec.order_delay),
        response_delay=delay_of(spec.response_delay),
        positions=spec.positions,
        **more,
    )


def trader(name: str, strategy: StrategySetup, **more: Any) -> PortfolioSetup:
    """Make a portfolio of the first lane and, unless told otherwise, engine."""
    return PortfolioSetup(
        **{"name": name, "lane": 0, "engine": 0, "desk": -1, "strategy": strategy}
        | {"fee_rows": (0, 0)}
        | more
    )


def setup(
    *portfolios: PortfolioSetup,
    instruments: int = 1,
    engine: EngineSetup = ENGINE,
    desks: Sequence[DeskSetup] = (),
    **more: Any,
) -> Setup:
    """Put portfolios together; unless given, engines are as many as they name."""
    fees = more.pop("fees", fee_table())
    pools = 1 + max((p.engine for p in portfolios), default=0)
    engines = more.pop("engines", (engine,) * pools)
    portfolios = tuple(
        PortfolioSetup(**vars(p) | {"fee_rows": p.fee_rows[:instruments]})
        for p in portfolios
    )
    return Setup(
        instruments=tuple(
            InstrumentUnits(f"SYM{i}", Decimal("0.01"), Decimal(1))
            for i in range(instruments)
        ),
        lanes=(LaneInfo("test", ()),),
        portfolios=portfolios,
        engines=engines,
        desks=tuple(desks),
        fees=fees,
        **more,
    )


def twap(side: int, qty: int, start: int, end: int, slices: int) -> StrategySetup:
    """Slice an order over time."""
    fields = {"side": side, "size": qty, "start": start, "end": end, "last": slices}
    return StrategySetup(
        StrategyKind.TWAP, first_wake=start, max_sends=1, fields=fields
    )


def maker(
    half_spread: float, size: int, every: int, max_position: int = -1
) -> StrategySetup:
    """Quote both sides; the distance is in ticks."""
    fields = {
        "half_spread": int(2 * half_spread),
        "size": size,
        "max_position": max_position,
    }
    return StrategySetup(
        StrategyKind.MARKET_MAKER, every=every, max_sends=4, fields=fields
    )


def taker(
    threshold: float, size: int, every: int, max_position: int = -1
) -> StrategySetup:
    """Take by the imbalance of the touch."""
    fields = {"threshold": threshold, "size": size, "max_position": max_position}
    return StrategySetup(
        StrategyKind.IMBALANCE_TAKER, every=every, max_sends=1, fields=fields
    )


# Runs ------------------------------------------------------------------------------


def run(packets: Iterable[Packet], *portfolios: PortfolioSetup, **more: Any) -> RawRun:
    """Run portfolios over packets."""
    return simulate(tape(packets), setup(*portfolios, **more))


def orders(raw: RawRun, portfolio: int = 0) -> list[tuple[Any, ...]]:
    """Give (decided, side, price, qty, state, reason, filled), by number."""
    return [
        (
            int(o["ts_decision"]),
            Side(o["side"]).name.lower(),
            int(o["price"]),
            int(o["qty"]),
            OrderState(o["state"]).name.lower(),
            Reason(o["reason"]).name.lower(),
            int(o["filled"]),
        )
        for o in raw.orders[raw.orders["portfolio"] == portfolio]
    ]


def fills(raw: RawRun, portfolio: int = 0) -> list[tuple[int, str, float, int]]:
    """Give (time, side, price in ticks, qty)."""
    return [
        (
            int(f["ts"]),
            Side(f["side"]).name.lower(),
            float(f["price_half"]) / 2,
            int(f["qty"]),
        )
        for f in raw.fills[raw.fills["portfolio"] == portfolio]
    ]


class Stepped:
    """A run that is stopped after each packet to look at its state."""

    def __init__(
        self, packets: Iterable[Packet], *portfolios: PortfolioSetup, **more: Any
    ) -> None:
        start = more.pop("start", 256)
        self._begin(tape(packets), setup(*portfolios, **more), start)

    @classmethod
    def of(cls, scenario: Scenario, start: int = 256) -> "Stepped":
        """Run a scenario of the reference engine."""
        run = cls.__new__(cls)
        run._begin(tape(scenario.packets), setup_of(scenario), start)
        return run

    def _begin(self, events: np.ndarray, setup: Setup, start: int) -> None:
        self.events = events
        self.state: State = build_state(events, setup, start)
        self.grown: list[Status] = []

    def __iter__(self) -> Iterator[State]:
        """Give the state after each packet, as the next one finds it."""
        for stop in np.flatnonzero(self.events["flags"]) + 1:
            self.status = self._advance(int(stop))
            yield self.state

    def finish(self) -> State:
        """Run to the end of the data."""
        self.status = self._advance(self.events.size)
        return self.state

    def _advance(self, stop: int) -> int:
        while (status := advance(self.state, self.events, stop)) in GROWABLE:
            self.grown.append(Status(status))
            self.state = grow(self.state, status)
        return int(status)


def used(state: State) -> dict[str, int]:
    """Count the entries of each pool that are taken; check its free chain."""
    taken = {}
    for name in POOLS:
        pool = getattr(state, name)
        chain, place = set(), int(state.clock[f"free_{name}"][0])
        while place >= 0:
            assert place not in chain, f"{name}: the free chain runs in a circle"
            chain.add(place)
            place = int(pool[place]["next"])
        assert len(chain) == state.clock[f"left_{name}"][0], name
        taken[name] = pool.size - len(chain)
    return taken


def positions_ahead(state: State) -> list[tuple[float, int, int]]:
    """Give (ahead, traded, orders) of the queue entries in use, by own level."""
    entries = []
    for side in (0, 1):
        own = int(state.books[0, side]["own_head"])
        while own >= 0:
            queue = int(state.own[own]["queues"])
            while queue >= 0:
                entry = state.queues[queue]
                entries.append(
                    (float(entry["ahead"]), int(entry["traded"]), int(entry["refs"]))
                )
                queue = int(entry["next"])
            own = int(state.own[own]["next"])
    return entries
