"""LOBSTER files to a tape: NASDAQ messages, with the book that they belong to."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag
from commonbook.core.errors import DataError
from commonbook.core.limits import MAX_TICKS
from commonbook.core.words import counted
from commonbook.data.decimals import EXACT
from commonbook.data.grid import divide
from commonbook.data.instrument import Instrument
from commonbook.data.lobster_check import follows
from commonbook.data.lobster_files import (
    CROSS,
    EXECUTION,
    HIDDEN_EXECUTION,
    Messages,
    read_messages,
    read_orderbook,
)
from commonbook.data.lobster_orders import NAMELESS
from commonbook.data.lobster_steps import (
    ends_halted,
    steps_of_book,
    steps_of_messages,
    with_trading,
)
from commonbook.data.options import ReadOptions
from commonbook.data.order_ids import resolve_orders
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape
from commonbook.data.validate import validate

#: What LOBSTER's prices count, and its sizes.
PRICE_UNIT = Decimal("0.0001")
SHARE = Decimal(1)
WITHOUT_BOOK = (
    "no order book file: the book lacks orders from before and keeps those that left "
    "the view, so it may be wrong, and crossed"
)


@dataclass(frozen=True)
class Day:
    """
    What one message file becomes.

    Parameters
    ----------
    messages : Messages
        Its rows.
    book : ndarray of int64, shape (n, 2, n_levels, 2), or None
        Price [1e-4 currency] and size of bids and asks after each message.
    steps : ndarray of STEP, shape (n_events,)
        The events in the units of the files.
    events : ndarray of EVENT, shape (n_events,)
        The same on the grid of the tape; orders are not resolved.
    n_dropped : int
        Messages about orders nobody knows.
    """

    messages: Messages
    book: NDArray[np.int64] | None
    steps: Records
    events: Records
    n_dropped: int


def read_lobster(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Read LOBSTER message files as one tape.

    Parameters
    ----------
    paths : list of Path
        Message files of one instrument, a day each, in time order.
    options : ReadOptions
        What the user says; ``orderbook`` names the order book file of each.

    Returns
    -------
    Tape
        Each message is a packet. A day begins with a clear, and with trading. With an
        order book file, its first row is the book that the day begins with, after the
        first message.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.

    Notes
    -----
    The files show some levels only, and whose the size there is, is known for orders
    that were added in view. The rest of a level is an order without a name. A hidden
    execution between two ticks is moved to the one that it surely reached.
    """
    if len(options.orderbook) not in (0, len(paths)):
        message = (
            f"{len(options.orderbook)} order book files for {len(paths)} message "
            "files; give one for each, in the same order"
        )
        raise DataError(message)
    wanted = options.symbols[0] if len(options.symbols) == 1 else None
    files = [
        read_messages(path, wanted, options.date, options.timezone) for path in paths
    ]
    instrument = _instrument(files, options)
    days: list[Day] = []
    for place, messages in enumerate(files):
        book = options.orderbook[place] if options.orderbook else None
        was_halted = place > 0 and ends_halted(files[place - 1].rows)
        days.append(_day(messages, book, instrument, was_halted))
    return _tape(days, instrument)


def _instrument(files: list[Messages], options: ReadOptions) -> Instrument:
    symbols = sorted({messages.symbol for messages in files})
    if len(symbols) > 1:
        message = f"files of {', '.join(symbols)} are not one tape; read each alone"
        raise DataError(message)
    if options.symbols and options.symbols != (symbols[0],):
        chosen = ", ".join(options.symbols)
        message = f"{files[0].path}: no symbol {chosen!r}; it has {symbols[0]}"
        raise DataError(message)
    # Stocks move in cents, single shares are traded: nothing needs to be inferred.
    cents, shares = pl.Series(["0.01"]), pl.Series([1])
    return options.instrument(symbols[0], cents, shares)[0]


def _day(
    messages: Messages,
    book_path: Path | None,
    instrument: Instrument,
    was_halted: bool,
) -> Day:
    """Turn a day into events; `was_halted` is how the day before it ended."""
    traded = _ticks(messages, instrument)
    book, n_dropped = None, 0
    if book_path is None:
        steps = steps_of_messages(messages.rows)
    else:
        book = read_orderbook(book_path, messages.rows.size)
        steps, n_dropped = steps_of_book(messages.rows, book)
    if was_halted:
        steps = with_trading(steps)
    source = book_path or messages.path

    def where(row: int) -> str:
        return f"{source}: row {int(steps['row'][row]) + 1}"

    events = np.zeros(steps.size, EVENT)
    events["ts"] = messages.rows["ts"][steps["row"]]
    events["order"] = -1
    for field in ("action", "side"):
        events[field] = steps[field]
    at_trade = steps["action"] == Action.TRADE
    price = np.where(at_trade, 0, steps["price"])
    ticks = _count(price, PRICE_UNIT, instrument.tick_size, where)
    events["price"] = np.where(at_trade, traded[steps["row"]], ticks)
    events["qty"] = _count(steps["size"], SHARE, instrument.lot_size, where)
    is_last = np.ones(steps.size, np.bool_)
    is_last[:-1] = steps["row"][1:] != steps["row"][:-1]
    events["flags"] = np.where(is_last, Flag.LAST, 0)
    if book is not None:
        events["flags"][steps["row"] == 0] |= int(Flag.SNAPSHOT)
    return Day(messages, book, steps, events, n_dropped)


def _count(
    values: NDArray[np.int64], unit: Decimal, grid: Decimal, where: Callable[[int], str]
) -> NDArray[np.int64]:
    """Count ticks or lots in what the files count in `unit`."""
    whole, rest = divide(values, unit, grid)
    if rest.any():
        row = int(rest.argmax())
        value = EXACT.multiply(unit, Decimal(int(values[row])))
        what = "size" if unit == SHARE else "price"
        grid_word = "lot size" if unit == SHARE else "tick size"
        message = (
            f"{where(row)}: {what} {value} is not a multiple of the {grid_word} {grid}"
        )
        raise DataError(message)
    return whole


def _ticks(messages: Messages, instrument: Instrument) -> NDArray[np.int64]:
    """Give the prices of messages in ticks; hidden executions may be between two."""
    rows = messages.rows
    ticks, rest = divide(rows["price"], PRICE_UNIT, instrument.tick_size)
    used = rows["type"] <= HIDDEN_EXECUTION
    for broken, rule in (
        (
            rest & (rows["type"] <= EXECUTION),
            f"a multiple of the tick size {instrument.tick_size}",
        ),
        (used & (np.abs(ticks) > MAX_TICKS), f"at most {MAX_TICKS} ticks"),
    ):
        if broken.any():
            row = int(broken.argmax())
            price = EXACT.multiply(PRICE_UNIT, Decimal(int(rows["price"][row])))
            message = f"{messages.path}: row {row + 1}: price {price} is not {rule}"
            raise DataError(message)
    # A seller met a hidden bid: visible bids below it were not reached.
    ticks[rest & (rows["direction"] == 1)] += 1
    return ticks


def _tape(days: list[Day], instrument: Instrument) -> Tape:
    """Put days behind each other and resolve their orders."""
    sizes = [day.messages.rows.size for day in days]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).tolist()
    rows = np.concatenate(
        [day.steps["row"] + start for day, start in zip(days, starts, strict=True)]
    )
    events = np.concatenate([day.events for day in days])

    def where(index: int) -> str:
        row = int(rows[index])
        day = bisect_right(starts, row) - 1
        return f"{days[day].messages.path}: row {row - starts[day] + 1}"

    source = ", ".join(day.messages.path.name for day in days)
    validate(events, (instrument,), source, where)
    ids = np.concatenate([day.steps["id"] for day in days])
    orders = resolve_orders(events, ids, where)
    sequence = 1 + rows[orders.kept]
    return Tape(
        orders.events,
        (instrument,),
        None,
        sequence,
        _truth(days, starts, sequence, instrument),
        source=source,
        notes=(
            *_left_out(days, instrument),
            *orders.notes,
            *([WITHOUT_BOOK] if days[0].book is None else []),
        ),
    )


def _truth(
    days: list[Day],
    starts: list[int],
    sequence: NDArray[np.int64],
    instrument: Instrument,
) -> Records | None:
    """Give what the order book files say, each row for the packet that precedes it."""
    parts = []
    for day, start in zip(days, starts, strict=True):
        if day.book is None:
            return None
        part = np.zeros(day.messages.rows.size, TRUTH)
        for side, word in enumerate(("bid", "ask")):
            best = day.book[:, side, 0]
            part[word], _ = divide(best[:, 0], PRICE_UNIT, instrument.tick_size)
            part[f"{word}_qty"], _ = divide(best[:, 1], SHARE, instrument.lot_size)
        scratch = np.zeros((day.book.shape[2] + 1, 2), np.int64)
        result = np.full(part.size, 2, np.int8)
        follows(day.messages.rows, day.book, scratch, result)
        part["follows"] = result
        numbers = start + 1 + np.arange(part.size)
        # Messages that are no event leave the book of the packet before them.
        place = np.searchsorted(sequence, numbers, side="right") - 1
        part["sequence"] = sequence[place]
        parts.append(part)
    return np.concatenate(parts)


def _left_out(days: list[Day], instrument: Instrument) -> list[str]:
    """Say what is not on the tape as it was in the files."""
    rows = np.concatenate([day.messages.rows for day in days])
    types = rows["type"]
    _, between = divide(rows["price"], PRICE_UNIT, instrument.tick_size)
    moved = np.count_nonzero(between & (types == HIDDEN_EXECUTION))
    dropped = sum(day.n_dropped for day in days)
    nameless = sum(
        np.unique(day.steps["id"][day.steps["id"] <= NAMELESS]).size for day in days
    )
    between_ticks = "between two ticks moved to the tick that was surely reached"
    counts = (
        (np.count_nonzero(types == CROSS), "cross", "crosses", "(type 6) left out"),
        (moved, "hidden execution", "", between_ticks),
        (nameless, "order", "", "without a name for other size in the order book file"),
        (dropped, "message", "", "about orders that are not in the book dropped"),
    )
    return [
        f"{counted(int(n), one, many)} {text}" for n, one, many, text in counts if n
    ]
