"""
What few orders have: a time when they end, a stop price, a position as their bound.

The others pay nothing.
"""

from commonbook.core.dtypes import REDUCES, Records
from commonbook.core.enums import PostOnly, Side
from commonbook.core.jit import kernel
from commonbook.core.limits import MAX_TICKS
from commonbook.core.state import State
from commonbook.execution.expiry import forget_expiry

BUY = int(Side.BUY)
REPRICE = int(PostOnly.REPRICE)


@kernel
def new_terms(s: State, slot: int, stop_price: int, expires: int) -> None:
    """
    Give an order terms of its own.

    Parameters
    ----------
    s : State
        Changed in place; the pool has an entry left.
    slot : int
        The order.
    stop_price : int
        Stop price (ticks); 0 where the order has none.
    expires : int
        When its time is over at the venue, 0 for never (ns).
    """
    clock = s.clock[0]
    number = int(clock["free_terms"])
    terms = s.terms[number]
    clock["free_terms"] = terms["next"]
    clock["left_terms"] -= 1
    terms["expires"] = expires
    terms["ts_trigger"] = 0
    terms["serial"] = 0
    terms["known_qty"] = s.orders[slot]["qty"]
    terms["asked"] = 0
    terms["stop_price"] = stop_price
    terms["price"] = s.orders[slot]["price"]
    terms["slot"] = slot
    terms["heap_place"] = -1
    terms["first_replace"] = -1
    terms["last_replace"] = -1
    terms["answers"] = 0
    terms["replaced"] = 0
    terms["rested"] = 0
    terms["reduce_only"] = 0
    if s.leave_times.shape[0] > 0:
        s.leave_times[number] = 0
    s.orders[slot]["terms"] = number


@kernel
def limit_of(s: State, slot: int) -> int:
    """
    Give the limit price that an order has at the venue.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        The order.

    Returns
    -------
    int
        Price (ticks); its portfolio may not yet know that the venue has repriced it, or
        replaced it.
    """
    order = s.orders[slot]
    if order["terms"] < 0:
        return int(order["price"])
    return int(s.terms[int(order["terms"])]["price"])


@kernel
def open_to_fill(s: State, slot: int) -> int:
    """
    Say how many lots of an order may be filled now.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        The order.

    Returns
    -------
    int
        What is left of it; of a reduce-only order no more than its portfolio's position
        at the venue, 0 when it would make that larger (lots).
    """
    order = s.orders[slot]
    leaves = int(order["leaves"])
    if order["terms"] < 0 or s.terms[int(order["terms"])]["reduce_only"] == 0:
        return leaves
    return min(leaves, cap_of(int(order["side"]), venue_position(s, slot)))


@kernel
def cap_of(side: int, position: int) -> int:
    """
    Say how many lots of a side reduce a position.

    Parameters
    ----------
    side : int
        Side of an order.
    position : int
        Position (lots).

    Returns
    -------
    int
        Lots, from 0.
    """
    return max(0, -position if side == BUY else position)


@kernel
def venue_position(s: State, slot: int) -> int:
    """
    Compute the position of an order's portfolio with all its fills at the venue.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        The order.

    Returns
    -------
    int
        Position in the order's instrument (lots).

    Notes
    -----
    Accounts have all fills up to the last settlement. Those of this step are looked
    through: few orders reduce only, and the other runs should not keep a sum for them.
    """
    order = s.orders[slot]
    clock = s.clock[0]
    position = int(
        s.accounts[int(order["portfolio"]), int(order["instrument"])]["position"]
    )
    for i in range(clock["n_settled"], clock["n_fills"]):
        fill = s.fills[i]
        if (
            fill["portfolio"] == order["portfolio"]
            and fill["instrument"] == order["instrument"]
        ):
            position += fill["qty"] if fill["side"] == BUY else -fill["qty"]
    return position


@kernel
def reprice(s: State, slot: int, reach: int) -> bool:
    """
    Give an order that must not take the price next to what it could have taken.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    reach : int
        The best price that it could have taken (ticks).

    Returns
    -------
    bool
        False when no order can have that price; nothing is changed then.
    """
    price = reach - 1 if s.orders[slot]["side"] == BUY else reach + 1
    if abs(price) > MAX_TICKS:
        return False
    s.terms[int(s.orders[slot]["terms"])]["price"] = price
    return True


@kernel
def free_terms(s: State, number: int) -> None:
    """
    Give back the terms of an order that nobody refers to any more.

    Parameters
    ----------
    s : State
        Changed in place.
    number : int
        The terms.
    """
    clock = s.clock[0]
    s.terms[number]["next"] = clock["free_terms"]
    clock["free_terms"] = number
    clock["left_terms"] += 1


@kernel
def close_terms(s: State, number: int, entry: Records) -> None:
    """
    Write the terms of an order that has ended into its history.

    Parameters
    ----------
    s : State
        The order's time is forgotten in place.
    number : int
        The terms, -1 for none.
    entry : record of ORDER_HISTORY
        Changed in place.
    """
    if number < 0:
        entry["stop_price"] = 0
        entry["expires"] = 0
        entry["ts_trigger"] = 0
        entry["replaces"] = 0
        return
    forget_expiry(s, number)
    terms = s.terms[number]
    entry["price"] = terms["price"]
    entry["stop_price"] = terms["stop_price"]
    entry["expires"] = terms["expires"]
    entry["ts_trigger"] = terms["ts_trigger"]
    entry["replaces"] = terms["replaced"]
    if terms["reduce_only"] == 1:
        entry["promises"] |= REDUCES


@kernel
def next_close(s: State, instrument: int, ts: int) -> int:
    """
    Find the next close of an instrument's session.

    Parameters
    ----------
    s : State
        Read only.
    instrument : int
        Instrument.
    ts : int
        Time (ns).

    Returns
    -------
    int
        The first close after the time (ns); 2**62 when the data has none.
    """
    closes = s.closes[instrument]
    low, high = 0, closes.shape[0]
    while low < high:
        middle = (low + high) // 2
        if closes[middle] > ts:
            high = middle
        else:
            low = middle + 1
    return int(closes[low]) if low < closes.shape[0] else 1 << 62
