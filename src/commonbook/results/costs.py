"""What trading cost, and why: frames of fills, orders and portfolios."""

from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import polars as pl

from commonbook.core.enums import Liquidity, OrderState, Side
from commonbook.results.exact import (
    E8,
    FloatArray,
    IntArray,
    as_ratio,
    common_denominator,
    product,
    quotient,
    to_float,
    total,
)
from commonbook.results.frames import (
    code_column,
    nullable,
    symbol_column,
    text_column,
    time_column,
)
from commonbook.results.lane import LaneRecords
from commonbook.results.shortfall import (
    AVERAGING,
    PAID,
    LookBack,
    Shortfall,
    add_up,
    split_shortfall,
)

#: The parts of a shortfall, in the order of the columns. All are added, but what
#: netting saved, which is taken off.
PARTS = (
    "delay",
    "timing",
    "spread",
    "depth",
    "own_impact",
    "others_impact",
    "fees",
    "opportunity",
    "netting_saved",
)


class Costs:
    """
    The implementation shortfall of one lane, split into its causes.

    All columns of money are in currency, positive where it cost: `delay` (the mid moved
    between decision and arrival), `timing` (between arrival and fill), `spread` (from
    the mid to the touch; what a maker is paid for waiting is negative), `depth` (beyond
    the touch, also where prices are averaged; negative inside of it), `own_impact`
    (what the impact charge would have been if nobody else of the group had traded),
    `others_impact` (the rest of it), `fees`, `opportunity` (what stayed unfilled missed
    the move of the mid until the order ended) and `netting_saved` (a cross was so much
    better than the touch). The first eight less the last are the `shortfall`. Where
    there was no two-sided book yet to measure against, what depends on mids is null.

    Parameters
    ----------
    lane : LaneRecords
        The lane.
    look_back : callable
        Says what the market was at a time.
    own_charges : ndarray of int64, shape (n_fills,)
        What each fill's impact charge would have been with its portfolio alone [1e-8].

    Raises
    ------
    RunError
        If the parts of an order do not add up to its shortfall.
    """

    def __init__(
        self, lane: LaneRecords, look_back: LookBack, own_charges: IntArray
    ) -> None:
        self._lane = lane
        self._fills, self._orders = split_shortfall(lane, look_back, own_charges)

    @cached_property
    def fills(self) -> pl.DataFrame:
        """One row for each fill, in the order of `Result.fills`."""
        fills = self._lane.fills
        names = [*self._lane.names, "market"]
        keys = {
            "ts": time_column(fills["ts"]),
            "portfolio": text_column(self._lane.names, fills["portfolio"]),
            "symbol": symbol_column(self._lane.instruments, fills),
            "order_id": fills["order_id"],
            "side": code_column(Side, fills["side"]),
            "liquidity": code_column(Liquidity, fills["liquidity"]),
            "counterparty": text_column(names, fills["counterparty"]),
        }
        return pl.DataFrame(keys | self._columns(self._fills)).drop("opportunity")

    @cached_property
    def orders(self) -> pl.DataFrame:
        """One row for each order, in the order of `Result.orders`."""
        orders = self._lane.orders
        keys = {
            "ts_decision": time_column(orders["ts_decision"]),
            "portfolio": text_column(self._lane.names, orders["portfolio"]),
            "symbol": symbol_column(self._lane.instruments, orders),
            "order_id": orders["order_id"],
            "side": code_column(Side, orders["side"]),
            "state": code_column(OrderState, orders["state"]),
        }
        return pl.DataFrame(keys | self._columns(self._orders))

    @cached_property
    def portfolios(self) -> pl.DataFrame:
        """One row for each portfolio; `unpriced` orders had no mid and are left out."""
        orders, known = self._lane.orders["portfolio"], self._orders.known
        number = len(self._lane.names)
        counts = {
            "orders": np.bincount(orders, minlength=number),
            "unpriced": np.bincount(orders[~known], minlength=number),
        }
        sums = self._sums()
        parts = (*PARTS, "shortfall")
        columns = {part: [float(row[part]) for row in sums] for part in parts}
        return pl.DataFrame(
            {"portfolio": self._lane.names, **counts, **columns},
            schema_overrides=dict.fromkeys(parts, pl.Float64),
        )

    def _sums(self) -> list[dict[str, Fraction]]:
        """Add up the parts of all orders of each portfolio without rounding."""
        split, instruments = self._orders, self._lane.instruments
        places = self._lane.orders["portfolio"] * len(instruments) + split.instrument
        places = places[split.known].astype(np.int64)
        sums = [dict.fromkeys(PARTS, Fraction(0)) for _ in self._lane.names]
        for part in (*PARTS, AVERAGING):
            paid = part not in split.priced
            values = (split.paid if paid else split.priced)[part][split.known]
            added = add_up(values, places, len(sums) * len(instruments))
            name = "depth" if part == AVERAGING else part
            for place, count in enumerate(added.tolist()):
                portfolio, instrument = divmod(place, len(instruments))
                unit = E8 if paid else instruments[instrument].half_tick_lot
                sums[portfolio][name] += count * Fraction(unit)
        for row in sums:
            row["shortfall"] = sum(row.values()) - 2 * row["netting_saved"]
        return sums

    def _columns(self, split: Shortfall) -> dict[str, pl.Series | FloatArray]:
        """Turn the parts into money."""
        columns: dict[str, pl.Series | FloatArray] = {}
        for part in PARTS:
            if part in PAID:
                columns[part] = to_float(split.paid[part], E8)
            else:
                paid = split.paid[AVERAGING] if part == "depth" else None
                money = self._money(split, split.priced[part], paid)
                columns[part] = nullable(money, ~split.known)
        paid = split.paid["fees"]
        for part in ("own_impact", "others_impact", AVERAGING):
            paid = total(paid, split.paid[part])
        whole = self._money(split, split.whole, paid)
        return columns | {"shortfall": nullable(whole, ~split.known)}

    def _money(
        self, split: Shortfall, priced: IntArray, paid: IntArray | None = None
    ) -> FloatArray:
        """Add half ticks times lots and 1e-8 currency units; round once."""
        money = np.zeros(len(priced))
        for number, unit in enumerate(self._lane.instruments):
            mine = split.instrument == number
            den = common_denominator([unit.half_tick_lot, E8])
            counts = product(priced[mine], _times(unit.half_tick_lot, den))
            if paid is not None:
                counts = total(counts, product(paid[mine], _times(E8, den)))
            money[mine] = quotient(counts, den)
        return money


def _times(unit: Decimal, denominator: int) -> int:
    """Say how often one over a denominator goes into a unit."""
    numerator, own = as_ratio(unit)
    return numerator * (denominator // own)
