"""What a compiled strategy can see and do: views, known state, orders, cancels."""

from commonbook.book.trail import touch_at
from commonbook.core.enums import OrderState, OrderType, Reason, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.order_records import DECIDED
from commonbook.core.state import State
from commonbook.execution.orders import end_order
from commonbook.execution.terms import REPRICE, new_terms, next_close
from commonbook.portfolio.limits import broken_limit, within_collar
from commonbook.portfolio.rates import count_asked, within_rate
from commonbook.strategy.possible import (
    BAD_PRICE,
    NONE,
    UNKNOWN_INSTRUMENT,
    fault_of_terms,
    is_in_range,
)

BUY = int(Side.BUY)
SELL = int(Side.SELL)
SENT = int(OrderState.SENT)
REJECTED = int(OrderState.REJECTED)
MARKET = int(OrderType.MARKET)
LIMIT = int(OrderType.LIMIT)
STOP = int(OrderType.STOP)
GTC = int(TimeInForce.GTC)
IOC = int(TimeInForce.IOC)
GTD = int(TimeInForce.GTD)
DAY = int(TimeInForce.DAY)
AFTER_END = int(Reason.AFTER_END)
RATE_LIMIT = int(Reason.RATE_LIMIT)
PRICE_COLLAR = int(Reason.PRICE_COLLAR)

#: Most cancels of one order that are on their way: ``ORDER.cancels`` has 16 bits.
MAX_CANCELS = 65_535

#: ``ORDER.prev_mine`` of an order that was never sent.
UNLISTED = -2


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
    return int(view * s.mids.shape[0] + instrument)


@kernel
def seen_touch(s: State, portfolio: int, instrument: int) -> tuple[int, int]:
    """
    Look at the best prices that a portfolio sees.

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
    bid : int
        Best bid (ticks), ``NO_BID`` when there is none.
    ask : int
        Best ask (ticks), ``NO_ASK`` when there is none.
    """
    delay = int(s.portfolios[portfolio]["touch_delay"])
    if delay > 0:
        seen = int(s.clock[0]["now"]) - delay
        return touch_at(s.trails[instrument], s.touches[instrument], seen)
    row = view_row(s, portfolio, instrument)
    return int(s.books[row, BUY]["best"]), int(s.books[row, SELL]["best"])


@kernel
def new_order(s: State, portfolio: int, instrument: int, side: int, qty: int) -> int:
    """
    Make a market order that is not sent yet.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry left.
    portfolio : int
        Who decides.
    instrument : int
        Instrument.
    side : int
        Side.
    qty : int
        Quantity (lots), positive.

    Returns
    -------
    int
        Slot of the order; its other fields may be set until it is submitted.
    """
    clock = s.clock[0]
    slot = int(clock["free_orders"])
    order = s.orders[slot]
    clock["free_orders"] = order["next"]
    clock["left_orders"] -= 1
    order["order_id"] = 0
    order["price"] = 0
    order["qty"] = qty
    order["leaves"] = qty
    order["filled"] = 0
    order["cut"] = 0
    order["ahead"] = -1
    order["ts_decision"] = clock["now"]
    order["journey"] = DECIDED
    order["ts_first_fill"] = 0
    order["ts_last_fill"] = 0
    order["portfolio"] = portfolio
    order["share"] = -1
    order["queue"] = -1
    order["prev"] = -1
    order["next"] = -1
    order["cancels"] = 0
    order["known_leaves"] = qty
    order["prev_mine"] = UNLISTED
    order["next_mine"] = -1
    order["instrument"] = instrument
    order["side"] = side
    order["type"] = MARKET
    order["time_in_force"] = IOC
    order["post_only"] = 0
    order["state"] = SENT
    order["reason"] = 0
    order["told"] = 0
    order["terms"] = -1
    return slot


@kernel
def set_terms(
    s: State, slot: int, stop_price: int, expires: int, reduce_only: int = 0
) -> None:
    """
    Give an order that is not sent yet what its type and its time in force ask for.

    Or note why that is impossible.

    Parameters
    ----------
    s : State
        Changed in place; the pool of terms has an entry left.
    slot : int
        The order, with its type and time in force.
    stop_price : int
        Stop price of a stop order (ticks); any number, ``NO_STOP`` for none.
    expires : int
        Time of a good-till-date order (ns), 0 for none; any number.
    reduce_only : int
        1 if it may not make the position larger, else 0.
    """
    order = s.orders[slot]
    now = int(s.clock[0]["now"])
    if order["reason"] == NONE:
        order["reason"] = fault_of_terms(order, stop_price, expires, now)
    if order["reason"] == UNKNOWN_INSTRUMENT or not is_in_range(stop_price):
        stop_price = 0
    life = order["time_in_force"]
    if life == DAY:
        expires = next_close(s, int(order["instrument"]), now)
    few = order["type"] >= STOP or life >= GTD or order["post_only"] == REPRICE
    if few or reduce_only == 1:
        new_terms(s, slot, stop_price, expires if life >= GTD else 0)
    if reduce_only == 1:
        s.terms[int(order["terms"])]["reduce_only"] = 1
        s.clock[0]["reducing"] = 1


@kernel
def submit(s: State, slot: int) -> None:
    """
    Send an order, unless it is impossible, too late, or refused by a limit.

    Parameters
    ----------
    s : State
        Changed in place; the outbox has room.
    slot : int
        The order, with the reason if it is impossible; without a number it gets the
        portfolio's next one.
    """
    clock = s.clock[0]
    order = s.orders[slot]
    sender = s.portfolios[int(order["portfolio"])]
    if order["order_id"] == 0:
        order["order_id"] = sender["next_order_id"]
        sender["next_order_id"] += 1
    side, qty = int(order["side"]), int(order["qty"])
    portfolio, instrument = int(order["portfolio"]), int(order["instrument"])
    account = s.accounts[portfolio, instrument]
    reason = int(order["reason"])
    if reason == NONE and clock["over"] == 1:
        reason = AFTER_END
    if reason == NONE:
        reason = broken_limit(s, portfolio, instrument, side, qty, qty)
    if reason == NONE and not within_collar(s, order, int(order["price"])):
        reason = PRICE_COLLAR
    rate = int(sender["rate"])
    if reason == NONE and rate >= 0:
        reason = _pass_rate(s, rate)
    if reason != NONE:
        order["known_leaves"] = 0  # it was never open
        end_order(s, slot, REJECTED, reason)
        return
    if s.flights[int(sender["flight"])]["rule"] >= 0 and order["terms"] < 0:
        new_terms(s, slot, 0, 0)  # they keep when it arrives
    if side == BUY:
        account["open_buy"] += qty
    else:
        account["open_sell"] += qty
    order["prev_mine"] = sender["last_mine"]
    if sender["last_mine"] >= 0:
        s.orders[int(sender["last_mine"])]["next_mine"] = slot
    else:
        sender["first_mine"] = slot
    sender["last_mine"] = slot
    sender["n_mine"] += 1
    s.outbox[clock["n_outbox"]] = slot
    clock["n_outbox"] += 1


@kernel
def _pass_rate(s: State, rate: int) -> int:
    """Count an order that may leave; give the reason of one that may not."""
    if not within_rate(s, rate):
        return RATE_LIMIT
    count_asked(s, rate)
    return NONE


@kernel
def send_market(s: State, portfolio: int, instrument: int, side: int, qty: int) -> int:
    """
    Send a market order.

    Parameters
    ----------
    s : State
        Changed in place; the pool and the outbox have room.
    portfolio : int
        Who sends.
    instrument : int
        Instrument.
    side : int
        Side.
    qty : int
        Quantity (lots), positive.

    Returns
    -------
    int
        Slot of the order.
    """
    slot = new_order(s, portfolio, instrument, side, qty)
    submit(s, slot)
    return slot


@kernel
def send_quote(
    s: State, portfolio: int, instrument: int, side: int, price: int, qty: int
) -> int:
    """
    Send a limit order that rests and never takes.

    Parameters
    ----------
    s : State
        Changed in place; the pool and the outbox have room.
    portfolio : int
        Who sends.
    instrument : int
        Instrument.
    side : int
        Side.
    price : int
        Limit price (ticks); beyond ``MAX_TICKS`` the order is impossible, and the run
        ends if it is strict.
    qty : int
        Quantity (lots), positive.

    Returns
    -------
    int
        Slot of the order.
    """
    slot = new_order(s, portfolio, instrument, side, qty)
    order = s.orders[slot]
    order["type"] = LIMIT
    order["time_in_force"] = GTC
    order["post_only"] = 1
    if is_in_range(price):
        order["price"] = price
    else:
        order["reason"] = BAD_PRICE
        if s.clock[0]["strict"] == 1:
            s.clock[0]["beyond"] = price
    submit(s, slot)
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
        Slot of the order, which the portfolio does not know to have ended. When
        `MAX_CANCELS` are on their way to it, one more could do nothing, and is not
        sent.
    """
    if s.orders[slot]["cancels"] < MAX_CANCELS:
        send_about(s, slot, ~slot)


@kernel
def send_about(s: State, slot: int, sent: int) -> None:
    """
    Put a message about an order into the outbox.

    Parameters
    ----------
    s : State
        Changed in place; the outbox has room.
    slot : int
        Slot of the order, which stays until the message is answered.
    sent : int
        The message, as in `MESSAGE.sent`.
    """
    clock = s.clock[0]
    s.orders[slot]["cancels"] += 1
    s.outbox[clock["n_outbox"]] = sent
    clock["n_outbox"] += 1
