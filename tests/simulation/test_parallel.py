"""Engines that never meet may run apart; what can meet stays together."""

import numpy as np
import pytest

from commonbook.core.enums import Distribution, ImpactModel
from commonbook.simulation.limits import GroupLimitSetup
from commonbook.simulation.parallel import split, units_of
from commonbook.simulation.setup import DeskSetup, EngineSetup, ImpactSetup
from tests.kernels import maker, setup, trader

pytestmark = pytest.mark.nojit

MAKER = maker(1, 1, 10)


def placed(*places, desks=()):
    """Make portfolios from (engine, desk)."""
    portfolios = [
        trader(f"p{i}", MAKER, engine=engine, desk=desk)
        for i, (engine, desk) in enumerate(places)
    ]
    made = [DeskSetup(first, n, Distribution.FIFO) for first, n in desks]
    return setup(*portfolios, desks=made)


def members(parts):
    return [indices.tolist() for _, indices in parts]


def test_portfolios_of_one_engine_stay_together():
    made = placed((0, -1), (1, -1), (0, -1), (2, -1))
    assert units_of(made) == [0, 1, 0, 2]
    assert sorted(members(split(made, 3))) == [[0, 2], [1], [3]]


def test_portfolios_of_one_desk_stay_together_even_with_pools_of_their_own():
    made = placed((0, -1), (1, 0), (2, 0), (3, -1), desks=[(1, 2)])
    assert units_of(made) == [0, 1, 1, 3]
    (first, _), (second, _) = split(made, 2)
    assert [len(first.engines), len(second.engines)] == [2, 2]
    assert [p.engine for p in first.portfolios] == [0, 1]
    assert first.desks[0].first_engine == 0
    assert [p.desk for p in first.portfolios] == [0, 0]
    assert second.desks == ()
    assert [p.desk for p in second.portfolios] == [-1, -1]


@pytest.mark.parametrize(
    ("model", "units"), [(ImpactModel.NONE, [0, 1, 2]), (ImpactModel.LINEAR, [0, 0, 2])]
)
def test_portfolios_that_move_one_market_stay_together_when_they_move_it(model, units):
    traders = [trader(f"p{i}", MAKER, engine=i) for i in range(3)]
    impacts = (ImpactSetup(model, 1.0, ((1.0, 0),), (0.02,), (1_000.0,)),) * 2
    engines = tuple(EngineSetup(impact=group) for group in (0, 0, 1))
    made = setup(*traders, engines=engines, impacts=impacts)
    assert units_of(made) == units
    for part, _ in split(made, 3):
        groups = {part.engines[p.engine].impact for p in part.portfolios}
        assert len(groups) == 1


def test_portfolios_that_have_limits_together_stay_together():
    traders = [trader(f"p{i}", MAKER, engine=i) for i in range(3)]
    engines = tuple(EngineSetup(impact=group) for group in (0, 1, 1))
    limits = None, GroupLimitSetup({0: 5})
    impacts = (ImpactSetup(),) * 2
    made = setup(*traders, engines=engines, impacts=impacts, group_limits=limits)
    assert units_of(made) == [0, 1, 1]


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 40])
def test_every_portfolio_is_in_one_part_and_parts_are_of_like_size(parts):
    made = placed(*((engine, -1) for engine in range(12)))
    sizes = [len(indices) for _, indices in split(made, parts)]
    assert sum(sizes) == 12
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) == min(parts, 12)
    everyone = np.concatenate([indices for _, indices in split(made, parts)])
    assert sorted(everyone.tolist()) == list(range(12))


def test_the_numbers_of_the_whole_are_those_of_the_names():
    made = placed((0, -1), (1, -1), (0, -1), (2, -1))
    for part, indices in split(made, 2):
        names = [p.name for p in part.portfolios]
        assert names == [made.portfolios[i].name for i in indices]


def test_nobody_is_one_empty_part():
    assert members(split(setup(), 4)) == [[]]
