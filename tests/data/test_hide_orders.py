"""The same market without the names of its orders."""

import numpy as np

from commonbook.core.enums import Action, Flag
from commonbook.data.hide_orders import hide_orders
from commonbook.data.synth_queue import synth_orders
from tests.data.order_rows import tape_of_orders
from tests.data.tapes import CENT, small_tape


def test_every_packet_leaves_the_same_book_and_the_same_prints():
    tape = synth_orders(3, 60)
    hidden = hide_orders(tape)
    assert hidden.by_order == (False,)
    assert hidden.packets == tape.packets
    top = tape.top_of_book(depth=5)
    assert hidden.top_of_book(depth=5).equals(top)
    prints = ["ts", "side", "price", "qty"]
    for name in prints:
        traded, same = (
            t.events[name][t.events["action"] == Action.TRADE] for t in (tape, hidden)
        )
        assert (traded == same).all()


def test_executions_are_left_out_and_packets_of_nothing_else_with_them():
    tape = tape_of_orders([
        (1, "A", "B", 99, 5, 128, 1),
        (2, "T", "A", 99, 2, 0, 0),
        (2, "F", "B", 99, 2, 128, 1),
        (3, "F", "B", 99, 1, 128, 1),
        (4, "C", "B", 99, 3, 128, 1),
    ], (CENT,))  # fmt: skip
    events = hide_orders(tape).events
    assert events["action"].tolist() == [Action.SET, Action.TRADE, Action.SET]
    assert (events["flags"] == Flag.LAST).all()
    assert events["qty"].tolist() == [5, 2, 2]


def test_an_order_that_moves_changes_two_levels():
    tape = tape_of_orders([
        (1, "A", "B", 99, 5, 128, 1),
        (1, "A", "B", 99, 1, 128, 2),
        (2, "M", "B", 98, 4, 128, 1),
    ], (CENT,))  # fmt: skip
    changed = hide_orders(tape).events[-2:]
    assert changed[["price", "qty", "flags"]].tolist() == [(99, 1, 0), (98, 4, 128)]


def test_a_tape_by_level_stays_as_it_is():
    tape = small_tape()
    assert np.array_equal(hide_orders(tape).events, tape.events)
