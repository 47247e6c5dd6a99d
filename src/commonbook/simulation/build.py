"""Make the arrays of a run from its setup."""

import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import book_size, new_books
from commonbook.core.book_records import NO_MARK, TAPE_NOTE, TAPE_ORDER
from commonbook.core.desk_records import DESK
from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY, Records
from commonbook.core.enums import (
    Brief,
    Distribution,
    Request,
    Side,
    StopTrigger,
    StrategyKind,
    Told,
)
from commonbook.core.message_records import ARRIVAL, MESSAGE, RUN
from commonbook.core.order_records import ANSWER, ORDER, REPLACE, REPORT, STOPS, TERMS
from commonbook.core.records import (
    CHANGE,
    CLOCK,
    ENGINE,
    HEAP_ENTRY,
    KEY,
    LINE_ENTRY,
    MATCHING,
    OWN_LEVEL,
    PORTFOLIO,
    QUEUE,
    QUEUE_MODEL,
    SHARE,
    SIGHT,
    TAKEN,
    TOUCHED,
)
from commonbook.core.rng import name_hash
from commonbook.core.state import State
from commonbook.execution.stops import NO_PRINT, farthest
from commonbook.portfolio.groups import NOT_LISTED
from commonbook.simulation.delays import DelaySetup, delay_table, flights_of
from commonbook.simulation.impacts import build_impacts
from commonbook.simulation.limit_rows import limits_of
from commonbook.simulation.rates import rates_of
from commonbook.simulation.setup import PortfolioSetup, Setup
from commonbook.simulation.traders import (
    accounts_of,
    money_of,
    strategies_of,
    timers_of,
)
from commonbook.simulation.views import Sights, sights_of
from commonbook.simulation.wakes import NEVER, next_time, set_wake

#: Entries that the pools begin with; they grow when a run needs more.
START = 256


def build_state(events: Records, setup: Setup, start: int = START) -> State:
    """
    Make the arrays of a run.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, not empty.
    setup : Setup
        What runs.
    start : int, default 256
        Entries that the pools begin with.

    Returns
    -------
    State
        Ready for `advance`.
    """
    portfolios = setup.portfolios
    n_instruments = len(setup.instruments)
    limits = rates_of(
        [p.rate for p in portfolios], [p.order_delay for p in portfolios], start
    )
    orders_take = limits.order_delays
    reports_take = [p.response_delay for p in portfolios]
    feeds_take = [p.feed_delay for p in portfolios]
    rules, delays, samples = delay_table([*orders_take, *reports_take, *feeds_take])
    flights, flight_of = flights_of(orders_take, rules, setup.processing)
    sights = sights_of(portfolios, n_instruments, int(events["ts"][0]), start, rules)
    feeds = sights.feeds
    size = setup.book_size or book_size(events, n_instruments)
    books = new_books(n_instruments * len(feeds), *size, n_own=start)
    if setup.assumed:
        books.sides["by_order"] |= np.resize(setup.assumed, books.sides.shape[0])[
            :, None
        ]
    clock = _clock(events, setup, start)
    pools = ("own", "orders", "terms", "shares", "queues", "reports", "taken")
    for name in (*pools, "replaces"):
        clock["left_" + name] = start
    engines, models = _engines(setup)
    strategies, scripts = strategies_of(portfolios)
    timers, members = timers_of(portfolios, int(events["ts"][0]))
    orders = _pool(ORDER, start)
    orders["portfolio"] = -1
    clock["n_steady"] = np.count_nonzero(flights["rule"] < 0)
    python = sum(p.strategy.kind == StrategyKind.PYTHON for p in portfolios)
    compiled = sum(p.strategy.kind == StrategyKind.COMPILED for p in portfolios)
    decays = any(e.half_life > 0 for e in setup.engines)
    waits = any(desk.window > 0 for desk in setup.desks)
    matchings = _matchings(setup)
    most = max((p.strategy.max_sends for p in portfolios), default=0)
    rows = _portfolios(portfolios, sights, flight_of, rules)
    rows["rate"] = limits.rate_of
    together = limits_of(setup)
    rows["group"] = together.group_of
    rows["notional"] = together.notional_of
    state = State(
        clock=clock,
        ladder=books.ladder,
        books=books.sides,
        far=books.far,
        tape=np.zeros((len(feeds), size.slots), TAPE_ORDER),
        tape_notes=np.zeros(size.slots, TAPE_NOTE),
        mids=np.full(n_instruments, NO_MARK, np.int64),
        trails=sights.trails,
        touches=sights.touches,
        own=_pool(OWN_LEVEL, start),
        shares=_pool(SHARE, start),
        share_times=np.zeros(start if decays else 0, np.int64),
        queues=_pool(QUEUE, start),
        taken=_pool(TAKEN, start),
        changes=np.zeros(start, CHANGE),
        displaced=np.zeros((len(setup.engines), n_instruments), np.int64),
        models=models,
        orders=orders,
        joined=np.zeros(start if _shares(setup) else 0, np.int64),
        terms=_pool(TERMS, start),
        replaces=_pool(REPLACE, start),
        answers=np.zeros(start, ANSWER),
        refused=np.zeros(start, np.int32),
        expiries=np.zeros(start, HEAP_ENTRY),
        stops=_stops(n_instruments),
        ready=np.zeros((2, start), np.int32),
        last_prints=np.full(n_instruments, NO_PRINT, np.int64),
        closes=_padded(list(setup.closes) or [()] * n_instruments, NEVER),
        matchings=matchings,
        tops=np.full((len(setup.engines), _count_tops(matchings), 2), -1, np.int32),
        engines=engines,
        impacts=build_impacts(setup),
        heads=np.full((len(setup.engines), n_instruments, 2), -1, np.int32),
        desks=_desks(setup),
        groups=together.groups,
        group_accounts=together.accounts,
        counted=np.zeros((start if together.groups.size else 0, 2), np.int64),
        notionals=together.notionals,
        worths=together.worths,
        portfolios=rows,
        accounts=accounts_of(portfolios, n_instruments),
        fees=setup.fees,
        strategies=strategies,
        scripts=scripts,
        views=sights.views,
        sights=_sights(len(feeds)),
        timers=timers,
        members=members,
        heap=np.zeros(len(portfolios) + 1, HEAP_ENTRY),
        due=np.zeros(len(portfolios), np.int32),
        listeners=sights.listeners,
        ears=sights.ears,
        view_ears=sights.view_ears,
        heard=np.zeros((len(feeds), n_instruments), np.int32),
        briefs=np.zeros((max(1, python + compiled), len(Brief)), np.int64),
        told=np.zeros((start if python else 0, len(Told)), np.int64),
        requests=np.zeros((most if compiled else 0, len(Request)), np.int64),
        params=_padded([p.strategy.params for p in portfolios]),
        memory=np.zeros((len(portfolios), _most_memory(portfolios)), np.int64),
        outbox=np.zeros(start, np.int32),
        waiting=np.zeros(start if waits else 0, np.int32),
        windows=np.full((len(setup.desks), n_instruments), NEVER, np.int64),
        flights=flights,
        rings=np.zeros((flights.size, start), MESSAGE),
        arrivals=np.zeros(flights.size, HEAP_ENTRY),
        delays=delays,
        samples=samples,
        rates=limits.rates,
        rate_times=limits.rate_times,
        leave_times=np.zeros(start, np.int64) if waits else limits.leave_times,
        runs=np.zeros((2, start), RUN),
        batch=np.zeros(start, ARRIVAL),
        keys=np.zeros((2, start), KEY),
        work=np.zeros((4, start), np.int64),
        line=np.zeros(start * int(matchings["pro_rata"].any()), LINE_ENTRY),
        touched=np.zeros(2 * start, TOUCHED),
        ended=np.zeros(2 * start, np.int32),
        reports=_pool(REPORT, start),
        fills=np.zeros(start, FILL),
        history=np.zeros(start, ORDER_HISTORY),
        marks=np.zeros(start + n_instruments, MARK),
        last_marks=np.full(n_instruments, NO_MARK, np.int64),
        money=money_of(setup.instruments),
        symbols=np.array([name_hash(i.symbol) for i in setup.instruments], np.int64),
    )
    for index, portfolio in enumerate(portfolios):
        if portfolio.strategy.first_wake >= 0:
            set_wake(state, index, portfolio.strategy.first_wake)
            strategies[index]["next_ts"] = portfolio.strategy.first_wake
    clock["next_ts"] = next_time(state)
    return state


def chain(pool: Records, first: int, head: int) -> None:
    """
    Chain the entries of a pool from one on, ahead of those that are free already.

    Parameters
    ----------
    pool : ndarray
        Records with a ``next`` field; changed in place.
    first : int
        First entry to chain.
    head : int
        First entry that was free before, -1 for none.
    """
    pool["next"][first:] = np.arange(first + 1, pool.size + 1)
    pool["next"][-1] = head


def _pool(dtype: np.dtype[np.void], size: int) -> Records:
    pool = np.zeros(size, dtype)
    chain(pool, 0, -1)
    return pool


def _clock(events: Records, setup: Setup, start: int) -> Records:
    clock = np.zeros(1, CLOCK)
    clock["end_ts"] = events["ts"][-1]
    clock["packet"] = 1
    clock["seed"] = setup.seed
    clock["strict"] = setup.strict
    clock["processing"] = setup.processing
    clock["sample_every"] = setup.equity_interval
    clock["next_sample"] = events["ts"][0]
    clock["next_close"] = NEVER
    return clock


def _most_memory(portfolios: tuple[PortfolioSetup, ...]) -> int:
    return max((p.strategy.memory for p in portfolios), default=0)


def _sights(n_views: int) -> Records:
    sights = np.zeros((n_views, 2), SIGHT)
    sights["visible"] = -1
    return sights


def _stops(n_instruments: int) -> Records:
    """Make empty lists of stop orders."""
    stops = np.zeros((len(StopTrigger), n_instruments, 2), STOPS)
    stops["head"] = -1
    stops["nearest"] = [farthest(Side.BUY), farthest(Side.SELL)]
    return stops


def _padded(rows: list[tuple[int, ...]], filler: int = 0) -> NDArray[np.int64]:
    """Put rows of different length into one table."""
    width = max((len(row) for row in rows), default=0)
    table = np.full((len(rows), width), filler, np.int64)
    for target, row in zip(table, rows, strict=True):
        target[: len(row)] = row
    return table


def _engines(setup: Setup) -> tuple[Records, Records]:
    models = sorted({(int(e.queue_model), e.exponent) for e in setup.engines})
    engines = np.zeros(len(setup.engines), ENGINE)
    for row, engine in zip(engines, setup.engines, strict=True):
        row["print_seen"] = -1
        row["distribution"] = engine.distribution
        row["self_trade"] = engine.self_trade
        row["self_trade_scope"] = engine.scope
        row["fill_on_cross"] = engine.fill_on_cross
        row["impact"] = engine.impact
        row["half_life"] = engine.half_life
        row["cancel_on_halt"] = engine.cancel_on_halt
        row["cancel_on_clear"] = engine.cancel_on_clear
        row["stop_trigger"] = engine.stop_trigger
        row["queue_model"] = models.index((int(engine.queue_model), engine.exponent))
    return engines, np.array(models, QUEUE_MODEL)


def _shares(setup: Setup) -> bool:
    """Say whether orders that rest side by side may share what reaches them."""
    return any(engine.distribution != Distribution.FIFO for engine in setup.engines)


def _matchings(setup: Setup) -> Records:
    rows = np.zeros((len(setup.instruments), 2), MATCHING)
    rows["top"] = -1
    for row, matching in zip(rows, setup.matchings, strict=False):
        row["pro_rata"] = matching.pro_rata
        row["min_part"] = matching.min_share
        row["top_order"] = matching.pro_rata and matching.top_order
    has_top = rows["top_order"][:, 0] == 1
    rows["column"][has_top] = np.arange(has_top.sum())[:, None]
    return rows


def _count_tops(matchings: Records) -> int:
    """Count the instruments that have a top order."""
    return int(matchings["top_order"][:, 0].sum())


def _desks(setup: Setup) -> Records:
    desks = np.zeros(len(setup.desks), DESK)
    for row, desk in zip(desks, setup.desks, strict=True):
        row["distribution"] = desk.distribution
        row["price"] = desk.price
        row["window"] = desk.window
        row["first_engine"] = desk.first_engine
        row["n_engines"] = desk.n_engines
    return desks


def _portfolios(
    portfolios: tuple[PortfolioSetup, ...],
    sights: Sights,
    flight_of: list[int],
    rules: dict[DelaySetup, int],
) -> Records:
    rows = np.zeros(len(portfolios), PORTFOLIO)
    rows["response_rule"] = -1
    rows["flight"] = flight_of
    for row, portfolio in zip(rows, portfolios, strict=True):
        row["name_hash"] = name_hash(portfolio.name)
        stream = portfolio.name if portfolio.stream is None else portfolio.stream
        row["stream"] = name_hash(stream)
        delay = portfolio.response_delay
        if isinstance(delay, DelaySetup):
            row["response_rule"] = rules[delay]
        else:
            row["response_delay"] = delay
        row["next_order_id"] = 1
        row["engine"] = portfolio.engine
        row["desk"] = portfolio.desk
        row["main"] = portfolio.strategy.instrument
        row["wakes"] = portfolio.strategy.wakes
        row["strategy"] = portfolio.strategy.kind
        row["max_sends"] = portfolio.strategy.max_sends
        row["collar_e8"] = portfolio.collar_e8
    rows["view"] = sights.view_of
    rows["touch_delay"] = sights.touch_delays
    for name in ("first_report", "last_report", "first_mine", "last_mine"):
        rows[name] = -1
    rows["heap_place"] = rows["rounds_ts"] = rows["unheard"] = -1
    rows["next_unheard"] = NOT_LISTED
    return rows
