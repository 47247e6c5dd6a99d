"""Where the runs of a batch, or of a desk, go and where they end."""

from commonbook.core.jit import kernel
from commonbook.core.state import State

# RUN.first is the group (or desk), the instrument and the pool of liquidity.
POOL_BITS = 24
INSTRUMENT_BITS = 16
POOLS = (1 << POOL_BITS) - 1
INSTRUMENTS = (1 << INSTRUMENT_BITS) - 1


@kernel
def same_place(s: State, k: int, n: int, ignored: int) -> int:
    """
    Find the end of the runs that go to one place.

    Parameters
    ----------
    s : State
        Read only.
    k : int
        First of these runs.
    n : int
        Number of all runs.
    ignored : int
        Low bits of the place that may differ: ``POOL_BITS`` for all pools of a group.

    Returns
    -------
    int
        One past the last of these runs.
    """
    place = s.runs[0, k]["first"] >> ignored
    k += 1
    while k < n and s.runs[0, k]["first"] >> ignored == place:
        k += 1
    return k


@kernel
def place_of(s: State, k: int) -> tuple[int, int, int]:
    """
    Find where a run goes.

    Parameters
    ----------
    s : State
        Read only.
    k : int
        The run.

    Returns
    -------
    group : int
        Whose takes move the market together; at the desks: the desk.
    instrument : int
        Instrument.
    engine : int
        Pool of liquidity; at the desks 0.
    """
    place = int(s.runs[0, k]["first"])
    rest = place >> POOL_BITS
    return rest >> INSTRUMENT_BITS, rest & INSTRUMENTS, place & POOLS


@kernel
def end_of_run(s: State, k: int) -> int:
    """
    Find where a run ends in the batch.

    Parameters
    ----------
    s : State
        Read only.
    k : int
        The run.

    Returns
    -------
    int
        One past its last message.
    """
    return int(s.runs[0, k]["start"] + s.runs[0, k]["count"])
