"""Events that name an order of the tape: what they do to the book and to ours."""

from commonbook.book.ladder import level_qty, put_level
from commonbook.book.lines import join_line, leave_line, line_head, set_line_head
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.levels import is_better, own_level_at
from commonbook.execution.taken import note_change
from commonbook.execution.touched import note_crossing, note_own

ADD = int(Action.ADD)
MODIFY = int(Action.MODIFY)
CANCEL = int(Action.CANCEL)


@kernel
def apply_order_event(s: State, event: Records) -> None:
    """
    Apply an event that adds, modifies or cancels an order of the tape.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room for two levels.
    event : record of EVENT
        The event.
    """
    order = int(event["order"])
    book = int(event["instrument"])
    entry = s.tape[0, order]
    qty = int(event["qty"])
    if event["action"] == ADD:
        _add(s, book, order, int(event["side"]), int(event["price"]), qty)
        return
    left = qty
    if event["action"] == CANCEL:
        left = int(entry["qty"]) - qty
    if s.tape_notes[order]["taken"] > 0:
        note_change(s, book, order)
    stays = entry["price"] == event["price"] and entry["side"] == event["side"]
    if event["action"] == CANCEL or (stays and left <= entry["qty"]):
        _shrink(s, book, order, left)
    else:
        _shrink(s, book, order, 0)
        _add(s, book, order, int(event["side"]), int(event["price"]), left)


@kernel
def note_execution(s: State, event: Records) -> None:
    """
    Note that the tape executed an order of which something is consumed.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room.
    event : record of EVENT
        The fill of a tape order.
    """
    order = int(event["order"])
    entry = s.tape[0, order]
    if s.tape_notes[order]["taken"] == 0:
        return
    book, side, price = (
        int(event["instrument"]),
        int(entry["side"]),
        int(entry["price"]),
    )
    note_change(s, book, order)
    change = s.changes[int(s.tape_notes[order]["change"])]
    change["executed"] += event["qty"]
    price = int(change["price"])
    own = own_level_at(s, book, side, price)
    if own >= 0:
        size = level_qty(s.ladder, s.books, s.far, book, side, price)
        note_own(s, own, size, 0, 0)


@kernel
def _add(s: State, book: int, order: int, side: int, price: int, qty: int) -> None:
    """Put an order into the book: at the end of its line, or back where it was."""
    if qty <= 0:
        return
    clock = s.clock[0]
    entry = s.tape[0, order]
    back = (
        s.tape_notes[order]["cleared"] == clock["packet"]
        and entry["price"] == price
        and entry["side"] == side
        and qty <= entry["qty"]
    )
    if not back:
        entry["place"] = clock["place"]
        clock["place"] += 1
    s.tape_notes[order]["cleared"] = 0
    entry["side"] = side
    entry["price"] = price
    entry["qty"] = qty
    s.books[book, side]["n_orders"] += 1
    own = _change_level(s, book, side, price, qty)
    if own >= 0 and back:
        _shift_queues(s, own, int(entry["place"]), qty)
    head = line_head(s.ladder, s.books, s.far, book, side, price)
    head = join_line(s.tape[0], head, order)
    set_line_head(s.ladder, s.books, s.far, book, side, price, head)


@kernel
def _shrink(s: State, book: int, order: int, left: int) -> None:
    """Take an order's size down to what is left; without anything left it is gone."""
    entry = s.tape[0, order]
    side, price = int(entry["side"]), int(entry["price"])
    less = int(entry["qty"]) - left
    if left < 0 or less < 0:
        s.clock[0]["broken"] = 1
        return
    entry["qty"] = left
    if left == 0:
        s.books[book, side]["n_orders"] -= 1
        head = line_head(s.ladder, s.books, s.far, book, side, price)
        head = leave_line(s.tape[0], head, order)
        set_line_head(s.ladder, s.books, s.far, book, side, price, head)
    own = _change_level(s, book, side, price, -less)
    if own >= 0:
        _shift_queues(s, own, int(entry["place"]), -less)


@kernel
def _change_level(s: State, book: int, side: int, price: int, change: int) -> int:
    """Change the size of a level; return our level there, -1 when we have none."""
    prev = level_qty(s.ladder, s.books, s.far, book, side, price)
    put_level(s.ladder, s.books, s.far, s.own, book, side, price, prev + change)
    own = own_level_at(s, book, side, price)
    if own >= 0:
        note_own(s, own, prev, 0, 0)
    elif not is_better(1 - side, price, int(s.books[book, 1 - side]["own_best"])):
        note_crossing(s, book, side, price, prev, 0)
    return own


@kernel
def _shift_queues(s: State, own: int, place: int, change: int) -> None:
    """Change what will be ahead of our orders that stand behind a place."""
    queue = int(s.own[own]["queues"])
    while queue >= 0:
        entry = s.queues[queue]
        if entry["place"] > place:
            entry["after"] += change
        queue = int(entry["next"])


@kernel
def clear_orders(s: State, book: int, side: int) -> None:
    """
    Mark every tape order of one side as removed by a book clear.

    Parameters
    ----------
    s : State
        Changed in place; the levels and their lines are emptied by the caller.
    book : int
        Row of the book.
    side : int
        Side of the book.
    """
    width = s.ladder.shape[2]
    for i in range(width):
        _clear_line(s, book, int(s.ladder[book, side, i]["head"]))
    if s.books[book, side]["n_far"] > 0:
        for i in range(s.far.shape[2]):
            _clear_line(s, book, int(s.far[book, side, i]["head"]))
    own = int(s.books[book, side]["own_head"])
    while own >= 0:
        queue = int(s.own[own]["queues"])
        while queue >= 0:
            s.queues[queue]["after"] = 0.0
            queue = int(s.queues[queue]["next"])
        own = int(s.own[own]["next"])


@kernel
def _clear_line(s: State, book: int, order: int) -> None:
    while order >= 0:
        if s.tape_notes[order]["taken"] > 0:
            note_change(s, book, order)
        s.tape_notes[order]["cleared"] = s.clock[0]["packet"]
        order = int(s.tape[0, order]["next"])
