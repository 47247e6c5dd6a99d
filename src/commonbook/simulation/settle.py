"""After each step: fills become money, ends become history, both become reports."""

from commonbook.core.book_records import NO_MARK
from commonbook.core.enums import (
    OrderState,
    OrderType,
    Phase,
    Reason,
    ReportKind,
    Status,
    StrategyKind,
    Wake,
)
from commonbook.core.jit import kernel
from commonbook.core.limits import BEYOND
from commonbook.core.message_records import REPLACES
from commonbook.core.order_records import ACCEPTING, LEFT
from commonbook.core.state import State
from commonbook.execution.averaging import average_paid
from commonbook.execution.orders import never_left
from commonbook.execution.replaces import slot_of
from commonbook.execution.terms import close_terms, limit_of
from commonbook.portfolio.groups import expect_report
from commonbook.portfolio.ledger import apply_fill
from commonbook.simulation.learn import know_end
from commonbook.simulation.room import OK, room_for_ends
from commonbook.simulation.transit import next_report
from commonbook.simulation.wakes import NEVER, schedule

ENDED = int(ReportKind.ENDED)
FILLED_PART = int(ReportKind.FILL)
REDUCED = int(ReportKind.REDUCED)
ACCEPTED = int(ReportKind.ACCEPTED)
REPLACED = int(ReportKind.REPLACED)
CANCEL_REJECTED = int(ReportKind.CANCEL_REJECTED)

RECONCILE = int(Phase.RECONCILE)
RESTING = int(OrderState.RESTING)
WAITING = int(OrderState.WAITING)
STOP = int(OrderType.STOP)
OVERFLOW = int(Status.OVERFLOW)
PYTHON = int(StrategyKind.PYTHON)
REPORT_WAKE = int(Wake.REPORT)
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
    answered = 0
    if clock["n_fills"] > clock["n_settled"]:
        _mark_fills(s)
        for i in range(clock["n_settled"], clock["n_fills"]):
            if answered < clock["n_answers"]:
                answered = _tell_answers(s, answered, i)
            fill = s.fills[i]
            portfolio, instrument = int(fill["portfolio"]), int(fill["instrument"])
            account = s.accounts[portfolio, instrument]
            fee = s.fees[int(account["fee_row"]), int(fill["liquidity"])]
            if not apply_fill(account, fee, fill):
                return False
            slot, qty = int(fill["slot"]), int(fill["qty"])
            report = _send(s, slot, FILLED_PART, qty)
            s.reports[report]["price_half"] = fill["price_half"]
            s.reports[report]["detail"] = fill["liquidity"]
            if fill["adjust_e8"] != 0:
                _tell_average(s, report, i)
        clock["n_settled"] = clock["n_fills"]
    if clock["n_answers"] > 0:
        _tell_answers(s, answered, int(clock["n_fills"]))
        clock["n_answers"] = 0
    for i in range(clock["n_ended"]):
        _tell_state(s, int(s.ended[i]))
    clock["n_ended"] = 0
    if clock["n_refused"] > 0:
        _tell_refusals(s)
    return True


@kernel
def _tell_average(s: State, report: int, i: int) -> None:
    """Tell the average price of a fill: whole half ticks, and what is beyond them."""
    price, beyond = average_paid(s.fills[i], s.money[int(s.fills[i]["instrument"])])
    s.reports[report]["price_half"] = price
    s.reports[report]["detail"] += beyond * BEYOND


@kernel
def _tell_state(s: State, slot: int) -> None:
    """Report that an order was accepted, was reduced or has ended."""
    order = s.orders[slot]
    if order["told"] == ACCEPTING:
        _accept(s, slot, _accepted_as(s, slot), limit_of(s, slot))
        order["told"] = 0
    if order["state"] > RESTING and order["state"] != WAITING:
        _end(s, slot)
    elif order["cut"] > 0:
        _send(s, slot, REDUCED, int(order["cut"]))
        order["cut"] = 0


@kernel
def _tell_answers(s: State, first: int, fills: int) -> int:
    """Report the replaces that came before a fill, in turn with it; return the next."""
    clock = s.clock[0]
    while first < clock["n_answers"] and s.answers[first]["fills"] <= fills:
        answer = s.answers[first]
        slot = int(answer["slot"])
        if answer["accepted"] >= 0:
            _accept(s, slot, int(answer["accepted"]), int(answer["price_before"]))
        if answer["reduced"] > 0:
            _send(s, slot, REDUCED, int(answer["reduced"]))
        report = s.reports[_send(s, slot, REPLACED, int(answer["leaves"]))]
        report["price_half"] = 2 * answer["price"]
        report["detail"] = answer["stop_price"]
        first += 1
    return first


@kernel
def _accept(s: State, slot: int, state: int, price: int) -> None:
    """Report that an order works at the venue, and at what price."""
    s.reports[_send(s, slot, ACCEPTED, state)]["price_half"] = 2 * price


@kernel
def _tell_refusals(s: State) -> None:
    """Report the cancels and replaces that were refused, some of them on the spot."""
    clock = s.clock[0]
    for i in range(clock["n_refused"]):
        sent = int(s.refused[i])
        replaces = max(sent, ~sent) >= REPLACES
        slot, detail = slot_of(sent), 1 if replaces else 0
        if sent < 0:
            _report(s, slot, CANCEL_REJECTED, detail, int(clock["now"]))
        else:
            _send(s, slot, CANCEL_REJECTED, detail)
    clock["n_refused"] = 0


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
def _accepted_as(s: State, slot: int) -> int:
    """Say whether an order came to rest or to wait; it may have ended since."""
    order = s.orders[slot]
    if order["type"] >= STOP and s.terms[int(order["terms"])]["ts_trigger"] == 0:
        return WAITING
    return RESTING


@kernel
def _send(s: State, slot: int, kind: int, qty: int) -> int:
    """Queue a report that leaves the venue now."""
    known = next_report(s, int(s.orders[slot]["portfolio"]))
    return _report(s, slot, kind, qty, known)


@kernel
def _report(s: State, slot: int, kind: int, qty: int, ts: int) -> int:
    """Queue what a portfolio will learn at a time."""
    clock = s.clock[0]
    portfolio = int(s.orders[slot]["portfolio"])
    owner = s.portfolios[portfolio]
    index = int(clock["free_reports"])
    report = s.reports[index]
    clock["free_reports"] = report["next"]
    clock["left_reports"] -= 1
    report["ts"] = ts
    report["ts_venue"] = clock["now"]
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
            schedule(s, portfolio)
            clock["next_ts"] = min(clock["next_ts"], report["ts"])
    if owner["group"] >= 0:
        expect_report(s, portfolio, index)
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
    entry["ts_sent"] = _departure(s, slot)
    entry["ts_arrival"] = _arrival(s, slot)
    entry["ts_first_fill"] = order["ts_first_fill"]
    entry["ts_last_fill"] = order["ts_last_fill"]
    entry["ts_end"] = clock["now"]
    entry["portfolio"] = order["portfolio"]
    entry["instrument"] = order["instrument"]
    entry["side"] = order["side"]
    entry["type"] = order["type"]
    entry["time_in_force"] = order["time_in_force"]
    entry["promises"] = order["post_only"]
    entry["state"] = order["state"]
    entry["reason"] = order["reason"]
    close_terms(s, int(order["terms"]), entry)
    if never_left(order):
        # Refused by the portfolio itself; once the data has ended nobody learns.
        entry["ts_report"] = clock["now"] if clock["over"] == 0 else 0
        if s.portfolios[int(order["portfolio"])]["strategy"] == PYTHON:
            _report(s, slot, ENDED, 0, int(clock["now"]))
        else:
            know_end(s, slot)
        return
    owner = s.portfolios[int(order["portfolio"])]
    if order["reason"] != END_OF_DATA:
        known = int(s.reports[_send(s, slot, ENDED, 0)]["ts"])
    elif owner["response_rule"] < 0:
        known = int(clock["now"] + owner["response_delay"])
    else:
        known = NEVER  # nobody wakes any more, so no report is sent
    entry["ts_report"] = known if known <= clock["end_ts"] else 0


@kernel
def _departure(s: State, slot: int) -> int:
    """Say when an order left its portfolio, 0 if it never did."""
    if s.orders[slot]["journey"] < LEFT:
        return 0
    ts = _leaves(s, slot)
    return ts if ts <= s.clock[0]["now"] else 0


@kernel
def _leaves(s: State, slot: int) -> int:
    """Say when an order leaves: as it was decided, unless it was held back."""
    order = s.orders[slot]
    if s.leave_times.shape[0] > 0 and order["terms"] >= 0:
        ts = int(s.leave_times[int(order["terms"])])
        if ts > 0:
            return ts
    return int(order["ts_decision"])


@kernel
def _arrival(s: State, slot: int) -> int:
    """Say when an order reached the venue, 0 if it never did."""
    order = s.orders[slot]
    if order["journey"] < LEFT:
        return 0
    clock = s.clock[0]
    flight = s.flights[int(s.portfolios[int(order["portfolio"])]["flight"])]
    ts = int(_leaves(s, slot) + flight["delay"] - clock["processing"])
    if flight["rule"] >= 0:
        ts = int(s.terms[int(order["terms"])]["ts_arrival"])
    return ts if ts <= clock["now"] else 0


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
