"""Changes that portfolios ask for: cancels and replaces, and which never leave."""

from commonbook.core.enums import Side, StrategyKind
from commonbook.core.jit import kernel
from commonbook.core.limits import MAX_ORDER_LOTS, SAME
from commonbook.core.message_records import REPLACES
from commonbook.core.order_records import OVER, SAME_PRICE, SAME_QTY
from commonbook.core.state import State
from commonbook.execution.orders import has_limit, never_left
from commonbook.execution.replaces import put_replace
from commonbook.execution.terms import new_terms
from commonbook.portfolio.limits import NONE, broken_limit, within_collar
from commonbook.portfolio.rates import count_asked, within_rate
from commonbook.strategy.possible import STOP, is_in_range
from commonbook.strategy.verbs import MAX_CANCELS, send_about, send_cancel

BUY = int(Side.BUY)
PYTHON = int(StrategyKind.PYTHON)


@kernel
def ask_cancel(s: State, portfolio: int, order_id: int, slot: int) -> None:
    """
    Cancel an order, unless its portfolio knows that it has ended.

    Parameters
    ----------
    s : State
        Changed in place; the outbox has room.
    portfolio : int
        Who asks.
    order_id : int
        Number of the order.
    slot : int
        Where it went.
    """
    if not _is_known(s, portfolio, order_id, slot):
        s.clock[0]["work_too_late"] += 1
    elif never_left(s.orders[slot]):
        s.clock[0]["work_too_late"] += 1
        refuse_change(s, slot, slot)
    else:
        send_cancel(s, slot)


@kernel
def ask_replace(
    s: State,
    portfolio: int,
    order_id: int,
    slot: int,
    qty: int,
    price: int,
    stop_price: int,
) -> None:
    """
    Replace an order, unless it has ended, that is impossible, or a limit refuses it.

    Parameters
    ----------
    s : State
        Changed in place; the outbox and the pools have room.
    portfolio : int
        Who asks.
    order_id : int
        Number of the order.
    slot : int
        Where it went.
    qty : int
        New quantity in all (lots), or ``SAME``.
    price : int
        New limit price (ticks), or ``SAME``.
    stop_price : int
        New stop price (ticks), or ``SAME``.
    """
    rate = int(s.portfolios[portfolio]["rate"])
    if not _is_known(s, portfolio, order_id, slot):
        s.clock[0]["work_too_late"] += 1
    elif never_left(s.orders[slot]):
        s.clock[0]["work_too_late"] += 1
        refuse_change(s, slot, slot + REPLACES)
    elif not (
        _is_possible(s, slot, qty, price, stop_price)
        and (price == SAME or within_collar(s, s.orders[slot], price))
        and (rate < 0 or within_rate(s, rate))
        and _count_more(s, slot, qty)
    ):
        refuse_change(s, slot, slot + REPLACES)
    else:
        if rate >= 0:
            count_asked(s, rate)
        put_replace(
            s,
            slot,
            SAME_QTY if qty == SAME else qty,
            SAME_PRICE if price == SAME else price,
            SAME_PRICE if stop_price == SAME else stop_price,
        )
        send_about(s, slot, ~(slot + REPLACES))


@kernel
def _is_known(s: State, portfolio: int, order_id: int, slot: int) -> bool:
    """Say whether a slot still holds an order that its portfolio counts as open."""
    order = s.orders[slot]
    return bool(
        order["portfolio"] == portfolio
        and order["order_id"] == order_id
        and order["told"] != OVER
    )


@kernel
def refuse_change(s: State, slot: int, sent: int) -> None:
    """
    Refuse a message on the spot; strategies in plain Python are told.

    Parameters
    ----------
    s : State
        Changed in place; there is room to tell it.
    slot : int
        The order that it is about.
    sent : int
        The slot for a cancel; with ``REPLACES`` added for a replace.
    """
    order = s.orders[slot]
    clock = s.clock[0]
    told = s.portfolios[int(order["portfolio"])]["strategy"] == PYTHON
    if told and order["cancels"] < MAX_CANCELS:
        order["cancels"] += 1
        s.refused[clock["n_refused"]] = ~sent
        clock["n_refused"] += 1


@kernel
def _is_possible(s: State, slot: int, qty: int, price: int, stop_price: int) -> bool:
    """Say whether an order could be what a replace asks for."""
    order = s.orders[slot]
    if order["cancels"] >= MAX_CANCELS or (qty != SAME and qty > MAX_ORDER_LOTS):
        return False
    if price != SAME and not (has_limit(order) and is_in_range(price)):
        return False
    return bool(
        stop_price == SAME or (order["type"] >= STOP and is_in_range(stop_price))
    )


@kernel
def _count_more(s: State, slot: int, qty: int) -> bool:
    """Count what a replace asks for more; False when a limit forbids it."""
    order = s.orders[slot]
    portfolio, instrument = int(order["portfolio"]), int(order["instrument"])
    account = s.accounts[portfolio, instrument]
    side = int(order["side"])
    counted = int(order["qty"])
    if order["terms"] >= 0:
        terms = s.terms[int(order["terms"])]
        counted = int(terms["known_qty"] + terms["asked"])
    more = 0 if qty == SAME else qty - counted
    if more <= 0:
        return True
    if broken_limit(s, portfolio, instrument, side, qty, more) != NONE:
        return False
    if order["terms"] < 0:
        new_terms(s, slot, 0, 0)
    s.terms[int(order["terms"])]["asked"] += more
    if side == BUY:
        account["open_buy"] += more
    else:
        account["open_sell"] += more
    return True
