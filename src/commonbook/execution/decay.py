"""Consumed size that comes back with time: what is still consumed now."""

import math

from commonbook.core.jit import kernel
from commonbook.core.state import State


@kernel
def decayed(qty: int, passed: int, half_life: int) -> int:
    """
    Compute what is left of a quantity that decays by half in a time.

    Parameters
    ----------
    qty : int
        What it was when it last changed (lots).
    passed : int
        Time since then (ns).
    half_life : int
        Time in which it decays by half (ns), positive.

    Returns
    -------
    int
        Whole lots, a half of one counted as one.
    """
    # Not pow(0.5, ...): compiled, that is exp2, which differs from it in the last bits.
    return math.floor(qty * math.exp2(-(passed / half_life)) + 0.5)


@kernel
def half_life_of(s: State, share: int) -> int:
    """
    Read in which time the consumption of a share decays by half.

    Parameters
    ----------
    s : State
        Read only.
    share : int
        The share.

    Returns
    -------
    int
        A setting of its engine (ns), 0 when consumption does not decay.
    """
    return int(s.engines[int(s.shares[share]["engine"])]["half_life"])


@kernel
def taken_now(s: State, entry: int, half_life: int) -> int:
    """
    Read what is still consumed of a tape order.

    Parameters
    ----------
    s : State
        Read only.
    entry : int
        The TAKEN entry.
    half_life : int
        That of its share (ns).

    Returns
    -------
    int
        c of the order (lots).
    """
    taken = s.taken[entry]
    if half_life == 0:
        return int(taken["qty"])
    passed = int(s.clock[0]["now"] - taken["ts"])
    return decayed(int(taken["qty"]), passed, half_life)


@kernel
def consumed_now(s: State, share: int) -> int:
    """
    Read what an engine still consumes at a price.

    Parameters
    ----------
    s : State
        Read only.
    share : int
        The engine's share.

    Returns
    -------
    int
        c (lots).
    """
    entry = s.shares[share]
    consumed = int(entry["consumed"])
    if consumed == 0:
        return 0
    half_life = half_life_of(s, share)
    if half_life == 0:
        return consumed
    taken = int(entry["taken"])
    if taken < 0:
        passed = int(s.clock[0]["now"] - s.share_times[share])
        return decayed(consumed, passed, half_life)
    consumed = 0
    while taken >= 0:
        consumed += taken_now(s, taken, half_life)
        taken = int(s.taken[taken]["next"])
    return consumed


@kernel
def set_consumed(s: State, share: int, consumed: int) -> None:
    """
    Set what an engine consumes at a price, where the tape names no orders.

    Parameters
    ----------
    s : State
        Changed in place.
    share : int
        The engine's share.
    consumed : int
        c as of now (lots).
    """
    s.shares[share]["consumed"] = consumed
    if half_life_of(s, share) > 0:
        s.share_times[share] = s.clock[0]["now"]
