"""The hot loop: apply packets to the books until something else is due."""

from commonbook.book.by_order import apply_quietly
from commonbook.book.ladder import put_level
from commonbook.book.trail import note_touch
from commonbook.core.book_records import (
    AGAIN,
    NO_ASK,
    NO_BID,
    SHOWN,
    WIPED,
)
from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Flag, Phase, Side, Status
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.halts import is_halted, note_halt, print_in_halt
from commonbook.execution.packets import (
    clear_book,
    leave_depth,
    mention_alone,
    set_level,
)
from commonbook.execution.prints import apply_print
from commonbook.execution.stops import (
    hear_print,
    trigger_by_print,
    trigger_by_touch,
)
from commonbook.execution.tape_orders import apply_order_event, note_execution
from commonbook.execution.top_orders import follow_best
from commonbook.simulation.packet_end import count_reached, finish_packet
from commonbook.simulation.room import OK, room_for, room_for_line, room_to_share
from commonbook.simulation.settle import settle

SET = int(Action.SET)
CANCEL = int(Action.CANCEL)
FILL = int(Action.FILL)
TRADE = int(Action.TRADE)
CLEAR = int(Action.CLEAR)
HALT = int(Action.HALT)
LAST = int(Flag.LAST)
SNAPSHOT = int(Flag.SNAPSHOT)
OUT_OF_DEPTH = int(Flag.OUT_OF_DEPTH)
BUY = int(Side.BUY)
SELL = int(Side.SELL)
RECONCILE = int(Phase.RECONCILE)
GATHER = int(Phase.GATHER)
CHUNK_END = int(Status.CHUNK_END)
OVERFLOW = int(Status.OVERFLOW)
GROW_TOUCHED = int(Status.GROW_TOUCHED)
GROW_TRAILS = int(Status.GROW_TRAILS)


@kernel
def run_packets(s: State, events: Records, stop: int) -> int:
    """
    Apply events until something else is due or the chunk ends.

    Parameters
    ----------
    s : State
        Changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    stop : int
        One past the last event of the chunk.

    Returns
    -------
    int
        ``OK`` when something else is due, ``CHUNK_END``, or the Status that asks Python
        for more room.
    """
    clock = s.clock[0]
    ladder, books, far, own = s.ladder, s.books, s.far, s.own
    n_instruments = s.mids.shape[0]
    next_ts = int(clock["next_ts"])
    pos = int(clock["pos"])
    while pos < stop:
        event = events[pos]
        ts = int(event["ts"])
        if ts > next_ts:
            clock["pos"] = pos
            clock["now"] = next_ts
            clock["phase"] = GATHER
            return OK
        if event["action"] == SET:
            done = _set_quietly(s, ladder, books, far, own, event)
        else:
            done = _passes_by(s, event)
        if not done:
            clock["now"] = ts
            status = _apply_noisy(s, event)
            if status != OK:
                clock["pos"] = pos
                return status
            next_ts = int(clock["next_ts"])
        pos += 1
        if event["flags"] & LAST:
            clock["work_packets"] += 1
            full = _has_moved(books, event) and _note_touch(s, event)
            full |= n_instruments > 1 and _note_touches(s, events, pos - 1)
            if full or clock["n_touched"] > 0 or clock["n_cleared"] > 0:
                clock["now"] = ts
                clock["pos"] = pos
                clock["phase"] = RECONCILE
                if clock["n_cleared"] > 0 and event["flags"] & SNAPSHOT:
                    _excuse_clears(s)
                status = GROW_TRAILS if full else finish_packet(s)
                if status != OK:
                    return status
            next_ts = int(clock["next_ts"])
    clock["pos"] = pos
    return CHUNK_END


@kernel
def _excuse_clears(s: State) -> None:
    """Note that the packet's clears belong to a snapshot, as its last event says."""
    for instrument in range(s.mids.shape[0]):
        book = s.books[instrument, BUY]
        if book["cleared"] == WIPED:
            book["cleared"] = AGAIN


@kernel(forceinline=True)
def _has_moved(books: Records, event: Records) -> bool:
    """Say whether a packet has changed a best price."""
    instrument = int(event["instrument"])
    bids, asks = books[instrument, BUY], books[instrument, SELL]
    return bool(bids["best"] != bids["noted"] or asks["best"] != asks["noted"])


@kernel
def _note_touch(s: State, event: Records) -> bool:
    """Note the touch of a book, and the mid if it has two sides; True: no room left."""
    instrument = int(event["instrument"])
    bids, asks = s.books[instrument, BUY], s.books[instrument, SELL]
    bid, ask = int(bids["best"]), int(asks["best"])
    if s.matchings[instrument, BUY]["top_order"] == 1:
        follow_best(s, instrument)
    bids["noted"] = bid
    asks["noted"] = ask
    if bid > NO_BID and ask < NO_ASK:
        s.mids[instrument] = bid + ask
    ts = int(event["ts"])
    # Of halts and clears the end of the packet must be known first: `end_halts`.
    if bids["halted"] == 0 and s.clock[0]["n_cleared"] == 0:
        trigger_by_touch(s, instrument, ts)
    if s.touches.shape[1] == 0:
        return False
    return bool(note_touch(s.trails[instrument], s.touches[instrument], ts, bid, ask))


@kernel
def _note_touches(s: State, events: Records, last: int) -> bool:
    """Note the touches of the other instruments of a packet; True: no room left."""
    full = False
    i = last - 1
    while i >= 0 and not events[i]["flags"] & LAST:
        if _has_moved(s.books, events[i]):
            full |= _note_touch(s, events[i])
        i -= 1
    return full


@kernel(forceinline=True)
def _level_of(ladder: Records, event: Records) -> Records:
    """Find the level of an event whose price is inside the window."""
    place = int(event["price"]) & (ladder.shape[2] - 1)
    level: Records = ladder[int(event["instrument"]), int(event["side"]), place]
    return level


@kernel(forceinline=True)
def _stays_apart(ladder: Records, books: Records, event: Records) -> bool:
    """Say whether a level is shown, inside the window, and reaches no order of ours."""
    if event["flags"] & OUT_OF_DEPTH:
        return False
    instrument, side = int(event["instrument"]), int(event["side"])
    price = int(event["price"])
    other = books[instrument, 1 - side]["own_best"]
    if price >= other if side == BUY else price <= other:
        return False
    return bool(0 <= price - books[instrument, side]["base"] < ladder.shape[2])


@kernel(forceinline=True)
def _put(
    ladder: Records, books: Records, far: Records, own: Records, event: Records
) -> int:
    """Set the level that an event sets; return its size before."""
    instrument, side = int(event["instrument"]), int(event["side"])
    price, qty = int(event["price"]), int(event["qty"])
    return put_level(ladder, books, far, own, instrument, side, price, qty)


@kernel(forceinline=True)
def _set_quietly(
    s: State,
    ladder: Records,
    books: Records,
    far: Records,
    own: Records,
    event: Records,
) -> bool:
    """
    Set a level if it reaches nothing of ours; False, and nothing is done, if it may.

    It may be a level of ours, if the event is a packet of its own.
    """
    if not _stays_apart(ladder, books, event):
        return False
    level = _level_of(ladder, event)
    here = int(level["own"])
    if here < 0:
        _put(ladder, books, far, own, event)
        return True
    clock = s.clock[0]
    if (
        not event["flags"] & LAST
        or level["hidden"] != SHOWN
        or clock["n_touched"] > 0
        or clock["n_cleared"] > 0
    ):
        return False
    clock["now"] = event["ts"]
    mention_alone(s, here, _put(ladder, books, far, own, event), int(event["qty"]))
    return True


@kernel
def _passes_by(s: State, event: Records) -> bool:
    """Apply an event in a short way if there is one; False when there is none."""
    action = event["action"]
    clock = s.clock[0]
    if action <= CANCEL:
        tape = s.tape[0]
        return apply_quietly(s.ladder, s.books, s.far, s.own, tape, clock, event)
    if action == FILL:
        return bool(s.tape_notes[int(event["order"])]["taken"] == 0)
    if action != TRADE:
        return False
    triggers = hear_print(s, int(event["instrument"]), int(event["price"]))
    return not triggers and not _reaches_ours(s.books, event)


@kernel(forceinline=True)
def _reaches_ours(books: Records, event: Records) -> bool:
    """Say whether a print could fill an order of ours."""
    instrument, side = int(event["instrument"]), event["side"]
    price = event["price"]
    return bool(
        (side != BUY and books[instrument, BUY]["own_best"] >= price)
        or (side != SELL and books[instrument, SELL]["own_best"] <= price)
    )


@kernel
def _room_for_print(s: State, instrument: int, reached: int) -> int:
    """Check the room for a print that reaches so many orders of ours."""
    status = room_for(s, reached, reached, reached)
    if status == OK:
        status = room_to_share(s, reached)
    return status if status != OK else room_for_line(s, instrument, reached)


@kernel
def _apply_noisy(s: State, event: Records) -> int:
    """Apply an event that may concern us, if there is room for what it may cause."""
    clock = s.clock[0]
    instrument, side = int(event["instrument"]), int(event["side"])
    price, qty = int(event["price"]), int(event["qty"])
    need = _levels(s, instrument) if event["action"] == CLEAR else 2
    if s.touched.shape[0] - clock["n_touched"] < need:
        clock["need"] = need
        return GROW_TOUCHED
    if event["action"] == TRADE:
        if is_halted(s, instrument):
            print_in_halt(s, instrument, side, price, qty)
            return OK
        reached = count_reached(s, instrument, side, price)
        status = _room_for_print(s, instrument, reached)
        if status != OK:
            return status
        apply_print(s, instrument, side, price, qty)
        trigger_by_print(s, instrument, price)
        return OK if settle(s) else OVERFLOW
    if event["action"] <= CANCEL:
        apply_order_event(s, event)
    elif event["action"] == FILL:
        note_execution(s, event)
    elif event["action"] == CLEAR:
        clear_book(s, instrument, int(event["flags"]))
    elif event["action"] >= HALT:
        note_halt(s, instrument, int(event["action"]))
    elif event["flags"] & OUT_OF_DEPTH:
        leave_depth(s, instrument, side, price)
    else:
        set_level(s, instrument, side, price, qty)
    return OK


@kernel
def _levels(s: State, instrument: int) -> int:
    """Count what a book clear could mention at most."""
    n = s.own.shape[0]
    for side in range(2):
        book = s.books[instrument, side]
        n += int(book["n_levels"]) + int(book["n_far"])
    return int(n)
