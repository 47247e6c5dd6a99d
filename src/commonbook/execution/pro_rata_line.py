"""
Who stands in line at a price that is matched in proportion to size, and what they give.

The line is listed in ``State.line``: what an engine sees of the tape there, and its own
orders, in the order of time. Callers have made sure of room for it.
"""

from commonbook.book.ladder import level_qty
from commonbook.book.lines import line_head
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.decay import consumed_now
from commonbook.execution.pro_rata import divide_line
from commonbook.execution.queue_model import lots_ahead
from commonbook.execution.queue_position import ahead_of, most_ahead, queue_of
from commonbook.execution.reduce_only import give
from commonbook.execution.taken import taken_of


@kernel
def divide_level(
    s: State,
    engine: int,
    share: int,
    instrument: int,
    side: int,
    price: int,
    tape: int,
    qty: int,
) -> int:
    """
    List all who stand at a price, and let them give to an incoming quantity.

    Parameters
    ----------
    s : State
        ``line`` is written; orders may be pointed to their live queue entries.
    engine : int
        Row of the engine.
    share : int
        What the engine has there, -1 for nothing.
    instrument : int
        Instrument.
    side : int
        Side of the book.
    price : int
        Price (ticks).
    tape : int
        Tape size there, where the tape does not name its orders (lots).
    qty : int
        What comes (lots).

    Returns
    -------
    int
        Entries of the line.
    """
    if s.books[instrument, side]["by_order"] == 1:
        head = line_head(s.ladder, s.books, s.far, instrument, side, price)
        n = _list_named(s, share, head)
    else:
        n = _list_nameless(s, share, tape)
    _divide(s, n, engine, instrument, side, qty)
    return n


@kernel
def divide_own(s: State, share: int, qty: int) -> int:
    """
    Let the orders of one engine at a price give, whatever tape size is there.

    Parameters
    ----------
    s : State
        ``line`` is written.
    share : int
        What the engine has there.
    qty : int
        What comes (lots).

    Returns
    -------
    int
        Entries of the line.
    """
    n = 0
    slot = int(s.shares[share]["head"])
    while slot >= 0:
        n = _list_own(s, n, slot)
        slot = int(s.orders[slot]["next"])
    level = s.own[int(s.shares[share]["own"])]
    engine = int(s.shares[share]["engine"])
    _divide(s, n, engine, int(level["book"]), int(level["side"]), qty)
    return n


@kernel
def divide_print(s: State, share: int, qty: int) -> int:
    """
    Let all who stand at a price give to what a print brings there.

    Parameters
    ----------
    s : State
        ``line`` is written; orders may be pointed to their live queue entries.
    share : int
        What the engine has there.
    qty : int
        What comes (lots).

    Returns
    -------
    int
        Entries of the line.
    """
    entry = s.shares[share]
    level = s.own[int(entry["own"])]
    book, side = int(level["book"]), int(level["side"])
    tape = 0
    if s.books[book, side]["by_order"] == 0:
        tape = shown_before(s, int(entry["own"])) - consumed_now(s, share)
        tape = max(tape - _printed(s, share), most_ahead(s, share))
    engine, price = int(entry["engine"]), int(entry["price"])
    return divide_level(s, engine, share, book, side, price, tape, qty)


@kernel
def shown_before(s: State, own: int) -> int:
    """
    Read what a level displayed before the current packet.

    Parameters
    ----------
    s : State
        Read only.
    own : int
        The price level of ours.

    Returns
    -------
    int
        Lots.
    """
    level = s.own[own]
    if level["seen"] == s.clock[0]["packet"]:
        return int(s.touched[int(level["touched"])]["prev"])
    return level_qty(
        s.ladder,
        s.books,
        s.far,
        int(level["book"]),
        int(level["side"]),
        int(level["price"]),
    )


@kernel
def fill_own(s: State, n: int, flags: int) -> int:
    """
    Let the market fill the own orders of the line by their parts.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    n : int
        Entries of the line.
    flags : int
        FillFlag bits.

    Returns
    -------
    int
        Lots filled.
    """
    filled = 0
    for i in range(n):
        entry = s.line[i]
        part = int(entry["part"])
        if entry["slot"] >= 0 and part > 0:
            filled += give(s, int(entry["slot"]), part, flags)
    return filled


@kernel
def _printed(s: State, share: int) -> int:
    """Read what was printed since the level was mentioned, as the oldest orders saw."""
    printed = 0
    slot = int(s.shares[share]["head"])
    while slot >= 0:
        printed = max(printed, int(s.queues[queue_of(s, slot)]["traded"]))
        slot = int(s.orders[slot]["next"])
    return printed


@kernel
def _list_named(s: State, share: int, head: int) -> int:
    """List tape orders, and own orders behind those that were there before them."""
    n = 0
    order = head
    slot = int(s.shares[share]["head"]) if share >= 0 else -1
    while slot >= 0:
        place = s.queues[queue_of(s, slot)]["place"]
        while order >= 0 and s.tape[0, order]["place"] < place:
            n = _list_tape(s, n, _left_of(s, share, order), order)
            order = int(s.tape[0, order]["next"])
        n = _list_own(s, n, slot)
        slot = int(s.orders[slot]["next"])
    while order >= 0:
        n = _list_tape(s, n, _left_of(s, share, order), order)
        order = int(s.tape[0, order]["next"])
    return n


@kernel
def _list_nameless(s: State, share: int, tape: int) -> int:
    """List own orders, and tape size before them as far as it may be ahead."""
    n, ahead = 0, 0
    slot = int(s.shares[share]["head"]) if share >= 0 else -1
    while slot >= 0:
        reach = min(tape, lots_ahead(ahead_of(s, share, slot)))
        if reach > ahead:
            n = _list_tape(s, n, reach - ahead, -1)
            ahead = reach
        n = _list_own(s, n, slot)
        slot = int(s.orders[slot]["next"])
    return _list_tape(s, n, tape - ahead, -1)


@kernel
def _list_own(s: State, n: int, slot: int) -> int:
    entry = s.line[n]
    entry["size"] = s.orders[slot]["leaves"]
    entry["slot"] = slot
    entry["order"] = -1
    return n + 1


@kernel
def _list_tape(s: State, n: int, size: int, order: int) -> int:
    """List tape size, if there is any."""
    if size <= 0:
        return n
    entry = s.line[n]
    entry["size"] = size
    entry["slot"] = -1
    entry["order"] = order
    return n + 1


@kernel
def _left_of(s: State, share: int, order: int) -> int:
    """Return what an engine has left of a tape order."""
    left = int(s.tape[0, order]["qty"])
    if share >= 0 and s.tape_notes[order]["taken"] > 0:
        left -= taken_of(s, share, order)
    return left


@kernel
def _divide(
    s: State, n: int, engine: int, instrument: int, side: int, qty: int
) -> None:
    rule = s.matchings[instrument, side]
    top = -1
    if rule["top_order"] == 1:
        top = _top(s, n, engine, instrument, side)
    divide_line(s.line, n, qty, top, int(rule["min_part"]))


@kernel
def _top(s: State, n: int, engine: int, instrument: int, side: int) -> int:
    """Find the entry that has bettered the market: an own order before the tape's."""
    rule = s.matchings[instrument, side]
    top, place = rule["top"], rule["place"]
    mine = s.tops[engine, int(rule["column"]), side]
    found = -1
    for i in range(n):
        entry = s.line[i]
        order = int(entry["order"])
        if entry["slot"] >= 0 and entry["slot"] == mine:
            return i
        if order >= 0 and order == top and s.tape[0, order]["place"] == place:
            found = i
    return found
