"""Quotes stand on the multiples of an interval, as many as may all be filled."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import StrategyKind
from commonbook.simulation.setup import StrategySetup
from tests.kernels import fills, orders, run, trader
from tests.oracle.builders import book, sold
from tests.oracle.scenario import Packet

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def grid(half_spread, levels, interval=1, size=2, every=10, max_position=-1):
    """Quote a grid; the distance is in ticks."""
    fields = {
        "half_spread": int(2 * half_spread),
        "interval": interval,
        "levels": levels,
        "size": size,
        "max_position": max_position,
    }
    return StrategySetup(
        StrategyKind.GRID_MAKER, every=every, max_sends=4 * levels, fields=fields
    )


def quiet(ts):
    return Packet(ts, [("T", 0, "B", -5_000, 1)])


def quotes(raw, ts=None):
    """Give the sides and prices that were quoted, of all times or of one."""
    return [order[1:3] for order in orders(raw) if ts is None or order[0] == ts]


def quoted(bid, ask, *args, **kwargs):
    """Give the bids and asks of the first wake."""
    raw = run(
        [book(1, {bid: 5}, {ask: 5}), quiet(12)], trader("a", grid(*args, **kwargs))
    )
    prices = {"buy": [], "sell": []}
    for side, price in quotes(raw):
        prices[side].append(price)
    return prices["buy"], prices["sell"]


# The grid --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bid", "ask", "half_spread", "interval", "buys", "sells"),
    [
        (99, 101, 1, 1, [99, 98, 97], [101, 102, 103]),
        (99, 101, 1, 10, [90, 80, 70], [110, 120, 130]),
        (99, 101, 0, 10, [100, 90, 80], [100, 110, 120]),
        (99, 102, 1, 5, [95, 90, 85], [105, 110, 115]),  # 99.5 and 101.5
        (103, 104, 3, 5, [100, 95, 90], [110, 115, 120]),
        (-102, -99, 1, 5, [-105, -110, -115], [-95, -90, -85]),
        (-1, 2, 0.5, 4, [0, -4, -8], [4, 8, 12]),
    ],
)
def test_quotes_are_the_multiples_of_the_interval_outside_the_spread(
    bid, ask, half_spread, interval, buys, sells
):
    assert quoted(bid, ask, half_spread, 3, interval) == (buys, sells)


@given(
    st.integers(-300, 300),
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(1, 5),
    st.integers(1, 12),
)
def test_the_first_quotes_are_the_nearest_that_keep_the_distance(
    bid, spread, half_spread, levels, interval
):
    mid = bid + spread / 2
    buys, sells = quoted(bid, bid + spread, half_spread, levels, interval)
    assert len(buys) == len(sells) == levels
    for price in (*buys, *sells):
        assert price % interval == 0
    assert mid - half_spread - interval < buys[0] <= mid - half_spread
    assert mid + half_spread <= sells[0] < mid + half_spread + interval
    for side, sign in ((buys, -1), (sells, 1)):
        steps = [b - a for a, b in pairwise(side)]
        assert steps == [sign * interval] * (levels - 1)


def test_without_a_mid_nothing_is_quoted():
    raw = run([book(1, {99: 5}, {}), quiet(12)], trader("a", grid(1, 3)))
    assert orders(raw) == []


def test_all_quotes_are_post_only_and_of_one_size():
    raw = run([book(1, {99: 5}, {101: 5}), quiet(12)], trader("a", grid(1, 3, size=7)))
    assert raw.orders["promises"].tolist() == [1] * 6
    assert raw.orders["qty"].tolist() == [7] * 6


# When the market moves -------------------------------------------------------------


def test_what_is_still_on_the_grid_stays_where_it_is():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {99: 5, 100: 5}, {101: 0, 102: 5}),  # the mid rises by one
        quiet(32),
    ]
    raw = run(packets, trader("a", grid(1, 3)))
    assert quotes(raw, 11) == [
        *(("buy", price) for price in (99, 98, 97)),
        *(("sell", price) for price in (101, 102, 103)),
    ]
    assert quotes(raw, 21) == [("buy", 100), ("sell", 104)]
    assert quotes(raw, 31) == []
    ended = {order[1:3] for order in orders(raw) if order[4] == "cancelled"}
    assert ended == {("buy", 97), ("sell", 101)}


def test_a_move_inside_the_interval_moves_nothing():
    packets = [
        book(1, {99: 5}, {101: 5}),
        book(15, {99: 5, 100: 5}, {101: 0, 102: 5}),
        quiet(32),
    ]
    raw = run(packets, trader("a", grid(2, 3, interval=10)))
    assert [order[0] for order in orders(raw)] == [11] * 6


def test_a_price_is_not_quoted_anew_before_the_end_of_the_last_quote_is_known():
    """The mid goes away and comes back while the cancels are on their way."""
    up, down = book(15, {}, {101: 0, 121: 5}), book(25, {}, {101: 5})
    packets = [book(1, {99: 5}, {101: 5}), up, down, quiet(62)]
    raw = run(packets, trader("a", grid(1, 1), order_delay=4, response_delay=9))
    assert quotes(raw, 11) == [("buy", 99), ("sell", 101)]
    assert quotes(raw, 21) == [("buy", 109), ("sell", 111)]
    # Cancels of 21 arrive at 25 and are known at 34.
    assert quotes(raw, 31) == []
    assert quotes(raw, 41) == [("buy", 99), ("sell", 101)]
    assert quotes(raw, 51) == quotes(raw, 61) == []


def test_a_filled_level_is_quoted_again_when_the_maker_knows():
    packets = [book(1, {99: 5, 98: 5}, {101: 5}), sold(15, 98, 9), quiet(42)]
    raw = run(packets, trader("a", grid(1, 2), response_delay=8))
    # 99 is filled through at 15; at 21 the maker does not know yet, at 31 it does.
    assert quotes(raw, 21) == []
    assert ("buy", 99) in quotes(raw, 31)
    assert fills(raw)[0] == (15, "buy", 99.0, 2)


# Limits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "limit", "buys", "sells"),
    [
        (0, -1, 3, 3),
        (0, 6, 3, 3),
        (0, 5, 2, 2),
        (0, 1, 0, 0),
        (2, 6, 2, 3),
        (-3, 4, 3, 0),
        (9, 6, 0, 3),
    ],
)
def test_only_levels_that_may_all_be_filled_are_quoted(position, limit, buys, sells):
    raw = run(
        [book(1, {99: 5}, {101: 5}), quiet(12)],
        trader("a", grid(1, 3, max_position=limit), positions={0: position}),
    )
    sides = [side for side, _ in quotes(raw)]
    assert (sides.count("buy"), sides.count("sell")) == (buys, sells)


def test_a_fill_takes_the_deepest_level_of_its_side_away():
    packets = [book(1, {99: 5, 98: 5}, {101: 5}), sold(15, 98, 2), quiet(42)]
    raw = run(packets, trader("a", grid(1, 3, size=2, max_position=6)))
    (filled,) = fills(raw)
    assert filled == (15, "buy", 99.0, 2)
    cancelled = [order[1:3] for order in orders(raw) if order[4] == "cancelled"]
    assert cancelled == [("buy", 97)]
    assert quotes(raw, 21) == [("buy", 99)]
    resting = [order[1:3] for order in orders(raw) if order[4] == "expired"]
    assert sorted(resting) == [
        ("buy", 98),
        ("buy", 99),
        ("sell", 101),
        ("sell", 102),
        ("sell", 103),
    ]
