"""The hot path of books that name orders does what the careful one does, or nothing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.by_order import apply_quietly
from commonbook.book.ladder import level_qty
from commonbook.book.lines import line_head
from commonbook.book.replay import book_size
from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action, Side
from commonbook.execution.levels import open_share
from commonbook.execution.packets import clear_book, reconcile
from commonbook.execution.tape_orders import apply_order_event
from commonbook.simulation.build import build_state
from tests.kernels import scripted, setup
from tests.oracle.builders import portfolio

ADD, MODIFY, CANCEL, CLEAR = Action.ADD, Action.MODIFY, Action.CANCEL, Action.CLEAR
BUY, SELL = int(Side.BUY), int(Side.SELL)
SLOTS = 8

actions = st.sampled_from([ADD, ADD, ADD, MODIFY, CANCEL, CANCEL, CLEAR])
prices = st.one_of(st.integers(95, 105), st.integers(95, 105), st.integers(1, 300))
rows = st.lists(
    st.tuples(
        actions,
        st.integers(0, SLOTS - 1),
        st.sampled_from([BUY, SELL]),
        prices,
        st.integers(1, 9),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def possible(rows):
    """Turn drawn rows into events that can happen, in packets as drawn."""
    live, made = {}, []
    for row in rows:
        event = possible_event(live, *row)
        if event is not None:
            made.append(event)
    events = np.zeros(len(made), EVENT)
    names = ["action", "order", "side", "price", "qty", "flags"]
    for event, row in zip(events, made, strict=True):
        for name, value in zip(names, row, strict=True):
            event[name] = value
    return events


def possible_event(live, action, slot, side, price, qty, last):
    """Let a row say what it can of the orders that live, None when it cannot."""
    if action == CLEAR:
        live.clear()
        return CLEAR, -1, Side.NONE, 0, 0, last
    if (action == ADD) == (slot in live):
        return None
    if action == ADD:
        live[slot] = side, price, qty
        return action, slot, side, price, qty, last
    its_side, its_price, size = live.pop(slot)
    if action == MODIFY:
        live[slot] = its_side, price, qty
        return action, slot, its_side, price, qty, last
    off = min(qty, size)
    if off < size:
        live[slot] = its_side, its_price, size - off
    return action, slot, its_side, its_price, off, last


def empty_state(events, max_width, own):
    """Make a state without orders of ours, but with levels of ours at some prices."""
    made = replace(
        setup(scripted(portfolio("a"))), book_size=book_size(events, 1, max_width)
    )
    state = build_state(events, made, 64)
    for side, price in own:
        open_share(state, 0, 0, side, price)
    return state


def apply(state, event, quiet):
    """Apply one event; return whether the hot path did it."""
    if event["action"] == CLEAR:
        clear_book(state, 0, 0)
        return False
    if quiet and apply_quietly(
        state.ladder,
        state.books,
        state.far,
        state.own,
        state.tape[0],
        state.clock[0],
        event,
    ):
        return True
    apply_order_event(state, event)
    return False


def seen(state):
    """Give everything that a book and its lines consist of."""
    lines = {}
    for side in (BUY, SELL):
        for price in range(1, 301):
            order = line_head(state.ladder, state.books, state.far, 0, side, price)
            line = []
            while order >= 0:
                line.append((order, int(state.tape[0, order]["qty"])))
                order = int(state.tape[0, order]["next"])
            size = level_qty(state.ladder, state.books, state.far, 0, side, price)
            assert size == sum(qty for _, qty in line)
            if line:
                lines[side, price] = line
    names = ["best", "own_best", "n_orders"]
    sides = state.books[names][0].tolist()
    places = state.tape[["place", "price", "side"]][0].tolist()
    return lines, sides, places, int(state.clock["place"][0])


own_levels = st.sets(
    st.tuples(st.sampled_from([BUY, SELL]), st.integers(95, 105)), max_size=3
)


@pytest.mark.parametrize("max_width", [8, 1_024])
@given(rows=rows, own=own_levels)
@pytest.mark.bounds
def test_both_ways_leave_the_same_books(max_width, rows, own):
    events = possible(rows)
    if events.size == 0:
        return
    both = [empty_state(events, max_width, sorted(own)) for _ in range(2)]
    for event in events:
        for quiet, state in enumerate(both):
            noted = int(state.clock["n_touched"][0])
            done = apply(state, event, bool(quiet))
            assert not done or state.clock["n_touched"][0] == noted
            if event["flags"]:
                state.clock["n_cleared"] = state.clock["n_touched"] = 0
                state.clock["packet"] += 1
        careful, quick = both
        assert seen(quick) == seen(careful)


def event_of(action, slot, side, price, qty):
    event = np.zeros(1, EVENT)
    event["action"], event["order"], event["side"] = action, slot, side
    event["price"], event["qty"] = price, qty
    return event


WORLD = np.concatenate(
    [
        event_of(ADD, 0, BUY, 100, 5),
        event_of(ADD, 1, BUY, 99, 5),
        event_of(ADD, 2, SELL, 103, 5),
        event_of(ADD, 3, SELL, 104, 5),
    ]
)


def quietly(*event, own=()):
    """Say whether the hot path takes an event, in a book from 99 to 104."""
    events = np.concatenate([WORLD, event_of(*event)])
    state = empty_state(events, 1_024, own)
    for known in WORLD:
        apply_order_event(state, known)
    return apply(state, events[-1], True)


@pytest.mark.nojit
@pytest.mark.parametrize(
    "event",
    [
        (ADD, 4, BUY, 101, 3),
        (ADD, 4, BUY, 98, 3),
        (ADD, 4, SELL, 102, 3),
        (MODIFY, 0, BUY, 100, 4),
        (MODIFY, 0, BUY, 100, 0),
        (CANCEL, 0, BUY, 100, 1),
        (CANCEL, 2, SELL, 103, 5),
    ],
)
def test_what_keeps_its_place_and_meets_nothing_of_ours_is_done_at_once(event):
    assert quietly(*event)


@pytest.mark.nojit
@pytest.mark.parametrize(
    ("event", "own"),
    [
        ((ADD, 4, BUY, 98, 3), (BUY, 98)),  # ours is there
        ((CANCEL, 0, BUY, 100, 1), (BUY, 100)),
        ((ADD, 4, BUY, 101, 3), (SELL, 101)),  # it reaches ours
        ((ADD, 4, SELL, 102, 3), (BUY, 102)),
        ((MODIFY, 0, BUY, 100, 6), (SELL, 200)),  # it loses its place
        ((MODIFY, 0, BUY, 99, 5), (SELL, 200)),
        ((MODIFY, 0, BUY, 100, 5), (SELL, 200)),  # nothing happens to it
    ],
)
def test_what_may_concern_us_or_loses_its_place_is_left_alone(event, own):
    assert not quietly(*event, own=[own])


@pytest.mark.nojit
@pytest.mark.bounds
def test_what_may_come_back_after_a_clear_is_left_alone():
    state = empty_state(WORLD, 1_024, ())
    for event in WORLD:
        assert not apply(state, event, False)
    clear_book(state, 0, 0)
    assert not apply(state, WORLD[0], True)
    assert line_head(state.ladder, state.books, state.far, 0, BUY, 100) == 0
    reconcile(state)
    assert apply(state, event_of(ADD, 1, BUY, 99, 1)[0], True)
