"""Quotes follow the mid that the maker sees, and no further than it must."""

import pytest

from tests.kernels import fills, maker, orders, run, trader
from tests.oracle.builders import book, bought, sold
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def quiet(ts):
    return Packet(ts, [("T", 0, "B", -5_000, 1)])


def quotes(raw):
    """Give (time, side, price) of every quote."""
    return [order[:3] for order in orders(raw)]


@pytest.mark.parametrize(
    ("bid", "ask", "half_spread", "buys", "sells"),
    [
        (99, 101, 1, 99, 101),
        (99, 101, 5, 95, 105),
        (99, 102, 1, 99, 102),  # the mid 100.5 is rounded away, to 100 and to 101
        (99, 100, 1, 98, 101),
        (-102, -99, 1, -102, -99),  # the mid -100.5, to -101 and to -100
        (-1, 2, 1, -1, 2),
        (99, 100, 0.5, 99, 100),  # half a tick joins the touch of a one-tick market
        (99, 101, 0.5, 99, 101),
        (99, 102, 1.5, 99, 102),
        (-102, -101, 0.5, -102, -101),
    ],
)
def test_prices_are_rounded_away_from_the_mid(bid, ask, half_spread, buys, sells):
    raw = run(
        [book(1, {bid: 5}, {ask: 5}), quiet(12)],
        trader("a", maker(half_spread, 3, every=10)),
    )
    assert quotes(raw) == [(11, "buy", buys), (11, "sell", sells)]


def test_quotes_are_of_one_size_and_expire_with_the_data():
    raw = run([book(1, {99: 5}, {101: 5}), quiet(12)], trader("a", maker(2, 3, 10)))
    assert [order[3:] for order in orders(raw)] == [
        (3, "expired", "end_of_data", 0)
    ] * 2
    assert raw.orders["promises"].tolist() == [1, 1]


def test_a_quote_whose_price_is_still_right_keeps_its_place():
    # The mid goes from 100 to 100.5: only the ask has to move.
    packets = [book(1, {99: 5}, {101: 5}), book(15, {}, {101: 0, 102: 5}), quiet(42)]
    raw = run(packets, trader("a", maker(2, 3, 10)))
    assert orders(raw) == [
        (11, "buy", 98, 3, "expired", "end_of_data", 0),
        (11, "sell", 102, 3, "cancelled", "user_cancel", 0),
        (21, "sell", 103, 3, "expired", "end_of_data", 0),
    ]


def test_both_quotes_move_with_the_mid():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {100: 5}, {101: 0, 102: 5}),
        quiet(22),
    ]
    raw = run(packets, trader("a", maker(2, 3, 10)))
    assert quotes(raw) == [
        (11, "buy", 98),
        (11, "sell", 102),
        (21, "buy", 99),
        (21, "sell", 103),
    ]
    assert [order[4] for order in orders(raw)][:2] == ["cancelled"] * 2


def test_a_filled_quote_is_replaced_when_the_maker_knows():
    packets = [book(1, {98: 5, 99: 5}, {101: 5}), sold(15, 97, 9), quiet(42)]
    for response, again in ((0, 21), (6, 21), (7, 31), (16, 31)):
        raw = run(packets, trader("a", maker(2, 3, 10), response_delay=response))
        assert fills(raw) == [(15, "buy", 98, 3)]
        assert [ts for ts, side, _ in quotes(raw) if side == "buy"] == [11, again]


def test_a_partly_filled_quote_stays():
    packets = [book(1, {99: 5}, {101: 5}), sold(15, 97, 1), quiet(42)]
    raw = run(packets, trader("a", maker(2, 3, 10)))
    assert [order[-1] for order in orders(raw)] == [1, 0]


def test_at_its_largest_position_it_quotes_only_the_way_back():
    packets = [
        book(1, {99: 5}, {101: 5}),
        sold(15, 97, 9),
        quiet(42),
        bought(45, 103, 9),
        quiet(60),
    ]
    raw = run(packets, trader("a", maker(2, 3, 10, max_position=5)))
    # 3 are held: another 3 would be beyond 5. Once they are sold it buys again.
    assert [(ts, side) for ts, side, _ in quotes(raw)] == [
        (11, "buy"),
        (11, "sell"),
        (51, "buy"),
        (51, "sell"),
    ]


def test_a_quote_is_pulled_when_the_position_has_grown_too_large():
    packets = [book(1, {99: 5}, {101: 5}), sold(15, 97, 2), quiet(42)]
    raw = run(packets, trader("a", maker(2, 3, 10, max_position=4)))
    assert orders(raw)[0] == (11, "buy", 98, 3, "cancelled", "user_cancel", 2)
    assert len(orders(raw)) == 2


def test_a_position_at_the_start_counts():
    raw = run(
        [book(1, {99: 5}, {101: 5}), quiet(12)],
        trader("a", maker(2, 3, 10, max_position=4), positions={0: -3}),
    )
    assert quotes(raw) == [(11, "buy", 98)]


def test_a_one_sided_book_is_not_quoted_and_quotes_stay():
    packets = [
        book(1, {99: 5}, {}),
        book(15, {}, {101: 5}),
        book(25, {}, {101: 0}),
        quiet(42),
    ]
    raw = run(packets, trader("a", maker(2, 3, 10)))
    assert quotes(raw) == [(21, "buy", 98), (21, "sell", 102)]


@pytest.mark.parametrize(
    ("feed", "moved"), [(0, 21), (6, 21), (7, 31), (16, 31), (17, None)]
)
def test_the_view_at_a_time_is_the_book_of_the_feed_delay_before(feed, moved):
    # The wakes are at 11, 21 and 31, the book changes at 15.
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {100: 5}, {101: 0, 102: 5}),
        quiet(32),
    ]
    raw = run(packets, trader("a", maker(2, 3, 10), feed_delay=feed))
    times = {price: ts for ts, side, price in quotes(raw) if side == "buy"}
    assert times.get(99) == moved


def test_a_packet_that_arrives_as_the_maker_wakes_is_seen():
    packets = [book(5, {99: 5}, {101: 5}), quiet(40)]
    assert quotes(run(packets, trader("a", maker(2, 3, 10), feed_delay=10)))[0][0] == 15
    assert quotes(run(packets, trader("a", maker(2, 3, 10), feed_delay=11)))[0][0] == 25


def test_two_feed_delays_are_two_views():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {99: 0, 97: 5}, {99: 5, 101: 0}),
        quiet(22),
    ]
    raw = run(
        packets,
        trader("a", maker(2, 3, 10), feed_delay=6),
        trader("b", maker(2, 3, 10), feed_delay=7, engine=1),
    )
    assert [order[2] for order in orders(raw, 0)] == [98, 102, 96, 100]
    assert [order[2] for order in orders(raw, 1)] == [98, 102]


def test_a_quote_that_would_take_is_refused_and_tried_again():
    # The maker still sees 99 / 101 while the market is at 103 / 105.
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(10, {103: 5}, {101: 0, 105: 5}),
        quiet(32),
    ]
    raw = run(packets, trader("a", maker(1, 3, 10), feed_delay=6))
    assert orders(raw)[:2] == [
        (11, "buy", 99, 3, "cancelled", "user_cancel", 0),
        (11, "sell", 101, 3, "rejected", "post_only", 0),
    ]
    assert quotes(raw)[2:] == [(21, "buy", 103), (21, "sell", 105)]
    assert raw.fills.size == 0
