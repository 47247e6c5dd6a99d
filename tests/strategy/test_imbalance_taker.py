"""One market order at a time, when one side of the touch is large enough."""

import pytest

from commonbook.core.enums import OrderType
from tests.kernels import orders, run, taker, trader
from tests.oracle.builders import book
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def sent(bids, asks, strategy, last=12, **more):
    """Give (time, side, size) of what is sent on a book that never changes."""
    packets = [book(1, bids, asks), Packet(last, [("T", 0, "B", -5_000, 1)])]
    raw = run(packets, trader("a", strategy, **more))
    assert set(raw.orders["type"].tolist()) <= {OrderType.MARKET}
    return [(ts, side, qty) for ts, side, _, qty, *_ in orders(raw)]


@pytest.mark.parametrize(
    ("bid", "ask", "threshold", "expected"),
    [
        (6, 2, 0.5, ["buy"]),  # (6 - 2) / (6 + 2) reaches it
        (5, 2, 0.5, []),
        (2, 6, 0.5, ["sell"]),
        (2, 5, 0.5, []),
        (4, 4, 0.1, []),
        (9, 1, 0.81, []),
        (9, 1, 0.8, ["buy"]),
    ],
)
def test_the_imbalance_of_the_touch_has_to_reach_the_threshold(
    bid, ask, threshold, expected
):
    bids, asks = {99: bid, 98: 1_000}, {101: ask, 102: 1_000}
    assert [s for _, s, _ in sent(bids, asks, taker(threshold, 1, 10))] == expected


def test_it_takes_again_at_every_wake():
    assert sent({99: 90}, {101: 9}, taker(0.5, 2, 10), last=35) == [
        (11, "buy", 2),
        (21, "buy", 2),
        (31, "buy", 2),
    ]


@pytest.mark.parametrize(
    ("delays", "times"),
    [
        ({"order_delay": 9}, [11, 21, 31, 41]),
        # What happens at a time is told at that time, before the strategy decides.
        ({"order_delay": 10}, [11, 21, 31, 41]),
        ({"order_delay": 11}, [11, 31]),
        ({"response_delay": 10}, [11, 21, 31, 41]),
        ({"response_delay": 11}, [11, 31]),
        ({"order_delay": 10, "response_delay": 10}, [11, 31]),
        ({"order_delay": 10, "response_delay": 11}, [11, 41]),
    ],
)
@pytest.mark.parametrize(("bid", "ask"), [(90, 20), (20, 90)])
def test_it_waits_until_it_knows_the_end_of_its_last_order(delays, times, bid, ask):
    found = sent({99: bid}, {101: ask}, taker(0.5, 1, 10), last=60, **delays)
    assert [ts for ts, _, _ in found if ts < 42] == times


def test_its_position_stays_within_its_largest():
    assert len(sent({99: 90}, {101: 20}, taker(0.5, 2, 10, 5), last=95)) == 2
    assert len(sent({99: 20}, {101: 90}, taker(0.5, 2, 10, 5), last=95)) == 2
    held = {"positions": {0: 4}}
    assert sent({99: 90}, {101: 20}, taker(0.5, 2, 10, 5), **held) == []
    assert len(sent({99: 20}, {101: 90}, taker(0.5, 2, 10, 5), last=95, **held)) == 4


@pytest.mark.parametrize(
    ("bids", "asks"), [({}, {101: 9}), ({99: 9}, {}), ({99: 0}, {101: 0})]
)
def test_a_book_without_two_sides_says_nothing(bids, asks):
    assert sent(bids, asks, taker(0.1, 1, 10)) == []


def test_it_sees_the_book_of_its_feed_delay():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {99: 50}, {}),
        Packet(32, [("T", 0, "B", -5_000, 1)]),
    ]
    for feed, first in ((6, 21), (7, 31)):
        raw = run(packets, trader("a", taker(0.5, 1, 10), feed_delay=feed))
        assert orders(raw)[0][0] == first
