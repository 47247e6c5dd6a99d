import pytest
from hypothesis import given

from commonbook.core.enums import Action, Flag
from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from tests.data.tapes import CENT, LAST, random_tapes, small_tape, tape_of_rows

PAIR = (CENT, Instrument("Y", "0.5", 10))


def test_columns_are_those_of_dbn():
    frame = small_tape().top_of_book(depth=2)
    assert frame.columns == [
        "ts_event",
        "bid_px_00",
        "ask_px_00",
        "bid_sz_00",
        "ask_sz_00",
        "bid_px_01",
        "ask_px_01",
        "bid_sz_01",
        "ask_sz_01",
    ]
    nothing = (None, None, None, None)
    assert frame.rows() == [
        (1, 99.99, 100.01, 500.0, 400.0, *nothing),
        (11, 99.99, 100.01, 250.0, 400.0, *nothing),
    ]


@pytest.mark.nojit
@pytest.mark.bounds
def test_each_event_shows_the_half_applied_packet():
    frame = small_tape().top_of_book(each="event")
    assert frame["bid_sz_00"].to_list() == [None, 500.0, 500.0, 500.0, 250.0]
    assert frame["ask_sz_00"].to_list() == [None, None, 400.0, 400.0, 400.0]


def test_several_instruments_are_told_apart():
    tape = tape_of_rows(
        (1, "S", "B", 9999, 5, LAST, 0),
        (2, "S", "B", 7, 3, LAST, 1),
        instruments=PAIR,
    )
    frame = tape.top_of_book()
    assert frame["symbol"].to_list() == ["X", "Y"]
    assert frame["bid_px_00"].to_list() == [99.99, 3.5]
    assert frame["bid_sz_00"].to_list() == [5.0, 30.0]
    only = tape.top_of_book(symbol="Y")
    assert only.rows() == [(2, 3.5, None, 30.0, None)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"each": "row"}, "choose packet or event"),
        ({"symbol": "Z"}, "no symbol 'Z'"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        small_tape().top_of_book(**arguments)


def replayed_by_hand(tape, depth, every_event):
    """Replay with a dict of price and size for each side of each instrument."""
    books = [({}, {}) for _ in tape.instruments]
    rows = []
    for event in tape.events:
        book = books[event["instrument"]]
        if event["action"] == Action.CLEAR:
            for side in book:
                side.clear()
        elif event["action"] == Action.SET:
            side = book[event["side"]]
            side[int(event["price"])] = int(event["qty"])
            if event["qty"] == 0:
                del side[int(event["price"])]
        if every_event or event["flags"] & Flag.LAST:
            bids = sorted(book[0].items(), reverse=True)[:depth]
            asks = sorted(book[1].items())[:depth]
            rows.append((int(event["ts"]), int(event["instrument"]), bids, asks))
    return rows


def as_levels(frame, tape, depth):
    """Turn the frame back into ticks and lots."""
    rows = []
    for row in frame.iter_rows(named=True):
        instrument = tape.instrument(row["symbol"])
        sides = [
            [
                (
                    instrument.price_to_ticks(row[f"{side}_px_{k:02d}"]),
                    instrument.qty_to_lots(row[f"{side}_sz_{k:02d}"]),
                )
                for k in range(depth)
                if row[f"{side}_px_{k:02d}"] is not None
            ]
            for side in ("bid", "ask")
        ]
        rows.append((row["ts_event"], tape.index(row["symbol"]), *sides))
    return rows


@given(random_tapes(PAIR))
def test_levels_are_those_of_a_replay_with_dicts(tape):
    for each in ("packet", "event"):
        frame = tape.top_of_book(4, each)
        by_hand = replayed_by_hand(tape, 4, each == "event")
        assert as_levels(frame, tape, 4) == by_hand
