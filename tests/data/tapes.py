"""Small tapes, written by hand, for the tests of market data."""

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Flag
from commonbook.data.instrument import Instrument
from commonbook.data.schema import ACTION_LETTERS, SIDE_LETTERS
from commonbook.data.tape import Tape

CENT = Instrument("X", "0.01", 1)
LAST = int(Flag.LAST)


def events_of(rows: Iterable[tuple]) -> np.ndarray:
    """Lay out (ts, action, side, price, qty, flags[, instrument]) as records."""
    rows = list(rows)
    events = np.zeros(len(rows), EVENT)
    events["order"] = -1
    for event, (ts, action, side, price, qty, flags, *instrument) in zip(
        events, rows, strict=True
    ):
        event["ts"] = ts
        event["action"] = ACTION_LETTERS.get(action, action)
        event["side"] = SIDE_LETTERS.get(side, side)
        event["price"] = price
        event["qty"] = qty
        event["flags"] = flags
        event["instrument"] = instrument[0] if instrument else 0
    return events


def tape_of_rows(*rows: tuple, instruments=CENT) -> Tape:
    return Tape.from_events(events_of(rows), instruments)


def small_tape(ts: int = 1, instrument: Instrument = CENT) -> Tape:
    """A snapshot of one level a side, then a trade that halves the bid."""
    return tape_of_rows(
        (ts, "R", "N", 0, 0, 32),
        (ts, "S", "B", 9999, 500, 32),
        (ts, "S", "A", 10001, 400, 32 | LAST),
        (ts + 10, "T", "A", 9999, 250, 0),
        (ts + 10, "S", "B", 9999, 250, LAST),
        instruments=instrument,
    )


@st.composite
def random_tapes(draw: st.DrawFn, instruments=(CENT,), max_packets: int = 12) -> Tape:
    """Draw packets of levels, trades and clears, of any of the instruments."""
    row = st.one_of(
        st.tuples(
            st.just("S"),
            st.sampled_from("BA"),
            st.integers(-3, 3),
            st.integers(0, 5),
        ),
        st.tuples(
            st.just("T"),
            st.sampled_from("BAN"),
            st.integers(-3, 3),
            st.integers(0, 5),
        ),
        st.just(("R", "N", 0, 0)),
    )
    rows = []
    ts = draw(st.integers(0, 3))
    for _ in range(draw(st.integers(1, max_packets))):
        ts += draw(st.integers(0, 2))
        instrument = draw(st.integers(0, len(instruments) - 1))
        packet = draw(st.lists(row, min_size=1, max_size=4))
        for place, (action, side, price, qty) in enumerate(packet):
            flags = LAST if place == len(packet) - 1 else 0
            # Now and then far away, so that the window of a ladder moves.
            far = draw(st.sampled_from([0, 0, 0, 0, 5_000, -90_000]))
            ticks = 0 if action == "R" else price + far
            rows.append((ts, action, side, ticks, qty, flags, instrument))
    return Tape.from_events(events_of(rows), instruments)
