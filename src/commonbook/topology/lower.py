"""From models to integers: the one place that knows configuration and arrays."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import groupby

import numpy as np

from commonbook.book.replay import book_size
from commonbook.config import RunConfig
from commonbook.config.script import ScriptedCancel, ScriptedOrder, ScriptedParams
from commonbook.config.strategy import (
    ImbalanceTakerParams,
    MarketMakerParams,
    Params,
    TwapParams,
)
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    OrderType,
    QueueModel,
    SelfTrade,
    SelfTradeScope,
    Side,
    StrategyKind,
    TimeInForce,
)
from commonbook.core.errors import ConfigError, DataError, Problem
from commonbook.core.records import SCRIPT
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from commonbook.results.schema import InstrumentUnits, LaneInfo, PortfolioInfo
from commonbook.simulation.setup import (
    DeskSetup,
    EngineSetup,
    PortfolioSetup,
    Setup,
    StrategySetup,
)
from commonbook.topology.fee_table import FeeRows, fee_table
from commonbook.topology.graph import ExecutionEngine, Lane, PortfolioContainer

#: Largest order [lots]: the sums of ten thousand of them fit 64 bits.
MAX_ORDER = 2**48

SIDES = {"buy": Side.BUY, "sell": Side.SELL}


def lower(config: RunConfig, lanes: tuple[Lane, ...], tape: Tape) -> Setup:
    """
    Turn lanes of a configuration into what the simulation runs.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration.
    lanes : tuple of Lane
        Topologies to run side by side.
    tape : Tape
        The data that they run on.

    Returns
    -------
    Setup
        Everything in ticks, lots and ns.

    Raises
    ------
    ConfigError
        If a portfolio does not fit the data: unknown symbols, prices off the tick grid,
        quantities off the lot grid. All such problems are listed.
    """
    return _Lowering(config, tape).run(lanes)


class _Lowering:
    """Collect problems while lanes, engines, desks and portfolios are numbered."""

    def __init__(self, config: RunConfig, tape: Tape) -> None:
        self._config = config
        self._tape = tape
        self._instruments = tape.instruments
        self._index = {i.symbol: n for n, i in enumerate(tape.instruments)}
        self._problems: list[Problem] = []
        self._engines: list[EngineSetup] = []
        self._desks: list[DeskSetup] = []
        self._portfolios: list[PortfolioSetup] = []
        self._fees: FeeRows = {}
        self._strategies: dict[str, StrategySetup] = {}

    def run(self, lanes: tuple[Lane, ...]) -> Setup:
        """Lower every lane, or raise everything that is wrong."""
        infos = tuple(self._lane(number, lane) for number, lane in enumerate(lanes))
        table = fee_table(self._fees, self._instruments, self._problems)
        if self._problems:
            raise ConfigError(self._problems, self._config.name)
        return Setup(
            instruments=tuple(
                InstrumentUnits(i.symbol, i.tick_size, i.lot_size, i.multiplier)
                for i in self._instruments
            ),
            lanes=infos,
            portfolios=tuple(self._portfolios),
            engines=tuple(self._engines),
            desks=tuple(self._desks),
            fees=table,
            seed=self._config.seed,
            book_size=book_size(self._tape.events, len(self._instruments)),
            equity_interval=self._config.equity_interval,
        )

    def _lane(self, number: int, lane: Lane) -> LaneInfo:
        offset = len(self._portfolios)
        places: dict[int, tuple[int, int, str]] = {}
        for engine in lane.engines:
            places |= self._engine(engine)
        infos = []
        for member in lane.topology.portfolios:
            pool, desk, label = places[member.index]
            index = offset + member.index
            self._portfolios.append(self._portfolio(member, number, pool, desk))
            infos.append(self._info(member, index, label))
        return LaneInfo(lane.label, tuple(infos))

    def _engine(self, engine: ExecutionEngine) -> dict[int, tuple[int, int, str]]:
        """Number the pools of liquidity and the desk of one engine."""
        execution = self._config.execution
        policy = Distribution[(engine.settings.distribution or "fifo").upper()]
        setup = EngineSetup(
            distribution=policy,
            self_trade=SelfTrade[execution.self_trade_prevention.upper()],
            scope=SelfTradeScope[execution.self_trade_scope.upper()],
            fill_on_cross=execution.fill_on_cross,
            queue_model=QueueModel[execution.queue_model.kind.upper()],
            exponent=float(execution.queue_model.n or 1),
        )
        first = len(self._engines)
        pools = 1 if engine.settings.distribution else len(engine.members)
        self._engines += [setup] * pools
        desk = -1
        if engine.settings.netting and len(engine.members) > 1:
            desk = len(self._desks)
            self._desks.append(DeskSetup(first, pools, policy))
        return {
            member.index: (first + min(place, pools - 1), desk, engine.label)
            for place, member in enumerate(engine.members)
        }

    def _portfolio(
        self, member: PortfolioContainer, lane: int, engine: int, desk: int
    ) -> PortfolioSetup:
        where = f"portfolio {member.name}"
        limit = member.config.limits.max_position
        limits = {} if limit is None else self._limits(limit)
        if member.name not in self._strategies:
            self._strategies[member.name] = self._strategy(member, where)
        return PortfolioSetup(
            name=member.name,
            lane=lane,
            engine=engine,
            desk=desk,
            strategy=self._strategies[member.name],
            feed_delay=member.latency.feed,
            order_delay=member.latency.order,
            response_delay=member.latency.response,
            positions=self._positions(member, where, report=lane == 0),
            max_positions=limits,
            fee_rows=tuple(
                self._fees.setdefault((member.fees, i), len(self._fees))
                for i in range(len(self._instruments))
            ),
        )

    def _info(
        self, member: PortfolioContainer, index: int, label: str
    ) -> PortfolioInfo:
        params = member.config.params
        names: Mapping[int, str] = {}
        if isinstance(params, ScriptedParams):
            names = {
                number: entry.id
                for number, entry in zip(params.numbers(), params.orders, strict=True)
                if isinstance(entry, ScriptedOrder) and isinstance(entry.id, str)
            }
        return PortfolioInfo(
            name=member.name,
            index=index,
            engine=label,
            cash=member.config.cash,
            positions=self._positions(member, "", report=False),
            client_ids=names,
        )

    def _limits(self, limit: Decimal) -> dict[int, int]:
        """Round a position limit down to whole lots of each instrument."""
        return {
            n: int(limit // instrument.lot_size)
            for n, instrument in enumerate(self._instruments)
        }

    def _positions(
        self, member: PortfolioContainer, where: str, *, report: bool
    ) -> dict[int, int]:
        positions = {}
        for symbol, qty in member.config.positions.items():
            path = f"{where}: positions.{symbol}"
            problems = self._problems if report else []
            instrument = self._find(symbol, path, problems)
            if instrument is not None:
                lots = _checked(
                    self._instruments[instrument].qty_to_lots, qty, path, problems
                )
                positions[instrument] = lots
        return positions

    def _find(
        self, symbol: str | None, path: str, problems: list[Problem]
    ) -> int | None:
        """Find an instrument; without a symbol, the only one."""
        known = ", ".join(self._index)
        if symbol is None:
            if len(self._instruments) == 1:
                return 0
            message = f"missing; the data has several instruments: {known}"
        elif symbol in self._index:
            return self._index[symbol]
        else:
            message = f"found {symbol!r}; the data has {known}"
        problems.append(Problem(path, message))
        return None

    def _strategy(self, member: PortfolioContainer, where: str) -> StrategySetup:
        params = member.config.params
        if isinstance(params, ScriptedParams):
            return self._scripted(params, where)
        path = f"{where}: params.symbol"
        instrument = self._find(params.symbol, path, self._problems)
        if instrument is None:
            return StrategySetup(StrategyKind.SCRIPTED)
        return _built_in(
            params, instrument, self._instruments[instrument], where, self._problems
        )

    def _scripted(self, params: ScriptedParams, where: str) -> StrategySetup:
        script = np.zeros(len(params.orders), SCRIPT)
        for place, (entry, number) in enumerate(
            zip(params.orders, params.numbers(), strict=True)
        ):
            row = script[place]
            row["at"] = entry.at
            row["order_id"] = number
            row["cancel"] = isinstance(entry, ScriptedCancel)
            if isinstance(entry, ScriptedOrder):
                self._fill_order(row, entry, f"{where}: params.orders[{place}]")
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

    def _fill_order(self, row: Records, entry: ScriptedOrder, path: str) -> None:
        number = self._find(entry.symbol, f"{path}.symbol", self._problems)
        if number is None:
            return
        instrument = self._instruments[number]
        row["instrument"] = number
        row["side"] = SIDES[entry.side]
        row["type"] = OrderType[entry.type.upper()]
        row["time_in_force"] = TimeInForce[entry.time_in_force.upper()]
        row["post_only"] = entry.post_only
        row["qty"] = _checked(
            instrument.qty_to_lots, entry.qty, f"{path}.qty", self._problems
        )
        if entry.price is not None:
            row["price"] = _checked(
                instrument.price_to_ticks, entry.price, f"{path}.price", self._problems
            )


def _checked(
    convert: Callable[[Decimal], int],
    value: Decimal,
    path: str,
    problems: list[Problem],
) -> int:
    """Convert a value to the grid of its instrument, or note why not."""
    try:
        count = convert(value)
    except DataError as error:
        problems.append(Problem(path, str(error)))
        return 0
    if abs(count) > MAX_ORDER:
        message = f"found {value}, which is {count} lots or ticks; at most {MAX_ORDER}"
        problems.append(Problem(path, message))
    return count


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
        return _checked(
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
