"""The book at the end of some events, as a snapshot packet."""

import numpy as np

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side


def snapshot_of(events: Records, ts: int) -> Records:
    """
    Give the books that events leave behind, one packet for each instrument.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Level events (L2) of whole packets.
    ts : int
        Time of the snapshot [ns UTC].

    Returns
    -------
    ndarray of EVENT
        For each instrument whose book is not empty a clear and its levels, best
        price first.
    """
    packets = [events[:0]]
    for instrument in np.unique(events["instrument"]):
        own = events[events["instrument"] == instrument]
        clears = np.flatnonzero(own["action"] == Action.CLEAR)
        if clears.size:
            own = own[clears[-1] + 1 :]
        levels = own[own["action"] == Action.SET]
        bids = _last_sizes(levels[levels["side"] == Side.BUY])[::-1]
        asks = _last_sizes(levels[levels["side"] == Side.SELL])
        if bids.size or asks.size:
            packets.append(clear_and_set(ts, int(instrument), bids, asks))
    return np.concatenate(packets)


def clear_and_set(ts: int, instrument: int, bids: Records, asks: Records) -> Records:
    """
    Make one snapshot packet.

    Parameters
    ----------
    ts : int
        Its time [ns UTC].
    instrument : int
        Its instrument.
    bids : ndarray with price [ticks] and qty [lots]
        Levels of the bid side, in the order wanted.
    asks : ndarray with price [ticks] and qty [lots]
        Levels of the ask side.

    Returns
    -------
    ndarray of EVENT, shape (1 + n_bids + n_asks,)
        A clear and the levels; the last event closes the packet.
    """
    packet = np.zeros(1 + bids.size + asks.size, EVENT)
    packet["ts"] = ts
    packet["instrument"] = instrument
    packet["order"] = -1
    packet["flags"] = Flag.SNAPSHOT
    packet["action"] = Action.SET
    packet["action"][0] = Action.CLEAR
    packet["side"][0] = Side.NONE
    packet["side"][1 : 1 + bids.size] = Side.BUY
    packet["side"][1 + bids.size :] = Side.SELL
    for field in ("price", "qty"):
        packet[field][1:] = np.concatenate([bids[field], asks[field]])
    packet["flags"][-1] |= int(Flag.LAST)
    return packet


def _last_sizes(levels: Records) -> Records:
    """Keep the last event of each price that leaves size there, by rising price."""
    newest_first = levels[::-1]
    _, index = np.unique(newest_first["price"], return_index=True)
    last = newest_first[index]
    return last[last["qty"] > 0]
