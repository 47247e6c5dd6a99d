"""A finished lane in figures: those of each portfolio, and their totals."""

from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from math import fsum
from typing import TypedDict

import numpy as np
import polars as pl

from commonbook.core.dtypes import Records
from commonbook.core.enums import Liquidity, OrderState, Reason, Side
from commonbook.results.account import Account, close_account, signed_adjusts
from commonbook.results.equity import signed_qty
from commonbook.results.exact import product
from commonbook.results.invariants import check_money
from commonbook.results.lane import LaneRecords


class PortfolioSummary(TypedDict):
    """
    Figures of one portfolio; money in currency, quantities in units.

    ``realised_pnl`` is after fees and charges, so that it and ``unrealised_pnl`` add up
    to ``net_profit``; ``internal_qty`` is what was traded with other portfolios,
    crosses included. None stands for what cannot be said, such as the average price of
    no fills, or of fills in several instruments.
    """

    engine: str
    orders: int
    fills: int
    ordered_qty: float
    filled_qty: float
    maker_qty: float
    taker_qty: float
    cross_qty: float
    internal_qty: float
    fill_ratio: float | None
    average_buy_price: float | None
    average_sell_price: float | None
    traded_notional: float
    fees: float
    impact_charge: float
    cash_start: float
    cash_end: float
    positions: dict[str, float]
    equity_start: float | None
    equity_end: float | None
    realised_pnl: float | None
    unrealised_pnl: float | None
    net_profit: float | None
    max_drawdown: float | None
    order_states: dict[str, int]
    reasons: dict[str, int]


#: Figures that are added up over the portfolios of a lane.
ADDED = (
    "orders",
    "fills",
    "ordered_qty",
    "filled_qty",
    "maker_qty",
    "taker_qty",
    "cross_qty",
    "internal_qty",
    "traded_notional",
    "fees",
    "impact_charge",
    "realised_pnl",
    "unrealised_pnl",
    "net_profit",
)


def portfolio_summaries(
    lane: LaneRecords, equity: pl.DataFrame
) -> dict[str, PortfolioSummary]:
    """
    Sum up every portfolio of a lane.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    equity : polars.DataFrame
        Its equity frame.

    Returns
    -------
    dict of str to PortfolioSummary
        By name, in the order of the lane.

    Raises
    ------
    RunError
        If the cash of the portfolios does not add up.
    """
    drawdowns = _drawdowns(equity)
    accounts = [close_account(lane, number) for number in range(len(lane.names))]
    check_money(lane, accounts)
    return {
        name: _summary(lane, number, account, drawdowns.get(name))
        for number, (name, account) in enumerate(zip(lane.names, accounts, strict=True))
    }


def totals(summaries: dict[str, PortfolioSummary]) -> dict[str, float | None]:
    """
    Add up the figures of all portfolios.

    Parameters
    ----------
    summaries : dict of str to PortfolioSummary
        By name.

    Returns
    -------
    dict of str to float or None
        Sums by figure; None when a portfolio lacks the figure.
    """
    sums: dict[str, float | None] = {"portfolios": len(summaries)}
    for figure in ADDED:
        values = [summary[figure] for summary in summaries.values()]  # type: ignore[literal-required]
        whole = all(isinstance(value, int) for value in values)
        if any(value is None for value in values):
            sums[figure] = None
        else:
            sums[figure] = sum(values) if whole else fsum(values)
    ordered, filled = sums["ordered_qty"], sums["filled_qty"]
    sums["fill_ratio"] = filled / ordered if filled is not None and ordered else None
    return sums


def rounding(lane: LaneRecords) -> dict[str, float]:
    """
    Give what rounding has left of prices that were averaged.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict
        ``rounding`` [currency], what portfolios paid too much in all to come to the
        averages, for each pays whole units of 1e-8; empty where no price was averaged.
    """
    adjusts = lane.fills["adjust_e8"]
    if not adjusts.any():
        return {}
    return {"rounding": int(product(adjusts, 1).sum()) / 1e8}


def stops(lane: LaneRecords) -> list[dict[str, int | str]]:
    """
    List the portfolios that were stopped before the data ended.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    list of dict
        By time: `portfolio`, `ts` [ns], `reason` and `traceback`, which is empty unless
        a strategy failed.
    """
    return [
        {**asdict(entry), "portfolio": lane.names[entry.portfolio]}
        for entry in lane.stopped
    ]


def _summary(
    lane: LaneRecords, number: int, account: Account, drawdown: float | None
) -> PortfolioSummary:
    """Sum up one portfolio."""
    portfolio = lane.portfolios[number]
    fills, orders = lane.fills_of(number), lane.orders_of(number)
    ordered, filled = _units(lane, orders), _units(lane, fills)
    by_liquidity = {
        kind: _units(lane, fills[fills["liquidity"] == kind]) for kind in Liquidity
    }
    net, unrealised = account.net_profit, account.unrealised
    return PortfolioSummary(
        engine=portfolio.engine,
        orders=len(orders),
        fills=len(fills),
        ordered_qty=float(ordered),
        filled_qty=float(filled),
        maker_qty=float(by_liquidity[Liquidity.MAKER]),
        taker_qty=float(by_liquidity[Liquidity.TAKER]),
        cross_qty=float(by_liquidity[Liquidity.CROSS]),
        internal_qty=float(_units(lane, fills[fills["counterparty"] >= 0])),
        fill_ratio=float(filled / ordered) if ordered else None,
        average_buy_price=_average_price(lane, fills[fills["side"] == Side.BUY]),
        average_sell_price=_average_price(lane, fills[fills["side"] == Side.SELL]),
        traded_notional=float(account.notional),
        fees=float(account.fees),
        impact_charge=float(account.impact_charge),
        cash_start=float(account.cash_start),
        cash_end=float(account.cash_end),
        positions={
            lane.instruments[instrument].symbol: float(
                lots * Fraction(lane.instruments[instrument].lot_size)
            )
            for instrument, lots in account.positions.items()
        },
        equity_start=_plus(account.cash_start, account.value_start),
        equity_end=_plus(account.cash_end, account.value_end),
        realised_pnl=_plus(net, None if unrealised is None else -unrealised),
        unrealised_pnl=_plus(unrealised, Fraction(0)),
        net_profit=_plus(net, Fraction(0)),
        max_drawdown=drawdown,
        order_states=_counts(OrderState, orders["state"]),
        reasons=_counts(Reason, orders["reason"][orders["reason"] != Reason.NONE]),
    )


def _units(lane: LaneRecords, records: Records) -> Fraction:
    """Add up quantities in units."""
    quantity = Fraction(0)
    for number, unit in enumerate(lane.instruments):
        lots = records["qty"][records["instrument"] == number]
        quantity += int(product(lots, 1).sum()) * Fraction(unit.lot_size)
    return quantity


def _average_price(lane: LaneRecords, fills: Records) -> float | None:
    """Average the prices of fills in one instrument, weighted by quantity."""
    if len(np.unique(fills["instrument"])) != 1:
        return None
    unit = lane.instruments[int(fills["instrument"][0])]
    lots = int(product(fills["qty"], 1).sum())
    money = int(abs(product(signed_qty(fills), fills["price_half"])).sum())
    beyond = Fraction(int(product(signed_adjusts(fills), 1).sum()), 10**8)
    units = lots * Fraction(unit.lot_size) * Fraction(unit.multiplier)
    return float(Fraction(money, lots) * Fraction(unit.half_tick) + beyond / units)


def _drawdowns(equity: pl.DataFrame) -> dict[str, float]:
    """Find each portfolio's largest fall of equity from an earlier peak."""
    falls = (
        equity.lazy()
        .drop_nulls("equity")
        .with_columns(
            fall=pl.col("equity").cum_max().over("portfolio") - pl.col("equity")
        )
        .group_by("portfolio")
        .agg(pl.col("fall").max())
        .collect()
    )
    return dict(falls.iter_rows())


def _counts(codes: type[OrderState | Reason], values: Records) -> dict[str, int]:
    """Count codes by name, in the order of the enumeration."""
    counted = Counter(values.tolist())
    return {code.name.lower(): counted[code] for code in codes if counted[code]}


def _plus(left: Fraction | None, right: Fraction | None) -> float | None:
    """Add what is known."""
    return None if left is None or right is None else float(left + right)
