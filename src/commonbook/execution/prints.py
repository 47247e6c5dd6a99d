"""Trades of the tape fill resting orders: through them, or by reaching them."""

from commonbook.book.ladder import level_qty
from commonbook.core.book_records import ASSUMED, AT_PRICE
from commonbook.core.enums import FillFlag, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.impact import shift_of
from commonbook.execution.levels import is_better
from commonbook.execution.pro_rata_line import (
    divide_own,
    divide_print,
    fill_own,
    shown_before,
)
from commonbook.execution.queue_model import lots_ahead
from commonbook.execution.queue_position import (
    ahead_of,
    free_queue,
    least_ahead,
    move_in_queue,
    queue_of,
)
from commonbook.execution.queue_updates import print_anywhere_at, print_at
from commonbook.execution.reduce_only import give
from commonbook.execution.segments import (
    MEMBERS,
    give_in_turn,
    give_segment,
    list_segment,
    shares_on,
)
from commonbook.execution.touched import note_own

BUY = int(Side.BUY)
SELL = int(Side.SELL)
NONE = int(Side.NONE)
THROUGH = int(FillFlag.THROUGH)


@kernel
def apply_print(
    s: State, instrument: int, aggressor: int, price: int, qty: int
) -> None:
    """
    Let one print act on our resting orders, for every engine with a budget of its size.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room for a fill of every resting order.
    instrument : int
        Instrument.
    aggressor : int
        Side of the aggressor, ``Side.NONE`` when it is unknown.
    price : int
        Price (ticks).
    qty : int
        Size (lots).
    """
    clock = s.clock[0]
    clock["print"] += 1
    clock["work_prints"] += 1
    book = int(s.books[instrument, BUY]["by_order"])
    at_price = aggressor != NONE
    if book & ASSUMED:
        at_price = book & AT_PRICE > 0
    if aggressor != BUY:
        own = _through(s, instrument, BUY, price, qty, at_price)
        if at_price and own >= 0 and s.own[own]["price"] == price:
            _at_price(s, own, instrument, BUY, qty)
    if aggressor != SELL:
        own = _through(s, instrument, SELL, price, qty, at_price)
        if at_price and own >= 0 and s.own[own]["price"] == price:
            _at_price(s, own, instrument, SELL, qty)


@kernel
def budget_of(s: State, engine: int, qty: int) -> int:
    """
    Read what an engine may still fill from the current print.

    Parameters
    ----------
    s : State
        A new print resets the engine's budget in place.
    engine : int
        Row of the engine.
    qty : int
        Size of the print (lots).

    Returns
    -------
    int
        Lots left.
    """
    entry = s.engines[engine]
    if entry["print_seen"] != s.clock[0]["print"]:
        entry["print_seen"] = s.clock[0]["print"]
        entry["budget"] = qty
    return int(entry["budget"])


@kernel
def _through(
    s: State, instrument: int, side: int, price: int, qty: int, at_price: bool
) -> int:
    """Fill what the print went through; return the first level it did not."""
    own = int(s.books[instrument, side]["own_head"])
    while own >= 0 and is_better(side, int(s.own[own]["price"]), price):
        worse = int(s.own[own]["next"])
        share = int(s.own[own]["shares"]) if s.own[own]["n_orders"] > 0 else -1
        while share >= 0:
            following = int(s.shares[share]["next_share"])
            if s.shares[share]["head"] >= 0:
                _go_through(s, share, instrument, side, price, qty, at_price)
            share = following
        own = worse
    return own


@kernel
def _go_through(
    s: State,
    share: int,
    instrument: int,
    side: int,
    price: int,
    qty: int,
    at_price: bool,
) -> None:
    """Fill one engine's orders at a price that the print went through."""
    engine = int(s.shares[share]["engine"])
    shift = shift_of(s, engine, instrument, side)
    left = budget_of(s, engine, qty)
    if shift > 0:
        # The group has moved the market: for it the print was at a worse price.
        print_price = price + shift if side == BUY else price - shift
        here = int(s.shares[share]["price"])
        if is_better(side, print_price, here):
            return
        if print_price == here:
            if at_price and s.matchings[instrument, side]["pro_rata"] == 1:
                filled = fill_own(s, divide_print(s, share, left), 0)
                s.engines[engine]["budget"] -= filled
            elif at_price:
                moved = _fill_reached(s, share, qty, left, -1)
                while moved >= 0:  # the level itself is not printed at
                    following = int(s.queues[moved]["next"])
                    free_queue(s, moved)
                    moved = following
            return
    if s.matchings[instrument, side]["pro_rata"] == 1:
        filled = fill_own(s, divide_own(s, share, left), THROUGH)
        s.engines[engine]["budget"] -= filled
        return
    s.engines[engine]["budget"] = left - give_in_turn(s, share, left, THROUGH)


@kernel
def _at_price(s: State, own: int, instrument: int, side: int, qty: int) -> None:
    """Let a print meet the orders at its price."""
    level = s.own[own]
    if level["n_orders"] == 0:
        return
    exact = s.books[instrument, side]["by_order"] == 1
    if exact:  # whatever the print does to queues holds until the end of the packet
        price = int(level["price"])
        size = level_qty(s.ladder, s.books, s.far, instrument, side, price)
        note_own(s, own, size, 0, 0)
    if s.matchings[instrument, side]["pro_rata"] == 1:
        _share_at_price(s, own, instrument, side, qty)
    else:
        _reach_at_price(s, own, instrument, side, qty)


@kernel
def _reach_at_price(s: State, own: int, instrument: int, side: int, qty: int) -> None:
    """Fill the orders that the print reaches by time, then lower the queues."""
    level = s.own[own]
    exact = s.books[instrument, side]["by_order"] == 1
    if qty <= least_ahead(s, own) and (not exact or level["n_consumed"] == 0):
        print_at(s, own, qty)
        return
    moved = -1
    share = int(level["shares"])
    while share >= 0:
        following = int(s.shares[share]["next_share"])
        if s.shares[share]["head"] >= 0:
            engine = int(s.shares[share]["engine"])
            if shift_of(s, engine, instrument, side) == 0:
                left = budget_of(s, engine, qty)
                consumed = s.shares[share]["taken"] >= 0
                moved = _fill_reached(s, share, qty, left, moved)
                filled = left - s.engines[engine]["budget"]
                if consumed and filled > 0:
                    s.shares[share]["moving"] -= filled
                    level["pending"] = 1
        share = following
    if s.own[own]["shares"] >= 0:
        print_at(s, own, qty)
    while moved >= 0:
        slot, ahead = int(s.queues[moved]["refs"]), float(s.queues[moved]["ahead"])
        following = int(s.queues[moved]["next"])
        free_queue(s, moved)
        move_in_queue(s, own, slot, ahead)
        moved = following


@kernel
def _share_at_price(s: State, own: int, instrument: int, side: int, qty: int) -> None:
    """Let all who stand at the print's price share it, then lower the queues."""
    shown = shown_before(s, own)
    share = int(s.own[own]["shares"])
    while share >= 0:
        following = int(s.shares[share]["next_share"])
        engine = int(s.shares[share]["engine"])
        if s.shares[share]["head"] >= 0 and shift_of(s, engine, instrument, side) == 0:
            consumed = s.shares[share]["taken"] >= 0
            left = budget_of(s, engine, qty)
            filled = fill_own(s, divide_print(s, share, left), 0)
            s.engines[engine]["budget"] -= filled
            if consumed and filled > 0:
                s.shares[share]["moving"] -= filled
                s.own[own]["pending"] = 1
        share = following
    if s.own[own]["shares"] >= 0 and s.books[instrument, side]["by_order"] == 0:
        print_anywhere_at(s, own, qty, shown)


@kernel
def _fill_reached(s: State, share: int, qty: int, budget: int, moved: int) -> int:
    """Fill one engine's orders; note those whose position its own fills changed."""
    engine = int(s.shares[share]["engine"])
    left = budget
    most, before, filled = 0, 0, 0
    slot = int(s.shares[share]["head"])
    while slot >= 0:
        if shares_on(s, slot):
            n, leaves, newer = list_segment(s, slot)
            for k in range(n):
                ahead = ahead_of(s, share, int(s.work[MEMBERS, k]))
                most = max(most, lots_ahead(ahead))
            reach = qty - most - before
            if reach <= 0 and filled == 0:
                break
            before += leaves
            given = give_segment(s, n, min(max(0, reach), left), 0)
            if filled > 0:
                moved = _note_segment(s, n, qty - filled, moved)
            filled += given
            left -= given
            slot = newer
            continue
        order = s.orders[slot]
        newer = int(order["next"])
        estimate = float(s.queues[queue_of(s, slot)]["ahead"])
        most = max(most, lots_ahead(ahead_of(s, share, slot)))
        reach = qty - most - before
        if reach <= 0 and filled == 0:
            break  # it reaches no order behind either
        leaves = int(order["leaves"])
        part = min(max(0, reach), leaves, left)
        before += leaves
        given = give(s, slot, part, 0) if part > 0 else 0
        if filled > 0 and estimate > 0.0 and order["share"] >= 0:
            moved = _note_move(s, slot, max(0.0, estimate - (qty - filled)), moved)
        filled += given
        left -= given
        slot = newer
    s.engines[engine]["budget"] = left
    return moved


@kernel
def _note_segment(s: State, n: int, passed: int, moved: int) -> int:
    """Note where the orders of a segment stand after the print."""
    for k in range(n):
        slot = int(s.work[MEMBERS, k])
        if s.orders[slot]["share"] < 0:
            continue  # it is filled
        estimate = float(s.queues[queue_of(s, slot)]["ahead"])
        if estimate > 0.0:
            moved = _note_move(s, slot, max(0.0, estimate - passed), moved)
    return moved


@kernel
def _note_move(s: State, slot: int, ahead: float, moved: int) -> int:
    """
    Note where an order stands after the print, ahead of other such notes.

    A note is a free entry of the queues, of which there is one for each order that the
    print reaches: ``refs`` is the order.
    """
    clock = s.clock[0]
    note = int(clock["free_queues"])
    entry = s.queues[note]
    clock["free_queues"] = entry["next"]
    clock["left_queues"] -= 1
    entry["refs"] = slot
    entry["ahead"] = ahead
    entry["next"] = moved
    return note
