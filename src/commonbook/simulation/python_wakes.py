"""Wake strategies in plain Python: briefs out of the state, requests into it."""

import numpy as np

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Brief, Request, StrategyKind
from commonbook.core.state import State
from commonbook.results.schema import Named, Stopped
from commonbook.simulation.grow import make_room
from commonbook.simulation.setup import Setup
from commonbook.strategy.agent import Agent
from commonbook.strategy.compiled import FAULT, FINE
from commonbook.strategy.depth import read_depth, read_halted
from commonbook.strategy.market import Market
from commonbook.strategy.orders import SIDES, Trade
from commonbook.strategy.requests import send_requests
from commonbook.strategy.seat import Seat

PORTFOLIO, LAST_TOLD = int(Brief.PORTFOLIO), int(Brief.LAST_TOLD)
SLOT = int(Request.SLOT)
PRINT = int(Action.TRADE)
TS, SIZE, PRICE, INSTRUMENT, SIDE = (
    EVENT.names.index(name)  # type: ignore[union-attr]
    for name in ("ts", "qty", "price", "instrument", "side")
)

TOO_MANY_ROUNDS = "too_many_rounds"


class PythonWakes:
    """
    The strategies in plain Python of one part of a run.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, not empty.
    setup : Setup
        What runs.
    state : State
        As it is before the first event.
    """

    def __init__(self, events: Records, setup: Setup, state: State) -> None:
        self._eyes = {
            index: _Eyes(events, setup, state, index)
            for index, portfolio in enumerate(setup.portfolios)
            if portfolio.strategy.kind == StrategyKind.PYTHON
        }
        self._explain = {
            index: portfolio.strategy.explain
            for index, portfolio in enumerate(setup.portfolios)
            if portfolio.strategy.explain is not None
        }
        self._agents = {
            index: _agent(setup, index, eyes, int(events["ts"][0]))
            for index, eyes in self._eyes.items()
        }
        self._look_at(state)

    def wake(self, state: State) -> State:
        """
        Wake all strategies that are due, and hand on what they ask for.

        Parameters
        ----------
        state : State
            Just left with `Status.CALL_PYTHON`; changed in place.

        Returns
        -------
        State
            The same, or one with more room.
        """
        if state is not self._state:
            self._look_at(state)
        now, n = self._now.item(), self._n_briefs.item()
        briefs = state.briefs[:n].tolist()
        n_told = briefs[-1][LAST_TOLD]
        told = state.told[:n_told].tolist() if n_told > 0 else []
        requests: list[list[int]] = []
        for brief in briefs:
            self._agents[brief[PORTFOLIO]].wake(now, brief, told, requests)
        if requests:
            rows = np.array(requests, np.int64)
            state = make_room(state, len(requests))
            send_requests(state, rows, len(requests))
            slots = rows[:, SLOT].tolist()
            for brief in briefs:
                self._agents[brief[PORTFOLIO]].seat.settle(slots)
        return state

    def _look_at(self, state: State) -> None:
        """Look at other arrays from now on; arrays are replaced when they grow."""
        self._state = state
        # A wake has few microseconds, and each look at a record takes a tenth of one.
        self._now, self._n_briefs = state.clock["now"], state.clock["n_briefs"]
        for eyes in self._eyes.values():
            eyes.state = state

    def end(self, state: State) -> State:
        """
        Let every strategy look back after the last event.

        Parameters
        ----------
        state : State
            Just left with `Status.FINISHED`.

        Returns
        -------
        State
            The same, or one with more room; what was sent is refused and still to be
            settled.
        """
        self._look_at(state)
        requests: list[list[int]] = []
        for agent in self._agents.values():
            agent.end(int(state.clock[0]["end_ts"]), requests)
        if requests:
            state = make_room(state, len(requests))
            send_requests(state, np.array(requests, np.int64), len(requests))
        return state

    def stopped(self, state: State) -> list[Stopped]:
        """
        List the portfolios that were stopped.

        Parameters
        ----------
        state : State
            At the end.

        Returns
        -------
        list of Stopped
            Their numbers are those of this part of the run.
        """
        found = []
        for index, agent in self._agents.items():
            failure, row = agent.failure, state.portfolios[index]
            if failure is not None:
                at, reason, shown = failure.ts, failure.reason, failure.traceback
                found.append(Stopped(index, at, reason, shown))
            elif row["stopped"]:
                at = int(row["stopped_ts"])
                found.append(Stopped(index, at, TOO_MANY_ROUNDS))
        for index, explain in self._explain.items():
            row, memory = state.portfolios[index], state.memory[index]
            strict = int(state.clock[0]["strict"])
            if row["stopped"]:
                reason, shown = TOO_MANY_ROUNDS, ""
                if memory[FAULT] != FINE:
                    reason, shown = explain(memory, state.params[index], strict)
                found.append(Stopped(index, int(row["stopped_ts"]), reason, shown))
        return found

    def named(self) -> list[Named]:
        """
        List what the strategies call their orders, and what these are parts of.

        Returns
        -------
        list of Named
            Portfolios that named some.
        """
        named = [
            Named(index, agent.seat.tags, agent.seat.parents)
            for index, agent in self._agents.items()
        ]
        return [names for names in named if names.client_ids or names.parents]


class _Eyes:
    """How one strategy looks beyond its brief: at depth, and at prints."""

    def __init__(
        self, events: Records, setup: Setup, state: State, portfolio: int
    ) -> None:
        strategy = setup.portfolios[portfolio].strategy
        self.state = state
        self._events, self._portfolio = events, portfolio
        self._heard = {strategy.instrument, *strategy.instruments}
        self.markets = [
            Market(
                units.symbol,
                number,
                units.tick_size,
                units.lot_size,
                self.read_levels,
                self.read_halted,
            )
            for number, units in enumerate(setup.instruments)
        ]
        for number, lots in setup.portfolios[portfolio].positions.items():
            self.markets[number].position_lots = lots

    def read_levels(
        self, instrument: int, side: int, levels: int
    ) -> list[tuple[int, int]]:
        """Read prices and sizes of one side, best first."""
        out = np.empty((max(0, levels), 2), np.int64)
        n = read_depth(self.state, self._portfolio, instrument, side, out)
        return [(price, lots) for price, lots in out[:n].tolist()]

    def read_halted(self, instrument: int) -> bool:
        """Read whether trading is halted."""
        return bool(read_halted(self.state, self._portfolio, instrument))

    def read_trades(self, first: int, last: int) -> list[Trade]:
        """Read the prints of its instruments in a range of the tape."""
        rows = self._events[first:last]
        found = []
        for row in rows[rows["action"] == PRINT].tolist():
            if row[INSTRUMENT] in self._heard:
                market = self.markets[row[INSTRUMENT]]
                side = SIDES[row[SIDE]] if row[SIDE] < len(SIDES) else None
                price, size = (
                    market.ticks.value(row[PRICE]),
                    market.lots.value(row[SIZE]),
                )
                found.append(Trade(row[TS], market.symbol, side, price, size))
        return found


def _agent(setup: Setup, index: int, eyes: _Eyes, first_ts: int) -> Agent:
    portfolio = setup.portfolios[index]
    strategy = portfolio.strategy
    if strategy.make is None:
        message = f"{portfolio.name}: a strategy in plain Python needs its class"
        raise TypeError(message)
    main, markets = strategy.instrument, eyes.markets
    seat = Seat(
        portfolio.name, index, markets, main, eyes.read_trades, strict=setup.strict
    )
    return Agent(strategy.make, seat, strategy.every, first_ts)
