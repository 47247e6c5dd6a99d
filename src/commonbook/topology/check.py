"""Describe a topology for people."""

from dataclasses import dataclass

from commonbook.config.scalars import format_duration
from commonbook.topology.graph import EngineSettings, Topology


@dataclass(frozen=True)
class EngineRow:
    """
    One engine in words.

    Parameters
    ----------
    engine : str
        Its label.
    portfolios : tuple of str
        Its members.
    netting : str
        How orders are crossed inside it.
    liquidity : str
        Who gets scarce liquidity.
    impact : str
        How its orders move the market.
    """

    engine: str
    portfolios: tuple[str, ...]
    netting: str
    liquidity: str
    impact: str


def describe_topology(topology: Topology) -> list[EngineRow]:
    """
    Describe each engine of a topology.

    Parameters
    ----------
    topology : Topology
        Any topology.

    Returns
    -------
    list of EngineRow
        One row for each engine, in the order of the topology.
    """
    return [
        EngineRow(
            engine=engine.label,
            portfolios=tuple(member.name for member in engine.members),
            netting=_netting(engine.settings, len(engine.members)),
            liquidity=_liquidity(engine.settings, len(engine.members)),
            impact=engine.settings.impact.kind,
        )
        for engine in topology.engines
    ]


def _netting(settings: EngineSettings, members: int) -> str:
    if not settings.netting:
        return "off"
    window = settings.netting_window
    within = f" within {format_duration(window)}" if window else ""
    how = "nobody to net with" if members == 1 else f"at {settings.netting_price}"
    return f"{how}{within}"


def _liquidity(settings: EngineSettings, members: int) -> str:
    if members == 1:
        return "its own"
    if settings.distribution is None:
        return "each its own (distribution off)"
    return f"shared, {settings.distribution}"
