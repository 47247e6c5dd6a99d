"""Whether the portfolios of one engine were treated alike when they took together."""

from typing import TypedDict

import numpy as np
import polars as pl

from commonbook.core.enums import Liquidity, Side
from commonbook.results.lane import LaneRecords

#: A difference below this, in basis points, is rounding.
ROUNDING_BP = 1e-9


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

    A batch is what the portfolios of one engine took at one time of one instrument and
    side. Only batches with several portfolios say something. Where nobody is favoured,
    all `t` stay within about 3 (cf. CFTC regulation 1.35(b)(5): no account may be
    consistently favoured or disfavoured).

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
    fills = lane.fills[lane.fills["liquidity"] == Liquidity.TAKER]
    labels = {engine: number for number, engine in enumerate(dict.fromkeys(engines))}
    own = np.array([labels[engine] for engine in engines])
    batch = ["ts", "instrument", "side", "engine"]
    takes = pl.LazyFrame(
        {
            **{key: fills[key] for key in (*batch[:3], "portfolio", "qty")},
            "engine": own[fills["portfolio"]],
            "money": fills["qty"].astype(np.float64) * fills["price_half"],
        }
    )
    sums = [pl.col("qty").sum(), pl.col("money").sum()]
    mine = takes.group_by([*batch, "portfolio"]).agg(sums)
    all_in_batch = [
        pl.len().over(batch).alias("members"),
        (pl.col("money").sum().over(batch) / pl.col("qty").sum().over(batch)).alias(
            "average"
        ),
    ]
    sign = pl.when(pl.col("side") == int(Side.BUY)).then(1.0).otherwise(-1.0)
    worse = 1e4 * sign * (pl.col("money") / pl.col("qty") / pl.col("average") - 1.0)
    found = (
        mine.with_columns(all_in_batch)
        .filter(pl.col("members") > 1)
        .with_columns(worse=pl.when(worse.abs() > ROUNDING_BP).then(worse).otherwise(0))
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


def _t(mean: float, deviation: float | None, number: int) -> float | None:
    """Divide a mean by its standard error."""
    if mean == 0.0:
        return 0.0
    return mean / (deviation / number**0.5) if deviation else None
