"""Checks that every finished run must pass before anyone sees its results."""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.core.errors import RunError
from commonbook.results.account import Account
from commonbook.results.equity import signed_qty
from commonbook.results.exact import IntArray, product
from commonbook.results.lane import LaneRecords

Mask = NDArray[np.bool_]

WITH_LIMIT = (OrderType.LIMIT, OrderType.STOP_LIMIT)
STOPS = (OrderType.STOP, OrderType.STOP_LIMIT)
AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)
UNTIL = (TimeInForce.GTD, TimeInForce.DAY)
ALIVE = (OrderState.SENT, OrderState.WAITING, OrderState.RESTING)


def check_invariants(lane: LaneRecords) -> None:
    """
    Stop a run whose records contradict each other.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Raises
    ------
    RunError
        If an invariant fails; the message names it, with the first record.
    """
    for check in (
        _fills_are_sane,
        _internal_fills_add_up_to_zero,
        _crosses_are_pairs,
    ):
        check(lane)
    if not len(lane.fills) and not len(lane.orders):
        return
    _fills_agree_with_orders(lane, _order_of_each_fill(lane))
    _averages_add_up_to_zero(lane)
    _orders_are_sane(lane)
    _terms_are_kept(lane)


def check_money(lane: LaneRecords, accounts: Sequence[Account]) -> None:
    """
    Stop a run whose cash changed by more than trades with the market, fees and charges.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    accounts : sequence of Account
        The books of its portfolios.

    Raises
    ------
    RunError
        If anything is left over, be it a fraction of 1e-8.
    """
    paid = Fraction(0)
    outside = lane.fills[lane.fills["counterparty"] < 0]
    for instrument, unit in enumerate(lane.instruments):
        mine = outside[outside["instrument"] == instrument]
        money = product(signed_qty(mine), mine["price_half"])
        paid += int(product(money, 1).sum()) * Fraction(unit.half_tick_lot)
    for field in ("fee_e8", "impact_e8", "adjust_e8"):
        paid += Fraction(int(product(lane.fills[field], 1).sum()), 10**8)
    left = sum(account.cash_end - account.cash_start for account in accounts) + paid
    if left != 0:
        message = (
            "invariant broken: cash does not change by trades with the market, fees "
            f"and charges alone (lane {lane.info.label}, {float(left)} is left over)"
        )
        raise RunError(message)


def _fills_are_sane(lane: LaneRecords) -> None:
    """Check what each fill must be on its own."""
    fills = lane.fills
    fail = _failure(lane, fills, "fill")
    # Orders that are there before the first packet may meet each other.
    late = fills["ts"] > lane.last_ts
    crossed = fills["liquidity"] == Liquidity.CROSS
    unpaired = crossed & (fills["counterparty"] < 0)
    fail(fills["qty"] <= 0, "a fill has no quantity")
    fail(fills["impact_e8"] < 0, "an impact charge is negative")
    outside = (fills["liquidity"] == Liquidity.TAKER) & (fills["counterparty"] < 0)
    spared = (fills["impact_e8"] > 0) & ~outside
    averaged = fills["adjust_e8"] != 0
    fail(spared, "a fill that took nothing from the market was charged for impact")
    fail(averaged & ~outside, "a fill that took nothing from the market was averaged")
    fail(late, "a fill is later than the last event")
    fail(crossed != (fills["cross_id"] != 0), "a cross and its id do not go together")
    fail(unpaired, "a cross has no portfolio on the other side")
    fail(fills["counterparty"] == fills["portfolio"], "a portfolio traded with itself")


def _internal_fills_add_up_to_zero(lane: LaneRecords) -> None:
    """Check that what portfolios trade with each other cancels, in lots and in cash."""
    fills = lane.fills
    inside = fills[fills["counterparty"] >= 0]
    pair = np.sort(np.stack([inside["portfolio"], inside["counterparty"]]), axis=0)
    same = _groups(
        inside["cross_id"], inside["price_half"], pair[1], pair[0],
        inside["instrument"], inside["ts"],
    )  # fmt: skip
    signed = signed_qty(inside)
    fail = _failure(lane, inside, "fill")
    fail(_sums(signed, same) != 0, "what portfolios trade with each other is not zero")


def _averages_add_up_to_zero(lane: LaneRecords) -> None:
    """Check that averaging moves money between portfolios, and makes none."""
    if not lane.fills["adjust_e8"].any():
        return
    takes = (lane.fills["liquidity"] == Liquidity.TAKER) & (
        lane.fills["counterparty"] < 0
    )
    fills, orders = lane.fills[takes], lane.orders_of_fills[takes]
    labels: dict[str, int] = {}
    engine = [labels.setdefault(p.engine, len(labels)) for p in lane.portfolios]
    batch = np.stack(
        [
            fills["ts"],
            fills["instrument"].astype(np.int64),
            fills["side"].astype(np.int64),
            np.array(engine)[fills["portfolio"]],
        ]
    )
    places = np.unique(batch, axis=1, return_inverse=True)[1].reshape(-1)
    left = np.zeros(places.max() + 1, np.int64)
    np.add.at(left, places, fills["adjust_e8"])
    members = np.unique(np.stack([places, orders]), axis=1)[0]
    # Rounding leaves at most half a unit for each order.
    if (2 * abs(left) > np.bincount(members)).any():
        message = (
            "invariant broken: averaging prices has made or lost money (lane "
            f"{lane.info.label})"
        )
        raise RunError(message)


def _crosses_are_pairs(lane: LaneRecords) -> None:
    """Check that each cross has one buyer and one seller of the same quantity."""
    crossed = lane.fills[lane.fills["cross_id"] != 0]
    same = _groups(crossed["cross_id"])
    sides = _sums(np.ones(len(crossed), dtype=np.int64), same)
    cash = product(signed_qty(crossed), crossed["price_half"])
    fail = _failure(lane, crossed, "fill")
    fail(sides != 2, "a cross does not have two sides")
    fail(
        _sums(signed_qty(crossed), same) != 0, "the sides of a cross differ in quantity"
    )
    fail(_sums(cash, same) != 0, "the sides of a cross differ in cash")


def _order_of_each_fill(lane: LaneRecords) -> NDArray[np.int64]:
    """Find the row of each fill's order."""
    known, wanted = lane.orders, lane.fills
    ids = np.concatenate([known["order_id"], wanted["order_id"]])
    names, ranks = np.unique(ids, return_inverse=True)
    owners = np.concatenate([known["portfolio"], wanted["portfolio"]])
    keys = owners * np.int64(len(names)) + ranks
    by_key = np.argsort(keys[: len(known)], kind="stable")
    ordered = keys[by_key]
    twice = np.zeros(len(known), dtype=np.bool_)
    twice[by_key[1:]] = ordered[1:] == ordered[:-1]
    _failure(lane, known, "order")(twice, "two orders have one number")
    place = np.searchsorted(ordered, keys[len(known) :])
    inside = place < len(known)
    rows = np.zeros(len(wanted), dtype=np.int64)
    rows[inside] = by_key[place[inside]]
    found = (
        inside & (keys[: len(known)][rows] == keys[len(known) :])
        if len(known)
        else inside
    )
    _failure(lane, wanted, "fill")(~found, "a fill belongs to no order")
    return rows


def _fills_agree_with_orders(lane: LaneRecords, rows: NDArray[np.int64]) -> None:
    """Check fills against the orders they belong to."""
    fills = lane.fills
    theirs = lane.orders[rows]
    cross = fills["liquidity"] == Liquidity.CROSS
    maker = fills["liquidity"] == Liquidity.MAKER
    moved = theirs["replaces"] > 0  # earlier fills were at the price of that time
    limit = np.isin(theirs["type"], WITH_LIMIT)
    stop, trigger = np.isin(theirs["type"], STOPS), theirs["ts_trigger"]
    untriggered = stop & ((trigger == 0) | (fills["ts"] < trigger))
    over = (theirs["expires"] != 0) & (fills["ts"] > theirs["expires"])
    at_once = np.isin(theirs["time_in_force"], AT_ONCE)
    excess = fills["price_half"] - 2 * theirs["price"]
    worse = np.where(fills["side"] == Side.BUY, excess > 0, excess < 0)
    early = (fills["ts"] < theirs["ts_arrival"]) | (theirs["ts_arrival"] == 0)
    fail = _failure(lane, fills, "fill")
    fail(fills["side"] != theirs["side"], "a fill is on the other side than its order")
    wrong = fills["instrument"] != theirs["instrument"]
    fail(wrong, "a fill is in another instrument than its order")
    fail(limit & worse & ~moved, "a fill is worse than the limit of its order")
    fail(maker & ~limit, "a market order was filled as a maker")
    fail(maker & at_once, "an order that never rests was filled as a maker")
    fail(untriggered, "a stop order was filled before it was triggered")
    fail(over, "an order was filled after its time was over")
    off = maker & (excess != 0) & ~moved
    fail(off, "a maker's fill is not at the price of its order")
    fail(~cross & early, "a fill came before its order reached the venue")
    fail(cross & (fills["ts"] < theirs["ts_decision"]), "a cross came before its order")
    filled = np.zeros(len(lane.orders), dtype=np.int64)
    np.add.at(filled, rows, fills["qty"])
    differs = filled != lane.orders["filled"]
    _failure(lane, lane.orders, "order")(
        differs, "fills do not add up to their order's"
    )


def _orders_are_sane(lane: LaneRecords) -> None:
    """Check what each order must be on its own."""
    orders = lane.orders
    fail = _failure(lane, orders, "order")
    whole = (orders["filled"] == orders["qty"]) & (orders["qty"] > 0)
    done = orders["state"] == OrderState.FILLED
    fail(orders["filled"] > orders["qty"], "an order was filled beyond its quantity")
    fail(done & ~whole, "an order says that it is filled and is not")
    fail(~done & whole, "an order is filled and does not say so")
    fail(np.isin(orders["state"], ALIVE), "an order has ended and does not say so")
    steps = ("ts_decision", "ts_sent", "ts_arrival", "ts_end", "ts_report")
    latest = orders["ts_decision"]
    for step in steps:
        happened = orders[step] != 0
        backwards = happened & (orders[step] < latest)
        if step != "ts_end":  # a cross or a cancel at the desk ends it without arriving
            fail(backwards, f"an order's {step} is before what led to it")
        latest = np.where(happened, np.maximum(latest, orders[step]), latest)


def _terms_are_kept(lane: LaneRecords) -> None:
    """Check that orders lived as their type and time in force say."""
    orders = lane.orders
    fail = _failure(lane, orders, "order")
    stop, trigger = np.isin(orders["type"], STOPS), orders["ts_trigger"]
    life, reason, filled = orders["time_in_force"], orders["reason"], orders["filled"]
    triggered = trigger != 0
    early = (orders["ts_arrival"] == 0) | (trigger < orders["ts_arrival"])
    fail(triggered & ~stop, "an order was triggered and is no stop order")
    fail((orders["stop_price"] != 0) & ~stop, "an order has a stop price and no stop")
    fail(triggered & early, "a stop order was triggered before it reached the venue")
    fail(
        triggered & (trigger > orders["ts_end"]), "an order was triggered after its end"
    )
    whole = life == TimeInForce.FOK
    part = (filled != 0) & (filled != orders["qty"]) & (reason != Reason.REDUCE_ONLY)
    killed = reason == Reason.FOK_UNFILLED
    fail(whole & part, "a fill-or-kill order was filled in part")
    fail(killed & ~whole, "an order was killed and is no fill-or-kill order")
    limited = orders["expires"] != 0
    fail(limited & ~np.isin(life, UNTIL), "an order expires that has no time to")
    over = reason == Reason.EXPIRED
    early = ~limited | (orders["ts_end"] < orders["expires"])
    fail(over & early, "an order expired before its time was over")
    said = orders["state"] == OrderState.EXPIRED
    fail(over & ~said, "an order's time was over and it did not expire")


def _groups(*keys: Records) -> NDArray[np.int64]:
    """Number rows by their keys; equal keys, equal number."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort(keys)
    new = np.zeros(len(order), dtype=np.int64)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(new)
    return numbers


def _sums(amounts: IntArray, groups: NDArray[np.int64]) -> IntArray:
    """Give each row the sum of its group."""
    sums = np.zeros(int(groups.max(initial=0)) + 1, dtype=amounts.dtype)
    np.add.at(sums, groups, amounts)
    return sums[groups]


def _failure(
    lane: LaneRecords, records: Records, word: str
) -> Callable[[Mask, str], None]:
    """Make a function that raises for the first row of `records` that is marked."""

    def fail(wrong: Mask, what: str) -> None:
        if not np.any(wrong):
            return
        row = records[int(np.argmax(wrong))]
        name = lane.names[int(row["portfolio"])]
        ts = int(row["ts"] if word == "fill" else row["ts_decision"])
        message = (
            f"invariant broken: {what} (lane {lane.info.label}, portfolio {name}, "
            f"{word} of order {int(row['order_id'])}, at {ts} ns)"
        )
        raise RunError(message)

    return fail
