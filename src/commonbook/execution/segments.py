"""
Orders of one batch that rest side by side: what the market brings them is shared.

Such orders, of one engine and at one price, are a *segment*. Where scarce size is
shared in proportion, none of them is ahead of the others: the segment as a whole has
its place in the queue.
"""

from commonbook.core.enums import OrderState
from commonbook.core.integers import share_by_largest_remainder
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.reduce_only import give
from commonbook.execution.terms import open_to_fill

MEMBERS, WEIGHTS, PARTS = 0, 1, 2  # rows of State.work
RESTING = int(OrderState.RESTING)


@kernel
def shares_on(s: State, slot: int) -> bool:
    """
    Say whether a resting order shares with the next one in line.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        The order.

    Returns
    -------
    bool
        False where orders are served in turn.
    """
    if s.joined.shape[0] == 0:
        return False
    following = int(s.orders[slot]["next"])
    return bool(following >= 0 and s.joined[following] == s.joined[slot])


@kernel
def list_segment(s: State, slot: int) -> tuple[int, int, int]:
    """
    List the orders of a segment.

    Parameters
    ----------
    s : State
        ``work[MEMBERS]`` is changed in place; there is room for all orders that rest.
    slot : int
        The first of them.

    Returns
    -------
    n : int
        How many.
    leaves : int
        What is left of all (lots).
    following : int
        The next order in line, -1 for none.
    """
    n, leaves = 0, 0
    batch = s.joined[slot]
    while slot >= 0 and s.joined[slot] == batch:
        s.work[MEMBERS, n] = slot
        leaves += int(s.orders[slot]["leaves"])
        slot = int(s.orders[slot]["next"])
        n += 1
    return n, leaves, slot


@kernel
def give_segment(s: State, n: int, supply: int, flags: int) -> int:
    """
    Let the market fill the orders of a segment in proportion to what is left of them.

    Parameters
    ----------
    s : State
        Changed in place; ``work[MEMBERS, :n]`` lists the orders, in tie order.
    n : int
        How many.
    supply : int
        What there is for them (lots).
    flags : int
        FillFlag bits.

    Returns
    -------
    int
        What they were filled by (lots).

    Notes
    -----
    Whole lots by largest remainder, as for takers. An order that may only reduce a
    position may turn out to take less; then the rest is divided anew.
    """
    left = supply
    while left > 0:
        wanted = 0
        for k in range(n):
            s.work[WEIGHTS, k] = _open_lots(s, int(s.work[MEMBERS, k]))
            wanted += int(s.work[WEIGHTS, k])
        there = min(left, wanted)
        if there == 0:
            break
        share_by_largest_remainder(
            s.work[WEIGHTS], n, there, s.work[PARTS], s.keys[0], s.keys[1]
        )
        given = 0
        for k in range(n):
            if s.work[PARTS, k] > 0:
                slot = int(s.work[MEMBERS, k])
                given += give(s, slot, int(s.work[PARTS, k]), flags)
        left -= given
        if given == there:
            break
    return supply - left


@kernel
def give_in_turn(s: State, share: int, supply: int, flags: int) -> int:
    """
    Let the market fill the orders of one engine at one price, whatever is ahead.

    Parameters
    ----------
    s : State
        Changed in place; the buffers have room.
    share : int
        Row of ``shares``.
    supply : int
        What there is for them (lots).
    flags : int
        FillFlag bits.

    Returns
    -------
    int
        What they were filled by (lots).
    """
    left = supply
    slot = int(s.shares[share]["head"])
    while slot >= 0 and left > 0:
        if shares_on(s, slot):
            n, _, newer = list_segment(s, slot)
            left -= give_segment(s, n, left, flags)
        else:
            newer = int(s.orders[slot]["next"])
            left -= give(s, slot, min(left, int(s.orders[slot]["leaves"])), flags)
        slot = newer
    return supply - left


@kernel
def _open_lots(s: State, slot: int) -> int:
    """Say how much an order may be filled by; end it if it may not at all."""
    if s.orders[slot]["state"] != RESTING:
        return 0
    lots = open_to_fill(s, slot)
    if lots == 0:
        give(s, slot, 1, 0)
    return lots
