"""
What the portfolios of a group know together, and may not exceed together.

A group hears each report when it reaches the portfolio, awake or not.
"""

from commonbook.core.desk_records import ANSWERS, OPEN
from commonbook.core.dtypes import Records
from commonbook.core.enums import ReportKind, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.portfolio.limits import NONE, broken_notional, within_position_limit

ENDED = int(ReportKind.ENDED)
FILLED_PART = int(ReportKind.FILL)
REDUCED = int(ReportKind.REDUCED)
REPLACED = int(ReportKind.REPLACED)
BUY = int(Side.BUY)

#: ``PORTFOLIO.next_unheard`` of one that is not in the list of its group.
NOT_LISTED = -2


@kernel
def expect_report(s: State, portfolio: int, index: int) -> None:
    """
    Note a report that a group will hear.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Whom the report is for, behind all reports before it; its group has limits.
    index : int
        Entry of ``reports``.
    """
    owner = s.portfolios[portfolio]
    if owner["unheard"] >= 0:
        return
    owner["unheard"] = index
    if owner["next_unheard"] == NOT_LISTED:
        group = s.groups[int(owner["group"])]
        owner["next_unheard"] = group["first_unheard"]
        group["first_unheard"] = portfolio


@kernel
def hear(s: State, portfolio: int, now: int) -> None:
    """
    Let a group hear what has reached one of its portfolios.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        The portfolio.
    now : int
        Time (ns).
    """
    owner = s.portfolios[portfolio]
    index = int(owner["unheard"])
    while index >= 0 and s.reports[index]["ts"] <= now:
        _hear_one(s, int(owner["group"]), s.reports[index])
        index = int(s.reports[index]["next"])
    owner["unheard"] = index


@kernel
def hear_all(s: State, group: int, now: int) -> None:
    """
    Let a group hear what has reached any of its portfolios.

    Parameters
    ----------
    s : State
        Changed in place.
    group : int
        Row of ``groups``.
    now : int
        Time (ns).
    """
    entry = s.groups[group]
    portfolio, kept = int(entry["first_unheard"]), -1
    while portfolio >= 0:
        owner = s.portfolios[portfolio]
        following = int(owner["next_unheard"])
        hear(s, portfolio, now)
        if owner["unheard"] >= 0:
            owner["next_unheard"] = kept
            kept = portfolio
        else:
            owner["next_unheard"] = NOT_LISTED
        portfolio = following
    entry["first_unheard"] = kept


@kernel
def count_order(s: State, slot: int) -> bool:
    """
    Count a new order for its group; False when a limit of the group forbids it.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.

    Returns
    -------
    bool
        Whether it may leave.
    """
    return _count_more(s, slot, int(s.orders[slot]["qty"]))


@kernel
def count_replace(s: State, slot: int, qty: int) -> bool:
    """
    Count what a replace asks for more; False when a limit of the group forbids it.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order, which has terms.
    qty : int
        New quantity in all (lots), or less than 0 if it stays.

    Returns
    -------
    bool
        Whether it may leave.
    """
    order = s.orders[slot]
    counted = s.counted[slot]
    gone = int(s.terms[int(order["terms"])]["known_qty"] - order["known_leaves"])
    if not _count_more(s, slot, int(qty - gone - counted[OPEN])):
        return False
    counted[ANSWERS] += 1
    return True


@kernel
def agree(s: State, slot: int) -> None:
    """
    Let a portfolio count as open of an order what its group does.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order, of which both know the same, and which has terms.
    """
    order = s.orders[slot]
    terms = s.terms[int(order["terms"])]
    more = int(s.counted[slot, OPEN] - order["known_leaves"] - terms["asked"])
    terms["asked"] += more
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
    if order["side"] == BUY:
        account["open_buy"] += more
    else:
        account["open_sell"] += more


@kernel
def _count_more(s: State, slot: int, more: int) -> bool:
    """Count some lots more as open, unless that is too much; fewer change nothing."""
    if more <= 0:
        return True
    order = s.orders[slot]
    group = int(s.portfolios[int(order["portfolio"])]["group"])
    accounts = s.group_accounts[group]
    instrument, side = int(order["instrument"]), int(order["side"])
    if not within_position_limit(accounts[instrument], side, more):
        return False
    row = int(s.groups[group]["notional"])
    if row >= 0:
        broken = broken_notional(s, accounts, instrument, side, more, row)
        if broken != NONE:
            return False
    _count(accounts[instrument], s.counted, slot, side, more)
    return True


@kernel
def _hear_one(s: State, group: int, report: Records) -> None:
    """Take in what a report says about an order."""
    slot, qty = int(report["slot"]), int(report["qty"])
    order, counted = s.orders[slot], s.counted[slot]
    side, kind = int(order["side"]), int(report["kind"])
    account = s.group_accounts[group, int(order["instrument"])]
    more = 0
    if kind == FILLED_PART:
        account["known_position"] += qty if side == BUY else -qty
        more = -qty
    elif kind == REDUCED:
        more = -qty
    elif kind == REPLACED:
        counted[ANSWERS] -= 1
        if counted[ANSWERS] == 0:
            more = qty - int(counted[OPEN])
    elif kind == ENDED:
        counted[ANSWERS] = 0
        more = -int(counted[OPEN])
    _count(account, s.counted, slot, side, more)


@kernel
def _count(account: Records, counted: Records, slot: int, side: int, more: int) -> None:
    """Count so many lots more as open; fewer when negative."""
    counted[slot, OPEN] += more
    if side == BUY:
        account["open_buy"] += more
    else:
        account["open_sell"] += more
