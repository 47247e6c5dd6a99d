"""A window of any width shows the same book as a dictionary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.replay import new_books
from commonbook.core.book_records import NO_ASK, NO_BID
from tests.book.dict_book import ASK, BID, DictBook, WindowBook, assert_same

LOWEST, HIGHEST = -(1 << 31), (1 << 31) - 1
WIDTHS = [8, 16, 64]

near = st.integers(-12, 12)
spread = st.integers(-300, 300)
anywhere = st.one_of(
    near, spread, st.sampled_from([LOWEST, LOWEST + 1, HIGHEST - 1, HIGHEST])
)
sizes = st.one_of(st.just(0), st.integers(1, 9))


def steps(prices):
    """Draw packets: whether the book is cleared, then levels to set."""
    setting = st.tuples(st.sampled_from([BID, ASK]), prices, sizes)
    packet = st.tuples(st.booleans(), st.lists(setting, max_size=6))
    return st.lists(packet, max_size=12)


def compare(width, packets, own=()):
    prices = [price for _, rows in packets for _, price, _ in rows]
    kernels, model = WindowBook(width, prices, list(own)), DictBook()
    for cleared, rows in packets:
        if cleared:
            kernels.clear()
            model.clear()
            assert_same(kernels, model, prices)
        for row in rows:
            assert kernels.put(*row) == model.put(*row)
            assert_same(kernels, model, prices)
        if cleared:
            kernels.settle()
            model.settle()
            assert_same(kernels, model, prices)


@pytest.mark.parametrize("width", WIDTHS)
@given(packets=steps(st.one_of(near, spread)), own=st.sets(near, max_size=3))
def test_any_packets_give_the_book_of_a_dictionary(width, packets, own):
    compare(width, packets, own)


@given(steps(anywhere))
def test_prices_at_the_ends_of_their_range_are_ordinary_levels(packets):
    compare(8, packets)


@pytest.mark.nojit
@pytest.mark.bounds
@given(steps(near), st.sets(st.integers(-9, 9), max_size=5))
def test_prices_of_ours_stay_linked_while_the_window_moves(packets, own):
    far = [(True, []), (False, [(BID, 400, 1), (ASK, -400, 1)])]
    compare(8, [*packets, *far, *packets], own)


def book_of(width, *rows):
    prices = [price for _, price, _ in rows]
    book = WindowBook(width, [*prices, 0], [])
    for row in rows:
        book.put(*row)
    return book


@pytest.mark.nojit
@pytest.mark.bounds
def test_an_empty_book_has_no_best_price():
    sides = new_books(1, 8, 1).sides
    assert sides["best"].tolist() == [[NO_BID, NO_ASK]]
    assert book_of(8).prices(BID) == book_of(8).prices(ASK) == []


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_better_price_outside_the_window_moves_it_and_keeps_the_rest():
    book = book_of(8, (BID, 2, 5), (BID, 100, 6), (ASK, 101, 7), (ASK, -50, 8))
    assert book.prices(BID) == [100, 2]
    assert book.prices(ASK) == [-50, 101]
    assert [book.qty(BID, 100), book.qty(BID, 2)] == [6, 5]
    assert [book.qty(ASK, -50), book.qty(ASK, 101)] == [8, 7]


@pytest.mark.nojit
@pytest.mark.bounds
def test_the_window_follows_when_its_last_level_goes():
    book = book_of(8, (BID, 2, 5), (BID, 100, 6), (BID, 100, 0))
    assert book.prices(BID) == [2]
    assert int(book.books.sides[1, BID]["n_far"]) == 0


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_worse_price_outside_the_window_leaves_it_where_it_is():
    book = book_of(8, (ASK, 100, 5))
    base = int(book.books.sides[1, ASK]["base"])
    book.put(ASK, 200, 1)
    assert int(book.books.sides[1, ASK]["base"]) == base
    assert book.prices(ASK) == [100, 200]


@pytest.mark.nojit
@pytest.mark.bounds
def test_emptying_a_level_that_was_never_there_changes_nothing():
    book = book_of(8, (BID, 100, 5))
    assert [book.put(BID, price, 0) for price in (99, 101, 500, -500)] == [0] * 4
    assert book.prices(BID) == [100]


@pytest.mark.nojit
@pytest.mark.bounds
def test_the_size_before_is_returned_inside_the_window_and_outside():
    book = book_of(8, (BID, 100, 5), (BID, 2, 3))
    assert (book.put(BID, 100, 1), book.put(BID, 2, 1)) == (5, 3)


def test_from_a_price_beyond_the_window_the_next_level_is_the_best():
    book = book_of(8, (BID, 100, 5), (BID, 103, 5), (ASK, 200, 1), (ASK, 196, 1))
    base = int(book.books.sides[1, BID]["base"])
    assert base + 7 == 103  # the last price of the window
    assert book.after(BID, 500) == 103
    assert book.after(ASK, -500) == 196
