import pytest
from hypothesis import given, settings

from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.live_orders import follow_orders, survey_orders
from commonbook.data.tape import Tape
from tests.data.order_rows import lines_of, random_rows, tape_of_orders
from tests.data.order_rows import without_duplicates as sound
from tests.data.tapes import CENT, LAST, events_of

PAIR = (CENT, Instrument("Y", "0.5", 10))


def events_with(slots, *rows):
    events = events_of(rows)
    events["order"] = slots
    return events


def test_a_tape_says_which_instruments_are_order_by_order():
    events = events_with(
        [0, -1, 3],
        (1, "A", "B", 9, 5, LAST, 0),
        (2, "S", "B", 9, 5, LAST, 1),
        (3, "F", "B", 9, 5, LAST, 0),
    )
    survey = survey_orders(events, PAIR, str)
    assert survey.by_order == (True, False)
    assert survey.n_slots == 4


def test_one_instrument_is_by_level_or_by_order():
    events = events_with([0, -1], (1, "A", "B", 9, 5, LAST), (2, "S", "B", 9, 5, LAST))
    with pytest.raises(DataError, match=r"mine: row 2: X has levels \(S\) and orders"):
        Tape.from_events(events, CENT, "mine")


@pytest.mark.parametrize(
    ("row", "slot", "message"),
    [
        ((2, "A", "B", 10, 5, LAST), 0, "add: slot 0 is taken"),
        ((2, "C", "B", 10, 5, LAST), 1, "cancel: order slot 1 is out of range"),
        ((2, "C", "B", 10, 5, LAST), -1, "cancel: order slot -1 is out of range"),
        ((2, "C", "B", 10, 6, LAST), 0, "cancel: more is taken off .* slot 0"),
        ((2, "C", "B", 11, 5, LAST), 0, "cancel: instrument, side or price"),
        ((2, "C", "A", 10, 5, LAST), 0, "cancel: instrument, side or price"),
        ((2, "C", "B", 10, 0, LAST), 0, "cancel: the order in slot 0 has no size"),
        ((2, "M", "A", 10, 5, LAST), 0, "modify: instrument, side or price"),
        ((2, "M", "B", 10, 0, LAST), 0, "modify: the order in slot 0 has no size"),
        ((2, "F", "B", 10, 5, LAST, 1), 0, "fill: instrument, side or price"),
    ],
)
def test_what_the_replay_could_not_trust_is_refused(row, slot, message):
    events = events_with([0, slot], (1, "A", "B", 10, 5, LAST), row)
    with pytest.raises(DataError, match=f"mine: row 2: {message}"):
        Tape.from_events(events, PAIR, "mine")


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_gone_order_can_no_longer_be_named():
    rows = (1, "A", "B", 10, 5, LAST), (2, "C", "B", 10, 5, LAST)
    for action in "MCF":
        events = events_with([0, 0, 0], *rows, (3, action, "B", 10, 1, LAST))
        with pytest.raises(DataError, match="slot 0 holds no order"):
            Tape.from_events(events, CENT)


def test_a_huge_slot_reserves_no_memory():
    events = events_with([2**31 - 1], (1, "A", "B", 10, 5, LAST))
    with pytest.raises(DataError, match="slot 2147483647 is out of range"):
        Tape.from_events(events, CENT)


@settings(max_examples=60)
@given(random_rows())
def test_the_orders_left_are_those_of_a_plain_replay(rows):
    tape = tape_of_orders(sound(rows), PAIR)
    found: dict[tuple, list[tuple]] = {}
    orders = follow_orders(tape.events, str)
    for slot in orders["place"].argsort(kind="stable"):
        order = orders[slot]
        if order["qty"] > 0:
            key = (order["instrument"], order["side"], order["price"])
            found.setdefault(key, []).append((slot, order["qty"]))
    assert found == lines_of(tape.events)
