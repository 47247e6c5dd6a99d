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
    digest = TapeDigest(instruments)
    for rows in pieces(events):
        digest.add(packed(events[rows]), None if ts_recv is None else ts_recv[rows])
        if ts_recv is not None:
            give_back(ts_recv, rows.start, rows.stop)
    return digest.text()


class TapeDigest:
    """
    The fingerprint of a tape that comes in pieces.

    Parameters
    ----------
    instruments : tuple of Instrument
        What the events' ``instrument`` points into.
    """

    def __init__(self, instruments: tuple[Instrument, ...]) -> None:
        self._events = sha256()
        self._recv = sha256()
        self._has_recv = False
        for instrument in instruments:
            # Equal grids written differently (0.10, 0.1) are one instrument.
            sizes = (instrument.tick_size, instrument.lot_size, instrument.multiplier)
            units = (f"{size.normalize():f}" for size in sizes)
            text = "\0".join([instrument.symbol, *units])
            self._events.update(text.encode() + b"\n")

    def add(self, events: Records, ts_recv: NDArray[np.int64] | None) -> None:
        """
        Go on with a piece; how a tape is cut does not matter.

        Parameters
        ----------
        events : ndarray of EVENT, shape (n,)
            Events as `packed` gives them.
        ts_recv : ndarray of int64, shape (n,), or None
            When each was received [ns UTC]; None for all pieces or for none.
        """
        self._events.update(events.data)
        if ts_recv is not None:
            self._has_recv = True
            self._recv.update(np.ascontiguousarray(ts_recv).data)

    def text(self) -> str:
        """
        Give the fingerprint of all pieces so far.

        Returns
        -------
        str
            SHA-256 in hexadecimal.
        """
        digest = self._events.copy()
        if self._has_recv:
            digest.update(self._recv.digest())
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
