"""Replaces at the venue: an order gets another quantity or price, or ends."""

from commonbook.core.enums import MessageKind, OrderState, Reason, StrategyKind
from commonbook.core.jit import kernel
from commonbook.core.message_records import REFUSED, REPLACES
from commonbook.core.order_records import ACCEPTING, SAME_PRICE, SAME_QTY
from commonbook.core.state import State
from commonbook.execution.halts import is_halted
from commonbook.execution.orders import end_order, leave_level
from commonbook.execution.stops import is_triggered, stop_waiting, wait_for_trigger
from commonbook.execution.terms import new_terms

AGAIN = int(MessageKind.AGAIN)
REPLACE = int(MessageKind.REPLACE)
SENT = int(OrderState.SENT)
RESTING = int(OrderState.RESTING)
WAITING = int(OrderState.WAITING)
CANCELLED = int(OrderState.CANCELLED)
REPLACED = int(Reason.REPLACED)
PYTHON = int(StrategyKind.PYTHON)


@kernel
def slot_of(sent: int) -> int:
    """
    Find the order that a message is, or is about.

    Parameters
    ----------
    sent : int
        `MESSAGE.sent`, or an entry of the outbox.

    Returns
    -------
    int
        Slot of the order.
    """
    return max(sent, ~sent) & (REPLACES - 1)


@kernel
def put_replace(s: State, slot: int, qty: int, price: int, stop_price: int) -> None:
    """
    Keep what a replace asks for until it reaches the venue.

    Parameters
    ----------
    s : State
        Changed in place; the pools have entries left.
    slot : int
        The order.
    qty : int
        New quantity (lots), or ``SAME_QTY``.
    price : int
        New limit price (ticks), or ``SAME_PRICE``.
    stop_price : int
        New stop price (ticks), or ``SAME_PRICE``.
    """
    clock = s.clock[0]
    if s.orders[slot]["terms"] < 0:
        new_terms(s, slot, 0, 0)
    terms = s.terms[int(s.orders[slot]["terms"])]
    number = int(clock["free_replaces"])
    replace = s.replaces[number]
    clock["free_replaces"] = replace["next"]
    clock["left_replaces"] -= 1
    replace["qty"] = qty
    replace["price"] = price
    replace["stop_price"] = stop_price
    replace["next"] = -1
    if terms["last_replace"] >= 0:
        s.replaces[int(terms["last_replace"])]["next"] = number
    else:
        terms["first_replace"] = number
    terms["last_replace"] = number
    terms["answers"] += 1


@kernel
def replace_before(s: State, slot: int, later: int) -> int:
    """
    Find a replace on its way by how many of its order were sent after it.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        The order.
    later : int
        How many.

    Returns
    -------
    int
        Entry of ``replaces``.
    """
    first = int(s.terms[int(s.orders[slot]["terms"])]["first_replace"])
    before, number = -1 - later, first
    while number >= 0:
        before += 1
        number = int(s.replaces[number]["next"])
    number = first
    for _ in range(before):
        number = int(s.replaces[number]["next"])
    return number


@kernel
def take_back(s: State, slot: int, number: int) -> None:
    """
    Take back a replace that does not leave.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    number : int
        Entry of ``replaces``, one of the order's.
    """
    clock = s.clock[0]
    terms = s.terms[int(s.orders[slot]["terms"])]
    before, here = -1, int(terms["first_replace"])
    while here != number:
        before, here = here, int(s.replaces[here]["next"])
    following = s.replaces[number]["next"]
    if before >= 0:
        s.replaces[before]["next"] = following
    else:
        terms["first_replace"] = following
    if terms["last_replace"] == number:
        terms["last_replace"] = before
    s.replaces[number]["next"] = clock["free_replaces"]
    clock["free_replaces"] = number
    clock["left_replaces"] += 1
    terms["answers"] -= 1


@kernel
def withdraw(s: State, slot: int) -> bool:
    """
    Take an order that works at the venue away.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.

    Returns
    -------
    bool
        False when it neither rests nor waits.
    """
    state = s.orders[slot]["state"]
    if state == RESTING:
        leave_level(s, slot)
    elif state == WAITING:
        stop_waiting(s, slot)
    else:
        return False
    return True


@kernel
def refuse_late(s: State, i: int) -> None:
    """
    Refuse a cancel or a replace whose order has ended; strategies in Python are told.

    Parameters
    ----------
    s : State
        Changed in place.
    i : int
        Entry of ``batch``.
    """
    message = s.batch[i]
    clock = s.clock[0]
    clock["work_too_late"] += 1
    slot = int(message["slot"])
    owner = s.portfolios[int(s.orders[slot]["portfolio"])]
    counts = owner["response_rule"] >= 0  # each report has a delay of its own
    if counts or owner["strategy"] == PYTHON:
        message["deferred"] = REFUSED
        replaces = message["kind"] == REPLACE
        s.refused[clock["n_refused"]] = slot + (REPLACES if replaces else 0)
        clock["n_refused"] += 1


@kernel
def replace_at_venue(s: State, i: int) -> bool:
    """
    Let a replace reach its order.

    Parameters
    ----------
    s : State
        Changed in place. An order that loses its place becomes one of the batch.
    i : int
        Entry of ``batch``.

    Returns
    -------
    bool
        Whether the order comes anew, at the place of its replace in the batch.
    """
    slot = int(s.batch[i]["slot"])
    order = s.orders[slot]
    replace = s.replaces[_next_replace(s, slot)]
    state = order["state"]
    if state not in (RESTING, WAITING):
        refuse_late(s, i)
        return False
    more = 0 if replace["qty"] == SAME_QTY else int(replace["qty"] - order["qty"])
    if order["leaves"] + more <= 0:
        withdraw(s, slot)
        end_order(s, slot, CANCELLED, REPLACED)
        return False
    terms = s.terms[int(order["terms"])]
    before = int(terms["price"])
    same = replace["price"] == SAME_PRICE
    price = before if same else int(replace["price"])
    if state == RESTING:
        again = more > 0 or price != before
        if again:
            leave_level(s, slot)
            terms["rested"] = 1
        else:
            s.shares[int(order["share"])]["leaves"] += more
    order["qty"] += more
    order["leaves"] += more
    terms["price"] = price
    terms["replaced"] += 1
    if state == WAITING:
        again = _judge_stop(s, slot, int(replace["stop_price"]))
    _note_answer(s, slot, int(state), before)
    if again:
        order["state"] = SENT
        s.batch[i]["kind"] = AGAIN
    return bool(again)


@kernel
def replace_at_desk(s: State, slot: int) -> None:
    """
    Let a replace reach an order that waits at its desk, where it keeps its place.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    order = s.orders[slot]
    replace = s.replaces[_next_replace(s, slot)]
    more = 0 if replace["qty"] == SAME_QTY else int(replace["qty"] - order["qty"])
    if order["leaves"] + more <= 0:
        end_order(s, slot, CANCELLED, REPLACED)
        return
    terms = s.terms[int(order["terms"])]
    before = int(terms["price"])
    order["qty"] += more
    order["leaves"] += more
    if replace["price"] != SAME_PRICE:
        terms["price"] = replace["price"]
    terms["replaced"] += 1
    _note_answer(s, slot, SENT, before)


@kernel
def _next_replace(s: State, slot: int) -> int:
    """Take the oldest replace of an order; its entry is free, but as it was."""
    clock = s.clock[0]
    terms = s.terms[int(s.orders[slot]["terms"])]
    number = int(terms["first_replace"])
    terms["first_replace"] = s.replaces[number]["next"]
    if terms["first_replace"] < 0:
        terms["last_replace"] = -1
    s.replaces[number]["next"] = clock["free_replaces"]
    clock["free_replaces"] = number
    clock["left_replaces"] += 1
    return number


@kernel
def _judge_stop(s: State, slot: int, stop_price: int) -> bool:
    """Give a waiting stop another stop price; say whether that triggers it."""
    terms = s.terms[int(s.orders[slot]["terms"])]
    if (
        terms["ts_trigger"] > 0
        or stop_price == SAME_PRICE
        or stop_price == terms["stop_price"]
    ):
        return False
    stop_waiting(s, slot)
    terms["stop_price"] = stop_price
    halted = is_halted(s, int(s.orders[slot]["instrument"]))
    if not halted and is_triggered(s, slot):
        terms["ts_trigger"] = s.clock[0]["now"]
        return True
    wait_for_trigger(s, slot)
    return False


@kernel
def _note_answer(s: State, slot: int, state: int, price_before: int) -> None:
    """Note a replace, with what was to be told of its order before."""
    clock = s.clock[0]
    order = s.orders[slot]
    terms = s.terms[int(order["terms"])]
    answer = s.answers[clock["n_answers"]]
    clock["n_answers"] += 1
    answer["fills"] = clock["n_fills"]
    answer["slot"] = slot
    answer["leaves"] = order["leaves"]
    answer["price"] = terms["price"]
    answer["price_before"] = price_before
    answer["stop_price"] = terms["stop_price"]
    answer["reduced"] = order["cut"]
    answer["accepted"] = state if order["told"] == ACCEPTING else -1
    if order["cut"] > 0 or order["told"] == ACCEPTING:
        order["cut"] = 0
        order["told"] = 0
        _forget(s, slot)


@kernel
def _forget(s: State, slot: int) -> None:
    """Take an order off the list of those whose portfolios must be told."""
    clock = s.clock[0]
    clock["n_ended"] -= 1
    place = int(clock["n_ended"])
    moved = int(s.ended[place])
    while moved != slot:
        place -= 1
        following = int(s.ended[place])
        s.ended[place] = moved
        moved = following
