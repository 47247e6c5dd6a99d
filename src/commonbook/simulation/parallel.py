"""
Spread engines that never meet over threads, each with a replay of its own.

Portfolios that share a pool of liquidity, a desk, limits or a market that they move
stay together. The kernels hold no Python lock.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commonbook.core.enums import ImpactModel
from commonbook.core.rng import mix
from commonbook.simulation.setup import PortfolioSetup, Setup


def units_of(setup: Setup) -> list[int]:
    """
    Say which portfolios can affect each other.

    Parameters
    ----------
    setup : Setup
        What runs.

    Returns
    -------
    list of int
        For each portfolio the number of its unit: the first pool of liquidity of its
        group.
    """
    # Of the groups whose takes move one market, or that have limits together.
    first: dict[int, int] = {}
    limited = {
        number for number, limits in enumerate(setup.group_limits) if limits is not None
    }
    for number, engine in enumerate(setup.engines):
        moves = setup.impacts[engine.impact].model != ImpactModel.NONE
        if moves or engine.impact in limited:
            first.setdefault(engine.impact, number)
    return [
        setup.desks[p.desk].first_engine
        if p.desk >= 0
        else first.get(setup.engines[p.engine].impact, p.engine)
        for p in setup.portfolios
    ]


def split(setup: Setup, parts: int) -> list[tuple[Setup, NDArray[np.int64]]]:
    """
    Divide a setup into parts that do not affect each other.

    Parameters
    ----------
    setup : Setup
        What runs.
    parts : int
        Most parts.

    Returns
    -------
    list of (Setup, ndarray of int64)
        Each part with the numbers that its portfolios have in the whole.
    """
    units = units_of(setup)
    sizes = {unit: units.count(unit) for unit in dict.fromkeys(units)}
    bins: list[list[int]] = [[] for _ in range(max(1, min(parts, len(sizes))))]
    loads = [0] * len(bins)
    # Not in the order of their numbers: neighbours of a parameter grid are alike, and
    # every second one may be twice as busy.
    for unit in sorted(sizes, key=lambda u: (-sizes[u], mix(0, u))):
        lightest = loads.index(min(loads))
        bins[lightest].append(unit)
        loads[lightest] += sizes[unit]
    return [_part(setup, units, set(chosen)) for chosen in bins]


def _part(
    setup: Setup, units: list[int], chosen: set[int]
) -> tuple[Setup, NDArray[np.int64]]:
    indices = [i for i, unit in enumerate(units) if unit in chosen]
    members = [setup.portfolios[i] for i in indices]
    engines = sorted(
        {p.engine for p in members}
        | {e for p in members if p.desk >= 0 for e in _engines_of_desk(setup, p)}
    )
    desks = sorted({p.desk for p in members if p.desk >= 0})
    engine_at = {engine: place for place, engine in enumerate(engines)}
    desk_at = {desk: place for place, desk in enumerate(desks)} | {-1: -1}
    part = replace(
        setup,
        portfolios=tuple(
            replace(p, engine=engine_at[p.engine], desk=desk_at[p.desk])
            for p in members
        ),
        engines=tuple(setup.engines[engine] for engine in engines),
        desks=tuple(
            replace(
                setup.desks[desk],
                first_engine=engine_at[setup.desks[desk].first_engine],
            )
            for desk in desks
        ),
    )
    return part, np.array(indices, np.int64)


def _engines_of_desk(setup: Setup, portfolio: PortfolioSetup) -> range:
    desk = setup.desks[portfolio.desk]
    return range(desk.first_engine, desk.first_engine + desk.n_engines)
