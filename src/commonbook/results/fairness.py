"""Whether the portfolios of one engine were treated alike when they took together."""

from typing import TypedDict

import numpy as np
import polars as pl

from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, OrderType, Side
from commonbook.results.account import paid_half
from commonbook.results.exact import FloatArray
from commonbook.results.lane import LaneRecords

WITH_LIMIT = (OrderType.LIMIT, OrderType.STOP_LIMIT)
#: Stands for the limit of market orders [ticks].
NO_LIMIT = 2**40
#: A difference below this is rounding [1e-8 currency units].
ROUNDING = 1.5


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
    theirs = lane.orders[lane.orders_of_fills]
    limit = np.where(np.isin(theirs["type"], WITH_LIMIT), theirs["price"], NO_LIMIT)
    # Whose limit was moved later does not tell which it had then.
    compared = (lane.fills["liquidity"] == Liquidity.TAKER) & (theirs["replaces"] == 0)
    compared &= lane.fills["counterparty"] < 0
    fills = lane.fills[compared]
    labels = {engine: number for number, engine in enumerate(dict.fromkeys(engines))}
    own = np.array([labels[engine] for engine in engines])
    batch = ["ts", "instrument", "side", "engine", "limit"]
    units = np.array([float(unit.half_tick_lot) * 1e8 for unit in lane.instruments])
    takes = pl.LazyFrame(
        {
            **{key: fills[key] for key in (*batch[:3], "portfolio", "qty")},
            "engine": own[fills["portfolio"]],
            "limit": limit[compared],
            "money": fills["qty"] * _paid_half(lane, fills),
            "unit": units[fills["instrument"]],
        }
    )
    sums = [pl.col("qty").sum(), pl.col("money").sum(), pl.col("unit").first()]
    mine = takes.group_by([*batch, "portfolio"]).agg(sums)
    all_in_batch = [
        pl.len().over(batch).alias("members"),
        (pl.col("money").sum().over(batch) / pl.col("qty").sum().over(batch)).alias(
            "average"
        ),
    ]
    sign = pl.when(pl.col("side") == int(Side.BUY)).then(1.0).otherwise(-1.0)
    worse = 1e4 * sign * (pl.col("money") / pl.col("qty") / pl.col("average") - 1.0)
    more = pl.col("money") - pl.col("average") * pl.col("qty")
    differs = (more * pl.col("unit")).abs() > ROUNDING
    found = (
        mine.with_columns(all_in_batch)
        .filter(pl.col("members") > 1)
        .with_columns(worse=pl.when(differs).then(worse).otherwise(0))
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


def _paid_half(lane: LaneRecords, fills: Records) -> FloatArray:
    """Give the price of each fill, averaged or not [half ticks]."""
    prices = fills["price_half"].astype(np.float64)
    for number, unit in enumerate(lane.instruments):
        mine = fills["instrument"] == number
        prices[mine] = paid_half(fills[mine], unit)
    return prices


def _t(mean: float, deviation: float | None, number: int) -> float | None:
    """Divide a mean by its standard error."""
    if mean == 0.0:
        return 0.0
    return mean / (deviation / number**0.5) if deviation else None
