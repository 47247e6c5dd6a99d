"""
One price for all: what the orders of a bunch took is booked at its average price.

A bunch is what one batch took from the tape for orders of the same side and limit, of
several portfolios: who is alone keeps its own prices, as if nobody else ran. Each
fill keeps the price of its level, and ``adjust_e8`` is what its order pays beyond that,
so that it comes to the average. What an order pays is rounded once; what rounding
leaves of a bunch is less than one unit of 1e-8 for each of its orders. What a side is
charged for its impact is spread, too.
"""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, Side
from commonbook.core.integers import mul_div, sort_keys
from commonbook.core.jit import kernel
from commonbook.core.limits import PARTS
from commonbook.core.state import State
from commonbook.execution.orders import has_limit
from commonbook.execution.terms import limit_of

BUY = int(Side.BUY)
TAKER = int(Liquidity.TAKER)

#: Stands for the limit of market orders: beyond all prices [ticks].
NO_LIMIT = 1 << 40
#: Amounts at or above this are refused: they might leave 64 bits.
LIMIT, MOST = 4.0e18, 1.0e18
#: An amount that no account takes, so that the run ends for what is too large.
TOO_MUCH = 1 << 62


@kernel
def average_takes(s: State, instrument: int, first: int) -> None:
    """
    Let the orders of each bunch pay its average price.

    Parameters
    ----------
    s : State
        ``adjust_e8`` of the fills from `first` on is changed in place; ``keys`` have
        room for them.
    instrument : int
        Instrument.
    first : int
        First fill of the batch.
    """
    n = 0
    for i in range(first, int(s.clock[0]["n_fills"])):
        fill = s.fills[i]
        if fill["liquidity"] != TAKER or fill["counterparty"] >= 0:
            continue
        slot = int(fill["slot"])
        limit = limit_of(s, slot) if has_limit(s.orders[slot]) else NO_LIMIT
        key = s.keys[0, n]
        key["first"] = 2 * limit + int(fill["side"])
        key["second"] = (slot << 32) + i - first
        key["index"] = i
        n += 1
    if n < 2:
        return
    sort_keys(s.keys[0], s.keys[1], n)
    start = 0
    while start < n:
        stop = start + 1
        while stop < n and s.keys[0, stop]["first"] == s.keys[0, start]["first"]:
            stop += 1
        _average(s, s.money[instrument], start, stop)
        start = stop


@kernel
def _average(s: State, money: Records, start: int, stop: int) -> None:
    """Book one bunch, whose fills stand order by order, at its average price."""
    first = s.fills[int(s.keys[0, start]["index"])]
    base, most = int(first["price_half"]), int(first["price_half"])
    lots, others = 0, 0
    for k in range(start, stop):
        fill = s.fills[int(s.keys[0, k]["index"])]
        base = min(base, int(fill["price_half"]))
        most = max(most, int(fill["price_half"]))
        lots += int(fill["qty"])
        others += fill["portfolio"] != first["portfolio"]
    if most == base or others == 0:
        return  # one price for all already, or nobody to share with
    if not _fits(money, most - base, lots):
        first["adjust_e8"] = TOO_MUCH
        return
    rise = 0  # beyond the lowest price
    for k in range(start, stop):
        fill = s.fills[int(s.keys[0, k]["index"])]
        rise += int(fill["qty"]) * (int(fill["price_half"]) - base)
    slot, mine, spent, paid = -1, 0, 0, 0
    for k in range(start, stop):
        fill = s.fills[int(s.keys[0, k]["index"])]
        if fill["slot"] != slot:
            slot, mine, spent, paid = int(fill["slot"]), 0, 0, 0
        mine += int(fill["qty"])
        spent += int(fill["qty"]) * (int(fill["price_half"]) - base)
        # What the order owes so far is rounded, so that its sum is rounded once.
        due = _owed(money, mine, spent, rise, lots)
        fill["adjust_e8"] = due - paid if fill["side"] == BUY else paid - due
        paid = due


@kernel
def _fits(money: Records, spread: int, lots: int) -> bool:
    """Check that what a bunch moves between its orders fits 64-bit integers."""
    num, den = float(money["num"]), float(money["den"])
    return float(spread) * float(lots) * num < LIMIT and max(num, den) * lots < MOST


@kernel
def _owed(money: Records, mine: int, spent: int, rise: int, lots: int) -> int:
    """
    Round what an order owes the others, ``(mine rise / lots - spent) num / den``.

    No product leaves 64 bits: the quotient is kept as a whole number and a rest, and so
    is what it is worth.
    """
    num, den = int(money["num"]), int(money["den"])
    whole, rest = mul_div(mine, rise, lots)
    moved = whole - spent
    worth, part = mul_div(abs(moved), num, den)
    if moved < 0:
        worth, part = -worth, -part
    over = den * lots
    more = part * lots + rest * num
    worth += more // over
    left = more % over
    if 2 * left > over or (2 * left == over and worth % 2 == 1):
        worth += 1
    return worth


@kernel
def average_paid(fill: Records, money: Records) -> tuple[int, int]:
    """
    Compute the price of a fill that is not that of its level.

    Parameters
    ----------
    fill : record of FILL
        Read only.
    money : record of MONEY
        What half a tick is worth.

    Returns
    -------
    price_half : int
        Price, rounded down (half ticks).
    beyond : int
        What it is beyond that, in ``PARTS`` of half a tick.
    """
    adjust = int(fill["adjust_e8"])
    moved = abs(adjust) * int(money["den"])
    parts, rest = mul_div(moved, PARTS, int(fill["qty"] * money["num"]))
    if (adjust < 0) == (fill["side"] == BUY):
        parts = -parts - (1 if rest > 0 else 0)
    return int(fill["price_half"] + parts // PARTS), parts % PARTS


@kernel
def spread_charges(fills: Records, charges: NDArray[np.int64], side: int) -> None:
    """
    Spread what one side of a batch is charged over its takes, by quantity.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n,)
        The fills of a batch.
    charges : ndarray of int64, shape (n,)
        Charges of its takes, 0 of others (1e-8 currency units); changed in place, while
        their sum stays.
    side : int
        Side.
    """
    lots, owed = 0, 0
    for i in range(fills.shape[0]):
        if is_take(fills[i], side):
            lots += int(fills[i]["qty"])
            owed += int(charges[i])
    if owed <= 0:
        return
    mine, paid = 0, 0
    for i in range(fills.shape[0]):
        if is_take(fills[i], side):
            mine += int(fills[i]["qty"])
            due, _ = mul_div(owed, mine, lots)
            charges[i] = due - paid
            paid = due


@kernel
def is_take(fill: Records, side: int) -> bool:
    """
    Say whether a fill took from the tape.

    Parameters
    ----------
    fill : record of FILL
        Read only.
    side : int
        Side.

    Returns
    -------
    bool
        True for a take of that side.
    """
    return bool(
        fill["side"] == side and fill["liquidity"] == TAKER and fill["counterparty"] < 0
    )
