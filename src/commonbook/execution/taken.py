"""
Consumption of books that are replayed order by order: kept for each tape order.

A share chains what its engine has taken of the tape orders at its price, by place.
"""

from commonbook.book.lines import line_head
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.decay import half_life_of, taken_now
from commonbook.execution.levels import own_level_at


@kernel
def taken_ahead(s: State, share: int, place: int) -> int:
    """
    Add up what an engine has consumed ahead of a place.

    Parameters
    ----------
    s : State
        Read only.
    share : int
        The share.
    place : int
        Tape orders of a lower place count.

    Returns
    -------
    int
        Lots.
    """
    total = 0
    half_life = half_life_of(s, share)
    entry = int(s.shares[share]["taken"])
    while entry >= 0 and s.taken[entry]["place"] < place:
        total += taken_now(s, entry, half_life)
        entry = int(s.taken[entry]["next"])
    return total


@kernel
def taken_of(s: State, share: int, order: int) -> int:
    """
    Read how much an engine still consumes of a tape order.

    Parameters
    ----------
    s : State
        Read only.
    share : int
        The engine's share at its price.
    order : int
        The tape order.

    Returns
    -------
    int
        Lots.
    """
    entry = int(s.shares[share]["taken"])
    while entry >= 0 and s.taken[entry]["order"] != order:
        entry = int(s.taken[entry]["next"])
    return taken_now(s, entry, half_life_of(s, share)) if entry >= 0 else 0


@kernel
def take_parts(s: State, share: int, n: int) -> None:
    """
    Consume the parts that tape orders in line give.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry for each order of the line.
    share : int
        The engine's share at this price.
    n : int
        Entries of ``line``.
    """
    before = -1
    for i in range(n):
        order, part = int(s.line[i]["order"]), int(s.line[i]["part"])
        if order >= 0 and part > 0:
            before = _entry_before(s, share, before, int(s.tape[0, order]["place"]))
            _take_of(s, share, before, order, part)


@kernel
def take_first(s: State, share: int, head: int, qty: int) -> int:
    """
    Consume the tape orders of a line by place, first come first.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry for each order of the line.
    share : int
        The engine's share at this price.
    head : int
        First order of the line, -1 when it is empty.
    qty : int
        Lots.

    Returns
    -------
    int
        Lots that found no order.
    """
    before = -1
    order = head
    left = qty
    while left > 0 and order >= 0:
        before = _entry_before(s, share, before, int(s.tape[0, order]["place"]))
        left -= _take_of(s, share, before, order, left)
        order = int(s.tape[0, order]["next"])
    return left


@kernel
def take_last(s: State, share: int, head: int, qty: int) -> int:
    """
    Consume the tape orders of a line from its end.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry for each order of the line.
    share : int
        The engine's share at this price.
    head : int
        First order of the line, -1 when it is empty.
    qty : int
        Lots.

    Returns
    -------
    int
        Lots that found no order.
    """
    left = qty
    order = int(s.tape[0, head]["prev"]) if head >= 0 else -1
    while left > 0 and order >= 0:
        before = _entry_before(s, share, -1, int(s.tape[0, order]["place"]))
        left -= _take_of(s, share, before, order, left)
        order = int(s.tape[0, order]["prev"]) if order != head else -1
    return left


@kernel
def _entry_after(s: State, share: int, entry: int) -> int:
    """Return the entry behind another one, the first behind -1; -1 for none."""
    return int(s.taken[entry]["next"] if entry >= 0 else s.shares[share]["taken"])


@kernel
def _entry_before(s: State, share: int, start: int, place: int) -> int:
    """Find the last entry of a lower place, from an entry on or from the first."""
    before = start
    entry = _entry_after(s, share, before)
    while entry >= 0 and s.taken[entry]["place"] < place:
        before = entry
        entry = int(s.taken[entry]["next"])
    return before


@kernel
def _take_of(s: State, share: int, before: int, order: int, qty: int) -> int:
    """Consume up to so many lots of one tape order; return how many it had."""
    entry = _entry_after(s, share, before)
    here = entry >= 0 and s.taken[entry]["order"] == order
    free = int(s.tape[0, order]["qty"])
    consumed = taken_now(s, entry, half_life_of(s, share)) if here else 0
    part = min(qty, free - consumed)
    if part > 0:
        if not here:
            entry = _new_entry(s, share, before, order)
        _set_taken(s, share, entry, consumed + part)
    return part


@kernel
def _set_taken(s: State, share: int, entry: int, qty: int) -> None:
    """Change what is consumed of one tape order."""
    taken = s.taken[entry]
    s.shares[share]["consumed"] += qty - taken["qty"]
    taken["qty"] = qty
    taken["ts"] = s.clock[0]["now"]


@kernel
def _new_entry(s: State, share: int, before: int, order: int) -> int:
    """Put an empty entry for a tape order behind another one."""
    clock = s.clock[0]
    entry = int(clock["free_taken"])
    taken = s.taken[entry]
    clock["free_taken"] = taken["next"]
    clock["left_taken"] -= 1
    taken["qty"] = 0
    taken["order"] = order
    taken["place"] = s.tape[0, order]["place"]
    if before >= 0:
        taken["next"] = s.taken[before]["next"]
        s.taken[before]["next"] = entry
    else:
        taken["next"] = s.shares[share]["taken"]
        s.shares[share]["taken"] = entry
    s.tape_notes[order]["taken"] += 1
    return entry


@kernel
def note_change(s: State, book: int, order: int) -> None:
    """
    Remember a consumed tape order as it is, before the packet changes it.

    Parameters
    ----------
    s : State
        Changed in place.
    book : int
        Row of the book.
    order : int
        The tape order, of which something is consumed.
    """
    clock = s.clock[0]
    entry = s.tape[0, order]
    note = s.tape_notes[order]
    known = int(note["change"])
    if known < clock["n_changes"] and s.changes[known]["order"] == order:
        return
    note["change"] = clock["n_changes"]
    change = s.changes[clock["n_changes"]]
    clock["n_changes"] += 1
    change["before"] = entry["qty"]
    change["executed"] = 0
    change["price"] = entry["price"]
    change["order"] = order
    change["book"] = book
    change["side"] = entry["side"]


@kernel
def follow_changes(s: State) -> None:
    """
    Let the consumption of changed tape orders follow them, in every engine.

    Parameters
    ----------
    s : State
        Changed in place; ``SHARE.moving`` receives what was executed and taken before.
    """
    clock = s.clock[0]
    for i in range(clock["n_changes"]):
        change = s.changes[i]
        own = own_level_at(
            s, int(change["book"]), int(change["side"]), int(change["price"])
        )
        if own < 0:
            clock["broken"] = 1  # consumption without a level of ours
            return
        s.own[own]["pending"] = 1
        share = int(s.own[own]["shares"])
        while share >= 0:
            if s.shares[share]["taken"] >= 0:
                _change_share(s, share, i)
            share = int(s.shares[share]["next_share"])
    clock["n_changes"] = 0


@kernel
def _change_share(s: State, share: int, i: int) -> None:
    """Let one engine's consumption of a changed tape order follow it."""
    change = s.changes[i]
    order = int(change["order"])
    before = -1
    entry = int(s.shares[share]["taken"])
    while entry >= 0 and s.taken[entry]["order"] != order:
        before = entry
        entry = int(s.taken[entry]["next"])
    if entry < 0:
        return
    taken = s.taken[entry]
    tape = s.tape[0, order]
    cleared = s.tape_notes[order]["cleared"] == s.clock[0]["packet"]
    gone = cleared or tape["price"] != change["price"]
    after = 0 if gone or tape["side"] != change["side"] else int(tape["qty"])
    executed = min(int(change["before"]), int(change["executed"]))
    consumed = taken_now(s, entry, half_life_of(s, share))
    moving = max(0, consumed - (int(change["before"]) - executed))
    left = min(consumed - moving, after)
    s.shares[share]["moving"] += moving
    if left != consumed or left == 0:
        _set_taken(s, share, entry, left)
    # Behind orders that kept their place its entry would be out of order.
    if left == 0 or taken["place"] != tape["place"]:
        if before >= 0:
            s.taken[before]["next"] = taken["next"]
        else:
            s.shares[share]["taken"] = taken["next"]
        s.tape_notes[order]["taken"] -= 1
        clock = s.clock[0]
        taken["next"] = clock["free_taken"]
        clock["free_taken"] = entry
        clock["left_taken"] += 1
    if left > 0 and taken["place"] != tape["place"]:
        _put_back(s, share, order, int(taken["qty"]), int(taken["ts"]))


@kernel
def _put_back(s: State, share: int, order: int, qty: int, ts: int) -> None:
    """Enter consumption of a tape order that has moved to the end of its line."""
    before = _entry_before(s, share, -1, int(s.tape[0, order]["place"]))
    entry = _new_entry(s, share, before, order)
    s.taken[entry]["qty"] = qty
    s.taken[entry]["ts"] = ts


@kernel
def move_consumption(s: State, share: int, book: int, side: int) -> None:
    """
    Move consumption that lost its orders to the tape's executions to the next ones.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry for each order of the line.
    share : int
        The share; ``moving`` goes back to 0.
    book : int
        Row of the book.
    side : int
        Side of the book.
    """
    entry = s.shares[share]
    moving = int(entry["moving"])
    entry["moving"] = 0
    if moving > 0:
        head = line_head(s.ladder, s.books, s.far, book, side, int(entry["price"]))
        left = take_first(s, share, head, moving)
        s.displaced[int(entry["engine"]), book] += left


@kernel
def line_length(s: State, book: int, side: int, price: int) -> int:
    """
    Count the tape orders at a price.

    Parameters
    ----------
    s : State
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
        Orders.
    """
    n = 0
    order = line_head(s.ladder, s.books, s.far, book, side, price)
    while order >= 0:
        n += 1
        order = int(s.tape[0, order]["next"])
    return n
