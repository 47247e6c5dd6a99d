"""A line keeps its orders by place, wherever they join and leave, and moves whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.ladder import put_level
from commonbook.book.lines import join_line, leave_line, line_head, set_line_head
from commonbook.book.replay import new_books
from commonbook.core.book_records import TAPE_ORDER
from tests.book.dict_book import ASK, BID

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

SLOTS = 12


def walk(tape, head):
    """Give the orders of a line from its first to its last."""
    orders = []
    while head >= 0:
        orders.append(head)
        head = int(tape[head]["next"])
    return orders


def walk_back(tape, head):
    """Give the orders from the last to the first, as the links back have them."""
    if head < 0:
        return []
    orders = [int(tape[head]["prev"])]
    while orders[-1] != head:
        orders.append(int(tape[orders[-1]]["prev"]))
    return orders


@given(st.lists(st.tuples(st.integers(0, SLOTS - 1), st.integers(0, 99)), max_size=60))
def test_a_line_is_a_list_of_orders_sorted_by_place(steps):
    tape = np.zeros(SLOTS, TAPE_ORDER)
    head, model, places = -1, {}, set()
    for order, place in steps:
        if order in model:
            head = leave_line(tape, head, order)
            del model[order]
        elif place not in places:
            places.add(place)
            tape[order]["place"] = place
            head = join_line(tape, head, order)
            model[order] = place
        expected = sorted(model, key=model.get)
        assert walk(tape, head) == expected
        assert walk_back(tape, head) == expected[::-1]


def test_who_comes_last_stands_last_without_a_search():
    tape = np.zeros(4, TAPE_ORDER)
    tape["place"] = [5, 6, 7, 8]
    head = -1
    for order in range(4):
        head = join_line(tape, head, order)
    assert walk(tape, head) == [0, 1, 2, 3]
    assert int(tape[head]["prev"]) == 3


def test_a_line_that_its_last_order_left_is_empty():
    tape = np.zeros(1, TAPE_ORDER)
    assert leave_line(tape, join_line(tape, -1, 0), 0) == -1


# Where a book keeps them -----------------------------------------------------------

near = st.integers(-6, 6)
prices = st.one_of(near, near, st.integers(-300, 300))


@pytest.mark.parametrize("width", [8, 64])
@given(
    st.lists(
        st.tuples(st.sampled_from([BID, ASK]), prices, st.integers(0, 3)), max_size=30
    )
)
def test_lines_move_with_their_levels_in_and_out_of_the_window(width, rows):
    """Each level that is set gets a line of its own, headed by the step's number."""
    books = new_books(2, width, 128)
    model = {}
    for number, (side, price, qty) in enumerate(rows):
        key = side, price
        if qty == 0 and key in model:
            set_line_head(*books[:3], 1, side, price, -1)
            del model[key]
        put_level(*books[:4], 1, side, price, qty)
        if qty > 0:
            set_line_head(*books[:3], 1, side, price, number)
            model[key] = number
        for where in {row[:2] for row in rows}:
            assert line_head(*books[:3], 1, *where) == model.get(where, -1)
    assert (books.ladder["head"][0] == -1).all()  # the other book


def test_a_price_that_was_never_shown_has_no_line():
    books = new_books(1, 8, 1)
    assert line_head(*books[:3], 0, BID, 5) == -1
    put_level(*books[:4], 0, BID, 5, 1)
    assert line_head(*books[:3], 0, BID, 4) == -1
    assert line_head(*books[:3], 0, BID, 5_000) == -1
