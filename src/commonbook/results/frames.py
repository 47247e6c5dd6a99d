"""Records of one lane as frames that people read: fills and orders."""

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import REDUCES, Records
from commonbook.core.enums import (
    FillFlag,
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.results.exact import (
    E8,
    FloatArray,
    common_denominator,
    product,
    quotient,
    to_float,
    total,
)
from commonbook.results.lane import LaneRecords
from commonbook.results.schema import InstrumentUnits

TIME = pl.Datetime("ns", "UTC")
MARKET = "market"

#: Reasons of orders that were impossible whatever the market did.
IMPOSSIBLE = tuple(r for r in Reason if Reason.IMPOSSIBLE <= r <= Reason.BAD_TERMS)


def fills_frame(lane: LaneRecords) -> pl.DataFrame:
    """
    Show every fill of a lane.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    polars.DataFrame
        One row for each fill, by time and then in order of occurrence: `ts`,
        `portfolio`, `symbol`, `side` (buy, sell), `price` [currency; half ticks
        are possible in a cross, anything where prices are averaged], `qty` [units],
        `liquidity` (maker, taker, cross), `order_id`, `cross_id` (null unless crossed),
        `fee` (negative is received) and `impact_charge` [currency], `counterparty` (a
        portfolio, or ``market``), `cross_fill` (the book crossed the resting order) and
        `through` (a print went through its price).
    """
    fills = lane.fills
    instruments = lane.instruments
    crossed = pl.Series(fills["cross_id"])
    return pl.DataFrame(
        {
            "ts": time_column(fills["ts"]),
            "portfolio": text_column(lane.names, fills["portfolio"]),
            "symbol": symbol_column(instruments, fills),
            "side": code_column(Side, fills["side"]),
            "price": _paid(instruments, fills),
            "qty": _quantities(instruments, fills, "qty"),
            "liquidity": code_column(Liquidity, fills["liquidity"]),
            "order_id": fills["order_id"],
            "cross_id": crossed.replace(0, None),
            "fee": to_float(fills["fee_e8"], E8),
            "impact_charge": to_float(fills["impact_e8"], E8),
            "counterparty": text_column([*lane.names, MARKET], fills["counterparty"]),
            "cross_fill": (fills["flags"] & FillFlag.CROSS_FILL) != 0,
            "through": (fills["flags"] & FillFlag.THROUGH) != 0,
        }
    )


def orders_frame(lane: LaneRecords) -> pl.DataFrame:
    """
    Show the life of every order of a lane.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    polars.DataFrame
        One row for each order, by time of decision, portfolio and number:
        `ts_decision`, `portfolio`, `symbol`, `order_id`, `client_id` and `parent` (null
        unless the strategy named them), `side`, `type`, `time_in_force`, `post_only`,
        `reduce_only`, `price` and `stop_price` (null for orders without) [currency],
        `qty`, `filled` and `ahead` (null if it never joined a queue) [units], `state`,
        `reason` (null unless it ended unfilled; what is impossible about an order is
        null), `replaces` (how often it was replaced), then `expires` (null unless it
        ends by itself), `ts_sent`, `ts_arrival`, `ts_trigger`, `ts_first_fill`,
        `ts_last_fill`, `ts_end`, `ts_report` and `ts_joined` (null for what never
        happened).
    """
    orders = lane.orders
    instruments = lane.instruments
    impossible = np.isin(orders["reason"], IMPOSSIBLE)
    no_price = ~np.isin(orders["type"], (OrderType.LIMIT, OrderType.STOP_LIMIT))
    no_price |= impossible & (orders["price"] == 0)
    no_stop = ~np.isin(orders["type"], (OrderType.STOP, OrderType.STOP_LIMIT))
    no_stop |= impossible & (orders["stop_price"] == 0)
    qty = _quantities(instruments, orders, "qty")
    price = _prices(instruments, orders, "price", per_tick=1)
    stop_price = _prices(instruments, orders, "stop_price", per_tick=1)
    ahead = _quantities(instruments, orders, "ahead")
    frame = pl.DataFrame(
        {
            "ts_decision": time_column(orders["ts_decision"]),
            "portfolio": text_column(lane.names, orders["portfolio"]),
            "symbol": _symbols_of_orders(instruments, orders),
            "order_id": orders["order_id"],
            "client_id": _names(lane, [p.client_ids for p in lane.portfolios]),
            "parent": _names(lane, [p.parents for p in lane.portfolios]),
            "side": code_column(Side, orders["side"]),
            "type": code_column(OrderType, orders["type"]),
            "time_in_force": code_column(TimeInForce, orders["time_in_force"]),
            "post_only": orders["promises"] & (REDUCES - 1) != 0,
            "reduce_only": orders["promises"] & REDUCES != 0,
            "price": nullable(price, no_price),
            "stop_price": nullable(stop_price, no_stop),
            "qty": nullable(qty, impossible & (orders["qty"] == 0)),
            "filled": _quantities(instruments, orders, "filled"),
            "ahead": nullable(ahead, orders["ahead"] < 0),
            "state": code_column(OrderState, orders["state"]),
            "reason": code_column(Reason, orders["reason"]).replace("none", None),
            "replaces": orders["replaces"],
        }
    )
    later = ("sent", "arrival", "trigger", "first_fill", "last_fill", "end", "report")
    times = {name: orders[name] for name in ("expires", *(f"ts_{e}" for e in later))}
    # What rests comes to its queue when it arrives, or when it is triggered.
    joined = np.maximum(orders["ts_arrival"], orders["ts_trigger"])
    times["ts_joined"] = np.where(orders["ahead"] < 0, 0, joined)
    return frame.with_columns(
        time_column(column).replace(0, None).cast(TIME).alias(name)
        for name, column in times.items()
    )


def time_column(times: NDArray[np.int64]) -> pl.Series:
    """
    Turn nanoseconds into timestamps.

    Parameters
    ----------
    times : ndarray of int64, shape (n,)
        Nanoseconds since 1970.

    Returns
    -------
    polars.Series
        Timestamps in UTC.
    """
    return pl.Series(np.ascontiguousarray(times), dtype=pl.Int64).cast(TIME)


def text_column(texts: Sequence[str], codes: Records) -> pl.Series:
    """
    Replace numbers by the texts they stand for.

    Parameters
    ----------
    texts : sequence of str
        Text of each number.
    codes : ndarray of int, shape (n,)
        Numbers; -1 is the last text.

    Returns
    -------
    polars.Series
        Texts, shape (n,).
    """
    places = np.where(codes < 0, len(texts) - 1, codes).astype(np.uint32)
    return pl.Series(list(texts), dtype=pl.String).gather(pl.Series(places))


def code_column(codes: type[IntEnum], values: Records) -> pl.Series:
    """
    Replace the values of an enumeration by their names in lower case.

    Parameters
    ----------
    codes : type of IntEnum
        Enumeration of small values from 0 on.
    values : ndarray of uint8, shape (n,)
        Its values.

    Returns
    -------
    polars.Series
        Names, shape (n,).
    """
    names = [""] * (1 + max(codes))
    for code in codes:
        names[code] = code.name.lower()
    return text_column(names, values)


def symbol_column(
    instruments: Sequence[InstrumentUnits], records: Records
) -> pl.Series:
    """
    Name the instrument of each record.

    Parameters
    ----------
    instruments : sequence of InstrumentUnits
        In the order of the instrument numbers.
    records : ndarray, shape (n,)
        Records with a field ``instrument``.

    Returns
    -------
    polars.Series
        Symbols, shape (n,).
    """
    return text_column([unit.symbol for unit in instruments], records["instrument"])


def nullable(values: FloatArray, missing: NDArray[np.bool_]) -> pl.Series:
    """
    Make nulls of values that do not exist.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Values.
    missing : ndarray of bool, shape (n,)
        True where there is none.

    Returns
    -------
    polars.Series
        Floats and nulls, shape (n,).
    """
    # Not through NaN: a null says "none", a NaN would poison sums.
    column = pl.DataFrame({"value": values, "missing": missing})
    return column.select(pl.when(~pl.col("missing")).then(pl.col("value")))["value"]


def _prices(
    instruments: Sequence[InstrumentUnits], records: Records, field: str, per_tick: int
) -> FloatArray:
    """Turn ticks (or half ticks, two per tick) into currency."""
    prices = np.zeros(len(records), dtype=np.float64)
    for number, unit in enumerate(instruments):
        mine = records["instrument"] == number
        prices[mine] = to_float(records[field][mine], unit.tick_size / per_tick)
    return prices


def _paid(instruments: Sequence[InstrumentUnits], fills: Records) -> FloatArray:
    """Turn prices into currency, with what was paid beyond them."""
    prices = _prices(instruments, fills, "price_half", per_tick=2)
    moved = np.flatnonzero(fills["adjust_e8"])
    for number, unit in enumerate(instruments):
        mine = moved[fills["instrument"][moved] == number]
        price, lots = fills["price_half"][mine], fills["qty"][mine]
        den = common_denominator([unit.half_tick_lot, E8])
        worth, cent = (int(money * den) for money in (unit.half_tick_lot, E8))
        signed = np.where(fills["side"][mine] == Side.BUY, cent, -cent)
        money = total(
            product(product(price, lots), worth),
            product(fills["adjust_e8"][mine], signed),
        )
        units = product(lots, 1).astype(np.float64) * float(
            unit.lot_size * unit.multiplier
        )
        prices[mine] = quotient(money, den) / units
    return prices


def _quantities(
    instruments: Sequence[InstrumentUnits], records: Records, field: str
) -> FloatArray:
    """Turn lots into units."""
    quantities = np.zeros(len(records), dtype=np.float64)
    for number, unit in enumerate(instruments):
        mine = records["instrument"] == number
        quantities[mine] = to_float(records[field][mine], unit.lot_size)
    return quantities


def _symbols_of_orders(
    instruments: Sequence[InstrumentUnits], orders: Records
) -> pl.Series:
    """Name the instrument of each order; null if the data has no such instrument."""
    known = orders["reason"] != Reason.UNKNOWN_INSTRUMENT
    symbols = pl.DataFrame({"symbol": symbol_column(instruments, orders), "ok": known})
    return symbols.select(pl.when(pl.col("ok")).then(pl.col("symbol")))["symbol"]


def _names(lane: LaneRecords, given: Sequence[Mapping[int, str]]) -> pl.Series:
    """Name orders by their number in each portfolio; null where it did not."""
    orders = lane.orders
    if not any(given):
        return pl.repeat(None, len(orders), dtype=pl.String, eager=True)
    names: list[str | None] = [None] * len(orders)
    for number, mine in enumerate(given):
        if mine:
            for row in np.flatnonzero(orders["portfolio"] == number).tolist():
                names[row] = mine.get(int(orders["order_id"][row]))
    return pl.Series(names, dtype=pl.String)
