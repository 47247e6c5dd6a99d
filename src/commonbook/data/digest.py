"""The fingerprint of a tape."""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.pages import give_back
from commonbook.data.instrument import Instrument
from commonbook.data.pieces import pieces


def digest_of(
    events: Records,
    instruments: tuple[Instrument, ...],
    ts_recv: NDArray[np.int64] | None,
) -> str:
    """
    Fingerprint everything a backtest can depend on.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.
    instruments : tuple of Instrument
        What the events' ``instrument`` points into.
    ts_recv : ndarray of int64, shape (n,), or None
        When each event was received [ns UTC].

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    digest = sha256()
    for instrument in instruments:
        # Equal grids written differently (0.10, 0.1) are one instrument.
        sizes = (instrument.tick_size, instrument.lot_size, instrument.multiplier)
        text = "\0".join([instrument.symbol, *(f"{s.normalize():f}" for s in sizes)])
        digest.update(text.encode() + b"\n")
    for rows in pieces(events):
        digest.update(packed(events[rows]).data)
    if ts_recv is not None:
        for rows in pieces(events):
            digest.update(np.ascontiguousarray(ts_recv[rows]).data)
            give_back(ts_recv, rows.start, rows.stop)
    return digest.hexdigest()


def packed(events: Records) -> Records:
    """
    Copy events so that the bytes between their fields are 0.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events.

    Returns
    -------
    ndarray of EVENT, shape (n,)
        Equal events have equal bytes.
    """
    clean = np.zeros(events.size, events.dtype)
    for name in events.dtype.names or ():
        clean[name] = events[name]
    return clean
