"""What became of the tape's own orders."""

from commonbook.data.order_lives import (
    ALIVE,
    CANCELLED,
    CHANGED,
    EXECUTED,
    lives_of,
)
from tests.data.order_rows import tape_of_orders
from tests.data.tapes import CENT, LAST


def lives(*rows):
    return lives_of(tape_of_orders(list(rows), (CENT,)))


OPENING = [
    (1, "A", "B", 99, 4, 32, 1),
    (1, "A", "A", 101, 4, 32 | LAST, 2),
]


def test_an_order_executed_in_parts_ends_with_the_last_one():
    (life,) = lives(
        *OPENING,
        (2, "A", "B", 99, 5, LAST, 3),
        (3, "C", "B", 99, 4, LAST, 1),
        (4, "T", "A", 99, 2, 0, 0),
        (4, "F", "B", 99, 2, 0, 3),
        (4, "C", "B", 99, 2, LAST, 3),
        (6, "T", "A", 99, 3, 0, 0),
        (6, "F", "B", 99, 3, 0, 3),
        (6, "C", "B", 99, 3, LAST, 3),
    )
    assert life["fate"] == EXECUTED
    assert (life["joined"], life["ended"], life["ts_executed"]) == (2, 6, 6)
    assert (life["ahead"], life["away"], life["executed"]) == (4, 0, 5)


def test_a_cancel_ends_the_wait_with_what_was_executed_so_far():
    (life,) = lives(
        *OPENING,
        (2, "A", "A", 102, 5, LAST, 3),
        (4, "F", "A", 102, 2, 0, 3),
        (4, "M", "A", 102, 3, LAST, 3),
        (7, "C", "A", 102, 1, LAST, 3),
        (8, "C", "A", 102, 2, LAST, 3),
    )
    assert (life["fate"], life["ended"], life["executed"]) == (CANCELLED, 7, 2)
    assert (life["ahead"], life["away"]) == (0, 1)


def test_losing_the_place_ends_the_wait():
    moved, grown, cleared, alive = lives(
        *OPENING,
        (2, "A", "B", 99, 5, LAST, 3),
        (2, "A", "B", 99, 5, LAST, 4),
        (2, "A", "B", 98, 5, LAST, 5),
        (3, "M", "B", 98, 5, LAST, 3),
        (4, "M", "B", 99, 6, LAST, 4),
        (5, "R", "N", 0, 0, LAST, 0),
        (6, "A", "B", 97, 1, LAST, 6),
        (9, "T", "N", 97, 1, LAST, 0),
    )
    for life, ended in ((moved, 3), (grown, 4), (cleared, 5)):
        assert (life["fate"], life["ended"]) == (CHANGED, ended)
    assert (alive["fate"], alive["ended"]) == (ALIVE, 9)


def test_an_order_that_comes_with_something_else_is_not_followed():
    assert not lives(
        *OPENING,
        (2, "T", "B", 101, 4, 0, 0),
        (2, "C", "A", 101, 4, 0, 2),
        (2, "A", "B", 101, 3, LAST, 3),
        (5, "C", "B", 101, 3, LAST, 3),
    ).size
