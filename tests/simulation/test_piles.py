"""What a run writes stays as it was written, in however many pieces it came."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY
from commonbook.simulation import piles
from commonbook.simulation.piles import Pile, put_rows

pytestmark = pytest.mark.nojit

pieces = st.lists(st.integers(0, 9), max_size=9)


def piled(counts):
    """Pile up numbered rows, so many at a time."""
    pile, rows = Pile(MARK), np.zeros(sum(counts), MARK)
    rows["ts"] = np.arange(rows.size)
    rows["instrument"] = rows["ts"] % 3
    end = 0
    for count in counts:
        pile.add(rows[end : end + count])
        end += count
    return pile, rows


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(piles, "BLOCK", 4 * MARK.itemsize)


@given(pieces)
def test_rows_keep_the_order_in_which_they_came(counts):
    pile, rows = piled(counts)
    assert len(pile) == rows.size
    blocks = [row for block in pile.blocks() for row in block.tolist()]
    assert blocks == rows.tolist()


@given(pieces)
def test_a_column_has_the_field_of_every_row(counts):
    pile, rows = piled(counts)
    assert pile.column("ts").tolist() == rows["ts"].tolist()
    assert pile.column("instrument").tolist() == rows["instrument"].tolist()
    assert pile.column("instrument").dtype == np.int64


@given(pieces)
def test_what_was_taken_off_is_gone(counts):
    pile, rows = piled(counts)
    assert [row for block in pile.take() for row in block.tolist()] == rows.tolist()
    assert len(pile) == 0
    pile.add(rows[:1])
    assert [block.tolist() for block in pile.blocks()] == [
        [row] for row in rows[:1].tolist()
    ]


def test_rows_are_copies():
    pile, rows = piled([3])
    rows["ts"] = 9
    assert pile.column("ts").tolist() == [0, 1, 2]


@pytest.mark.parametrize("dtype", [FILL, ORDER_HISTORY])
@given(places=st.permutations(range(7)), seed=st.integers(0, 99))
def test_every_field_of_a_row_comes_to_its_place(dtype, places, seed):
    raw = np.random.default_rng(seed).bytes(7 * dtype.itemsize)
    rows, target = np.frombuffer(raw, dtype), np.zeros(7, dtype)
    put_rows(rows, np.array(places, np.int64), target)
    assert target[places].tolist() == rows.tolist()
