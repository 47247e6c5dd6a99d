"""The book at the end of some events, as a snapshot packet."""

import numpy as np

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.data.live_orders import follow_orders

#: One order of a snapshot.
ORDER = np.dtype(
    [("qty", "i8"), ("price", "i4"), ("slot", "i4"), ("side", "u1")], align=True
)


def snapshot_of(events: Records, ts: int) -> Records:
    """
    Give the books that events leave behind, one packet for each instrument.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Events of whole packets, of a checked tape.
    ts : int
        Time of the snapshot [ns UTC].

    Returns
    -------
    ndarray of EVENT
        For each instrument whose book is not empty a clear and its levels or its
        orders, best price first, the orders of a price in line; then a halt for each
        in which trading was halted.
    """
    packets = [events[:0]]
    instruments = np.unique(events["instrument"])
    orders = follow_orders(events, str)
    for instrument in instruments:
        if (orders["instrument"] == instrument).any():
            packets.append(_line_up(ts, int(instrument), orders))
            continue
        own = events[events["instrument"] == instrument]
        clears = np.flatnonzero(own["action"] == Action.CLEAR)
        if clears.size:
            own = own[clears[-1] + 1 :]
        levels = own[own["action"] == Action.SET]
        bids = _last_sizes(levels[levels["side"] == Side.BUY])[::-1]
        asks = _last_sizes(levels[levels["side"] == Side.SELL])
        if bids.size or asks.size:
            packets.append(clear_and_set(ts, int(instrument), bids, asks))
    packets += [_halt(ts, int(i)) for i in instruments if _is_halted(events, i)]
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
    packet = _packet(ts, instrument, bids.size + asks.size)
    packet["action"][1:] = Action.SET
    packet["side"][1 : 1 + bids.size] = Side.BUY
    packet["side"][1 + bids.size :] = Side.SELL
    for field in ("price", "qty"):
        packet[field][1:] = np.concatenate([bids[field], asks[field]])
    return packet


def clear_and_add(ts: int, instrument: int, orders: Records) -> Records:
    """
    Make one snapshot packet of orders.

    Parameters
    ----------
    ts : int
        Its time [ns UTC].
    instrument : int
        Its instrument.
    orders : ndarray with side, price [ticks], qty [lots] and slot
        The orders, those of a price in line.

    Returns
    -------
    ndarray of EVENT, shape (1 + n_orders,)
        A clear and the orders; the last event closes the packet.
    """
    packet = _packet(ts, instrument, orders.size)
    packet["action"][1:] = Action.ADD
    packet["order"][1:] = orders["slot"]
    for field in ("side", "price", "qty"):
        packet[field][1:] = orders[field]
    return packet


def _packet(ts: int, instrument: int, n: int) -> Records:
    """Make a snapshot packet of a clear and `n` empty events."""
    packet = np.zeros(1 + n, EVENT)
    packet["ts"] = ts
    packet["instrument"] = instrument
    packet["order"] = -1
    packet["action"][0] = Action.CLEAR
    packet["side"][0] = Side.NONE
    packet["flags"] = Flag.SNAPSHOT
    packet["flags"][-1] |= int(Flag.LAST)
    return packet


def _is_halted(events: Records, instrument: int) -> bool:
    """Tell whether the last event that halts an instrument or not is a halt."""
    mine = events["instrument"] == instrument
    said = events["action"][mine & (events["action"] >= Action.HALT)]
    return bool(said.size) and said[-1] == Action.HALT


def _halt(ts: int, instrument: int) -> Records:
    """Make a packet that says that trading is halted."""
    packet = _packet(ts, instrument, 0)
    packet["action"] = Action.HALT
    return packet


def _line_up(ts: int, instrument: int, orders: Records) -> Records:
    """Give the live orders of an instrument as a packet, each price in its line."""
    live = np.flatnonzero((orders["qty"] > 0) & (orders["instrument"] == instrument))
    if not live.size:
        return np.zeros(0, EVENT)
    chosen = np.zeros(live.size, ORDER)
    chosen["slot"] = live
    for field in ("side", "price", "qty"):
        chosen[field] = orders[field][live]
    price = chosen["price"].astype(np.int64)
    from_best = np.where(chosen["side"] == Side.BUY, -price, price)
    line = np.lexsort((orders["place"][live], from_best, chosen["side"]))
    return clear_and_add(ts, instrument, chosen[line])


def _last_sizes(levels: Records) -> Records:
    """Keep the last event of each price that leaves size there, by rising price."""
    newest_first = levels[::-1]
    _, index = np.unique(newest_first["price"], return_index=True)
    last = newest_first[index]
    return last[last["qty"] > 0]
