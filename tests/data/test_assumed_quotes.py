"""Quotes that are written around the prints of instruments without a book."""

import numpy as np
import pytest

from commonbook.core.errors import DataError
from commonbook.core.limits import MAX_TICKS
from commonbook.data.assumed_quotes import (
    AssumedQuote,
    bits_of,
    trades_only,
    with_quotes,
)
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from tests.data.tapes import CENT, LAST, events_of

OTHER = Instrument("Y", 1, 1)
PRINTS = [
    (1, "T", "A", 100, 30, 0),
    (1, "T", "A", 99, 11, LAST),
    (5, "T", "B", 99, 1, LAST),
]


def quoted(rows, **assumed):
    terms = AssumedQuote(**{"spread": 3, "at_price": False, "qty": 7} | assumed)
    events = with_quotes(events_of(rows), {0: terms})
    Tape.from_events(events, (CENT, OTHER))  # every packet is closed
    letters = {4: "R", 5: "T", 7: "S"}
    return [
        (int(e["ts"]), letters[e["action"]], "BAN"[e["side"]], int(e["price"]),
         int(e["qty"]), int(e["flags"]))
        for e in events
    ]  # fmt: skip


def test_each_packet_of_prints_is_followed_by_new_quotes():
    assert quoted(PRINTS) == [
        *PRINTS[:2],
        (1, "S", "B", 97, 7, 0),
        (1, "S", "A", 101, 7, LAST),
        (5, "T", "B", 99, 1, 0),
        (5, "S", "B", 97, 0, 0),  # what was there goes first: all of it is new
        (5, "S", "A", 101, 0, LAST),
        (5, "S", "B", 97, 7, 0),
        (5, "S", "A", 101, 7, LAST),
    ]


def test_a_part_of_the_packet_is_offered_in_whole_lots():
    sizes = [row[4] for row in quoted(PRINTS, qty=0, num=1, den=10) if row[1] == "S"]
    assert sizes == [5, 5, 0, 0, 1, 1]


def test_parts_of_huge_prints_are_exact():
    rows = [(1, "T", "N", 5, 2**60 + 1, LAST)]
    part = {"qty": 0, "num": 999_999_999, "den": 10**9}
    exact = -(-(2**60 + 1) * 999_999_999 // 10**9)
    assert [row[4] for row in quoted(rows, **part)[1:]] == [exact, exact]


def test_prints_of_nothing_and_clears_make_no_quotes():
    rows = [
        (1, "T", "N", 5, 0, LAST),
        (2, "T", "N", 5, 3, LAST),
        (3, "R", "N", 0, 0, LAST),
        (4, "T", "N", 6, 3, LAST),
    ]
    made = quoted(rows)
    assert [row for row in made if row[1] != "S"] == rows
    assert [row[:4] for row in made if row[1] == "S"] == [
        (2, "S", "B", 3),
        (2, "S", "A", 7),
        (4, "S", "B", 4),  # a clear has taken the others away
        (4, "S", "A", 8),
    ]


def test_other_instruments_stay_as_they_are():
    rows = [(*row, 1) for row in PRINTS]
    assert len(quoted(rows)) == len(rows)
    events = events_of(rows)
    assert with_quotes(events, {}) is events


def test_an_instrument_with_a_level_or_an_order_has_a_book():
    rows = [
        (1, "T", "B", 5, 1, LAST, 0),
        (1, "S", "B", 5, 1, LAST, 1),
        (2, "T", "B", 5, 1, LAST, 1),
        (2, "R", "N", 0, 0, LAST, 0),
        (3, "R", "N", 0, 0, LAST, 2),
    ]
    assert trades_only(events_of(rows), 3) == (True, False, False)
    assert trades_only(events_of(rows[1:3]), 2) == (False, False)


def test_quotes_that_leave_the_range_of_prices_are_refused():
    rows = [(1, "T", "N", MAX_TICKS - 1, 1, LAST)]
    assert quoted(rows, spread=2)[-1][3] == MAX_TICKS
    with pytest.raises(DataError, match="leave the range of prices"):
        quoted(rows, spread=3)


def test_the_engine_is_told_what_is_assumed():
    quotes = {1: AssumedQuote(3, at_price=True, qty=1), 2: AssumedQuote(2, False, 1)}
    assert bits_of(quotes, 3) == (0, 2 + 4 + 8, 2)
    assert bits_of({}, 3) == ()
    assert np.all([quote.away for quote in quotes.values()] == [2, 1])
