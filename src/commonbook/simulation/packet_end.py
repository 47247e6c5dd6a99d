"""The end of a packet: room for what it may cause, then its effect on what is ours."""

from commonbook.book.ladder import next_level
from commonbook.core.book_records import RESUMING
from commonbook.core.enums import Phase, Side, Status
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.packets import reaches_own, reconcile
from commonbook.execution.taken import line_length
from commonbook.simulation.room import OK, room_for, room_for_line, room_to_share
from commonbook.simulation.settle import settle

BUY = int(Side.BUY)
PACKETS = int(Phase.PACKETS)
OVERFLOW = int(Status.OVERFLOW)
GROW_LEVELS = int(Status.GROW_LEVELS)
GROW_TAKEN = int(Status.GROW_TAKEN)


@kernel
def finish_packet(s: State) -> int:
    """
    Let the packet that has just been applied act on what is ours.

    Parameters
    ----------
    s : State
        Changed in place; ``CLOCK.phase`` goes back to packets when it is done.

    Returns
    -------
    int
        ``OK``, or the Status that asks Python for more room.
    """
    clock = s.clock[0]
    fills = 0
    named = 0
    ends = 0
    for i in range(clock["n_touched"]):
        touched = s.touched[i]
        book, side = int(touched["book"]), int(touched["side"])
        price = int(touched["price"])
        moving = 0
        if clock["n_changes"] > 0 and touched["own"] >= 0:
            moving = int(s.own[int(touched["own"])]["n_consumed"])
        reached, orders = _meetings(s, book, side, price, moving)
        fills += reached
        named += orders
    if clock["n_cleared"] > 0:
        ends = int(s.orders.shape[0] - clock["left_orders"])
        reached, orders = _meetings_of_resumed(s)
        fills += reached
        named += orders
    if clock["left_taken"] < named:
        clock["need"] = named
        return GROW_TAKEN
    status = _room_for_fills(s, fills, ends)
    if status != OK:
        return status
    clock["need"] = fills
    if clock["left_own"] < fills or clock["left_shares"] < fills:
        return GROW_LEVELS
    reconcile(s)
    clock["packet"] += 1
    clock["phase"] = PACKETS
    return OK if settle(s) else OVERFLOW


@kernel
def count_reached(s: State, book: int, aggressor: int, price: int) -> int:
    """
    Count the own orders that a print, or new size, at a price can reach.

    Parameters
    ----------
    s : State
        Read only.
    book : int
        Row of the book.
    aggressor : int
        Side of the print or of the size, ``Side.NONE`` when it is unknown.
    price : int
        Price (ticks).

    Returns
    -------
    int
        Orders of all engines.
    """
    n = 0
    for side in range(2):
        if side == aggressor:
            continue
        own = int(s.books[book, side]["own_head"])
        while own >= 0:
            here = int(s.own[own]["price"])
            if here < price if side == BUY else here > price:
                break
            n += int(s.own[own]["n_orders"])
            own = int(s.own[own]["next"])
    return n


@kernel
def _room_for_fills(s: State, fills: int, ends: int) -> int:
    """Check the room for fills in any book, and for orders that end without any."""
    status = room_for(s, fills, fills + ends, 0)
    if status == OK:
        status = room_to_share(s, fills)
    if fills > 0:
        for book in range(s.mids.shape[0]):
            if status == OK:
                status = room_for_line(s, book, fills)
    return status


@kernel
def _meetings(
    s: State, book: int, side: int, price: int, moving: int
) -> tuple[int, int]:
    """Count the most fills of size at a level, and the tape orders it may consume."""
    # New size is like a print on the other side's orders, and it may be consumed.
    reached = count_reached(s, book, side, price)
    if s.books[book, side]["by_order"] == 0:
        return reached, 0
    engines = min(reached, s.engines.shape[0]) + moving
    if engines == 0:
        return reached, 0
    return reached, engines * line_length(s, book, side, price)


@kernel
def _meetings_of_resumed(s: State) -> tuple[int, int]:
    """Count the same for all levels that our orders may meet when trading goes on."""
    fills, named = 0, 0
    for book in range(s.mids.shape[0]):
        if not s.books[book, BUY]["halted"] & RESUMING:
            continue
        for side in range(2):
            price = int(s.books[book, side]["best"])
            while reaches_own(s, book, side, price):
                reached, orders = _meetings(s, book, side, price, 0)
                fills += reached
                named += orders
                price = next_level(s.ladder, s.books, s.far, book, side, price)
    return fills, named
