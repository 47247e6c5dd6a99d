import numpy as np
import pytest
from hypothesis import given

from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.merge import merge
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape
from tests.data.order_rows import tape_of_orders
from tests.data.tapes import CENT, LAST, random_tapes, small_tape, tape_of_rows

OTHER = Instrument("Y", "0.5", 10)


def test_at_equal_times_packets_of_earlier_tapes_come_first_and_stay_whole():
    first = tape_of_rows(
        (1, "S", "B", 10, 1, 0),
        (1, "S", "A", 12, 1, LAST),
        (3, "T", "B", 12, 1, LAST),
    )
    second = tape_of_rows(
        (1, "S", "B", 20, 1, 0),
        (1, "S", "A", 22, 1, LAST),
        (2, "S", "A", 21, 1, LAST),
        instruments=OTHER,
    )
    tape = merge([first, second])
    assert tape.symbols == ("X", "Y")
    assert tape.events["ts"].tolist() == [1, 1, 1, 1, 2, 3]
    assert tape.events["instrument"].tolist() == [0, 0, 1, 1, 1, 0]
    assert merge([second, first]).events["price"].tolist() == [20, 22, 10, 12, 21, 12]


@given(random_tapes((CENT, OTHER)), random_tapes((Instrument("Z", 1, 1),)))
def test_each_instrument_keeps_its_own_events(first, second):
    tape = merge([first, second])
    for part, codes in ((first, (0, 1)), (second, (2,))):
        own = tape.events[np.isin(tape.events["instrument"], codes)].copy()
        own["instrument"] -= codes[0]
        assert own.tolist() == part.events.tolist()


def test_columns_beside_the_events_are_merged_when_all_have_them():
    one, two = small_tape(1), small_tape(5, OTHER)
    numbered = Tape(one.events, one.instruments, one.events["ts"], np.arange(5))
    received = Tape(two.events, two.instruments, two.events["ts"] + 1)
    assert merge([one, received]).ts_recv is None
    both = merge([numbered, received])
    assert both.ts_recv.tolist() == [1, 1, 1, 6, 6, 6, 11, 11, 16, 16]
    assert both.sequence.tolist() == [0, 1, 2, 0, 0, 0, 3, 4, 0, 0]


def test_what_the_feeds_say_goes_with_its_instrument():
    one, two = small_tape(1), small_tape(5, OTHER)
    truth = np.zeros(1, TRUTH)
    truth["sequence"] = 9
    truth["bid"], truth["ask"] = 9999, 10_001
    truth["bid_qty"], truth["ask_qty"] = 250, 400
    numbers = np.array([8, 8, 8, 9, 9])
    stated = Tape(two.events, two.instruments, None, numbers, truth)
    tape = merge([one, stated])
    assert tape.truth["instrument"].tolist() == [1]
    assert truth["instrument"].tolist() == [0]
    assert tape.verify()["agreed"] == 1


def test_one_instrument_in_two_tapes_is_refused():
    with pytest.raises(DataError, match="X is in two of them"):
        merge([small_tape(), small_tape()])


def test_one_tape_is_itself_and_none_is_refused():
    tape = small_tape()
    assert merge([tape]) is tape
    with pytest.raises(DataError, match="no tape"):
        merge([])


def test_slots_of_orders_are_numbered_through_all_tapes():
    first = tape_of_orders(
        [(1, "A", "B", 10, 1, LAST, 7), (3, "A", "B", 10, 1, LAST, 8)], (CENT,)
    )
    levels = tape_of_rows((2, "S", "B", 20, 1, LAST), instruments=OTHER)
    second = tape_of_orders(
        [(1, "A", "B", 10, 1, LAST, 7), (2, "T", "B", 10, 1, LAST, 0)],
        (Instrument("Z", 1, 1),),
    )
    tape = merge([first, levels, second])
    assert tape.events["order"].tolist() == [0, 2, -1, -1, 1]
    assert tape.by_order == (True, False, True)
    assert tape.order_slots == 3
