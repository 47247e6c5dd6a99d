"""Reduce-only orders: they never make the position larger, and never turn it."""

from commonbook.core.enums import OrderState, Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.orders import (
    MARKET,
    REDUCE_ONLY,
    TAKER,
    end_order,
    fill_resting,
    leave_level,
    write_fill,
)
from commonbook.execution.terms import cap_of, limit_of, open_to_fill, venue_position

BUY = int(Side.BUY)
CANCELLED = int(OrderState.CANCELLED)


@kernel
def give(s: State, slot: int, qty: int, flags: int) -> int:
    """
    Let the market fill a resting order that it has reached.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    slot : int
        The order; it ends if none of it may be filled.
    qty : int
        What there is for it (lots), from 1 to what is left of it.
    flags : int
        FillFlag bits.

    Returns
    -------
    int
        What it was filled by (lots).
    """
    if s.orders[slot]["terms"] >= 0:
        qty = min(qty, open_to_fill(s, slot))
        if qty == 0:
            _end_resting(s, slot)
            return 0
    fill_resting(s, slot, qty, MARKET, flags)
    return qty


@kernel
def trade(s: State, taker: int, slot: int, qty: int) -> tuple[int, bool]:
    """
    Let a taker trade with a resting order of its engine.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    taker : int
        The order that takes; it ends if no more of it may be filled.
    slot : int
        The order that rests; likewise, also if none of it may be filled.
    qty : int
        What the taker may take, at most what rests (lots).

    Returns
    -------
    qty : int
        What was traded (lots).
    ended : bool
        Whether the resting order has ended because it only reduces.
    """
    qty = min(qty, open_to_fill(s, slot))
    if qty == 0:
        _end_resting(s, slot)
        return 0, True
    buyer = int(s.orders[taker]["portfolio"])
    resting = int(s.orders[slot]["portfolio"])
    write_fill(s, taker, 2 * limit_of(s, slot), qty, TAKER, resting, 0)
    if s.orders[taker]["terms"] >= 0:
        may_take(s, taker)
    fill_resting(s, slot, qty, buyer, 0)
    return qty, bool(s.orders[slot]["reason"] == REDUCE_ONLY)


@kernel
def _end_resting(s: State, slot: int) -> None:
    """End a resting order of which none may be filled."""
    leave_level(s, slot)
    end_order(s, slot, CANCELLED, REDUCE_ONLY)


@kernel
def may_take(s: State, slot: int) -> bool:
    """
    End an order that takes, or is about to, if none of it may be filled.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        An order that rests nowhere; one of which nothing is left stays as it is.

    Returns
    -------
    bool
        Whether some of it may be filled.
    """
    order = s.orders[slot]
    if open_to_fill(s, slot) > 0:
        return True
    if order["leaves"] > 0:
        order["leaves"] = 0  # it wants nothing any more
        end_order(s, slot, CANCELLED, REDUCE_ONLY)
    return False


@kernel
def given_in_turn(s: State, engine: int, slot: int) -> int:
    """
    Say what a resting order gives to a taker that takes all that is before it.

    Parameters
    ----------
    s : State
        Read only.
    engine : int
        Row of the engine.
    slot : int
        The order. If it may only reduce, what other orders of its portfolio give before
        it counts.

    Returns
    -------
    int
        Lots.
    """
    order = s.orders[slot]
    if order["terms"] < 0 or s.terms[int(order["terms"])]["reduce_only"] == 0:
        return int(order["leaves"])
    side = int(order["side"])
    position = venue_position(s, slot)
    share = int(s.heads[engine, int(order["instrument"]), side])
    while share >= 0:
        other = int(s.shares[share]["head"])
        while other >= 0:
            earlier = s.orders[other]
            if earlier["portfolio"] == order["portfolio"]:
                qty = int(earlier["leaves"])
                reduces = earlier["terms"] >= 0
                if reduces and s.terms[int(earlier["terms"])]["reduce_only"] == 1:
                    qty = min(qty, cap_of(side, position))
                if other == slot:
                    return qty
                position += qty if side == BUY else -qty
            other = int(earlier["next"])
        share = int(s.shares[share]["next"])
    return 0
