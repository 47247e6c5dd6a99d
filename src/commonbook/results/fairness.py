"""Whether the portfolios of one engine were treated alike when they took together."""

from typing import TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.enums import FillFlag, Liquidity, OrderType, Side
from commonbook.results.account import signed_adjusts
from commonbook.results.lane import LaneRecords

WITH_LIMIT = (OrderType.LIMIT, OrderType.STOP_LIMIT)
#: Stands for the limit of market orders [ticks].
NO_LIMIT = 2**40
#: Differences below this are noise of floats [basis points].
NOISE_BP = 1e-9
#: What rounding may make for each order, with a little for floats [1e-8 currency].
ROUNDING = 0.51


class Fairness(TypedDict):
    """
    How one portfolio fared in the batches that it shared.

    ``worse_bp`` is the mean, over these batches, of how much worse its average price
    was than the average price of all that took beside it [basis points]; ``t`` is its
    ratio to its standard error. None stands for what too few batches cannot say.
    """

    batches: int
    worse_bp: float
    t: float | None


def fairness(lane: LaneRecords) -> dict[str, Fairness]:
    """
    Compare what portfolios paid with what they would have paid as one bunched order.

    A batch is what the portfolios of one engine took from the market at one time of one
    instrument and side, under one limit. Only batches with several portfolios say
    something. Where nobody is favoured, all `t` stay within about 3 (cf. CFTC
    regulation 1.35(b)(5): no account may be consistently favoured or disfavoured);
    where prices are averaged they are 0.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to Fairness
        By name, in the order of the lane; only portfolios that shared a batch.
    """
    engines = [portfolio.engine for portfolio in lane.portfolios]
    if len(set(engines)) == len(engines):
        return {}
    labels = {engine: number for number, engine in enumerate(dict.fromkeys(engines))}
    own = np.array([labels[engine] for engine in engines])
    theirs = lane.orders[lane.orders_of_fills]
    limit = np.where(np.isin(theirs["type"], WITH_LIMIT), theirs["price"], NO_LIMIT)
    # Whose limit was moved later does not tell which it had then.
    compared = (lane.fills["liquidity"] == Liquidity.TAKER) & (theirs["replaces"] == 0)
    compared &= lane.fills["counterparty"] < 0
    fills = lane.fills[compared]
    batch = ["ts", "batch", "instrument", "side", "engine", "limit"]
    units = np.array([float(unit.half_tick_lot) * 1e8 for unit in lane.instruments])
    keys = ("ts", "instrument", "side", "portfolio", "qty", "order_id", "price_half")
    takes = pl.LazyFrame(
        {
            **{key: fills[key] for key in keys},
            "batch": _batches(lane, own)[compared],
            "engine": own[fills["portfolio"]],
            "limit": limit[compared],
            "beyond": signed_adjusts(fills) / units[fills["instrument"]],
            "unit": units[fills["instrument"]],
        }
    )
    # Against the lowest price of the batch, so that floats have digits to spare.
    base = pl.col("price_half").min().over(batch)
    takes = takes.with_columns(
        money=pl.col("qty") * (pl.col("price_half") - base) + pl.col("beyond"),
        base=base,
    )
    mine = takes.group_by([*batch, "portfolio"]).agg(
        pl.col("qty", "money").sum(),
        pl.col("unit", "base").first(),
        pl.col("order_id").n_unique().alias("orders"),
    )
    whole = {name: pl.col(name).sum().over(batch) for name in ("qty", "money")}
    average = whole["money"] / whole["qty"]
    sign = pl.when(pl.col("side") == int(Side.BUY)).then(1.0).otherwise(-1.0)
    more = pl.col("money") - average * pl.col("qty")
    worse = 1e4 * sign * more / pl.col("qty") / (pl.col("base") + average)
    orders = pl.col("orders") + pl.col("orders").sum().over(batch)
    rounds = ROUNDING * orders if lane.fills["adjust_e8"].any() else 0.0
    differs = ((more * pl.col("unit")).abs() > rounds) & (worse.abs() > NOISE_BP)
    found = (
        mine.with_columns(
            members=pl.len().over(batch),
            worse=pl.when(differs).then(worse).otherwise(0),
        )
        .filter(pl.col("members") > 1)
        .sort([*batch, "portfolio"])
        .group_by("portfolio")
        .agg(
            pl.len().alias("batches"),
            pl.col("worse").mean().alias("worse_bp"),
            pl.col("worse").std().alias("deviation"),
        )
        .sort("portfolio")
        .collect()
    )
    return {
        lane.names[row["portfolio"]]: Fairness(
            batches=row["batches"],
            worse_bp=row["worse_bp"],
            t=_t(row["worse_bp"], row["deviation"], row["batches"]),
        )
        for row in found.iter_rows(named=True)
    }


def _batches(lane: LaneRecords, engine: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the batches of each engine and instrument, in which fills were taken."""
    place = engine[lane.fills["portfolio"]] * len(lane.instruments)
    place = place + lane.fills["instrument"]
    first = (lane.fills["flags"] & FillFlag.FIRST_OF_BATCH) != 0
    order = np.argsort(place, kind="stable")
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(first[order])
    return numbers


def _t(mean: float, deviation: float | None, number: int) -> float | None:
    """Divide a mean by its standard error."""
    if mean == 0.0:
        return 0.0
    return mean / (deviation / number**0.5) if deviation else None
