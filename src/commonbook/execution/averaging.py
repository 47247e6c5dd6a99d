"""
One price for all: what the orders of a bunch took is booked at its average price.

A bunch is what one batch took from the tape for orders of the same side and limit, of
several portfolios: who is alone keeps its own prices, as if nobody else ran. Each
fill keeps the price of its level, and ``adjust_e8`` is what its order pays beyond that,
so that it comes to the average. What an order pays is rounded once; what rounding
leaves of a bunch is less than one unit of 1e-8 for each of its orders.
"""

from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, Side
from commonbook.core.integers import mul_div, round_half_even, sort_keys
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
LIMIT = 4.0e18
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
    base = int(s.fills[int(s.keys[0, start]["index"])]["price_half"])
    first = s.fills[int(s.keys[0, start]["index"])]["portfolio"]
    lots, rise, most, others = 0, 0, 0, 0
    for k in range(start, stop):
        fill = s.fills[int(s.keys[0, k]["index"])]
        others += fill["portfolio"] != first
        beyond = int(fill["price_half"]) - base
        most = max(most, abs(beyond))
        lots += int(fill["qty"])
        rise += beyond * int(fill["qty"])
    if most == 0 or others == 0:
        return  # one price for all already, or nobody to share with
    den = int(money["den"])
    # No sum of the products below is larger.
    if (
        2.0 * float(most) * float(lots) * float(lots) >= LIMIT
        or float(max(den, int(money["num"]))) * float(lots) >= LIMIT / 2
    ):
        s.fills[int(s.keys[0, start]["index"])]["adjust_e8"] = TOO_MUCH
        return
    slot, owed, paid = -1, 0, 0
    for k in range(start, stop):
        fill = s.fills[int(s.keys[0, k]["index"])]
        if fill["slot"] != slot:
            slot, owed, paid = int(fill["slot"]), 0, 0
        beyond = int(fill["price_half"]) - base
        owed += int(fill["qty"]) * (rise - beyond * lots)
        # What the order owes so far is rounded, so that its sum is rounded once.
        due = round_half_even(owed, int(money["num"]), den * lots)
        fill["adjust_e8"] = due - paid if fill["side"] == BUY else paid - due
        paid = due


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
