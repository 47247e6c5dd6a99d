import numpy as np
import pytest
from hypothesis import given, settings

from commonbook.core.errors import DataError
from commonbook.data.live_orders import follow_orders
from commonbook.data.order_ids import resolve_orders
from commonbook.data.schema import ACTION_LETTERS, SIDE_LETTERS
from tests.data.order_rows import (
    PlainResolver,
    random_rows,
    rows_of,
    without_duplicates,
)
from tests.data.tapes import LAST


def where(row):
    return f"feed: row {row + 1}"


def resolved(*rows):
    events, ids = rows_of(*rows)
    return resolve_orders(events, np.array(ids), where)


def short(events):
    """Give letters, slots, prices, sizes and whether the packet ends."""
    letters = {int(code): letter for letter, code in ACTION_LETTERS.items()}
    return [
        (
            letters[e["action"]],
            e["order"],
            e["price"],
            e["qty"],
            bool(e["flags"] & LAST),
        )
        for e in events
    ]


def test_a_slot_is_used_again_only_after_the_packet_in_which_its_order_went():
    orders = resolved(
        (1, "A", "B", 10, 5, LAST, 71),
        (2, "C", "B", 10, 5, 0, 71),
        (2, "A", "B", 9, 4, LAST, 72),
        (3, "A", "B", 8, 3, LAST, 73),
    )
    assert orders.events["order"].tolist() == [0, 0, 1, 0]
    assert orders.n_slots == 2


def test_an_id_keeps_its_slot_within_a_packet():
    orders = resolved(
        (1, "A", "B", 10, 5, LAST, 71),
        (2, "C", "B", 10, 5, 0, 71),
        (2, "A", "B", 9, 4, 0, 72),
        (2, "A", "B", 9, 4, LAST, 71),
        (3, "C", "B", 9, 4, LAST, 71),
        (4, "A", "B", 9, 1, LAST, 73),
    )
    assert orders.events["order"].tolist() == [0, 0, 1, 0, 0, 0]


@pytest.mark.nojit
@pytest.mark.bounds
def test_an_order_that_a_clear_removed_and_the_packet_adds_again_keeps_its_slot():
    orders = resolved(
        (1, "A", "B", 10, 5, 0, 71),
        (1, "A", "A", 12, 5, LAST, 72),
        (2, "R", "N", 0, 0, 0, 0),
        (2, "A", "A", 13, 5, 0, 73),
        (2, "A", "A", 12, 5, LAST, 72),
        (3, "A", "B", 10, 5, LAST, 74),
    )
    assert orders.events["order"].tolist() == [0, 1, -1, 2, 1, 0]


def test_a_clear_is_of_one_instrument():
    orders = resolved(
        (1, "A", "B", 10, 5, LAST, 71, 0),
        (1, "A", "B", 10, 5, LAST, 71, 1),
        (2, "R", "N", 0, 0, LAST, 0, 1),
        (3, "C", "B", 10, 5, LAST, 71, 1),
        (3, "C", "B", 10, 5, LAST, 71, 0),
    )
    assert orders.events["order"].tolist() == [0, 1, -1, 0]
    assert orders.counts["unknown"] == 1


def test_a_change_of_an_unknown_order_becomes_a_new_order():
    orders = resolved((1, "M", "B", 10, 5, LAST, 71), (2, "M", "B", 9, 5, LAST, 71))
    assert short(orders.events) == [("A", 0, 10, 5, True), ("M", 0, 9, 5, True)]
    assert orders.counts["opened"] == 1
    assert orders.notes == ["1 change of an unknown order became a new order"]


def test_what_names_unknown_orders_is_dropped_and_the_packet_still_ends():
    orders = resolved(
        (1, "T", "B", 10, 5, 0, 0),
        (1, "F", "A", 10, 5, 0, 71),
        (1, "C", "A", 10, 5, LAST, 71),
        (2, "C", "A", 10, 5, LAST, 72),
        (3, "A", "A", 10, 5, LAST, 72),
    )
    assert short(orders.events) == [("T", -1, 10, 5, True), ("A", 0, 10, 5, True)]
    assert orders.kept.tolist() == [0, 4]
    assert orders.counts["unknown"] == 3


def test_a_cancel_takes_off_at_most_what_is_left_and_speaks_of_its_order():
    orders = resolved((1, "A", "A", 12, 5, LAST, 71), (2, "C", "N", 0, 9, LAST, 71))
    assert short(orders.events)[1] == ("C", 0, 12, 5, True)
    assert orders.events["side"][1] == SIDE_LETTERS["A"]
    assert orders.counts["cut"] == 1


def test_a_change_to_nothing_is_a_cancel():
    orders = resolved((1, "A", "A", 12, 5, LAST, 71), (2, "M", "A", 13, 0, LAST, 71))
    assert short(orders.events)[1] == ("C", 0, 12, 5, True)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((2, "A", "B", 9, 1, LAST, 71), r"feed: row 2: order 71 is added \(A\) but"),
        (
            (2, "M", "A", 9, 1, LAST, 71),
            r"feed: row 2: order 71 changes \(M\) its side",
        ),
    ],
)
def test_what_cannot_be_is_refused(row, message):
    with pytest.raises(DataError, match=message):
        resolved((1, "A", "B", 10, 5, LAST, 71), row)


@settings(max_examples=60)
@given(random_rows())
def test_slots_and_counts_are_those_of_a_plain_resolver(rows):
    rows = without_duplicates(rows)
    plain = PlainResolver()
    expected = plain.resolve(rows)
    orders = resolved(*rows)
    letters = {int(code): letter for letter, code in ACTION_LETTERS.items()}
    sides = {int(code): letter for letter, code in SIDE_LETTERS.items()}
    found = [
        (
            e["ts"],
            letters[e["action"]],
            sides[e["side"]],
            e["price"],
            e["qty"],
            e["order"],
            e["instrument"],
            e["flags"],
        )
        for e in orders.events
    ]
    assert found == expected
    assert orders.counts == plain.counts
    assert orders.n_slots == plain.n_slots
    if orders.n_slots:
        follow_orders(orders.events, where)


@settings(max_examples=10)
@given(random_rows(max_packets=8))
def test_slots_resolve_to_themselves(rows):
    once = resolved(*without_duplicates(rows))
    again = resolve_orders(once.events.copy(), once.events["order"].astype(int), where)
    assert again.events.tolist() == once.events.tolist()


@pytest.mark.nojit
@pytest.mark.bounds
def test_the_table_grows_with_the_number_of_live_orders():
    rng = np.random.default_rng(1)
    n = 6_000
    ids = rng.choice(2**40, n, replace=False)
    added = [(k, "A", "B", 1 + k % 7, 2, LAST, ids[k]) for k in range(n)]
    order = rng.permutation(n)
    taken = [(n, "C", "B", 1 + k % 7, 2, LAST, ids[k]) for k in order]
    orders = resolved(*added, *taken)
    assert orders.n_slots == n
    assert orders.counts == dict.fromkeys(("opened", "unknown", "cut", "empty"), 0)
    slots = orders.events["order"]
    assert slots[n:].tolist() == slots[:n][order].tolist()
