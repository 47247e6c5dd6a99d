"""After each step: fills become money, ends become history, both become reports."""

from commonbook.core.book_records import NO_MARK
from commonbook.core.enums import (
    OrderState,
    Phase,
    Reason,
    ReportKind,
    Side,
    Status,
    StrategyKind,
    Told,
    Wake,
)
from commonbook.core.jit import kernel
from commonbook.core.records import ACCEPTING, ARRIVED, LEFT, OVER
from commonbook.core.state import State
from commonbook.execution.terms import close_terms, free_terms, limit_of
from commonbook.portfolio.ledger import apply_fill
from commonbook.simulation.room import OK, room_for_ends
from commonbook.simulation.wakes import schedule
from commonbook.strategy.verbs import UNLISTED

ENDED = int(ReportKind.ENDED)
FILLED_PART = int(ReportKind.FILL)
REDUCED = int(ReportKind.REDUCED)
ACCEPTED = int(ReportKind.ACCEPTED)

BUY = int(Side.BUY)
REJECTED = int(OrderState.REJECTED)
MAX_POSITION = int(Reason.MAX_POSITION)
RECONCILE = int(Phase.RECONCILE)
RESTING = int(OrderState.RESTING)
WAITING = int(OrderState.WAITING)
FILLED = int(OrderState.FILLED)
OVERFLOW = int(Status.OVERFLOW)
PYTHON = int(StrategyKind.PYTHON)
REPORT_WAKE = int(Wake.REPORT)
SLOT = int(Told.SLOT)
ORDER_ID = int(Told.ORDER_ID)
KIND = int(Told.KIND)
INSTRUMENT = int(Told.INSTRUMENT)
SIDE = int(Told.SIDE)
QTY = int(Told.QTY)
PRICE_HALF = int(Told.PRICE_HALF)
LIQUIDITY = int(Told.LIQUIDITY)
STATE = int(Told.STATE)
REASON = int(Told.REASON)
TS = int(Told.TS)
LEAVES = int(Told.LEAVES)
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
            report = _report(s, int(fill["slot"]), FILLED_PART, int(fill["qty"]))
            s.reports[report]["price_half"] = fill["price_half"]
            s.reports[report]["liquidity"] = fill["liquidity"]
        clock["n_settled"] = clock["n_fills"]
    for i in range(clock["n_ended"]):
        slot = int(s.ended[i])
        order = s.orders[slot]
        if order["told"] == ACCEPTING:
            _report(s, slot, ACCEPTED, int(order["state"]))
            order["told"] = 0
        if order["state"] > RESTING and order["state"] != WAITING:
            _end(s, slot)
        elif order["cut"] > 0:
            _report(s, slot, REDUCED, int(order["cut"]))
            order["cut"] = 0
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
    """Queue what a portfolio will learn."""
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
        owner["last_report"] = index
    else:
        owner["first_report"] = index
        owner["last_report"] = index
        if owner["wakes"] & REPORT_WAKE:
            schedule(s, int(s.orders[slot]["portfolio"]))
            clock["next_ts"] = min(clock["next_ts"], report["ts"])
    return index


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
    entry["ts_sent"] = order["ts_decision"] if order["journey"] >= LEFT else 0
    entry["ts_arrival"] = _arrival(s, slot)
    entry["ts_first_fill"] = order["ts_first_fill"]
    entry["ts_last_fill"] = order["ts_last_fill"]
    entry["ts_end"] = clock["now"]
    entry["portfolio"] = order["portfolio"]
    entry["instrument"] = order["instrument"]
    entry["side"] = order["side"]
    entry["type"] = order["type"]
    entry["time_in_force"] = order["time_in_force"]
    entry["post_only"] = order["post_only"]
    entry["state"] = order["state"]
    entry["reason"] = order["reason"]
    close_terms(s, int(order["terms"]), entry)
    if order["state"] == REJECTED and order["reason"] == MAX_POSITION:
        entry["ts_report"] = clock["now"]  # refused by the portfolio itself
        if s.portfolios[int(order["portfolio"])]["strategy"] == PYTHON:
            report = _report(s, slot, ENDED, 0)
            s.reports[report]["ts"] = clock["now"]
        else:
            _know_end(s, slot)
        return
    known = clock["now"] + s.portfolios[int(order["portfolio"])]["response_delay"]
    entry["ts_report"] = known if known <= clock["end_ts"] else 0
    if order["reason"] != END_OF_DATA:  # after which nobody wakes any more
        _report(s, slot, ENDED, 0)


@kernel
def _arrival(s: State, slot: int) -> int:
    """Say when an order reached the venue, 0 if it never did."""
    order = s.orders[slot]
    if order["journey"] != ARRIVED:
        return 0
    flight = s.flights[int(s.portfolios[int(order["portfolio"])]["flight"])]
    return int(order["ts_decision"] + flight["delay"])


@kernel
def _know_end(s: State, slot: int) -> None:
    """Let the portfolio know that an order has ended."""
    order = s.orders[slot]
    portfolio = int(order["portfolio"])
    order["told"] = OVER
    account = s.accounts[portfolio, int(order["instrument"])]
    open_qty = int(order["known_leaves"])
    strategy = s.strategies[portfolio]
    if order["side"] == BUY:
        account["open_buy"] -= open_qty
    else:
        account["open_sell"] -= open_qty
    if strategy["buy_slot"] == slot:
        strategy["buy_slot"] = -1
    if strategy["sell_slot"] == slot:
        strategy["sell_slot"] = -1
    if order["prev_mine"] != UNLISTED:
        _unlist(s, slot)
    if order["cancels"] == 0:
        free_order(s, slot)


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
        if report["kind"] == ACCEPTED:
            s.orders[slot]["price"] = limit_of(s, slot)
        elif report["kind"] == FILLED_PART:
            _know_fill(s, slot, int(report["qty"]))
        elif report["kind"] == REDUCED:
            _know_reduction(s, slot, int(report["qty"]))
        if owner["strategy"] == PYTHON:
            _tell(s, index, int(owner["response_delay"]))
        if report["kind"] == ENDED:
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
def _tell(s: State, index: int, delay: int) -> None:
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
    row[QTY] = report["qty"] if report["kind"] != ACCEPTED else 0
    row[PRICE_HALF] = report["price_half"]
    row[LIQUIDITY] = report["liquidity"]
    row[REASON] = 0
    row[TS] = report["ts"] - delay
    row[LEAVES] = order["known_leaves"]
    row[STATE] = RESTING
    if report["kind"] == ACCEPTED:
        row[STATE] = report["qty"]
        row[PRICE_HALF] = 2 * order["price"]
    if report["kind"] == ENDED:
        row[STATE] = order["state"]
        row[REASON] = order["reason"]
        row[LEAVES] = 0
        if order["state"] == REJECTED and order["reason"] == MAX_POSITION:
            row[TS] = report["ts"]  # it never left
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
def expire_all(s: State) -> int:
    """
    End every order that is still on its way or resting; nobody learns of it any more.

    Parameters
    ----------
    s : State
        Changed in place.

    Returns
    -------
    int
        ``OK``, ``OVERFLOW`` when money left 64 bits, or the Status that asks Python for
        more room; then it goes on where it stopped.
    """
    clock = s.clock[0]
    clock["now"] = clock["end_ts"]
    for slot in range(clock["expire_pos"], s.orders.shape[0]):
        order = s.orders[slot]
        alive = order["state"] <= RESTING or order["state"] == WAITING
        if order["portfolio"] >= 0 and alive:
            status = room_for_ends(s, int(clock["n_ended"]) + 1)
            if status != OK:
                return status if settle(s) else OVERFLOW
            order["state"] = EXPIRED
            order["reason"] = END_OF_DATA
            s.ended[clock["n_ended"]] = slot
            clock["n_ended"] += 1
        clock["expire_pos"] = slot + 1
    status = room_for_ends(s, int(clock["n_ended"]))
    if status != OK:
        return status
    sample_marks(s)
    return OK if settle(s) else OVERFLOW
