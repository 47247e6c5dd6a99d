"""The built-in strategies and their parameters, declared and typed."""

from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import (
    Field,
    PlainValidator,
    SerializeAsAny,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Model, nearest
from commonbook.config.fields import (
    Count,
    Fraction,
    HalfTicks,
    Interval,
    Name,
    Positive,
    Timestamp,
)
from commonbook.config.own_params import OwnParams, params_model
from commonbook.config.own_strategy import OwnStrategy, own_strategy
from commonbook.config.scalars import describe, format_timestamp
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


class GridMakerParams(Model):
    """Quote several prices on both sides, at equal distances."""

    half_spread_ticks: HalfTicks = Field(
        description="the distance of the first quote of each side from the mid, in "
        "ticks or half ticks"
    )
    size: Positive = Field(description=_SIZE)
    max_position: Positive | None = Field(None, description=_MAX_POSITION)
    every: Interval = Field(_100_MS, description=_EVERY)
    interval_ticks: Count = Field(
        1,
        description="the distance of two quotes of a side, in ticks; prices are "
        "multiples of it",
    )
    levels: Count = Field(le=60, description="the number of quotes a side")
    symbol: Name | None = Field(None, description=_SYMBOL)


StrategyName: TypeAlias = Literal[
    "scripted", "twap", "market_maker", "grid_maker", "imbalance_taker"
]
Params: TypeAlias = (
    ScriptedParams
    | TwapParams
    | MarketMakerParams
    | GridMakerParams
    | ImbalanceTakerParams
    | OwnParams
)

#: Strategies of a later version.
LATER = (
    "avellaneda_stoikov",
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
    "grid_maker": GridMakerParams,
    "imbalance_taker": ImbalanceTakerParams,
}
STRATEGIES = get_args(StrategyName)


def _checked_name(value: object) -> str:
    """Take the name of a built-in, or a strategy of the user's own."""
    own = own_strategy(value)
    if own is not None:
        return own
    if isinstance(value, str) and value in PARAMS:
        return value
    allowed = f"{', '.join(STRATEGIES)}, or package.module:Name"
    if value in LATER:
        message = f"{value!r} is not built yet; allowed now: {allowed}"
        raise ValueError(message)
    hint = nearest(value, list(STRATEGIES)) if isinstance(value, str) else ""
    message = f"found {describe(value)}{hint or ';'} allowed: {allowed}"
    raise ValueError(message)


def _of_strategy(
    value: object, _: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> object:
    """Validate with the strategy's own model; an unknown strategy takes anything."""
    strategy = info.data.get("strategy", "")
    if isinstance(strategy, OwnStrategy) and strategy.target is not None:
        try:
            return params_model(strategy.target).model_validate(value)
        except TypeError as error:
            raise ValueError(str(error)) from None
    model = PARAMS.get(strategy)
    return value if model is None else model.model_validate(value)


_PATH = Annotated[str, Field(pattern=r"^[\w.]+:[\w.]+$")]

#: A built-in strategy, or one of the user's own.
AnyStrategy: TypeAlias = Annotated[
    str, PlainValidator(_checked_name, json_schema_input_type=StrategyName | _PATH)
]
#: The strategy's own parameters.
AnyParams: TypeAlias = Annotated[
    SerializeAsAny[Params],
    WrapValidator(_of_strategy, json_schema_input_type=Params),
]
