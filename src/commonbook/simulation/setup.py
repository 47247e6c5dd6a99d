"""What a run consists of, in integers: the hinge between configuration and arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import BookSize
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    ImpactModel,
    NettingPrice,
    QueueModel,
    SelfTrade,
    SelfTradeScope,
    StopTrigger,
    StrategyKind,
)
from commonbook.results.schema import InstrumentUnits, LaneInfo
from commonbook.simulation.delays import DelaySetup
from commonbook.simulation.limits import GroupLimitSetup, NotionalSetup
from commonbook.simulation.rates import RateSetup
from commonbook.strategy.api import Strategy
from commonbook.strategy.seat import Seat


@dataclass(frozen=True)
class EngineSetup:
    """
    One pool of liquidity.

    Parameters
    ----------
    distribution : Distribution
        Who gets scarce liquidity.
    self_trade : SelfTrade
        What happens when a taker meets a forbidden order.
    scope : SelfTradeScope
        Whose orders are forbidden.
    fill_on_cross : bool
        Whether new opposite size fills resting orders.
    queue_model : QueueModel
        How cancels ahead are estimated.
    exponent : float
        n of the power model.
    impact : int
        Row of `Setup.impacts`: the group whose volume moves the market for this pool.
    stop_trigger : StopTrigger
        What triggers stop orders.
    half_life : int
        Time in which consumption decays by half (ns), 0 when it does not decay.
    cancel_on_halt : bool
        Whether a halt cancels what rests or waits.
    cancel_on_clear : bool
        Whether a clear of the book does.
    """

    distribution: Distribution = Distribution.FIFO
    self_trade: SelfTrade = SelfTrade.CANCEL_NEWEST
    scope: SelfTradeScope = SelfTradeScope.PORTFOLIO
    fill_on_cross: bool = True
    queue_model: QueueModel = QueueModel.RISK_AVERSE
    exponent: float = 1.0
    impact: int = 0
    stop_trigger: StopTrigger = StopTrigger.TRADE
    half_life: int = 0
    cancel_on_halt: bool = False
    cancel_on_clear: bool = False


@dataclass(frozen=True)
class MatchingSetup:
    """
    How an instrument is matched at a price.

    Parameters
    ----------
    pro_rata : bool
        In proportion to size, not by time.
    min_share : int
        Smaller shares become 0 (lots).
    top_order : bool
        Whether the order that bettered the market comes first.
    """

    pro_rata: bool = False
    min_share: int = 0
    top_order: bool = False


@dataclass(frozen=True)
class ImpactSetup:
    """
    How the takes of one group move the market.

    Parameters
    ----------
    model : ImpactModel
        Which function of the group's net volume.
    coefficient : float
        Y of the square root law.
    scales : tuple of (float, int)
        Weight of each part of the net volume, 1 in all, and the time in which it
        decays by half (ns), 0 for never.
    daily_volatility : tuple of float
        For each instrument, as a fraction of the price.
    daily_volume : tuple of float
        For each instrument (lots).
    """

    model: ImpactModel = ImpactModel.NONE
    coefficient: float = 0.0
    scales: tuple[tuple[float, int], ...] = ((1.0, 0),)
    daily_volatility: tuple[float, ...] = ()
    daily_volume: tuple[float, ...] = ()


@dataclass(frozen=True)
class DeskSetup:
    """
    A desk that nets the orders of its portfolios.

    Parameters
    ----------
    first_engine : int
        First pool of liquidity of the group.
    n_engines : int
        Number of pools: one, or one for each portfolio.
    distribution : Distribution
        Who is crossed first on the heavier side.
    price : NettingPrice, default MID
        At what price.
    window : int, default 0
        How long the first order waits for others (ns).
    """

    first_engine: int
    n_engines: int
    distribution: Distribution
    price: NettingPrice = NettingPrice.MID
    window: int = 0


@dataclass(frozen=True)
class StrategySetup:
    """
    A built-in strategy with its parameters in ticks, lots and ns.

    Parameters
    ----------
    kind : StrategyKind
        Which one.
    instrument : int, default 0
        What it trades; scripts name the instrument in each entry.
    every : int, default 0
        Distance of regular wakes (ns); 0 for strategies that name their own times.
    first_wake : int, default -1
        First irregular wake (ns), -1 for none.
    max_sends : int, default 2
        Most messages of one wake.
    fields : mapping of str to int or float
        Fields of the STRATEGY record.
    script : ndarray of SCRIPT, shape (n_entries,), or None
        Entries by time; the ``slot`` of a cancel is the index of the order's entry.
    wakes : int, default 0
        Wake bits: what wakes it besides its own times.
    instruments : tuple of int, default ()
        Instruments whose events wake it; empty for `instrument` alone.
    make : callable or None
        Makes a strategy in plain Python for a seat, anew for each portfolio and run.
    function : int, default 0
        Address of a compiled function of the user's.
    params : tuple of int, default ()
        Parameters of that function, as 64-bit words.
    memory : int, default 0
        Words that it keeps between wakes.
    explain : callable or None
        Says why a compiled function failed: its rows of memory and of parameters, and
        1 if impossible orders stop it, to a reason and a traceback.
    """

    kind: StrategyKind
    instrument: int = 0
    every: int = 0
    first_wake: int = -1
    max_sends: int = 2
    fields: Mapping[str, int | float] = field(default_factory=dict)
    script: Records | None = None
    wakes: int = 0
    instruments: tuple[int, ...] = ()
    make: Callable[[Seat], Strategy] | None = None
    function: int = 0
    params: tuple[int, ...] = ()
    memory: int = 0
    explain: (
        Callable[[NDArray[np.int64], NDArray[np.int64], int], tuple[str, str]] | None
    ) = None


@dataclass(frozen=True)
class PortfolioSetup:
    """
    One portfolio of one lane.

    Parameters
    ----------
    name : str
        Its name, which decides ties.
    lane : int
        Its lane.
    engine : int
        Its pool of liquidity.
    desk : int
        Its desk, -1 for none.
    strategy : StrategySetup
        What it does.
    feed_delay : int or DelaySetup, default 0
        Venue to strategy, market data (ns).
    order_delay : int or DelaySetup, default 0
        Strategy to venue (ns).
    response_delay : int or DelaySetup, default 0
        Venue to strategy, reports (ns).
    positions : mapping of int to int
        Position at the start by instrument (lots).
    max_positions : mapping of int to int
        Position limit by instrument (lots); none where missing.
    fee_rows : tuple of int
        Row of the fee table for each instrument.
    rate : RateSetup or None
        How much it may send in a while, None for any number.
    stream : str or None, default None
        Whose random numbers its delays draw; None for those of its own name.
    max_orders : mapping of int to int
        Largest quantity of one order by instrument (lots); any where missing.
    notional : NotionalSetup or None
        What its positions may be worth.
    collar_e8 : int, default -1
        How far its limits may be beyond the mid (1e-8 of the mid), -1 for any.
    """

    name: str
    lane: int
    engine: int
    desk: int
    strategy: StrategySetup
    feed_delay: int | DelaySetup = 0
    order_delay: int | DelaySetup = 0
    response_delay: int | DelaySetup = 0
    positions: Mapping[int, int] = field(default_factory=dict)
    max_positions: Mapping[int, int] = field(default_factory=dict)
    fee_rows: tuple[int, ...] = ()
    rate: RateSetup | None = None
    stream: str | None = None
    max_orders: Mapping[int, int] = field(default_factory=dict)
    notional: NotionalSetup | None = None
    collar_e8: int = -1


@dataclass(frozen=True)
class Setup:
    """
    Everything that a run consists of, but the tape.

    Parameters
    ----------
    instruments : tuple of InstrumentUnits
        In the order of the tape's instrument numbers.
    lanes : tuple of LaneInfo
        For the results; portfolio numbers are positions in `portfolios`.
    portfolios : tuple of PortfolioSetup
        Lane by lane, by name within a lane.
    engines : tuple of EngineSetup
        Pools of liquidity.
    desks : tuple of DeskSetup
        Netting desks.
    fees : ndarray of FEE, shape (n_rows, 3)
        Rates by fee row and Liquidity.
    impacts : tuple of ImpactSetup
        How groups move the market; `EngineSetup.impact` points here.
    seed : int, default 0
        Decides ties.
    processing : int, default 0
        From the arrival of a message at the venue until it acts (ns).
    equity_interval : int, default 1_000_000_000
        Distance of equity rows (ns).
    book_size : BookSize or None
        What the books need for the tape, as `book_size` finds it; None to find it when
        the run begins.
    assumed : tuple of int
        For each instrument 0, or ``ASSUMED`` with ``AT_PRICE`` and ``HALF_TICK`` where
        the quotes of the tape are assumed; empty where there are none.
    closes : tuple of tuple of int
        For each instrument the closes of its sessions, ascending [ns]; none where no
        order lives for a day.
    strict : bool, default False
        Whether an impossible order stops who sends it, instead of being rejected.
    matchings : tuple of MatchingSetup
        For each instrument; none where all are matched by time.
    group_limits : tuple of GroupLimitSetup or None
        For each row of `impacts` what that group may not exceed; none where no group
        has limits.
    """

    instruments: tuple[InstrumentUnits, ...]
    lanes: tuple[LaneInfo, ...]
    portfolios: tuple[PortfolioSetup, ...]
    engines: tuple[EngineSetup, ...]
    desks: tuple[DeskSetup, ...]
    fees: Records
    impacts: tuple[ImpactSetup, ...] = (ImpactSetup(),)
    seed: int = 0
    processing: int = 0
    equity_interval: int = 1_000_000_000
    book_size: BookSize | None = None
    assumed: tuple[int, ...] = ()
    closes: tuple[tuple[int, ...], ...] = ()
    strict: bool = False
    matchings: tuple[MatchingSetup, ...] = ()
    group_limits: tuple[GroupLimitSetup | None, ...] = ()
