"""From models to integers: the one place that knows configuration and arrays."""

from decimal import Decimal

from commonbook.book.replay import book_size
from commonbook.config import OrderRate, RunConfig
from commonbook.config.script import ScriptedOrder, ScriptedParams
from commonbook.core.enums import (
    Distribution,
    NettingPrice,
    OverRate,
    QueueModel,
    SelfTrade,
    SelfTradeScope,
    StopTrigger,
)
from commonbook.core.errors import ConfigError, Problem
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from commonbook.results.schema import InstrumentUnits, LaneInfo, PortfolioInfo
from commonbook.simulation.limits import NotionalSetup
from commonbook.simulation.rates import RateSetup
from commonbook.simulation.setup import (
    DeskSetup,
    EngineSetup,
    ImpactSetup,
    MatchingSetup,
    PortfolioSetup,
    Setup,
    StrategySetup,
)
from commonbook.topology.delays import Delays
from commonbook.topology.fee_table import FeeRows, fee_table
from commonbook.topology.graph import ExecutionEngine, Lane, PortfolioContainer
from commonbook.topology.impact import lower_impact
from commonbook.topology.limits import lower_group_limits, lower_quantities
from commonbook.topology.strategies import lower_strategy
from commonbook.topology.units import find_instrument, to_grid


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
        If the configuration does not fit the data: unknown symbols, prices off the tick
        grid, quantities off the lot grid. All such problems are listed.
    """
    return _Lowering(config, tape).run(lanes)


class _Lowering:
    """Collect problems while lanes, engines, desks and portfolios are numbered."""

    def __init__(self, config: RunConfig, tape: Tape) -> None:
        self._config = config
        self._tape = tape
        self._instruments = tape.instruments
        self._problems: list[Problem] = []
        self._engines: list[EngineSetup] = []
        self._desks: list[DeskSetup] = []
        self._impacts: list[ImpactSetup] = []
        self._portfolios: list[PortfolioSetup] = []
        self._fees: FeeRows = {}
        self._delays = Delays(tape, self._problems)
        self._strategies: dict[str, StrategySetup] = {}

    def run(self, lanes: tuple[Lane, ...]) -> Setup:
        """Lower every lane, or raise everything that is wrong."""
        infos = tuple(self._lane(number, lane) for number, lane in enumerate(lanes))
        matchings = tuple(self._matching(item) for item in self._instruments)
        engines = [engine for lane in lanes for engine in lane.engines]
        limits = lower_group_limits(engines, self._instruments, self._problems)
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
            impacts=tuple(self._impacts),
            fees=table,
            seed=self._config.seed,
            processing=self._config.execution.latency.processing,
            book_size=book_size(self._tape.events, len(self._instruments)),
            equity_interval=self._config.equity_interval,
            closes=_closes(self._tape),
            strict=self._config.execution.strict,
            matchings=matchings,
            group_limits=limits,
        )

    def _matching(self, instrument: Instrument) -> MatchingSetup:
        rule = instrument.matching
        path = f"data: matching of {instrument.symbol}: min_share"
        least = to_grid(instrument.qty_to_lots, rule.min_share, path, self._problems)
        return MatchingSetup(rule.kind == "pro_rata", least, rule.top_order)

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
            infos.append(self._info(member, index, pool, label))
        windows = [
            engine.settings.netting_window
            for engine in lane.topology.engines
            if engine.settings.netting
        ]
        return LaneInfo(lane.label, tuple(infos), max(windows, default=None))

    def _engine(self, engine: ExecutionEngine) -> dict[int, tuple[int, int, str]]:
        """Number the pools of liquidity, the desk and the impact of one engine."""
        execution = self._config.execution
        policy = Distribution[(engine.settings.distribution or "fifo").upper()]
        replenishment = execution.replenishment
        half_life = 0 if replenishment == "tracked" else replenishment.half_life
        setup = EngineSetup(
            distribution=policy,
            self_trade=SelfTrade[execution.self_trade_prevention.upper()],
            scope=SelfTradeScope[execution.self_trade_scope.upper()],
            fill_on_cross=execution.fill_on_cross,
            queue_model=QueueModel[execution.queue_model.kind.upper()],
            exponent=float(execution.queue_model.n or 1),
            impact=len(self._impacts),
            stop_trigger=StopTrigger[execution.stop_trigger.upper()],
            half_life=half_life,
            cancel_on_halt=execution.on_halt == "cancel",
            cancel_on_clear=execution.on_clear == "cancel",
        )
        # The settings of all engines are equal, so problems are noted once.
        problems = [] if self._impacts else self._problems
        impact = lower_impact(engine.settings.impact, self._instruments, problems)
        self._impacts.append(impact)
        first = len(self._engines)
        pools = 1 if engine.settings.shares_liquidity else len(engine.members)
        self._engines += [setup] * pools
        desk = -1
        window = engine.settings.netting_window
        # Who nets alone waits all the same, so that an idle member changes nothing.
        if engine.settings.netting and (len(engine.members) > 1 or window > 0):
            desk = len(self._desks)
            price = NettingPrice[engine.settings.netting_price.upper()]
            self._desks.append(DeskSetup(first, pools, policy, price, window))
        return {
            member.index: (first + min(place, pools - 1), desk, engine.label)
            for place, member in enumerate(engine.members)
        }

    def _portfolio(
        self, member: PortfolioContainer, lane: int, engine: int, desk: int
    ) -> PortfolioSetup:
        where = f"portfolio {member.name}"
        limits = member.config.limits
        problems = self._problems if lane == 0 else []
        positions, orders = (
            lower_quantities(
                getattr(limits, name),
                f"{where}: limits.{name}",
                self._instruments,
                problems,
            )
            for name in ("max_position", "max_order_qty")
        )
        if member.name not in self._strategies:
            self._strategies[member.name] = lower_strategy(
                member.config, where, self._tape, self._problems
            )
        return PortfolioSetup(
            name=member.name,
            lane=lane,
            engine=engine,
            desk=desk,
            strategy=self._strategies[member.name],
            feed_delay=self._delays.lower(member.latency.feed, "feed", where),
            order_delay=self._delays.lower(member.latency.order, "order", where),
            response_delay=self._delays.lower(
                member.latency.response, "response", where
            ),
            positions=self._positions(member, where, report=lane == 0),
            max_positions=positions,
            fee_rows=tuple(
                self._fees.setdefault((member.fees, i), len(self._fees))
                for i in range(len(self._instruments))
            ),
            rate=_rate(limits.order_rate),
            stream=member.stream,
            max_orders=orders,
            notional=NotionalSetup(limits.gross_notional, limits.net_notional),
            collar_e8=_e8(limits.price_collar),
        )

    def _info(
        self, member: PortfolioContainer, index: int, pool: int, label: str
    ) -> PortfolioInfo:
        params = member.config.params
        orders: dict[int, ScriptedOrder] = {}
        if isinstance(params, ScriptedParams):
            orders = {
                number: entry
                for number, entry in zip(params.numbers(), params.orders, strict=True)
                if isinstance(entry, ScriptedOrder)
            }
        return PortfolioInfo(
            name=member.name,
            index=index,
            engine=label,
            cash=member.config.cash,
            positions=self._positions(member, "", report=False),
            client_ids={n: o.id for n, o in orders.items() if isinstance(o.id, str)},
            pool=pool,
            parents={n: o.parent for n, o in orders.items() if o.parent is not None},
        )

    def _positions(
        self, member: PortfolioContainer, where: str, *, report: bool
    ) -> dict[int, int]:
        positions = {}
        for symbol, qty in member.config.positions.items():
            path = f"{where}: positions.{symbol}"
            problems = self._problems if report else []
            number = find_instrument(symbol, path, self._instruments, problems)
            if number is not None:
                instrument = self._instruments[number]
                positions[number] = to_grid(instrument.qty_to_lots, qty, path, problems)
        return positions


def _e8(share: Decimal | None) -> int:
    return -1 if share is None else int(share * 10**8)


def _rate(limit: OrderRate | None) -> RateSetup | None:
    if limit is None:
        return None
    return RateSetup(limit.messages, limit.per, OverRate[limit.over.upper()])


def _closes(tape: Tape) -> tuple[tuple[int, ...], ...]:
    """List the closes of each instrument's sessions; those of one session once."""
    if not len(tape):
        return ()
    sessions = dict.fromkeys(instrument.session for instrument in tape.instruments)
    closes = {session: session.closes(tape.start, tape.end) for session in sessions}
    return tuple(closes[instrument.session] for instrument in tape.instruments)
