"""
Halts of an instrument and clears of its book, as far as they concern what is ours.

A packet only notes them. They act at its end: prints of the packet still find the
market as it was before.
"""

from commonbook.core.book_records import HALTED, HALTING, RESUMING, WIPED
from commonbook.core.enums import Action, OrderState, Reason, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.levels import own_level_at
from commonbook.execution.orders import end_order, leave_level
from commonbook.execution.pro_rata_line import shown_before
from commonbook.execution.queue_updates import print_anywhere_at, print_at
from commonbook.execution.stops import (
    stop_waiting,
    trigger_as_on_arrival,
    trigger_by_touch,
)

HALT = int(Action.HALT)
BUY = int(Side.BUY)
NONE = int(Side.NONE)
WAITING = int(OrderState.WAITING)
CANCELLED = int(OrderState.CANCELLED)
BY_HALT = int(Reason.HALTED)
BY_CLEAR = int(Reason.BOOK_CLEARED)


@kernel
def is_halted(s: State, instrument: int) -> bool:
    """
    Say whether trading in an instrument was halted before the current packet.

    Parameters
    ----------
    s : State
        Read only.
    instrument : int
        Instrument.

    Returns
    -------
    bool
        False while the packet that halts it is applied.
    """
    return bool(s.books[instrument, BUY]["halted"] & HALTED)


@kernel
def note_halt(s: State, instrument: int, action: int) -> None:
    """
    Note an event that halts an instrument or lets it resume.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    action : int
        Action of the event.
    """
    book = s.books[instrument, BUY]
    if action == HALT:
        book["halted"] = (book["halted"] & HALTED) | HALTING
    elif book["halted"] != 0:
        book["halted"] |= RESUMING
    s.clock[0]["n_cleared"] += 1


@kernel
def print_in_halt(
    s: State, instrument: int, aggressor: int, price: int, qty: int
) -> None:
    """
    Let a print lower the queue estimates at its price; it fills nothing.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    aggressor : int
        Side of the aggressor, ``Side.NONE`` when it is unknown.
    price : int
        Price (ticks).
    qty : int
        Size of the print (lots).
    """
    if aggressor == NONE or s.books[instrument, BUY]["by_order"] == 1:
        return  # order by order what is ahead is counted anew after the packet
    own = own_level_at(s, instrument, 1 - aggressor, price)
    if own < 0 or s.own[own]["n_orders"] == 0:
        return
    if s.matchings[instrument, BUY]["pro_rata"] == 1:
        print_anywhere_at(s, own, qty, shown_before(s, own))
    else:
        print_at(s, own, qty)


@kernel
def begin_halts(s: State) -> None:
    """
    Let the clears and halts of a packet take our orders away, where they are to.

    Parameters
    ----------
    s : State
        Changed in place; an instrument that resumes is marked so until `end_halts`.
    """
    for instrument in range(s.mids.shape[0]):
        book = s.books[instrument, BUY]
        if book["cleared"] == WIPED:
            _withdraw_all(s, instrument, BY_CLEAR)
        if book["halted"] & HALTING:
            _withdraw_all(s, instrument, BY_HALT)
        if book["halted"] & RESUMING:
            book["halted"] = RESUMING
        elif book["halted"] != 0:
            book["halted"] = HALTED


@kernel
def end_halts(s: State) -> None:
    """
    Let trade what resumes, once its book has met our orders; judge stops.

    Parameters
    ----------
    s : State
        Changed in place.
    """
    for instrument in range(s.mids.shape[0]):
        book = s.books[instrument, BUY]
        if book["halted"] == RESUMING:
            book["halted"] = 0
            trigger_as_on_arrival(s, instrument)
        elif book["halted"] == 0:
            trigger_by_touch(s, instrument, int(s.clock[0]["now"]))


@kernel
def _goes(s: State, slot: int, reason: int) -> bool:
    """Say whether an order does not survive a halt, or a clear."""
    engine = s.engines[int(s.portfolios[int(s.orders[slot]["portfolio"])]["engine"])]
    if reason == BY_CLEAR:
        return bool(engine["cancel_on_clear"] == 1)
    return bool(engine["cancel_on_halt"] == 1)


@kernel
def _withdraw_all(s: State, instrument: int, reason: int) -> None:
    """Cancel what rests or waits, in every engine that wants it so."""
    for side in range(2):
        own = int(s.books[instrument, side]["own_head"])
        while own >= 0:
            worse = int(s.own[own]["next"])
            share = int(s.own[own]["shares"]) if s.own[own]["n_orders"] > 0 else -1
            while share >= 0:
                following = int(s.shares[share]["next_share"])
                _withdraw_share(s, share, reason)
                share = following
            own = worse
    _withdraw_triggered(s, instrument, reason)
    for kind in range(s.stops.shape[0]):
        for side in range(2):
            number = int(s.stops[kind, instrument, side]["head"])
            while number >= 0:
                following = int(s.terms[number]["next"])
                slot = int(s.terms[number]["slot"])
                if _goes(s, slot, reason):
                    stop_waiting(s, slot)
                    end_order(s, slot, CANCELLED, reason)
                number = following


@kernel
def _withdraw_share(s: State, share: int, reason: int) -> None:
    """Cancel the orders of one engine at one price, oldest first."""
    slot = int(s.shares[share]["head"])
    while slot >= 0 and _goes(s, slot, reason):
        newer = int(s.orders[slot]["next"])
        leave_level(s, slot)
        end_order(s, slot, CANCELLED, reason)
        slot = newer


@kernel
def _withdraw_triggered(s: State, instrument: int, reason: int) -> None:
    """Cancel the stops that are triggered and wait for their batch."""
    clock = s.clock[0]
    kept = 0
    for i in range(clock["n_triggered"]):
        slot = int(s.ready[1, i])
        order = s.orders[slot]
        waits = order["state"] == WAITING and order["instrument"] == instrument
        if waits and _goes(s, slot, reason):
            end_order(s, slot, CANCELLED, reason)
        else:
            s.ready[1, kept] = slot
            kept += 1
    clock["n_triggered"] = kept
