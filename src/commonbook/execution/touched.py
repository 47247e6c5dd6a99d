"""What a packet mentions of ours, noted while it is applied and settled after it."""

from commonbook.core.jit import kernel
from commonbook.core.state import State


@kernel
def note_own(s: State, own: int, prev: int, returned: int, cleared: int) -> None:
    """
    Remember that the packet mentioned a level where we have something.

    Parameters
    ----------
    s : State
        Changed in place; ``touched`` has room.
    own : int
        The price level of ours.
    prev : int
        Displayed size before the event (lots).
    returned : int
        1 when the level was out of the feed's depth. What it was before the packet
        counts, so only the first note of a packet says it.
    cleared : int
        1 when the event is no mention unless the level is shown after the packet.
    """
    level = s.own[own]
    clock = s.clock[0]
    if level["seen"] != clock["packet"]:
        level["seen"] = clock["packet"]
        level["touched"] = clock["n_touched"]
        _touch(
            s, own, int(level["book"]), int(level["side"]), int(level["price"]), prev
        )
        s.touched[int(level["touched"])]["returned"] = returned
    s.touched[int(level["touched"])]["cleared"] = cleared


@kernel
def note_crossing(
    s: State, book: int, side: int, price: int, prev: int, returned: int
) -> None:
    """
    Remember a level of the tape that may cross own orders.

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
    prev : int
        Displayed size before the event (lots).
    returned : int
        1 when the level is back in the feed's depth.
    """
    for i in range(s.clock[0]["n_touched"]):
        touched = s.touched[i]
        if (
            touched["price"] == price
            and touched["side"] == side
            and touched["book"] == book
        ):
            return
    place = int(s.clock[0]["n_touched"])
    _touch(s, -1, book, side, price, prev)
    s.touched[place]["returned"] = returned


@kernel
def _touch(s: State, own: int, book: int, side: int, price: int, prev: int) -> None:
    clock = s.clock[0]
    touched = s.touched[clock["n_touched"]]
    clock["n_touched"] += 1
    touched["own"] = own
    touched["book"] = book
    touched["side"] = side
    touched["price"] = price
    touched["prev"] = prev
    touched["cleared"] = 0
    touched["returned"] = 0
