"""A packet of the tape meets what is ours: before against after, then crossings."""

from commonbook.book.depth import (
    clear_side,
    depth_mark,
    hide_level,
    settle_depth,
    worst_price,
)
from commonbook.book.ladder import level_qty, next_level, put_level
from commonbook.core.book_records import AGAIN, ASSUMED, HIDDEN, RESUMING, WIPED
from commonbook.core.enums import FillFlag, Flag, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.consumption import clip_consumption, consume
from commonbook.execution.halts import begin_halts, end_halts
from commonbook.execution.levels import (
    close_share,
    consumed_at,
    is_better,
    own_level_at,
)
from commonbook.execution.orders import is_price
from commonbook.execution.prints import budget_of
from commonbook.execution.pro_rata_line import divide_own, fill_own
from commonbook.execution.queue_updates import count_anew, mention_at
from commonbook.execution.segments import give_in_turn
from commonbook.execution.taken import follow_changes, move_consumption
from commonbook.execution.tape_orders import clear_orders
from commonbook.execution.touched import note_crossing, note_own

BUY = int(Side.BUY)
SELL = int(Side.SELL)
CROSS_FILL = int(FillFlag.CROSS_FILL)
SNAPSHOT = int(Flag.SNAPSHOT)


@kernel
def set_level(s: State, book: int, side: int, price: int, qty: int) -> None:
    """
    Apply an event that sets a level, and note what it means to us.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room.
    book : int
        Row of the book.
    side : int
        Side of the level.
    price : int
        Price (ticks).
    qty : int
        New size (lots).
    """
    mark = depth_mark(s.ladder, s.books, s.far, book, side, price)
    returned = 1 if mark == HIDDEN else 0
    prev = put_level(s.ladder, s.books, s.far, s.own, book, side, price, qty)
    own = own_level_at(s, book, side, price)
    if own >= 0:
        note_own(s, own, prev, returned, 0)
    elif not is_better(1 - side, price, int(s.books[book, 1 - side]["own_best"])):
        note_crossing(s, book, side, price, prev, returned)


@kernel
def mention_alone(s: State, own: int, prev: int, new: int) -> None:
    """
    Apply a packet that set one level, ours and shown, and could cross no order of ours.

    This is what most packets at our prices are; it does what `set_level` and
    `reconcile` would do.

    Parameters
    ----------
    s : State
        Changed in place.
    own : int
        The price level of ours.
    prev : int
        Displayed size before the packet (lots).
    new : int
        Displayed size after the packet (lots).
    """
    s.clock[0]["work_mentions"] += 1
    level = s.own[own]
    if level["n_orders"] > 0:
        mention_at(s, own, prev, new)
    if level["n_consumed"] > 0:
        clip_consumption(s, own, new)


@kernel
def leave_depth(s: State, book: int, side: int, price: int) -> None:
    """
    Apply an event that says that a level has left the feed's depth: no mention of it.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room.
    book : int
        Row of the book.
    side : int
        Side of the level.
    price : int
        Price (ticks).
    """
    prev = level_qty(s.ladder, s.books, s.far, book, side, price)
    if prev == 0:  # it is not shown, perhaps because it has left before
        return
    put_level(s.ladder, s.books, s.far, s.own, book, side, price, 0)
    hide_level(s.ladder, s.books, s.far, book, side, price)
    own = own_level_at(s, book, side, price)
    if own >= 0:
        note_own(s, own, prev, 0, 1)
    elif not is_better(1 - side, price, int(s.books[book, 1 - side]["own_best"])):
        note_crossing(s, book, side, price, prev, 0)  # the packet may bring it back


@kernel
def clear_book(s: State, book: int, flags: int) -> None:
    """
    Apply a book clear: all our levels of the instrument are mentioned.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room for every level.
    book : int
        Row of the book.
    flags : int
        Flag bits of the event.
    """
    for side in range(2):
        own = int(s.books[book, side]["own_head"])
        while own >= 0:
            price = int(s.own[own]["price"])
            prev = level_qty(s.ladder, s.books, s.far, book, side, price)
            mark = depth_mark(s.ladder, s.books, s.far, book, side, price)
            note_own(s, own, prev, 1 if mark == HIDDEN else 0, 1)
            own = int(s.own[own]["next"])
        _note_crossing_levels(s, book, side)
        if s.books[book, side]["by_order"] == 1:
            clear_orders(s, book, side)
        clear_side(s.ladder, s.books, s.far, book, side)
    cleared = s.books[book, BUY]
    if cleared["cleared"] != WIPED:
        cleared["cleared"] = AGAIN if flags & SNAPSHOT else WIPED
    s.clock[0]["n_cleared"] += 1


@kernel
def _note_crossing_levels(s: State, book: int, side: int) -> None:
    """Remember the levels that stand at or through own orders, before a clear."""
    price = int(s.books[book, side]["best"])
    while reaches_own(s, book, side, price):
        if own_level_at(s, book, side, price) < 0:
            prev = level_qty(s.ladder, s.books, s.far, book, side, price)
            note_crossing(s, book, side, price, prev, 0)
        price = next_level(s.ladder, s.books, s.far, book, side, price)


@kernel
def reconcile(s: State) -> None:
    """
    Compare mentioned levels before against after, then let new size cross.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room, as `finish_packet` ensures.
    """
    clock = s.clock[0]
    breaks = clock["n_cleared"]
    if breaks > 0:
        begin_halts(s)
        _settle_cleared(s)
    if clock["n_changes"] > 0:
        follow_changes(s)
    n = clock["n_touched"]
    clock["work_mentions"] += n
    for i in range(n):
        own = int(s.touched[i]["own"])
        if own < 0:
            continue
        if s.own[own]["seen"] != clock["packet"]:  # its last order left in this packet
            s.touched[i]["own"] = -1
        else:
            _mention(s, i)
    _cross_side(s, SELL)
    _cross_side(s, BUY)
    if breaks > 0:
        _cross_resumed(s)
        end_halts(s)
    clock["n_touched"] = 0


@kernel
def _settle_cleared(s: State) -> None:
    """Decide for each cleared book which levels have left the feed's depth."""
    for book in range(s.mids.shape[0]):
        if s.books[book, BUY]["cleared"] != 0:
            s.books[book, BUY]["cleared"] = 0
            for side in range(2):
                worst = worst_price(s.ladder, s.books, s.far, book, side)
                settle_depth(s.ladder, s.books, s.far, book, side, worst)
    s.clock[0]["n_cleared"] = 0


@kernel
def _mention(s: State, i: int) -> None:
    """Update what is ours at a touched level: queue positions, then consumption."""
    touched = s.touched[i]
    own = int(touched["own"])
    book, side = int(touched["book"]), int(touched["side"])
    price = int(touched["price"])
    if s.books[book, side]["by_order"] == 1:
        count_anew(s, own)
        if s.own[own]["pending"] == 1:
            _move_consumption(s, own)
        return
    if touched["cleared"] == 1:
        mark = depth_mark(s.ladder, s.books, s.far, book, side, price)
        if mark == HIDDEN or (touched["prev"] == 0 and touched["returned"] == 0):
            return
    new = level_qty(s.ladder, s.books, s.far, book, side, price)
    if touched["returned"] == 1:
        touched["prev"] = new
    if s.own[own]["n_orders"] > 0:
        mention_at(s, own, int(touched["prev"]), new)
    clip_consumption(s, own, new)


@kernel
def _move_consumption(s: State, own: int) -> None:
    """Let consumption that lost its tape orders find others, in every engine."""
    level = s.own[own]
    book, side = int(level["book"]), int(level["side"])
    level["pending"] = 0
    level["n_consumed"] = 0
    share = int(level["shares"])
    while share >= 0:
        following = int(s.shares[share]["next_share"])
        move_consumption(s, share, book, side)
        if s.shares[share]["consumed"] > 0:
            level["n_consumed"] += 1
        else:
            close_share(s, share)
        share = following


@kernel
def _added(s: State, i: int) -> int:
    """Return the size added at a touched level, if it can cross own orders."""
    touched = s.touched[i]
    book, side, price = (
        int(touched["book"]),
        int(touched["side"]),
        int(touched["price"]),
    )
    if is_better(1 - side, price, int(s.books[book, 1 - side]["own_best"])):
        return 0
    if touched["returned"] == 1 or s.books[book, BUY]["halted"] != 0:
        return 0
    if s.books[book, side]["by_order"] & ASSUMED:
        return 0
    new = level_qty(s.ladder, s.books, s.far, book, side, price)
    return max(0, new - int(touched["prev"]))


@kernel
def _cross_side(s: State, side: int) -> None:
    """Cross own orders with the levels of one side, best price first."""
    for _ in range(s.clock[0]["n_touched"]):
        chosen = -1
        for i in range(s.clock[0]["n_touched"]):
            touched = s.touched[i]
            if touched["side"] != side or _added(s, i) == 0:
                continue
            if chosen < 0 or is_better(
                side, int(touched["price"]), int(s.touched[chosen]["price"])
            ):
                chosen = i
        if chosen < 0:
            return
        touched = s.touched[chosen]
        book, price = int(touched["book"]), int(touched["price"])
        _cross_level(s, book, side, price, _added(s, chosen))
        s.touched[chosen]["prev"] = 1 << 62  # done


@kernel
def _cross_resumed(s: State) -> None:
    """Let all size of the books that resume meet the own orders that it reaches."""
    for book in range(s.mids.shape[0]):
        if s.books[book, BUY]["halted"] != RESUMING:
            continue
        for side in (SELL, BUY):
            price = int(s.books[book, side]["best"])
            while reaches_own(s, book, side, price):
                size = level_qty(s.ladder, s.books, s.far, book, side, price)
                _cross_level(s, book, side, price, size)
                price = next_level(s.ladder, s.books, s.far, book, side, price)


@kernel
def reaches_own(s: State, book: int, side: int, price: int) -> bool:
    """
    Say whether a level stands at or through the best price of ours on the other side.

    Parameters
    ----------
    s : State
        Read only.
    book : int
        Row of the book.
    side : int
        Side of the level.
    price : int
        Price (ticks), or the mark for none.

    Returns
    -------
    bool
        False where there is no level.
    """
    reach = int(s.books[book, 1 - side]["own_best"])
    return is_price(price) and not is_better(1 - side, price, reach)


@kernel
def _cross_level(s: State, book: int, side: int, price: int, added: int) -> None:
    """Let new size at one level meet the own orders that it reaches."""
    new = level_qty(s.ladder, s.books, s.far, book, side, price)
    s.clock[0]["print"] += 1  # a new budget for every engine
    own = int(s.books[book, 1 - side]["own_head"])
    while own >= 0 and not is_better(1 - side, price, int(s.own[own]["price"])):
        worse = int(s.own[own]["next"])
        share = int(s.own[own]["shares"]) if s.own[own]["n_orders"] > 0 else -1
        while share >= 0:
            following = int(s.shares[share]["next_share"])
            _cross_share(s, share, book, side, price, min(added, new), new)
            share = following
        own = worse


@kernel
def _cross_share(
    s: State,
    share: int,
    book: int,
    side: int,
    price: int,
    added: int,
    new: int,
) -> None:
    """Fill one engine's orders at one price with new size of the other side."""
    engine = int(s.shares[share]["engine"])
    if s.shares[share]["head"] < 0 or s.engines[engine]["fill_on_cross"] == 0:
        return
    left = budget_of(s, engine, added)
    left = min(left, max(0, new - consumed_at(s, engine, book, side, price)))
    if s.matchings[book, 1 - side]["pro_rata"] == 1:
        taken = fill_own(s, divide_own(s, share, left), CROSS_FILL)
    else:
        taken = give_in_turn(s, share, left, CROSS_FILL)
    s.engines[engine]["budget"] -= taken
    if taken > 0:
        consume(s, engine, book, side, price, taken, True)
