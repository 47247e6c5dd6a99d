import contextlib
import gzip
import shutil

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.lobster import WITHOUT_BOOK
from commonbook.data.read import read
from tests.data.lobster_market import NAME, Market, write_rows

A, C, R, T, F, X, ON = (
    Action.ADD,
    Action.CANCEL,
    Action.CLEAR,
    Action.TRADE,
    Action.FILL,
    Action.HALT,
    Action.RESUME,
)
BUY, SELL, NONE = Side.BUY, Side.SELL, Side.NONE
#: 09:30 in New York on that day in summer is 13:30 UTC.
OPEN = 1_340_285_400_000_000_000


@pytest.fixture
def lobster(tmp_path):
    """Read messages, and rows of the order book if there are any."""

    def read_it(messages, rows=None, name=f"{NAME}_message_1.csv", **options):
        path = write_rows(tmp_path / name, messages)
        if rows is not None:
            options["orderbook"] = write_rows(tmp_path / "orderbook.csv", rows)
        return read(path, "lobster", **options)

    return read_it


def told(tape):
    return tape.events[["action", "side", "price", "qty", "order"]].tolist()


@pytest.mark.nojit
@pytest.mark.bounds
def test_each_type_of_message_becomes_its_events(lobster):
    tape = lobster(
        [
            (34200.0, 1, 71, 10, 99_900, 1),
            (34200.000000001, 2, 71, 2, 99_900, 1),
            (34200.5, 4, 71, 3, 99_900, 1),
            (34200.5, 5, 0, 4, 100_100, -1),
            (34201.0, 3, 71, 5, 99_900, 1),
            (34202.0, 6, 0, 100, 99_900, 1),
            (34203.0, 7, 0, 0, -1, -1),
            (34204.0, 7, 0, 0, 0, -1),
            (34205.0, 7, 0, 0, 1, -1),
        ]
    )
    assert told(tape) == [
        (R, NONE, 0, 0, -1),
        (A, BUY, 999, 10, 0),
        (C, BUY, 999, 2, 0),
        (T, SELL, 999, 3, -1),
        (F, BUY, 999, 3, 0),
        (C, BUY, 999, 3, 0),
        (T, BUY, 1001, 4, -1),
        (C, BUY, 999, 5, 0),
        (X, NONE, 0, 0, -1),
        (X, NONE, 0, 0, -1),  # quotes only: nothing is executed yet
        (ON, NONE, 0, 0, -1),
    ]
    assert (tape.events["ts"] - OPEN).tolist() == [
        *(0, 0, 1),
        *[500_000_000] * 4,
        *(n * 1_000_000_000 for n in (1, 3, 4, 5)),
    ]
    closed = tape.events["flags"] == Flag.LAST
    inside = [0, 3, 4]
    assert closed.tolist() == [row not in inside for row in range(11)]
    assert tape.symbols == ("AMZN",)
    assert tape.notes == (
        "1 cross (type 6) left out",
        WITHOUT_BOOK,
    )


def test_a_day_begins_with_the_book_after_the_first_message(lobster):
    tape = lobster(
        [(34200.0, 1, 71, 5, 99_900, 1), (34201.0, 1, 72, 1, 99_900, 1)],
        [[100_100, 4, 99_900, 15], [100_100, 4, 99_900, 16]],
    )
    assert told(tape) == [
        (R, NONE, 0, 0, -1),
        (A, BUY, 999, 15, 0),
        (A, SELL, 1001, 4, 1),
        (A, BUY, 999, 1, 2),
    ]
    flags = [Flag.SNAPSHOT, Flag.SNAPSHOT, Flag.SNAPSHOT | Flag.LAST, Flag.LAST]
    assert tape.events["flags"].tolist() == flags


@pytest.mark.nojit
@pytest.mark.bounds
def test_unknown_orders_are_part_of_what_was_there_before(lobster):
    tape = lobster(
        [
            (34200.0, 5, 0, 5, 99_900, 1),
            (34201.0, 1, 72, 1, 99_900, 1),
            (34202.0, 4, 60, 6, 99_900, 1),
            (34203.0, 3, 61, 4, 99_900, 1),
        ],
        [[0, 0, 99_900, 10], [0, 0, 99_900, 11], [0, 0, 99_900, 5], [0, 0, 99_900, 1]],
    )
    assert told(tape)[2:] == [
        (A, BUY, 999, 1, 1),
        (T, SELL, 999, 6, -1),
        (F, BUY, 999, 6, 0),
        (C, BUY, 999, 6, 0),
        (C, BUY, 999, 4, 0),
    ]


def test_without_an_order_book_unknown_orders_are_dropped(lobster):
    tape = lobster([(34200.0, 4, 60, 6, 99_900, 1), (34203.0, 3, 61, 4, 99_900, 1)])
    assert told(tape) == [(R, NONE, 0, 0, -1), (T, SELL, 999, 6, -1)]
    assert tape.notes == (
        "3 cancels and executions of unknown orders dropped",
        WITHOUT_BOOK,
    )
    with pytest.raises(DataError, match="does not say what its book should be"):
        tape.verify()


def test_a_level_that_comes_into_view_has_the_size_that_is_shown(lobster):
    tape = lobster(
        [
            (34200.0, 1, 71, 5, 99_900, 1),
            (34201.0, 1, 72, 2, 100_000, 1),
            (34202.0, 3, 72, 2, 100_000, 1),
        ],
        # Out of view, size has come to the level of order 71.
        [[0, 0, 99_900, 5], [0, 0, 100_000, 2], [0, 0, 99_900, 8]],
    )
    assert told(tape)[-2:] == [(C, BUY, 1000, 2, 1), (A, BUY, 999, 3, 2)]


@pytest.mark.nojit
@pytest.mark.bounds
def test_what_went_out_of_view_and_did_not_come_back_is_gone(lobster):
    tape = lobster(
        [
            (34200.0, 1, 71, 5, 99_900, 1),
            (34201.0, 1, 72, 2, 100_000, 1),
            (34202.0, 3, 72, 2, 100_000, 1),
        ],
        [[0, 0, 99_900, 5], [0, 0, 100_000, 2], [0, 0, 99_800, 8]],
    )
    assert told(tape)[-3:] == [
        (C, BUY, 1000, 2, 1),
        (C, BUY, 999, 5, 0),
        (A, BUY, 998, 8, 2),
    ]


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_every_level_in_view_is_what_the_order_book_says(tmp_path_factory, seed, depth):
    market = Market(seed, depth)
    market.run(150)
    folder = tmp_path_factory.mktemp("lobster")
    path, book = market.write(folder)
    tape = read(path, "lobster", orderbook=book)
    judged = tape.verify()
    n = len(market.rows)
    assert (judged["checked"], judged["agreed"]) == (n - 1, n - 1)
    assert (judged["free_running_checked"], judged["free_running_agreed"]) == (n, n)
    shown = dict(zip(tape.sequence - 1, range(len(tape)), strict=True))
    frame = tape.top_of_book(depth, each="event").rows()
    for row, cells in enumerate(market.rows):
        if row not in shown:
            continue
        top = frame[shown[row]][1:]
        for level in range(depth):
            bid, ask, bid_size, ask_size = top[4 * level : 4 * level + 4]
            says = cells[4 * level : 4 * level + 4]
            found = [ask, ask_size, bid, bid_size]
            expected = [
                None if not size else value / unit
                for (price, size) in (says[:2], says[2:])
                for value, unit in ((price, 10_000), (size, 1))
            ]
            assert found == expected
    shutil.rmtree(folder)


@settings(max_examples=150)
@given(st.data())
def test_whatever_the_files_say_nothing_but_a_refusal_comes_of_them(
    tmp_path_factory, data
):
    market = Market(3, 2)
    market.run(30)
    path, book = market.write(tmp_path_factory.mktemp("lobster"))
    for file in data.draw(st.lists(st.sampled_from([path, book]), min_size=1)):
        content = bytearray(file.read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from(b"0123456789,.-\n"))
        file.write_bytes(content)
    with contextlib.suppress(DataError):
        read(path, "lobster", orderbook=book).verify()


def test_a_row_that_does_not_follow_from_the_one_before_is_counted(lobster):
    tape = lobster(
        [
            (34200.0, 1, 71, 5, 99_900, 1),
            (34201.0, 2, 71, 1, 99_900, 1),
            (34202.0, 2, 71, 1, 99_900, 1),
            (34203.0, 5, 0, 1, 99_900, 1),
        ],
        [[0, 0, 99_900, 5], [0, 0, 99_900, 4], [0, 0, 99_900, 2], [0, 0, 99_900, 2]],
    )
    judged = tape.verify()
    assert (judged["checked"], judged["agreed"], judged["disagreed"]) == (3, 2, 1)


def test_a_header_and_a_column_more_are_tolerated(tmp_path):
    text = "Time,Type,Id,Size,Price,Direction,MPID\n34200.5,1,71,10,99900,1,null\n"
    path = tmp_path / f"{NAME}_message_1.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert told(read(path, "lobster")) == [(R, NONE, 0, 0, -1), (A, BUY, 999, 10, 0)]


def test_date_zone_and_symbol_may_be_given(lobster):
    rows = [(34200.0, 1, 71, 10, 99_900, 1)]
    winter = {"symbol": "VOD", "date": "2020-01-15", "timezone": "Europe/London"}
    tape = lobster(rows, name="day.csv", **winter)
    assert tape.symbols == ("VOD",)
    assert tape.start == 1_579_080_600_000_000_000


def test_hidden_executions_between_ticks_reach_the_nearer_tick_of_their_side(lobster):
    tape = lobster([(34200.0, 5, 0, 4, 99_950, 1), (34200.0, 5, 0, 4, 99_950, -1)])
    # A seller got down to 9.995, not to a bid at 9.99; a buyer not up to 10.00.
    assert told(tape)[1:] == [(T, SELL, 1000, 4, -1), (T, BUY, 999, 4, -1)]
    assert "2 hidden executions between two ticks" in tape.notes[0]


def test_several_days_are_one_tape_and_each_begins_anew(tmp_path):
    paths = [
        write_rows(
            tmp_path / f"AMZN_2012-06-2{day}_34200000_57600000_message_1.csv",
            [(34200.0, 1, 71, 10, 99_900, 1)],
        )
        for day in (1, 2)
    ]
    tape = read(paths, "lobster")
    assert told(tape) == [(R, NONE, 0, 0, -1), (A, BUY, 999, 10, 0)] * 2
    assert tape.end - tape.start == 86_400 * 10**9
    with pytest.raises(DataError, match="time goes backwards"):
        read(paths[::-1], "lobster")
    with pytest.raises(DataError, match="1 order book files for 2 message files"):
        read(paths, "lobster", orderbook=paths[0])


@pytest.mark.parametrize("with_book", [False, True])
def test_a_halt_may_be_the_first_message_and_ends_with_its_day(tmp_path, with_book):
    order = (34201.0, 1, 71, 10, 99_900, 1)
    early, late = ((time, 7, 0, 0, -1, -1) for time in (34200.0, 34202.0))
    paths = [
        write_rows(
            tmp_path / f"AMZN_2012-06-2{day}_34200000_57600000_message_1.csv", rows
        )
        for day, rows in enumerate([[early, order], [order, late], [order]])
    ]
    options = {}
    if with_book:
        full, empty = [0, 0, 99_900, 10], [0, 0, 0, 0]
        options["orderbook"] = [
            write_rows(tmp_path / f"book_{day}.csv", rows)
            for day, rows in enumerate([[empty, full], [full, full], [full]])
        ]
    tape = read(paths, "lobster", **options)
    clear, add = (R, NONE, 0, 0), (A, BUY, 999, 10)
    stop, resume = (X, NONE, 0, 0), (ON, NONE, 0, 0)
    first = [clear, stop, add]
    second = [clear, resume, add, stop]
    assert [row[:4] for row in told(tape)] == [*first, *second, clear, resume, add]
    if with_book:
        judged = tape.verify()
        assert (judged["checked"], judged["agreed"]) == (2, 2)
        assert (judged["free_running_checked"], judged["disagreed"]) == (5, 0)
        assert judged["free_running_agreed"] == 5


GOOD = (34200.0, 1, 71, 10, 99_900, 1)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((34199.0, 1, 72, 1, 99_900, 1), "row 3: time goes backwards"),
        ((34201.0, 9, 72, 1, 99_900, 1), "row 3: type 9 is not 1 to 7"),
        ((34201.0, 1, 72, 1, 99_900, 0), "row 3: direction 0 is not 1 or -1"),
        ((34201.0, 1, 72, 0, 99_900, 1), "row 3: size 0 is not more than 0"),
        ((34201.0, 7, 0, 0, 2, -1), "row 3: price 2 is not -1, 0 or 1, as a message"),
        ((34201.0, 1, 72, 1, 99_950, 1), r"row 3: price 9\.9950 is not a multiple"),
        ((34201.0, 1, 72, 1, 10**15, 1), "row 3: price .* is not at most"),
        ((34201.0, 1, 71, 1, 99_900, 1), r"row 3: order 71 is added \(A\) but"),
        ((34201.0, 1, "x", 1, 99_900, 1), "row 3: order id 'x' is not a number"),
        ((34201.0, 1, 1.5, 1, 99_900, 1), r"row 3: order id 1\.500000000 is not"),
        (("noon", 1, 72, 1, 99_900, 1), "row 3: time 'noon' is not a number"),
        ((34201.0, 1, 72, 1, 99_900), "row 3: direction is empty"),
        ((34201.0, 1, 72, 1, 99_900, 1, 0, 0), "row 3: 8 cells; the first row has 6"),
    ],
)
@pytest.mark.parametrize("with_book", [False, True])
def test_a_bad_row_is_named_with_what_is_allowed(lobster, row, message, with_book):
    rows = [[0, 0, 99_900, size] for size in (1, 11, 12)] if with_book else None
    with pytest.raises(DataError, match=rf"_message_1\.csv: {message}"):
        lobster([(34200.0, 5, 0, 1, 99_900, 1), GOOD, row], rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, 0, 99_900]], "3 columns; an order book file has 4 for each level"),
        ([[0, 0, 99_900, 10]] * 2, "2 rows; its message file has 1"),
        ([[0, 0, 99_900, -1]], "row 1: a size is negative"),
        ([[0, 0, 99_950, 10]], r"row 1: price 9\.9950 is not a multiple"),
        ([[0, 0, 99_900, "many"]], "row 1: column 4 'many' is not a number"),
    ],
)
def test_an_order_book_that_does_not_fit_is_refused(lobster, rows, message):
    with pytest.raises(DataError, match=rf"orderbook\.csv: {message}"):
        lobster([GOOD], rows)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "day.csv"}, r"day\.csv: the name does not tell the symbol"),
        ({"name": "day.csv", "symbol": "X"}, "the name does not tell the date"),
        ({"date": "21.6.2012"}, r"date '21\.6\.2012' in timezone"),
        ({"timezone": "Moon"}, "in timezone 'Moon' is unknown"),
        ({"symbol": ["A", "B"]}, "no symbol 'A, B'; it has AMZN"),
    ],
)
def test_names_that_do_not_fit_are_refused(lobster, options, message):
    with pytest.raises(DataError, match=message):
        lobster([GOOD], **options)


def test_what_only_lobster_has_is_refused_elsewhere(tmp_path):
    path = tmp_path / "tape.csv"
    path.write_text("x")
    with pytest.raises(DataError, match="date: only for files of the format lobster"):
        read(path, date="2012-06-21")


@pytest.mark.parametrize(
    ("folder", "kind", "n"),
    [
        ("lobster-amzn-l5-slice", "{}_5_subset.csv", 1_000),
        ("lobster-amzn-l1", "{}_1.csv.gz", 57_515),
    ],
)
def test_real_days_follow_and_replay_as_their_order_book(market_data, folder, kind, n):
    path = market_data(folder)
    message, book = (
        path / f"{NAME}_{kind.format(word)}" for word in ("message", "orderbook")
    )
    tape = read(message, "lobster", orderbook=book)
    judged = tape.verify()
    assert (judged["checked"], judged["agreed"]) == (n - 1, n - 1)
    assert (judged["free_running_checked"], judged["free_running_agreed"]) == (n, n)
    frame = tape.top_of_book()
    both = frame.drop_nulls()
    assert (both["bid_px_00"] < both["ask_px_00"]).all()
    assert frame["ts_event"].dtype == pl.Int64
