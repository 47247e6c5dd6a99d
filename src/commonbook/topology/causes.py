"""Lanes between isolation and sharing, each with one thing more that is shared."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from commonbook.config import GroupLimits, Mode
from commonbook.results.causes import CAUSES
from commonbook.topology.build import TopologyBuilder
from commonbook.topology.graph import EngineSettings, Lane, Topology


def cause_lanes(builder: TopologyBuilder, crowded: Lane, mode: Mode) -> dict[str, Lane]:
    """
    Switch on what happens between portfolios, one thing after another.

    Parameters
    ----------
    builder : TopologyBuilder
        Knows how the portfolios run alone.
    crowded : Lane
        Everything switched on.
    mode : {'shared', 'groups'}
        That of `crowded`.

    Returns
    -------
    dict of str to Lane
        By cause, as named in `CAUSES`; the last one is `crowded` itself. What the
        configuration does not have is left out.
    """
    lanes = {}
    on = list(_causes(builder.build("isolated"), crowded.topology))
    for number, cause in enumerate(on):
        if number + 1 == len(on):
            lanes[cause] = crowded
        elif cause == "random_numbers":
            lanes[cause] = Lane(_label(mode, cause), builder.build_alone())
        else:
            topology = _only(crowded.topology, on[: number + 1])
            lanes[cause] = Lane(_label(mode, cause), topology)
    return lanes


def _causes(alone: Topology, crowded: Topology) -> Iterator[str]:
    """Name what happens between the portfolios of the crowded topology, in order."""
    settings = [engine.settings for engine in crowded.engines]
    having = {
        "random_numbers": alone.portfolios != crowded.portfolios,
        "impact": any(s.impact.kind != "none" for s in settings),
        "liquidity": any(s.shares_liquidity for s in settings),
        "netting": any(s.netting for s in settings),
        "group_limits": any(s.limits not in (None, GroupLimits()) for s in settings),
    }
    return (cause for cause in CAUSES if having[cause])


def _only(crowded: Topology, causes: Collection[str]) -> Topology:
    """Leave out what is not yet switched on; impact always is."""
    netting, limits = "netting" in causes, "group_limits" in causes

    def less(settings: EngineSettings) -> EngineSettings:
        return replace(
            settings,
            pooled="liquidity" in causes,
            netting=settings.netting and netting,
            netting_window=settings.netting_window if netting else 0,
            limits=settings.limits if limits else None,
        )

    engines = (replace(e, settings=less(e.settings)) for e in crowded.engines)
    return Topology(tuple(engines))


def _label(mode: Mode, cause: str) -> str:
    return f"{mode}, up to {cause}"
