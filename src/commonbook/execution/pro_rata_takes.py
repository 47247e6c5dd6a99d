"""A taker meets a price that is matched in proportion to size: all there give."""

from commonbook.core.enums import Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.consumption import consume_line
from commonbook.execution.levels import find_share
from commonbook.execution.orders import MARKET, TAKER, write_fill
from commonbook.execution.pro_rata_line import divide_level
from commonbook.execution.queue_position import ahead_of, move_in_queue
from commonbook.execution.reduce_only import may_take, trade
from commonbook.execution.self_trade import is_forbidden, prevent
from commonbook.execution.terms import cap_of, open_to_fill, venue_position

BUY = int(Side.BUY)


@kernel
def take_from_line(
    s: State,
    engine: int,
    instrument: int,
    side: int,
    price: int,
    left: int,
    taker: int,
    qty: int,
) -> tuple[int, bool]:
    """
    Let a taker take from all who stand at a price; stop where it is divided anew.

    Parameters
    ----------
    s : State
        Changed in place; the pools and buffers have room.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that is hit.
    price : int
        Price (ticks).
    left : int
        Tape size there (lots).
    taker : int
        The order that takes.
    qty : int
        What it takes, at most what is there (lots).

    Returns
    -------
    tape : int
        Lots that the tape gave.
    stopped : bool
        Whether the level is divided anew: self-trade prevention came instead, or an
        order that only reduces has given or taken less.
    """
    limited = s.orders[taker]["terms"] >= 0
    if limited and not may_take(s, taker):
        return 0, True
    most = min(qty, open_to_fill(s, taker))
    share, _ = find_share(s, engine, instrument, side, price)
    n = divide_level(s, engine, share, instrument, side, price, left, most)
    forbidden = _forbidden(s, n, engine, taker)
    if forbidden >= 0:
        prevent(s, engine, taker, forbidden)
        return 0, True
    tape = consume_line(s, engine, instrument, side, price, n)
    if tape > 0:
        write_fill(s, taker, 2 * price, tape, TAKER, MARKET, 0)
        if limited:
            may_take(s, taker)
        if share >= 0 and s.books[instrument, side]["by_order"] == 0:
            _stay_within(s, share, left - tape)
    return tape, _take_own(s, n, taker) or most < qty


@kernel
def _take_own(s: State, n: int, taker: int) -> bool:
    """Let own orders give their parts; stop when one that only reduces has ended."""
    for i in range(n):
        slot, part = int(s.line[i]["slot"]), int(s.line[i]["part"])
        if slot >= 0 and part > 0:
            _, ended = trade(s, taker, slot, part)
            if ended:
                return True
    return False


@kernel
def takeable_from_line(
    s: State, engine: int, share: int, left: int, taker: int, qty: int
) -> tuple[int, bool]:
    """
    Say how much a taker would get at a price where an engine has something.

    Parameters
    ----------
    s : State
        ``line`` is written.
    engine : int
        Row of the engine.
    share : int
        What the engine has there.
    left : int
        Tape size there (lots).
    taker : int
        The order that would take.
    qty : int
        What it wants (lots).

    Returns
    -------
    there : int
        Lots.
    stopped : bool
        Whether a forbidden order would have to give, or one that only reduces more than
        it may; then it would get nothing.
    """
    level = s.own[int(s.shares[share]["own"])]
    book, side = int(level["book"]), int(level["side"])
    price = int(level["price"])
    n = divide_level(s, engine, share, book, side, price, left, qty)
    if _forbidden(s, n, engine, taker) >= 0:
        return 0, True
    if s.clock[0]["reducing"] == 1 and _gives_less(s, n, share):
        return 0, True
    return min(qty, left + int(s.shares[share]["leaves"])), False


@kernel
def _forbidden(s: State, n: int, engine: int, taker: int) -> int:
    """Find the first order that would give and must not trade with a taker, or -1."""
    for i in range(n):
        slot = int(s.line[i]["slot"])
        if slot >= 0 and s.line[i]["part"] > 0 and is_forbidden(s, engine, taker, slot):
            return slot
    return -1


@kernel
def _gives_less(s: State, n: int, share: int) -> bool:
    """Say whether an order that only reduces may not give its part."""
    for i in range(n):
        slot, part = int(s.line[i]["slot"]), int(s.line[i]["part"])
        if slot < 0 or part == 0 or s.orders[slot]["terms"] < 0:
            continue
        order = s.orders[slot]
        side = int(order["side"])
        if s.terms[int(order["terms"])]["reduce_only"] == 1:
            given = _given_before(s, i, share, int(order["portfolio"]))
            position = venue_position(s, slot)
            position += given if side == BUY else -given
            if cap_of(side, position) < part:
                return True
    return False


@kernel
def _given_before(s: State, last: int, share: int, portfolio: int) -> int:
    """Add up what a portfolio gives before an entry: parts, all at better prices."""
    given = 0
    for i in range(last):
        slot = int(s.line[i]["slot"])
        if slot >= 0 and s.orders[slot]["portfolio"] == portfolio:
            given += int(s.line[i]["part"])
    better = int(s.shares[share]["better"])
    while better >= 0:
        slot = int(s.shares[better]["head"])
        while slot >= 0:
            if s.orders[slot]["portfolio"] == portfolio:
                given += int(s.orders[slot]["leaves"])
            slot = int(s.orders[slot]["next"])
        better = int(s.shares[better]["better"])
    return given


@kernel
def _stay_within(s: State, share: int, left: int) -> None:
    """Let nobody have more tape size ahead than is left."""
    slot = int(s.shares[share]["head"])
    while slot >= 0:
        ahead = min(ahead_of(s, share, slot), float(left))
        move_in_queue(s, int(s.shares[share]["own"]), slot, ahead)
        slot = int(s.orders[slot]["next"])
