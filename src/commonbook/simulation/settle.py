"""After each step: fills become money, ends become history, both become reports."""

from commonbook.core.enums import OrderState, Phase, Reason, Side
from commonbook.core.jit import kernel
from commonbook.core.records import NO_MARK
from commonbook.core.state import State
from commonbook.portfolio.ledger import apply_fill

ENDED, FILLED_PART, REDUCED = 0, 1, 2  # REPORT.kind

BUY = int(Side.BUY)
REJECTED = int(OrderState.REJECTED)
MAX_POSITION = int(Reason.MAX_POSITION)
RECONCILE = int(Phase.RECONCILE)
RESTING = int(OrderState.RESTING)
EXPIRED = int(OrderState.EXPIRED)
END_OF_DATA = int(Reason.END_OF_DATA)


@kernel
def settle(s: State) -> bool:
    """
    Book new fills, write ended orders into the history, send the reports.

    Parameters
    ----------
    s : State
        Changed in place.

    Returns
    -------
    bool
        False when money left 64 bits.
    """
    clock = s.clock[0]
    if clock["n_fills"] > clock["n_settled"]:
        _mark_fills(s)
        for i in range(clock["n_settled"], clock["n_fills"]):
            fill = s.fills[i]
            portfolio, instrument = int(fill["portfolio"]), int(fill["instrument"])
            account = s.accounts[portfolio, instrument]
            fee = s.fees[int(account["fee_row"]), int(fill["liquidity"])]
            if not apply_fill(account, fee, fill):
                return False
            _report(s, int(fill["slot"]), FILLED_PART, int(fill["qty"]))
        clock["n_settled"] = clock["n_fills"]
    for i in range(clock["n_ended"]):
        slot = int(s.ended[i])
        if s.orders[slot]["state"] <= RESTING:
            _report(s, slot, REDUCED, int(s.orders[slot]["cut"]))
            s.orders[slot]["cut"] = 0
        else:
            _end(s, slot)
    clock["n_ended"] = 0
    return True


@kernel
def _mark_fills(s: State) -> None:
    """Record the mid at a time with fills, the one after its last packet."""
    clock = s.clock[0]
    if clock["phase"] > RECONCILE:
        sample_marks(s)
    else:
        # More packets may follow at this time. Who trades must not decide which of
        # their mids is recorded, so the recording waits until all are applied.
        clock["mark_due"] = 1
        clock["next_ts"] = min(clock["next_ts"], clock["now"])


@kernel
def _report(s: State, slot: int, kind: int, qty: int) -> int:
    """Queue what a portfolio will learn; return when it learns it."""
    clock = s.clock[0]
    owner = s.portfolios[int(s.orders[slot]["portfolio"])]
    index = int(clock["free_reports"])
    report = s.reports[index]
    clock["free_reports"] = report["next"]
    clock["left_reports"] -= 1
    report["ts"] = clock["now"] + owner["response_delay"]
    report["kind"] = kind
    report["qty"] = qty
    report["slot"] = slot
    report["next"] = -1
    if owner["last_report"] >= 0:
        s.reports[int(owner["last_report"])]["next"] = index
    else:
        owner["first_report"] = index
    owner["last_report"] = index
    return int(report["ts"])


@kernel
def _end(s: State, slot: int) -> None:
    """Write an ended order into the history and tell its portfolio."""
    order = s.orders[slot]
    clock = s.clock[0]
    entry = s.history[clock["n_history"]]
    clock["n_history"] += 1
    entry["order_id"] = order["order_id"]
    entry["price"] = order["price"]
    entry["qty"] = order["qty"]
    entry["filled"] = order["filled"]
    entry["ahead"] = order["ahead"]
    entry["ts_decision"] = order["ts_decision"]
    entry["ts_sent"] = order["ts_sent"]
    entry["ts_arrival"] = order["ts_arrival"]
    entry["ts_first_fill"] = order["ts_first_fill"]
    entry["ts_last_fill"] = order["ts_last_fill"]
    entry["ts_end"] = order["ts_end"]
    entry["portfolio"] = order["portfolio"]
    entry["instrument"] = order["instrument"]
    entry["side"] = order["side"]
    entry["type"] = order["type"]
    entry["time_in_force"] = order["time_in_force"]
    entry["post_only"] = order["post_only"]
    entry["state"] = order["state"]
    entry["reason"] = order["reason"]
    if order["state"] == REJECTED and order["reason"] == MAX_POSITION:
        entry["ts_report"] = clock["now"]  # refused by the portfolio itself
        _know_end(s, slot)
        return
    known = _report(s, slot, ENDED, 0)
    entry["ts_report"] = known if known <= clock["end_ts"] else 0


@kernel
def _know_end(s: State, slot: int) -> None:
    """Let the portfolio know that an order has ended."""
    order = s.orders[slot]
    portfolio = int(order["portfolio"])
    order["known"] = 1
    account = s.accounts[portfolio, int(order["instrument"])]
    open_qty = int(order["qty"] - order["filled"] - order["released"])
    strategy = s.strategies[portfolio]
    if order["side"] == BUY:
        account["open_buy"] -= open_qty
    else:
        account["open_sell"] -= open_qty
    if strategy["buy_slot"] == slot:
        strategy["buy_slot"] = -1
    if strategy["sell_slot"] == slot:
        strategy["sell_slot"] = -1
    if order["cancels"] == 0:
        free_order(s, slot)


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
    s.orders[slot]["portfolio"] = -1
    s.orders[slot]["next"] = clock["free_orders"]
    clock["free_orders"] = slot
    clock["left_orders"] += 1


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
    index = int(owner["first_report"])
    while index >= 0 and s.reports[index]["ts"] <= now:
        report = s.reports[index]
        slot = int(report["slot"])
        if report["kind"] == FILLED_PART:
            _know_fill(s, slot, int(report["qty"]))
        elif report["kind"] == REDUCED:
            _know_reduction(s, slot, int(report["qty"]))
        else:
            _know_end(s, slot)
        following = int(report["next"])
        report["next"] = clock["free_reports"]
        clock["free_reports"] = index
        clock["left_reports"] += 1
        index = following
    owner["first_report"] = index
    if index < 0:
        owner["last_report"] = -1


@kernel
def _know_fill(s: State, slot: int, qty: int) -> None:
    order = s.orders[slot]
    account = s.accounts[int(order["portfolio"]), int(order["instrument"])]
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
    order["released"] += qty
    if order["side"] == BUY:
        account["open_buy"] -= qty
    else:
        account["open_sell"] -= qty


@kernel
def sample_marks(s: State) -> None:
    """
    Record the mid of every instrument, once for each time.

    Parameters
    ----------
    s : State
        Changed in place.
    """
    clock = s.clock[0]
    for instrument in range(s.last_marks.shape[0]):
        mid = s.mids[instrument]
        if mid != NO_MARK and clock["now"] != s.last_marks[instrument]:
            mark = s.marks[clock["n_marks"]]
            clock["n_marks"] += 1
            mark["ts"] = clock["now"]
            mark["mark_half"] = mid
            mark["instrument"] = instrument
            s.last_marks[instrument] = clock["now"]


@kernel
def expire_all(s: State) -> bool:
    """
    End every order that is still on its way or resting.

    Parameters
    ----------
    s : State
        Changed in place; there is room for a report of each.

    Returns
    -------
    bool
        False when money left 64 bits.
    """
    clock = s.clock[0]
    clock["now"] = clock["end_ts"]
    for slot in range(s.orders.shape[0]):
        order = s.orders[slot]
        if order["portfolio"] >= 0 and order["state"] <= RESTING:
            order["state"] = EXPIRED
            order["reason"] = END_OF_DATA
            order["ts_end"] = clock["now"]
            s.ended[clock["n_ended"]] = slot
            clock["n_ended"] += 1
    sample_marks(s)
    return settle(s)
