"""Books are sized for their tape, and replayed up to an event or a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.replay import (
    MAX_WIDTH,
    MIN_WIDTH,
    book_size,
    find_ranges,
    new_books,
    record_top,
    replay,
    replay_until,
    write_top,
)
from commonbook.core.book_records import NO_ASK, NO_BID
from tests.book.dict_book import ASK, BID, DictBook
from tests.data.tapes import LAST, events_of

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

SIDES = {"B": BID, "A": ASK}


def sets(*prices, instrument=0):
    return [(1, "S", "B", price, 1, LAST, instrument) for price in prices]


def test_a_small_range_gets_the_smallest_window_and_no_far_store():
    assert book_size(events_of(sets(100, 200)), 1) == (MIN_WIDTH, 1, 1, (False,))


def test_a_tape_without_levels_gets_the_smallest_window():
    events = events_of([(1, "T", "B", 9, 1, LAST)])
    assert book_size(events, 2) == (MIN_WIDTH, 1, 1, (False, False))


def test_the_window_is_twice_the_range_so_that_all_prices_fit_wherever_it_stands():
    for spread in (512, 513, 20_000, 32_768):
        size = book_size(events_of(sets(7, 7 + spread - 1)), 1)
        assert size.width >= 2 * spread
        assert size.capacity == 1


@pytest.mark.parametrize("low", [-40, 0, 500, 1_000, 2_000_000_000])
@pytest.mark.parametrize("side", "BA")
def test_a_window_of_twice_the_range_holds_every_price_wherever_it_begins(low, side):
    # The first price may stand at the edge of the window that books begin with.
    prices = [low + 20, low + 50, low, low + 30, low + 60]
    events = events_of([(1, "S", side, price, 1, LAST) for price in prices])
    books = new_books(1, *book_size(events, 1))
    for place, price in enumerate(prices):
        replay(books, events, place, place + 1, 0)
        assert books.sides["n_levels"].sum() == place + 1
        assert books.sides["n_far"].sum() == 0, price


def test_a_wide_range_gets_the_largest_window_and_a_store_for_all_its_prices():
    prices = [0, MAX_WIDTH, 5, 6, 7]
    size = book_size(events_of(sets(*prices)), 1)
    assert size.width == MAX_WIDTH
    assert size.capacity > len(prices)
    assert size.capacity & (size.capacity - 1) == 0


def test_the_widest_instrument_decides():
    rows = sets(1, 2) + sets(1, 5_000, instrument=1)
    both = book_size(events_of(rows), 2)
    assert both.width == book_size(events_of(sets(1, 5_000)), 1).width > MIN_WIDTH


def test_a_window_may_be_held_narrow():
    size = book_size(events_of(sets(*range(20))), 1, max_width=8)
    assert size.width == 8
    assert size.capacity > 20


def test_ranges_are_those_of_levels_alone():
    rows = [
        *sets(-5, 9),
        (2, "T", "B", 1_000, 1, LAST, 0),
        (2, "R", "N", -1_000, 0, LAST, 0),
        *sets(3, instrument=2),
    ]
    ranges = np.array([[NO_ASK, NO_BID, 0]] * 3)
    assert find_ranges(events_of(rows), ranges) == -1
    assert ranges.tolist() == [[-5, 9, 0], [NO_ASK, NO_BID, 0], [3, 3, 0]]


rows = st.lists(
    st.one_of(
        st.tuples(
            st.integers(0, 3),
            st.just("S"),
            st.sampled_from("BA"),
            st.integers(-20, 20),
            st.integers(0, 4),
        ),
        st.tuples(
            st.integers(0, 3),
            st.sampled_from("RT"),
            st.just("B"),
            st.integers(-20, 20),
            st.just(1),
        ),
    ),
    min_size=1,
    max_size=30,
)


def tape_of(rows):
    """Make the times of rows from distances."""
    times = np.cumsum([row[0] for row in rows]).tolist()
    return [(ts, *row[1:], LAST) for ts, row in zip(times, rows, strict=True)]


def model_of(rows):
    model = DictBook()
    for _, action, side, price, qty, _ in rows:
        if action == "S":
            model.put(SIDES[side], price, qty)
        elif action == "R":
            model.clear()
    return model


def top_of(books, row, depth):
    prices = np.zeros((2, depth), np.int64)
    qtys = np.full((2, depth), -1, np.int64)
    write_top(books, row, depth, prices, qtys)
    return [
        [(p, q) for p, q in zip(*side, strict=True) if q]
        for side in zip(prices.tolist(), qtys.tolist(), strict=True)
    ]


def levels_of(model, depth):
    return [
        [(p, model.sides[side][p]) for p in model.prices(side)[:depth]]
        for side in (BID, ASK)
    ]


@given(rows, st.sampled_from([8, 64]), st.integers(1, 5))
def test_a_replay_ends_in_the_book_of_a_dictionary(rows, max_width, depth):
    rows = tape_of(rows)
    events = events_of(rows)
    books = new_books(2, *book_size(events, 1, max_width))
    replay(books, events, 0, events.size, 1)
    assert top_of(books, 1, depth) == levels_of(model_of(rows), depth)
    assert top_of(books, 0, depth) == [[], []]


@given(rows, st.lists(st.integers(-1, 90), max_size=4).map(sorted))
def test_a_replay_up_to_a_time_applies_what_is_stamped_no_later(rows, times):
    rows = tape_of(rows)
    events = events_of(rows)
    books = new_books(1, *book_size(events, 1))
    pos = 0
    for ts in times:
        pos = replay_until(books, events, pos, events.size, ts, 0)
        assert pos == sum(row[0] <= ts for row in rows)
        assert top_of(books, 0, 9) == levels_of(model_of(rows[:pos]), 9)


# Order by order --------------------------------------------------------------------

SLOTS = 6

named_rows = st.lists(
    st.tuples(
        st.integers(0, 1),  # instrument
        st.sampled_from("AAAMMCCRFT"),
        st.integers(0, SLOTS - 1),
        st.sampled_from("BA"),
        st.one_of(st.integers(-5, 5), st.integers(-90, 90)),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=40,
)


class DictOrders:
    """The orders of a tape by slot: (instrument, side, price, size)."""

    def __init__(self) -> None:
        self.live = {}

    def apply(self, instrument, action, slot, side, price, qty):
        """Let a row happen; return the event that it is, None when it cannot be."""
        order = self.live.get(slot)
        if action == "R":
            self.live = {k: o for k, o in self.live.items() if o[0] != instrument}
        elif action == "A" and order is None:
            self.live[slot] = instrument, side, price, qty
        elif action == "M" and order is not None:
            instrument, side, *_ = order
            self.live[slot] = instrument, side, price, qty
        elif action in "CF" and order is not None:
            instrument, side, price, size = order
            qty = min(qty, size)
            if action == "C":
                self.live[slot] = instrument, side, price, size - qty
                if qty == size:
                    del self.live[slot]
        elif action != "T":
            return None
        return (1, action, side, price, qty, LAST, instrument), slot

    def top(self, instrument, depth):
        sizes = ({}, {})
        for where, side, price, qty in self.live.values():
            if where == instrument:
                levels = sizes[SIDES[side]]
                levels[price] = levels.get(price, 0) + qty
        return [
            sorted(levels.items(), reverse=side == BID)[:depth]
            for side, levels in enumerate(sizes)
        ]


def named_events(rows):
    """Make events of what can happen, and the top of both books at the end."""
    model = DictOrders()
    made = [event for row in rows if (event := model.apply(*row)) is not None]
    events = events_of([event for event, _ in made])
    for event, (_, slot) in zip(events, made, strict=True):
        event["order"] = slot if event["action"] in (1, 2, 3, 6) else -1
    return events, model


@given(named_rows, st.sampled_from([8, 1_024]))
def test_a_replay_of_orders_ends_in_the_sums_of_those_that_live(rows, max_width):
    events, model = named_events(rows)
    size = book_size(events, 2, max_width)
    assert size.by_order == tuple(
        bool(np.isin(events["action"][events["instrument"] == i], (1, 2, 3)).any())
        for i in range(2)
    )
    books = new_books(4, *size)
    replay(books, events, 0, events.size, 2)
    for instrument in range(2):
        assert top_of(books, 2 + instrument, 9) == model.top(instrument, 9)
        assert top_of(books, instrument, 9) == [[], []]


def test_slots_are_counted_through_the_whole_tape():
    rows = [(0, "A", 4, "B", 5, 1), (1, "A", 7, "B", 5, 1), (0, "F", 4, "B", 5, 1)]
    events, _ = named_events(rows)
    assert book_size(events, 2)[2:] == (8, (True, True))
    assert new_books(4, *book_size(events, 2)).tape.shape == (8,)
    only_first = events[:1]
    assert book_size(only_first, 2)[2:] == (5, (True, False))


def test_a_replay_up_to_a_time_stops_where_it_is_told():
    events = events_of(tape_of([(1, "S", "B", 5, 1), (0, "S", "B", 6, 1)]))
    books = new_books(1, *book_size(events, 1))
    assert replay_until(books, events, 0, 1, 99, 0) == 1
    assert top_of(books, 0, 2) == [[(5, 1)], []]


@given(rows, st.booleans())
def test_the_top_is_recorded_after_each_packet_or_each_event(rows, each_event):
    rows = [
        (*row[:-1], LAST if place % 3 == 2 or place == len(rows) - 1 else 0)
        for place, row in enumerate(tape_of(rows))
    ]
    events = events_of(rows)
    books = new_books(1, *book_size(events, 1, 8))
    ends = [i for i, row in enumerate(rows) if each_event or row[-1]]
    at = np.zeros(len(ends), np.int64)
    prices = np.zeros((len(ends), 2, 2), np.int64)
    qtys = np.zeros((len(ends), 2, 2), np.int64)
    assert record_top(books, events, each_event, at, prices, qtys) == len(ends)
    assert at.tolist() == ends
    for record, end in enumerate(ends):
        shown = [
            [(p, q) for p, q in zip(*side, strict=True) if q]
            for side in zip(prices[record].tolist(), qtys[record].tolist(), strict=True)
        ]
        assert shown == levels_of(model_of(rows[: end + 1]), 2)
