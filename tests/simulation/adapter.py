"""Run a reference scenario through the compiled engine."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import groupby

import numpy as np

from commonbook.book.replay import book_size
from commonbook.core.dtypes import EVENT, FILL
from commonbook.core.enums import (
    Action,
    Distribution,
    FillFlag,
    Flag,
    Liquidity,
    NettingPrice,
    OrderState,
    OrderType,
    PostOnly,
    QueueModel,
    Reason,
    SelfTrade,
    SelfTradeScope,
    Side,
    StopTrigger,
    StrategyKind,
    TimeInForce,
)
from commonbook.core.limits import SAME
from commonbook.core.records import FEE, SCRIPT
from commonbook.data.assumed_quotes import AssumedQuote, bits_of, with_quotes
from commonbook.execution.decay import consumed_now
from commonbook.results.schema import InstrumentUnits, LaneInfo
from commonbook.simulation.loop import run_part
from commonbook.simulation.ordering import merge_orders
from commonbook.simulation.setup import (
    DeskSetup,
    EngineSetup,
    MatchingSetup,
    PortfolioSetup,
    Setup,
    StrategySetup,
)
from commonbook.strategy.declaration import make_strategy, wakes_of
from tests.oracle.outcome import Fill, OrderEnd, Outcome
from tests.oracle.print_book import without_book
from tests.oracle.repair import NAMING
from tests.oracle.scenario import (
    Cancel,
    Event,
    Plain,
    PortfolioSpec,
    ProRata,
    Replace,
    Scenario,
)
from tests.oracle.seat import tick_of
from tests.simulation.delays_and_impact import (
    delay_of,
    impact_of,
    limits_of,
    rate_of,
    worth_of,
)

ACTIONS = {
    "A": Action.ADD,
    "M": Action.MODIFY,
    "C": Action.CANCEL,
    "R": Action.CLEAR,
    "T": Action.TRADE,
    "F": Action.FILL,
    "S": Action.SET,
    "H": Action.SET,
    "X": Action.HALT,
    "O": Action.RESUME,
}
SIDES = {"B": Side.BUY, "A": Side.SELL, "N": Side.NONE}
LIQUIDITY = {
    Liquidity.MAKER: "maker",
    Liquidity.TAKER: "taker",
    Liquidity.CROSS: "cross",
}


def events_of(scenario: Scenario) -> np.ndarray:
    rows = []
    slots = Slots()
    for packet in scenario.packets:
        for event in packet.events:
            slot = slots.of(event)
            action, instrument, side, price, qty, _ = event
            flags = Flag.OUT_OF_DEPTH if action == "H" else 0
            if action == "R" and qty:
                flags, qty = Flag.SNAPSHOT, 0
            cells = (price, slot, instrument, ACTIONS[action], SIDES[side], flags)
            rows.append([packet.ts, qty, *cells])
        rows[-1][-1] |= Flag.LAST
        slots.end_packet()
    names = ["ts", "qty", "price", "order", "instrument", "action", "side", "flags"]
    assert [name for name in EVENT.names if name] == names
    return np.array([tuple(row) for row in rows], EVENT)


def replayed(scenario: Scenario) -> np.ndarray:
    """Lay out the events as the engine replays them, with the quotes it assumes."""
    return with_quotes(events_of(scenario), assumed_of(scenario))


def assumed_of(scenario: Scenario) -> dict[int, AssumedQuote]:
    """Say what is assumed of the instruments without a book."""
    terms = scenario.settings.trades_only
    if terms is None:
        return {}
    part = terms.part.as_integer_ratio()
    quote = AssumedQuote(terms.spread, terms.at_price, terms.size, *part)
    return dict.fromkeys(without_book(scenario.packets), quote)


class Slots:
    """Dense numbers for the tape's orders, free again after the packet of their end."""

    def __init__(self) -> None:
        self.slot: dict[tuple[int, int], int] = {}
        self.left: dict[tuple[int, int], int] = {}  # size; 0 for orders that are gone
        self.free: list[int] = []

    def of(self, event: Event) -> int:
        """Return the slot of the order that an event names, -1 if it names none."""
        if event.action == "R":
            self.left |= {k: 0 for k in self.left if k[0] == event.instrument}
        if event.action not in NAMING:
            return -1
        key = event.instrument, event.order
        if event.action == "C":
            self.left[key] -= event.qty
        elif event.action != "F":
            self.left[key] = event.qty
        if key not in self.slot:
            self.slot[key] = self.free.pop() if self.free else len(self.slot)
        return self.slot[key]

    def end_packet(self) -> None:
        """Free the slots of the orders that are gone."""
        for key in [key for key, left in self.left.items() if left == 0]:
            self.free.append(self.slot.pop(key))
            del self.left[key]


def plain_of(plain: Plain, start: int, log: list) -> StrategySetup:
    """Make a strategy in plain Python that writes into a log."""
    params = {**plain.params, "log": log}
    return StrategySetup(
        StrategyKind.PYTHON,
        instrument=plain.instrument,
        every=plain.every,
        first_wake=start,
        max_sends=0,
        wakes=wakes_of(plain.kind),
        instruments=(plain.instrument,),
        make=partial(make_strategy, plain.kind, params),
    )


def script_of(spec: PortfolioSpec) -> StrategySetup:
    messages = sorted(spec.messages, key=lambda m: m.at)
    script = np.zeros(len(messages), SCRIPT)
    place_of = {}
    for place, (row, message) in enumerate(zip(script, messages, strict=True)):
        row["at"] = message.at
        row["order_id"] = message.id
        if isinstance(message, Cancel):
            row["cancel"] = 1
            row["slot"] = place_of[message.id]
            continue
        if isinstance(message, Replace):
            row["cancel"] = 2
            row["slot"] = place_of[message.id]
            row["qty"] = SAME if message.qty is None else message.qty
            row["price"] = SAME if message.price is None else message.price
            row["stop_price"] = SAME if message.stop is None else message.stop
            continue
        place_of[message.id] = place
        row["instrument"] = message.instrument
        row["side"] = message.side
        row["qty"] = message.qty
        row["price"] = message.price or 0
        market = message.price is None
        kinds = (OrderType.MARKET, OrderType.LIMIT)
        if message.stop is not None:
            kinds = (OrderType.STOP, OrderType.STOP_LIMIT)
            row["stop_price"] = message.stop
        row["type"] = kinds[not market]
        life = TimeInForce[message.tif.upper()]
        if market and life == TimeInForce.GTC:
            life = TimeInForce.IOC
        row["time_in_force"] = life
        row["expires"] = message.expires
        post_only = message.post_only
        row["post_only"] = PostOnly.REPRICE if post_only == "reprice" else post_only
        row["reduce_only"] = message.reduce_only
    if not messages:
        return StrategySetup(StrategyKind.SCRIPTED, max_sends=0)
    most = max(len(list(same)) for _, same in groupby(m.at for m in messages))
    return StrategySetup(
        StrategyKind.SCRIPTED,
        first_wake=messages[0].at,
        max_sends=most,
        script=script,
    )


def setup_of(
    scenario: Scenario, max_width: int = 1 << 16, logs: dict[str, list] | None = None
) -> Setup:
    logs = defaultdict(list) if logs is None else logs
    settings = scenario.settings
    specs = {p.name: p for p in scenario.portfolios}
    policy = Distribution[(settings.distribution or "fifo").upper()]
    kind, exponent = settings.queue
    engine = EngineSetup(
        distribution=policy,
        self_trade=SelfTrade[settings.self_trade.upper()],
        scope=SelfTradeScope[settings.scope.upper()],
        fill_on_cross=settings.fill_on_cross,
        queue_model=QueueModel[kind.upper()],
        exponent=exponent,
        stop_trigger=StopTrigger[settings.stop_trigger.upper()],
        half_life=settings.half_life,
        cancel_on_halt=settings.on_halt == "cancel",
        cancel_on_clear=settings.on_clear == "cancel",
    )
    engines, desks, place = [], [], {}
    for number, group in enumerate(settings.engines):
        members = sorted(group)
        first = len(engines)
        pools = 1 if settings.distribution else len(members)
        engines += [replace(engine, impact=number)] * pools
        desk = -1
        if settings.netting and (len(members) > 1 or settings.netting_window):
            desk = len(desks)
            price = NettingPrice[settings.netting_price.upper()]
            window = settings.netting_window
            desks.append(DeskSetup(first, pools, policy, price, window))
        for i, name in enumerate(members):
            place[name] = (first + min(i, pools - 1), desk)
    n = len(scenario.instruments)
    portfolios = tuple(
        PortfolioSetup(
            name=name,
            lane=0,
            engine=place[name][0],
            desk=place[name][1],
            strategy=script_of(specs[name])
            if (plain := specs[name].plain) is None
            else plain_of(plain, scenario.packets[0].ts, logs[name]),
            feed_delay=delay_of(specs[name].feed_delay),
            order_delay=delay_of(specs[name].order_delay),
            response_delay=delay_of(specs[name].response_delay),
            positions=specs[name].positions,
            max_positions={}
            if specs[name].max_position is None
            else dict.fromkeys(range(n), specs[name].max_position),
            fee_rows=(0,) * n,
            rate=rate_of(specs[name].rate),
            max_orders={}
            if specs[name].max_order is None
            else dict.fromkeys(range(n), specs[name].max_order),
            **worth_of(specs[name], tick_of(scenario)),
        )
        for name in sorted(specs)
    )
    fees = np.zeros((1, 3), FEE)
    fees["share_den"] = 1
    rates = (settings.fees.maker, settings.fees.taker, settings.fees.cross)
    for row, rate in zip(fees[0], rates, strict=True):
        row["notional_num"] = (rate * settings.fees.unit_e8).numerator
        row["notional_den"] = (rate * settings.fees.unit_e8).denominator
    return Setup(
        instruments=tuple(
            InstrumentUnits(i, tick_of(scenario), Decimal(1))
            for i in scenario.instruments
        ),
        lanes=(LaneInfo("scenario", ()),),
        portfolios=portfolios,
        engines=tuple(engines),
        desks=tuple(desks),
        impacts=tuple(impact_of(settings.impact) for _ in settings.engines),
        fees=fees,
        seed=scenario.seed,
        assumed=bits_of(assumed_of(scenario), n),
        book_size=book_size(replayed(scenario), n, max_width),
        processing=settings.processing,
        matchings=tuple(matching_of(settings.matching.get(i)) for i in range(n)),
        group_limits=(limits_of(settings.group_limits, tick_of(scenario)),)
        * len(settings.engines),
    )


def matching_of(rule: ProRata | None) -> MatchingSetup:
    if rule is None:
        return MatchingSetup()
    return MatchingSetup(True, rule.min_share, rule.top_order)


def run(scenario: Scenario, **options) -> Outcome:
    """Run a scenario; `options` are those of `run_part` and ``max_width``."""
    max_width = options.pop("max_width", 1 << 16)
    logs = {p.name: [] for p in scenario.portfolios if p.plain is not None}
    setup = setup_of(scenario, max_width, logs)
    events = replayed(scenario)
    events.flags.writeable = False
    part = run_part(events, setup, **options)
    state = part.state
    recorded = np.concatenate([np.zeros(0, FILL), *part.fills.blocks()])
    history = merge_orders([part.orders], [np.arange(len(setup.portfolios))])
    names = [p.name for p in setup.portfolios]
    crosses: dict[int, int] = {}
    fills = [
        Fill(
            ts=int(f["ts"]),
            portfolio=names[f["portfolio"]],
            instrument=int(f["instrument"]),
            side=int(f["side"]),
            price_half=int(f["price_half"]),
            qty=int(f["qty"]),
            liquidity=LIQUIDITY[Liquidity(f["liquidity"])],
            order_id=int(f["order_id"]),
            counterparty="market"
            if f["counterparty"] < 0
            else names[f["counterparty"]],
            cross=crosses.setdefault(int(f["cross_id"]), len(crosses) + 1)
            if f["cross_id"]
            else 0,
            cross_fill=bool(f["flags"] & FillFlag.CROSS_FILL),
            through=bool(f["flags"] & FillFlag.THROUGH),
            fee_e8=int(f["fee_e8"]),
            impact_e8=int(f["impact_e8"]),
            adjust_e8=int(f["adjust_e8"]),
        )
        for f in recorded
    ]
    orders = [
        OrderEnd(
            portfolio=names[o["portfolio"]],
            id=int(o["order_id"]),
            state=OrderState(o["state"]).name.lower(),
            reason=Reason(o["reason"]).name.lower(),
            filled=int(o["filled"]),
            ahead=int(o["ahead"]),
            ts_arrival=int(o["ts_arrival"]),
            ts_first_fill=int(o["ts_first_fill"]),
            ts_last_fill=int(o["ts_last_fill"]),
            ts_end=int(o["ts_end"]),
            qty=int(o["qty"]),
            price=int(o["price"]),
            stop=int(o["stop_price"]),
            ts_trigger=int(o["ts_trigger"]),
            ts_sent=int(o["ts_sent"]),
        )
        for o in history
    ]
    positions, cash = {}, {}
    for p, name in enumerate(names):
        for i in range(len(scenario.instruments)):
            positions[name, i] = int(state.accounts[p, i]["position"])
            cash[name, i] = int(state.accounts[p, i]["cash_half"])
    served = [
        tuple(n for n, p in zip(names, setup.portfolios, strict=True) if p.engine == e)
        for e in range(len(setup.engines))
    ]
    state.clock["now"] = scenario.packets[-1].ts
    consumed = _consumed(state, served)
    displaced = {
        (served[e], int(i)): int(state.displaced[e, i])
        for e, i in zip(*np.nonzero(state.displaced), strict=True)
    }
    late = int(state.clock["work_too_late"][0])
    return Outcome(
        *(fills, orders, positions, cash, consumed, displaced, logs), too_late=late
    )


def _consumed(state, served):
    """Walk every engine's shares; name each engine by the portfolios that it serves."""
    consumed = {}
    for engine in range(state.heads.shape[0]):
        for instrument in range(state.heads.shape[1]):
            for side in range(2):
                share = int(state.heads[engine, instrument, side])
                while share >= 0:
                    entry = state.shares[share]
                    if (left := consumed_now(state, share)) > 0:
                        key = served[engine], instrument, side, int(entry["price"])
                        consumed[key] = int(left)
                    share = int(entry["next"])
    return consumed
