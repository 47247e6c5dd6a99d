import io

import databento_dbn
import numpy as np
import pytest

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.dbn_files import SCHEMAS, read_dbn_file
from commonbook.data.read import read
from tests.data.dbn_bytes import LAST, SNAPSHOT, orders, write

A, M, C, R, T, F = (
    Action.ADD,
    Action.MODIFY,
    Action.CANCEL,
    Action.CLEAR,
    Action.TRADE,
    Action.FILL,
)
BUY, SELL, NONE = Side.BUY, Side.SELL, Side.NONE
BOOK = orders(
    (5, "R", "N", None, 0, 0, SNAPSHOT),
    (1, "A", "B", 9975, 5, 70, SNAPSHOT),
    (3, "A", "A", 10_025, 4, 71, SNAPSHOT | LAST),
    (10, "T", "A", 9975, 2, 99, 0),
    (10, "F", "B", 9975, 2, 70, 0),
    (11, "C", "B", 9975, 2, 70, LAST | 2),
    (9, "M", "A", 10_050, 6, 71, LAST),
)


@pytest.fixture
def dbn(tmp_path):
    """Read records of mbo."""

    def read_it(*parts, symbols=None, **options):
        path = write(tmp_path / "x.dbn", "mbo", *parts, symbols=symbols)
        return read(path, **options)

    return read_it


def test_orders_become_events_in_packets_of_one_time(dbn):
    tape = dbn(BOOK)
    names = ["ts", "action", "side", "price", "qty", "order", "flags"]
    assert tape.events[names].tolist() == [
        (5, R, NONE, 0, 0, -1, 32),
        (5, A, BUY, 399, 5, 0, 32),
        (5, A, SELL, 401, 4, 1, 160),
        (11, T, SELL, 399, 2, -1, 0),
        (11, F, BUY, 399, 2, 0, 0),
        # Bit 2 of DBN's flags is the publisher's; on a tape it says something else.
        (11, C, BUY, 399, 2, 0, 128),
        (11, M, SELL, 402, 6, 1, 128),
    ]
    assert tape.symbols == ("ESM4",)
    assert tape.ts_recv.tolist() == [10, 6, 8, 15, 15, 16, 14]
    assert tape.sequence.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert tape.notes == (
        "ESM4: tick_size 0.25 inferred from the data",
        "1 packet stamped before the one ahead got its time",
    )


def test_a_given_tick_size_is_not_inferred(dbn):
    tape = dbn(BOOK, tick_size="0.01")
    assert tape.events["price"].max() == 10_050
    assert not any("inferred" in note for note in tape.notes)


def test_packets_of_instruments_that_are_mixed_are_put_together(dbn):
    tape = dbn(
        orders(
            (1, "A", "B", 100, 5, 70, 0, 7),
            (2, "A", "B", 200, 5, 70, LAST, 8),
            (3, "A", "A", 300, 5, 71, LAST, 7),
            (4, "C", "B", 200, 5, 70, 0, 8),
        ),
        symbols={7: "X", 8: "Y"},
    )
    assert tape.symbols == ("X", "Y")
    rows = tape.events[["ts", "instrument", "price", "order"]].tolist()
    assert rows == [(2, 1, 2, 0), (3, 0, 1, 1), (3, 0, 3, 2)]
    assert tape.notes[-1] == "1 record after the last closed packet dropped"


def test_one_instrument_can_be_chosen(dbn):
    both = orders(
        (1, "A", "B", 100, 5, 70, LAST, 7), (2, "A", "B", 200, 5, 70, LAST, 8)
    )
    tape = dbn(both, symbols={7: "X", 8: "Y"}, symbol="Y")
    assert tape.symbols == ("Y",)
    assert tape.events[["instrument", "price"]].tolist() == [(0, 2)]
    with pytest.raises(DataError, match="no symbol 'Z'; the file has X, Y"):
        dbn(both, symbols={7: "X", 8: "Y"}, symbol="Z")


def test_an_instrument_without_a_name_is_called_by_its_number(dbn):
    row = (1, "A", "B", 100, 5, 70, LAST, 9)
    assert dbn(orders(row), symbols={7: "X"}).symbols == ("9",)


def test_without_flags_each_record_is_a_packet(dbn):
    tape = dbn(orders((1, "A", "B", 100, 5, 70, 0), (1, "A", "B", 100, 5, 71, 0)))
    assert tape.packets == 2
    assert "2 records, none of which closes a packet" in tape.notes[-1]


def test_a_record_without_action_may_close_a_packet(dbn):
    tape = dbn(
        orders((1, "A", "B", 100, 5, 70, 0), (1, "N", "N", None, 0, 0, LAST)),
    )
    assert tape.events[["action", "flags"]].tolist() == [(A, LAST)]


def test_changes_and_cancels_of_unknown_orders(dbn):
    tape = dbn(
        orders(
            (1, "C", "B", 100, 5, 70, LAST),
            (2, "M", "B", 100, 5, 71, LAST),
            (3, "C", "B", 100, 9, 71, LAST),
        )
    )
    assert tape.events[["action", "qty"]].tolist() == [(A, 5), (C, 5)]
    assert tape.notes[-3:] == (
        "1 change of an unknown order became a new order",
        "1 cancel or execution of an unknown order dropped",
        "1 cancel of more than was left took off what was left",
    )


def test_several_files_are_one_tape(tmp_path, dbn):
    first = write(tmp_path / "1.dbn", "mbo", BOOK[:3])
    second = write(tmp_path / "2.dbn", "mbo", BOOK[3:])
    assert read([first, second]).digest == dbn(BOOK).digest


def test_other_records_are_skipped_and_counted(tmp_path, dbn):
    status = bytes([5, 18]) + bytes(18)
    tape = dbn(BOOK[:3], status, BOOK[3:])
    assert tape.digest == dbn(BOOK).digest
    assert tape.notes[0] == "skipped 1 record of another schema"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("action", b"X", "record 4: action .*X.* is not known; choose from N, A, M"),
        ("side", b"?", "record 4: side .* is not known; choose from B, A, N"),
        ("price", 2**63 - 1, "record 4: price .* is not a multiple"),
        ("price", 1, r"record 4: price 0\.000000001 is not a multiple"),
        ("ts_event", 2**64 - 1, "record 4: ts_event is missing"),
        ("ts_recv", 2**63, "record 4: ts_recv 9223372036854775808 is too late"),
    ],
)
def test_a_bad_record_is_named_with_what_is_allowed(dbn, field, value, message):
    records = BOOK.copy()
    records[field][3] = value
    with pytest.raises(DataError, match=rf"x\.dbn: {message}"):
        dbn(records, tick_size="0.25")


def test_an_order_that_is_added_twice_is_named(dbn):
    with pytest.raises(DataError, match=r"x\.dbn: record 2: order 70 is added"):
        dbn(orders(*[(1, "A", "B", 100, 5, 70, LAST)] * 2))


def test_an_order_without_a_side_is_refused(dbn):
    with pytest.raises(DataError, match=r"x\.dbn: record 1: side none is none"):
        dbn(orders((1, "A", "N", 100, 5, 70, LAST)))


ES = "dbn-nautilus/orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst"


def test_two_seconds_of_es_are_replayed_without_unknown_orders(market_data):
    tape = read(market_data(ES))
    assert len(tape) == 13_796
    counts = np.bincount(tape.events["action"])
    assert counts.tolist() == [0, 13_678, 27, 80, 1, 5, 5]
    assert tape.notes == ("ESM4: tick_size 0.25 inferred from the data",)
    snapshot = tape.events["flags"] & Flag.SNAPSHOT != 0
    assert np.count_nonzero(snapshot) == 13_601
    assert np.unique(tape.events["ts"][snapshot]).size == 1
    frame = tape.top_of_book()
    assert (frame["bid_px_00"] < frame["ask_px_00"]).all()
    for row in (0, -1):
        _, bid, ask, *_ = frame.row(row)
        assert (bid, ask) == (5214.0, 5214.25)


def test_a_snapshot_of_es_is_read(market_data):
    tape = read(market_data("dbn-nautilus/esh4-glbx-mdp3-20231224.mbo.dbn.zst"))
    assert np.bincount(tape.events["action"]).tolist() == [0, 8_725]
    assert (tape.packets, tape.order_slots) == (1, 8_725)
    assert tape.top_of_book().row(0)[1:3] == (4799.0, 4799.5)


@pytest.mark.parametrize("schema", ["mbo", "mbp-1", "mbp-10"])
@pytest.mark.parametrize("kind", ["dbn", "v1.dbn.zst", "v2.dbn.zst", "v3.dbn.zst"])
def test_official_files_decode_as_their_own_decoder_says(market_data, schema, kind):
    path = market_data(f"dbn-official/test_data.{schema}.{kind}")
    found = read_dbn_file(path)
    compression = "zstd" if kind.endswith("zst") else "none"
    decoder = databento_dbn.DBNDecoder(
        compression=databento_dbn.Compression(compression)
    )
    decoder.write(path.read_bytes())
    _, *expected = decoder.decode()
    assert found.records.size == len(expected) == 2
    for record, said in zip(found.records, expected, strict=True):
        for name in SCHEMAS[schema][1].names:
            if name == "levels":
                assert [level["bid"] for level in record[name]] == [
                    level.bid_px for level in said.levels
                ]
                assert [level["ask_size"] for level in record[name]] == [
                    level.ask_sz for level in said.levels
                ]
            elif name in {"action", "side"}:
                assert record[name].decode() == str(getattr(said, name))
            elif name not in {"length", "rtype", "flags"}:
                assert record[name] == getattr(said, name)
    read(path)


def test_a_file_is_read_alike_raw_and_compressed(tmp_path, dbn):
    raw = (tmp_path / "r.dbn", tmp_path / "z.dbn.zst")
    write(raw[0], "mbo", BOOK)
    out = io.BytesIO()
    transcoder = databento_dbn.Transcoder(
        out, databento_dbn.Encoding("dbn"), databento_dbn.Compression("zstd")
    )
    transcoder.write(raw[0].read_bytes())
    transcoder.flush()
    del transcoder  # ends the compressed frame
    raw[1].write_bytes(out.getvalue())
    assert read(raw[0]).digest == read(raw[1]).digest
