import numpy as np
import pytest
from hypothesis import given

from commonbook.core.errors import DataError
from commonbook.data.hftbacktest import read_hftbacktest
from commonbook.data.hftbacktest_rows import ROW
from commonbook.data.hftbacktest_write import in_both_orders, write_hftbacktest
from commonbook.data.instrument import Instrument
from commonbook.data.options import ReadOptions
from commonbook.data.tape import Tape
from tests.data.order_rows import random_rows, tape_of_orders, without_duplicates
from tests.data.tapes import (
    CENT,
    LAST,
    events_of,
    random_tapes,
    small_tape,
    tape_of_rows,
)

VENUE, STRATEGY, BUY, SELL = 1 << 31, 1 << 30, 1 << 29, 1 << 28
BOTH = VENUE | STRATEGY
DEPTH, TRADE, CLEAR, SNAPSHOT, BEST = 1, 2, 3, 4, 5
ADD, CANCEL, MODIFY, EXECUTE = 10, 11, 12, 13


def save(folder, *rows, name="feed.npz", **arrays):
    """Write (ev, exch_ts, local_ts, px, qty[, order_id]) as hftbacktest does."""
    data = np.zeros(len(rows), ROW)
    for place, row in enumerate(rows):
        data[place] = (*row, *(0, 0, 0.0)[len(row) - 5 :])
    path = folder / name
    if path.suffix == ".npy":
        np.save(path, data)
    else:
        np.savez_compressed(path, data=data, **arrays)
    return path


def load(*paths, tick="0.01", lot=1):
    return read_hftbacktest(list(paths), ReadOptions(("X",), tick, lot))


def seen(tape):
    names = ["ts", "action", "side", "price", "qty", "flags"]
    return tape.events[names].tolist()


SET, PRINT, GONE = 7, 5, 4
B, A, N = 0, 1, 2


def test_rows_become_events_and_equal_times_a_packet(tmp_path):
    path = save(
        tmp_path,
        (CLEAR | BOTH, 1, 5, 0, 0),
        (SNAPSHOT | BUY | BOTH, 1, 5, 99.99, 5),
        (SNAPSHOT | SELL | BOTH, 1, 5, 100.01, 4),
        (TRADE | SELL | BOTH, 3, 7, 99.99, 2),
        (DEPTH | BUY | BOTH, 3, 7, 99.99, 3),
        (TRADE | BOTH, 4, 8, 100.0, 1),
    )
    tape = load(path)
    assert seen(tape) == [
        (1, GONE, N, 0, 0, 0),
        (1, SET, B, 9999, 5, 32),
        (1, SET, A, 10001, 4, 32 | LAST),
        (3, PRINT, A, 9999, 2, 0),
        (3, SET, B, 9999, 3, LAST),
        (4, PRINT, N, 10000, 1, LAST),
    ]
    assert tape.ts_recv.tolist() == [5, 5, 5, 7, 7, 8]
    assert tape.symbols == ("X",)


def test_rows_of_the_strategy_only_are_left_out(tmp_path):
    path = save(
        tmp_path,
        (DEPTH | BUY | VENUE, 1, 9, 1.0, 5),
        (DEPTH | BUY | BOTH, 2, 3, 1.0, 6),
        (DEPTH | BUY | STRATEGY, 1, 9, 1.0, 5),
    )
    tape = load(path)
    assert tape.events["qty"].tolist() == [5, 6]
    assert tape.ts_recv.tolist() == [9, 3]


def test_several_files_and_plain_npy_are_one_tape(tmp_path):
    first = save(tmp_path, (DEPTH | BUY | BOTH, 1, 1, 1.0, 5), name="a.npy")
    second = save(tmp_path, (DEPTH | SELL | BOTH, 2, 2, 2.0, 6))
    assert load(first, second).events["price"].tolist() == [100, 200]
    with pytest.raises(DataError, match=r"a\.npy: row 1: exch_ts goes backwards"):
        load(second, first)


def test_a_clear_of_one_side_empties_the_levels_up_to_its_price(tmp_path):
    path = save(
        tmp_path,
        (DEPTH | BUY | BOTH, 1, 1, 0.98, 1),
        (DEPTH | BUY | BOTH, 1, 1, 0.99, 2),
        (DEPTH | BUY | BOTH, 1, 1, 1.00, 3),
        (DEPTH | SELL | BOTH, 1, 1, 1.02, 4),
        (DEPTH | SELL | BOTH, 1, 1, 1.05, 4),
        (CLEAR | BUY | BOTH, 2, 2, 0.99, 0),
        (SNAPSHOT | BUY | BOTH, 2, 2, 0.99, 7),
        (CLEAR | SELL | BOTH, 3, 3, np.nan, 0),
    )
    tape = load(path)
    assert seen(tape)[5:] == [
        (2, SET, B, 100, 0, 0),
        (2, SET, B, 99, 0, 0),
        (2, SET, B, 99, 7, 32 | LAST),
        (3, SET, A, 102, 0, 0),
        (3, SET, A, 105, 0, LAST),
    ]
    assert tape.ts_recv.tolist() == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3]


def test_a_clear_of_nothing_leaves_no_event(tmp_path):
    path = save(
        tmp_path,
        (DEPTH | BUY | BOTH, 1, 1, 1.0, 1),
        (CLEAR | BOTH, 2, 2, 0, 0),
        (CLEAR | BUY | BOTH, 3, 3, 0.5, 0),
    )
    assert seen(load(path))[1:] == [(2, GONE, N, 0, 0, LAST)]


def test_floats_next_to_the_grid_are_on_it(tmp_path):
    noise = 3 * 0.1  # 0.30000000000000004, as a number of ticks times a float gives it
    path = save(tmp_path, (DEPTH | BUY | BOTH, 1, 1, noise, noise))
    tape = load(path, tick="0.1", lot="0.1")
    assert tape.events[["price", "qty"]].tolist() == [(3, 3)]


def test_prices_off_the_grid_are_refused(tmp_path):
    path = save(
        tmp_path,
        (DEPTH | BUY | STRATEGY, 1, 1, 1.0, 1),
        (DEPTH | BUY | BOTH, 1, 1, 1.005, 1),
    )
    with pytest.raises(DataError, match=r"row 2: price 1\.005 .* tick size 0\.01"):
        load(path)
    with pytest.raises(DataError, match=r"row 2: size 1\.0 .* lot size 2"):
        load(path, tick="0.001", lot=2)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((DEPTH | BOTH, 1, 1, 1.0, 1), "row 1: ev 0xc0000001 has no side"),
        ((TRADE | BUY | SELL | BOTH, 1, 1, 1.0, 1), "has both sides"),
        ((DEPTH | BUY | BOTH, 1, 1, np.nan, 1), "row 1: price nan is not a number"),
        ((DEPTH | BUY | BOTH, 1, 1, 1.0, np.inf), "row 1: size inf is not a number"),
        ((DEPTH | BUY | BOTH, 1, 1, 1.0, -1), "size -1.0 is negative"),
        ((DEPTH | BUY | BOTH, 1, 1, 1e9, 1), "price 1000000000.0 is more than"),
        ((DEPTH | BUY | BOTH, 1, 1, 1e300, 1), "not a multiple of the tick size"),
        ((DEPTH | BUY | BOTH, -1, 1, 1.0, 1), "time -1 is before 1970"),
        ((DEPTH | BUY | STRATEGY, 1, 1, 1.0, 1), "no row has the bit 1 << 31"),
    ],
)
def test_bad_rows_are_refused(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        load(save(tmp_path, row))


def test_other_files_are_refused(tmp_path):
    empty = save(tmp_path)
    with pytest.raises(DataError, match="no rows"):
        load(empty)
    cut = save(tmp_path, (DEPTH | BUY | BOTH, 1, 1, 1.0, 1))
    cut.write_bytes(cut.read_bytes()[:-30])
    with pytest.raises(DataError, match=r"feed\.npz: truncated or not an"):
        load(cut)
    text = tmp_path / "text.npz"
    text.write_text("ev,exch_ts\n")
    with pytest.raises(DataError, match=r"text\.npz: truncated or not an"):
        load(text)
    np.savez(tmp_path / "key.npz", events=np.zeros(1, ROW))
    with pytest.raises(DataError, match="no array 'data' in the file; it has events"):
        load(tmp_path / "key.npz")
    np.savez(tmp_path / "old.npz", data=np.zeros((3, 6)))
    with pytest.raises(DataError, match=r"rows are float64 of shape \(3, 6\); allowed"):
        load(tmp_path / "old.npz")
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load(tmp_path / "absent.npz")
    flags = save(
        tmp_path,
        (DEPTH | BUY | BOTH, 1, 1, 1.0, 1),
        commonbook_flags=np.zeros(2, np.uint8),
    )
    with pytest.raises(DataError, match="commonbook_flags is uint8 of shape"):
        load(flags)


def test_one_file_is_one_symbol(tmp_path):
    path = save(tmp_path, (DEPTH | BUY | BOTH, 1, 1, 1.0, 1))
    with pytest.raises(DataError, match="one instrument, not X, Y"):
        read_hftbacktest([path], ReadOptions(("X", "Y")))
    tape = read_hftbacktest([path], ReadOptions())
    assert tape.symbols == ("UNKNOWN",)
    assert any("symbol UNKNOWN" in note for note in tape.notes)


def test_what_is_no_event_is_counted(tmp_path):
    path = save(
        tmp_path,
        (DEPTH | BUY | BOTH, 1, 1, 1.0, 1),
        (BEST | BUY | BOTH, 1, 1, 1.0, 1),
        (200 | BOTH, 1, 1, 1.0, 1),
    )
    tape = load(path)
    assert len(tape) == 1
    assert tape.notes == ("skipped 1 event of kind 5", "skipped 1 event of kind 200")


@given(tape=random_tapes())
def test_written_tapes_come_back(tmp_path_factory, tape):
    path = tmp_path_factory.mktemp("hft") / "feed.npz"
    recv = tape.events["ts"] + np.arange(len(tape))[::-1] % 3
    tape = Tape(tape.events, tape.instruments, recv)
    write_hftbacktest(tape, path, compress=False)
    again = load(path)
    names = ["ts", "side", "action", "flags", "qty", "order", "instrument"]
    assert again.events[names].tolist() == tape.events[names].tolist()
    is_clear = tape.events["action"] == GONE
    assert (again.events["price"] == tape.events["price"])[~is_clear].all()
    assert again.ts_recv.tolist() == recv.tolist()


def test_prices_and_sizes_survive_as_decimals(tmp_path):
    fine = Instrument("X", "0.00000001", "0.001")
    rows = [(i, "S", "B", 10**9 + 7 * i, 1 + i**3, LAST) for i in range(500)]
    tape = Tape.from_events(events_of(rows), fine)
    write_hftbacktest(tape, tmp_path / "feed.npz", feed_delay=4)
    again = load(tmp_path / "feed.npz", tick=fine.tick_size, lot=fine.lot_size)
    assert again.events.tolist() == tape.events.tolist()
    assert again.ts_recv.tolist() == (tape.events["ts"] + 4).tolist()


def test_one_of_several_instruments_is_written(tmp_path):
    two = (CENT, Instrument("Y", "0.1", 1))
    rows = [(1, "S", "B", 1, 1, LAST, 0), (2, "S", "B", 5, 1, LAST, 1)]
    tape = Tape.from_events(events_of(rows), two)
    with pytest.raises(DataError, match="one instrument; choose from X, Y"):
        write_hftbacktest(tape, tmp_path / "y.npz")
    write_hftbacktest(tape, tmp_path / "y.npz", symbol="Y")
    assert load(tmp_path / "y.npz", tick="0.1").events["price"].tolist() == [5]


def test_what_cannot_be_written_is_refused(tmp_path):
    tape = small_tape()
    with pytest.raises(DataError, match=r"ends in \.npz"):
        write_hftbacktest(tape, tmp_path / "feed.csv")
    with pytest.raises(DataError, match="feed_delay -1 is negative"):
        write_hftbacktest(tape, tmp_path / "feed.npz", feed_delay=-1)
    with pytest.raises(DataError, match="cannot be written: No such file"):
        write_hftbacktest(tape, tmp_path / "no" / "feed.npz")
    halted = tape_of_rows((1, "X", "N", 0, 0, LAST))
    with pytest.raises(DataError, match="the format has no halt; write csv or parquet"):
        write_hftbacktest(halted, tmp_path / "feed.npz")


def test_both_orders_hold_and_nothing_is_lost():
    rng = np.random.default_rng(5)
    rows = np.zeros(300, ROW)
    rows["ev"] = DEPTH | BUY | BOTH
    rows["exch_ts"] = np.sort(rng.integers(0, 100, 300))
    rows["local_ts"] = rows["exch_ts"] + rng.integers(0, 20, 300)
    rows["qty"] = np.arange(300)
    out, origin = in_both_orders(rows)
    venue = out[(out["ev"] & VENUE) != 0]
    strategy = out[(out["ev"] & STRATEGY) != 0]
    assert venue["qty"].tolist() == rows["qty"].tolist()
    by_receipt = rows[np.argsort(rows["local_ts"], kind="stable")]
    assert strategy["qty"].tolist() == by_receipt["qty"].tolist()
    assert out["qty"].tolist() == rows["qty"][origin].tolist()


def test_orders_have_slots_and_a_cancel_takes_what_is_left(tmp_path):
    path = save(
        tmp_path,
        (ADD | BUY | BOTH, 1, 1, 1.00, 5, 700),
        (ADD | SELL | BOTH, 2, 2, 1.02, 4, 2**63 + 5),
        (MODIFY | BUY | BOTH, 3, 3, 1.00, 3, 700),
        (TRADE | SELL | BOTH, 4, 4, 1.00, 1),
        (EXECUTE | BUY | BOTH, 4, 4, 1.00, 1, 700),
        (MODIFY | BUY | BOTH, 4, 4, 1.00, 2, 700),
        (CANCEL | BOTH, 5, 5, np.nan, np.nan, 700),
        (CLEAR | BOTH, 6, 6, 0, 0),
    )
    tape = load(path)
    assert tape.events[["ts", "action", "order", "side", "price", "qty"]].tolist() == [
        (1, 1, 0, B, 100, 5),
        (2, 1, 1, A, 102, 4),
        (3, 2, 0, B, 100, 3),
        (4, 5, -1, A, 100, 1),
        (4, 6, 0, B, 100, 1),
        (4, 2, 0, B, 100, 2),
        (5, 3, 0, B, 100, 2),
        (6, 4, -1, N, 0, 0),
    ]
    assert tape.by_order == (True,)
    assert tape.notes == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(ADD | BUY | BOTH, 1, 1, 1.0, 1)], "row 1: add has order_id 0; an order"),
        ([(ADD | BOTH, 1, 1, 1.0, 1, 5)], "row 1: ev 0xc000000a has no side"),
        (
            [(ADD | BUY | BOTH, 1, 1, 1.0, 1, 5), (CLEAR | BUY | BOTH, 2, 2, 1.0, 0)],
            "row 2: a clear of one side among orders; allowed: a clear of both",
        ),
        ([(ADD | BUY | BOTH, 1, 1, 1.0, 1, 5)] * 2, "row 2: order 5 is added"),
        (
            [(ADD | BUY | BOTH, 1, 1, 1.0, 1, 5), (DEPTH | BUY | BOTH, 2, 2, 1.0, 0)],
            "row ",
        ),
    ],
)
def test_bad_orders_are_refused(tmp_path, rows, message):
    with pytest.raises(DataError, match=message):
        load(save(tmp_path, *rows))


@given(rows=random_rows())
def test_written_orders_come_back(tmp_path_factory, rows):
    mine = [row for row in without_duplicates(rows) if row[-1] == 0]
    tape = tape_of_orders(mine, (CENT,))
    if not any(tape.by_order):
        return
    path = tmp_path_factory.mktemp("hft") / "feed.npz"
    write_hftbacktest(tape, path, compress=False)
    again = load(path)
    is_clear = tape.events["action"] == GONE
    tape.events["price"][is_clear] = 0
    assert again.events.tolist() == tape.events.tolist()
