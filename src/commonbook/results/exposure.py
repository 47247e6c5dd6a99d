"""What each engine's portfolios held together, over time."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from commonbook.core.dtypes import Records
from commonbook.results.equity import Times, mids, regular_times, running, signed_qty
from commonbook.results.exact import (
    IntArray,
    as_ratio,
    common_denominator,
    product,
    quotient,
    total,
)
from commonbook.results.frames import TIME, nullable, text_column, time_column
from commonbook.results.lane import LaneRecords

#: Columns of money.
FIGURES = ("net", "gross", "gross_apart")


def exposure_frame(lane: LaneRecords) -> pl.DataFrame:
    """
    Show the net and gross exposure of every engine over time.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    polars.DataFrame
        One row for each engine at every time at which one of its portfolios had fills,
        at each multiple of the equity interval, and at the last event; by time, then
        engine: `ts`, `engine`, `net` (worth of all positions, short ones negative),
        `gross` (worth of what the engine holds of each instrument, all positive) and
        `gross_apart` (the same of each portfolio by itself), at the last two-sided mid
        [currency]; null while a position has no mid yet.
    """
    members: dict[str, list[int]] = {}
    for number, portfolio in enumerate(lane.portfolios):
        members.setdefault(portfolio.engine, []).append(number)
    grid = regular_times(lane.first_ts, lane.last_ts, lane.equity_interval)
    frames = [_of_engine(lane, engine, own, grid) for engine, own in members.items()]
    if not frames:
        floats = dict.fromkeys(FIGURES, pl.Float64())
        return pl.DataFrame(schema={"ts": TIME, "engine": pl.String(), **floats})
    return pl.concat(frames).sort("ts", maintain_order=True)


def _of_engine(
    lane: LaneRecords, engine: str, members: Sequence[int], grid: Times
) -> pl.DataFrame:
    """Add up what the portfolios of one engine held."""
    fills = [lane.fills_of(number) for number in members]
    times = np.union1d(grid, np.concatenate([part["ts"] for part in fills]))
    units = [unit.half_tick_lot for unit in lane.instruments]
    money = common_denominator(units)
    sums: dict[str, IntArray] = {
        figure: np.zeros(len(times), np.int64) for figure in FIGURES
    }
    missing = np.zeros(len(times), np.bool_)
    for instrument, unit in enumerate(units):
        starts = [lane.portfolios[n].positions.get(instrument, 0) for n in members]
        mine = [part[part["instrument"] == instrument] for part in fills]
        held, apart = _positions(mine, starts, times)
        mid, known = mids(lane.marks_of(instrument), times)
        worth = product(mid, as_ratio(unit)[0] * (money // as_ratio(unit)[1]))
        lots = {"net": held, "gross": abs(held), "gross_apart": apart}
        for figure in FIGURES:
            sums[figure] = total(sums[figure], product(lots[figure], worth))
        missing |= ~known & (apart != 0)
    columns = {
        figure: nullable(quotient(sums[figure], money), missing) for figure in FIGURES
    }
    names = text_column([engine], np.zeros(len(times), np.int64))
    return pl.DataFrame({"ts": time_column(times), "engine": names, **columns})


def _positions(
    fills: Sequence[Records], starts: Sequence[int], times: Times
) -> tuple[IntArray, IntArray]:
    """Add up the positions of portfolios at each time, with their signs and without."""
    occurred = np.concatenate([part["ts"] for part in fills])
    order = np.argsort(occurred, kind="stable")
    changes, growths = [], []
    for part, start in zip(fills, starts, strict=True):
        signed = signed_qty(part)
        after = abs(np.cumsum(signed) + start)
        changes.append(signed)
        growths.append(np.diff(after, prepend=abs(start)))
    held = running(np.concatenate(changes)[order], occurred[order], times)
    apart = running(np.concatenate(growths)[order], occurred[order], times)
    return held + sum(starts), apart + sum(abs(start) for start in starts)
