"""Quotes: what moves away is gone, what better quotes hide has left the depth."""

import io

import polars as pl
import pytest

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.merge import merge
from commonbook.data.read import read

HEADER = "ts_event,symbol,bid_px,bid_sz,ask_px,ask_sz"
QUOTES = f"""{HEADER}
1,X,99.99,5,100.01,4
2,X,99.99,3,100.01,4
3,X,100.00,2,100.01,4
4,X,99.98,6,100.01,4
5,X,,,100.01,4
"""
OUT = int(Flag.OUT_OF_DEPTH)
LAST = int(Flag.LAST)


@pytest.fixture(params=["csv", "parquet"])
def read_text(request, tmp_path):
    """Read CSV text as a file of either format."""

    def read_it(text, name="quotes", **options):
        path = tmp_path / f"{name}.{request.param}"
        if request.param == "csv":
            path.write_text(text)
        else:
            frame = pl.read_csv(io.StringIO(text), infer_schema=False)
            frame.write_parquet(path)
        return read(path, tick_size="0.01", lot_size=1, **options)

    return read_it


def rows_of(tape):
    fields = ["ts", "action", "side", "price", "qty", "flags"]
    return [tuple(row) for row in tape.events[fields].tolist()]


def test_each_quote_is_a_packet_of_what_is_not_as_it_was(read_text):
    tape = read_text(QUOTES)
    bid, ask = int(Side.BUY), int(Side.SELL)
    s = int(Action.SET)
    assert rows_of(tape) == [
        (1, s, bid, 9999, 5, 0),
        (1, s, ask, 10_001, 4, LAST),
        (2, s, bid, 9999, 3, LAST),
        (3, s, bid, 9999, 0, OUT),  # hidden by a better quote
        (3, s, bid, 10_000, 2, LAST),
        (4, s, bid, 9999, 0, 0),  # the quote is behind it now: it is gone
        (4, s, bid, 10_000, 0, 0),
        (4, s, bid, 9998, 6, LAST),
        (5, s, bid, 9998, 0, LAST),  # no bid at all
    ]


def test_a_trade_comes_before_the_quote_of_its_row(read_text):
    text = f"""{HEADER},price,size,side
1,X,99.99,5,100.01,4,,,
2,X,99.99,3,100.01,4,99.99,2,A
3,X,,,,,100.01,1,
"""
    tape = read_text(text)
    t, s = int(Action.TRADE), int(Action.SET)
    assert rows_of(tape)[2:] == [
        (2, t, Side.SELL, 9999, 2, 0),
        (2, s, Side.BUY, 9999, 3, LAST),
        (3, t, Side.NONE, 10_001, 1, LAST),  # alone: the quote stays
    ]


def test_quotes_of_several_instruments_keep_the_order_of_the_file(read_text):
    text = f"{HEADER}\n1,X,9,1,10,1\n1,Y,5,1,6,1\n1,X,9,2,10,1\n"
    events = read_text(text).events
    assert events["instrument"].tolist() == [0, 0, 1, 1, 0]
    assert read_text(text, symbol="Y").symbols == ("Y",)


def test_the_tape_says_that_only_one_level_is_known(read_text):
    (note,) = read_text(QUOTES).notes
    assert note.startswith("X: one level only")


def test_a_size_of_nothing_is_no_quote(read_text):
    tape = read_text(f"{HEADER}\n1,X,9,1,10,1\n2,X,9,0,10,1\n")
    assert rows_of(tape)[-1] == (2, Action.SET, Side.BUY, 900, 0, LAST)


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        (HEADER, "1,X,9,,10,1", "row 1: bid_sz is empty; bid_px is not"),
        (HEADER, "1,X,9,1,,1", "row 1: ask_px is empty; ask_sz is not"),
        (HEADER, "1,X,9,1,ten,1", "row 1: ask_px 'ten' is not a number"),
        (HEADER, "1,X,9.001,1,10,1", "row 1: bid_px 9.001 is not a multiple"),
        (HEADER, "1,X,9,-1,10,1", "row 1: size -1 is negative"),
        (f"{HEADER},price,size,side", "1,X,9,1,10,1,9,1,Q", "row 1: side 'Q' is not"),
        (f"{HEADER},price", "1,X,9,1,10,1,9", "no column size; a trade needs one"),
        (f"{HEADER},depth", "1,X,9,1,10,1,9", "unknown column .depth.; .* of quotes"),
        ("ts_event,bid_px", "1,9", "missing column symbol, bid_sz, ask_px, ask_sz"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(read_text, header, row, message):
    with pytest.raises(DataError, match=message):
        read_text(f"{header}\n{row}\n")


def test_time_that_goes_back_is_named(read_text):
    with pytest.raises(DataError, match="row 2: time goes backwards"):
        read_text(f"{HEADER}\n2,X,9,1,10,1\n1,X,9,1,10,1\n")


TRADES = "ts_event,symbol,action,side,price,size\n2,X,T,A,99.99,2\n5,X,T,N,99.98,1\n"


def test_trades_of_another_file_join_the_quotes_ahead_of_equal_times(read_text):
    quotes, trades = read_text(QUOTES), read_text(TRADES, "trades")
    for tapes in ([quotes, trades], [trades, quotes]):
        tape = merge(tapes)
        assert tape.symbols == ("X",)
        own = tape.events[tape.events["ts"] == 2]
        assert own["action"].tolist() == [Action.TRADE, Action.SET]
        assert len(tape) == len(quotes) + len(trades)
        assert tape.packets == quotes.packets + trades.packets


def test_trades_join_only_a_book_that_has_none(read_text):
    trades = read_text(TRADES, "trades")
    both = read_text(f"{HEADER},price,size\n1,X,9,1,10,1,,\n2,X,9,1,10,1,9,1\n")
    for other in (both, trades):
        with pytest.raises(DataError, match="X is in two of them"):
            merge([other, trades])


def test_trades_on_another_grid_do_not_join(read_text, tmp_path):
    path = tmp_path / "coarse.csv"
    path.write_text(TRADES)
    coarse = read(path, tick_size="0.005", lot_size=1)
    assert coarse.instruments == (Instrument("X", "0.005", 1),)
    with pytest.raises(DataError, match="X has other ticks"):
        merge([read_text(QUOTES), coarse])
