"""Who keeps a place in the line, who loses it, and what that means for our orders."""

import pytest

from commonbook.book.ladder import level_qty
from commonbook.book.lines import line_head
from commonbook.core.book_records import NO_BID
from commonbook.execution.packets import reconcile
from tests.execution.tape_lines import (
    ASK,
    BID,
    apply_event,
    end_packet,
    event_of,
    line_state,
)
from tests.kernels import Stepped, positions_ahead, scripted
from tests.oracle.builders import add, buy, modify, off, portfolio
from tests.oracle.scenario import Event, Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

PRICE = 100
LINE = [(4, BID, PRICE, 5), (2, BID, PRICE, 3), (7, BID, PRICE, 8)]


def line(state, side=BID, price=PRICE):
    """Give (slot, size) of the orders at a price, by place."""
    orders = []
    order = line_head(state.ladder, state.books, state.far, 0, side, price)
    while order >= 0:
        orders.append((order, int(state.tape[0, order]["qty"])))
        order = int(state.tape[0, order]["next"])
    size = level_qty(state.ladder, state.books, state.far, 0, side, price)
    assert size == sum(qty for _, qty in orders)
    return orders


def after(*events, **more):
    """Let events happen to the line; give the line."""
    state = line_state(*LINE, **more)
    for event in events:
        apply_event(state, event_of(*event)[0])
    return line(state)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (("A", 9, BID, PRICE, 1), [(4, 5), (2, 3), (7, 8), (9, 1)]),
        (("A", 9, BID, PRICE, 0), [(4, 5), (2, 3), (7, 8)]),
        (("M", 4, BID, PRICE, 2), [(4, 2), (2, 3), (7, 8)]),
        (("M", 4, BID, PRICE, 5), [(4, 5), (2, 3), (7, 8)]),
        (("M", 4, BID, PRICE, 6), [(2, 3), (7, 8), (4, 6)]),
        (("M", 4, BID, PRICE, 0), [(2, 3), (7, 8)]),
        (("M", 4, BID, 99, 5), [(2, 3), (7, 8)]),
        (("M", 4, ASK, PRICE, 5), [(2, 3), (7, 8)]),
        (("C", 2, BID, PRICE, 1), [(4, 5), (2, 2), (7, 8)]),
        (("C", 2, BID, PRICE, 3), [(4, 5), (7, 8)]),
        (("F", 4, BID, PRICE, 5), [(4, 5), (2, 3), (7, 8)]),
        (("R",), []),
    ],
)
@pytest.mark.parametrize("max_width", [8, 1_024])
def test_only_a_size_that_is_not_larger_at_the_same_price_keeps_the_place(
    event, expected, max_width
):
    assert after(event, max_width=max_width) == expected


def test_an_order_that_moves_stands_last_where_it_comes_to():
    state = line_state(*LINE, (1, BID, 99, 4))
    apply_event(state, event_of("M", 2, BID, 99, 3)[0])
    assert line(state, price=99) == [(1, 4), (2, 3)]
    apply_event(state, event_of("M", 2, BID, PRICE, 3)[0])
    assert line(state) == [(4, 5), (7, 8), (2, 3)]


def test_a_line_outside_the_window_is_kept_too():
    far = [(4, BID, 900, 1), (2, BID, 5, 3), (3, BID, 5, 2), (1, BID, 500, 9)]
    state = line_state(*far, max_width=8)
    apply_event(state, event_of("C", 2, BID, 5, 1)[0])
    assert line(state, price=5) == [(2, 2), (3, 2)]
    apply_event(state, event_of("M", 2, BID, 5, 7)[0])
    assert line(state, price=5) == [(3, 2), (2, 7)]
    for slot, price, qty in ((4, 900, 1), (1, 500, 9)):
        apply_event(state, event_of("C", slot, BID, price, qty)[0])
    assert int(state.books["best"][0, BID]) == 5
    assert line(state, price=5) == [(3, 2), (2, 7)]
    for slot, qty in ((3, 2), (2, 7)):
        apply_event(state, event_of("C", slot, BID, 5, qty)[0])
    assert int(state.books["best"][0, BID]) == NO_BID
    assert state.books["n_orders"][0].tolist() == [0, 0]


# A clear and who comes back --------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        # All come back: in whatever order they are told, nothing has happened.
        ([(7, PRICE, 8), (2, PRICE, 3), (4, PRICE, 5)], [(4, 5), (2, 3), (7, 8)]),
        ([(7, PRICE, 8), (4, PRICE, 1)], [(4, 1), (7, 8)]),  # smaller
        ([(4, PRICE, 6), (2, PRICE, 3)], [(2, 3), (4, 6)]),  # larger
        ([(9, PRICE, 6), (2, PRICE, 3)], [(2, 3), (9, 6)]),  # new
        ([(4, 99, 5), (2, PRICE, 3)], [(2, 3)]),
    ],
)
def test_an_order_that_a_clear_removes_and_the_packet_adds_was_never_away(
    events, expected
):
    told = [("A", slot, BID, price, qty) for slot, price, qty in events]
    assert after(("R",), *told) == expected


def test_who_comes_back_in_a_later_packet_stands_last():
    state = line_state(*LINE)
    apply_event(state, event_of("R")[0])
    apply_event(state, event_of("A", 2, BID, PRICE, 3)[0])
    reconcile(state)
    end_packet(state)
    apply_event(state, event_of("A", 4, BID, PRICE, 5)[0])
    assert line(state) == [(2, 3), (4, 5)]


def test_who_is_cancelled_after_coming_back_is_away():
    back = ("A", 4, BID, PRICE, 5)
    events = [("R",), ("A", 2, BID, PRICE, 3), back, ("C", 4, BID, PRICE, 5), back]
    assert after(*events) == [(2, 3), (4, 5)]
    assert after(("R",), back, ("R",), ("A", 2, BID, PRICE, 3), back) == [
        (4, 5),
        (2, 3),
    ]


# What is ahead of ours -------------------------------------------------------------

BOTH, NEXT = add(1, "B", PRICE, 10), add(2, "B", PRICE, 6)
OTHER = add(9, "A", 105, 5)


def ahead_after(*events):
    """Bid behind 10 and 6; give what is ahead after a packet."""
    packets = [Packet(1, [BOTH, NEXT, OTHER]), Packet(9, events)]
    *_, state = Stepped(packets, scripted(portfolio("a", buy(5, 4, PRICE))))
    ((ahead, traded, orders),) = positions_ahead(state)
    assert (traded, orders) == (0, 1)
    return ahead


@pytest.mark.parametrize(
    ("events", "ahead"),
    [
        ([off(1, "B", PRICE, 4)], 12),
        ([off(1, "B", PRICE, 10)], 6),
        ([modify(1, "B", PRICE, 1)], 7),
        ([modify(1, "B", PRICE, 11)], 6),  # now behind
        ([modify(2, "B", 99, 6)], 10),
        ([modify(2, "B", 99, 6), modify(2, "B", PRICE, 6)], 10),
        ([add(3, "B", PRICE, 50)], 16),
        ([Event("T", 0, "A", PRICE, 5)], 16),  # only until the end of the packet
        ([Event("R", 0, "N", 0, 0), BOTH, NEXT, OTHER], 16),
        ([Event("R", 0, "N", 0, 0), add(1, "B", PRICE, 3), OTHER], 3),
        ([Event("R", 0, "N", 0, 0), OTHER], 0),
        ([Event("R", 0, "N", 0, 0), add(3, "B", PRICE, 50), NEXT, OTHER], 6),
    ],
)
def test_ahead_are_those_who_were_there_and_kept_their_place(events, ahead):
    assert ahead_after(*events) == ahead
