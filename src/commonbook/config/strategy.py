"""The built-in strategies and their parameters, declared and typed."""

from typing import Literal, TypeAlias, get_args

from pydantic import Field, ValidationInfo, field_validator

from commonbook.config.base import Model
from commonbook.config.fields import (
    Count,
    Fraction,
    HalfTicks,
    Interval,
    Name,
    Positive,
    Timestamp,
)
from commonbook.config.scalars import format_timestamp
from commonbook.config.script import Direction, ScriptedParams

_SYMBOL = "the instrument; may be left out when the data has only one"
_SIZE = "the quantity of each of its orders, in units"
_MAX_POSITION = "the largest position, long or short, that it builds, in units"
_EVERY = "how often it looks at the book"
_100_MS = 100_000_000


class TwapParams(Model):
    """Slices of one size, sent at market at equal distances of time."""

    side: Direction = Field(description="buy or sell")
    qty: Positive = Field(description="how much in all, in units")
    start: Timestamp = Field(description="the time of the first slice")
    end: Timestamp = Field(description="the end of the schedule, after start")
    slices: Count = Field(description="the number of orders")
    symbol: Name | None = Field(None, description=_SYMBOL)

    @field_validator("end")
    @classmethod
    def _after_start(cls, value: int, info: ValidationInfo) -> int:
        start = info.data.get("start")
        if start is not None and value <= start:
            message = (
                f"found {format_timestamp(value)}; allowed: "
                f"later than start ({format_timestamp(start)})"
            )
            raise ValueError(message)
        return value


class MarketMakerParams(Model):
    """Quote both sides around the mid."""

    half_spread_ticks: HalfTicks = Field(
        description="the distance of each quote from the mid, in ticks or half ticks; "
        "0.5 joins the touch of a one-tick market"
    )
    size: Positive = Field(description=_SIZE)
    max_position: Positive | None = Field(None, description=_MAX_POSITION)
    every: Interval = Field(_100_MS, description=_EVERY)
    symbol: Name | None = Field(None, description=_SYMBOL)


class ImbalanceTakerParams(Model):
    """Take liquidity when one side of the touch outweighs the other."""

    threshold: Fraction = Field(
        description="the imbalance of the touch that makes it trade; "
        "(bid size - ask size) / (bid size + ask size), from 0 to 1"
    )
    size: Positive = Field(description=_SIZE)
    max_position: Positive | None = Field(None, description=_MAX_POSITION)
    every: Interval = Field(_100_MS, description=_EVERY)
    symbol: Name | None = Field(None, description=_SYMBOL)


StrategyName: TypeAlias = Literal["scripted", "twap", "market_maker", "imbalance_taker"]
Params: TypeAlias = (
    ScriptedParams | TwapParams | MarketMakerParams | ImbalanceTakerParams
)

#: Strategies of a later version.
LATER = (
    "avellaneda_stoikov",
    "grid_maker",
    "vwap",
    "pov",
    "ma_crossover",
    "mean_reversion",
    "momentum",
    "buy_and_hold",
)
#: The parameters of each strategy.
PARAMS: dict[str, type[Params]] = {
    "scripted": ScriptedParams,
    "twap": TwapParams,
    "market_maker": MarketMakerParams,
    "imbalance_taker": ImbalanceTakerParams,
}
STRATEGIES = get_args(StrategyName)
