import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.read import read
from tests.data.dbn_bytes import levels, write

R, S, T = Action.CLEAR, Action.SET, Action.TRADE
BUY, SELL, NONE = Side.BUY, Side.SELL, Side.NONE
OUT = int(Flag.OUT_OF_DEPTH)


@pytest.fixture
def dbn(tmp_path):
    """Read records of the best levels."""

    def read_it(depth, *rows, symbols=None, **options):
        path = tmp_path / "x.dbn"
        write(path, f"mbp-{depth}", levels(depth, *rows), symbols=symbols)
        return read(path, tick_size="0.01", **options)

    return read_it


def told(tape):
    return [
        (e["ts"], e["action"], e["side"], e["price"], e["qty"], e["flags"] & OUT)
        for e in tape.events
    ]


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_record_is_a_packet_of_what_changed(dbn):
    tape = dbn(
        10,
        (1, "A", [(99, 5), (98, 1)], [(101, 4)]),
        (2, "T", [(99, 5), (98, 1)], [(101, 4)], ("A", 99, 2)),
        (2, "C", [(99, 3), (98, 1)], [(101, 4)]),
        (3, "A", [(99, 3), (98, 1)], [(101, 4)]),
        (4, "C", [(98, 1)], [(101, 4), (102, 7)]),
    )
    assert told(tape) == [
        (1, S, BUY, 99, 5, 0),
        (1, S, BUY, 98, 1, 0),
        (1, S, SELL, 101, 4, 0),
        (2, T, SELL, 99, 2, 0),
        (2, S, BUY, 99, 3, 0),
        (4, S, BUY, 99, 0, 0),
        (4, S, SELL, 102, 7, 0),
    ]
    closed = tape.events["flags"] & Flag.LAST != 0
    assert closed.tolist() == [False, False, True, True, True, False, True]
    assert tape.sequence.tolist() == [1, 1, 1, 2, 3, 5, 5]


def test_a_level_behind_a_full_view_has_only_left_it(dbn):
    tape = dbn(
        1,
        (1, "A", [(99, 5)], [(101, 4)]),
        (2, "A", [(100, 1)], [(101, 4)]),
        (3, "C", [(99, 5)], [(101, 4)]),
    )
    assert told(tape)[2:] == [
        (2, S, BUY, 99, 0, OUT),
        (2, S, BUY, 100, 1, 0),
        (3, S, BUY, 100, 0, 0),
        (3, S, BUY, 99, 5, 0),
    ]


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_level_that_had_left_the_view_is_gone_when_the_view_shows_its_price(dbn):
    tape = dbn(
        1,
        (1, "A", [(99, 5)], []),
        (2, "A", [(100, 1)], []),
        (3, "C", [(98, 7)], []),
        (4, "C", [], []),
    )
    assert told(tape)[3:] == [
        (3, S, BUY, 99, 0, 0),
        (3, S, BUY, 100, 0, 0),
        (3, S, BUY, 98, 7, 0),
        (4, S, BUY, 98, 0, 0),
    ]


def test_a_clear_empties_the_book(dbn):
    tape = dbn(
        10,
        (1, "A", [(99, 5)], [(101, 4)]),
        (2, "R", [], []),
        (3, "A", [(99, 5)], []),
    )
    assert told(tape)[2:] == [(2, R, NONE, 0, 0, 0), (3, S, BUY, 99, 5, 0)]


def test_instruments_are_followed_apart_and_steps_back_are_clamped(dbn):
    tape = dbn(
        1,
        (5, "A", [(99, 5)], [], None, 7),
        (4, "A", [(20, 5)], [], None, 8),
        (3, "A", [(99, 6)], [], None, 7),
        (6, "A", [(20, 5)], [(21, 1)], None, 8),
        symbols={7: "X", 8: "Y"},
    )
    rows = tape.events[["ts", "instrument", "price", "qty"]].tolist()
    assert rows == [(4, 1, 20, 5), (5, 0, 99, 5), (5, 0, 99, 6), (6, 1, 21, 1)]
    late, shallow = tape.notes
    assert late == "1 record stamped before the one ahead got its time"
    assert shallow.startswith("X, Y: one level only")


prices = st.integers(90, 110)
books = st.dictionaries(prices, st.integers(1, 9), max_size=18)


@settings(max_examples=80)
@given(st.lists(st.tuples(books, books), min_size=1, max_size=12))
def test_the_replayed_book_shows_what_each_record_shows(tmp_path_factory, views):
    depth = 10
    path = tmp_path_factory.mktemp("dbn") / "x.dbn"
    rows = []
    for ts, (bids, asks) in enumerate(views):
        best_first = sorted(bids.items(), reverse=True), sorted(asks.items())
        rows.append((ts, "A", *(side[:depth] for side in best_first)))
    write(path, "mbp-10", levels(depth, *rows))
    tape = read(path, tick_size="0.01")
    shown: tuple = ({}, {})
    gone: tuple = ({}, {})
    at = 0
    for ts, *sides in ((row[0], row[2], row[3]) for row in rows):
        while at < len(tape) and tape.events["ts"][at] == ts:
            event = tape.events[at]
            book, out = shown[event["side"]], gone[event["side"]]
            price = int(event["price"])
            book.pop(price, None)
            out.pop(price, None)
            if event["qty"]:
                book[price] = int(event["qty"])
            elif event["flags"] & OUT:
                out[price] = ts
            at += 1
        for side in (0, 1):
            assert shown[side] == dict(sides[side])
            # What is said to be beyond the view lies there.
            if len(sides[side]) == depth:
                worst = sides[side][-1][0]
                beyond = (p < worst if side == 0 else p > worst for p in gone[side])
                assert all(beyond)
            else:
                assert not gone[side]
    assert at == len(tape)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("action", b"?", "record 2: action .* is not known"),
        ("side", b"?", "record 2: side .* is not known"),
        ("ts_event", 2**64 - 1, "record 2: ts_event is missing"),
        ("price", 5, r"record 2: price 0\.000000005 is not a multiple"),
    ],
)
def test_a_bad_record_is_named(tmp_path, field, value, message):
    records = levels(1, (1, "A", [(99, 5)], []), (2, "T", [(99, 5)], [], ("A", 99, 1)))
    records[field][1] = value
    path = write(tmp_path / "x.dbn", "mbp-1", records)
    with pytest.raises(DataError, match=rf"x\.dbn: {message}"):
        read(path, tick_size="0.01")


def test_a_level_off_the_grid_is_refused(tmp_path):
    path = write(tmp_path / "x.dbn", "mbp-1", levels(1, (1, "A", [(99, 5)], [])))
    with pytest.raises(DataError, match=r"record 1: price 0\.99 is not a multiple"):
        read(path, tick_size="0.25")


def test_four_minutes_of_es_are_what_their_records_show(market_data):
    name = "futures_mbp-1_2024-07-01T23-58_2024-07-02T00-02.dbn.zst"
    tape = read(market_data(f"dbn-nautilus/{name}"))
    assert np.count_nonzero(tape.events["action"] == T) == 120
    frame = tape.top_of_book()
    assert (frame["bid_px_00"] < frame["ask_px_00"]).all()
    assert frame.row(-1)[1:] == (5529.0, 5529.25, 24.0, 6.0)


def test_official_levels_are_read(market_data):
    tape = read(market_data("dbn-official/test_data.mbp-10.v3.dbn.zst"))
    assert tape.events[-1][["price", "qty"]].tolist() == (14_880, 30)
    assert tape.packets == 2
