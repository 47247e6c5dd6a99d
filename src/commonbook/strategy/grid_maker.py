"""Quote a grid of prices on both sides of the mid."""

from commonbook.core.enums import Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import is_price
from commonbook.strategy.verbs import seen_touch, send_cancel, send_quote

BUY = int(Side.BUY)
SELL = int(Side.SELL)

#: Most levels of one side: one bit for each.
MAX_LEVELS = 60


@kernel
def wake_grid_maker(s: State, portfolio: int) -> None:
    """
    Move the quotes to the grid around the mid that the portfolio sees.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.

    Notes
    -----
    The grid consists of the multiples of ``interval``: the first bid is the highest one
    at or below ``mid - half_spread``, the first ask the lowest one at or above ``mid +
    half_spread``, and ``levels`` are quoted on each side. A quote whose price is still
    on the grid stays where it is. Only as many levels are quoted as could all be filled
    without leaving ``max_position``. A price is not quoted anew before the portfolio
    knows that its last quote there has ended. Quotes are post-only.
    """
    state = s.strategies[portfolio]
    bid, ask = seen_touch(s, portfolio, int(state["instrument"]))
    if not is_price(bid) or not is_price(ask):
        return
    interval = int(state["interval"])
    mid_half = bid + ask
    half_spread = int(state["half_spread"])
    buy_price = (mid_half - half_spread) // (2 * interval) * interval
    sell_price = -((-mid_half - half_spread) // (2 * interval)) * interval
    buys = _levels(s, portfolio, BUY)
    sells = _levels(s, portfolio, SELL)
    n_mine = int(s.portfolios[portfolio]["n_mine"])
    if (
        state["buy_price"] == buy_price
        and state["sell_price"] == sell_price
        and state["buys"] == buys
        and state["sells"] == sells
        and state["cursor"] == n_mine
    ):
        return  # nothing has moved and nothing has ended: all quotes are where they are
    state["buy_price"] = buy_price
    state["sell_price"] = sell_price
    state["buys"] = buys
    state["sells"] = sells
    _regrid(s, portfolio)
    state["cursor"] = s.portfolios[portfolio]["n_mine"]


@kernel
def _levels(s: State, portfolio: int, side: int) -> int:
    """Count the levels of one side that may all be filled."""
    state = s.strategies[portfolio]
    levels = int(state["levels"])
    if state["max_position"] < 0:
        return levels
    account = s.accounts[portfolio, int(state["instrument"])]
    position = int(account["known_position"])
    if side == SELL:
        position = -position
    room = int(state["max_position"]) - position
    return min(levels, max(0, room // int(state["size"])))


@kernel
def _regrid(s: State, portfolio: int) -> None:
    """Cancel what is off the grid, quote what is missing on it."""
    state = s.strategies[portfolio]
    interval = int(state["interval"])
    quoted_buys, quoted_sells = 0, 0
    slot = int(s.portfolios[portfolio]["first_mine"])
    while slot >= 0:
        order = s.orders[slot]
        following = int(order["next_mine"])
        if order["side"] == BUY:
            distance = int(state["buy_price"]) - int(order["price"])
            levels = int(state["buys"])
        else:
            distance = int(order["price"]) - int(state["sell_price"])
            levels = int(state["sells"])
        place = distance if interval == 1 else distance // interval  # a slow division
        if place * interval == distance and 0 <= place < levels:
            if order["side"] == BUY:
                quoted_buys |= 1 << place
            else:
                quoted_sells |= 1 << place
        elif order["cancels"] == 0:
            send_cancel(s, slot)
        slot = following
    instrument, size = int(state["instrument"]), int(state["size"])
    for place in range(state["buys"]):
        if quoted_buys >> place & 1 == 0:
            price = int(state["buy_price"]) - place * interval
            send_quote(s, portfolio, instrument, BUY, price, size)
    for place in range(state["sells"]):
        if quoted_sells >> place & 1 == 0:
            price = int(state["sell_price"]) + place * interval
            send_quote(s, portfolio, instrument, SELL, price, size)
