"""A packet of the tape meets what is ours: before against after, then crossings."""

from commonbook.book.ladder import clear_side, level_qty, next_level, put_level
from commonbook.core.enums import FillFlag, Side
from commonbook.core.jit import kernel
from commonbook.execution.consumption import clip_consumption, consume
from commonbook.execution.orders import MARKET, fill_resting, is_price
from commonbook.execution.prints import budget_of
from commonbook.execution.queue_position import mention_at
from commonbook.execution.venue import Venue, consumed_at, is_better

BUY = int(Side.BUY)
SELL = int(Side.SELL)
CROSS_FILL = int(FillFlag.CROSS_FILL)


@kernel
def note_level(v: Venue, own: int, prev: int) -> None:
    """
    Remember that the packet mentioned a level where we have something.

    Parameters
    ----------
    v : Venue
        Changed in place; ``touched`` has room.
    own : int
        The price level of ours.
    prev : int
        Displayed size before the event (lots).
    """
    level = v.own[own]
    clock = v.clock[0]
    if level["seen"] == clock["packet"]:
        if clock["n_cleared"] > 0:
            _set_again(v, own)
        return
    level["seen"] = clock["packet"]
    level["prev"] = prev
    _touch(v, own, int(level["book"]), int(level["side"]), int(level["price"]), prev)


@kernel
def _touch(v: Venue, own: int, book: int, side: int, price: int, prev: int) -> None:
    clock = v.clock[0]
    touched = v.touched[clock["n_touched"]]
    clock["n_touched"] += 1
    touched["own"] = own
    touched["book"] = book
    touched["side"] = side
    touched["price"] = price
    touched["prev"] = prev
    touched["cleared"] = 0


@kernel
def _set_again(v: Venue, own: int) -> None:
    """Undo the mark of a book clear: the level was set again after it."""
    for i in range(v.clock[0]["n_touched"]):
        if v.touched[i]["own"] == own:
            v.touched[i]["cleared"] = 0


@kernel
def note_crossing(v: Venue, book: int, side: int, price: int, prev: int) -> None:
    """
    Remember a level of the tape that may cross own orders.

    Parameters
    ----------
    v : Venue
        Changed in place; ``touched`` has room.
    book : int
        Row of the book.
    side : int
        Side of the level.
    price : int
        Price (ticks).
    prev : int
        Displayed size before the event (lots).
    """
    for i in range(v.clock[0]["n_touched"]):
        touched = v.touched[i]
        if (
            touched["price"] == price
            and touched["side"] == side
            and touched["book"] == book
        ):
            return
    _touch(v, -1, book, side, price, prev)


@kernel
def set_level(v: Venue, book: int, side: int, price: int, qty: int) -> None:
    """
    Apply an event that sets a level, and note what it means to us.

    Parameters
    ----------
    v : Venue
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
    prev = put_level(v.ladder, v.books, v.far, v.own, book, side, price, qty)
    own = own_level_at(v, book, side, price)
    if own >= 0:
        note_level(v, own, prev)
    elif qty > prev and not is_better(
        1 - side, price, int(v.books[book, 1 - side]["own_best"])
    ):
        note_crossing(v, book, side, price, prev)


@kernel
def own_level_at(v: Venue, book: int, side: int, price: int) -> int:
    """
    Find our level at a price.

    Parameters
    ----------
    v : Venue
        Read only.
    book : int
        Row of the book.
    side : int
        Side of the book.
    price : int
        Price (ticks).

    Returns
    -------
    int
        The level, -1 when we have nothing there.
    """
    width = v.ladder.shape[2]
    if 0 <= price - v.books[book, side]["base"] < width:
        return int(v.ladder[book, side, price & (width - 1)]["own"])
    own = int(v.books[book, side]["own_head"])
    while own >= 0 and is_better(side, int(v.own[own]["price"]), price):
        own = int(v.own[own]["next"])
    return own if own >= 0 and v.own[own]["price"] == price else -1


@kernel
def clear_book(v: Venue, book: int) -> None:
    """
    Apply a book clear: all our levels of the instrument are mentioned.

    Parameters
    ----------
    v : Venue
        Changed in place; ``touched`` has room for every level of ours.
    book : int
        Row of the book.
    """
    for side in range(2):
        own = int(v.books[book, side]["own_head"])
        while own >= 0:
            price = int(v.own[own]["price"])
            note_level(v, own, level_qty(v.ladder, v.books, v.far, book, side, price))
            own = int(v.own[own]["next"])
        clear_side(v.ladder, v.books, v.far, book, side)
    for i in range(v.clock[0]["n_touched"]):
        if v.touched[i]["book"] == book:
            v.touched[i]["cleared"] = 1
    v.clock[0]["n_cleared"] += 1


@kernel
def _worst_price(v: Venue, book: int, side: int) -> int:
    """Find the level with size that is farthest from the touch."""
    price = int(v.books[book, side]["best"])
    while True:
        worse = next_level(v.ladder, v.books, v.far, book, side, price)
        if not is_price(worse):
            return price
        price = worse


@kernel
def reconcile(v: Venue, ts: int) -> None:
    """
    Compare the mentioned levels before against after the packet, then let new size cross.

    Parameters
    ----------
    v : Venue
        Changed in place; the buffers have room, see `crossing_room`.
    ts : int
        Time (ns).
    """
    clock = v.clock[0]
    n = clock["n_touched"]
    clock["work_mentions"] += n
    for i in range(n):
        touched = v.touched[i]
        own = int(touched["own"])
        if own < 0:
            continue
        level = v.own[own]
        if level["seen"] != clock["packet"]:  # its last order left in this packet
            touched["own"] = -1
            continue
        book, side = int(touched["book"]), int(touched["side"])
        price = int(touched["price"])
        new = level_qty(v.ladder, v.books, v.far, book, side, price)
        if touched["cleared"] == 1 and new == 0 and is_price(v.books[book, side]["best"]):
            worst = _worst_price(v, book, side)
            if is_better(side, worst, price):
                level["hidden"] = 1
                touched["prev"] = new
                continue
        if level["hidden"] == 1:
            level["hidden"] = 0
            touched["prev"] = new
        if level["n_orders"] > 0:
            mention_at(v, own, int(touched["prev"]), new)
        clip_consumption(v, own, new)
    _cross_side(v, SELL, ts)
    _cross_side(v, BUY, ts)
    clock["n_touched"] = 0
    clock["n_cleared"] = 0


@kernel
def _added(v: Venue, i: int) -> int:
    """Return the size that the packet added at a touched level, if it can cross own orders."""
    touched = v.touched[i]
    book, side, price = int(touched["book"]), int(touched["side"]), int(touched["price"])
    if is_better(1 - side, price, int(v.books[book, 1 - side]["own_best"])):
        return 0
    new = level_qty(v.ladder, v.books, v.far, book, side, price)
    return max(0, new - int(touched["prev"]))


@kernel
def _cross_side(v: Venue, side: int, ts: int) -> None:
    """Cross own orders with the levels of one side, best price first."""
    for _ in range(v.clock[0]["n_touched"]):
        chosen = -1
        for i in range(v.clock[0]["n_touched"]):
            touched = v.touched[i]
            if touched["side"] != side or _added(v, i) == 0:
                continue
            if chosen < 0 or is_better(
                side, int(touched["price"]), int(v.touched[chosen]["price"])
            ):
                chosen = i
        if chosen < 0:
            return
        _cross_level(v, chosen, _added(v, chosen), ts)
        v.touched[chosen]["prev"] = 1 << 62  # done


@kernel
def _cross_level(v: Venue, i: int, added: int, ts: int) -> None:
    """Let new size at one level meet the own orders that it reaches."""
    touched = v.touched[i]
    book, side, price = int(touched["book"]), int(touched["side"]), int(touched["price"])
    new = level_qty(v.ladder, v.books, v.far, book, side, price)
    v.clock[0]["print"] += 1  # a new budget for every engine
    own = int(v.books[book, 1 - side]["own_head"])
    while own >= 0 and not is_better(1 - side, price, int(v.own[own]["price"])):
        worse = int(v.own[own]["next"])
        share = int(v.own[own]["shares"]) if v.own[own]["n_orders"] > 0 else -1
        while share >= 0:
            following = int(v.shares[share]["next_share"])
            _cross_share(v, share, book, side, price, min(added, new), new, ts)
            share = following
        own = worse


@kernel
def _cross_share(
    v: Venue, share: int, book: int, side: int, price: int, added: int, new: int, ts: int
) -> None:
    """Fill one engine's orders at one price with new size of the other side."""
    engine = int(v.shares[share]["engine"])
    if v.shares[share]["head"] < 0 or v.engines[engine]["fill_on_cross"] == 0:
        return
    left = budget_of(v, engine, added)
    left = min(left, max(0, new - consumed_at(v, engine, book, side, price)))
    slot = int(v.shares[share]["head"])
    taken = 0
    while slot >= 0 and taken < left:
        newer = int(v.orders[slot]["next"])
        part = min(left - taken, int(v.orders[slot]["leaves"]))
        taken += part
        fill_resting(v, slot, part, MARKET, CROSS_FILL, ts)
        slot = newer
    v.engines[engine]["budget"] -= taken
    if taken > 0:
        consume(v, engine, book, side, price, taken)
