"""How much a tape traded."""

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action
from commonbook.data.pieces import pieces


def traded_lots(events: Records, n_instruments: int) -> tuple[int, ...]:
    """
    Add up the sizes of the tape's trades.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        A checked tape.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    tuple of int
        Size of all trades of each instrument [lots].
    """
    lots = np.zeros(n_instruments, np.int64)
    for rows in pieces(events):
        part = events[rows]
        trades = part[part["action"] == Action.TRADE]
        np.add.at(lots, trades["instrument"], trades["qty"])
    return tuple(lots.tolist())
