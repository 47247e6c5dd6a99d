"""
The recent touches of each instrument: what a feed delay shows of a book's best prices.

Who only looks at the best bid and ask needs no delayed copy of the book. A trail is a
ring of the touches at the ends of packets, as far back as anyone looks.
"""

from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel


@kernel
def note_touch(trail: Records, touches: Records, ts: int, bid: int, ask: int) -> bool:
    """
    Add a touch to a trail, and forget those that nobody will look at any more.

    Parameters
    ----------
    trail : record of TRAIL
        Changed in place.
    touches : ndarray of TOUCH, shape (capacity,)
        The ring, with an entry left; a power of two; changed in place.
    ts : int
        Time, not before that of the last touch (ns).
    bid : int
        Best bid (ticks), ``NO_BID`` when there is none.
    ask : int
        Best ask (ticks), ``NO_ASK`` when there is none.

    Returns
    -------
    bool
        Whether the ring is full now.
    """
    mask = touches.shape[0] - 1
    first, count = int(trail["first"]), int(trail["count"])
    # The last touch that is old enough for the longest delay is the oldest one needed.
    seen = ts - int(trail["reach"])
    while count > 1 and touches[(first + 1) & mask]["ts"] <= seen:
        first = (first + 1) & mask
        count -= 1
    if count == 0 or touches[(first + count - 1) & mask]["ts"] != ts:
        count += 1
    touch = touches[(first + count - 1) & mask]
    touch["ts"] = ts
    touch["bid"] = bid
    touch["ask"] = ask
    trail["first"] = first
    trail["count"] = count
    return bool(count > mask)


@kernel
def touch_at(trail: Records, touches: Records, ts: int) -> tuple[int, int]:
    """
    Look up the touch at a time.

    Parameters
    ----------
    trail : record of TRAIL
        Read only.
    touches : ndarray of TOUCH, shape (capacity,)
        The ring.
    ts : int
        Time, at most the trail's reach before now (ns).

    Returns
    -------
    bid : int
        Best bid after the last packet that is not later (ticks), ``NO_BID`` when there
        was none.
    ask : int
        Best ask (ticks), ``NO_ASK`` when there was none.
    """
    mask = touches.shape[0] - 1
    first = int(trail["first"])
    low, high = 0, int(trail["count"])  # the first later touch is between them
    while low < high:
        middle = (low + high) // 2
        if touches[(first + middle) & mask]["ts"] <= ts:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return NO_BID, NO_ASK
    touch = touches[(first + low - 1) & mask]
    return int(touch["bid"]), int(touch["ask"])
