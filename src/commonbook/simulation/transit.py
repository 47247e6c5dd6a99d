"""How long messages travel where that varies; those of one portfolio stay in order."""

import math

from commonbook.core.enums import DelayKind, Leg
from commonbook.core.heap import drop_entry, put_entry
from commonbook.core.integers import mul_div
from commonbook.core.jit import kernel
from commonbook.core.normal import normal_quantile
from commonbook.core.rng import draw
from commonbook.core.state import State

LOGNORMAL = int(DelayKind.LOGNORMAL)
CURVE = int(DelayKind.CURVE)
PACKETS = int(DelayKind.PACKETS)
ORDER = int(Leg.ORDER)
RESPONSE = int(Leg.RESPONSE)

#: No delay is longer than this [ns], about 18 years.
MAX_DELAY = 1 << 59


@kernel
def next_arrival(s: State, flight: int, portfolio: int, sent: int, leaves: int) -> int:
    """
    Send one message whose delay varies; it never overtakes the one before it.

    Parameters
    ----------
    s : State
        The flight's counters are changed in place, and what the order remembers.
    flight : int
        The portfolio's own flight.
    portfolio : int
        Who sends.
    sent : int
        Slot of the order, which has terms; ``~slot`` for a cancel.
    leaves : int
        When it leaves (ns).

    Returns
    -------
    int
        When the venue acts on it (ns).
    """
    row = s.flights[flight]
    name, number = int(s.portfolios[portfolio]["stream"]), int(row["sent"])
    delay = delay_of(s, int(row["rule"]), name, ORDER, number, leaves)
    ts = max(int(row["last"]), leaves + delay)
    acts = ts + int(row["delay"])
    row["sent"] += 1
    row["last"] = ts
    if row["count"] == 0:
        await_arrival(s, flight, acts)
    if sent >= 0:
        s.terms[int(s.orders[sent]["terms"])]["ts_arrival"] = ts
    return acts


@kernel
def await_arrival(s: State, flight: int, ts: int) -> None:
    """
    Note when the venue acts on the oldest message of a flight.

    Parameters
    ----------
    s : State
        The heap of arrivals is changed in place.
    flight : int
        A flight whose delay varies.
    ts : int
        Time (ns).
    """
    clock = s.clock[0]
    n = int(clock["n_arrivals"])
    clock["n_arrivals"] = put_entry(s.arrivals, s.flights, n, ts, 0, flight)


@kernel
def await_next(s: State, flight: int) -> None:
    """
    Note when the next message of a flight arrives, after some have arrived.

    Parameters
    ----------
    s : State
        The heap of arrivals is changed in place.
    flight : int
        Any flight; nothing is to be done for those of a constant delay.
    """
    row = s.flights[flight]
    if row["rule"] < 0:
        return
    if row["count"] > 0:
        await_arrival(s, flight, int(s.rings[flight, int(row["head"])]["ts"]))
        return
    clock = s.clock[0]
    n = int(clock["n_arrivals"])
    clock["n_arrivals"] = drop_entry(s.arrivals, s.flights, n, flight)


@kernel
def next_report(s: State, portfolio: int) -> int:
    """
    Send one report; it never overtakes the one before it.

    Parameters
    ----------
    s : State
        The portfolio's counters are changed in place.
    portfolio : int
        Whom it is sent to.

    Returns
    -------
    int
        When the portfolio knows (ns).
    """
    owner = s.portfolios[portfolio]
    now = int(s.clock[0]["now"])
    rule = int(owner["response_rule"])
    if rule < 0:
        return now + int(owner["response_delay"])
    name, number = int(owner["stream"]), int(owner["n_reports"])
    delay = delay_of(s, rule, name, RESPONSE, number, now)
    ts = max(int(owner["last_known"]), now + delay)
    owner["n_reports"] += 1
    owner["last_known"] = ts
    return ts


@kernel
def delay_of(s: State, rule: int, name: int, leg: int, number: int, ts: int) -> int:
    """
    Give the delay of one message.

    Parameters
    ----------
    s : State
        Read only.
    rule : int
        How the delay comes about.
    name : int
        Hash of the name of whose message it is.
    leg : int
        Which way it goes.
    number : int
        How many messages went this way before it.
    ts : int
        When it leaves (ns).

    Returns
    -------
    int
        Delay (ns).
    """
    delay = s.delays[rule]
    if delay["kind"] >= CURVE:
        return _given(s, rule, number, ts)
    bits = draw(int(s.clock[0]["seed"]), name, leg, number)
    if delay["kind"] == LOGNORMAL:
        share = (bits + 0.5) / 4503599627370496.0  # 2**52
        span = delay["median"] * math.exp(delay["sigma"] * normal_quantile(share))
        return max(int(delay["least"]), int(min(span, float(MAX_DELAY)) + 0.5))
    chosen = (bits >> 20) * int(delay["count"]) >> 32
    return int(s.samples[int(delay["first"]) + chosen])


@kernel
def _given(s: State, rule: int, number: int, ts: int) -> int:
    """Give a delay that is not drawn: of a packet, or of a time."""
    delay = s.delays[rule]
    first, count = int(delay["first"]), int(delay["count"])
    if delay["kind"] == PACKETS:
        return int(s.samples[first + number])
    low, high = first, first + count
    while low < high:  # the first point after the time
        middle = (low + high) // 2
        if s.samples[middle] > ts:
            high = middle
        else:
            low = middle + 1
    before = max(first, low - 1)
    span = int(s.samples[before + count])
    if delay["kind"] != CURVE or low == first or low == first + count:
        return span
    start, end = int(s.samples[before]), int(s.samples[low])
    change = int(s.samples[low + count]) - span
    part, _ = mul_div(abs(change), ts - start, end - start)
    return span + part if change > 0 else span - part
