"""One portfolio: its money, its strategy, its delays and limits."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from commonbook.config.base import Model
from commonbook.config.costs import FeesOverride
from commonbook.config.fields import Cash, Name, NotNegative, Number
from commonbook.config.latency import LatencyOverride
from commonbook.config.strategy import (
    LATER,
    PARAMS,
    STRATEGIES,
    Params,
    StrategyName,
)

_STRATEGIES = ", ".join(STRATEGIES)


def _built_in(value: object) -> object:
    if isinstance(value, str) and ":" in value:
        message = (
            f"found {value!r}; strategies of your own are not built yet; "
            f"allowed now: {_STRATEGIES}"
        )
        raise ValueError(message)
    if value in LATER:
        message = f"{value!r} is not built yet; allowed now: {_STRATEGIES}"
        raise ValueError(message)
    return value


def _of_strategy(
    value: object, _: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> object:
    """Validate with the strategy's own model; an unknown strategy takes anything."""
    model = PARAMS.get(info.data.get("strategy", ""))
    return value if model is None else model.model_validate(value)


#: The strategy's own parameters.
AnyParams: TypeAlias = Annotated[
    Params, WrapValidator(_of_strategy, json_schema_input_type=Params)
]


class Limits(Model):
    """What a portfolio may not exceed."""

    max_position: NotNegative | None = Field(
        None,
        description="the largest position in any instrument, long or short, in units",
    )


class PortfolioConfig(Model):
    """A strategy instance with its own money."""

    name: Name = Field(description="its name, unique within the run")
    cash: Cash = Field(Decimal(0), description="cash at the start, in currency")
    positions: dict[Name, Number] = Field(
        default_factory=dict,
        description="positions at the start by symbol, in units; negative is short",
    )
    strategy: Annotated[StrategyName, BeforeValidator(_built_in)] = Field(
        description=f"one of {_STRATEGIES}"
    )
    params: AnyParams = Field(description="the parameters of the strategy")
    grid: dict[str, tuple[object, ...]] = Field(
        default_factory=dict,
        description="lists of values for parameters; each combination becomes a "
        "portfolio named like maker[half_spread_ticks=1]",
    )
    latency: LatencyOverride = Field(
        default_factory=LatencyOverride,
        description="delays that differ from those of the execution block",
    )
    fees: FeesOverride = Field(
        default_factory=FeesOverride,
        description="fees that differ from those of the execution block",
    )
    limits: Limits = Field(
        default_factory=Limits, description="what the portfolio may not exceed"
    )
