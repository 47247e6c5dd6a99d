"""What parts of a run wrote stands in one order, however the run was split."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY
from commonbook.simulation.ordering import (
    in_canonical_order,
    merge_orders,
    only_changes,
    rank_orders,
)
from commonbook.simulation.piles import Pile
from tests.kernels import maker, setup, trader

pytestmark = pytest.mark.nojit

MAKER = maker(1, 1, 10)


def placed(*engines):
    """Make a setup with one portfolio for each entry, of that engine."""
    portfolios = [trader(f"p{i}", MAKER, engine=e) for i, e in enumerate(engines)]
    return setup(*portfolios)


def piled(dtype, *pieces):
    """Make a pile of some arrays."""
    pile = Pile(dtype)
    for piece in pieces:
        pile.add(np.array(piece, dtype))
    return pile


# Orders ----------------------------------------------------------------------------


def ended(rows):
    """Make orders from (portfolio, order_id, mark)."""
    orders = np.zeros(len(rows), ORDER_HISTORY)
    for order, (portfolio, number, mark) in zip(orders, rows, strict=True):
        order["portfolio"], order["order_id"], order["qty"] = portfolio, number, mark
    return orders


numbers = st.one_of(
    st.integers(0, 5),
    st.sampled_from([-(1 << 63), -1, (1 << 63) - 1]),
)
row_lists = st.lists(
    st.lists(st.tuples(st.integers(0, 4), numbers), max_size=12), min_size=1, max_size=4
)


def joined(pieces):
    """Order the orders of a run of one part."""
    pile = piled(ORDER_HISTORY, *(ended(piece) for piece in pieces))
    merged = merge_orders([rank_orders(pile, 5)], [np.arange(5)])
    assert len(pile) == 0
    return merged[["portfolio", "order_id", "qty"]].tolist()


@given(row_lists)
def test_orders_stand_by_portfolio_then_number_whatever_their_numbers(pieces):
    marks = iter(range(100))
    made = [[(*row, next(marks)) for row in piece] for piece in pieces]
    flat = [row for piece in made for row in piece]
    assert joined(made) == sorted(flat, key=lambda row: row[:2])  # stable


@given(st.lists(st.integers(0, 4), max_size=12), st.integers(-9, 9), st.data())
def test_numbers_without_gaps_stand_in_order_however_they_ended(owners, first, data):
    rows = [(owner, first + owners[:i].count(owner)) for i, owner in enumerate(owners)]
    ends = data.draw(st.permutations(rows))
    made = [(*row, mark) for mark, row in enumerate(ends)]
    assert joined([made]) == sorted(made, key=lambda row: row[:2])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.data())
def test_merged_parts_are_the_orders_of_the_whole(part_of, data):
    """Portfolios are dealt to parts; each part numbers its own anew."""
    counts = [data.draw(st.integers(0, 3)) for _ in part_of]
    whole = [(p, n, 10 * p + n) for p, count in enumerate(counts) for n in range(count)]
    parts, indices = [], []
    for part in sorted(set(part_of)):
        mine = [p for p, place in enumerate(part_of) if place == part]
        rows = [(mine.index(p), n, mark) for p, n, mark in whole if p in mine]
        pile = piled(ORDER_HISTORY, ended(rows[::-1]))
        parts.append(rank_orders(pile, len(mine)))
        indices.append(np.array(mine, np.int64))
    merged = merge_orders(parts, indices)
    assert merged[["portfolio", "order_id", "qty"]].tolist() == whole


class Unreadable(Pile):
    """A pile whose rows cannot be taken off."""

    def take(self):
        message = "no memory"
        raise MemoryError(message)


def test_what_fails_in_one_part_is_not_kept_quiet():
    ranked = rank_orders(piled(ORDER_HISTORY, ended([(0, 1, 0)])), 1)
    parts = [replace(ranked, rows=Unreadable(ORDER_HISTORY))]
    with ThreadPoolExecutor(1) as pool, pytest.raises(MemoryError):
        merge_orders(parts, [np.zeros(1, np.int64)], pool.map)


# Fills -----------------------------------------------------------------------------


def filled(*rows):
    """Make fills from (ts, portfolio, cross_id)."""
    fills = np.zeros(len(rows), FILL)
    for fill, (ts, portfolio, cross) in zip(fills, rows, strict=True):
        fill["ts"], fill["portfolio"], fill["cross_id"] = ts, portfolio, cross
        fill["slot"] = 9
    return fills


def canonical(parts, made):
    """Order the fills of some parts of a run."""
    return in_canonical_order([piled(FILL, fills) for fills in parts], made)


def test_fills_are_ordered_by_time_and_unit_and_keep_their_order_within():
    parts = [filled((2, 1, 0), (5, 1, 0)), filled((5, 2, 0), (5, 0, 0))]
    ordered = canonical(parts, placed(0, 1, 0))
    assert ordered[["ts", "portfolio"]].tolist() == [(2, 1), (5, 2), (5, 0), (5, 1)]
    assert not ordered["slot"].any()


def test_crosses_are_numbered_by_first_appearance():
    fills = filled((3, 0, 0), (5, 0, 7), (5, 1, 7), (9, 0, 4), (9, 1, 4))
    ordered = canonical([fills], placed(0, 0))
    assert ordered["cross_id"].tolist() == [0, 1, 1, 2, 2]


def test_units_stand_in_the_order_of_their_first_portfolio_that_fills():
    made = placed(0, 1, 2, 0)  # p0 and p3 share an engine
    fills = filled((5, 3, 0), (5, 1, 0), (5, 2, 0))  # p0 is idle
    fills["order_id"] = [1, 2, 3]
    assert canonical([fills], made)["order_id"].tolist() == [2, 3, 1]


fill_rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=25)


@given(fill_rows, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_order_does_not_depend_on_how_units_were_interleaved(rows, engines):
    made = placed(*engines)
    fills = filled(*((ts, p, 0) for ts, p in sorted(rows, key=lambda row: row[0])))
    fills["order_id"] = np.arange(fills.size)
    expected = canonical([fills], made)
    parts = [fills[np.isin(fills["portfolio"], _served(engines, e))] for e in range(4)]
    for joined in (parts, parts[::-1]):
        assert canonical(joined, made).tolist() == expected.tolist()


def _served(engines, engine):
    return [p for p, mine in enumerate(engines) if mine == engine]


def test_no_fills_are_no_fills():
    assert canonical([filled()], placed(0)).size == 0


# Marks -----------------------------------------------------------------------------


def test_only_marks_that_say_something_new_are_kept():
    rows = [(3, 200, 0), (1, 200, 0), (1, 90, 1), (5, 202, 0), (7, 90, 1), (9, 200, 0)]
    kept = only_changes([piled(MARK, rows[:2], rows[2:4]), piled(MARK, rows[4:])], 2)
    assert kept.tolist() == [(1, 200, 0), (1, 90, 1), (5, 202, 0), (9, 200, 0)]


def test_an_instrument_without_a_mid_has_no_marks():
    assert only_changes([Pile(MARK)], 2).size == 0
