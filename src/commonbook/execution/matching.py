"""
Marketable orders take: level by level, divided by the distribution policy, in queue
order.

The takers of one side of a batch stand in ``work[TAKERS]``, in tie order.
"""

from commonbook.book.ladder import level_qty, next_level
from commonbook.core.book_records import HALF_TICK
from commonbook.core.enums import Distribution, Side
from commonbook.core.integers import share_by_largest_remainder
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.consumption import consume
from commonbook.execution.decay import consumed_now
from commonbook.execution.levels import find_share, is_better
from commonbook.execution.orders import (
    MARKET,
    TAKER,
    allows,
    is_price,
    write_fill,
)
from commonbook.execution.pro_rata_takes import take_from_line, takeable_from_line
from commonbook.execution.queue_model import lots_ahead
from commonbook.execution.queue_position import ahead_of, move_in_queue
from commonbook.execution.reduce_only import given_in_turn, may_take, trade
from commonbook.execution.self_trade import is_forbidden, prevent
from commonbook.execution.terms import open_to_fill

TAKERS, WEIGHTS, PARTS = 0, 1, 2  # rows of State.work

SELL = int(Side.SELL)
FIFO = int(Distribution.FIFO)


@kernel
def next_own(s: State, share: int) -> int:
    """
    Skip the shares of an engine that hold consumption but no orders.

    Parameters
    ----------
    s : State
        Read only.
    share : int
        Where to start, -1 for nowhere.

    Returns
    -------
    int
        First share with orders, -1 when there is none.
    """
    while share >= 0 and s.shares[share]["head"] < 0:
        share = int(s.shares[share]["next"])
    return share


@kernel
def best_effective(s: State, engine: int, instrument: int, side: int) -> int:
    """
    Find the best price at which an engine could take from one side.

    Parameters
    ----------
    s : State
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book.

    Returns
    -------
    int
        Price (ticks), ``NO_BID`` or ``NO_ASK`` when nothing is there.
    """
    share = int(s.heads[engine, instrument, side])
    price = int(s.books[instrument, side]["best"])
    while is_price(price):
        while share >= 0 and is_better(side, int(s.shares[share]["price"]), price):
            if s.shares[share]["head"] >= 0:
                return int(s.shares[share]["price"])
            share = int(s.shares[share]["next"])
        if share < 0 or s.shares[share]["price"] != price:
            return price
        if s.shares[share]["head"] >= 0:
            return price
        displayed = level_qty(s.ladder, s.books, s.far, instrument, side, price)
        if displayed > consumed_now(s, share):
            return price
        price = next_level(s.ladder, s.books, s.far, instrument, side, price)
    share = next_own(s, share)
    return int(s.shares[share]["price"]) if share >= 0 else price


@kernel
def take_side(s: State, engine: int, instrument: int, side: int, n_takers: int) -> None:
    """
    Let the takers of one side walk the effective book of the other side.

    Parameters
    ----------
    s : State
        Changed in place; ``work[TAKERS, :n_takers]`` holds the takers in tie order.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that is hit.
    n_takers : int
        Number of takers.
    """
    pro_rata = s.matchings[instrument, side]["pro_rata"] == 1
    displayed_price = int(s.books[instrument, side]["best"])
    share = int(s.heads[engine, instrument, side])
    while True:
        price, here = _next_price(s, share, side, displayed_price)
        if not is_price(price) or _wanted(s, n_takers, price) == 0:
            return
        left = 0
        if price == displayed_price:
            left = level_qty(s.ladder, s.books, s.far, instrument, side, price)
            displayed_price = next_level(
                s.ladder, s.books, s.far, instrument, side, price
            )
        if here >= 0:
            left = max(0, left - consumed_now(s, here))
            share = int(s.shares[here]["next"])
        if pro_rata:
            _share_level(s, engine, instrument, side, price, left, n_takers)
        else:
            _take_level(s, engine, instrument, side, price, left, here, n_takers)


@kernel
def can_fill(s: State, engine: int, instrument: int, side: int, slot: int) -> bool:
    """
    Say whether an order could be filled whole, up to the first order forbidden to it.

    Parameters
    ----------
    s : State
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book that would be hit.
    slot : int
        The order.

    Returns
    -------
    bool
        Whether what it may take within its limit is at least what it wants, and may be
        filled by.
    """
    left = open_to_fill(s, slot)
    displayed_price = int(s.books[instrument, side]["best"])
    share = int(s.heads[engine, instrument, side])
    while left > 0:
        price, here = _next_price(s, share, side, displayed_price)
        if not is_price(price) or not allows(s, slot, price):
            return False
        displayed = 0
        if price == displayed_price:
            displayed = level_qty(s.ladder, s.books, s.far, instrument, side, price)
            displayed_price = next_level(
                s.ladder, s.books, s.far, instrument, side, price
            )
        if here >= 0:
            displayed = max(0, displayed - consumed_now(s, here))
            share = int(s.shares[here]["next"])
        if here >= 0 and s.matchings[instrument, side]["pro_rata"] == 1:
            there, stopped = takeable_from_line(s, engine, here, displayed, slot, left)
        else:
            there, stopped = _takeable(s, engine, here, displayed, slot)
        left -= there
        if stopped:
            break
    return left <= 0


@kernel
def _next_price(
    s: State, share: int, side: int, displayed_price: int
) -> tuple[int, int]:
    """Find the next price, of the tape or of an engine's own, and the share there."""
    while (
        share >= 0
        and s.shares[share]["head"] < 0
        and is_better(side, int(s.shares[share]["price"]), displayed_price)
    ):
        share = int(s.shares[share]["next"])
    if share < 0 or is_better(side, displayed_price, int(s.shares[share]["price"])):
        return displayed_price, -1
    return int(s.shares[share]["price"]), share


@kernel
def _takeable(
    s: State, engine: int, share: int, displayed: int, taker: int
) -> tuple[int, bool]:
    """Add up a level for one taker; say whether a forbidden order ends its way."""
    own, tape = 0, 0
    slot = int(s.shares[share]["head"]) if share >= 0 else -1
    while slot >= 0:
        tape = max(tape, min(displayed, lots_ahead(ahead_of(s, share, slot))))
        if is_forbidden(s, engine, taker, slot):
            return own + tape, True
        own += given_in_turn(s, engine, slot)
        slot = int(s.orders[slot]["next"])
    return own + displayed, False


@kernel
def _wanted(s: State, n_takers: int, price: int) -> int:
    """Add up what the takers still want at a price; note it as their weights."""
    wanted = 0
    for k in range(n_takers):
        slot = int(s.work[TAKERS, k])
        weight = int(s.orders[slot]["leaves"]) if allows(s, slot, price) else 0
        s.work[WEIGHTS, k] = weight
        wanted += weight
    return wanted


@kernel
def _held_to_positions(s: State, n_takers: int, wanted: int) -> int:
    """Let takers that only reduce want no more than that; end those that cannot."""
    if s.clock[0]["reducing"] == 0:
        return wanted
    wanted = 0
    for k in range(n_takers):
        slot = int(s.work[TAKERS, k])
        if s.work[WEIGHTS, k] > 0 and s.orders[slot]["terms"] >= 0:
            s.work[WEIGHTS, k] = open_to_fill(s, slot) if may_take(s, slot) else 0
        wanted += int(s.work[WEIGHTS, k])
    return wanted


@kernel
def _decide_parts(
    s: State, engine: int, price: int, left: int, share: int, n_takers: int
) -> bool:
    """Decide what each taker gets at a price; False when there is nothing to get."""
    wanted = _wanted(s, n_takers, price)
    there = left
    if share >= 0:
        there += int(s.shares[share]["leaves"])
    if wanted == 0 or there == 0:
        return False
    wanted = _held_to_positions(s, n_takers, wanted)
    _divide(s, n_takers, wanted, there, int(s.engines[engine]["distribution"]))
    return True


@kernel
def _divide(s: State, n_takers: int, wanted: int, there: int, policy: int) -> None:
    """Decide each taker's part of what is there."""
    if there >= wanted:
        for k in range(n_takers):
            s.work[PARTS, k] = s.work[WEIGHTS, k]
    elif policy != FIFO:
        share_by_largest_remainder(
            s.work[WEIGHTS], n_takers, there, s.work[PARTS], s.keys[0], s.keys[1]
        )
    else:
        left = there
        for k in range(n_takers):
            part = min(left, int(s.work[WEIGHTS, k]))
            s.work[PARTS, k] = part
            left -= part


@kernel
def _take_level(
    s: State,
    engine: int,
    instrument: int,
    side: int,
    price: int,
    left: int,
    share: int,
    n_takers: int,
) -> None:
    """Serve the takers from one level: `left` tape lots and a share's orders."""
    taken = 0  # tape lots, over the whole visit
    again = True
    while again and _decide_parts(s, engine, price, left, share, n_takers):
        again = False
        for k in range(n_takers):
            if s.work[PARTS, k] > 0:
                tape, stopped = _take_part(s, engine, price, left, taken, share, k)
                left -= tape
                taken += tape
                if stopped:
                    again = True
                    break
        again = again or s.clock[0]["reducing"] == 1  # its own bid may have been hit
    if taken > 0:
        if share >= 0 and s.books[instrument, side]["by_order"] == 0:
            _move_up(s, share, taken)
        consume(s, engine, instrument, side, price, taken, False)


@kernel
def _share_level(
    s: State,
    engine: int,
    instrument: int,
    side: int,
    price: int,
    left: int,
    n_takers: int,
) -> None:
    """Serve the takers from one level in which all who stand there give."""
    again = True
    while again:
        share, _ = find_share(s, engine, instrument, side, price)
        again = False
        if not _decide_parts(s, engine, price, left, share, n_takers):
            break
        for k in range(n_takers):
            part = int(s.work[PARTS, k])
            if part > 0:
                taker = int(s.work[TAKERS, k])
                tape, again = take_from_line(
                    s, engine, instrument, side, price, left, taker, part
                )
                left -= tape
                if again:
                    break
        again = again or s.clock[0]["reducing"] == 1


@kernel
def _move_up(s: State, share: int, taken: int) -> None:
    """Lower the estimated queue ahead of an engine's orders by what it took."""
    slot = int(s.shares[share]["head"])
    while slot >= 0:
        ahead = ahead_of(s, share, slot)
        move_in_queue(s, int(s.shares[share]["own"]), slot, max(0.0, ahead - taken))
        slot = int(s.orders[slot]["next"])


@kernel
def _take_part(
    s: State,
    engine: int,
    price: int,
    left: int,
    taken: int,
    share: int,
    k: int,
) -> tuple[int, bool]:
    """Let taker k take its part from the front; stop where it must be divided anew."""
    taker = int(s.work[TAKERS, k])
    part = int(s.work[PARTS, k])
    limited = s.orders[taker]["terms"] >= 0
    tape = 0
    while part > 0:
        if limited and not may_take(s, taker):
            return tape, True
        most = min(part, open_to_fill(s, taker)) if limited else part
        slot = int(s.shares[share]["head"]) if share >= 0 else -1
        gap = left - tape
        if slot >= 0:
            ahead = ahead_of(s, share, slot)
            gap = min(gap, lots_ahead(ahead - taken - tape))
        if gap > 0:
            lots = min(most, gap)
            write_fill(s, taker, _half_ticks(s, taker, price), lots, TAKER, MARKET, 0)
            tape += lots
        elif is_forbidden(s, engine, taker, slot):
            prevent(s, engine, taker, slot)
            return tape, True
        else:
            lots, ended = trade(s, taker, slot, most)
            if ended:
                return tape, True
        part -= lots
        if limited and part == 0:
            may_take(s, taker)
    return tape, False


@kernel
def _half_ticks(s: State, taker: int, price: int) -> int:
    """Return what a lot of the tape at a level costs a taker [half ticks]."""
    order = s.orders[taker]
    other = s.books[int(order["instrument"]), 1 - int(order["side"])]
    if other["by_order"] & HALF_TICK:
        return 2 * price + (1 if order["side"] == SELL else -1)
    return 2 * price
