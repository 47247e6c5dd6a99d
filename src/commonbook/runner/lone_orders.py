"""Many resting orders on one tape, each as if it were the only one of ours."""

import heapq
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    OrderType,
    PostOnly,
    QueueModel,
    StrategyKind,
    TimeInForce,
)
from commonbook.core.records import FEE, SCRIPT
from commonbook.data.tape import Tape
from commonbook.results.schema import InstrumentUnits, LaneInfo
from commonbook.simulation.loop import simulate
from commonbook.simulation.setup import (
    EngineSetup,
    PortfolioSetup,
    Setup,
    StrategySetup,
)

#: An order that rests from one time to another.
LONE_ORDER = np.dtype(
    [
        ("join", "i8"),  # it joins its line after all packets of this time [ns]
        ("leave", "i8"),  # and is cancelled after all packets of this one [ns]
        ("price", "i8"),  # [ticks]
        ("qty", "i8"),  # [lots]
        ("instrument", "i4"),
        ("side", "i4"),
    ],
    align=True,
)

#: What became of it.
LONE_END = np.dtype(
    [
        ("ahead", "i8"),  # when it joined [lots], -1 if it could not rest
        ("filled", "i8"),  # [lots]
        ("ts_last_fill", "i8"),  # 0 if never [ns]
    ],
    align=True,
)

#: A queue model and its exponent.
Model = tuple[QueueModel, float]


def rest_alone(
    tape: Tape, orders: Records, models: Mapping[str, Model]
) -> dict[str, Records]:
    """
    Let orders rest under several queue models, in one pass over the tape.

    No order meets another of ours: those that live at one time are in engines of their
    own. Nothing is delayed, and new size of the other side fills none of them, so that
    all fills are by prints.

    Parameters
    ----------
    tape : Tape
        The market.
    orders : ndarray of LONE_ORDER, shape (n,)
        The orders; one that could trade at once is refused.
    models : mapping of str to (QueueModel, float)
        Queue models and their exponents by name. A book that is told order by order
        needs none of them: there all give the same.

    Returns
    -------
    dict of str to ndarray of LONE_END, shape (n,)
        The ends under each model.
    """
    seats = _seats(orders)
    n_seats = int(seats.max(initial=-1)) + 1
    scripts, mine = [], []
    for seat in range(n_seats):
        rows = np.flatnonzero(seats == seat)
        mine.append(rows)
        scripts.append(_script(orders[rows]))
    engines = tuple(
        EngineSetup(fill_on_cross=False, queue_model=kind, exponent=exponent)
        for kind, exponent in models.values()
        for _ in range(n_seats)
    )
    raw = simulate(tape.events, _setup(tape, engines, scripts))
    ends = {name: _no_ends(orders.size) for name in models}
    names = list(models)
    for portfolio in range(len(engines)):
        done = raw.orders[raw.orders["portfolio"] == portfolio]
        end = ends[names[portfolio // n_seats]]
        rows = mine[portfolio % n_seats][done["order_id"] - 1]
        for name in LONE_END.names or ():
            end[name][rows] = done[name]
    return ends


def _seats(orders: Records) -> NDArray[np.int64]:
    """Give each order the first seat that is free when it joins."""
    seats = np.zeros(orders.size, np.int64)
    busy: list[tuple[int, int]] = []  # until when, and which
    free: list[int] = []
    n_seats = 0
    for row in np.argsort(orders["join"], kind="stable").tolist():
        while busy and busy[0][0] < orders["join"][row]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            seat = heapq.heappop(free)
        else:
            seat = n_seats
            n_seats += 1
        seats[row] = seat
        heapq.heappush(busy, (int(orders["leave"][row]), seat))
    return seats


def _script(orders: Records) -> Records:
    """Write what one seat sends, by time; orders are numbered as they are given."""
    n = orders.size
    script = np.zeros(2 * n, SCRIPT)
    script["order_id"] = np.tile(np.arange(1, n + 1), 2)
    script["at"] = np.concatenate([orders["join"], orders["leave"]])
    for name in ("price", "qty", "instrument", "side"):
        script[name][:n] = orders[name]
    script["type"] = OrderType.LIMIT
    script["time_in_force"] = TimeInForce.GTC
    script["post_only"] = PostOnly.REJECT
    script["cancel"][n:] = 1
    # A cancel may stand behind its order at the same time, never before it.
    order = np.lexsort((script["cancel"], script["at"]))
    place = np.empty(2 * n, np.int64)
    place[order] = np.arange(2 * n)
    script["slot"][n:] = place[:n]
    return script[order]


def _setup(
    tape: Tape, engines: tuple[EngineSetup, ...], scripts: list[Records]
) -> Setup:
    """Put one portfolio into each engine."""
    fees = np.zeros((1, 3), FEE)
    fees["notional_den"] = fees["share_den"] = 1
    n_instruments = len(tape.instruments)
    portfolios = tuple(
        PortfolioSetup(
            name=f"seat-{number:06}",
            lane=0,
            engine=number,
            desk=-1,
            strategy=StrategySetup(
                StrategyKind.SCRIPTED,
                first_wake=int(script["at"][0]),
                max_sends=int(np.unique(script["at"], return_counts=True)[1].max()),
                script=script,
            ),
            fee_rows=(0,) * n_instruments,
        )
        for number, script in enumerate(scripts * (len(engines) // len(scripts)))
    )
    return Setup(
        instruments=tuple(
            InstrumentUnits(i.symbol, i.tick_size, i.lot_size, i.multiplier)
            for i in tape.instruments
        ),
        lanes=(LaneInfo("alone", ()),),
        portfolios=portfolios,
        engines=engines,
        desks=(),
        fees=fees,
        equity_interval=1 << 62,
    )


def _no_ends(n: int) -> Records:
    ends = np.zeros(n, LONE_END)
    ends["ahead"] = -1
    return ends
