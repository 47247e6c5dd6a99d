"""What a strategy class says about itself, and objects of it for one portfolio."""

from collections.abc import Mapping

from commonbook.strategy.api import Strategy
from commonbook.strategy.callbacks import WAKES
from commonbook.strategy.seat import Seat


def wakes_of(kind: type[Strategy]) -> int:
    """
    Say what wakes a strategy besides the clock.

    Parameters
    ----------
    kind : type
        The class.

    Returns
    -------
    int
        Bits of `Wake`.
    """
    bits = 0
    for name, bit in WAKES.items():
        if getattr(kind, name) is not getattr(Strategy, name):
            bits |= int(bit)
    return bits


def make_strategy(
    kind: type[Strategy], params: Mapping[str, object], seat: Seat
) -> Strategy:
    """
    Make the object that trades for one portfolio.

    Parameters
    ----------
    kind : type
        The class.
    params : mapping of str to object
        A value for every parameter.
    seat : Seat
        Where it sits.

    Returns
    -------
    Strategy
        Its parameters are set, its ``__init__`` has run.
    """
    made = kind.__new__(kind)
    made._seat = seat
    for name, value in params.items():
        setattr(made, name, value)
    made.__init__()  # type: ignore[misc] # the parameters come before __init__
    return made
