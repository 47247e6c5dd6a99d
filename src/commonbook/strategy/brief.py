"""What a strategy is told when it wakes: numbers that its delays allow it to know."""

from commonbook.book.ladder import level_qty
from commonbook.core.book_records import HALTED
from commonbook.core.dtypes import Records
from commonbook.core.enums import Brief, Side, Wake
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import is_price
from commonbook.strategy.verbs import seen_touch, view_row

BUY = int(Side.BUY)
SELL = int(Side.SELL)
PORTFOLIO = int(Brief.PORTFOLIO)
WAKE = int(Brief.WAKE)
INSTRUMENT = int(Brief.INSTRUMENT)
BID = int(Brief.BID)
ASK = int(Brief.ASK)
BID_QTY = int(Brief.BID_QTY)
ASK_QTY = int(Brief.ASK_QTY)
POSITION = int(Brief.POSITION)
OPEN_BUY = int(Brief.OPEN_BUY)
OPEN_SELL = int(Brief.OPEN_SELL)
IS_HALTED = int(Brief.HALTED)
FIRST_EVENT = int(Brief.FIRST_EVENT)
LAST_EVENT = int(Brief.LAST_EVENT)

#: Wakes for what the tape says; without them nothing of it is told.
EVENT_WAKES = int(Wake.BOOK | Wake.TRADE)


@kernel
def write_brief(s: State, portfolio: int, row: Records) -> None:
    """
    Fill in what a portfolio sees and knows at a wake.

    Parameters
    ----------
    s : State
        The portfolio's events count as heard in place.
    portfolio : int
        Who wakes.
    row : ndarray of int64, shape (len(Brief),)
        Receives the figures, but not the range of what is told; changed in place.
    """
    owner = s.portfolios[portfolio]
    instrument = int(owner["main"])
    row[PORTFOLIO] = portfolio
    row[WAKE] = owner["reasons"]
    row[INSTRUMENT] = instrument
    book = view_row(s, portfolio, instrument)
    bid, ask = seen_touch(s, portfolio, instrument)
    row[BID] = bid
    row[ASK] = ask
    row[BID_QTY] = 0
    row[ASK_QTY] = 0
    if is_price(bid):
        row[BID_QTY] = level_qty(s.ladder, s.books, s.far, book, BUY, bid)
    if is_price(ask):
        row[ASK_QTY] = level_qty(s.ladder, s.books, s.far, book, SELL, ask)
    account = s.accounts[portfolio, instrument]
    row[POSITION] = account["known_position"]
    row[OPEN_BUY] = account["open_buy"]
    row[OPEN_SELL] = account["open_sell"]
    row[IS_HALTED] = s.books[book, BUY]["halted"] & HALTED
    heard = 0
    if owner["wakes"] & EVENT_WAKES:
        heard = int(s.views[int(owner["view"])]["heard"])
    row[FIRST_EVENT] = owner["first_event"]
    row[LAST_EVENT] = max(heard, int(owner["first_event"]))
    owner["first_event"] = row[LAST_EVENT]
