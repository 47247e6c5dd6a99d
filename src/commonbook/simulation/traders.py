"""Tables of who trades what, and with which strategy, from the setup alone."""

from fractions import Fraction

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.records import ACCOUNT, MONEY, SCRIPT, STRATEGY, TIMER
from commonbook.results.schema import InstrumentUnits
from commonbook.simulation.setup import PortfolioSetup


def accounts_of(portfolios: tuple[PortfolioSetup, ...], n_instruments: int) -> Records:
    """
    Make the accounts of portfolios as they are before the first event.

    Parameters
    ----------
    portfolios : tuple of PortfolioSetup
        Who trades.
    n_instruments : int
        How many instruments there are.

    Returns
    -------
    ndarray of ACCOUNT, shape (n_portfolios, n_instruments)
        Positions, limits and fees.
    """
    accounts = np.zeros((len(portfolios), n_instruments), ACCOUNT)
    accounts["max_position"] = accounts["max_order"] = -1
    for rows, portfolio in zip(accounts, portfolios, strict=True):
        rows["fee_row"] = portfolio.fee_rows
        for instrument, lots in portfolio.positions.items():
            rows[instrument]["position"] = lots
            rows[instrument]["known_position"] = lots
        for instrument, lots in portfolio.max_positions.items():
            rows[instrument]["max_position"] = lots
        for instrument, lots in portfolio.max_orders.items():
            rows[instrument]["max_order"] = lots
    return accounts


def strategies_of(
    portfolios: tuple[PortfolioSetup, ...],
) -> tuple[Records, Records]:
    """
    Write what built-in strategies are to do.

    Parameters
    ----------
    portfolios : tuple of PortfolioSetup
        Who trades.

    Returns
    -------
    strategies : ndarray of STRATEGY, shape (n_portfolios,)
        Their parameters.
    scripts : ndarray of SCRIPT, shape (n_entries + 1,)
        The scripts, one after the other.
    """
    rows = np.zeros(len(portfolios), STRATEGY)
    rows["next_ts"] = rows["buy_slot"] = rows["sell_slot"] = -1
    rows["max_position"] = -1
    scripts = []
    n_entries = 0
    for row, portfolio in zip(rows, portfolios, strict=True):
        row["instrument"] = portfolio.strategy.instrument
        row["function"] = portfolio.strategy.function
        for name, value in portfolio.strategy.fields.items():
            row[name] = value
        if portfolio.strategy.script is not None:
            script = portfolio.strategy.script.copy()
            script["slot"] += n_entries
            row["cursor"] = n_entries
            n_entries += script.size
            row["last"] = n_entries
            scripts.append(script)
    return rows, np.concatenate([*scripts, np.zeros(1, SCRIPT)])


def money_of(instruments: tuple[InstrumentUnits, ...]) -> Records:
    """
    Say what half a tick is worth.

    Parameters
    ----------
    instruments : tuple of InstrumentUnits
        What is traded.

    Returns
    -------
    ndarray of MONEY, shape (n_instruments,)
        On one lot of each.
    """
    rows = np.zeros(len(instruments), MONEY)
    for row, instrument in zip(rows, instruments, strict=True):
        worth = Fraction(instrument.half_tick_lot) * 10**8
        row["num"], row["den"] = worth.numerator, worth.denominator
    return rows


def timers_of(
    portfolios: tuple[PortfolioSetup, ...], first_ts: int
) -> tuple[Records, Records]:
    """
    Put portfolios that wake together under one timer.

    Parameters
    ----------
    portfolios : tuple of PortfolioSetup
        Who trades.
    first_ts : int
        Time of the first event (ns).

    Returns
    -------
    timers : ndarray of TIMER, shape (n_periods,)
        One for each period.
    members : ndarray of int32, shape (n_members,)
        Portfolios, timer by timer.
    """
    periods = sorted({p.strategy.every for p in portfolios} - {0})
    timers = np.zeros(len(periods), TIMER)
    members: list[int] = []
    for row, every in zip(timers, periods, strict=True):
        mine = [i for i, p in enumerate(portfolios) if p.strategy.every == every]
        row["every"] = every
        row["next_ts"] = first_ts + every
        row["first"] = len(members)
        row["count"] = len(mine)
        members += mine
    return timers, np.array(members, np.int32)
