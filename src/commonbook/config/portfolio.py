"""One portfolio: its money, its strategy, its delays and limits."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from commonbook.config.base import Model
from commonbook.config.costs import FeesOverride
from commonbook.config.fields import Cash, Count, Interval, Name, NotNegative, Number
from commonbook.config.latency import LatencyOverride
from commonbook.config.strategy import STRATEGIES, AnyParams, AnyStrategy

#: Longest span of an order rate [ns].
DAY = 86_400 * 10**9

OverRate: TypeAlias = Literal["reject", "delay"]


class OrderRate(Model):
    """How fast a portfolio may send; cancels do not count."""

    messages: Annotated[Count, Field(le=100_000)] = Field(
        description="how many orders and replaces may leave in any such span"
    )
    per: Annotated[Interval, Field(le=DAY)] = Field(
        description="the span, such as 1s, at most 24h"
    )
    over: OverRate = Field(
        description="what becomes of more: reject, or delay until they may leave"
    )


class Limits(Model):
    """What a portfolio may not exceed."""

    max_position: NotNegative | None = Field(
        None,
        description="the largest position in any instrument, long or short, in units",
    )
    order_rate: OrderRate | None = Field(
        None, description="how many orders and replaces may leave in a while"
    )


class PortfolioConfig(Model):
    """A strategy instance with its own money."""

    name: Name = Field(description="its name, unique within the run")
    cash: Cash = Field(Decimal(0), description="cash at the start, in currency")
    positions: dict[Name, Number] = Field(
        default_factory=dict,
        description="positions at the start by symbol, in units; negative is short",
    )
    strategy: AnyStrategy = Field(
        description=f"one of {', '.join(STRATEGIES)}, or one of your own as "
        "package.module:Name"
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
