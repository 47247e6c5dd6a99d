"""Wake strategies in plain Python: briefs out of the state, requests into it."""

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Action,
    Brief,
    Request,
    RequestKind,
    StrategyKind,
)
from commonbook.core.state import State
from commonbook.results.schema import Stopped
from commonbook.simulation.grow import make_room
from commonbook.simulation.setup import PortfolioSetup, Setup
from commonbook.strategy.agent import Agent
from commonbook.strategy.depth import read_depth
from commonbook.strategy.market import Market
from commonbook.strategy.orders import SIDES, Trade
from commonbook.strategy.requests import send_requests
from commonbook.strategy.seat import Seat

PORTFOLIO, LAST_TOLD = int(Brief.PORTFOLIO), int(Brief.LAST_TOLD)
KIND, SLOT = int(Request.KIND), int(Request.SLOT)
ORDER = int(RequestKind.ORDER)
PRINT = int(Action.TRADE)

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
        self._events, self._setup, self._state = events, setup, state
        self._agents = {
            index: self._agent(index, portfolio)
            for index, portfolio in enumerate(setup.portfolios)
            if portfolio.strategy.kind == StrategyKind.PYTHON
        }

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
        clock = state.clock[0]
        now = int(clock["now"])
        briefs = state.briefs[: clock["n_briefs"]].tolist()
        told = state.told[: briefs[-1][LAST_TOLD]].tolist()
        requests: list[list[int]] = []
        agents = self._agents
        self._state = state
        for brief in briefs:
            agents[brief[PORTFOLIO]].wake(now, brief, told, requests)
        if requests:
            rows = np.array(requests, np.int64)
            state = make_room(state, len(rows))
            send_requests(state, rows, len(rows))
            slots = rows[:, SLOT].tolist()
            for brief in briefs:
                agents[brief[PORTFOLIO]].seat.settle(slots)
        return state

    def end(self, state: State) -> None:
        """
        Let every strategy look back after the last event.

        Parameters
        ----------
        state : State
            Just left with `Status.FINISHED`.
        """
        self._state = state
        for agent in self._agents.values():
            agent.end(int(state.clock[0]["end_ts"]))

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
                found.append(
                    Stopped(index, failure.ts, failure.reason, failure.traceback)
                )
            elif row["stopped"]:
                found.append(
                    Stopped(index, int(row["stopped_ts"]), TOO_MANY_ROUNDS, "")
                )
        return found

    def tags(self) -> dict[int, dict[int, str]]:
        """
        List what the strategies call their orders.

        Returns
        -------
        dict of int to dict of int to str
            By portfolio, then by order number.
        """
        return {i: agent.seat.tags for i, agent in self._agents.items()}

    def _agent(self, index: int, portfolio: PortfolioSetup) -> Agent:
        strategy = portfolio.strategy

        def read(instrument: int, side: int, levels: int) -> list[tuple[int, int]]:
            out = np.empty((max(0, levels), 2), np.int64)
            n = read_depth(self._state, index, instrument, side, out)
            return [(price, lots) for price, lots in out[:n].tolist()]

        markets = [
            Market(units.symbol, number, units.tick_size, units.lot_size, read)
            for number, units in enumerate(self._setup.instruments)
        ]
        for market in markets:
            market.position_lots = portfolio.positions.get(market.number, 0)
        listens = {strategy.instrument, *strategy.instruments}

        def trades(first: int, last: int) -> list[Trade]:
            rows = self._events[first:last]
            rows = rows[rows["action"] == PRINT]
            return [
                Trade(
                    row[_TS],
                    markets[row[_INSTRUMENT]].symbol,
                    SIDES[row[_SIDE]] if row[_SIDE] < len(SIDES) else None,
                    markets[row[_INSTRUMENT]].ticks.value(row[_PRICE]),
                    markets[row[_INSTRUMENT]].lots.value(row[_QTY]),
                )
                for row in rows.tolist()
                if row[_INSTRUMENT] in listens
            ]

        seat = Seat(portfolio.name, index, markets, strategy.instrument, trades)
        first_ts = int(self._events["ts"][0])
        return Agent(strategy.make, seat, strategy.every, first_ts)
