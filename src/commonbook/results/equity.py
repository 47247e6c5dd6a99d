"""What each portfolio was worth at every fill and at regular times."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.results.exact import (
    E8,
    FloatArray,
    IntArray,
    as_ratio,
    common_denominator,
    product,
    quotient,
    to_float,
    total,
)
from commonbook.results.frames import nullable, text_column, time_column
from commonbook.results.lane import LaneRecords

Times = NDArray[np.int64]


def equity_frame(lane: LaneRecords) -> pl.DataFrame:
    """
    Show cash, positions and worth of every portfolio over time.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    polars.DataFrame
        One row for each portfolio at every time at which it had fills, at each
        multiple of the equity interval after the first event, and at the last event; by
        time, then portfolio: `ts`, `portfolio`, `cash`, `position_value` (at the last
        two-sided mid), `equity` (their sum), `fees` and `impact_charge` (paid so far)
        [currency]. Value and equity are null while a position has no mid yet.

    Notes
    -----
    Everything is added up in whole numbers of one common unit of money, and each figure
    is rounded once, when it becomes a float.
    """
    grid = regular_times(lane.first_ts, lane.last_ts, lane.equity_interval)
    parts = [_Worth.of(lane, number, grid) for number in range(len(lane.portfolios))]
    if not parts:
        return pl.DataFrame(schema=_schema())
    times = np.concatenate([part.times for part in parts])
    owner = np.repeat(np.arange(len(parts)), [len(part.times) for part in parts])
    order = np.argsort(times, kind="stable")  # the portfolios are in order already
    missing = np.concatenate([part.missing for part in parts])[order]

    def column(name: str) -> FloatArray:
        values: FloatArray = np.concatenate([getattr(part, name) for part in parts])
        return values[order]

    return pl.DataFrame(
        {
            "ts": time_column(times[order]),
            "portfolio": text_column(lane.names, owner[order]),
            "cash": column("cash"),
            "position_value": nullable(column("value"), missing),
            "equity": nullable(column("equity"), missing),
            "fees": column("fees"),
            "impact_charge": column("charges"),
        }
    )


def regular_times(first_ts: int, last_ts: int, interval: int) -> Times:
    """
    List the times at which equity is recorded whatever happens.

    Parameters
    ----------
    first_ts, last_ts : int
        Time of the first and of the last event [ns].
    interval : int
        Spacing, positive [ns].

    Returns
    -------
    ndarray of int64, shape (n,)
        The first time, every `interval` after it, and the last time [ns].
    """
    times = np.arange(first_ts, last_ts, interval, dtype=np.int64)
    return np.append(times, last_ts)


@dataclass(frozen=True)
class _Worth:
    """One portfolio's worth at its own times, in currency."""

    times: Times
    cash: FloatArray
    value: FloatArray
    equity: FloatArray
    fees: FloatArray
    charges: FloatArray
    missing: NDArray[np.bool_]  # a position without a mid

    @classmethod
    def of(cls, lane: LaneRecords, number: int, grid: Times) -> "_Worth":
        """Add up the fills, and value positions at `grid` and at the fills."""
        portfolio = lane.portfolios[number]
        fills = lane.fills_of(number)
        times = np.union1d(grid, fills["ts"])
        units = [unit.half_tick_lot for unit in lane.instruments]
        money = common_denominator([portfolio.cash, E8, *units])
        fees, charges = (
            running(product(fills[field], 1), fills["ts"], times)
            for field in ("fee_e8", "impact_e8")
        )
        beyond = running(product(fills["adjust_e8"], 1), fills["ts"], times)
        costs = product(total(total(fees, charges), beyond), money // 10**8)
        cash = total(_constant(portfolio.cash, money, len(times)), -costs)
        value = _constant(Decimal(0), money, len(times))
        missing = np.zeros(len(times), dtype=np.bool_)
        for instrument, unit in enumerate(units):
            mine = fills[fills["instrument"] == instrument]
            start = portfolio.positions.get(instrument, 0)
            if not len(mine) and not start:
                continue
            worth = int(as_ratio(unit)[0] * money // as_ratio(unit)[1])
            signed = signed_qty(mine)
            spent = running(product(signed, mine["price_half"]), mine["ts"], times)
            cash = total(cash, -product(spent, worth))
            position = running(signed, mine["ts"], times) + start
            mid, known = mids(lane.marks_of(instrument), times)
            value = total(value, product(product(position, mid), worth))
            missing |= ~known & (position != 0)
        return cls(
            times=times,
            cash=quotient(cash, money),
            value=quotient(value, money),
            equity=quotient(total(cash, value), money),
            fees=to_float(fees, E8),
            charges=to_float(charges, E8),
            missing=missing,
        )


def signed_qty(fills: Records) -> IntArray:
    """
    Tell what each fill adds to the position.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n_fills,)
        Fills.

    Returns
    -------
    ndarray of int64, shape (n_fills,)
        Positive when bought [lots].
    """
    return product(fills["qty"], 1) * np.where(fills["side"] == Side.BUY, 1, -1)


def running(amounts: IntArray, occurred: Times, times: Times) -> IntArray:
    """
    Sum what happened up to and including each time.

    Parameters
    ----------
    amounts : ndarray of int64 or object, shape (n,)
        What is summed.
    occurred : ndarray of int64, shape (n,)
        When, never decreasing [ns].
    times : ndarray of int64, shape (m,)
        Times of the sums [ns].

    Returns
    -------
    ndarray of int64 or object, shape (m,)
        The sums.
    """
    sums = np.concatenate([np.zeros(1, dtype=amounts.dtype), np.cumsum(amounts)])
    return sums[np.searchsorted(occurred, times, side="right")]


def mids(marks: Records, times: Times) -> tuple[IntArray, NDArray[np.bool_]]:
    """
    Look up the last mid of an instrument at each time.

    Parameters
    ----------
    marks : ndarray of MARK, shape (n_marks,)
        Of one instrument, in order of time.
    times : ndarray of int64, shape (n,)
        When [ns].

    Returns
    -------
    mid : ndarray of int64, shape (n,)
        Last mid at or before each time [half ticks], 0 where there is none.
    known : ndarray of bool, shape (n,)
        Whether there is one.
    """
    place = np.searchsorted(marks["ts"], times, side="right")
    levels = np.concatenate([np.zeros(1, dtype=np.int64), marks["mark_half"]])
    return levels[place], place > 0


def _constant(amount: Decimal, money: int, length: int) -> IntArray:
    """Repeat an amount, counted in the common unit of money."""
    numerator, denominator = as_ratio(amount)
    return product(np.ones(length, dtype=np.int64), numerator * money // denominator)


def _schema() -> dict[str, pl.DataType]:
    """Columns of a frame without portfolios."""
    floats = ("cash", "position_value", "equity", "fees", "impact_charge")
    schema: dict[str, pl.DataType] = {"ts": pl.Datetime("ns", "UTC")}
    schema["portfolio"] = pl.String()
    return schema | {name: pl.Float64() for name in floats}
