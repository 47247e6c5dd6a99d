"""Short words for runs of strategies in plain Python."""

from typing import Any

import polars.selectors as cs

import commonbook as cb
from tests.data.tapes import CENT, LAST, tape_of_rows


def packet(ts, *rows):
    """Close a packet of (action, side, ticks, lots[, instrument])."""
    flags = [0] * (len(rows) - 1) + [LAST]
    return [
        (ts, *row[:4], flag, *row[4:]) for row, flag in zip(rows, flags, strict=True)
    ]


def book(ts, bid=9_999, ask=10_001, size=50):
    """Show one level a side."""
    return packet(ts, ("S", "B", bid, size), ("S", "A", ask, size))


def quiet(ts):
    """Show something far from the touch, so that time goes on."""
    return packet(ts, ("S", "B", 5_000, 1))


def tape(*packets, instruments=CENT):
    """Put packets into a tape."""
    rows = [row for rows in packets for row in rows]
    return tape_of_rows(*rows, instruments=instruments)


def member(strategy, name="p", **keys: Any) -> dict[str, Any]:
    """Make a portfolio of a configuration."""
    return {"name": name, "strategy": strategy, "params": {}, **keys}


def run(data, *members, **keys):
    """Run portfolios."""
    return cb.run({"data": data, "portfolios": list(members), **keys})


def stopped(result):
    """Give portfolio, time and reason of what was stopped."""
    rows = result.summary["stopped"]
    return [(row["portfolio"], row["ts"], row["reason"]) for row in rows]


def orders(result, *columns):
    """Give columns of the orders, in rows; times in ns."""
    frame = result.orders.select(columns)
    return frame.with_columns(cs.datetime().to_physical()).rows()


def asking(ask):
    """Make a strategy that asks for something when it starts."""

    class Asker(cb.Strategy):
        def on_start(self):
            ask(self)

    return Asker
