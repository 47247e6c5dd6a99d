"""Orders and cancels from a list: tests, and people's own order logs."""

from commonbook.core.jit import kernel
from commonbook.strategy.context import Context, send_cancel, send_order


@kernel
def wake_scripted(c: Context, portfolio: int) -> None:
    """
    Send every entry that is due, and name the time of the next.

    Parameters
    ----------
    c : Context
        Changed in place.
    portfolio : int
        Who wakes.
    """
    state = c.strategies[portfolio]
    now = c.venue.clock[0]["now"]
    cursor = int(state["cursor"])
    last = int(state["last"])
    while cursor < last and c.scripts[cursor]["at"] <= now:
        entry = c.scripts[cursor]
        if entry["cancel"] == 1:
            _cancel(c, portfolio, int(entry["slot"]), int(entry["order_id"]))
        else:
            entry["slot"] = send_order(
                c,
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
    state["next_ts"] = c.scripts[cursor]["at"] if cursor < last else -1


@kernel
def _cancel(c: Context, portfolio: int, target: int, order_id: int) -> None:
    """Cancel the order of a script entry, unless the portfolio knows that it has ended."""
    slot = int(c.scripts[target]["slot"])
    order = c.venue.orders[slot]
    if (
        order["portfolio"] == portfolio
        and order["order_id"] == order_id
        and order["known"] == 0
    ):
        send_cancel(c, slot)
    else:
        c.venue.clock[0]["work_too_late"] += 1
