"""Opposite takes that left moments apart, which a longer window might have crossed."""

import pytest

from commonbook.core.enums import Liquidity, OrderType, Side, TimeInForce
from commonbook.results.result import Result, RunInfo
from tests.results.records import fill, lane, order, portfolio, run

INFO = RunInfo("run", 0, "")
MS = 1_000_000


def take(number, portfolio, side, at, qty, **fields):
    """Give an order that took from the market, and its fill."""
    mine = {"portfolio": portfolio, "side": side, "order_id": number, "qty": qty}
    fills = {key: fields.pop(key) for key in ("liquidity",) if key in fields}
    times = {"ts_decision": at, "ts_sent": at, "ts_arrival": at, "ts_report": at}
    times |= dict.fromkeys(("ts_first_fill", "ts_last_fill", "ts_end"), at)
    sent = order(**mine, filled=qty, **times, **fields)
    return fill(**mine, ts=at, **fills), sent


def missed(*takes, window=0, engines=("all", "all", "all")):
    people = [portfolio(f"p{i}", i, engine=name) for i, name in enumerate(engines)]
    takes = sorted(takes, key=lambda pair: pair[1]["ts_sent"][0])
    fills, orders = zip(*takes, strict=True)
    lanes = [lane(*people, netting_window=window)]
    return Result(run(lanes, fills=fills, orders=orders), INFO).summary[
        "netting_missed_qty"
    ]


def bought(*args, **fields):
    return take(1, args[0], Side.BUY, *args[1:], **fields)


def sold(*args, **fields):
    return take(2, args[0], Side.SELL, *args[1:], **fields)


def test_the_smaller_of_two_opposite_takes_was_missed():
    assert missed(bought(0, 5, 30), sold(1, MS, 20)) == {"all": {"AAPL": 20.0}}


@pytest.mark.parametrize(("apart", "found"), [(0, {}), (1, 20), (MS, 20), (MS + 1, {})])
def test_takes_count_that_left_at_most_a_millisecond_apart(apart, found):
    found = found and {"all": {"AAPL": float(found)}}
    assert missed(bought(0, 5, 20), sold(1, 5 + apart, 20)) == found


def test_the_window_counts_where_it_is_longer():
    pair = bought(0, 5, 20), sold(1, 5 + 3 * MS, 20)
    assert missed(*pair, window=2 * MS) == {}
    assert missed(*pair, window=3 * MS) == {"all": {"AAPL": 20.0}}


def test_each_lot_is_missed_once():
    takes = bought(0, 5, 20), sold(1, 6, 15), sold(2, 7, 15)
    assert missed(*takes) == {"all": {"AAPL": 20.0}}


def test_what_one_portfolio_takes_on_both_sides_was_not_missed():
    assert missed(bought(0, 5, 20), sold(0, 6, 20)) == {}


def test_engines_do_not_net_with_each_other():
    assert missed(bought(0, 5, 20), sold(1, 6, 20), engines=("a", "b", "b")) == {}


def test_where_nobody_nets_nothing_was_missed():
    assert missed(bought(0, 5, 20), sold(1, 6, 20), window=None) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"time_in_force": TimeInForce.FOK},
        {"type": OrderType.STOP, "stop_price": 9000, "ts_trigger": 6},
        {"liquidity": Liquidity.MAKER, "type": OrderType.LIMIT, "price": 10_000},
    ],
    ids=["fill or kill", "stop", "passive"],
)
def test_what_is_never_netted_was_not_missed(fields):
    assert missed(bought(0, 5, 20), sold(1, 6, 20, **fields)) == {}
