"""Orders, cancels and replaces from a list: tests, and people's own order logs."""

from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.changes import ask_cancel, ask_replace
from commonbook.strategy.possible import set_numbers
from commonbook.strategy.verbs import new_order, set_terms, submit


@kernel
def wake_scripted(s: State, portfolio: int) -> None:
    """
    Send every entry that is due, and name the time of the next.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.
    """
    state = s.strategies[portfolio]
    now = s.clock[0]["now"]
    cursor = int(state["cursor"])
    last = int(state["last"])
    while cursor < last and s.scripts[cursor]["at"] <= now:
        send_entry(s, portfolio, cursor)
        cursor += 1
    state["cursor"] = cursor
    state["next_ts"] = s.scripts[cursor]["at"] if cursor < last else -1


@kernel
def send_entry(s: State, portfolio: int, cursor: int) -> None:
    """
    Send the order of a script entry, or what it asks of another order.

    Parameters
    ----------
    s : State
        Changed in place; there is room for an order and a message. Once the data has
        ended no cancels and replaces are sent.
    portfolio : int
        Whose script it is.
    cursor : int
        The entry.
    """
    entry = s.scripts[cursor]
    if entry["cancel"] == 0:
        entry["slot"] = _send(s, portfolio, cursor)
    elif s.clock[0]["over"] == 0:
        _change(s, portfolio, cursor)


@kernel
def _send(s: State, portfolio: int, cursor: int) -> int:
    """Send the order of a script entry; return its slot."""
    entry = s.scripts[cursor]
    slot = new_order(s, portfolio, 0, int(entry["side"]), 0)
    order = s.orders[slot]
    order["order_id"] = entry["order_id"]
    order["type"] = entry["type"]
    order["time_in_force"] = entry["time_in_force"]
    order["post_only"] = entry["post_only"]
    qty, price = int(entry["qty"]), int(entry["price"])
    set_numbers(s, slot, int(entry["instrument"]), qty, price)
    stop_price, expires = int(entry["stop_price"]), int(entry["expires"])
    set_terms(s, slot, stop_price, expires, int(entry["reduce_only"]))
    submit(s, slot)
    return slot


@kernel
def _change(s: State, portfolio: int, cursor: int) -> None:
    """Cancel or replace the order of another entry."""
    entry = s.scripts[cursor]
    slot, order_id = int(s.scripts[int(entry["slot"])]["slot"]), int(entry["order_id"])
    if entry["cancel"] == 1:
        ask_cancel(s, portfolio, order_id, slot)
        return
    qty, price, stop_price = entry["qty"], entry["price"], entry["stop_price"]
    ask_replace(s, portfolio, order_id, slot, int(qty), int(price), int(stop_price))
