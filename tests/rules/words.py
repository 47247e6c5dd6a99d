"""Short words for a market, portfolios and whole runs through the public names."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

import commonbook as cb

#: 2024-01-02T14:30:00Z; every time in a test is in nanoseconds after it.
START = 1_704_205_800_000_000_000
MS = 1_000_000
#: How long the tape goes on after the last packet of a test [ns].
AFTER = 100_000
HEADER = "ts_event,symbol,action,side,price,size,order_id,flags"
LAST = 128
SYMBOL = "AAPL"

#: (time, symbol, action, side, price, size) of the rows that the market applies as one.
Packet = list[tuple[Any, ...]]
Levels = Mapping[float, int]

# The market ------------------------------------------------------------------------


def book(at: int, bids: Levels, asks: Levels, symbol: str = SYMBOL) -> Packet:
    """Set levels, given as {price: size}."""
    rows = [("S", "B", *level) for level in bids.items()]
    rows += [("S", "A", *level) for level in asks.items()]
    return [(at, symbol, *row) for row in rows]


def snapshot(at: int, bids: Levels, asks: Levels, symbol: str = SYMBOL) -> Packet:
    """Clear the book and set levels."""
    return [(at, symbol, "R", "N", "", ""), *book(at, bids, asks, symbol)]


def sold(at: int, price: float, size: int, symbol: str = SYMBOL) -> Packet:
    """Print a trade in which the aggressor sold."""
    return [(at, symbol, "T", "A", price, size)]


def bought(at: int, price: float, size: int, symbol: str = SYMBOL) -> Packet:
    """Print a trade in which the aggressor bought."""
    return [(at, symbol, "T", "B", price, size)]


def printed(at: int, price: float, size: int, symbol: str = SYMBOL) -> Packet:
    """Print a trade without a side."""
    return [(at, symbol, "T", "N", price, size)]


def order_by_order(packets: Iterable[Packet]) -> list[Packet]:
    """
    Tell the same market by single orders.

    A level that grows gets a new order, numbered 1, 2, ...; one that shrinks loses its
    latest ones, and a snapshot sends the orders that it keeps again.
    """
    lines: dict[tuple[Any, ...], list[list[int]]] = {}
    cleared: dict[tuple[Any, ...], list[list[int]]] = {}
    number = 0
    told = []
    for packet in packets:
        rows: Packet = []
        cleared = {}
        for row in packet:
            at, symbol, action, side, price, size = row[:6]
            if action == "R":
                cleared = {
                    key: lines.pop(key) for key in list(lines) if key[0] == symbol
                }
            if action != "S":
                rows.append(row)
                continue
            key = (symbol, side, price)
            line = lines.setdefault(key, [])
            for order, qty in cleared.get(key, []):
                kept = min(qty, size - sum(q for _, q in line))
                if kept > 0:
                    line.append([order, kept])
                    rows.append((at, symbol, "A", side, price, kept, order))
            missing = size - sum(qty for _, qty in line)
            if missing > 0:
                number += 1
                line.append([number, missing])
                rows.append((at, symbol, "A", side, price, missing, number))
            while missing < 0:
                order, qty = line.pop()
                gone = min(qty, -missing)
                rows.append((at, symbol, "C", side, price, gone, order))
                missing += gone
                if qty > gone:
                    line.append([order, qty - gone])
        told.append(rows)
    return told


def write_csv(path: Path, packets: Iterable[Packet]) -> Path:
    """Write packets as a canonical file; a row may end with the id of its order."""
    rows = [HEADER]
    for packet in packets:
        for place, (at, *row) in enumerate(packet):
            flags = LAST if place + 1 == len(packet) else 0
            order = row[5] if len(row) > 5 else 0
            rows.append(",".join(map(str, (START + at, *row[:5], order, flags))))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


# Portfolios ------------------------------------------------------------------------


def buy(at: int, qty: int, price: float | None = None, **more: Any) -> dict[str, Any]:
    """Buy; at market without a price."""
    return _order("buy", at, qty, price, more)


def sell(at: int, qty: int, price: float | None = None, **more: Any) -> dict[str, Any]:
    """Sell; at market without a price."""
    return _order("sell", at, qty, price, more)


def cancel(at: int, order: int) -> dict[str, Any]:
    """Cancel an order by its id."""
    return {"at": START + at, "cancel": order}


def replace(at: int, order: int, **new: Any) -> dict[str, Any]:
    """Replace an order by its id."""
    return {"at": START + at, "replace": order, **new}


def _order(
    side: str, at: int, qty: int, price: float | None, more: Mapping[str, Any]
) -> dict[str, Any]:
    kind = {"type": "market"} if price is None else {"type": "limit", "price": price}
    if "stop_price" in more:
        kind |= {"type": "stop" if price is None else "stop_limit"}
    return {"at": START + at, "side": side, "qty": qty, **kind, **more}


def portfolio(name: str, *orders: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Make a scripted portfolio; its orders have the ids 1, 2, ... as given."""
    numbered, sent = [], 0
    for order in orders:
        new = not {"cancel", "replace"} & order.keys()
        sent += new
        numbered.append({"id": sent, **order} if new else dict(order))
    return {
        "name": name,
        "strategy": "scripted",
        "params": {"orders": numbered},
        **more,
    }


# Runs ------------------------------------------------------------------------------


def configuration(
    folder: Path,
    packets: Iterable[Packet],
    *portfolios: Mapping[str, Any],
    mode: str = "shared",
    netting: bool = True,
    netting_price: str = "mid",
    netting_window: str | int = 0,
    distribution: str | None = "fifo",
    seed: int = 0,
    tick: str = "0.01",
    impact: Mapping[str, Any] | None = None,
    by_order: bool = False,
    session: Mapping[str, Any] | None = None,
    matching: Mapping[str, Any] | str | None = None,
    **execution: Any,
) -> dict[str, Any]:
    """Make what `commonbook.run` takes; the tape goes on for a while."""
    packets = list(packets)
    end = max(row[0] for row in chain.from_iterable(packets)) + AFTER
    symbols = sorted({row[1] for row in chain.from_iterable(packets)})
    quiet = [[(end, symbol, "S", "B", 1, int(by_order))] for symbol in symbols]
    packets = [*packets, *quiet]
    told = order_by_order(packets) if by_order else packets
    path = write_csv(folder / "book.csv", told)
    data = {"path": str(path), "tick_size": tick, "lot_size": 1, "session": session}
    data["matching"] = matching
    return {
        "seed": seed,
        "data": data,
        "portfolios": list(portfolios),
        "execution": {
            "mode": mode,
            "shared_config": {
                "enable_order_netting": netting,
                "netting_price": netting_price,
                "netting_window": netting_window,
                "enable_fill_distribution": distribution is not None,
                "fill_distribution": distribution or "fifo",
                "market_impact_model": dict(impact or {"kind": "none"}),
            },
            **execution,
        },
    }


def fills(result: cb.Result, name: str) -> list[tuple[Any, ...]]:
    """Give (qty, price, liquidity) of the fills of a portfolio."""
    mine = result.fills.filter(portfolio=name)
    return mine.select("qty", "price", "liquidity").rows()


def filled(result: cb.Result, *names: str) -> list[float]:
    """Give how much each portfolio traded in all."""
    return [float(result.fills.filter(portfolio=n)["qty"].sum()) for n in names]


def position(result: cb.Result, name: str) -> float:
    """Give what a portfolio holds at the end."""
    positions = result.summary["portfolios"][name]["positions"]
    return float(positions.get(SYMBOL, 0))


def partners(result: cb.Result, name: str) -> list[tuple[Any, ...]]:
    """Give (qty, counterparty) of the fills of a portfolio."""
    return result.fills.filter(portfolio=name).select("qty", "counterparty").rows()


def times(result: cb.Result, name: str) -> list[int]:
    """Give when a portfolio traded."""
    return _after_start(result.fills.filter(portfolio=name)["ts"])


def order(result: cb.Result, name: str, number: int = 1) -> dict[str, Any]:
    """Give the row of an order, its times in nanoseconds after the start."""
    rows = result.orders.filter(portfolio=name, order_id=number)
    assert rows.height == 1
    return {
        column.name: (_after_start(column) if column.dtype == pl.Datetime else column)[
            0
        ]
        for column in rows
    }


def ending(result: cb.Result, name: str, number: int = 1) -> tuple[Any, ...]:
    """Give (state, reason, filled) of an order."""
    row = order(result, name, number)
    return row["state"], row["reason"], row["filled"]


def _after_start(column: pl.Series) -> list[Any]:
    times = column.to_physical().to_list()
    return [None if time is None else time - START for time in times]
