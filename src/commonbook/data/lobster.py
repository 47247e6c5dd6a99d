"""LOBSTER files to a tape: NASDAQ messages, with the book that they began from."""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.core.errors import DataError
from commonbook.data.decimals import EXACT
from commonbook.data.grid import divide
from commonbook.data.instrument import MAX_TICKS, Instrument
from commonbook.data.lobster_check import follows
from commonbook.data.lobster_files import (
    CROSS,
    DELETION,
    EXECUTION,
    HALT,
    HIDDEN_EXECUTION,
    PARTIAL_CANCEL,
    SUBMISSION,
    Messages,
    read_messages,
    read_orderbook,
)
from commonbook.data.options import ReadOptions
from commonbook.data.order_ids import resolve_orders
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape
from commonbook.data.validate import validate

#: What LOBSTER's prices count [currency].
PRICE_UNIT = Decimal("0.0001")
#: What becomes of each type of message, in order.
ACTIONS: dict[int, tuple[Action, ...]] = {
    SUBMISSION: (Action.ADD,),
    PARTIAL_CANCEL: (Action.CANCEL,),
    DELETION: (Action.CANCEL,),
    EXECUTION: (Action.TRADE, Action.FILL, Action.CANCEL),
    HIDDEN_EXECUTION: (Action.TRADE,),
    CROSS: (),
    HALT: (),
}
#: Events of one message, at most.
MOST = 3


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
    events : ndarray of EVENT, shape (n_events,)
        Market events; orders are not resolved.
    rows : ndarray of int64, shape (n_events,)
        The message of each event.
    ids : ndarray of int64, shape (n_events,)
        The order of each event.
    n_moved : int
        Hidden executions between ticks.
    """

    messages: Messages
    book: NDArray[np.int64] | None
    events: Records
    rows: NDArray[np.int64]
    ids: NDArray[np.int64]
    n_moved: int


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
        Each message is a packet. A day begins with a clear, and with the orders of the
        first row of its order book file if there is one: that is the book after the
        first message.

    Raises
    ------
    DataError
        At the first row that cannot be used; the message names file and row.

    Notes
    -----
    Whose the size in an order book file is, is not known: each level begins as one
    order without a name, and messages about orders from before reduce it. A hidden
    execution between two ticks is moved to the one where it reaches fewer orders.
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
    days = []
    for place, messages in enumerate(files):
        book = None
        if options.orderbook:
            book = read_orderbook(options.orderbook[place], messages.rows.size)
        days.append(_day(messages, book, instrument))
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
    messages: Messages, book: NDArray[np.int64] | None, instrument: Instrument
) -> Day:
    ticks, n_moved = _ticks(messages, instrument)
    lots = _lots(messages, instrument)
    table = np.zeros((HALT + 1, MOST), np.int64)
    for kind, actions in ACTIONS.items():
        table[kind, : len(actions)] = actions
    actions = table[messages.rows["type"]]
    if book is not None:
        actions[0] = 0  # the first row of the book is what came of it
    rows, place = np.nonzero(actions)
    events = np.zeros(rows.size, EVENT)
    events["ts"] = messages.rows["ts"][rows]
    events["action"] = actions[rows, place]
    events["price"] = ticks[rows]
    events["qty"] = lots[rows]
    events["order"] = -1
    is_buy = messages.rows["direction"][rows] == 1
    # The direction is that of the resting order, the side of a trade the aggressor's.
    is_buy ^= events["action"] == Action.TRADE
    events["side"] = np.where(is_buy, Side.BUY, Side.SELL)
    is_last = np.ones(rows.size, np.bool_)
    is_last[:-1] = rows[1:] != rows[:-1]
    events["flags"] = np.where(is_last, Flag.LAST, 0)
    opening, opening_ids = _opening(messages, book, instrument)
    return Day(
        messages,
        book,
        np.concatenate([opening, events]),
        np.concatenate([np.zeros(opening.size, np.int64), rows]),
        np.concatenate([opening_ids, messages.rows["id"][rows]]),
        n_moved,
    )


def _ticks(messages: Messages, instrument: Instrument) -> tuple[NDArray[np.int64], int]:
    """Give prices in ticks, and how many hidden executions are between ticks."""
    rows = messages.rows
    ticks, rest = divide(rows["price"], PRICE_UNIT, instrument.tick_size)
    used = rows["type"] <= HIDDEN_EXECUTION
    hidden = rows["type"] == HIDDEN_EXECUTION
    off_grid = used & ~hidden & rest
    beyond = used & (np.abs(ticks) > MAX_TICKS)
    for broken, rule in (
        (off_grid, f"a multiple of the tick size {instrument.tick_size}"),
        (beyond, f"at most {MAX_TICKS} ticks"),
    ):
        if broken.any():
            row = int(broken.argmax())
            price = EXACT.multiply(PRICE_UNIT, Decimal(int(rows["price"][row])))
            message = f"{messages.path}: row {row + 1}: price {price} is not {rule}"
            raise DataError(message)
    between = hidden & rest
    # A seller met a hidden bid: visible bids below it were not reached.
    ticks[between & (rows["direction"] == 1)] += 1
    ticks[~used] = 0
    return ticks, int(np.count_nonzero(between))


def _lots(messages: Messages, instrument: Instrument) -> NDArray[np.int64]:
    lots, rest = divide(messages.rows["size"], Decimal(1), instrument.lot_size)
    broken = (messages.rows["type"] <= HIDDEN_EXECUTION) & rest
    if broken.any():
        row = int(broken.argmax())
        message = (
            f"{messages.path}: row {row + 1}: size {messages.rows['size'][row]} is not "
            f"a multiple of the lot size {instrument.lot_size}"
        )
        raise DataError(message)
    return lots


def _opening(
    messages: Messages, book: NDArray[np.int64] | None, instrument: Instrument
) -> tuple[Records, NDArray[np.int64]]:
    """Give the packet that begins a day, and the ids of its orders."""
    levels = np.zeros((2, 0, 2), np.int64) if book is None else book[0]
    side, level = np.nonzero(levels[..., 1])
    packet = np.zeros(1 + side.size, EVENT)
    packet["ts"] = messages.rows["ts"][0]
    packet["order"] = -1
    packet["action"] = Action.ADD
    packet["action"][0] = Action.CLEAR
    packet["side"][0] = Side.NONE
    packet["side"][1:] = side
    prices = levels[side, level, 0]
    packet["price"][1:], _ = divide(prices, PRICE_UNIT, instrument.tick_size)
    packet["qty"][1:], _ = divide(
        levels[side, level, 1], Decimal(1), instrument.lot_size
    )
    packet["flags"] = Flag.SNAPSHOT
    packet["flags"][-1] |= int(Flag.LAST)
    return packet, _nameless(packet)


def _nameless(events: Records) -> NDArray[np.int64]:
    """Give ids to the size that was at each price and side before the first message."""
    is_ask: NDArray[np.bool_] = events["side"] == Side.SELL
    return np.subtract(-2 - 2 * events["price"].astype(np.int64), is_ask)


def _tape(days: list[Day], instrument: Instrument) -> Tape:
    """Put days behind each other and resolve their orders."""
    sizes = [day.messages.rows.size for day in days]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).tolist()
    rows = np.concatenate(
        [day.rows + start for day, start in zip(days, starts, strict=True)]
    )
    events = np.concatenate([day.events for day in days])

    def where(index: int) -> str:
        row = int(rows[index])
        day = bisect_right(starts, row) - 1
        return f"{days[day].messages.path}: row {row - starts[day] + 1}"

    source = ", ".join(day.messages.path.name for day in days)
    validate(events, (instrument,), source, where)
    ids = np.concatenate([day.ids for day in days])
    orders = resolve_orders(events, ids, where, _nameless(events))
    sequence = 1 + rows[orders.kept]
    return Tape(
        orders.events,
        (instrument,),
        None,
        sequence,
        _truth(days, starts, sequence, instrument),
        source=source,
        notes=(*_left_out(days), *orders.notes),
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
            part[f"{word}_qty"], _ = divide(best[:, 1], Decimal(1), instrument.lot_size)
        scratch = np.zeros((day.book.shape[2] + 1, 2), np.int64)
        result = np.zeros(part.size, np.int8)
        follows(day.messages.rows, day.book, scratch, result)
        part["follows"] = result
        numbers = start + 1 + np.arange(part.size)
        # Messages that are no event leave the book of the packet before them.
        place = np.searchsorted(sequence, numbers, side="right") - 1
        part["sequence"] = sequence[place]
        parts.append(part)
    return np.concatenate(parts)


def _left_out(days: list[Day]) -> list[str]:
    """Say what is not on the tape as it was in the files."""
    types = np.concatenate([day.messages.rows["type"] for day in days])
    moved = sum(day.n_moved for day in days)
    counts = (
        (np.count_nonzero(types == CROSS), "crosses (type 6) are no event"),
        (np.count_nonzero(types == HALT), "halts (type 7) are no event"),
        (
            moved,
            "hidden executions between ticks moved to the tick they surely reach",
        ),
    )
    return [f"{n} {text}" for n, text in counts if n]
