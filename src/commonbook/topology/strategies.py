"""From the parameters of a strategy to what the simulation wakes."""

from decimal import Decimal
from itertools import groupby

import numpy as np

from commonbook.config import PortfolioConfig
from commonbook.config.own_params import OwnParams
from commonbook.config.script import (
    ScriptedCancel,
    ScriptedOrder,
    ScriptedParams,
    ScriptedReplace,
)
from commonbook.config.strategy import (
    GridMakerParams,
    ImbalanceTakerParams,
    MarketMakerParams,
    Params,
    TwapParams,
)
from commonbook.core.dtypes import Records
from commonbook.core.enums import OrderType, PostOnly, Side, StrategyKind, TimeInForce
from commonbook.core.errors import Problem
from commonbook.core.limits import SAME
from commonbook.core.records import SCRIPT
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from commonbook.simulation.setup import StrategySetup
from commonbook.topology.own_strategies import lower_own
from commonbook.topology.units import find_instrument, to_grid

SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def lower_strategy(
    portfolio: PortfolioConfig,
    where: str,
    tape: Tape,
    problems: list[Problem],
) -> StrategySetup:
    """
    Turn the parameters of a strategy into ticks, lots and ns.

    Parameters
    ----------
    portfolio : PortfolioConfig
        The portfolio.
    where : str
        How problems name it.
    tape : Tape
        The data.
    problems : list of Problem
        Grows by what does not fit the data.

    Returns
    -------
    StrategySetup
        What the simulation wakes; not to be used after a problem.
    """
    params, instruments = portfolio.params, tape.instruments
    if isinstance(params, ScriptedParams):
        return _scripted(params, where, instruments, problems)
    path = f"{where}: params.symbol"
    number = find_instrument(params.symbol, path, instruments, problems)
    if number is None:
        return StrategySetup(StrategyKind.SCRIPTED)
    if isinstance(params, OwnParams):
        first_ts = int(tape.events["ts"][0])
        return lower_own(portfolio, number, where, instruments, first_ts, problems)
    return _built_in(params, number, instruments[number], where, problems)


def _scripted(
    params: ScriptedParams,
    where: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> StrategySetup:
    script = np.zeros(len(params.orders), SCRIPT)
    orders = {
        number: entry
        for number, entry in zip(params.numbers(), params.orders, strict=True)
        if isinstance(entry, ScriptedOrder)
    }
    for place, (entry, number) in enumerate(
        zip(params.orders, params.numbers(), strict=True)
    ):
        row = script[place]
        row["at"] = entry.at
        row["order_id"] = number
        row["cancel"] = isinstance(entry, ScriptedCancel)
        path = f"{where}: params.orders[{place}]"
        if isinstance(entry, ScriptedOrder):
            _fill_order(row, entry, path, instruments, problems)
        elif isinstance(entry, ScriptedReplace):
            order = orders[number]
            _fill_replace(row, entry, order, path, instruments, problems)
    script = script[np.argsort(script["at"], kind="stable")]
    place_of = {
        int(row["order_id"]): place
        for place, row in enumerate(script)
        if not row["cancel"]
    }
    script["slot"] = [place_of.get(int(row["order_id"]), 0) for row in script]
    if script.size == 0:
        return StrategySetup(StrategyKind.SCRIPTED, max_sends=0)
    most = max(len(list(same)) for _, same in groupby(script["at"].tolist()))
    return StrategySetup(
        StrategyKind.SCRIPTED,
        first_wake=int(script["at"][0]),
        max_sends=most,
        script=script,
    )


def _fill_order(
    row: Records,
    entry: ScriptedOrder,
    path: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> None:
    number = find_instrument(entry.symbol, f"{path}.symbol", instruments, problems)
    if number is None:
        return
    instrument = instruments[number]
    row["instrument"] = number
    row["side"] = SIDES[entry.side]
    row["type"] = OrderType[entry.type.upper()]
    row["time_in_force"] = TimeInForce[entry.time_in_force.upper()]
    reprices = entry.post_only == "reprice"
    row["post_only"] = PostOnly.REPRICE if reprices else entry.post_only
    row["reduce_only"] = entry.reduce_only
    row["qty"] = to_grid(instrument.qty_to_lots, entry.qty, f"{path}.qty", problems)
    row["expires"] = entry.expires or 0
    for name in ("price", "stop_price"):
        price: Decimal | None = getattr(entry, name)
        if price is not None:
            row[name] = to_grid(
                instrument.price_to_ticks, price, f"{path}.{name}", problems
            )


def _fill_replace(
    row: Records,
    entry: ScriptedReplace,
    order: ScriptedOrder,
    path: str,
    instruments: tuple[Instrument, ...],
    problems: list[Problem],
) -> None:
    row["cancel"] = 2
    number = find_instrument(order.symbol, f"{path}.replace", instruments, [])
    if number is None:
        return  # noted where the order is
    instrument = instruments[number]
    for name in ("qty", "price", "stop_price"):
        value: Decimal | None = getattr(entry, name)
        lots = name == "qty"
        convert = instrument.qty_to_lots if lots else instrument.price_to_ticks
        row[name] = SAME
        if value is not None:
            row[name] = to_grid(convert, value, f"{path}.{name}", problems)


def _built_in(
    params: Params,
    number: int,
    instrument: Instrument,
    where: str,
    problems: list[Problem],
) -> StrategySetup:
    """Lower the parameters of a built-in strategy that trades one instrument."""

    def lots(value: Decimal | None, name: str) -> int:
        if value is None:
            return -1
        return to_grid(
            instrument.qty_to_lots, value, f"{where}: params.{name}", problems
        )

    if isinstance(params, TwapParams):
        return StrategySetup(
            StrategyKind.TWAP,
            instrument=number,
            first_wake=params.start,
            max_sends=1,
            fields={
                "side": SIDES[params.side],
                "size": lots(params.qty, "qty"),
                "start": params.start,
                "end": params.end,
                "last": params.slices,
            },
        )
    if isinstance(params, MarketMakerParams):
        return StrategySetup(
            StrategyKind.MARKET_MAKER,
            instrument=number,
            every=params.every,
            max_sends=4,
            fields={
                "half_spread": int(2 * params.half_spread_ticks),
                "size": lots(params.size, "size"),
                "max_position": lots(params.max_position, "max_position"),
            },
        )
    if isinstance(params, GridMakerParams):
        return StrategySetup(
            StrategyKind.GRID_MAKER,
            instrument=number,
            every=params.every,
            max_sends=4 * params.levels,
            fields={
                "half_spread": int(2 * params.half_spread_ticks),
                "interval": params.interval_ticks,
                "levels": params.levels,
                "size": lots(params.size, "size"),
                "max_position": lots(params.max_position, "max_position"),
            },
        )
    if isinstance(params, ImbalanceTakerParams):
        return StrategySetup(
            StrategyKind.IMBALANCE_TAKER,
            instrument=number,
            every=params.every,
            max_sends=1,
            fields={
                "threshold": float(params.threshold),
                "size": lots(params.size, "size"),
                "max_position": lots(params.max_position, "max_position"),
            },
        )
    message = f"{type(params).__name__} has no compiled strategy"
    raise TypeError(message)
