"""Synthetic tapes: a seeded order flow with the shape of a liquid market."""

import math
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Side
from commonbook.core.errors import DataError
from commonbook.data.columns import NS_PER_SECOND, time_ns
from commonbook.data.decimals import Number, decimal_of
from commonbook.data.instrument import Instrument
from commonbook.data.snapshot import clear_and_set
from commonbook.data.synth_kernel import FLOW, STATE, simulate
from commonbook.data.tape import Tape

#: Raised when the same seed gives another tape than before.
VERSION = 1
#: Simulated before the tape begins, so that the book has found its shape.
BURN_IN_NS = 120 * NS_PER_SECOND
CHUNK = 1 << 18
#: Prices on each side of the first one that the market can reach [ticks].
HALF_WIDTH = 1 << 16
#: How fast limit orders thin out with their distance.
DISTANCE_POWER = 0.7


@dataclass(frozen=True)
class OrderFlow:
    """
    What drives a synthetic market.

    Parameters
    ----------
    limit_rate : float
        New limit orders of one side [1/s].
    cancel_rate : float
        Cancels of each resting order [1/s].
    market_rate : float
        Market orders when nothing excites them [1/s].
    excitation : float
        How many further market orders each one triggers, below 1.
    decay : float
        How fast the excitement fades [1/s].
    persistence : float
        Chance that a market order has the side of the one before.
    tail : float
        Exponent of the power law of the sizes of market orders.
    sweep : float
        Share of market orders that take the whole best level.
    mean_size : float
        Mean size of a limit order [lots].
    depth : int
        Levels of each side where orders come and go.

    Raises
    ------
    DataError
        If a number is out of range.

    Notes
    -----
    Limit orders arrive at a distance from the other side's best price that follows a
    power law, every order is cancelled at the same rate, so sizes revert to a profile;
    market orders excite each other (Hawkes) and keep their side for a while.

    References
    ----------
    Cont, Stoikov, Talreja (2010), A stochastic model for order book dynamics,
    doi:10.1287/opre.1090.0780. Bacry, Mastromatteo, Muzy (2015), Hawkes processes in
    finance, doi:10.1142/S2382626615500057.
    """

    limit_rate: float = 26.0
    cancel_rate: float = 0.35
    market_rate: float = 0.8
    excitation: float = 0.6
    decay: float = 1.5
    persistence: float = 0.65
    tail: float = 1.5
    sweep: float = 0.15
    mean_size: float = 100.0
    depth: int = 30

    def __post_init__(self) -> None:
        rules = (
            ("limit_rate", self.limit_rate > 0, "more than 0"),
            ("cancel_rate", self.cancel_rate > 0, "more than 0"),
            ("market_rate", self.market_rate > 0, "more than 0"),
            ("excitation", 0 <= self.excitation < 1, "0 to less than 1"),
            ("decay", self.decay > 0, "more than 0"),
            ("persistence", 0 <= self.persistence < 1, "0 to less than 1"),
            ("tail", self.tail > 1, "more than 1"),
            ("sweep", 0 <= self.sweep <= 1, "0 to 1"),
            ("mean_size", self.mean_size >= 1, "1 or more"),
            ("depth", 2 <= self.depth <= 1000, "2 to 1000"),
        )
        for name, holds, allowed in rules:
            if not holds:
                message = f"order flow: {name} {getattr(self, name)} is not {allowed}"
                raise DataError(message)


def synth(
    seed: int = 1,
    seconds: float = 3600.0,
    *,
    symbol: str = "SYNTH",
    price: Number = "100.00",
    tick_size: Number = "0.01",
    lot_size: Number = 1,
    start: int | str = "2024-01-02T14:30:00Z",
    flow: OrderFlow | None = None,
) -> Tape:
    """
    Make a synthetic tape of one instrument.

    Parameters
    ----------
    seed : int, default 1
        Zero or more; the same seed gives the same bytes.
    seconds : float, default 3600
        Length [s].
    symbol : str, default "SYNTH"
        Name of the instrument.
    price : Decimal, str, int or float, default "100.00"
        Price at which the burn-in begins [currency].
    tick_size : Decimal, str, int or float, default "0.01"
        Price of one tick [currency].
    lot_size : Decimal, str, int or float, default 1
        Size of one lot [units].
    start : int or str, default "2024-01-02T14:30:00Z"
        Time of the snapshot that begins the tape [ns UTC, or ISO 8601].
    flow : OrderFlow or None
        What drives the market; None is a liquid stock.

    Returns
    -------
    Tape
        A snapshot packet, then one packet for each order: a new or cancelled limit
        order is a level (S), a market order its prints (T) and the levels it took from.

    Raises
    ------
    DataError
        If an argument is out of range.
    """
    flow = flow or OrderFlow()
    check_span(seed, seconds)
    instrument = Instrument(symbol, decimal_of(tick_size), decimal_of(lot_size))
    middle = middle_of(instrument, price, flow.depth, 6)
    begin = time_ns(start)
    end = begin + round(seconds * NS_PER_SECOND)
    market = _Market(seed, flow, middle, begin - BURN_IN_NS)
    market.run(begin)
    snapshot = market.snapshot()
    events = market.run(end)
    return Tape(
        np.concatenate([snapshot, *events]),
        (instrument,),
        source=f"synth seed {seed} version {VERSION}",
    )


def check_span(seed: int, seconds: float) -> None:
    """
    Check the arguments that all generators have.

    Parameters
    ----------
    seed : int
        As given by the user.
    seconds : float
        Length [s].

    Raises
    ------
    DataError
        If one is out of range.
    """
    if seed < 0:
        message = f"seed {seed} is negative; give zero or more"
        raise DataError(message)
    if not 0 < seconds <= 30 * 86_400:
        message = f"seconds {seconds} is out of range; more than 0, to 30 days"
        raise DataError(message)


def middle_of(instrument: Instrument, price: Number, depth: int, ticks: int) -> int:
    """
    Check that a generated book fits above zero.

    Parameters
    ----------
    instrument : Instrument
        Its grid.
    price : Decimal, str, int or float
        Price at which the market begins [currency].
    depth : int
        Levels of one side.
    ticks : int
        Ticks below the price that each of them needs.

    Returns
    -------
    int
        The price [ticks].

    Raises
    ------
    DataError
        If the price is off the grid or too low.
    """
    middle = instrument.price_to_ticks(price)
    least = ticks * depth
    if middle < least:
        message = (
            f"price {price} is {middle} ticks; at least {least} are needed for "
            f"{depth} levels"
        )
        raise DataError(message)
    return middle


class _Market:
    """The state of a synthetic market; prices count from `base`."""

    def __init__(self, seed: int, flow: OrderFlow, middle: int, ts: int) -> None:
        half = min(middle, HALF_WIDTH)
        self.rng = np.random.Generator(np.random.PCG64([VERSION, seed]))
        self.base = middle - half
        self.flow = np.array([astuple(flow)], FLOW)
        self.reach = _reach(flow.depth)
        self.state = np.zeros(1, STATE)
        self.state["ts"] = ts
        self.state["bid"] = half
        self.state["ask"] = half + 1
        # The mean size of a level at each distance, if nothing were taken from it.
        chance = np.diff(self.reach, prepend=0.0)
        orders = flow.limit_rate * chance / flow.cancel_rate
        sizes = np.maximum(1, np.rint(orders * flow.mean_size)).astype(np.int64)
        self.book = np.zeros((2, 2 * half + 1), np.int64)
        self.book[Side.BUY, half - flow.depth + 1 : half + 1] = sizes[::-1]
        self.book[Side.SELL, half + 1 : half + flow.depth + 1] = sizes

    def run(self, end: int) -> list[Records]:
        """Let the market run until a time and give what happened."""
        chunks = []
        while self.state["ts"][0] < end:
            out = np.zeros(CHUNK, EVENT)
            n = simulate(
                self.rng, self.flow, self.state, self.book, self.reach, out, end
            )
            out["price"] += self.base
            chunks.append(out[:n].copy())
        return chunks

    def snapshot(self) -> Records:
        """Give the book as a snapshot packet."""
        bids, asks = (self._levels(self.book[side]) for side in (Side.BUY, Side.SELL))
        return clear_and_set(int(self.state["ts"][0]), 0, bids[::-1], asks)

    def _levels(self, sizes: NDArray[np.int64]) -> Records:
        prices = np.flatnonzero(sizes)
        levels = np.zeros(prices.size, EVENT)
        levels["price"] = prices + self.base
        levels["qty"] = sizes[prices]
        return levels


def _reach(depth: int) -> NDArray[np.float64]:
    """Give the chance that a limit order is at most so many ticks away."""
    weights = [
        1.0 / math.pow(distance, DISTANCE_POWER) for distance in range(1, depth + 1)
    ]
    return np.cumsum(weights) / math.fsum(weights)
