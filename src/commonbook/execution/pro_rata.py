"""Divide an incoming quantity among all who stand in line at a price, by size."""

from commonbook.core.dtypes import Records
from commonbook.core.integers import mul_div
from commonbook.core.jit import kernel


@kernel
def divide_line(line: Records, n: int, qty: int, top: int, min_part: int) -> None:
    """
    Say what each entry of a line gives to an incoming quantity.

    Parameters
    ----------
    line : ndarray of LINE_ENTRY, shape (capacity,)
        The first `n` entries in the order of time; their parts are set in place.
    n : int
        Number of entries.
    qty : int
        What comes (lots).
    top : int
        The entry that gives first, -1 for none.
    min_part : int
        Smaller parts become 0 (lots).

    Notes
    -----
    The top order gives up to its size. Of what is left, R, each other entry gives
    ``floor(R * size / sum of sizes)``, and the rest is given by time. Entries without a
    name (tape size of which no order is known) are one body: it gives its part from
    its end, however small it is.

    References
    ----------
    CME Group, matching algorithm A ("Allocation"): TOP, pro rata, FIFO.
    """
    whole = 0
    for i in range(n):
        whole += int(line[i]["size"])
    if qty >= whole:
        for i in range(n):
            line[i]["part"] = line[i]["size"]
        return
    for i in range(n):
        line[i]["part"] = 0
    left = qty
    if top >= 0:
        line[top]["part"] = min(qty, int(line[top]["size"]))
        left -= int(line[top]["part"])
        whole -= int(line[top]["size"])
    if left > 0:
        left -= _give_in_proportion(line, n, left, whole, top, min_part)
        _give_by_time(line, n, left)


@kernel
def _give_in_proportion(
    line: Records, n: int, qty: int, whole: int, top: int, min_part: int
) -> int:
    """Let all but the top order give by their size; return what they give in all."""
    given, nameless = 0, 0
    for i in range(n):
        entry = line[i]
        if i == top:
            continue
        if entry["slot"] < 0 and entry["order"] < 0:
            nameless += int(entry["size"])
            continue
        part, _ = mul_div(int(entry["size"]), qty, whole)
        if part >= min_part:
            entry["part"] = part
            given += part
    if nameless > 0:
        left, _ = mul_div(nameless, qty, whole)
        given += left
        for i in range(n - 1, -1, -1):
            entry = line[i]
            if entry["slot"] < 0 and entry["order"] < 0:
                part = min(left, int(entry["size"]))
                entry["part"] = part
                left -= part
    return given


@kernel
def _give_by_time(line: Records, n: int, qty: int) -> None:
    """Let the first in line give what is left over."""
    left = qty
    for i in range(n):
        entry = line[i]
        more = min(left, int(entry["size"] - entry["part"]))
        entry["part"] += more
        left -= more
