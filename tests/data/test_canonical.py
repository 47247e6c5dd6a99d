"""What a canonical file may hold, the same for CSV and Parquet."""

import io

import polars as pl
import pytest

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.read import read

GOOD = """ts_event,symbol,action,side,price,size,order_id,flags
1,X,R,N,,,0,32
1,X,S,B,99.99,500,0,32
1,X,S,A,100.01,400,0,160
2,X,T,A,99.99,250,0,0
2,X,S,B,99.99,250,0,128
"""


@pytest.fixture(params=["csv", "parquet"])
def read_text(request, tmp_path):
    """Read CSV text as a file of either format."""

    def read_it(text, **options):
        path = tmp_path / f"tape.{request.param}"
        if request.param == "csv":
            path.write_text(text)
        else:
            frame = pl.read_csv(io.StringIO(text), infer_schema=False)
            frame.write_parquet(path)
        return read(path, **options)

    return read_it


def test_a_tape_is_read(read_text):
    tape = read_text(GOOD, tick_size="0.01", lot_size=1)
    rows = tape.events[["ts", "action", "side", "price", "qty", "flags"]].tolist()
    assert rows == [
        (1, Action.CLEAR, Side.NONE, 0, 0, 32),
        (1, Action.SET, Side.BUY, 9999, 500, 32),
        (1, Action.SET, Side.SELL, 10_001, 400, 160),
        (2, Action.TRADE, Side.SELL, 9999, 250, 0),
        (2, Action.SET, Side.BUY, 9999, 250, 128),
    ]
    assert tape.notes == ()


def test_halts_have_neither_side_nor_price(read_text):
    halts = "3,X,X,N,,,0,128\n4,X,O,,,,0,128\n"
    tape = read_text(GOOD + halts, tick_size="0.01", lot_size=1)
    rows = tape.events[["ts", "action", "side", "price", "qty", "order"]].tolist()
    assert rows[5:] == [
        (3, Action.HALT, Side.NONE, 0, 0, -1),
        (4, Action.RESUME, Side.NONE, 0, 0, -1),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("3,X,X,B,,,0,128", r"row 6: a halt or its end \(X, O\) concerns both sides"),
        ("1,X,S,B,99.99,5,0,128", "row 6: time goes backwards"),
        (
            "3,X,S,B,99.995,5,0,128",
            r"row 6: price 99\.995 is not a multiple of .* 0\.01",
        ),
        ("3,X,S,B,99.99,0.5,0,128", r"row 6: size 0\.5 is not a multiple of .* 1"),
        (
            "3,X,S,B,99.99,-5,0,128",
            "row 6: size -5 is negative; sizes are zero or more",
        ),
        ("3,X,S,B,nan,5,0,128", "row 6: price 'nan' is not a number"),
        ("3,X,S,B,99.99,many,0,128", "row 6: size 'many' is not a number"),
        ("3,X,S,B,,5,0,128", "row 6: price is empty"),
        ("3,X,S,B,99.99,,0,128", "row 6: size is empty"),
        ("3,X,S,B,30000000,5,0,128", "row 6: price 30000000 is more than"),
        (",X,S,B,99.99,5,0,128", "row 6: ts_event is empty"),
        ("noon,X,S,B,99.99,5,0,128", "row 6: ts_event 'noon' is not a time"),
        ("3,,S,B,99.99,5,0,128", "row 6: symbol is empty"),
        ("3,X,Q,B,99.99,5,0,128", "row 6: action 'Q' is not known; choose from A, M"),
        ("3,X,A,B,99.99,5,7,128", "row 2: X has levels"),
        ("3,X,S,b,99.99,5,0,128", "row 6: side 'b' is not known; choose from B, A, N"),
        ("3,X,S,,99.99,5,0,128", "row 6: side is empty"),
        ("3,X,R,B,,,0,128", "row 6: a clear .* empties both sides"),
        ("3,X,S,B,99.99,5,0,256", "row 6: flags 256 is out of range; 0 to 255"),
        ("3,X,S,B,99.99,5,0,last", "row 6: flags 'last' is not an integer"),
        ("3,X,S,B,99.99,5,0,0", "row 6: the last packet is not closed"),
    ],
)
def test_a_bad_row_is_named_with_what_is_allowed(read_text, row, message):
    with pytest.raises(DataError, match=rf"tape\.(csv|parquet): {message}"):
        read_text(f"{GOOD}{row}\n", tick_size="0.01", lot_size=1)


def test_unknown_missing_and_repeated_columns_are_named(read_text):
    with pytest.raises(
        DataError, match=r"unknown column 'volume'; .* ts_event, symbol"
    ):
        read_text(GOOD.replace("order_id", "volume"))
    with pytest.raises(DataError, match="missing column size"):
        read_text("ts_event,symbol,action,side,price\n1,X,T,B,5\n")


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        (
            "x.csv",
            "ts_event,instrument_id,a,b,c,d,e,f",
            "'e' and 1 more; .*with format databento-csv$",
        ),
        ("AMZN_message_5.csv", "34200.1,5,0,1,2,3", "'3'; .*with format lobster$"),
        ("x.csv", "time,px", "unknown column 'time', 'px'; .*ts_recv, sequence$"),
    ],
)
def test_files_of_other_feeds_are_told_their_format(tmp_path, name, header, message):
    (tmp_path / name).write_text(f"{header}\n")
    with pytest.raises(DataError, match=message):
        read(tmp_path / name)


def test_a_file_without_rows_is_refused(read_text):
    with pytest.raises(DataError, match="no rows"):
        read_text(GOOD.splitlines()[0] + "\n")


def test_without_flags_rows_of_one_time_and_symbol_are_a_packet(read_text):
    tape = read_text(
        "ts_event,symbol,action,side,price,size\n"
        "1,X,S,B,9,5\n1,X,S,A,11,5\n1,Y,S,B,9,5\n2,Y,S,A,11,5\n"
    )
    last = tape.events["flags"] & Flag.LAST
    assert (last != 0).tolist() == [False, True, True, True]


def test_without_flags_the_sequence_tells_packets_apart(read_text):
    tape = read_text(
        "ts_event,symbol,action,side,price,size,sequence\n"
        "1,X,S,B,9,5,1\n1,X,S,A,11,5,1\n1,X,S,B,9,4,2\n"
    )
    assert tape.events["flags"].tolist() == [0, 128, 128]
    assert tape.sequence.tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((1, 2, 4), "row 3: sequence has a gap, from 2 to 4; .* allow_gaps"),
        ((1, 3, 2), "row 2: sequence has a gap, from 1 to 3"),
        ((2, 2, 1), "row 3: sequence goes backwards, from 2 to 1"),
    ],
)
def test_a_sequence_neither_skips_nor_goes_back(read_text, numbers, message):
    rows = [f"{row},X,S,B,9,5,{number}\n" for row, number in enumerate(numbers)]
    text = "ts_event,symbol,action,side,price,size,sequence\n" + "".join(rows)
    with pytest.raises(DataError, match=message):
        read_text(text)
    assert read_text(text, allow_gaps=True).sequence.tolist() == list(numbers)


def test_receive_times_may_be_given(read_text):
    tape = read_text(
        "ts_event,symbol,action,side,price,size,ts_recv\n"
        "1970-01-01T00:00:00.000000001Z,X,S,B,9,5,7\n"
    )
    assert tape.events["ts"].tolist() == [1]
    assert tape.ts_recv.tolist() == [7]


def test_the_symbol_column_may_be_missing_when_the_symbol_is_given(read_text):
    text = "ts_event,action,side,price,size\n1,S,B,9,5\n"
    assert read_text(text, symbol="X").symbols == ("X",)
    with pytest.raises(DataError, match="missing column symbol"):
        read_text(text)


TWO = (
    "ts_event,symbol,action,side,price,size,flags\n"
    "1,Y,S,B,3.5,30,128\n2,X,S,B,99.99,5,128\n3,Y,S,B,3.5,-1,128\n"
)


def test_rows_of_other_symbols_are_left_out_and_not_judged(read_text):
    tape = read_text(TWO, symbol="X")
    assert tape.symbols == ("X",)
    assert tape.events["ts"].tolist() == [2]


def test_rows_are_counted_in_the_file_whatever_is_left_out(read_text):
    with pytest.raises(DataError, match="row 3: size -1 is negative"):
        read_text(TWO, symbol="Y")


def test_a_symbol_that_is_not_there_is_named_with_those_that_are(read_text):
    with pytest.raises(DataError, match="no symbol 'Z'; it has Y, X"):
        read_text(TWO, symbol=["X", "Z"])


def test_each_symbol_may_have_its_own_grid(read_text):
    text = TWO.replace("-1", "10")
    grids = {"tick_size": {"X": "0.01", "Y": 0.5}, "lot_size": {"X": 1, "Y": 10}}
    tape = read_text(text, multiplier={"Y": 50}, **grids)
    assert tape.symbols == ("Y", "X")
    assert tape.events[["price", "qty"]].tolist() == [(7, 3), (9999, 5), (7, 1)]
    assert [str(i.multiplier) for i in tape.instruments] == ["50", "1"]


def test_a_grid_that_is_not_given_is_the_last_decimal_place_and_noted(read_text):
    tape = read_text(GOOD)
    (instrument,) = tape.instruments
    assert (str(instrument.tick_size), str(instrument.lot_size)) == ("0.01", "1")
    assert tape.notes == (
        "X: tick_size 0.01 inferred from the data",
        "X: lot_size 1 inferred from the data",
    )


def test_prices_with_many_digits_stay_exact(read_text):
    tape = read_text(
        "ts_event,symbol,action,side,price,size\n"
        "1,X,S,B,0.00000001,12345678901.12345678\n"
    )
    assert tape.events[["price", "qty"]].tolist() == [(1, 1_234_567_890_112_345_678)]


ORDERS = """ts_event,symbol,action,side,price,size,order_id,flags
1,X,R,N,,,,0
1,X,A,B,99.99,5,18446744073709551615,0
1,X,A,A,100.01,4,7,128
2,X,T,A,99.99,2,,0
2,X,F,B,99.99,2,18446744073709551615,0
2,X,C,B,99.99,2,18446744073709551615,128
3,X,M,A,100.02,3,7,128
4,X,C,A,100.02,3,9,128
"""


def test_orders_are_read_and_their_ids_become_slots(read_text):
    tape = read_text(ORDERS, tick_size="0.01", lot_size=1)
    rows = tape.events[["ts", "action", "price", "qty", "order", "flags"]].tolist()
    assert rows == [
        (1, Action.CLEAR, 0, 0, -1, 0),
        (1, Action.ADD, 9999, 5, 0, 0),
        (1, Action.ADD, 10_001, 4, 1, 128),
        (2, Action.TRADE, 9999, 2, -1, 0),
        (2, Action.FILL, 9999, 2, 0, 0),
        (2, Action.CANCEL, 9999, 2, 0, 128),
        (3, Action.MODIFY, 10_002, 3, 1, 128),
    ]
    assert (tape.by_order, tape.order_slots) == ((True,), 2)
    assert tape.notes == ("1 cancel or execution of an unknown order dropped",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("5,X,A,B,99.99,5,7,128", r"row 9: order 7 is added \(A\) but it is in"),
        ("5,X,A,B,99.99,5,,128", "row 9: order_id is empty; an order"),
        ("5,X,C,B,99.99,5,7a,128", "row 9: order_id '7a' is not an integer"),
        ("5,X,A,N,99.99,5,8,128", "row 9: side none is none: an order"),
        ("5,X,A,B,99.99,-1,8,128", "row 9: size -1 is negative"),
        ("5,X,S,B,99.99,5,0,128", r"row 9: X has levels \(S\) and orders"),
    ],
)
def test_a_bad_order_is_named_with_what_is_allowed(read_text, row, message):
    with pytest.raises(DataError, match=rf"tape\.(csv|parquet): {message}"):
        read_text(f"{ORDERS}{row}\n")


def test_orders_need_ids(read_text):
    text = "ts_event,symbol,action,side,price,size\n1,X,A,B,99.99,5\n"
    with pytest.raises(DataError, match="row 1: action A needs the column order_id"):
        read_text(text)
