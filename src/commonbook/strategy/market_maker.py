"""Quote both sides around the mid, one order a side."""

from commonbook.core.enums import OrderType, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import is_price
from commonbook.strategy.verbs import seen_touch, send_cancel, send_quote

BUY = int(Side.BUY)
SELL = int(Side.SELL)
LIMIT = int(OrderType.LIMIT)
GTC = int(TimeInForce.GTC)


@kernel
def wake_market_maker(s: State, portfolio: int) -> None:
    """
    Move the quotes to ``half_spread`` from the mid that the portfolio sees.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.

    Notes
    -----
    The bid is ``floor(mid - half_spread)`` and the ask ``ceil(mid + half_spread)``. A
    quote whose price is still right stays where it is, and so keeps its place in the
    queue. A side whose fill could take the position beyond ``max_position`` is not
    quoted. Quotes are post-only.
    """
    state = s.strategies[portfolio]
    bid, ask = seen_touch(s, portfolio, int(state["instrument"]))
    if not is_price(bid) or not is_price(ask):
        return
    mid_half = bid + ask
    half_spread = int(state["half_spread"])
    buy_price = (mid_half - half_spread) >> 1
    sell_price = -((-mid_half - half_spread) >> 1)
    state["buy_slot"] = _quote(s, portfolio, BUY, buy_price, int(state["buy_slot"]))
    state["sell_slot"] = _quote(s, portfolio, SELL, sell_price, int(state["sell_slot"]))


@kernel
def _quote(s: State, portfolio: int, side: int, price: int, slot: int) -> int:
    """Keep, move or pull the quote of one side; return its slot, -1 for none."""
    state = s.strategies[portfolio]
    account = s.accounts[portfolio, int(state["instrument"])]
    size = int(state["size"])
    position = int(account["known_position"])
    if side == SELL:
        position = -position
    wanted = state["max_position"] < 0 or position + size <= state["max_position"]
    if slot >= 0:
        if wanted and s.orders[slot]["price"] == price:
            return slot
        send_cancel(s, slot)
    if not wanted:
        return -1
    return send_quote(s, portfolio, int(state["instrument"]), side, price, size)
