import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.errors import DataError
from commonbook.data import pieces as pieces_module
from commonbook.data.pieces import count_packets, pieces, validate_pieces
from tests.data.tapes import CENT, LAST, events_of, random_tapes


@given(tape=random_tapes(), size=st.integers(1, 9))
def test_pieces_are_whole_packets_and_nothing_is_lost(tape, size):
    events = tape.events
    found = list(pieces(events, size))
    assert found[0].start == 0
    assert found[-1].stop == events.size
    assert [p.stop for p in found[:-1]] == [p.start for p in found[1:]]
    for piece in found[:-1]:
        assert events["flags"][piece.stop - 1] & LAST
        # No shorter: one packet less would not reach the size.
        inside = events["flags"][piece.start : piece.stop - 1] & LAST
        assert not inside[size - 1 :].any()


def test_an_open_end_is_one_piece():
    events = events_of([(1, "S", "B", 1, 1, 0)] * 5)
    assert list(pieces(events, 2)) == [slice(0, 5)]


@given(tape=random_tapes())
def test_packets_are_counted(tape):
    assert count_packets(tape.events) == sum(f >= LAST for f in tape.events["flags"])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"ts": 0}, "row 5: time goes backwards"),
        ({"qty": -1}, "row 5: qty -1"),
        ({"instrument": 3}, "row 5: instrument 3"),
    ],
)
def test_a_broken_row_is_named_by_its_place_in_the_whole(monkeypatch, broken, message):
    monkeypatch.setattr(pieces_module, "PIECE", 2)
    monkeypatch.setattr(pieces_module.pieces, "__defaults__", (2,))
    events = events_of([(1 + i, "S", "B", 1, 1, LAST) for i in range(7)])
    validate_pieces(events, (CENT,), "tape")
    for field, value in broken.items():
        events[field][4] = value
    with pytest.raises(DataError, match=message):
        validate_pieces(events, (CENT,), "tape")
