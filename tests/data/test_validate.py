import numpy as np
import pytest

from commonbook.core.enums import Action, Side
from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.validate import validate
from tests.data.tapes import CENT, LAST, events_of

GOOD = (1, "S", "B", 9999, 5, LAST)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((0, "S", "B", 9999, 5, LAST), "row 2: time goes backwards"),
        ((2, "S", "B", 9999, -5, LAST), "row 2: qty -5"),
        ((2, 99, "B", 9999, 5, LAST), "row 2: action 99 is not known"),
        ((2, "A", "N", 9999, 5, LAST), "row 2: side none is none: an order"),
        ((2, "S", 7, 9999, 5, LAST), "row 2: side 7 is not known"),
        ((2, "S", "N", 9999, 5, LAST), "row 2: side none is none"),
        ((2, "S", "B", 9999, 5, 0), "row 2: the last packet is not closed"),
        ((2, "S", "B", 9999, 5, LAST, 1), "row 2: instrument 1 is out of range"),
    ],
)
def test_the_first_broken_row_is_named(row, message):
    with pytest.raises(DataError, match=message):
        validate(events_of([GOOD, row]), (CENT,))


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ((2, "S", "A", 9999, 5, LAST), "row 2: the time changes inside a packet"),
        ((1, "S", "A", 9999, 5, LAST, 1), "row 2: the instrument changes inside"),
    ],
)
def test_a_packet_is_of_one_time_and_one_instrument(second, message):
    first = (1, "S", "B", 9999, 5, 0)
    with pytest.raises(DataError, match=message):
        validate(events_of([first, second]), (CENT, Instrument("Y", 1, 1)))


def test_equal_times_and_zero_sizes_are_fine():
    validate(events_of([GOOD, (1, "S", "B", 9999, 0, LAST)]), (CENT,))


def test_a_time_before_1970_is_refused():
    with pytest.raises(DataError, match="row 1: time -1 is before 1970"):
        validate(events_of([(-1, "S", "B", 1, 1, LAST)]), (CENT,))


def test_a_symbol_may_occur_once():
    with pytest.raises(DataError, match="X, X"):
        validate(events_of([GOOD]), (CENT, CENT))


def test_only_event_records_are_taken():
    with pytest.raises(DataError, match="EVENT"):
        validate(np.zeros(3), (CENT,))


def test_every_code_is_known():
    assert {int(action) for action in Action} == set(range(1, 10))
    assert {int(side) for side in Side} == {0, 1, 2}
