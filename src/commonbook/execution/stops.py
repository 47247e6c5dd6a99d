"""
Stop orders at the venue: they wait for a trigger, then take part in the next batch.

The stops of one instrument, side and kind of trigger stand in a list, the one that is
triggered first at its head. ``nearest`` is its stop price, so that looking whether a
print triggers anything is one comparison.
"""

from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.enums import OrderState, Side, StopTrigger
from commonbook.core.jit import kernel
from commonbook.core.state import State

BUY = int(Side.BUY)
SELL = int(Side.SELL)
WAITING = int(OrderState.WAITING)
TRADE = int(StopTrigger.TRADE)
TOUCH = int(StopTrigger.TOUCH)

#: No print yet, or no price on a side: triggers nothing.
NO_PRINT = -(1 << 62)


@kernel
def is_triggered(s: State, slot: int) -> bool:
    """
    Say whether a stop order would be triggered by what the tape shows now.

    Parameters
    ----------
    s : State
        Read only.
    slot : int
        A stop order.

    Returns
    -------
    bool
        Whether the last print, or the touch, is at the stop price or beyond.
    """
    order = s.orders[slot]
    instrument, side = int(order["instrument"]), int(order["side"])
    price = int(s.last_prints[instrument])
    if _trigger_of(s, slot) == TOUCH:
        price = _opposite(s, instrument, side)
    return _reaches(side, price, int(s.terms[int(order["terms"])]["stop_price"]))


@kernel
def wait_for_trigger(s: State, slot: int) -> None:
    """
    Let a stop order wait.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order.
    """
    order = s.orders[slot]
    order["state"] = WAITING
    number = int(order["terms"])
    terms = s.terms[number]
    s.clock[0]["serial"] += 1
    terms["serial"] = s.clock[0]["serial"]
    side = int(order["side"])
    stops = s.stops[_trigger_of(s, slot), int(order["instrument"]), side]
    before, following = -1, int(stops["head"])
    while following >= 0 and not _is_nearer(
        side, int(terms["stop_price"]), int(s.terms[following]["stop_price"])
    ):
        before = following
        following = int(s.terms[following]["next"])
    terms["prev"] = before
    terms["next"] = following
    if following >= 0:
        s.terms[following]["prev"] = number
    if before >= 0:
        s.terms[before]["next"] = number
    else:
        stops["head"] = number
        stops["nearest"] = terms["stop_price"]


@kernel
def stop_waiting(s: State, slot: int) -> None:
    """
    Take a stop order that is not triggered yet out of its list.

    Parameters
    ----------
    s : State
        Changed in place.
    slot : int
        The order, which waits.
    """
    order = s.orders[slot]
    terms = s.terms[int(order["terms"])]
    if terms["ts_trigger"] > 0:  # it is out already
        return
    side = int(order["side"])
    stops = s.stops[_trigger_of(s, slot), int(order["instrument"]), side]
    before, following = int(terms["prev"]), int(terms["next"])
    if following >= 0:
        s.terms[following]["prev"] = before
    if before >= 0:
        s.terms[before]["next"] = following
        return
    stops["head"] = following
    stops["nearest"] = (
        s.terms[following]["stop_price"] if following >= 0 else farthest(side)
    )


@kernel
def farthest(side: int) -> int:
    """
    Give the stop price of no stop at all.

    Parameters
    ----------
    side : int
        Side of the stops.

    Returns
    -------
    int
        A price that no print reaches (ticks).
    """
    return NO_ASK if side == BUY else NO_BID


@kernel
def hear_print(s: State, instrument: int, price: int) -> bool:
    """
    Note a print of the tape.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    price : int
        Price (ticks).

    Returns
    -------
    bool
        Whether it triggers stop orders.
    """
    s.last_prints[instrument] = price
    stops = s.stops[TRADE, instrument]
    return bool(price >= stops[BUY]["nearest"] or price <= stops[SELL]["nearest"])


@kernel
def trigger_by_print(s: State, instrument: int, price: int) -> None:
    """
    Trigger the stop orders that a print reaches.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    price : int
        Price (ticks).
    """
    _trigger(s, TRADE, instrument, BUY, price)
    _trigger(s, TRADE, instrument, SELL, price)


@kernel
def trigger_by_touch(s: State, instrument: int, ts: int) -> None:
    """
    Trigger the stop orders that the touch after a packet reaches.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    ts : int
        Time of the packet (ns).
    """
    for side in range(2):
        if s.stops[TOUCH, instrument, side]["head"] >= 0:
            s.clock[0]["now"] = ts
            _trigger(s, TOUCH, instrument, side, _opposite(s, instrument, side))


@kernel
def trigger_as_on_arrival(s: State, instrument: int) -> None:
    """
    Trigger the stop orders that would be triggered if they arrived now.

    Parameters
    ----------
    s : State
        Changed in place.
    instrument : int
        Instrument.
    """
    last = int(s.last_prints[instrument])
    for side in range(2):
        _trigger(s, TRADE, instrument, side, last)
        _trigger(s, TOUCH, instrument, side, _opposite(s, instrument, side))


@kernel
def _trigger(s: State, kind: int, instrument: int, side: int, price: int) -> None:
    """List the stops of one side that a price reaches, for the next batch."""
    clock = s.clock[0]
    stops = s.stops[kind, instrument, side]
    while stops["head"] >= 0 and _reaches(side, price, int(stops["nearest"])):
        terms = s.terms[int(stops["head"])]
        slot = int(terms["slot"])
        stop_waiting(s, slot)
        terms["ts_trigger"] = clock["now"]
        place = int(clock["n_triggered"])
        while place > 0 and _serial(s, int(s.ready[1, place - 1])) > terms["serial"]:
            s.ready[1, place] = s.ready[1, place - 1]
            place -= 1
        s.ready[1, place] = slot
        clock["n_triggered"] += 1
        clock["next_ts"] = min(clock["next_ts"], clock["now"])


@kernel
def _serial(s: State, slot: int) -> int:
    return int(s.terms[int(s.orders[slot]["terms"])]["serial"])


@kernel
def _trigger_of(s: State, slot: int) -> int:
    """Find what triggers a stop order: a setting of its engine."""
    engine = int(s.portfolios[int(s.orders[slot]["portfolio"])]["engine"])
    return int(s.engines[engine]["stop_trigger"])


@kernel
def _opposite(s: State, instrument: int, side: int) -> int:
    """Read the best price of the other side; none triggers nothing."""
    best = int(s.books[instrument, 1 - side]["best"])
    return best if NO_BID < best < NO_ASK else NO_PRINT


@kernel
def _reaches(side: int, price: int, stop_price: int) -> bool:
    if price == NO_PRINT:
        return False
    return price >= stop_price if side == BUY else price <= stop_price


@kernel
def _is_nearer(side: int, stop_price: int, than: int) -> bool:
    return stop_price < than if side == BUY else stop_price > than
