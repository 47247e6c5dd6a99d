"""What the kernels take for granted about their records."""

import numpy as np
import pytest

from commonbook.core import book_records, message_records, order_records, records
from commonbook.core.book_records import NO_ASK, NO_BID, NO_MARK
from commonbook.core.dtypes import EVENT, FILL, MARK, ORDER_HISTORY
from commonbook.core.limits import MAX_TICKS
from commonbook.core.records import CLOCK
from commonbook.core.state import FIELDS
from commonbook.strategy.verbs import MAX_CANCELS

RECORDS = {
    name: value
    for module in (records, book_records, message_records, order_records)
    for name, value in vars(module).items()
    if name.isupper()
}
DTYPES = {n: v for n, v in RECORDS.items() if isinstance(v, np.dtype)}
STORED = {"EVENT": EVENT, "FILL": FILL, "MARK": MARK, "ORDER_HISTORY": ORDER_HISTORY}
TICKS = np.iinfo(EVENT["price"].type)


def test_there_are_records():
    assert {"LEVEL", "ORDER", "QUEUE", "CLOCK"} <= DTYPES.keys()


@pytest.mark.parametrize("name", sorted(DTYPES | STORED))
def test_every_field_stands_where_the_machine_wants_it(name):
    dtype = (DTYPES | STORED)[name]
    assert dtype.isalignedstruct
    for field, offset in dtype.fields.values():
        assert offset % field.itemsize == 0
        assert field.kind in "iuf"


def test_an_event_and_an_order_of_the_tape_are_half_a_cache_line_each():
    assert EVENT.itemsize == book_records.TAPE_ORDER.itemsize == 32


def test_a_message_takes_28_bytes_from_the_outbox_to_the_batch():
    sizes = {name: dtype.itemsize for name, dtype, _ in FIELDS}
    assert sizes["outbox"] + sizes["rings"] + sizes["batch"] == 28


def test_an_order_of_ours_is_two_cache_lines():
    assert order_records.ORDER.itemsize == 128


def test_a_share_is_one_cache_line():
    assert records.SHARE.itemsize == 64


def test_an_order_can_have_every_price_of_the_tape():
    assert order_records.ORDER["price"] == records.SHARE["price"] == EVENT["price"]
    assert np.iinfo(order_records.ORDER["price"].type).max == MAX_TICKS


def test_the_most_cancels_are_counted():
    assert np.iinfo(order_records.ORDER["cancels"].type).max == MAX_CANCELS


@pytest.mark.parametrize(
    ("pool", "dtype"),
    [
        ("own", records.OWN_LEVEL),
        ("orders", order_records.ORDER),
        ("shares", records.SHARE),
        ("queues", records.QUEUE),
        ("reports", order_records.REPORT),
        ("taken", records.TAKEN),
        ("terms", order_records.TERMS),
    ],
)
def test_every_pool_has_a_free_chain(pool, dtype):
    assert "next" in dtype.names
    assert {f"free_{pool}", f"left_{pool}"} <= set(CLOCK.names)


def test_no_price_is_beyond_the_marks_for_none():
    assert NO_BID < TICKS.min - (1 << 32) < TICKS.max + (1 << 32) < NO_ASK
    assert NO_BID + NO_ASK == 0
    # Differences and half ticks of these marks stay far inside 64 bits.
    assert 2 * (NO_ASK - NO_BID) < 1 << 62


def test_no_mid_is_the_mark_for_none():
    assert NO_MARK < 2 * NO_BID


def test_the_depth_marks_differ_and_new_levels_are_shown():
    marks = (book_records.SHOWN, book_records.CLEARED, book_records.HIDDEN)
    assert len(set(marks)) == 3
    assert np.zeros(1, book_records.LEVEL)["hidden"][0] == book_records.SHOWN
    assert np.zeros(1, book_records.FAR)["hidden"][0] == book_records.SHOWN
