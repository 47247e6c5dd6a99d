"""Take when one side of the touch is much larger than the other."""

from commonbook.book.ladder import level_qty
from commonbook.core.enums import OrderType, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import is_price
from commonbook.strategy.verbs import seen_touch, send_market, view_row

BUY = int(Side.BUY)
SELL = int(Side.SELL)
MARKET = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)


@kernel
def wake_imbalance_taker(s: State, portfolio: int) -> None:
    """
    Buy when bids outweigh asks at the touch by the threshold, sell in the opposite
    case.

    Parameters
    ----------
    s : State
        Changed in place.
    portfolio : int
        Who wakes.

    Notes
    -----
    The signal is ``(bid size - ask size) / (bid size + ask size)``, a predictor of the
    next price move. Nothing is sent while an earlier order is not known to have ended,
    or when the position would go beyond ``max_position``.

    References
    ----------
    M. Gould, J. Bonart, "Queue imbalance as a one-tick-ahead price predictor in a limit
    order book", Market Microstructure and Liquidity 2(2), 2016.
    """
    state = s.strategies[portfolio]
    instrument = int(state["instrument"])
    account = s.accounts[portfolio, instrument]
    if account["open_buy"] > 0 or account["open_sell"] > 0:
        return
    bid, ask = seen_touch(s, portfolio, instrument)
    if not is_price(bid) or not is_price(ask):
        return
    row = view_row(s, portfolio, instrument)
    bid_qty = level_qty(s.ladder, s.books, s.far, row, BUY, bid)
    ask_qty = level_qty(s.ladder, s.books, s.far, row, SELL, ask)
    edge = float(state["threshold"]) * float(bid_qty + ask_qty)
    size = int(state["size"])
    limit = int(state["max_position"])
    position = int(account["known_position"])
    side = -1
    if bid_qty - ask_qty >= edge and (limit < 0 or position + size <= limit):
        side = BUY
    elif ask_qty - bid_qty >= edge and (limit < 0 or size - position <= limit):
        side = SELL
    if side >= 0:
        send_market(s, portfolio, instrument, side, size)
