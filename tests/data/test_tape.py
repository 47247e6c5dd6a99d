import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Action, Flag
from commonbook.core.errors import DataError
from commonbook.data.columns import iso_time
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from tests.data.order_rows import (
    lines_of,
    random_rows,
    tape_of_orders,
    without_duplicates,
)
from tests.data.tapes import (
    CENT,
    LAST,
    events_of,
    random_tapes,
    small_tape,
    tape_of_rows,
)

PAIR = (CENT, Instrument("Y", "0.5", 10))


def test_a_tape_says_what_it_holds():
    tape = small_tape()
    assert (len(tape), tape.packets, tape.symbols) == (5, 2, ("X",))
    assert (tape.start, tape.end) == (1, 11)
    assert repr(tape) == (
        "Tape(X: 5 events in 2 packets, 1970-01-01T00:00:00.000000001Z "
        "to 1970-01-01T00:00:00.000000011Z)"
    )


def test_an_empty_tape_has_no_times():
    tape = Tape.from_events(events_of([]), [CENT])
    assert repr(tape) == "Tape(X: no events)"
    with pytest.raises(DataError, match="no events"):
        tape.start  # noqa: B018


def test_events_are_checked_when_a_tape_is_made():
    with pytest.raises(DataError, match="mine: row 1: qty -5"):
        Tape.from_events(events_of([(1, "S", "B", 1, -5, LAST)]), CENT, "mine")


def test_columns_beside_the_events_have_their_length():
    tape = small_tape()
    with pytest.raises(DataError, match="ts_recv has 2 rows, the events have 5"):
        Tape(tape.events, tape.instruments, np.zeros(2, np.int64))


def test_instruments_are_found_by_name():
    tape = small_tape()
    assert tape.instrument("X") is tape.instruments[0]
    with pytest.raises(DataError, match="no symbol 'Z'; it has X"):
        tape.index("Z")


def test_the_digest_tells_tapes_apart_and_ignores_the_spelling_of_grids():
    one = small_tape()
    assert one.digest == small_tape().digest
    assert one.digest == small_tape(instrument=Instrument("X", "0.010", "1.0")).digest
    others = [
        small_tape(2),
        small_tape(instrument=Instrument("Y", "0.01", 1)),
        small_tape(instrument=Instrument("X", "0.01", 2)),
        small_tape(instrument=Instrument("X", "0.01", 1, "5")),
        Tape(one.events, one.instruments, one.events["ts"] + 3),
    ]
    assert len({tape.digest for tape in [one, *others]}) == 6


def test_padding_of_records_does_not_change_the_digest():
    tape = small_tape()
    raw = bytearray(tape.events.tobytes())
    fields = {
        place
        for dtype, offset in tape.events.dtype.fields.values()
        for place in range(offset, offset + dtype.itemsize)
    }
    size = tape.events.dtype.itemsize
    assert len(fields) < size
    for place in range(len(raw)):
        if place % size not in fields:
            raw[place] = 0xFF
    padded = np.frombuffer(bytes(raw), tape.events.dtype)
    assert Tape.from_events(padded, CENT).digest == tape.digest


def test_without_its_own_truth_there_is_nothing_to_verify():
    with pytest.raises(DataError, match="does not say what its book should be"):
        small_tape().verify()


def test_a_slice_takes_times_as_numbers_or_text():
    tape = small_tape()
    assert tape.slice(11).start == 11
    assert tape.slice(end=iso_time(11)).end == 1
    assert len(tape.slice(12)) == 0
    assert len(tape.slice(11, 5)) == 0


def test_a_slice_begins_with_the_book_so_far():
    tape = small_tape().slice(5)
    assert tape.events["flags"].tolist() == [32, 32, 32 | LAST, 0, LAST]
    assert tape.events["ts"].tolist() == [5, 5, 5, 11, 11]
    assert tape.top_of_book().row(0) == (5, 99.99, 100.01, 500.0, 400.0)


def test_a_slice_begins_halted_where_trading_was():
    rows = [
        (1, "S", "B", 9, 5, LAST),
        (2, "X", "N", 0, 0, LAST),
        (4, "O", "N", 0, 0, LAST),
        (5, "S", "B", 9, 6, LAST),
    ]
    tape = tape_of_rows(*rows)
    halted = tape.slice(3, None).events["action"].tolist()
    assert halted == [Action.CLEAR, Action.SET, Action.HALT, Action.RESUME, Action.SET]
    traded = tape.slice(5, None).events["action"].tolist()
    assert traded == [Action.CLEAR, Action.SET, Action.SET]


def test_a_slice_keeps_the_columns_beside_the_events():
    tape = small_tape()
    both = Tape(
        tape.events, tape.instruments, tape.events["ts"] + 1, np.array([1, 1, 1, 2, 2])
    )
    part = both.slice(11)
    assert part.ts_recv.tolist() == [11, 11, 11, 12, 12]
    assert part.sequence.tolist() == [0, 0, 0, 2, 2]


@given(random_tapes(PAIR), st.integers(0, 30))
def test_the_book_after_a_cut_is_the_book_without_it(tape, start):
    whole = tape.top_of_book(9, symbol="Y")
    whole = whole.filter(whole["ts_event"] >= start)
    part = tape.slice(start)
    snapshots = part.events["flags"] & int(Flag.SNAPSHOT)
    kept = Tape.from_events(part.events, PAIR).top_of_book(9, symbol="Y")
    own = part.events["instrument"][snapshots != 0] == 1
    skip = 1 if own.any() else 0
    assert kept[skip:].equals(whole)


@settings(max_examples=60)
@given(random_rows(), st.integers(0, 12), st.integers(0, 12))
def test_a_cut_keeps_every_order_in_its_line(rows, start, end):
    tape = tape_of_orders(without_duplicates(rows), PAIR)
    part = tape.slice(start, end)
    until = tape.slice(None, end)
    whole, cut = lines_of(until.events), lines_of(part.events)
    if not len(part):
        return
    sizes = {key: [qty for _, qty in line] for key, line in whole.items()}
    assert {key: [qty for _, qty in line] for key, line in cut.items()} == sizes
    adds = np.count_nonzero(part.events["action"] == Action.ADD)
    assert part.order_slots <= adds
