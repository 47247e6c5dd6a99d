"""Who shares an engine with whom; the mode of a run is nothing more than this."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from commonbook.config import (
    Fees,
    GroupLimits,
    ImpactModel,
    Latency,
    PortfolioConfig,
)


@dataclass(frozen=True)
class PortfolioContainer:
    """
    One portfolio of a run, with the settings that hold for it.

    Parameters
    ----------
    name : str
        Its name.
    index : int
        Its number in the run: its rank by name, so the order in a file is no matter.
    config : PortfolioConfig
        Money, strategy and limits.
    latency : Latency
        Its delays [ns], after those of the execution block.
    fees : Fees
        Its fees, after those of the execution block.
    stream : str or None, default None
        Whose random numbers it draws; None for those of its own name.
    """

    name: str
    index: int
    config: PortfolioConfig
    latency: Latency
    fees: Fees
    stream: str | None = None


@dataclass(frozen=True)
class EngineSettings:
    """
    What happens between the portfolios of one engine.

    Parameters
    ----------
    netting : bool
        Whether orders of one round are crossed inside the engine first.
    netting_price : {'mid', 'touch', 'last'}
        Price of a cross.
    netting_window : int
        How long the first order waits for others (ns).
    distribution : {'fifo', 'pro_rata', 'average_price'} or None
        Who gets scarce liquidity within a batch; None: each portfolio has its own
        liquidity.
    impact : ImpactModel
        How the engine's orders move the market, with all its numbers.
    limits : GroupLimits or None, default None
        What its portfolios may not exceed together.
    pooled : bool, default True
        Whether the portfolios take from one liquidity; if not, `distribution` decides
        only between the orders of each.
    """

    netting: bool
    netting_price: Literal["mid", "touch", "last"]
    netting_window: int
    distribution: Literal["fifo", "pro_rata", "average_price"] | None
    impact: ImpactModel
    limits: GroupLimits | None = None
    pooled: bool = True

    @property
    def shares_liquidity(self) -> bool:
        """Whether what one portfolio takes is gone for the others."""
        return self.pooled and self.distribution is not None


@dataclass(frozen=True)
class ExecutionEngine:
    """
    What turns the orders of its portfolios into fills.

    Parameters
    ----------
    label : str
        Its name in reports.
    members : tuple of PortfolioContainer
        Its portfolios, by index; never empty.
    settings : EngineSettings
        What happens between them.
    """

    label: str
    members: tuple[PortfolioContainer, ...]
    settings: EngineSettings


@dataclass(frozen=True)
class Topology:
    """
    All engines of one way to run the portfolios.

    Parameters
    ----------
    engines : tuple of ExecutionEngine
        A partition of the portfolios, by the index of each engine's first member.
    """

    engines: tuple[ExecutionEngine, ...]

    @property
    def portfolios(self) -> tuple[PortfolioContainer, ...]:
        """All portfolios, by index."""
        members = (member for engine in self.engines for member in engine.members)
        return tuple(sorted(members, key=lambda member: member.index))

    @property
    def engine_ids(self) -> tuple[int, ...]:
        """For each portfolio by index, the position of its engine in `engines`."""
        positions = {
            member.index: position
            for position, engine in enumerate(self.engines)
            for member in engine.members
        }
        return tuple(positions[index] for index in sorted(positions))

    @property
    def liquidity_ids(self) -> tuple[int, ...]:
        """
        For each portfolio by index, whose liquidity it takes from.

        Portfolios with equal ids share consumption and queues, and may trade with
        each other. An id is the lowest index among them.
        """
        return self._shared(lambda settings: settings.shares_liquidity)

    @property
    def netting_ids(self) -> tuple[int, ...]:
        """
        For each portfolio by index, with whom its orders are crossed.

        Portfolios with equal ids are netted against each other; one that is alone
        never is. An id is the lowest index among them.
        """
        return self._shared(lambda settings: settings.netting)

    def _shared(self, is_shared: Callable[[EngineSettings], bool]) -> tuple[int, ...]:
        ids = {}
        for engine in self.engines:
            shared = is_shared(engine.settings)
            for member in engine.members:
                ids[member.index] = engine.members[0].index if shared else member.index
        return tuple(ids[index] for index in sorted(ids))


@dataclass(frozen=True)
class Lane:
    """
    One topology under a name; a run is a list of lanes in one pass over the data.

    Parameters
    ----------
    label : str
        Its name in results.
    topology : Topology
        Who shares an engine.
    """

    label: str
    topology: Topology

    @property
    def engines(self) -> tuple[ExecutionEngine, ...]:
        """The engines of the topology."""
        return self.topology.engines
