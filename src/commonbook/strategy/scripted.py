"""Orders and cancels from a list: tests, and people's own order logs."""

from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.verbs import send_cancel, send_order


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
            entry["slot"] = send_order(
                s,
                portfolio,
                int(entry["instrument"]),
                int(entry["side"]),
                int(entry["type"]),
                int(entry["time_in_force"]),
                int(entry["post_only"]),
                int(entry["price"]),
                int(entry["qty"]),
                int(entry["order_id"]),
            )
        cursor += 1
    state["cursor"] = cursor
    state["next_ts"] = s.scripts[cursor]["at"] if cursor < last else -1


@kernel
def _cancel(s: State, portfolio: int, target: int, order_id: int) -> None:
    """Cancel the order of a script entry, unless the portfolio knows that it has ended."""
    slot = int(s.scripts[target]["slot"])
    order = s.orders[slot]
    if (
        order["portfolio"] == portfolio
        and order["order_id"] == order_id
        and order["known"] == 0
    ):
        send_cancel(s, slot)
    else:
        s.clock[0]["work_too_late"] += 1
