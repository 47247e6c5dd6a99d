import gzip

import pytest

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.read import read
from tests.data.binance_lines import (
    BOOK,
    T0,
    depth,
    futures,
    snapshot,
    ticker,
    trade,
    write,
)

MS = 1_000_000


@pytest.fixture
def stream(tmp_path):
    """Read messages as one file, or lists of messages as several."""

    def read_it(*files, **options):
        paths = [
            write(tmp_path / f"{number}.gz", messages)
            for number, messages in enumerate(files)
        ]
        return read(paths, format="binance-stream", **options)

    return read_it


def times(tape):
    return [int(ts) // MS - T0 for ts in tape.events["ts"]]


def test_a_futures_stream_becomes_a_tape(stream):
    tape = stream(futures(), tick_size="0.1", lot_size="0.001")
    rows = tape.events[["action", "side", "price", "qty"]].tolist()
    assert rows == [
        (Action.TRADE, Side.SELL, 999, 500),
        (Action.CLEAR, Side.NONE, 0, 0),
        (Action.SET, Side.BUY, 999, 5000),
        (Action.SET, Side.BUY, 998, 1000),
        (Action.SET, Side.SELL, 1001, 4000),
        (Action.SET, Side.BUY, 999, 6000),
        (Action.SET, Side.SELL, 1002, 9000),
        (Action.SET, Side.BUY, 999, 2000),
        (Action.TRADE, Side.BUY, 1001, 4000),
        (Action.SET, Side.SELL, 1001, 0),
        (Action.SET, Side.SELL, 1001, 3000),
    ]
    assert times(tape) == [0, 10, 10, 10, 10, 12, 12, 20, 30, 30, 40]
    assert tape.sequence.tolist() == [0, *[100] * 4, 105, 105, 106, 0, 110, 112]
    flags = [128, 32, 32, 32, 160, 0, 128, 128, 128, 128, 128]
    assert tape.events["flags"].tolist() == flags
    assert tape.notes == ("dropped 1 depthUpdate message before the snapshot",)
    assert tape.symbols == ("XUSDT",)


def test_receive_times_are_the_local_ones(stream):
    tape = stream(futures())
    assert [int(ts) // MS - T0 for ts in tape.ts_recv] == [
        0,
        *[8] * 4,
        *[6] * 2,
        12,
        14,
        16,
        20,
    ]


def test_the_book_is_compared_with_each_ticker(stream):
    assert stream(futures()).verify() == {
        "checked": 3,
        "agreed": 3,
        "disagreed": 0,
        "unmatched": 0,
    }


@pytest.mark.parametrize("field", ["b", "B", "a", "A"])
def test_a_ticker_that_says_otherwise_is_counted(stream, field):
    messages = futures()
    messages[5]["data"][field] = "98.7"
    result = stream(messages).verify()
    assert (result["checked"], result["agreed"], result["disagreed"]) == (3, 2, 1)


def test_without_tickers_there_is_nothing_to_verify(stream):
    tape = stream([m for m in futures() if "ticker" not in str(m).lower()])
    with pytest.raises(DataError, match="bookTicker"):
        tape.verify()


def spot():
    book = snapshot(100, [("99.9", "5")], [("100.1", "4")])
    return [
        depth(5, 95, 100, bids=[("99.9", "7")]),
        depth(12, 101, 105, bids=[("99.9", "6")]),
        book,
        depth(20, 106, 106, bids=[("99.9", "2")]),
    ]


def test_a_spot_stream_becomes_a_tape(stream):
    tape = stream(spot())
    assert tape.events["qty"].tolist() == [0, 5, 4, 6, 2]
    # The snapshot has no time of its own: it takes that of the change that joins it.
    assert times(tape) == [12, 12, 12, 12, 20]


def test_a_snapshot_never_comes_after_the_change_that_joins_it(stream):
    messages = futures()
    messages[4] = snapshot(100, [("99.9", "5")], [("100.1", "4")], at=15)
    assert times(stream(messages))[:6] == [0, 12, 12, 12, 12, 12]


def test_times_of_changes_never_go_back(stream):
    messages = futures()
    messages[8]["data"]["T"] = T0 + 18
    tape = stream(messages)
    assert times(tape)[-4:] == [20, 20, 30, 40]
    assert tape.sequence.tolist()[-4:] == [106, 110, 0, 112]


@pytest.mark.parametrize(
    ("position", "change", "message"),
    [
        (
            6,
            {"pu": 104},
            "row 7: sequence gap: depthUpdate has pu 104; expected pu 105",
        ),
        (3, {"U": 101}, "row 4: sequence gap: .* U 101; expected U <= 100, to join"),
    ],
)
def test_a_gap_of_futures_is_named(stream, position, change, message):
    messages = futures()
    messages[position]["data"] |= change
    with pytest.raises(DataError, match=rf"0\.gz: {message}"):
        stream(messages)


@pytest.mark.parametrize(
    ("position", "first", "message"),
    [
        (3, 107, "row 4: sequence gap: .* U 107; expected U 106, to follow the u 105"),
        (1, 102, "row 2: sequence gap: .* U 102; expected U <= 101, to join"),
    ],
)
def test_a_gap_of_the_spot_market_is_named(stream, position, first, message):
    messages = spot()
    messages[position]["data"]["U"] = first
    with pytest.raises(DataError, match=message):
        stream(messages)


def test_the_chain_goes_on_across_files(stream):
    messages = futures()
    whole = stream(messages)
    assert stream(messages[:7], messages[7:]).digest != ""
    parts = stream(messages[:7], messages[7:])
    assert parts.events.tolist() == whole.events.tolist()
    del messages[8]
    with pytest.raises(DataError, match=r"1\.gz: row 3: sequence gap"):
        stream(messages[:7], messages[7:])


def test_a_later_snapshot_is_a_new_packet_and_heals_a_gap(stream):
    messages = [
        *futures(),
        depth(60, 200, 210, 199, bids=[("99.9", "3")]),
        snapshot(205, [("99.7", "8")], [("100.3", "8")], at=58),
    ]
    tape = stream(messages)
    clears = tape.events[tape.events["action"] == Action.CLEAR]
    assert clears["flags"].tolist() == [Flag.SNAPSHOT, Flag.SNAPSHOT]
    top = tape.top_of_book(2).row(-1, named=True)
    assert (top["bid_px_00"], top["bid_sz_00"], top["bid_px_01"]) == (99.9, 3.0, 99.7)
    assert top["ask_px_00"] == 100.3


def test_a_snapshot_at_the_very_end_is_a_packet_too(stream):
    tape = stream([*futures(), snapshot(300, [("99.7", "8")], [("100.3", "8")], at=70)])
    assert times(tape)[-3:] == [70, 70, 70]
    assert tape.top_of_book()["bid_px_00"].to_list()[-1] == 99.7


def test_trades_that_never_met_the_book_are_skipped_and_counted(stream):
    messages = [*futures(), trade(50, "90.0", "9", True, kind="INSURANCE_FUND")]
    tape = stream(messages)
    assert (tape.events["action"] == Action.TRADE).sum() == 2
    assert "skipped 1 INSURANCE_FUND trade" in tape.notes


def test_messages_of_other_kinds_are_skipped_and_counted(stream):
    other = {"e": "markPriceUpdate", "E": T0, "s": "XUSDT", "p": "1"}
    tape = stream([*futures(), other, {"result": None, "id": 1}])
    assert "skipped 1 markPriceUpdate message" in tape.notes
    assert "skipped 1 unknown message" in tape.notes


def test_a_snapshot_of_an_empty_book_is_a_clear(stream):
    tape = stream([snapshot(1, [], [], at=5), trade(9, "99.9", "1", True)])
    assert tape.events["action"].tolist() == [Action.CLEAR, Action.TRADE]
    assert tape.events["flags"].tolist() == [160, 128]


def test_changes_of_nothing_leave_no_packet_but_keep_the_chain(stream):
    messages = futures()
    messages[6]["data"] |= {"b": [], "a": []}
    tape = stream(messages)
    assert 106 not in tape.sequence
    assert 110 in tape.sequence


def test_one_of_several_symbols_must_be_chosen(stream):
    other = trade(50, "1", "9", maker_bought=True)
    other["data"]["s"] = "YUSDT"
    messages = [*futures(), other]
    with pytest.raises(DataError, match="row 13: symbol 'YUSDT' after 'XUSDT'"):
        stream(messages)
    tape = stream(messages, symbol="XUSDT")
    assert "skipped 1 message of another symbol" in tape.notes
    with pytest.raises(DataError, match="choose one symbol"):
        stream(messages, symbol=["XUSDT", "YUSDT"])


def test_without_a_snapshot_the_book_is_unknown(stream):
    with pytest.raises(DataError, match=r"0\.gz: no snapshot in the stream"):
        stream([m for m in futures() if m is not BOOK])


@pytest.mark.parametrize(
    ("position", "change", "message"),
    [
        (6, {"b": [["99.95", "1"]]}, r"row 7: price 99\.95 is not a multiple"),
        (6, {"b": [["99.9", "-1"]]}, "row 7: size -1 is negative"),
        (6, {"b": [["nan", "1"]]}, "row 7: price 'nan' is not a number"),
        (7, {"p": "cheap"}, "row 8: price 'cheap' is not a number"),
        (9, {"B": "0.0001"}, r"row 10: size 0\.0001 is not a multiple"),
        (6, {"b": [["99.9"]]}, "row 7: cannot be read"),
        (6, {"u": "x"}, "row 7: cannot be read"),
        (6, {"T": -5}, "row 7: cannot be read .*negative"),
    ],
)
def test_a_message_that_cannot_be_used_is_named(stream, position, change, message):
    messages = futures()
    messages[position]["data"] |= change
    with pytest.raises(DataError, match=message):
        stream(messages, tick_size="0.1", lot_size="0.001")


def test_a_missing_field_is_named(stream):
    messages = futures()
    del messages[6]["data"]["U"]
    with pytest.raises(DataError, match="row 7: depthUpdate has no 'U'"):
        stream(messages)


@pytest.mark.parametrize(
    "bad", ["garbage", "1700000000000000", "x {}", "17 [1]", "17 {"]
)
def test_a_line_that_is_no_message_is_named(tmp_path, bad):
    path = write(tmp_path / "stream", futures())
    path.write_text(path.read_text() + bad + "\n")
    with pytest.raises(DataError, match="stream: row 13: cannot be read"):
        read(path, format="binance-stream")


def test_a_truncated_file_is_named(tmp_path):
    path = write(tmp_path / "stream.gz", futures())
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"stream\.gz: truncated"):
        read(path, format="binance-stream")


def test_a_line_cut_in_the_middle_is_named(tmp_path):
    path = write(tmp_path / "stream", futures())
    path.write_text(path.read_text()[:-30])
    with pytest.raises(DataError, match="stream: row 12: cannot be read"):
        read(path, format="binance-stream")


def test_prices_that_are_json_numbers_stay_exact(stream):
    messages = futures()
    messages[6]["data"]["b"] = [[99.9, 2]]
    assert stream(messages).events.tolist() == stream(futures()).events.tolist()


def test_an_unknown_top_is_not_judged(stream):
    messages = [m for m in futures() if m != ticker(91, "99.9", "5.000", "100.1", "4")]
    messages.remove(ticker(106, "99.9", "2", "100.1", "4"))
    assert stream(messages).verify()["checked"] == 2


def test_gzip_is_not_needed(tmp_path):
    path = write(tmp_path / "stream", futures())
    packed = tmp_path / "stream.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    plain = read(path, format="binance-stream")
    assert read(packed, format="binance-stream").digest == plain.digest


@pytest.mark.parametrize(
    ("names", "statements", "grid"),
    [
        (
            ["btcusdt_20230404.dat.gz", "btcusdt_20230405.dat.gz"],
            16_110,
            ("0.1", "0.001"),
        ),
        (["usdm_btcusdt_20240808.gz"], 6_545, ("0.1", "0.001")),
        (["spot_btcusdt_20240808.gz"], 3_448, ("0.01", "0.000001")),
    ],
)
def test_the_book_agrees_with_the_exchange(market_data, names, statements, grid):
    folder = market_data("hftbacktest-raw")
    tape = read([folder / name for name in names], format="binance-stream")
    (instrument,) = tape.instruments
    assert (str(instrument.tick_size), str(instrument.lot_size)) == grid
    result = tape.verify()
    assert (result["checked"], result["agreed"]) == (statements, statements)
    top = tape.top_of_book()
    assert not (top["bid_px_00"] >= top["ask_px_00"]).any()
