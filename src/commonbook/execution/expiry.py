"""
When the time of working orders is over: a heap by time, then by the order of sending.

Entries refer to TERMS, which know their place, so that an order that ends early leaves
the heap at once.
"""

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
    clock["n_expiries"] += 1
    _settle_in(s, int(clock["n_expiries"]) - 1, number)
    clock["next_ts"] = min(clock["next_ts"], terms["expires"])


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
    place = int(s.terms[number]["heap_place"])
    if place < 0:
        return
    clock = s.clock[0]
    clock["n_expiries"] -= 1
    last = int(clock["n_expiries"])
    s.terms[number]["heap_place"] = -1
    if place < last:
        _settle_in(s, place, int(s.expiries[last]))


@kernel
def collect_expired(s: State) -> None:
    """
    List the orders whose time is over now.

    Parameters
    ----------
    s : State
        ``ready[0]`` and ``CLOCK.n_expired`` receive them, in the order of sending;
        changed in place.
    """
    clock = s.clock[0]
    while clock["n_expiries"] > 0:
        first = int(s.expiries[0])
        if s.terms[first]["expires"] > clock["now"]:
            return
        forget_expiry(s, first)
        s.ready[0, int(clock["n_expired"])] = s.terms[first]["slot"]
        clock["n_expired"] += 1


@kernel
def _settle_in(s: State, place: int, number: int) -> None:
    """Put terms at a place of the heap, then up or down to where they belong."""
    n = int(s.clock[0]["n_expiries"])
    i = place
    while i > 0 and _is_before(s, number, int(s.expiries[(i - 1) // 2])):
        _put(s, i, int(s.expiries[(i - 1) // 2]))
        i = (i - 1) // 2
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n:
            left, right = int(s.expiries[child]), int(s.expiries[child + 1])
            if _is_before(s, right, left):
                child += 1
        if not _is_before(s, int(s.expiries[child]), number):
            break
        _put(s, i, int(s.expiries[child]))
        i = child
    _put(s, i, number)


@kernel
def _is_before(s: State, number: int, other: int) -> bool:
    terms, others = s.terms[number], s.terms[other]
    if terms["expires"] != others["expires"]:
        return bool(terms["expires"] < others["expires"])
    return bool(terms["serial"] < others["serial"])


@kernel
def _put(s: State, place: int, number: int) -> None:
    s.expiries[place] = number
    s.terms[number]["heap_place"] = place
