"""A clear tells which levels are gone and which only left the feed's depth."""

import pytest

from commonbook.core.book_records import CLEARED, HIDDEN, SHOWN
from tests.book.dict_book import ASK, BID, WindowBook

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

BIDS = {100: 5, 99: 4, 98: 3, 60: 2}
ASKS = {101: 5, 102: 4, 103: 3, 150: 2}
WIDTHS = [8, 64]


def book(width):
    made = WindowBook(width, [*BIDS, *ASKS], [])
    show(made, BIDS, ASKS)
    return made


def show(made, bids, asks):
    for side, levels in ((BID, bids), (ASK, asks)):
        for price, qty in levels.items():
            made.put(side, price, qty)


def cleared(width, bids, asks):
    made = book(width)
    made.clear()
    show(made, bids, asks)
    made.settle()
    return made


def marks(made, side):
    return {p: made.mark(side, p) for p in (BIDS, ASKS)[side]}


@pytest.mark.parametrize("width", WIDTHS)
def test_before_the_packet_is_over_nobody_knows(width):
    made = book(width)
    made.clear()
    made.put(BID, 99, 4)
    assert marks(made, BID) == {100: CLEARED, 99: SHOWN, 98: CLEARED, 60: CLEARED}


@pytest.mark.parametrize("width", WIDTHS)
def test_levels_beyond_the_worst_one_that_is_shown_are_hidden_others_are_gone(width):
    made = cleared(width, {100: 5, 98: 3}, {102: 4})
    assert marks(made, BID) == {100: SHOWN, 99: SHOWN, 98: SHOWN, 60: HIDDEN}
    assert marks(made, ASK) == {101: SHOWN, 102: SHOWN, 103: HIDDEN, 150: HIDDEN}
    assert made.prices(BID) == [100, 98]
    assert made.prices(ASK) == [102]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_side_that_shows_nothing_hides_nothing(width):
    made = cleared(width, {}, {101: 1})
    assert set(marks(made, BID).values()) == {SHOWN}
    assert marks(made, ASK) == {101: SHOWN, 102: HIDDEN, 103: HIDDEN, 150: HIDDEN}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_level_set_to_nothing_is_gone_even_beyond_the_worst(width):
    made = cleared(width, {100: 5, 60: 0}, {101: 1})
    assert marks(made, BID) == {100: SHOWN, 99: HIDDEN, 98: HIDDEN, 60: SHOWN}


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_hidden_stays_so_until_the_depth_reaches_it_again(width):
    made = cleared(width, {100: 5}, {101: 1})
    made.clear()
    show(made, {100: 5, 99: 1}, {101: 1})
    made.settle()
    assert marks(made, BID) == {100: SHOWN, 99: SHOWN, 98: HIDDEN, 60: HIDDEN}
    made.put(BID, 60, 2)
    assert marks(made, BID) == {100: SHOWN, 99: SHOWN, 98: HIDDEN, 60: SHOWN}
    made.clear()
    show(made, {100: 5, 97: 1}, {101: 1})
    made.settle()
    assert marks(made, BID) == {100: SHOWN, 99: SHOWN, 98: SHOWN, 60: HIDDEN}


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_hidden_stays_so_when_the_window_moves_away_and_back(width):
    made = cleared(width, {100: 5}, {101: 1})
    made.put(BID, 1000, 1)
    assert marks(made, BID) == {100: SHOWN, 99: HIDDEN, 98: HIDDEN, 60: HIDDEN}
    made.put(BID, 1000, 0)
    assert marks(made, BID) == {100: SHOWN, 99: HIDDEN, 98: HIDDEN, 60: HIDDEN}
