"""What a group has taken from a level: c, which never exceeds the displayed size."""

from commonbook.book.ladder import level_qty
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.levels import close_share, open_share


@kernel
def consume(
    s: State, engine: int, instrument: int, side: int, price: int, qty: int
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
    """
    share = open_share(s, engine, instrument, side, price)
    entry = s.shares[share]
    if entry["consumed"] == 0:
        s.own[int(entry["own"])]["n_consumed"] += 1
    entry["consumed"] += qty
    displayed = level_qty(s.ladder, s.books, s.far, instrument, side, price)
    if entry["consumed"] > displayed:
        s.clock[0]["broken"] = 1  # more than the level had: liquidity from nowhere


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
        if entry["consumed"] > displayed:
            entry["consumed"] = displayed
            if displayed == 0:
                s.own[own]["n_consumed"] -= 1
                close_share(s, share)
        share = following
