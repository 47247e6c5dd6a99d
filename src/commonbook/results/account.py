"""What one portfolio made of its fills, added up exactly."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.results.equity import signed_qty
from commonbook.results.exact import FloatArray, IntArray, product
from commonbook.results.lane import LaneRecords
from commonbook.results.schema import InstrumentUnits

#: By instrument number: lots, and their money.
Turnover: TypeAlias = dict[int, tuple[int, Fraction]]


@dataclass(frozen=True)
class Account:
    """
    The end of one portfolio's books; all money is exact.

    Parameters
    ----------
    cash_start, cash_end : Fraction
        Cash before the first and after the last event.
    positions : dict of int to int
        Instrument number to final position, without zeros [lots].
    value_start, value_end : Fraction or None
        Worth of the positions at the first and at the last mid; None when a position
        has no mid.
    unrealised : Fraction or None
        Worth of the final positions above their average price.
    fees, impact_charge : Fraction
        What was paid on top of the prices.
    notional : Fraction
        Money that changed hands.
    bought, sold : dict of int to tuple of int and Fraction
        Instrument number to the lots of that side and their money, without zeros.
    """

    cash_start: Fraction
    cash_end: Fraction
    positions: dict[int, int]
    value_start: Fraction | None
    value_end: Fraction | None
    unrealised: Fraction | None
    fees: Fraction
    impact_charge: Fraction
    notional: Fraction
    bought: Turnover
    sold: Turnover

    @property
    def net_profit(self) -> Fraction | None:
        """Gain of cash and worth together, after fees and charges."""
        if self.value_start is None or self.value_end is None:
            return None
        return self.cash_end + self.value_end - self.cash_start - self.value_start


def close_account(lane: LaneRecords, number: int) -> Account:
    """
    Add up one portfolio's fills.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    number : int
        Number of the portfolio within the lane.

    Returns
    -------
    Account
        Its final state.
    """
    portfolio = lane.portfolios[number]
    fills = lane.fills_of(number)
    fees = Fraction(_sum(fills["fee_e8"]), 10**8)
    impact = Fraction(_sum(fills["impact_e8"]), 10**8)
    beyond = Fraction(_sum(fills["adjust_e8"]), 10**8)
    spent = notional = start = end = unrealised = Fraction(0)
    positions: dict[int, int] = {}
    bought: Turnover = {}
    sold: Turnover = {}
    marked = True
    for instrument, unit in enumerate(lane.instruments):
        held = portfolio.positions.get(instrument, 0)
        mine = fills[fills["instrument"] == instrument]
        if not len(mine) and not held:
            continue
        worth = Fraction(unit.half_tick_lot)
        signed = signed_qty(mine)
        money = product(signed, mine["price_half"])
        spent += _sum(money) * worth
        notional += _sum(abs(money)) * worth
        for side, sign in ((bought, 1), (sold, -1)):
            on = signed * sign > 0
            if on.any():
                paid = _sum(abs(money[on])) * worth
                paid += Fraction(_sum(signed_adjusts(mine[on])), 10**8)
                side[instrument] = (_sum(abs(signed[on])), paid)
        left = held + _sum(signed)
        if left:
            positions[instrument] = left
        marks = lane.marks_of(instrument)
        if not len(marks):
            marked = marked and not held and not left
            continue
        first, last = first_mid(lane, number, instrument), int(marks["mark_half"][-1])
        start += held * first * worth
        end += left * last * worth
        average = average_price(held, first, signed, paid_half(mine, unit))
        unrealised += left * (last - Fraction(average)) * worth
    cash = Fraction(portfolio.cash)
    return Account(
        cash_start=cash,
        cash_end=cash - spent - beyond - fees - impact,
        positions=positions,
        value_start=start if marked else None,
        value_end=end if marked else None,
        unrealised=unrealised if marked else None,
        fees=fees,
        impact_charge=impact,
        notional=notional + Fraction(_sum(signed_adjusts(fills)), 10**8),
        bought=bought,
        sold=sold,
    )


def signed_adjusts(fills: Records) -> IntArray:
    """
    Tell how much more than at the prices of fills changed hands.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n,)
        Fills.

    Returns
    -------
    ndarray of int64, shape (n,)
        What buyers paid more and sellers got more [1e-8 currency units].
    """
    return np.where(fills["side"] == Side.BUY, fills["adjust_e8"], -fills["adjust_e8"])


def paid_half(fills: Records, unit: InstrumentUnits) -> FloatArray:
    """
    Give the prices of fills, with what was paid beyond them.

    Parameters
    ----------
    fills : ndarray of FILL, shape (n,)
        Of one instrument.
    unit : InstrumentUnits
        The instrument.

    Returns
    -------
    ndarray of float64, shape (n,)
        Prices [half ticks].
    """
    worth = float(unit.half_tick_lot) * 1e8
    prices: FloatArray = signed_adjusts(fills) / (fills["qty"] * worth)
    prices += fills["price_half"]
    return prices


def first_mid(lane: LaneRecords, number: int, instrument: int) -> int:
    """
    Find the mid at which a portfolio's opening position is valued.

    Mids are recorded at regular times and at fills, of others too. What counts is the
    first regular time or fill of its own with a mid, so that others do not matter.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    number : int
        Number of the portfolio within the lane.
    instrument : int
        An instrument that had a mid.

    Returns
    -------
    int
        The mid [half ticks].
    """
    marks = lane.marks_of(instrument)
    known = int(marks["ts"][0])
    intervals = -((lane.first_ts - known) // lane.equity_interval)  # rounded up
    ts = min(lane.first_ts + intervals * lane.equity_interval, lane.last_ts)
    own = lane.fills_of(number)["ts"]
    place = int(np.searchsorted(own, known))
    if place < len(own):
        ts = min(ts, int(own[place]))
    return int(marks["mark_half"][np.searchsorted(marks["ts"], ts, side="right") - 1])


def average_price(
    held: int, price: int, signed: IntArray, prices: Records | FloatArray
) -> float:
    """
    Find the average price at which a final position was entered.

    Parameters
    ----------
    held : int
        Position at the start [lots].
    price : int
        What it is taken to have cost [half ticks].
    signed : ndarray of int64, shape (n,)
        What each fill added [lots].
    prices : ndarray of int64 or float64, shape (n,)
        Its price [half ticks].

    Returns
    -------
    float
        Average price [half ticks], 0 for a flat position.

    Notes
    -----
    Fills that increase the position move the average, fills that reduce it do not, and
    a fill that turns it around starts a new one.
    """
    before = held + np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(signed)])
    turns = np.flatnonzero(np.sign(before[1:]) != np.sign(before[:-1]))
    first = 0
    position, average = held, float(price)
    if len(turns):  # what came before the last turn no longer matters
        first = int(turns[-1]) + 1
        position, average = int(before[first]), float(prices[first - 1])
    for qty, paid in zip(signed[first:].tolist(), prices[first:].tolist(), strict=True):
        if (qty > 0) == (position > 0):
            average += (paid - average) * qty / (position + qty)
        position += qty
    return average if position else 0.0


def _sum(amounts: IntArray) -> int:
    """Sum exactly."""
    return int(product(amounts, 1).sum())
