"""One portfolio: its money, its strategy, its delays and limits."""

from decimal import Decimal

from pydantic import Field

from commonbook.config.base import Model
from commonbook.config.costs import FeesOverride
from commonbook.config.fields import Cash, Name, Number
from commonbook.config.latency import LatencyOverride
from commonbook.config.limits import Limits
from commonbook.config.strategy import STRATEGIES, AnyParams, AnyStrategy


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
