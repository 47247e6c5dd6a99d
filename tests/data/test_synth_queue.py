import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.synth_queue import QueueFlow, synth_orders
from tests.data.order_rows import lines_of

#: Chance that the best ask queue is gone before the best bid queue, by their sizes:
#: Cont, Stoikov, Talreja (2010), solved for the default rates.
UP_FIRST = {(1, 1): 0.5, (1, 2): 0.335, (2, 1): 0.665, (2, 2): 0.5, (1, 3): 0.259}


def test_the_same_seed_gives_the_same_bytes():
    assert synth_orders(7, 20).digest == synth_orders(7, 20).digest
    assert synth_orders(7, 20).digest != synth_orders(8, 20).digest


@pytest.mark.nojit
@pytest.mark.bounds
def test_the_bytes_of_a_seed_never_change_within_a_version():
    # Whoever changes the flow raises synth_queue.VERSION and this digest.
    assert synth_orders(1, 5).digest == (
        "ce5f5d83d7c118211da527de19e015c4e7c0685973e5d91f037c0a56970c9a26"
    )


@pytest.fixture(scope="module")
def hour():
    return synth_orders(1)


def test_it_is_order_by_order_with_trades_in_packets_of_their_own(hour):
    assert hour.by_order == (True,)
    first = hour.events[hour.events["flags"] & Flag.SNAPSHOT != 0]
    assert first["action"][0] == Action.CLEAR
    assert set(first["action"][1:].tolist()) == {Action.ADD}
    later = hour.events[first.size :]
    (traded,) = np.nonzero(later["action"] == Action.TRADE)
    assert traded.size > 5_000
    for offset, action in enumerate((Action.TRADE, Action.FILL, Action.CANCEL)):
        assert (later["action"][traded + offset] == action).all()
        closed = later["flags"][traded + offset] == Flag.LAST
        assert closed.all() == (action == Action.CANCEL)
        opposite = later["side"][traded + offset] != later["side"][traded]
        assert opposite.all() == (action != Action.TRADE)
    assert (later["qty"] == 1).all()


def test_market_orders_execute_the_first_in_line():
    tape = synth_orders(2, 60)
    for row in np.flatnonzero(tape.events["action"] == Action.FILL)[:50]:
        event = tape.events[row]
        lines = lines_of(tape.events[:row])
        side = int(event["side"])
        best = max if side == Side.BUY else min
        price = best(price for _, own, price in lines if own == side)
        assert event["price"] == price
        assert event["order"] == lines[0, side, price][0][0]


def touches(tape):
    """Give spread, sizes and how long they lasted, after each packet."""
    frame = tape.top_of_book()
    ts = frame["ts_event"].to_numpy()
    bid, ask = (np.rint(frame[f"{w}_px_00"].to_numpy() * 100) for w in ("bid", "ask"))
    sizes = [frame[f"{word}_sz_00"].to_numpy() for word in ("bid", "ask")]
    seconds = np.diff(ts, append=tape.end) / 1e9
    return bid, ask, *sizes, seconds


def test_orders_come_and_go_at_the_stated_rates(hour):
    bid, ask, bids, asks, seconds = touches(hour)
    flow = QueueFlow()
    narrow = ask - bid == 1
    closed = np.flatnonzero(hour.events["flags"] & Flag.LAST)
    last = hour.events[closed[1:]]
    first = hour.events[closed[:-1] + 1]
    before = narrow[:-1]
    at_bid = (last["side"] == Side.BUY) & (last["price"] == bid[:-1])
    at_ask = (last["side"] == Side.SELL) & (last["price"] == ask[:-1])
    at_touch = before & (at_bid | at_ask)
    births = np.count_nonzero(at_touch & (last["action"] == Action.ADD))
    is_trade = first["action"] == Action.TRADE
    trades = np.count_nonzero(at_touch & is_trade)
    is_cancel = (last["action"] == Action.CANCEL) & ~is_trade
    cancels = np.count_nonzero(at_touch & is_cancel)
    shown = seconds[narrow].sum()
    waited = ((bids + asks) * seconds)[narrow].sum()
    for count, expected in (
        (births, 2 * flow.limit_rate * shown),
        (trades, 2 * flow.market_rate * shown),
        (cancels, flow.cancel_rate * waited),
    ):
        # Four standard deviations of a Poisson number.
        assert abs(count - expected) < 4 * math.sqrt(expected)


def test_the_next_move_of_the_mid_is_as_likely_as_the_queues_say(hour):
    bid, ask, bids, asks, _ = touches(hour)
    mid = bid + ask
    moves = np.flatnonzero(np.diff(mid)) + 1
    interval = np.searchsorted(moves, np.arange(mid.size), side="right")
    for sizes, chance in UP_FIRST.items():
        narrow = (ask - bid == 1) & (interval < moves.size)
        rows = np.flatnonzero(narrow & (bids == sizes[0]) & (asks == sizes[1]))
        # The first time between two moves, so that the cases are independent.
        rows = rows[np.unique(interval[rows], return_index=True)[1]]
        up = np.count_nonzero(mid[moves[interval[rows]]] > mid[rows])
        assert rows.size > 500
        deviation = math.sqrt(rows.size * chance * (1 - chance))
        assert abs(up - rows.size * chance) < 4 * deviation


def test_deeper_levels_get_fewer_orders(hour):
    bid, ask, *_ = touches(hour)
    closed = np.flatnonzero(hour.events["flags"] & Flag.LAST)
    last = hour.events[closed[1:]]
    added = last["action"] == Action.ADD
    buys = added & (last["side"] == Side.BUY)
    distance = np.where(buys, ask[:-1] - last["price"], last["price"] - bid[:-1])
    counts = np.bincount(distance[added].astype(int))
    rates = np.array(QueueFlow().rates)
    expected = counts.sum() * rates / rates.sum()
    assert counts[0] == 0
    assert (np.abs(counts[1:] - expected) < 5 * np.sqrt(expected)).all()


flows = st.builds(
    QueueFlow,
    limit_rate=st.floats(0.1, 20),
    limit_power=st.floats(0, 3),
    market_rate=st.floats(0, 20),
    cancel_rate=st.floats(0.05, 5),
    depth=st.integers(1, 30),
)


@settings(max_examples=25)
@given(st.integers(0, 1000), flows)
def test_the_book_is_never_crossed_nor_empty_whatever_the_flow(seed, flow):
    tape = synth_orders(seed, 20, flow=flow, price="0.70")
    frame = tape.top_of_book()
    assert frame.null_count().sum_horizontal().sum() == 0
    assert (frame["bid_px_00"] < frame["ask_px_00"]).all()
    assert (frame["bid_px_00"] > 0).all()


def test_the_book_grows_when_more_orders_come_than_go():
    flow = QueueFlow(limit_rate=2000.0, cancel_rate=0.1, depth=1)
    tape = synth_orders(1, 10, flow=flow)
    assert tape.order_slots > 30_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed -1 is negative"),
        ({"seconds": 0}, "seconds 0 is out of range"),
        ({"price": "0.10"}, "10 ticks; at least 40"),
        ({"start": "soon"}, "is not a time"),
    ],
)
def test_impossible_arguments_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        synth_orders(**arguments)


@pytest.mark.parametrize(
    "field",
    [
        {"limit_rate": 0},
        {"limit_power": -1},
        {"market_rate": -0.1},
        {"market_rate": float("inf")},
        {"cancel_rate": 0},
        {"cancel_rate": float("nan")},
        {"depth": 0},
    ],
)
def test_impossible_flows_are_refused(field):
    with pytest.raises(DataError, match=next(iter(field))):
        QueueFlow(**field)
