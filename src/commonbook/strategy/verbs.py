"""What a compiled strategy can see and do: views, known state, orders, cancels."""

from commonbook.core.enums import OrderState, OrderType, Reason, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import end_order
from commonbook.portfolio.limits import within_position_limit

BUY = int(Side.BUY)
SENT = int(OrderState.SENT)
REJECTED = int(OrderState.REJECTED)
MARKET = int(OrderType.MARKET)
MAX_POSITION = int(Reason.MAX_POSITION)


@kernel
def view_row(s: State, portfolio: int, instrument: int) -> int:
    """
    Find the book that a portfolio sees.

    Parameters
    ----------
    s : State
        Read only.
    portfolio : int
        The portfolio.
    instrument : int
        Instrument.

    Returns
    -------
    int
        Row of ``venue.books``.
    """
    view = int(s.portfolios[portfolio]["view"])
    return view * s.mids.shape[0] + instrument


@kernel
def send_order(
    s: State,
    portfolio: int,
    instrument: int,
    side: int,
    kind: int,
    time_in_force: int,
    post_only: int,
    price: int,
    qty: int,
    order_id: int,
) -> int:
    """
    Send an order, unless a limit refuses it.

    Parameters
    ----------
    s : State
        Changed in place; the pools have entries left.
    portfolio : int
        Who sends.
    instrument : int
        Instrument.
    side : int
        Side.
    kind : int
        OrderType.
    time_in_force : int
        TimeInForce.
    post_only : int
        1 when the order must not take.
    price : int
        Limit price (ticks), 0 for market orders.
    qty : int
        Quantity (lots), positive.
    order_id : int
        Number of the order within the portfolio, 0 for the next free one.

    Returns
    -------
    int
        Slot of the order.
    """
    clock = s.clock[0]
    sender = s.portfolios[portfolio]
    now = int(clock["now"])
    slot = int(clock["free_orders"])
    order = s.orders[slot]
    clock["free_orders"] = order["next"]
    clock["left_orders"] -= 1
    if order_id == 0:
        order_id = int(sender["next_order_id"])
        sender["next_order_id"] += 1
    order["order_id"] = order_id
    order["price"] = price
    order["qty"] = qty
    order["leaves"] = qty
    order["filled"] = 0
    order["cut"] = 0
    order["released"] = 0
    order["ahead"] = -1
    order["ts_decision"] = now
    order["ts_sent"] = 0
    order["ts_arrival"] = 0
    order["ts_first_fill"] = 0
    order["ts_last_fill"] = 0
    order["ts_end"] = 0
    order["portfolio"] = portfolio
    order["share"] = -1
    order["queue"] = -1
    order["prev"] = -1
    order["next"] = -1
    order["cancels"] = 0
    order["instrument"] = instrument
    order["side"] = side
    order["type"] = kind
    order["time_in_force"] = time_in_force
    order["post_only"] = post_only
    order["state"] = SENT
    order["reason"] = 0
    order["known"] = 0
    account = s.accounts[portfolio, instrument]
    if not within_position_limit(account, side, qty):
        order["released"] = qty
        end_order(s, slot, REJECTED, MAX_POSITION, now)
        return slot
    if side == BUY:
        account["open_buy"] += qty
    else:
        account["open_sell"] += qty
    message = s.outbox[clock["n_outbox"]]
    clock["n_outbox"] += 1
    message["slot"] = slot
    message["cancel"] = 0
    return slot


@kernel
def send_cancel(s: State, slot: int) -> None:
    """
    Send a cancel for an order.

    Parameters
    ----------
    s : State
        Changed in place; the outbox has room.
    slot : int
        Slot of the order, which the portfolio does not know to have ended.
    """
    clock = s.clock[0]
    s.orders[slot]["cancels"] += 1
    message = s.outbox[clock["n_outbox"]]
    clock["n_outbox"] += 1
    message["slot"] = slot
    message["cancel"] = 1
