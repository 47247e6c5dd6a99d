"""A whole run: data, portfolios and execution."""

from pydantic import Field

from commonbook.config.base import Model
from commonbook.config.data import Data
from commonbook.config.execution import ExecutionConfig
from commonbook.config.fields import Interval, Name, Seed
from commonbook.config.portfolio import PortfolioConfig

_SECOND = 1_000_000_000


class RunConfig(Model):
    """Everything a run needs to know."""

    name: Name = Field("run", description="the run's name")
    seed: Seed = Field(
        0, description="decides ties between portfolios, and all random numbers"
    )
    data: Data = Field(description="the sources of market data, merged by time")
    portfolios: tuple[PortfolioConfig, ...] = Field(
        min_length=1, description="the portfolios, in any order"
    )
    execution: ExecutionConfig = Field(
        default_factory=ExecutionConfig,
        description="who shares an engine, and the rules of every engine",
    )
    equity_interval: Interval = Field(
        _SECOND, description="the distance of the rows of the equity curve"
    )
