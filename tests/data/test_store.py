import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.pieces import pieces
from commonbook.data.read import read
from commonbook.data.schema import TRUTH
from commonbook.data.store import read_store, save_tape
from commonbook.data.store_write import TapeWriter
from commonbook.data.synth import synth
from tests.data.tapes import CENT, LAST, events_of, random_tapes, small_tape

TWO = (CENT, Instrument("Y", "0.25", "0.001", 50))


@pytest.fixture
def folder(tmp_path):
    save_tape(small_tape(), tmp_path / "stored")
    return tmp_path / "stored"


@given(tape=random_tapes(instruments=TWO))
def test_a_stored_tape_comes_back_as_it_was(tmp_path_factory, tape):
    folder = tmp_path_factory.mktemp("store") / "tape"
    number = np.arange(len(tape))
    truth = np.zeros(2, TRUTH)
    truth["bid"] = [4, 5]
    tape = replace(
        tape,
        ts_recv=tape.events["ts"] + number,
        sequence=number,
        truth=truth,
        notes=("a note",),
    )
    save_tape(tape, folder)
    again = read(folder)
    assert again.events.dtype == tape.events.dtype
    assert again.events.tolist() == tape.events.tolist()
    assert again.ts_recv.tolist() == tape.ts_recv.tolist()
    assert again.sequence.tolist() == number.tolist()
    assert again.truth.tolist() == truth.tolist()
    assert again.instruments == tape.instruments
    assert (again.source, again.notes) == ("tape", ("stored from memory", "a note"))
    assert again.digest == tape.digest


def test_what_a_tape_does_not_have_is_not_stored(folder):
    assert sorted(p.name for p in folder.iterdir()) == ["events.npy", "meta.json"]
    again = read(folder, "tape")
    assert again.ts_recv is None
    assert again.sequence is None
    assert again.truth is None


def test_its_arrays_are_mapped_and_cannot_be_changed(folder):
    events = read(folder).events
    assert events.flags.aligned
    with pytest.raises(ValueError, match="read-only"):
        events["qty"][0] = 1


def test_the_pieces_of_writing_do_not_matter(tmp_path):
    tape = synth(3, 20)
    for name, size in (("small", 7), ("large", 1000)):
        with TapeWriter(tmp_path / name, tape.instruments) as writer:
            for rows in pieces(tape.events, size):
                writer.append(tape.events[rows])
    for name in ("events.npy", "meta.json"):
        assert (tmp_path / "small" / name).read_bytes() == (
            tmp_path / "large" / name
        ).read_bytes()


def test_a_stored_tape_is_replaced_and_nothing_else(folder, tmp_path):
    save_tape(small_tape(ts=5), folder)
    assert read(folder).start == 5
    (tmp_path / "notes").mkdir()
    with pytest.raises(DataError, match="notes: exists and is no stored tape"):
        save_tape(small_tape(), tmp_path / "notes")


def test_a_failure_leaves_nothing_behind(tmp_path):
    bad = events_of([(1, "S", "B", 1, 1, LAST), (0, "S", "B", 1, 1, LAST)])
    with pytest.raises(DataError, match="row 2: earlier than the piece before"):
        write(tmp_path / "tape", bad[:1], bad[1:])
    with pytest.raises(DataError, match="row 2: the last packet is not closed"):
        write(tmp_path / "tape", bad[:1], events_of([(2, "S", "B", 1, 1, 0)]))
    with pytest.raises(DataError, match="no events to store"):
        write(tmp_path / "tape")
    assert list(tmp_path.iterdir()) == []


def write(folder, *parts):
    with TapeWriter(folder, (CENT,)) as writer:
        for part in parts:
            writer.append(part)


def test_receive_times_are_there_for_all_events_or_none(tmp_path):
    events = small_tape().events
    with TapeWriter(tmp_path / "tape", (CENT,)) as writer:
        writer.append(events)
        with pytest.raises(DataError, match="ts_recv is not there for each event"):
            writer.append(small_tape(ts=50).events, events["ts"])


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written: Not a directory"):
        save_tape(small_tape(), tmp_path / "file" / "tape")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "other"}, "no stored tape: meta.json has no kind 'commonbook-tape'"),
        ({"version": 99}, "version 99 of the format cannot be read; allowed: 1"),
        ({"sha256": "0"}, r"damaged: the data has hash \w+, meta.json says 0"),
        ({"rows": {}}, "damaged: meta.json names no events"),
        ({"rows": {"events": 4}}, r"events.npy: damaged: .* says 4 rows"),
        ({"rows": {"events": 5, "ts_recv": 5}}, "ts_recv.npy: cannot be read"),
        ({"instruments": [{"symbol": "X"}]}, "damaged: instruments of meta.json"),
        ({"instruments": []}, "instrument 0 is out of range"),
        ({"instruments": 5}, "damaged: instruments of meta.json"),
        ({"rows": 5}, "damaged: meta.json names no events"),
    ],
)
def test_damaged_descriptions_are_refused(folder, change, message):
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(meta | change))
    with pytest.raises(DataError, match=message):
        read(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_what_is_no_description_is_refused(folder, text):
    (folder / "meta.json").write_text(text)
    with pytest.raises(DataError, match=r"stored: no stored tape|damaged: not JSON"):
        read(folder)


def test_damaged_arrays_are_refused(folder):
    path = folder / "events.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(DataError, match=r"events\.npy: damaged"):
        read(folder)
    path.write_bytes(whole[:-24] + bytes([whole[-24] ^ 1]) + whole[-23:])
    with pytest.raises(DataError, match="damaged: the data has hash"):
        read(folder)
    path.write_bytes(b"text")
    with pytest.raises(DataError, match=r"events\.npy: damaged"):
        read(folder)
    np.save(path, np.zeros(5))
    with pytest.raises(DataError, match=r"events\.npy: damaged: float64"):
        read(folder)


def test_what_contradicts_the_folder_is_refused(folder, tmp_path):
    assert len(read(folder, symbol="X", tick_size="0.010", lot_size={"X": 1})) == 5
    with pytest.raises(DataError, match=r"X was stored with tick_size 0\.01, not 0\.1"):
        read(folder, tick_size="0.1")
    with pytest.raises(DataError, match="stored tape of X, not of Y"):
        read(folder, symbol="Y")
    with pytest.raises(DataError, match="a stored tape is read alone"):
        read([folder, folder / ".." / "stored"])
    with pytest.raises(DataError, match=r"no stored tape: meta\.json"):
        read_store([tmp_path], ReadOptions())
