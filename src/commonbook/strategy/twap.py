"""Time-weighted average price: equal market orders at equal times."""

from commonbook.core.enums import OrderType, TimeInForce
from commonbook.core.integers import mul_div
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.strategy.verbs import send_market

MARKET = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)


@kernel
def wake_twap(s: State, portfolio: int) -> None:
    """
    Send the slice that is due, and name the time of the next.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.

    Notes
    -----
    Slice k of n is sent at ``start + k (end - start) / n`` and brings the total to
    ``qty (k + 1) / n``, both rounded down, so that the slices add up exactly.
    """
    state = s.strategies[portfolio]
    k, n = int(state["cursor"]), int(state["last"])
    total = int(state["size"])
    done, _ = mul_div(total, k, n)
    target, _ = mul_div(total, k + 1, n)
    if target > done:
        send_market(
            s,
            portfolio,
            int(state["instrument"]),
            int(state["side"]),
            target - done,
        )
    state["cursor"] = k + 1
    if k + 1 < n:
        step, _ = mul_div(int(state["end"] - state["start"]), k + 1, n)
        state["next_ts"] = state["start"] + step
    else:
        state["next_ts"] = -1
