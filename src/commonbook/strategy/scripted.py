"""Orders and cancels from a list: tests, and people's own order logs."""

from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.possible import set_numbers
from commonbook.strategy.verbs import is_over, new_order, send_cancel, set_terms, submit


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
        entry = s.scripts[cursor]
        if entry["cancel"] == 1:
            _cancel(s, portfolio, int(entry["slot"]), int(entry["order_id"]))
        else:
            entry["slot"] = _send(s, portfolio, cursor)
        cursor += 1
    state["cursor"] = cursor
    state["next_ts"] = s.scripts[cursor]["at"] if cursor < last else -1


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
    set_terms(s, slot, int(entry["stop_price"]), int(entry["expires"]))
    submit(s, slot)
    return slot


@kernel
def _cancel(s: State, portfolio: int, target: int, order_id: int) -> None:
    """Cancel the order of an entry, unless the portfolio knows that it has ended."""
    slot = int(s.scripts[target]["slot"])
    order = s.orders[slot]
    if (
        order["portfolio"] == portfolio
        and order["order_id"] == order_id
        and not is_over(order)
    ):
        send_cancel(s, slot)
    else:
        s.clock[0]["work_too_late"] += 1
