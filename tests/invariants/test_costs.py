"""What trading cost is split without remainder, against mids of the tape."""

from bisect import bisect_right
from decimal import Decimal

import pytest

import commonbook as cb
from commonbook.results.costs import PARTS
from tests.invariants.scenarios import random_case, seeds

SIGN = {"buy": 1, "sell": -1}
IMPOSSIBLE = {"bad_qty", "bad_price", "unknown_instrument", "bad_expiry", "bad_terms"}


def exact(number):
    return Decimal(repr(number))


def mids_of(case):
    """Say what the mid of a symbol was at a time; None before the first."""
    tape = cb.read(**case.config["data"])
    known = {}
    for unit in tape.instruments:
        top = tape.top_of_book(symbol=unit.symbol).drop_nulls()
        both = zip(top["bid_px_00"], top["ask_px_00"], strict=True)
        mids = [(exact(bid) + exact(ask)) / 2 for bid, ask in both]
        known[unit.symbol] = (top["ts_event"].to_list(), mids)

    def mid(symbol, ts):
        times, mids = known[symbol]
        place = bisect_right(times, ts)
        return mids[place - 1] if place else None

    return mid


def shortfall(order, fills, mid):
    """Add up what an order cost against the mid at its decision, from its fills."""
    sign, symbol = SIGN[order["side"]], order["symbol"]
    decided = mid(symbol, order["decided"])
    cost = sum(
        sign * exact(f["qty"]) * (exact(f["price"]) - decided)
        + exact(f["fee"]) + exact(f["impact_charge"])
        for f in fills
    )  # fmt: skip
    missed = exact(order["qty"]) - exact(order["filled"])
    if missed and order["reason"] not in IMPOSSIBLE:
        cost += sign * missed * (mid(symbol, order["ended"]) - decided)
    return cost


@pytest.mark.parametrize("seed", seeds(30))
def test_every_order_cost_what_its_parts_say(seed, tmp_path):
    case = random_case(seed, tmp_path)
    mid = mids_of(case)
    result = cb.run(case.config)
    fills = {}
    for fill in result.fills.to_dicts():
        fills.setdefault((fill["portfolio"], fill["order_id"]), []).append(fill)
    orders = result.orders.with_columns(
        decided=result.orders["ts_decision"].to_physical(),
        ended=result.orders["ts_end"].to_physical(),
    ).to_dicts()
    for order, costs in zip(orders, result.costs.orders.to_dicts(), strict=True):
        key = (order["portfolio"], order["order_id"])
        assert (costs["portfolio"], costs["order_id"]) == key
        if costs["shortfall"] is None:
            continue
        told = {part: exact(costs[part]) for part in PARTS}
        whole = sum(told.values()) - 2 * told["netting_saved"]
        assert exact(costs["shortfall"]) == whole
        if order["qty"] is not None:
            assert whole == shortfall(order, fills.get(key, []), mid)


@pytest.mark.parametrize("seed", seeds(12))
def test_who_is_alone_pays_for_nobody_else(seed, tmp_path):
    case = random_case(seed, tmp_path, impact=True)
    comparison = cb.compare(case.config)
    alone, together = comparison.isolated, comparison.shared
    assert set(alone.costs.fills["others_impact"]) <= {0.0}
    for result in (alone, together):
        charges = result.fills["impact_charge"].to_list()
        both = zip(
            result.costs.fills["own_impact"],
            result.costs.fills["others_impact"],
            strict=True,
        )
        assert [float(exact(own) + exact(rest)) for own, rest in both] == charges
