"""Take when one side of the touch is much larger than the other."""

from commonbook.book.ladder import level_qty
from commonbook.core.enums import OrderType, Side, TimeInForce
from commonbook.core.jit import kernel
from commonbook.execution.orders import is_price
from commonbook.strategy.context import Context, send_order, view_row

BUY = int(Side.BUY)
SELL = int(Side.SELL)
MARKET = int(OrderType.MARKET)
IOC = int(TimeInForce.IOC)


@kernel
def wake_imbalance_taker(c: Context, portfolio: int) -> None:
    """
    Buy when bids outweigh asks at the touch by the threshold, sell in the opposite case.

    Parameters
    ----------
    c : Context
        Changed in place.
    portfolio : int
        Who wakes.

    Notes
    -----
    The signal is ``(bid size - ask size) / (bid size + ask size)``, a predictor of the next price move. Nothing is sent while an
    earlier order is not known to have ended, or when the position would go beyond ``max_position``.

    References
    ----------
    M. Gould, J. Bonart, "Queue imbalance as a one-tick-ahead price predictor in a limit order book",
    Market Microstructure and Liquidity 2(2), 2016.
    """
    state = c.strategies[portfolio]
    instrument = int(state["instrument"])
    account = c.accounts[portfolio, instrument]
    if account["open_buy"] > 0 or account["open_sell"] > 0:
        return
    v = c.venue
    row = view_row(c, portfolio, instrument)
    bid = int(v.books[row, BUY]["best"])
    ask = int(v.books[row, SELL]["best"])
    if not is_price(bid) or not is_price(ask):
        return
    bid_qty = level_qty(v.ladder, v.books, v.far, row, BUY, bid)
    ask_qty = level_qty(v.ladder, v.books, v.far, row, SELL, ask)
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
        send_order(c, portfolio, instrument, side, MARKET, IOC, 0, 0, size, 0)
