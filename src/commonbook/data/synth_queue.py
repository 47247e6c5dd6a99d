"""Synthetic order-by-order tapes: unit orders that come, wait in line and go."""

import math
from dataclasses import dataclass

import numpy as np

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Side
from commonbook.core.errors import DataError
from commonbook.data.columns import NS_PER_SECOND, time_ns
from commonbook.data.decimals import Number, decimal_of
from commonbook.data.instrument import Instrument
from commonbook.data.slices import renumbered
from commonbook.data.snapshot import ORDER as SNAPSHOT_ORDER
from commonbook.data.snapshot import clear_and_add
from commonbook.data.synth import (
    BURN_IN_NS,
    CHUNK,
    HALF_WIDTH,
    check_span,
    middle_of,
)
from commonbook.data.synth_queue_kernel import (
    LINE,
    NONE,
    ORDER,
    STATE,
    Queues,
    join,
    run_queues,
)
from commonbook.data.tape import Tape

#: Raised when the same seed gives another tape than before.
VERSION = 1


@dataclass(frozen=True)
class QueueFlow:
    """
    What drives an order-by-order synthetic market.

    Parameters
    ----------
    limit_rate : float
        New limit orders of one side, one tick from the best price of the other [1/s].
    limit_power : float
        How fast they thin out: at a distance of i ticks the rate is
        ``limit_rate / i**limit_power``.
    market_rate : float
        Market orders of one side [1/s].
    cancel_rate : float
        Cancels of each resting order, wherever it rests [1/s].
    depth : int
        The largest distance of a new limit order [ticks].

    Raises
    ------
    DataError
        If a number is out of range.

    Notes
    -----
    All orders are of one lot, and all that happens depends on the book alone: while the
    spread is one tick, the best queue of n orders is a birth-death process with births
    at ``limit_rate`` and deaths at ``market_rate + n * cancel_rate``. The default rates
    at the touch are those that the paper estimates for Sky Perfect Communications on
    the Tokyo Stock Exchange, where cancels differ a little from level to level; here
    they do not. The last order of a side never goes.

    References
    ----------
    Cont, Stoikov, Talreja (2010), A stochastic model for order book dynamics, sections
    2 and 3, doi:10.1287/opre.1090.0780.
    """

    limit_rate: float = 1.85
    limit_power: float = 0.52
    market_rate: float = 0.94
    cancel_rate: float = 0.71
    depth: int = 20

    def __post_init__(self) -> None:
        rules = (
            ("limit_rate", self.limit_rate > 0, "more than 0"),
            ("limit_power", 0 <= self.limit_power <= 10, "0 to 10"),
            ("market_rate", self.market_rate >= 0, "0 or more"),
            ("cancel_rate", self.cancel_rate > 0, "more than 0"),
            ("depth", 1 <= self.depth <= 1000, "1 to 1000"),
        )
        for name, holds, allowed in rules:
            if not (holds and math.isfinite(getattr(self, name))):
                message = f"queue flow: {name} {getattr(self, name)} is not {allowed}"
                raise DataError(message)

    @property
    def rates(self) -> list[float]:
        """
        Rates of new limit orders of one side.

        Returns
        -------
        list of float
            For each distance from 1 tick on [1/s].
        """
        return [
            self.limit_rate / math.pow(distance, self.limit_power)
            for distance in range(1, self.depth + 1)
        ]


def synth_orders(
    seed: int = 1,
    seconds: float = 3600.0,
    *,
    symbol: str = "SYNTH",
    price: Number = "100.00",
    tick_size: Number = "0.01",
    lot_size: Number = 1,
    start: int | str = "2024-01-02T14:30:00Z",
    flow: QueueFlow | None = None,
) -> Tape:
    """
    Make a synthetic order-by-order tape of one instrument.

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
        Size of one lot, and of every order [units].
    start : int or str, default "2024-01-02T14:30:00Z"
        Time of the snapshot that begins the tape [ns UTC, or ISO 8601].
    flow : QueueFlow or None
        What drives the market; None is the stock of the paper.

    Returns
    -------
    Tape
        A snapshot packet, then one packet for each new order (A), cancel (C) and market
        order (T, F and C).

    Raises
    ------
    DataError
        If an argument is out of range.
    """
    flow = flow or QueueFlow()
    check_span(seed, seconds)
    instrument = Instrument(symbol, decimal_of(tick_size), decimal_of(lot_size))
    middle = middle_of(instrument, price, flow.depth, 2)
    begin = time_ns(start)
    market = _Market(seed, flow, middle, begin - BURN_IN_NS)
    market.run(begin)
    snapshot = market.snapshot()
    events = market.run(begin + round(seconds * NS_PER_SECOND))
    return Tape(
        renumbered(np.concatenate([snapshot, *events])),
        (instrument,),
        source=f"synth orders seed {seed} version {VERSION}",
    )


class _Market:
    """The state of a synthetic market; prices count from `base`."""

    def __init__(self, seed: int, flow: QueueFlow, middle: int, ts: int) -> None:
        half = min(middle, HALF_WIDTH)
        # The last word keeps these draws apart from those of the market by level.
        self.rng = np.random.Generator(np.random.PCG64([VERSION, seed, 3]))
        self.base = middle - half
        self.reach = np.cumsum(flow.rates) / math.fsum(flow.rates)
        # The mean number of orders at each distance, if nothing were executed.
        sizes = [max(1, round(rate / flow.cancel_rate)) for rate in flow.rates]
        self.book = _new_book(4 * sum(sizes), 2 * half + 1)
        state = self.book.state
        state["ts"] = ts
        state["best"] = [half, half + 1]
        state["limits"] = math.fsum(flow.rates)
        state["markets"] = flow.market_rate
        state["cancels"] = flow.cancel_rate
        for distance, size in enumerate(sizes):
            for _ in range(size):
                join(self.book, int(Side.BUY), half - distance)
                join(self.book, int(Side.SELL), half + 1 + distance)

    def run(self, end: int) -> list[Records]:
        """Let the market run until a time and give what happened."""
        chunks = []
        state = self.book.state
        while state["ts"][0] < end:
            if state["live"][0] == self.book.orders.size:
                self.book = _grown(self.book)
            out = np.zeros(CHUNK, EVENT)
            n = run_queues(self.rng, self.book, self.reach, out, end)
            out["price"] += self.base
            chunks.append(out[:n].copy())
        return chunks

    def snapshot(self) -> Records:
        """Give the book as a snapshot packet, each price in its line."""
        orders, lines = self.book.orders, self.book.lines
        found = []
        for side, step in ((Side.BUY, -1), (Side.SELL, 1)):
            for price in np.flatnonzero(lines["head"][side] != NONE)[::step]:
                slot = int(lines["head"][side, price])
                while slot != NONE:
                    found.append((1, price + self.base, slot, side))
                    slot = int(orders["next"][slot])
        chosen = np.array(found, SNAPSHOT_ORDER)
        return clear_and_add(int(self.book.state["ts"][0]), 0, chosen)


def _new_book(capacity: int, n_prices: int) -> Queues:
    lines = np.zeros((2, n_prices), LINE)
    lines["head"] = lines["tail"] = NONE
    return Queues(
        np.zeros(1, STATE),
        np.zeros(capacity, ORDER),
        np.arange(capacity, dtype=np.int32),
        lines,
    )


def _grown(book: Queues) -> Queues:
    """Give a book with room for twice as many orders."""
    n = book.orders.size
    orders = np.zeros(2 * n, ORDER)
    orders[:n] = book.orders
    slots = np.arange(2 * n, dtype=np.int32)
    slots[:n] = book.slots
    return book._replace(orders=orders, slots=slots)
