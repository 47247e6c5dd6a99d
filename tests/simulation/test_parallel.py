"""Engines that never meet may run apart; what can meet stays together."""

import numpy as np
import pytest

from commonbook.core.dtypes import FILL, MARK
from commonbook.core.enums import Distribution
from commonbook.simulation.parallel import (
    in_canonical_order,
    only_changes,
    split,
    units_of,
)
from commonbook.simulation.setup import DeskSetup
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
    assert members(split(made, 3)) == [[0, 2], [1], [3]]


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


def filled(*rows):
    """Make fills from (ts, portfolio, cross_id)."""
    fills = np.zeros(len(rows), FILL)
    for fill, (ts, portfolio, cross) in zip(fills, rows, strict=True):
        fill["ts"], fill["portfolio"], fill["cross_id"] = ts, portfolio, cross
        fill["slot"] = 9
    return fills


def test_fills_are_ordered_by_time_and_unit_and_keep_their_order_within():
    made = placed((0, -1), (1, -1), (0, -1))
    fills = filled((5, 1, 0), (5, 2, 0), (5, 0, 0), (2, 1, 0))
    ordered = in_canonical_order(fills, made)
    assert ordered[["ts", "portfolio"]].tolist() == [(2, 1), (5, 2), (5, 0), (5, 1)]
    assert not ordered["slot"].any()


def test_crosses_are_numbered_by_first_appearance():
    made = placed((0, -1), (0, -1))
    fills = filled((9, 0, 4), (9, 1, 4), (3, 0, 0), (5, 0, 7), (5, 1, 7))
    assert in_canonical_order(fills, made)["cross_id"].tolist() == [0, 1, 1, 2, 2]


def test_only_marks_that_say_something_new_are_kept():
    rows = [(3, 200, 0), (1, 200, 0), (1, 90, 1), (5, 202, 0), (7, 90, 1), (9, 200, 0)]
    kept = only_changes(np.array(rows, MARK), 2)
    assert kept.tolist() == [(1, 200, 0), (1, 90, 1), (5, 202, 0), (9, 200, 0)]


def test_an_instrument_without_a_mid_has_no_marks():
    assert only_changes(np.zeros(0, MARK), 2).size == 0


def test_units_stand_in_the_order_of_their_first_portfolio_that_fills():
    made = placed((0, -1), (1, -1), (2, -1), (0, -1))  # p0 and p3 share an engine
    fills = np.zeros(3, FILL)
    fills["ts"] = 5
    fills["portfolio"] = [3, 1, 2]  # p0 is idle
    fills["order_id"] = [1, 2, 3]
    assert in_canonical_order(fills, made)["order_id"].tolist() == [2, 3, 1]
