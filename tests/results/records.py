"""Small records of a run, written by hand."""

from decimal import Decimal

import numpy as np

from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY
from commonbook.core.enums import Liquidity, OrderState, OrderType, Side
from commonbook.results.schema import (
    InstrumentUnits,
    LaneInfo,
    PortfolioInfo,
    RawRun,
)

SECOND = 1_000_000_000
CENTS = InstrumentUnits("AAPL", Decimal("0.01"), Decimal(1))


def fill(**fields):
    defaults = {
        "ts": 500, "price_half": 20000, "qty": 100, "order_id": 1,
        "liquidity": Liquidity.TAKER, "side": Side.BUY, "counterparty": -1,
    }  # fmt: skip
    return record(FILL, defaults | fields)


def order(**fields):
    defaults = {
        "qty": 100, "filled": 100, "ahead": -1, "ts_decision": 100, "ts_sent": 100,
        "ts_arrival": 200, "ts_first_fill": 500, "ts_last_fill": 500, "ts_end": 500,
        "ts_report": 600, "order_id": 1, "type": OrderType.MARKET,
        "state": OrderState.FILLED,
    }  # fmt: skip
    return record(ORDER_HISTORY, defaults | fields)


def mark(ts, mark_half, instrument=0):
    return record(MARK, {"ts": ts, "mark_half": mark_half, "instrument": instrument})


def record(dtype, fields):
    row = np.zeros(1, dtype=dtype)
    for name, value in fields.items():
        row[name] = value
    return row


def stack(dtype, rows):
    return np.concatenate([np.zeros(0, dtype=dtype), *rows])


def portfolio(name, index, cash="1000", positions=None, **fields):
    return PortfolioInfo(
        name,
        index,
        fields.pop("engine", "all"),
        Decimal(cash),
        positions or {},
        **fields,
    )


def lane(*portfolios, label="shared", netting_window=None):
    return LaneInfo(label, tuple(portfolios), netting_window)


def run(lanes, fills=(), orders=(), marks=(), **fields):
    defaults = {
        "instruments": (CENTS,), "first_ts": 0, "last_ts": 3 * SECOND,
        "equity_interval": SECOND, "counters": {"events": 7},
    }  # fmt: skip
    return RawRun(
        lanes=tuple(lanes),
        fills=stack(FILL, fills),
        orders=stack(ORDER_HISTORY, orders),
        marks=stack(MARK, marks),
        **(defaults | fields),
    )


def founding_run():
    """A sells 1000 and B buys 800 at market: 800 cross at 100.00, 200 hit 99.99."""
    a = portfolio("A", 0, positions={0: 1000})
    b = portfolio("B", 1, cash="100000")
    fills = [
        fill(portfolio=0, side=Side.SELL, qty=800, cross_id=9, counterparty=1,
             liquidity=Liquidity.CROSS, ts=500),
        fill(portfolio=1, side=Side.BUY, qty=800, cross_id=9, counterparty=0,
             liquidity=Liquidity.CROSS, ts=500),
        fill(portfolio=0, side=Side.SELL, qty=200, price_half=19998, ts=700,
             fee_e8=150_000_000),
    ]  # fmt: skip
    bought = {"ts_sent": 0, "ts_arrival": 0, "ts_report": 500}
    sold = {"ts_arrival": 600, "ts_last_fill": 700, "ts_end": 700, "ts_report": 800}
    orders = [
        order(portfolio=1, qty=800, filled=800, ts_decision=500, **bought),
        order(portfolio=0, qty=1000, filled=1000, ts_decision=500, ts_sent=500,
              side=Side.SELL, **sold),
    ]  # fmt: skip
    marks = [mark(0, 20000), mark(2 * SECOND, 20001)]
    return run([lane(a, b)], fills, orders, marks)
