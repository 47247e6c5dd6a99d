"""Packets that leave the best bid at or above the best ask."""

import json

import numpy as np
import pytest

from commonbook.data.crossed import count_crossed
from commonbook.data.instrument import Instrument
from commonbook.data.read import read
from commonbook.data.store import save_tape
from commonbook.data.synth import synth
from commonbook.data.synth_queue import synth_orders
from tests.data.tapes import CENT, LAST, tape_of_rows

pytestmark = pytest.mark.nojit

TWO = (CENT, Instrument("Y", "0.25", "1"))


def crossing(instruments=TWO):
    """Give a tape whose first book is locked once and crossed twice."""
    return tape_of_rows(
        (1, "S", "B", 100, 5, LAST, 0),  # one side only
        (2, "S", "A", 101, 5, LAST, 0),
        (3, "S", "A", 100, 5, LAST, 0),  # locked
        (4, "S", "B", 102, 5, 0, 0),  # crossed within a packet only
        (4, "S", "B", 102, 0, 0, 0),
        (4, "S", "A", 100, 0, LAST, 0),
        (5, "S", "B", 103, 5, LAST, 0),  # crossed
        (6, "T", "N", 103, 5, LAST, 0),  # still crossed
        (7, "S", "B", 9, 5, LAST, 1),
        (7, "S", "A", 10, 5, LAST, 1),
        (8, "R", "N", 0, 0, LAST, 0),
        instruments=instruments,
    )


def test_locked_and_crossed_books_are_counted_at_the_ends_of_packets():
    assert crossing().crossed == (3, 0)


def test_the_pieces_of_a_long_tape_do_not_matter(monkeypatch):
    tape = crossing()
    whole = count_crossed(tape.events, 2)
    monkeypatch.setattr("commonbook.data.pieces.pieces.__defaults__", (1,))
    assert count_crossed(tape.events, 2) == whole == (3, 0)


@pytest.mark.parametrize("make", [synth, synth_orders])
def test_it_is_what_the_replayed_book_shows(make):
    tape = make(3, 5)
    events = tape.events.copy()
    events["price"][events["side"] == 1] -= 2
    doubtful = type(tape)(events, tape.instruments)
    top = doubtful.top_of_book().drop_nulls()
    seen = int((top["bid_px_00"] >= top["ask_px_00"]).sum())
    assert doubtful.crossed == (seen,)
    assert seen > 0


def test_a_cut_of_a_tape_counts_its_own():
    tape = crossing()
    assert tape.crossed == (3, 0)
    assert tape.slice(end=5).crossed == (1, 0)


def test_a_stored_tape_knows_it_without_looking(tmp_path, monkeypatch):
    save_tape(crossing(), tmp_path / "tape")
    assert json.loads((tmp_path / "tape" / "meta.json").read_text())["crossed"] == [
        3,
        0,
    ]
    monkeypatch.setattr("commonbook.data.tape.count_crossed", None)
    assert read(tmp_path / "tape").crossed == (3, 0)


@pytest.mark.parametrize("said", [None, [1], "many"])
def test_a_stored_tape_that_does_not_say_it_is_looked_at(tmp_path, said):
    save_tape(crossing(), tmp_path / "tape")
    path = tmp_path / "tape" / "meta.json"
    meta = json.loads(path.read_text()) | {"crossed": said}
    path.write_text(json.dumps(meta))
    assert read(tmp_path / "tape").crossed == (3, 0)


def test_no_events_are_no_crossed_books():
    assert count_crossed(np.zeros(0, crossing().events.dtype), 1) == (0,)
