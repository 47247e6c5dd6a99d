"""What was taken of each tape order: by place, and it follows its order's fate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.lines import line_head
from commonbook.execution.consumption import consume
from commonbook.execution.levels import find_share, open_share
from commonbook.execution.packets import reconcile
from commonbook.execution.taken import (
    line_length,
    take_first,
    take_last,
    taken_ahead,
)
from tests.execution.tape_lines import (
    BID,
    apply_event,
    consumed,
    event_of,
    line_state,
)
from tests.kernels import used

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

PRICE = 100
LINE = [(4, 5), (2, 3), (7, 8)]  # slots and sizes, by place


def state_of(line=LINE, **more):
    return line_state(*((slot, BID, PRICE, qty) for slot, qty in line), **more)


def head_of(state):
    return line_head(state.ladder, state.books, state.far, 0, BID, PRICE)


# Taking ----------------------------------------------------------------------------


class DictTaken:
    """The same as a dictionary: what is taken of each order of a line."""

    def __init__(self, line):
        self.line = line
        self.taken = {}

    def take(self, qty, *, latest):
        for slot, size in self.line[::-1] if latest else self.line:
            part = min(qty, size - self.taken.get(slot, 0))
            if part > 0:
                self.taken[slot] = self.taken.get(slot, 0) + part
                qty -= part
        return qty

    def ahead(self, place):
        return sum(self.taken.get(slot, 0) for slot, _ in self.line[:place])


sizes = st.lists(st.integers(1, 9), min_size=1, max_size=7)
takes = st.lists(st.tuples(st.integers(1, 20), st.booleans()), max_size=6)


@given(sizes, takes)
def test_takes_go_from_the_front_and_crossings_from_the_end(sizes, takes):
    line = [(slot, size) for slot, size in enumerate(sizes)]
    state, model = state_of(line), DictTaken(line)
    share = open_share(state, 0, 0, BID, PRICE)
    for qty, latest in takes:
        take = take_last if latest else take_first
        left = take(state, share, head_of(state), qty)
        assert left == model.take(qty, latest=latest)
        assert consumed(state) == model.taken
        for place, (slot, _) in enumerate(line):
            ahead = taken_ahead(state, share, int(state.tape[0, slot]["place"]))
            assert ahead == model.ahead(place)
    counted = state.tape_notes["taken"][: len(line)].tolist()
    assert counted == [int(slot in model.taken) for slot, _ in line]
    assert used(state)["taken"] == len(model.taken)


def test_what_finds_no_order_is_returned():
    state = state_of()
    share = open_share(state, 0, 0, BID, PRICE)
    assert take_first(state, share, head_of(state), 100) == 100 - 16
    assert take_last(state, share, head_of(state), 1) == 1
    assert take_first(state, share, -1, 7) == take_last(state, share, -1, 7) == 7


def test_engines_take_without_knowing_of_each_other():
    state = state_of(engines=2)
    consume(state, 0, 0, BID, PRICE, 6, False)
    consume(state, 1, 0, BID, PRICE, 9, True)
    assert consumed(state, 0) == {4: 5, 2: 1}
    assert consumed(state, 1) == {2: 1, 7: 8}
    assert int(state.tape_notes["taken"][2]) == 2


def test_a_line_has_as_many_orders_as_stand_there():
    state = state_of()
    lengths = [line_length(state, 0, BID, price) for price in (PRICE, 99, 5_000)]
    assert lengths == [3, 0, 0]


# Following -------------------------------------------------------------------------


def after(lots, *events, latest=False, line=LINE):
    """Consume some of the line, let a packet happen; give (consumed, displaced)."""
    state = state_of(line)
    consume(state, 0, 0, BID, PRICE, lots, latest)
    for event in events:
        apply_event(state, event_of(*event)[0])
    reconcile(state)
    assert int(state.clock["broken"][0]) == 0
    taken = consumed(state)
    entries = used(state)
    assert entries["taken"] == len(taken)
    assert entries["shares"] == int(bool(taken))
    share, _ = find_share(state, 0, 0, BID, PRICE)
    if share >= 0:
        assert int(state.shares["moving"][share]) == 0
    return taken, int(state.displaced[0, 0])


def test_what_is_cancelled_of_an_order_takes_its_consumption_with_it():
    assert after(5, ("C", 4, BID, PRICE, 5)) == ({}, 0)
    assert after(5, ("C", 4, BID, PRICE, 2)) == ({4: 3}, 0)
    assert after(5, ("M", 4, BID, PRICE, 3)) == ({4: 3}, 0)
    assert after(2, ("C", 4, BID, PRICE, 3)) == ({4: 2}, 0)


def test_what_the_tape_executed_and_we_had_before_moves_to_the_next_in_line():
    done = ("F", 4, BID, PRICE, 5), ("C", 4, BID, PRICE, 5)
    assert after(5, *done) == ({2: 3, 7: 2}, 0)
    assert after(3, *done) == ({2: 3}, 0)
    half = ("F", 4, BID, PRICE, 2), ("C", 4, BID, PRICE, 2)
    assert after(5, *half) == ({4: 3, 2: 2}, 0)
    assert after(3, *half) == ({4: 3}, 0)  # two of the five were not ours
    assert after(4, *half) == ({4: 3, 2: 1}, 0)


def test_consumption_that_finds_no_order_is_displaced():
    line = [(4, 5)]
    done = ("F", 4, BID, PRICE, 5), ("C", 4, BID, PRICE, 5)
    assert after(5, *done, line=line) == ({}, 5)
    assert after(4, *done, line=line) == ({}, 4)
    assert after(5, *done, ("A", 9, BID, PRICE, 2), line=line) == ({9: 2}, 3)
    assert after(5, *done, ("A", 9, BID, PRICE - 1, 2), line=line) == ({}, 5)


def test_an_order_that_leaves_its_price_takes_its_consumption_with_it():
    assert after(5, ("M", 4, BID, PRICE - 1, 5)) == ({}, 0)
    there_and_back = ("M", 4, BID, PRICE - 1, 5), ("M", 4, BID, PRICE, 5)
    assert after(5, *there_and_back) == ({4: 5}, 0)


def test_an_order_that_loses_its_place_keeps_its_consumption_behind_the_others():
    assert list(after(6, ("M", 4, BID, PRICE, 6))[0].items()) == [(2, 1), (4, 5)]
    assert list(after(16, ("M", 4, BID, PRICE, 9))[0].items()) == [
        (2, 3),
        (7, 8),
        (4, 5),
    ]


def test_a_clear_removes_what_does_not_come_back():
    clear = ("R",)
    assert after(6, clear) == ({}, 0)
    assert after(6, clear, ("A", 4, BID, PRICE, 5)) == ({4: 5}, 0)
    assert after(6, clear, ("A", 4, BID, PRICE, 2)) == ({4: 2}, 0)
    assert after(6, clear, ("A", 4, BID, PRICE - 1, 5)) == ({}, 0)
    # What executions of the packet had taken moves to who is there after it.
    done = ("F", 4, BID, PRICE, 5)
    assert after(6, done, clear, ("A", 2, BID, PRICE, 3)) == ({2: 3}, 3)


def test_the_same_order_may_change_several_times_in_one_packet():
    events = [
        ("F", 4, BID, PRICE, 2),
        ("C", 4, BID, PRICE, 2),
        ("F", 4, BID, PRICE, 1),
        ("M", 4, BID, PRICE, 2),
        ("C", 4, BID, PRICE, 1),
    ]
    # It was 5, of which 3 were executed and 1 cancelled: 3 move on, 1 is left.
    assert after(5, *events) == ({4: 1, 2: 3}, 0)


def test_every_engine_follows_by_itself():
    state = state_of(engines=2)
    consume(state, 0, 0, BID, PRICE, 5, False)
    consume(state, 1, 0, BID, PRICE, 2, False)
    for event in (("F", 4, BID, PRICE, 4), ("C", 4, BID, PRICE, 4)):
        apply_event(state, event_of(*event)[0])
    reconcile(state)
    assert consumed(state, 0) == {4: 1, 2: 3, 7: 1}
    assert consumed(state, 1) == {4: 1, 2: 1}


changes = st.lists(
    st.tuples(
        st.sampled_from("FCM"),
        st.sampled_from([slot for slot, _ in LINE]),
        st.sampled_from([PRICE, PRICE, PRICE, PRICE - 1]),
        st.integers(1, 9),
    ),
    max_size=6,
)


@given(st.integers(0, 16), st.booleans(), changes)
def test_consumption_is_never_more_than_what_stands_there(lots, latest, changes):
    state = state_of()
    if lots:
        consume(state, 0, 0, BID, PRICE, lots, latest)
    live = {slot: (PRICE, size) for slot, size in LINE}
    executed = 0
    for action, slot, price, qty in changes:
        if slot not in live:
            continue
        at, size = live[slot]
        if action == "M":
            live[slot] = price, qty
            apply_event(state, event_of("M", slot, BID, price, qty)[0])
            continue
        part = min(qty, size)
        apply_event(state, event_of(action, slot, BID, at, part)[0])
        if action == "F":
            executed += part
        elif part == size:
            del live[slot]
        else:
            live[slot] = at, size - part
    reconcile(state)
    taken = consumed(state)
    for slot, qty in taken.items():
        assert live[slot][0] == PRICE
        assert 0 < qty <= live[slot][1]
    assert int(state.displaced[0, 0]) <= min(lots, executed)
    assert sum(taken.values()) + int(state.displaced[0, 0]) <= lots
    assert used(state)["taken"] == len(taken) == int(state.tape_notes["taken"].sum())
