"""Levels outside the window are found by price, wherever their entries collide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.far import far_slot, hide_far, next_far, put_far
from commonbook.core.book_records import BOOK, FAR, HIDDEN, NO_ASK, NO_BID, SHOWN

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

prices = st.one_of(st.integers(-40, 40), st.integers(-(1 << 31), (1 << 31) - 1))
rows = st.lists(st.tuples(prices, st.integers(0, 4)), max_size=40)


def store(n_prices):
    books = np.zeros((1, 2), BOOK)
    return books, np.zeros((1, 2, 1 << (2 * n_prices).bit_length()), FAR)


@given(rows)
def test_sizes_are_those_of_a_dictionary(rows):
    books, far = store(len({price for price, _ in rows}))
    model = {}
    for price, qty in rows:
        assert put_far(books, far, 0, 1, price, qty) == model.get(price, 0)
        model[price] = qty
        assert int(books[0, 1]["n_far"]) == sum(q > 0 for q in model.values())
    for price, qty in model.items():
        entry = far[0, 1, far_slot(far[0, 1], price)]
        assert int(entry["qty"]) == qty
    assert not far[0, 0]["used"].any()  # the other side


@given(rows, prices)
def test_the_next_level_is_the_best_of_the_worse_ones(rows, price):
    books, far = store(len({p for p, _ in rows}))
    for row in rows:
        for side in (0, 1):
            put_far(books, far, 0, side, *row)
    there = [p for p, qty in dict(rows).items() if qty > 0]
    assert next_far(far, 0, 0, price) == max(
        (p for p in there if p < price), default=NO_BID
    )
    assert next_far(far, 0, 1, price) == min(
        (p for p in there if p > price), default=NO_ASK
    )


def test_a_store_without_room_takes_levels_that_stay_empty():
    books, far = np.zeros((1, 2), BOOK), np.zeros((1, 2, 1), FAR)
    assert put_far(books, far, 0, 0, 5, 0) == 0
    assert far["used"].sum() == 0


def test_a_hidden_level_is_shown_again_when_it_is_set_even_to_nothing():
    books, far = store(2)
    for qty in (0, 3):
        hide_far(far, 0, 0, 7, HIDDEN)
        entry = far[0, 0, far_slot(far[0, 0], 7)]
        assert (int(entry["qty"]), int(entry["hidden"])) == (0, HIDDEN)
        put_far(books, far, 0, 0, 7, qty)
        assert int(entry["hidden"]) == SHOWN
