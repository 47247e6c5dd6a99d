"""What strategies outside the event loop ask for becomes orders and messages."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.enums import Request, RequestKind
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.changes import ask_cancel, ask_replace
from commonbook.strategy.possible import set_numbers
from commonbook.strategy.verbs import new_order, send_cancel, set_terms, submit

ORDER = int(RequestKind.ORDER)
CANCEL = int(RequestKind.CANCEL)
REPLACE = int(RequestKind.REPLACE)
TIMER = int(RequestKind.TIMER)
KIND = int(Request.KIND)
PORTFOLIO = int(Request.PORTFOLIO)
INSTRUMENT = int(Request.INSTRUMENT)
SIDE = int(Request.SIDE)
TYPE = int(Request.TYPE)
TIME_IN_FORCE = int(Request.TIME_IN_FORCE)
POST_ONLY = int(Request.POST_ONLY)
PRICE = int(Request.PRICE)
QTY = int(Request.QTY)
ORDER_ID = int(Request.ORDER_ID)
SLOT = int(Request.SLOT)
STOP_PRICE = int(Request.STOP_PRICE)
EXPIRES = int(Request.EXPIRES)
REDUCE_ONLY = int(Request.REDUCE_ONLY)


@kernel
def send_requests(s: State, requests: NDArray[np.int64], n: int) -> None:
    """
    Carry out what strategies ask for, in its order.

    Parameters
    ----------
    s : State
        Changed in place; there is room for as many orders and messages, and for the
        cancels of whoever is stopped.
    requests : ndarray of int64, shape (at least n, len(Request))
        Columns are `Request`; the slot of each order is filled in.
    n : int
        Number of requests.
    """
    for i in range(n):
        request = requests[i]
        portfolio = int(request[PORTFOLIO])
        kind = request[KIND]
        if kind == ORDER:
            request[SLOT] = _order(s, request)
        elif kind in (CANCEL, REPLACE):
            slot = int(request[SLOT])
            if slot < 0:
                slot = int(requests[-2 - slot, SLOT])
            _change(s, request, slot)
        elif kind == TIMER:
            s.strategies[portfolio]["next_ts"] = request[PRICE]
        else:
            stop_portfolio(s, portfolio)


@kernel
def _order(s: State, request: NDArray[np.int64]) -> int:
    """Make an order of one request and send it; return its slot."""
    slot = new_order(s, int(request[PORTFOLIO]), 0, int(request[SIDE]), 0)
    order = s.orders[slot]
    order["order_id"] = request[ORDER_ID]
    order["type"] = request[TYPE]
    order["time_in_force"] = request[TIME_IN_FORCE]
    order["post_only"] = request[POST_ONLY]
    qty, price = int(request[QTY]), int(request[PRICE])
    set_numbers(s, slot, int(request[INSTRUMENT]), qty, price)
    stop_price, expires = int(request[STOP_PRICE]), int(request[EXPIRES])
    set_terms(s, slot, stop_price, expires, int(request[REDUCE_ONLY]))
    submit(s, slot)
    return slot


@kernel
def _change(s: State, request: NDArray[np.int64], slot: int) -> None:
    """Cancel or replace the order in a slot."""
    portfolio, order_id = int(request[PORTFOLIO]), int(request[ORDER_ID])
    if request[KIND] == CANCEL:
        ask_cancel(s, portfolio, order_id, slot)
        return
    qty, price, stop_price = request[QTY], request[PRICE], request[STOP_PRICE]
    ask_replace(s, portfolio, order_id, slot, int(qty), int(price), int(stop_price))


@kernel
def stop_portfolio(s: State, portfolio: int) -> None:
    """
    Let a portfolio never wake again, and cancel everything that it has open.

    Parameters
    ----------
    s : State
        Changed in place; the outbox has room for a cancel of each order.
    portfolio : int
        Who is stopped.
    """
    owner = s.portfolios[portfolio]
    if owner["stopped"] == 1:
        return
    owner["stopped"] = 1
    owner["stopped_ts"] = s.clock[0]["now"]
    slot = int(owner["first_mine"])
    while slot >= 0:
        send_cancel(s, slot)
        slot = int(s.orders[slot]["next_mine"])
