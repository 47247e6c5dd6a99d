import numpy as np

from commonbook.core.dtypes import EVENT
from commonbook.data.digest import digest_of, packed
from commonbook.data.instrument import Instrument
from tests.data.tapes import CENT, small_tape


def test_packed_events_have_no_bytes_without_meaning():
    bytes_of = np.full(64, 7, np.uint8)
    events = bytes_of.view(EVENT)
    again = packed(events)
    assert again.tolist() == events.tolist()
    assert again.tobytes() != events.tobytes()
    assert again.tobytes() == packed(again).tobytes()


def test_every_field_and_instrument_counts():
    events = small_tape().events
    seen = {digest_of(events, (CENT,), None)}
    for field in EVENT.names:
        other = events.copy()
        other[field][2] += 1
        seen.add(digest_of(other, (CENT,), None))
    seen.add(digest_of(events, (CENT,), events["ts"].copy()))
    seen.add(digest_of(events, (CENT,), events["ts"] + 1))
    seen.add(digest_of(events, (Instrument("X", "0.02", 1),), None))
    assert len(seen) == 4 + len(EVENT.names)


def test_the_writing_of_a_grid_does_not_matter():
    events = small_tape().events
    same = Instrument("X", "0.010", "1.0")
    assert digest_of(events, (CENT,), None) == digest_of(events, (same,), None)
