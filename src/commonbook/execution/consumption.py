"""What a group has taken from a level: c, which never exceeds the displayed size."""

from commonbook.book.ladder import level_qty
from commonbook.book.lines import line_head
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.decay import consumed_now, set_consumed
from commonbook.execution.levels import close_share, open_share
from commonbook.execution.taken import take_first, take_last, take_parts


@kernel
def consume(
    s: State,
    engine: int,
    instrument: int,
    side: int,
    price: int,
    qty: int,
    latest: bool,
) -> None:
    """
    Add to an engine's consumption at a level.

    Parameters
    ----------
    s : State
        Changed in place; the pools have entries left.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that was hit.
    price : int
        Price (ticks).
    qty : int
        Lots taken, positive.
    latest : bool
        Order by order: take from the end of the line rather than from its front.
    """
    share = _open_consumption(s, engine, instrument, side, price)
    entry = s.shares[share]
    if s.books[instrument, side]["by_order"] == 1:
        head = line_head(s.ladder, s.books, s.far, instrument, side, price)
        if latest:
            left = take_last(s, share, head, qty)
        else:
            left = take_first(s, share, head, qty)
        if left > 0:
            s.clock[0]["broken"] = 1
        return
    set_consumed(s, share, consumed_now(s, share) + qty)
    displayed = level_qty(s.ladder, s.books, s.far, instrument, side, price)
    if entry["consumed"] > displayed:
        s.clock[0]["broken"] = 1  # more than the level had: liquidity from nowhere


@kernel
def consume_line(
    s: State, engine: int, instrument: int, side: int, price: int, n: int
) -> int:
    """
    Add what the tape gives of a line to an engine's consumption.

    Parameters
    ----------
    s : State
        Changed in place; the pools have entries left.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that was hit.
    price : int
        Price (ticks).
    n : int
        Entries of ``line``.

    Returns
    -------
    int
        Lots.
    """
    qty = 0
    for i in range(n):
        if s.line[i]["slot"] < 0:
            qty += int(s.line[i]["part"])
    if qty == 0:
        return 0
    if s.books[instrument, side]["by_order"] == 1:
        share = _open_consumption(s, engine, instrument, side, price)
        take_parts(s, share, n)
    else:
        consume(s, engine, instrument, side, price, qty, False)
    return qty


@kernel
def _open_consumption(
    s: State, engine: int, instrument: int, side: int, price: int
) -> int:
    """Find or make the place for what is about to be consumed."""
    share = open_share(s, engine, instrument, side, price)
    if s.shares[share]["consumed"] == 0:
        s.own[int(s.shares[share]["own"])]["n_consumed"] += 1
    return share


@kernel
def clip_consumption(s: State, own: int, displayed: int) -> None:
    """
    Lower every engine's consumption at a level to the displayed size.

    Parameters
    ----------
    s : State
        Changed in place; what becomes empty is closed.
    own : int
        The price level of ours.
    displayed : int
        Size that the tape shows now (lots).
    """
    if s.own[own]["n_consumed"] == 0:
        return
    share = int(s.own[own]["shares"])
    while share >= 0:
        following = int(s.shares[share]["next_share"])
        entry = s.shares[share]
        if entry["consumed"] > 0:
            consumed = consumed_now(s, share)
            if consumed > displayed:
                set_consumed(s, share, displayed)
            if min(consumed, displayed) == 0:
                entry["consumed"] = 0
                s.own[own]["n_consumed"] -= 1
                close_share(s, share)
        share = following
