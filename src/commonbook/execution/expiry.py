"""
When the time of working orders is over: a heap by time, then by their numbers.

An order that ends early leaves the heap at once.
"""

from commonbook.core.heap import drop_entry, put_entry
from commonbook.core.jit import kernel
from commonbook.core.state import State


@kernel
def await_expiry(s: State, slot: int) -> None:
    """
    Enter an order that works at the venue, if there is a time when it ends.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    number = int(s.orders[slot]["terms"])
    if number < 0:
        return
    terms = s.terms[number]
    if terms["expires"] == 0 or terms["heap_place"] >= 0:
        return
    clock = s.clock[0]
    n, ts = int(clock["n_expiries"]), int(terms["expires"])
    order_id = int(s.orders[slot]["order_id"])
    clock["n_expiries"] = put_entry(s.expiries, s.terms, n, ts, order_id, number)
    clock["next_ts"] = min(clock["next_ts"], ts)


@kernel
def forget_expiry(s: State, number: int) -> None:
    """
    Let an order that has ended leave the heap.

    Parameters
    ----------
    s : State
        Changed in place.
    number : int
        Its terms, in the heap or not.
    """
    clock = s.clock[0]
    n = int(clock["n_expiries"])
    clock["n_expiries"] = drop_entry(s.expiries, s.terms, n, number)


@kernel
def collect_expired(s: State) -> None:
    """
    List the orders whose time is over now.

    Parameters
    ----------
    s : State
        ``ready[0]`` and ``CLOCK.n_expired`` receive them, in the order of numbers;
        changed in place.
    """
    clock = s.clock[0]
    while clock["n_expiries"] > 0:
        if s.expiries[0]["ts"] > clock["now"]:
            return
        first = int(s.expiries[0]["owner"])
        forget_expiry(s, first)
        s.ready[0, int(clock["n_expired"])] = s.terms[first]["slot"]
        clock["n_expired"] += 1
