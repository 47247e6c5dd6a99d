import re
from dataclasses import replace
from fractions import Fraction

import pytest

from commonbook.core.enums import (
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.core.errors import RunError
from commonbook.results.account import close_account
from commonbook.results.invariants import check_invariants, check_money
from commonbook.results.lane import lane_records
from tests.results.records import (
    SECOND,
    fill,
    founding_run,
    lane,
    order,
    portfolio,
    run,
)


def check(fills=(), orders=()):
    pair = lane(portfolio("A", 0), portfolio("B", 1))
    check_invariants(lane_records(run([pair], fills, orders), 0))


def cross(**fields):
    return fill(
        **{"liquidity": Liquidity.CROSS, "cross_id": 1, "counterparty": 1} | fields
    )


def pair_of_crosses(**sold):
    return [
        cross(),
        cross(**{"portfolio": 1, "counterparty": 0, "side": Side.SELL} | sold),
    ]


def limit(**fields):
    return order(**{"type": OrderType.LIMIT, "price": 10000} | fields)


def test_the_founding_example_holds():
    check_invariants(lane_records(founding_run(), 0))


def test_an_idle_run_holds():
    check()


def test_trades_inside_the_group_hold():
    makes = fill(portfolio=1, counterparty=0, side=Side.SELL, liquidity=Liquidity.MAKER)
    resting = limit(portfolio=1, side=Side.SELL)
    check([fill(counterparty=1), makes], [order(), resting])


BROKEN_FILLS = {
    "a fill has no quantity": [fill(qty=0)],
    "an impact charge is negative": [fill(impact_e8=-1)],
    "a fill that took nothing from the market was charged for impact": [
        fill(liquidity=Liquidity.MAKER, impact_e8=1)
    ],
    "later than the last event": [fill(ts=3 * SECOND + 1)],
    "a cross and its id do not go together": [fill(cross_id=1)],
    "a cross has no portfolio on the other side": [cross(counterparty=-1)],
    "a portfolio traded with itself": [fill(counterparty=0)],
    "what portfolios trade with each other is not zero": [fill(counterparty=1)],
    "a cross does not have two sides": [*pair_of_crosses(), *pair_of_crosses()],
}


@pytest.mark.parametrize("message", BROKEN_FILLS)
def test_a_broken_fill_stops_the_run(message):
    fills = BROKEN_FILLS[message]
    with pytest.raises(RunError, match=message):
        check(fills, [order(), order(portfolio=1, side=Side.SELL)])


@pytest.mark.parametrize("charge", [0, 1, 123_456_789])
def test_cash_that_is_not_explained_stops_the_run(charge):
    bought = fill(portfolio=0, fee_e8=7, impact_e8=charge)
    sold = fill(portfolio=1, side=Side.SELL, price_half=19_999)
    records = lane_records(
        run([lane(portfolio("A", 0), portfolio("B", 1))], [bought, sold]), 0
    )
    accounts = [close_account(records, number) for number in range(2)]
    check_money(records, accounts)
    lost = replace(accounts[0], cash_end=accounts[0].cash_end - Fraction(1, 10**8))
    with pytest.raises(RunError, match="is left over"):
        check_money(records, [lost, accounts[1]])


def test_a_charge_belongs_to_what_was_taken_from_the_market():
    check([fill(impact_e8=1)], [order()])
    inside = [
        fill(counterparty=1, impact_e8=1),
        fill(portfolio=1, counterparty=0, side=Side.SELL, liquidity=Liquidity.MAKER),
    ]
    with pytest.raises(RunError, match="was charged for impact"):
        check(inside, [order(), limit(portfolio=1, side=Side.SELL)])


@pytest.mark.parametrize("sold", [{"qty": 99}, {"price_half": 20002}])
def test_a_cross_that_is_not_zero_sum_stops_the_run(sold):
    with pytest.raises(RunError, match="not zero"):
        check(pair_of_crosses(**sold))


BROKEN_ORDERS = {
    "a fill belongs to no order": ([fill(order_id=2)], [order()]),
    "two orders have one number": ([fill()], [order(), order()]),
    "on the other side than its order": ([fill()], [order(side=Side.SELL)]),
    "worse than the limit": ([fill(price_half=20001)], [limit()]),
    "a market order was filled as a maker": (
        [fill(liquidity=Liquidity.MAKER)],
        [order()],
    ),
    "a maker's fill is not at the price of its order": (
        [fill(liquidity=Liquidity.MAKER, price_half=19998)],
        [limit()],
    ),
    "a fill came before its order reached the venue": ([fill(ts=199)], [order()]),
    "fills do not add up": ([fill(qty=99)], [order()]),
    "filled beyond its quantity": ([fill()], [order(qty=99)]),
    "says that it is filled and is not": (
        [fill(qty=50)],
        [order(filled=50)],
    ),
    "is filled and does not say so": ([fill()], [order(state=OrderState.EXPIRED)]),
    "ts_sent is before what led to it": ([fill()], [order(ts_sent=99)]),
    "ts_arrival is before what led to it": ([fill()], [order(ts_sent=300)]),
    "ts_report is before what led to it": ([fill()], [order(ts_report=499)]),
}


def stop(**fields):
    terms = {"type": OrderType.STOP, "stop_price": 10000, "ts_trigger": 300}
    return order(**terms | fields)


def unfilled(**fields):
    state = fields.pop("state", OrderState.CANCELLED)
    return order(filled=0, state=state, ts_first_fill=0, ts_last_fill=0, **fields)


def until(**fields):
    return limit(**{"time_in_force": TimeInForce.GTD, "expires": 500} | fields)


BROKEN_TERMS = {
    "a stop order was filled before it was triggered": (
        [fill(ts=299)],
        [stop()],
    ),
    "before it was triggered": ([fill()], [stop(ts_trigger=0)]),
    "triggered before it reached the venue": ([fill()], [stop(ts_trigger=199)]),
    "an order was triggered and is no stop": ([fill()], [limit(ts_trigger=300)]),
    "a stop price and no stop": ([fill()], [limit(stop_price=9)]),
    "an order was triggered after its end": (
        [],
        [unfilled(type=OrderType.STOP, ts_trigger=501)],
    ),
    "worse than the limit": (
        [fill(price_half=20001)],
        [stop(type=OrderType.STOP_LIMIT, price=10000)],
    ),
    "a market order was filled as a maker": (
        [fill(liquidity=Liquidity.MAKER)],
        [stop()],
    ),
    "an order that never rests was filled as a maker": (
        [fill(liquidity=Liquidity.MAKER)],
        [limit(time_in_force=TimeInForce.FOK)],
    ),
    "a fill-or-kill order was filled in part": (
        [fill(qty=50)],
        [order(filled=50, time_in_force=TimeInForce.FOK, state=OrderState.CANCELLED)],
    ),
    "is no fill-or-kill order": ([], [unfilled(reason=Reason.FOK_UNFILLED)]),
    "filled after its time was over": ([fill()], [until(expires=499)]),
    "expires that has no time to": (
        [fill()],
        [until(time_in_force=TimeInForce.GTC)],
    ),
    "an order expired before its time was over": (
        [],
        [unfilled(reason=Reason.EXPIRED, state=OrderState.EXPIRED)],
    ),
    "time was over and it did not expire": (
        [],
        [unfilled(reason=Reason.EXPIRED, time_in_force=TimeInForce.GTD, expires=500)],
    ),
    "an order has ended and does not say so": (
        [],
        [unfilled(state=OrderState.WAITING)],
    ),
}


@pytest.mark.parametrize("message", BROKEN_TERMS)
def test_an_order_that_did_not_keep_its_terms_stops_the_run(message):
    fills, orders = BROKEN_TERMS[message]
    with pytest.raises(RunError, match=message):
        check(fills, orders)


def test_orders_of_every_kind_hold():
    check([fill()], [stop()])
    check([fill(liquidity=Liquidity.MAKER)], [until()])
    check([fill()], [limit(time_in_force=TimeInForce.FOK)])
    check([], [unfilled(reason=Reason.FOK_UNFILLED, time_in_force=TimeInForce.FOK)])
    over = {"reason": Reason.EXPIRED, "state": OrderState.EXPIRED}
    check([], [unfilled(time_in_force=TimeInForce.DAY, expires=500, **over)])


@pytest.mark.parametrize("message", BROKEN_ORDERS)
def test_fills_that_contradict_their_order_stop_the_run(message):
    fills, orders = BROKEN_ORDERS[message]
    with pytest.raises(RunError, match=message):
        check(fills, orders)


def test_a_seller_never_gets_less_than_its_limit():
    sold = fill(side=Side.SELL, price_half=19999)
    with pytest.raises(RunError, match="worse than the limit"):
        check([sold], [limit(side=Side.SELL)])


def test_a_cross_may_come_before_the_venue_but_not_before_the_decision():
    orders = [order(), order(portfolio=1, side=Side.SELL)]
    sold = {"portfolio": 1, "counterparty": 0, "side": Side.SELL}
    check([cross(ts=150), cross(ts=150, **sold)], orders)
    with pytest.raises(RunError, match="a cross came before its order"):
        check([cross(ts=99), cross(ts=99, **sold)], orders)


def test_the_message_says_where():
    where = "lane shared, portfolio B, fill of order 1, at 500 ns"
    with pytest.raises(RunError, match=re.escape(where)):
        check([fill(portfolio=1, qty=-5)])
