"""
Who has bettered the market: the order of each side that gives first, pro rata.

An order of the tape does it for the tape, whatever an engine has in front of it; an own
order must be better than both. Only instruments with a top order come here.
"""

from commonbook.book.lines import line_head
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.levels import is_better
from commonbook.execution.terms import limit_of


@kernel
def note_own_top(s: State, share: int, slot: int) -> None:
    """
    Make an order that joins the top order of its engine, if it betters the market.

    Parameters
    ----------
    s : State
        ``tops`` is changed in place.
    share : int
        Where it is going to join.
    slot : int
        The order.
    """
    level = s.own[int(s.shares[share]["own"])]
    book, side = int(level["book"]), int(level["side"])
    if not is_better(side, int(level["price"]), int(s.books[book, side]["best"])):
        return
    at = share
    while at >= 0:
        if s.shares[at]["head"] >= 0:
            return
        at = int(s.shares[at]["better"])
    column = int(s.matchings[book, side]["column"])
    s.tops[int(s.shares[share]["engine"]), column, side] = slot


@kernel
def forget_own_top(s: State, engine: int, slot: int) -> None:
    """
    Let an order that leaves its price be the top order no more, if it was.

    Parameters
    ----------
    s : State
        ``tops`` is changed in place.
    engine : int
        Row of its engine.
    slot : int
        The order.
    """
    book, side = int(s.orders[slot]["instrument"]), int(s.orders[slot]["side"])
    column = int(s.matchings[book, side]["column"])
    if s.tops[engine, column, side] == slot:
        s.tops[engine, column, side] = -1


@kernel
def follow_best(s: State, instrument: int) -> None:
    """
    Follow a packet that has changed a best price: the tape may be the better one now.

    Parameters
    ----------
    s : State
        ``matchings`` and ``tops`` are changed in place.
    instrument : int
        Instrument; its books still remember their best prices before the packet.
    """
    column = int(s.matchings[instrument, 0]["column"])
    for side in range(2):
        book = s.books[instrument, side]
        best = int(book["best"])
        if not is_better(side, best, int(book["noted"])):
            continue
        if book["by_order"] == 1:
            order = line_head(s.ladder, s.books, s.far, instrument, side, best)
            s.matchings[instrument, side]["top"] = order
            s.matchings[instrument, side]["place"] = s.tape[0, order]["place"]
        for engine in range(s.tops.shape[0]):
            slot = int(s.tops[engine, column, side])
            if slot >= 0 and is_better(side, best, limit_of(s, slot)):
                s.tops[engine, column, side] = -1
