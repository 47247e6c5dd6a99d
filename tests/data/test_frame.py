from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.read import read
from commonbook.data.tape import Tape
from tests.data.order_rows import random_rows, tape_of_orders, without_duplicates
from tests.data.tapes import random_tapes, small_tape

PAIR = (Instrument("X", "0.01", 1), Instrument("Y", "0.25", "0.00001"))
GRIDS = {
    "tick_size": {"X": "0.01", "Y": "0.25"},
    "lot_size": {"X": "1", "Y": "0.00001"},
}


def test_canonical_columns_in_canonical_order():
    frame = small_tape().to_frame()
    assert frame.rows() == [
        (1, "X", "R", "N", None, None, 0, 32),
        (1, "X", "S", "B", "99.99", "500", 0, 32),
        (1, "X", "S", "A", "100.01", "400", 0, 160),
        (11, "X", "T", "A", "99.99", "250", 0, 0),
        (11, "X", "S", "B", "99.99", "250", 0, 128),
    ]
    assert frame.columns == [
        "ts_event",
        "symbol",
        "action",
        "side",
        "price",
        "size",
        "order_id",
        "flags",
    ]


def numbered(tape: Tape) -> Tape:
    """Number the packets and say when they were received."""
    closed = (tape.events["flags"] & 128) != 0
    sequence = 1 + np.cumsum(closed) - closed
    recv = tape.events["ts"] + 5
    return Tape(tape.events, tape.instruments, recv, sequence.astype(np.int64))


@given(random_tapes(PAIR), st.sampled_from(["csv", "parquet"]), st.booleans())
def test_a_tape_survives_being_written_and_read(tape, format_name, with_numbers):
    tape = numbered(tape) if with_numbers else tape
    # Instruments come back in the order in which they first occur.
    symbols = list(dict.fromkeys(tape.to_frame()["symbol"]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"tape.{format_name}"
        tape.write(path)
        back = read(path, **GRIDS)
        assert sorted(Path(folder).iterdir()) == [path]
    assert list(back.symbols) == symbols
    code = np.array([tape.index(symbol) for symbol in symbols])
    events = back.events.copy()
    events["instrument"] = code[events["instrument"]]
    # Sizes and prices of clears mean nothing and are not written.
    assert events.tolist() == tape.events.tolist()
    for mine, other in ((tape.ts_recv, back.ts_recv), (tape.sequence, back.sequence)):
        assert (mine is None) == (other is None)
        assert mine is None or mine.tolist() == other.tolist()


@given(st.integers(-(2**31) + 1, 2**31 - 1), st.integers(0, 2**62))
def test_prices_and_sizes_are_written_exactly(price, qty):
    instrument = Instrument("X", "0.00025", "0.003")
    events = small_tape().events[-1:].copy()
    events["price"], events["qty"] = price, qty
    row = Tape.from_events(events, instrument).to_frame().row(0, named=True)
    assert Decimal(row["price"]) == instrument.price(price)
    assert Decimal(row["size"]) == instrument.qty(qty)


def test_numbers_that_would_be_refused_are_not_written():
    tape = small_tape()
    ids = np.array([7, 7, 7, 0, 90])
    frame = Tape(tape.events, tape.instruments, None, ids).to_frame()
    assert "sequence" not in frame.columns


@pytest.mark.parametrize(
    ("name", "format_name", "message"),
    [
        ("tape.csv", "binance-stream", "choose csv or parquet"),
        ("tape.csv.gz", None, "compress it afterwards"),
        ("tape.dat", None, "give format"),
        ("no-such-folder/tape.csv", None, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, name, format_name, message):
    with pytest.raises(DataError, match=message):
        small_tape().write(tmp_path / name, format_name)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=30)
@given(random_rows())
def test_orders_come_back_as_they_were_written(rows):
    first = [(0, "A", "B", 1, 1, 128, 100, instrument) for instrument in (0, 1)]
    tape = tape_of_orders(first + without_duplicates(rows), PAIR)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tape.parquet"
        tape.write(path)
        again = read(path, **GRIDS)
    assert again.events.tolist() == tape.events.tolist()
