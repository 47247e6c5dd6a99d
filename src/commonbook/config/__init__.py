"""
The configuration: YAML or a mapping in, a checked and frozen model out.

Nothing here imports the compiler, so that checking a file and ``--help`` are quick.
"""

from commonbook.config.base import Model
from commonbook.config.costs import Fee, Fees, FeesOverride
from commonbook.config.data import (
    DataSource,
    FileSource,
    Session,
    Synth,
    SynthSource,
    TapeLike,
    TapeSource,
)
from commonbook.config.dump import dump_resolved
from commonbook.config.execution import (
    ExecutionConfig,
    IsolatedConfig,
    Mode,
    QueueModel,
    Resilience,
    SharedConfig,
)
from commonbook.config.impact import Impact, ImpactModel
from commonbook.config.latency import (
    DataDelay,
    DelayColumn,
    EmpiricalDelay,
    FileDelay,
    Latency,
    LatencyOverride,
    Lognormal,
    LognormalDelay,
    VaryingDelay,
)
from commonbook.config.limits import GroupLimits, Limits, OrderRate
from commonbook.config.load import load
from commonbook.config.matching import Matching
from commonbook.config.portfolio import PortfolioConfig
from commonbook.config.run import RunConfig
from commonbook.config.schema import json_schema
from commonbook.config.script import (
    ScriptedCancel,
    ScriptedOrder,
    ScriptedParams,
    ScriptedReplace,
)
from commonbook.config.source import ConfigLike
from commonbook.config.strategy import (
    GridMakerParams,
    ImbalanceTakerParams,
    MarketMakerParams,
    Params,
    TwapParams,
)
from commonbook.config.trades_only import TradesOnly

__all__ = [
    "ConfigLike",
    "DataDelay",
    "DataSource",
    "DelayColumn",
    "EmpiricalDelay",
    "ExecutionConfig",
    "Fee",
    "Fees",
    "FeesOverride",
    "FileDelay",
    "FileSource",
    "GridMakerParams",
    "GroupLimits",
    "ImbalanceTakerParams",
    "Impact",
    "ImpactModel",
    "IsolatedConfig",
    "Latency",
    "LatencyOverride",
    "Limits",
    "Lognormal",
    "LognormalDelay",
    "MarketMakerParams",
    "Matching",
    "Mode",
    "Model",
    "OrderRate",
    "Params",
    "PortfolioConfig",
    "QueueModel",
    "Resilience",
    "RunConfig",
    "ScriptedCancel",
    "ScriptedOrder",
    "ScriptedParams",
    "ScriptedReplace",
    "Session",
    "SharedConfig",
    "Synth",
    "SynthSource",
    "TapeLike",
    "TapeSource",
    "TradesOnly",
    "TwapParams",
    "VaryingDelay",
    "dump_resolved",
    "json_schema",
    "load",
]
