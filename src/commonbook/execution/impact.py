"""
Market impact: what takes cost beyond the book's price, and how far the market is moved.

The only state is X, a group's decayed signed net volume in units of daily volume, or
the parts that it is the weighted sum of, each with a half-life of its own. The charge
of a take is an integral over X, so no way to slice an order makes it cheaper, and
displacement is a function of X, so it never outlives what caused it.
"""

import math

from commonbook.core.book_records import NO_ASK, NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import (
    Distribution,
    FillFlag,
    ImpactModel,
    Liquidity,
    Side,
)
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.averaging import is_take, spread_charges

BUY = int(Side.BUY)
NONE = int(ImpactModel.NONE)
LINEAR = int(ImpactModel.LINEAR)
TAKER = int(Liquidity.TAKER)
AVERAGE_PRICE = int(Distribution.AVERAGE_PRICE)
FIRST_CHARGED = int(FillFlag.FIRST_CHARGED)

#: Charges at or above this are refused: they might leave 64 bits.
LIMIT = 4.0e18

#: No print is displaced further: beyond all prices, and a whole number in 64 bits.
FARTHEST = float(NO_ASK)


@kernel
def displacement(model: int, scale: float, x: float) -> float:
    """
    Compute how far a net volume displaces the price.

    Parameters
    ----------
    model : int
        ImpactModel, not ``NONE``.
    scale : float
        Coefficient times daily volatility.
    x : float
        Net volume in units of daily volume.

    Returns
    -------
    float
        Displacement as a fraction of the price.

    Notes
    -----
    ``square_root``: ``scale sign(x) sqrt(|x|)``. ``linear``: ``10 scale x``, which is
    the same at 1 % of daily volume.
    """
    if model == LINEAR:
        return 10.0 * scale * x
    h = scale * math.sqrt(abs(x))
    return -h if x < 0.0 else h


@kernel
def integral(model: int, scale: float, x: float) -> float:
    """
    Compute the integral of the displacement from 0 to a net volume.

    Parameters
    ----------
    model : int
        ImpactModel, not ``NONE``.
    scale : float
        Coefficient times daily volatility.
    x : float
        Net volume in units of daily volume.

    Returns
    -------
    float
        H(x), never negative.
    """
    if model == LINEAR:
        return 5.0 * scale * (x * x)
    return 2.0 / 3.0 * scale * (abs(x) * math.sqrt(abs(x)))


@kernel
def volume_now(impact: Records, now: int) -> float:
    """
    Read a group's net volume as it has decayed by now.

    Parameters
    ----------
    impact : record of IMPACT
        Read only.
    now : int
        Time (ns).

    Returns
    -------
    float
        X in units of daily volume.
    """
    x = 0.0
    for k in range(int(impact["scales"])):
        x += float(impact["weights"][k]) * _part_now(impact, k, now)
    return x


@kernel
def charge_per_lot(
    impact: Records,
    x: float,
    mid: float,
    touch: int,
    sign: int,
    price: int,
    before: int,
    qty: int,
) -> float:
    """
    Compute what each lot of a slice costs beyond the book's price.

    Parameters
    ----------
    impact : record of IMPACT
        The group's figures; read only.
    x : float
        Its net volume before the batch.
    mid : float
        Mid of the tape (ticks).
    touch : int
        Best price of the tape on the side that is hit (ticks).
    sign : int
        1 for buys, -1 for sells.
    price : int
        Price of the slice (ticks).
    before : int
        What the side took at better prices (lots).
    qty : int
        What it takes at this price (lots).

    Returns
    -------
    float
        Ticks for each lot, not negative.

    Notes
    -----
    The model's price for the slice is the touch plus the average displacement over it,
    ``mid (H(x1) - H(x0)) / (x1 - x0)``; only what the walk through the book has not
    already cost is charged.
    """
    model, scale = int(impact["model"]), float(impact["scale"])
    volume = float(impact["volume"])
    x0 = x + sign * before / volume
    x1 = x + sign * (before + qty) / volume
    share = sign * qty / volume
    rise = integral(model, scale, x1) - integral(model, scale, x0)
    slipped = touch + mid * rise / share
    return max(0.0, sign * (slipped - price))


@kernel
def rounded(value: float) -> int:
    """
    Round half to even.

    Parameters
    ----------
    value : float
        Not negative, below 2**62.

    Returns
    -------
    int
        The nearest integer.
    """
    whole = math.floor(value)
    rest = value - whole
    whole = int(whole)
    if rest > 0.5 or (rest == 0.5 and whole % 2 == 1):
        whole += 1
    return whole


@kernel
def shift_of(s: State, engine: int, instrument: int, side: int) -> int:
    """
    Find how far prints are displaced for an engine's resting orders.

    Parameters
    ----------
    s : State
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the resting orders.

    Returns
    -------
    int
        Ticks, not negative: bids see a print that much higher, asks that much lower.
    """
    if s.mids[instrument] == NO_MARK:
        return 0
    impact = s.impacts[int(s.engines[engine]["impact"]), instrument]
    x = volume_now(impact, int(s.clock[0]["now"]))
    if x == 0.0:
        return 0
    mid = float(s.mids[instrument] / 2.0)
    moved = displacement(int(impact["model"]), float(impact["scale"]), x) * mid
    return max(0, math.floor(min(moved if side == BUY else -moved, FARTHEST)))


@kernel
def charge_batch(s: State, group: int, instrument: int, first: int) -> bool:
    """
    Charge what one group took from the tape at one time, then move its net volume.

    Parameters
    ----------
    s : State
        ``impact_e8`` of the fills from `first` on and the group's net volume are
        changed in place; the first take is flagged ``FIRST_CHARGED``.
    group : int
        Row of ``impacts``.
    instrument : int
        Instrument.
    first : int
        First of the fills.

    Returns
    -------
    bool
        False when a charge would leave 64 bits.
    """
    impact = s.impacts[group, instrument]
    if impact["model"] == NONE:
        return True
    now = int(s.clock[0]["now"])
    x = volume_now(impact, now)
    bought = _charge_side(s, impact, x, instrument, BUY, first)
    sold = _charge_side(s, impact, x, instrument, 1 - BUY, first)
    if bought < 0 or sold < 0:
        return False
    fills = s.fills[first : int(s.clock[0]["n_fills"])]
    if fills.shape[0] > 0 and _averages(s, fills[0]):
        spread_charges(fills, fills["impact_e8"], BUY)
        spread_charges(fills, fills["impact_e8"], 1 - BUY)
    if bought == 0 and sold == 0:
        return True
    move_volume(impact, now, bought - sold)
    _flag_first(s, first)
    return True


@kernel
def _flag_first(s: State, first: int) -> None:
    """Say where a batch begins: a time may have several, and each moves the market."""
    for i in range(first, int(s.clock[0]["n_fills"])):
        if is_take(s.fills[i], BUY) or is_take(s.fills[i], 1 - BUY):
            s.fills[i]["flags"] |= FIRST_CHARGED
            return


@kernel
def _averages(s: State, fill: Records) -> bool:
    """Say whether the engine of a fill gives its takers an average price."""
    engine = int(s.portfolios[int(fill["portfolio"])]["engine"])
    return bool(s.engines[engine]["distribution"] == AVERAGE_PRICE)


@kernel
def move_volume(impact: Records, now: int, lots: int) -> None:
    """
    Add what a group took to its net volume.

    Parameters
    ----------
    impact : record of IMPACT
        Changed in place.
    now : int
        Time (ns).
    lots : int
        Bought less sold.
    """
    net = lots / impact["volume"]
    for k in range(int(impact["scales"])):
        impact["parts"][k] = _part_now(impact, k, now) + net
    impact["ts"] = now


@kernel
def _part_now(impact: Records, k: int, now: int) -> float:
    """Read one part of a net volume as it has decayed by now."""
    x = float(impact["parts"][k])
    passed = now - impact["ts"]
    half_life = int(impact["half_lives"][k])
    if half_life == 0 or passed == 0 or x == 0.0:
        return x
    # Not pow(0.5, ...): compiled, that is exp2, which differs from it in the last bits.
    return float(x * math.exp2(-(passed / half_life)))


@kernel
def _level_of(s: State, i: int) -> int:
    """Return the level of a take, which may have been half a tick better."""
    fill = s.fills[i]
    return (int(fill["price_half"]) + (1 if fill["side"] == BUY else 0)) // 2


@kernel
def _charge_side(
    s: State, impact: Records, x: float, instrument: int, side: int, first: int
) -> int:
    """Charge the takes of one side, price by price; return their lots, -1 if too much.

    With one pool of liquidity the fills stand in order of price; several pools of one
    group each begin at the best price again, so the next price is always looked for.
    """
    last = int(s.clock[0]["n_fills"])
    sign = 1 if side == BUY else -1
    touch = int(s.books[instrument, 1 - side]["best"])
    charges = s.mids[instrument] != NO_MARK
    mid = s.mids[instrument] / 2.0
    before = 0
    price = -sign * (1 << 60)
    while True:
        price, qty = _next_slice(s, side, first, price)
        if qty == 0:
            return before
        if charges:
            per_lot = charge_per_lot(impact, x, mid, touch, sign, price, before, qty)
            for i in range(first, last):
                if is_take(s.fills[i], side) and _level_of(s, i) == price:
                    lots = float(s.fills[i]["qty"])
                    money = float(per_lot * (lots * impact["lot_e8"]))
                    if not money < LIMIT:
                        return -1
                    s.fills[i]["impact_e8"] = rounded(money)
        before += qty


@kernel
def _next_slice(s: State, side: int, first: int, price: int) -> tuple[int, int]:
    """Find the next worse price at which one side took, and how much it took there."""
    sign = 1 if side == BUY else -1
    following = sign * (1 << 60)
    qty = 0
    for i in range(first, int(s.clock[0]["n_fills"])):
        if is_take(s.fills[i], side):
            here = _level_of(s, i)
            if sign * price < sign * here < sign * following:
                following = here
                qty = 0
            if here == following:
                qty += int(s.fills[i]["qty"])
    return following, qty
