"""The lanes of a comparison: who competes with whom, and who is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commonbook.config import Mode, RunConfig
from commonbook.config.groups import assign_groups
from commonbook.core.errors import ConfigError, Problem
from commonbook.topology.build import TopologyBuilder, lanes_for_compare
from commonbook.topology.causes import cause_lanes
from commonbook.topology.graph import Lane

#: Portfolios that are simulated side by side, every lane counted.
MOST_PORTFOLIOS = 20_000

_WHERE = "leave_one_out"


@dataclass(frozen=True)
class ComparedLanes:
    """
    The lanes of one comparison, by what they are for.

    Parameters
    ----------
    pair : tuple of Lane
        Everybody alone, and everybody together.
    others : tuple of Lane
        Other ways to be together.
    without : mapping of str to Lane
        By portfolio: as the second of the pair, but for this portfolio, which stands
        alone.
    steps : mapping of str to Lane
        By cause: with one thing more that happens between portfolios. The last one is
        the second of the pair.
    """

    pair: tuple[Lane, ...]
    others: tuple[Lane, ...]
    without: Mapping[str, Lane]
    steps: Mapping[str, Lane]

    @property
    def all(self) -> tuple[Lane, ...]:
        """Every lane, in the order in which they are numbered."""
        between = list(self.steps.values())[:-1]
        return (*self.pair, *self.others, *self.without.values(), *between)


def compared_lanes(
    config: RunConfig,
    leave_one_out: bool | Sequence[str] = False,
    causes: bool = False,
) -> ComparedLanes:
    """
    List the lanes of a comparison.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration.
    leave_one_out : bool or sequence of str, default False
        Who is left out in turn: everybody, nobody, or names and patterns.
    causes : bool, default False
        Whether there are lanes between isolation and sharing, too.

    Returns
    -------
    ComparedLanes
        They differ in nothing but who shares an engine.

    Raises
    ------
    ConfigError
        If nobody is called so, nobody else is left, or the lanes are too many.
    """
    builder = TopologyBuilder(config)
    pair = lanes_for_compare(config)
    crowded: Mode = config.execution.mode
    crowded = "groups" if crowded == "groups" else "shared"
    other: Mode = "shared" if crowded == "groups" else "groups"
    others = (Lane(other, builder.build(other)),) if config.execution.groups else ()
    leavers = _leavers(builder.names, leave_one_out)
    steps = cause_lanes(builder, pair[1], crowded) if causes else {}
    count = len(pair) + len(others) + len(leavers) + max(len(steps) - 1, 0)
    _check_size(count, len(builder.names))
    without = {
        name: Lane(f"without {name}", builder.build(crowded, alone=name))
        for name in leavers
    }
    return ComparedLanes(pair, others, without, steps)


def _leavers(names: list[str], asked: bool | Sequence[str]) -> list[str]:
    """Find who is left out in turn, by name."""
    if isinstance(asked, bool):
        asked = ["*"] if asked else []
    elif isinstance(asked, str):
        asked = [asked]
    found = assign_groups([list(dict.fromkeys(asked))], names)
    problems = [Problem(_WHERE, fault.message) for fault in found.faults]
    if asked and len(names) < 2:
        problems.append(Problem(_WHERE, "there is one portfolio, and nobody else"))
    if problems:
        raise ConfigError(problems)
    return [name for name in names if name in found.group_of]


def _check_size(lanes: int, portfolios: int) -> None:
    """Refuse what no memory would hold."""
    if lanes > 3 and lanes * portfolios > MOST_PORTFOLIOS:
        message = (
            f"{lanes:,} lanes of {portfolios:,} portfolios are "
            f"{lanes * portfolios:,} portfolios to simulate side by side; at most "
            f"{MOST_PORTFOLIOS:,} are allowed: name fewer who are left out"
        )
        raise ConfigError([Problem(_WHERE, message)])
