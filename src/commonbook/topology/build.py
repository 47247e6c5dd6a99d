"""From a checked configuration to engines; the only place that reads the mode."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from commonbook.config import Mode, PortfolioConfig, RunConfig
from commonbook.config.groups import assign_groups
from commonbook.topology.graph import (
    EngineSettings,
    ExecutionEngine,
    Lane,
    PortfolioContainer,
    Topology,
)


class TopologyBuilder:
    """
    Build the engines of a run.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration: grids are expanded, groups name every portfolio once.
    """

    def __init__(self, config: RunConfig) -> None:
        self._execution = config.execution
        ordered = sorted(config.portfolios, key=lambda portfolio: portfolio.name)
        self._portfolios = tuple(
            self._container(index, portfolio) for index, portfolio in enumerate(ordered)
        )
        # One lane must differ from another in nothing but who shares an engine, so
        # these settings hold for engines of one portfolio too: they then decide only
        # between the orders of that portfolio. So does the impact of the mode that
        # the configuration asks for.
        shared = self._execution.shared_config
        self._settings = EngineSettings(
            netting=shared.enable_order_netting,
            netting_price=shared.netting_price,
            netting_window=shared.netting_window,
            distribution=(
                shared.fill_distribution if shared.enable_fill_distribution else None
            ),
            impact=self._execution.impact_of(self._execution.mode),
            limits=shared.group_limits,
        )

    @property
    def names(self) -> list[str]:
        """The portfolios by index."""
        return [portfolio.name for portfolio in self._portfolios]

    def build(self, mode: Mode | None = None, alone: str | None = None) -> Topology:
        """
        Put the portfolios into engines.

        Parameters
        ----------
        mode : {'isolated', 'shared', 'groups'} or None
            How; None takes the configuration's mode.
        alone : str or None, default None
            A portfolio that gets an engine of its own whatever the mode.

        Returns
        -------
        Topology
            One engine for each portfolio, one for all, or one for each group.
        """
        mode = self._execution.mode if mode is None else mode
        if mode == "isolated":
            parts: Iterable[list[PortfolioContainer]] = self._alone()
        elif mode == "shared":
            parts = [list(self._portfolios)]
        else:
            parts = self._groups()
        parts = [part for whole in parts for part in _apart(whole, alone)]
        engines = (
            ExecutionEngine(_label(part), tuple(part), self._of(mode, part, alone))
            for part in parts
        )
        return Topology(tuple(sorted(engines, key=lambda e: e.members[0].index)))

    def build_alone(self) -> Topology:
        """
        Put each portfolio into an engine of its own, with random numbers of its own.

        Returns
        -------
        Topology
            As that of mode ``isolated``, but for whose random numbers they draw.
        """
        own = {portfolio.index: portfolio for portfolio in self._portfolios}
        engines = self.build("isolated").engines
        return Topology(
            tuple(
                replace(engine, members=(own[engine.members[0].index],))
                for engine in engines
            )
        )

    def _alone(self) -> list[list[PortfolioContainer]]:
        """Put each portfolio by itself, with random numbers of its own or of all."""
        own = self._execution.isolated_config.independent_fills
        stream = None if own else ""
        return [[replace(p, stream=stream)] for p in self._portfolios]

    def _of(
        self, mode: Mode, part: list[PortfolioContainer], alone: str | None
    ) -> EngineSettings:
        """Give the settings of an engine; who is in no group has no desk or limits."""
        grouped = mode == "shared" or (
            mode == "groups" and part[0].name in self._group_of()
        )
        if grouped and part[0].name != alone:
            return self._settings
        return replace(self._settings, netting_window=0, limits=None)

    def _group_of(self) -> Mapping[str, int]:
        return assign_groups(self._execution.groups, self.names).group_of

    def _groups(self) -> Iterable[list[PortfolioContainer]]:
        group_of = self._group_of()
        parts: dict[int | str, list[PortfolioContainer]] = {}
        for portfolio in self._portfolios:
            key = group_of.get(portfolio.name, portfolio.name)
            parts.setdefault(key, []).append(portfolio)
        return parts.values()

    def _container(self, index: int, config: PortfolioConfig) -> PortfolioContainer:
        return PortfolioContainer(
            name=config.name,
            index=index,
            config=config,
            latency=config.latency.over(self._execution.latency),
            fees=config.fees.over(self._execution.fees),
        )


def lanes_for_run(config: RunConfig) -> tuple[Lane, ...]:
    """
    List the lanes of a plain run.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration.

    Returns
    -------
    tuple of Lane
        One lane, named after the configuration's mode.
    """
    topology = TopologyBuilder(config).build()
    return (Lane(config.execution.mode, topology),)


def lanes_for_compare(config: RunConfig) -> tuple[Lane, ...]:
    """
    List the lanes that show what crowding costs.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration.

    Returns
    -------
    tuple of Lane
        ``isolated``, then ``shared`` (``groups`` if that is the configuration's
        mode); they differ in nothing but who shares an engine.
    """
    builder = TopologyBuilder(config)
    crowded: Mode = "groups" if config.execution.mode == "groups" else "shared"
    modes: tuple[Mode, Mode] = ("isolated", crowded)
    return tuple(Lane(mode, builder.build(mode)) for mode in modes)


def _apart(
    members: list[PortfolioContainer], alone: str | None
) -> Iterator[list[PortfolioContainer]]:
    """Cut one portfolio off from those it would share an engine with."""
    for part in (
        [member for member in members if member.name != alone],
        [member for member in members if member.name == alone],
    ):
        if part:
            yield part


def _label(members: list[PortfolioContainer]) -> str:
    """Name an engine after its members, whatever the order of the file."""
    first, *others = (member.name for member in members)
    if len(others) > 2:
        return f"{first} + {len(others)} more"
    return " + ".join([first, *others])
