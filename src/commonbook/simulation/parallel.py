"""
Spread engines that never meet over threads, each with a replay of its own.

Portfolios that share a pool of liquidity or a desk stay together. The kernels hold no
Python lock, and the parts are put together in an order that does not depend on how they
were split.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import ImpactModel
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
    first: dict[int, int] = {}  # of the groups whose takes move one market
    for number, engine in enumerate(setup.engines):
        if setup.impacts[engine.impact].model != ImpactModel.NONE:
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
    for unit in sorted(sizes, key=lambda u: (-sizes[u], u)):
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


def in_canonical_order(fills: Records, setup: Setup) -> Records:
    """
    Order fills by time, then unit; within a unit they keep their order.

    Units that fill at one time stand in the order of their first portfolio that does,
    so that portfolios without fills cannot matter.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n_fills,)
        Fills of the whole, those of each unit in order of occurrence.
    setup : Setup
        What ran.

    Returns
    -------
    ndarray of FILL, shape (n_fills,)
        The same for every way to split the setup; ``slot`` is 0 and crosses are
        numbered from 1.
    """
    units = np.array(units_of(setup), np.int64)
    fills = fills[np.lexsort((units[fills["portfolio"]], fills["ts"]))]
    if fills.size > 0:
        unit, ts = units[fills["portfolio"]], fills["ts"]
        new = np.flatnonzero((unit[1:] != unit[:-1]) | (ts[1:] != ts[:-1])) + 1
        starts = np.concatenate([[0], new])
        first = np.minimum.reduceat(fills["portfolio"], starts)
        sizes = np.diff(np.append(starts, fills.size))
        fills = fills[np.lexsort((np.repeat(first, sizes), ts))]
    fills["slot"] = 0
    crossed = fills["cross_id"] != 0
    _, first, inverse = np.unique(
        fills["cross_id"][crossed], return_index=True, return_inverse=True
    )
    rank = np.empty(first.size, np.int64)
    rank[np.argsort(first)] = np.arange(1, first.size + 1)
    fills["cross_id"][crossed] = rank[inverse]
    return fills


def only_changes(marks: Records, n_instruments: int) -> Records:
    """
    Keep the marks that say something new.

    Parameters
    ----------
    marks : ndarray of MARK, shape (n_marks,)
        Samples, those of each part in order of time.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    ndarray of MARK, shape (n_changes,)
        Ordered by time, then instrument.
    """
    marks = marks[np.lexsort((marks["instrument"], marks["ts"]))]
    keep = np.zeros(marks.size, bool)
    for instrument in range(n_instruments):
        mine = np.flatnonzero(marks["instrument"] == instrument)
        values = marks["mark_half"][mine]
        keep[mine[:1]] = True
        keep[mine[1:]] = values[1:] != values[:-1]
    return marks[keep]
