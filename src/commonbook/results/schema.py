"""The records of a finished run, as the simulation hands them over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records


@dataclass(frozen=True)
class InstrumentUnits:
    """
    What one tick and one lot of an instrument are worth.

    Parameters
    ----------
    symbol : str
        Name of the instrument.
    tick_size : Decimal
        Currency per tick.
    lot_size : Decimal
        Units per lot.
    multiplier : Decimal
        Currency value of one unit at price 1.
    """

    symbol: str
    tick_size: Decimal
    lot_size: Decimal
    multiplier: Decimal = Decimal(1)

    @property
    def half_tick(self) -> Decimal:
        """Currency per half tick of price."""
        return self.tick_size / 2

    @property
    def half_tick_lot(self) -> Decimal:
        """Cash of one lot at a price of one half tick."""
        return self.half_tick * self.lot_size * self.multiplier


@dataclass(frozen=True)
class PortfolioInfo:
    """
    One portfolio of one lane, as it was before the first event.

    Parameters
    ----------
    name : str
        Name, unique within its lane.
    index : int
        Number of the portfolio in the records, unique within the run.
    engine : str
        Label of the engine that served it.
    cash : Decimal
        Cash at the start.
    positions : mapping of int to int
        Instrument index to position at the start [lots].
    client_ids : mapping of int to str
        Order number to the name that the portfolio itself gave the order.
    pool : int
        Number of the pool of liquidity that it takes from; an engine that shares none
        has one for each portfolio.
    parents : mapping of int to str
        Order number to the name of the larger order that it is a part of.
    """

    name: str
    index: int
    engine: str
    cash: Decimal
    positions: Mapping[int, int] = field(default_factory=dict)
    client_ids: Mapping[int, str] = field(default_factory=dict)
    pool: int = 0
    parents: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
    """
    What a portfolio calls its orders while it runs.

    Parameters
    ----------
    portfolio : int
        Its number.
    client_ids : mapping of int to str
        Order number to name.
    parents : mapping of int to str
        Order number to the name of the larger order that it is a part of.
    """

    portfolio: int
    client_ids: Mapping[int, str]
    parents: Mapping[int, str]


@dataclass(frozen=True)
class LaneInfo:
    """
    One topology that was run over the tape.

    Parameters
    ----------
    label : str
        Name of the lane, such as ``isolated``.
    portfolios : tuple of PortfolioInfo
        Its portfolios, sorted by name.
    netting_window : int or None, default None
        How long orders wait to be netted [ns]; None where nobody nets.
    """

    label: str
    portfolios: tuple[PortfolioInfo, ...]
    netting_window: int | None = None


@dataclass(frozen=True)
class Stopped:
    """
    A portfolio that was stopped before the data ended.

    Parameters
    ----------
    portfolio : int
        Number of the portfolio in the records.
    ts : int
        When [ns].
    reason : str
        Why, such as ``ValueError: boom`` or ``too_many_rounds``.
    traceback : str
        Where its strategy failed; empty when it did not.
    """

    portfolio: int
    ts: int
    reason: str
    traceback: str = ""


def _nothing_displaced() -> NDArray[np.int64]:
    return np.zeros((0, 0), np.int64)


@dataclass(frozen=True)
class RawRun:
    """
    Everything that one pass over a tape recorded.

    Parameters
    ----------
    instruments : tuple of InstrumentUnits
        In the order of the instrument numbers of the records.
    lanes : tuple of LaneInfo
        The lanes that shared the pass.
    fills : ndarray of FILL, shape (n_fills,)
        In order of occurrence.
    orders : ndarray of ORDER_HISTORY, shape (n_orders,)
        In the order in which they ended.
    marks : ndarray of MARK, shape (n_marks,)
        Changes of each instrument's last two-sided mid, in order of time.
    first_ts : int
        Time of the first event [ns].
    last_ts : int
        Time of the last event [ns].
    equity_interval : int
        Spacing of the rows of the equity frame [ns].
    counters : mapping of str to int
        How much work was done: events, packets, wakes and so on.
    displaced : ndarray of int64, shape (n_pools, n_instruments)
        Tape volume that could not have traded, for a pool had taken the size before;
        without rows when nobody counted [lots].
    stopped : tuple of Stopped
        Portfolios that were stopped, each at most once.
    traded : tuple of int
        Size of the tape's trades, by instrument; empty when nobody counted [lots].
    """

    instruments: tuple[InstrumentUnits, ...]
    lanes: tuple[LaneInfo, ...]
    fills: Records
    orders: Records
    marks: Records
    first_ts: int
    last_ts: int
    equity_interval: int
    counters: Mapping[str, int]
    displaced: NDArray[np.int64] = field(default_factory=_nothing_displaced)
    stopped: tuple[Stopped, ...] = ()
    traded: tuple[int, ...] = ()
