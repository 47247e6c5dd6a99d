import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.book.look_back import look_back
from commonbook.book.replay import book_size
from commonbook.core.book_records import NO_ASK, NO_BID, NO_MARK
from commonbook.core.dtypes import EVENT
from commonbook.core.enums import Action, Flag, Side


def tape(*rows):
    """Make packets of one event: time, side, price, size and perhaps an instrument."""
    events = np.zeros(len(rows), EVENT)
    for event, (ts, side, price, qty, *instrument) in zip(events, rows, strict=True):
        event["ts"], event["side"], event["price"], event["qty"] = ts, side, price, qty
        event["instrument"] = instrument[0] if instrument else 0
    events["action"] = Action.SET
    events["flags"] = Flag.LAST
    return events


def seen(events, *times, instrument=None, n_instruments=1):
    whose = np.array(instrument or [0] * len(times), np.int64)
    size = book_size(events, n_instruments)
    sights = look_back(events, size, np.array(times, np.int64), whose)
    return [tuple(s[["bid", "ask", "mark_half"]].tolist()) for s in sights]


B, A = Side.BUY, Side.SELL
MARKET = tape((10, B, 99, 5), (20, A, 101, 5), (30, B, 100, 5), (40, A, 101, 0))


def test_packets_of_the_same_time_have_been_applied():
    assert seen(MARKET, 19, 20, 21) == [
        (99, NO_ASK, NO_MARK), (99, 101, 200), (99, 101, 200)
    ]  # fmt: skip


def test_before_the_first_event_there_is_nothing():
    assert seen(MARKET, 9) == [(NO_BID, NO_ASK, NO_MARK)]


def test_a_mid_lasts_until_the_next_two_sided_book():
    assert seen(MARKET, 40, 1_000) == [(100, NO_ASK, 201)] * 2


def test_questions_come_in_any_order():
    assert seen(MARKET, 30, 10, 30) == [
        (100, 101, 201), (99, NO_ASK, NO_MARK), (100, 101, 201)
    ]  # fmt: skip


def test_half_a_packet_is_never_seen():
    events = tape((10, B, 99, 5), (10, A, 101, 5), (20, B, 100, 5), (20, B, 99, 0))
    events["flags"][[0, 2]] = 0
    assert seen(events, 10, 19, 20) == [(99, 101, 200)] * 2 + [(100, 101, 201)]


def test_each_question_is_about_its_own_instrument():
    events = tape((10, B, 99, 5, 0), (10, A, 101, 5, 0), (20, B, 7, 5, 1))
    sights = seen(events, 20, 20, instrument=[1, 0], n_instruments=2)
    assert sights == [(7, NO_ASK, NO_MARK), (99, 101, 200)]


def test_no_questions_have_no_answers():
    assert seen(MARKET) == []


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from([B, A]),
            st.integers(0, 9), st.integers(0, 2),
        ),
        min_size=1,
        max_size=30,
    ),
    st.lists(st.integers(-1, 70), max_size=20),
)  # fmt: skip
def test_it_agrees_with_a_book_kept_in_a_dictionary(steps, times):
    now, rows, sizes = 0, [], [{}, {}]
    mark, history = NO_MARK, [(-10, NO_BID, NO_ASK, NO_MARK)]
    for wait, side, level, qty in steps:
        now += wait
        price = level if side == B else level + 5
        rows.append((now, side, price, qty))
        sizes[side][price] = qty
        bid = max((p for p, q in sizes[B].items() if q), default=NO_BID)
        ask = min((p for p, q in sizes[A].items() if q), default=NO_ASK)
        mark = bid + ask if bid > NO_BID and ask < NO_ASK else mark
        history.append((now, bid, ask, mark))
    expected = [[h for h in history if h[0] <= ts][-1][1:] for ts in times]
    assert seen(tape(*rows), *times) == expected
