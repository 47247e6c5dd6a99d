"""What portfolios learn, when reports reach them: fills, ends, what is open."""

from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    OrderState,
    ReportKind,
    Side,
    StrategyKind,
    Told,
)
from commonbook.core.jit import kernel
from commonbook.core.order_records import OVER
from commonbook.core.state import State
from commonbook.execution.terms import free_terms
from commonbook.portfolio.groups import hear
from commonbook.strategy.verbs import UNLISTED

ENDED = int(ReportKind.ENDED)
FILLED_PART = int(ReportKind.FILL)
REDUCED = int(ReportKind.REDUCED)
ACCEPTED = int(ReportKind.ACCEPTED)
REPLACED = int(ReportKind.REPLACED)
CANCEL_REJECTED = int(ReportKind.CANCEL_REJECTED)
BUY = int(Side.BUY)
RESTING = int(OrderState.RESTING)
FILLED = int(OrderState.FILLED)
PYTHON = int(StrategyKind.PYTHON)
SLOT = int(Told.SLOT)
ORDER_ID = int(Told.ORDER_ID)
KIND = int(Told.KIND)
INSTRUMENT = int(Told.INSTRUMENT)
SIDE = int(Told.SIDE)
QTY = int(Told.QTY)
PRICE_HALF = int(Told.PRICE_HALF)
DETAIL = int(Told.DETAIL)
STATE = int(Told.STATE)
REASON = int(Told.REASON)
TS = int(Told.TS)
LEAVES = int(Told.LEAVES)


@kernel
def know_end(s: State, slot: int) -> None:
    """
    Let the portfolio know that an order has ended.

    Parameters
    ----------
    s : State
        Changed in place; the slot is free when no message about it is on its way.
    slot : int
        The order.
    """
    order = s.orders[slot]
    portfolio = int(order["portfolio"])
    order["told"] = OVER
    not_open(s, slot)
    strategy = s.strategies[portfolio]
    if strategy["buy_slot"] == slot:
        strategy["buy_slot"] = -1
    if strategy["sell_slot"] == slot:
        strategy["sell_slot"] = -1
    if order["cancels"] == 0:
        free_order(s, slot)


@kernel
def not_open(s: State, slot: int) -> None:
    """
    Let a portfolio count an order as open no more.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    order = s.orders[slot]
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
    open_qty = int(order["known_leaves"])
    if order["terms"] >= 0:
        terms = s.terms[int(order["terms"])]
        open_qty += int(terms["asked"])
        terms["asked"] = 0
    if order["side"] == BUY:
        account["open_buy"] -= open_qty
    else:
        account["open_sell"] -= open_qty
    if order["prev_mine"] != UNLISTED:
        _unlist(s, slot)


@kernel
def _unlist(s: State, slot: int) -> None:
    """Take an order off the list of what its portfolio has open."""
    order = s.orders[slot]
    owner = s.portfolios[int(order["portfolio"])]
    owner["n_mine"] -= 1
    if order["prev_mine"] >= 0:
        s.orders[int(order["prev_mine"])]["next_mine"] = order["next_mine"]
    else:
        owner["first_mine"] = order["next_mine"]
    if order["next_mine"] >= 0:
        s.orders[int(order["next_mine"])]["prev_mine"] = order["prev_mine"]
    else:
        owner["last_mine"] = order["prev_mine"]


@kernel
def free_order(s: State, slot: int) -> None:
    """
    Give back the slot of an order that nobody refers to any more.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    clock = s.clock[0]
    if s.orders[slot]["terms"] >= 0:
        free_terms(s, int(s.orders[slot]["terms"]))
    s.orders[slot]["portfolio"] = -1
    s.orders[slot]["next"] = clock["free_orders"]
    clock["free_orders"] = slot
    clock["left_orders"] += 1


@kernel
def release(s: State, slot: int) -> None:
    """
    Let go of an order after a message about it has been answered.

    Parameters
    ----------
    s : State
        Changed in place; the slot is free when that was the last one and its end is
        known.
    slot : int
        The order.
    """
    order = s.orders[slot]
    order["cancels"] -= 1
    if order["cancels"] == 0 and order["told"] == OVER:
        free_order(s, slot)


@kernel
def learn(s: State, portfolio: int, now: int) -> None:
    """
    Let a portfolio know everything that has reached it.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        The portfolio.
    now : int
        Time (ns).
    """
    clock = s.clock[0]
    owner = s.portfolios[portfolio]
    if owner["group"] >= 0:
        hear(s, portfolio, now)
    index = int(owner["first_report"])
    while index >= 0 and s.reports[index]["ts"] <= now:
        report = s.reports[index]
        slot = int(report["slot"])
        _know(s, slot, report)
        if owner["strategy"] == PYTHON:
            _tell(s, index)
        if report["kind"] == ENDED:
            know_end(s, slot)
        elif report["kind"] == CANCEL_REJECTED:
            release(s, slot)
        following = int(report["next"])
        report["next"] = clock["free_reports"]
        clock["free_reports"] = index
        clock["left_reports"] += 1
        index = following
    owner["first_report"] = index
    if index < 0:
        owner["last_report"] = -1


@kernel
def _know(s: State, slot: int, report: Records) -> None:
    """Know what a report says about an order that goes on."""
    if report["kind"] == ACCEPTED:
        s.orders[slot]["price"] = report["price_half"] // 2
    elif report["kind"] == REPLACED:
        _know_replace(s, report)
    elif report["kind"] == FILLED_PART:
        _know_fill(s, slot, int(report["qty"]))
    elif report["kind"] == REDUCED:
        _know_reduction(s, slot, int(report["qty"]))


@kernel
def _tell(s: State, index: int) -> None:
    """Write a report down for a strategy in plain Python."""
    clock = s.clock[0]
    report = s.reports[index]
    slot = int(report["slot"])
    order = s.orders[slot]
    row = s.told[clock["n_told"]]
    clock["n_told"] += 1
    row[SLOT] = slot
    row[ORDER_ID] = order["order_id"]
    row[KIND] = report["kind"]
    row[INSTRUMENT] = order["instrument"]
    row[SIDE] = order["side"]
    row[QTY] = report["qty"]
    row[PRICE_HALF] = report["price_half"]
    row[DETAIL] = report["detail"]
    row[REASON] = 0
    row[TS] = report["ts_venue"]
    row[LEAVES] = order["known_leaves"]
    row[STATE] = RESTING
    if report["kind"] == ACCEPTED:
        row[STATE] = report["qty"]
        row[QTY] = 0
    if report["kind"] == ENDED:
        row[STATE] = order["state"]
        row[REASON] = order["reason"]
        row[LEAVES] = 0
    elif order["known_leaves"] == 0:
        row[STATE] = FILLED


@kernel
def _know_fill(s: State, slot: int, qty: int) -> None:
    order = s.orders[slot]
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
    order["known_leaves"] -= qty
    if order["side"] == BUY:
        account["known_position"] += qty
        account["open_buy"] -= qty
    else:
        account["known_position"] -= qty
        account["open_sell"] -= qty


@kernel
def _know_reduction(s: State, slot: int, qty: int) -> None:
    order = s.orders[slot]
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
    order["known_leaves"] -= qty
    if order["side"] == BUY:
        account["open_buy"] -= qty
    else:
        account["open_sell"] -= qty


@kernel
def _know_replace(s: State, report: Records) -> None:
    """Know what a replace has left of an order, and what that leaves open."""
    order = s.orders[int(report["slot"])]
    terms = s.terms[int(order["terms"])]
    more = int(report["qty"]) - int(order["known_leaves"])
    order["known_leaves"] += more
    order["price"] = report["price_half"] // 2
    terms["known_qty"] += more
    terms["answers"] -= 1
    asked = int(terms["asked"]) - more if terms["answers"] > 0 else 0
    more += asked - int(terms["asked"])
    terms["asked"] = asked
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
    if order["side"] == BUY:
        account["open_buy"] += more
    else:
        account["open_sell"] += more
