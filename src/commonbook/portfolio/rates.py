"""How fast a portfolio may send: what leaves now, later, or not at all."""

from commonbook.core.enums import OverRate
from commonbook.core.jit import kernel
from commonbook.core.message_records import REPLACES
from commonbook.core.state import State

REJECT = int(OverRate.REJECT)

#: Nothing leaves later than this [ns], long after all data; times stay in 64 bits.
LATEST = 3 << 60


@kernel
def within_rate(s: State, rate: int) -> bool:
    """
    Say whether a portfolio may send one more order or replace in this round.

    Parameters
    ----------
    s : State
        Read only.
    rate : int
        Row of ``rates``.

    Returns
    -------
    bool
        False when it would be too many and they are not held back.
    """
    entry = s.rates[rate]
    if entry["over"] != REJECT:
        return True
    messages = int(entry["messages"])
    asked = int(entry["waiting"])
    if entry["round"] == s.clock[0]["round"]:
        asked += int(entry["asked"])
    if asked >= messages:
        return False
    # With those of this round and at the desk, the one that must be out of the window
    # by now.
    number = int(entry["count"]) + asked - messages
    if number < 0:
        return True
    left = s.rate_times[int(entry["first"]) + number % messages]
    return bool(left + entry["per"] <= s.clock[0]["now"])


@kernel
def count_asked(s: State, rate: int) -> None:
    """
    Count an order or a replace of this round; what a desk does not cross, will leave.

    Parameters
    ----------
    s : State
        Changed in place.
    rate : int
        Row of ``rates``.
    """
    entry = s.rates[rate]
    if entry["round"] != s.clock[0]["round"]:
        entry["round"] = s.clock[0]["round"]
        entry["asked"] = 0
    entry["asked"] += 1


@kernel
def leave(s: State, rate: int, sent: int) -> int:
    """
    Let a message leave as soon as it may, behind those before it.

    Parameters
    ----------
    s : State
        The portfolio's times are changed in place, and what its order remembers.
    rate : int
        Row of ``rates``.
    sent : int
        The message, as in `MESSAGE.sent`.

    Returns
    -------
    int
        When it leaves (ns).
    """
    entry = s.rates[rate]
    ts = max(int(s.clock[0]["now"]), int(entry["last"]))
    if sent >= 0 or ~sent >= REPLACES:
        messages = int(entry["messages"])
        place = int(entry["first"]) + int(entry["count"]) % messages
        if entry["count"] >= messages:
            ts = max(ts, min(LATEST, int(s.rate_times[place] + entry["per"])))
        s.rate_times[place] = ts
        entry["count"] += 1
    entry["last"] = ts
    if sent >= 0 and entry["over"] != REJECT:
        s.leave_times[int(s.orders[sent]["terms"])] = ts
    return ts
