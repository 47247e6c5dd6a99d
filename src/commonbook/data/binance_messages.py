"""Lines of a recorded Binance stream, ``local_time json``, to columns."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commonbook.core.enums import Side
from commonbook.core.errors import DataError
from commonbook.data.files import read_bytes

SNAPSHOT = -1  # in `Depth.first`: a whole book, not a change
NO_TIME = -1  # in `Depth.ts`: REST snapshots of the spot market carry no time

Message = dict[str, Any]


@dataclass
class Depth:
    """
    Changes of the book and whole books, in the order in which they arrived.

    Parameters
    ----------
    ts : list of int
        Transaction time, or event time where there is none [ns UTC].
    recv : list of int
        Local time [ns UTC].
    place : list of tuple of int
        File and row, both from 0.
    first : list of int
        First update id in the message (``U``); `SNAPSHOT` for a whole book.
    last : list of int
        Last update id (``u``, ``lastUpdateId``).
    previous : list of int
        Last update id of the message before (``pu``, futures); -1 where not said.
    n_bids : list of int
        Number of bid levels.
    n_asks : list of int
        Number of ask levels.
    prices : list of str
        Prices of all levels, bids before asks.
    sizes : list of str
        Sizes of all levels.
    """

    ts: list[int] = field(default_factory=list)
    recv: list[int] = field(default_factory=list)
    place: list[tuple[int, int]] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    previous: list[int] = field(default_factory=list)
    n_bids: list[int] = field(default_factory=list)
    n_asks: list[int] = field(default_factory=list)
    prices: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)


@dataclass
class Trades:
    """
    Prints, in the order in which they arrived.

    Parameters
    ----------
    ts : list of int
        Transaction time [ns UTC].
    recv : list of int
        Local time [ns UTC].
    place : list of tuple of int
        File and row, both from 0.
    side : list of int
        Aggressor.
    prices : list of str
        Prices.
    sizes : list of str
        Sizes.
    """

    ts: list[int] = field(default_factory=list)
    recv: list[int] = field(default_factory=list)
    place: list[tuple[int, int]] = field(default_factory=list)
    side: list[int] = field(default_factory=list)
    prices: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)


@dataclass
class Tickers:
    """
    What the exchange says the best bid and ask were.

    Parameters
    ----------
    update : list of int
        Update id of the book.
    place : list of tuple of int
        File and row, both from 0.
    prices : list of str
        Best bid, best ask, best bid, ...
    sizes : list of str
        Sizes, likewise.
    """

    update: list[int] = field(default_factory=list)
    place: list[tuple[int, int]] = field(default_factory=list)
    prices: list[str] = field(default_factory=list)
    sizes: list[str] = field(default_factory=list)


class Messages:
    """
    All messages of some files that concern one instrument.

    Parameters
    ----------
    paths : list of Path
        The files, in time order.
    symbol : str or None
        The instrument wanted; None if there is only one.
    """

    def __init__(self, paths: list[Path], symbol: str | None = None) -> None:
        self.paths = paths
        self.symbol = symbol
        self.only = symbol is not None
        self.depth = Depth()
        self.trades = Trades()
        self.tickers = Tickers()
        self.skipped: Counter[str] = Counter()
        self._readers = {
            "depthUpdate": self._read_depth,
            "snapshot": self._read_snapshot,
            "trade": self._read_trade,
            "bookTicker": self._read_ticker,
        }

    def where(self, place: tuple[int, int]) -> str:
        """
        Name the place of a message.

        Parameters
        ----------
        place : tuple of int
            File and row, both from 0.

        Returns
        -------
        str
            For messages to people, rows from 1.
        """
        file, row = place
        return f"{self.paths[file]}: row {row + 1}"

    def read(self) -> None:
        """
        Read all files.

        Raises
        ------
        DataError
            At the first line that is no message; it names file and row.
        """
        for file, path in enumerate(self.paths):
            for row, line in enumerate(read_bytes(path).split(b"\n")):
                if line.strip():
                    self._read_line(line, (file, row))

    def _read_line(self, line: bytes, place: tuple[int, int]) -> None:
        try:
            local, text = line.split(b" ", 1)
            recv = to_ns(int(local))
            # Numbers stay text, so that none is rounded.
            message = json.loads(text, parse_float=str)
            message = message.get("data", message)
            kind = _kind_of(message)
            read = self._readers.get(kind)
            if read is None:
                self.skipped[f"{kind} message"] += 1
            elif self._is_wanted(message, place):
                read(message, recv, place)
        except KeyError as error:
            text_of = f"{self.where(place)}: {kind} has no {error}"
            raise DataError(text_of) from None
        except (AttributeError, TypeError, ValueError) as error:
            rule = "each line is a local time, a blank and a JSON message of Binance"
            message_of = f"{self.where(place)}: cannot be read ({error}); {rule}"
            raise DataError(message_of) from None

    def _is_wanted(self, message: Message, place: tuple[int, int]) -> bool:
        symbol = message.get("s")
        if symbol is None or symbol == self.symbol:
            return True
        if self.symbol is None:
            self.symbol = symbol
            return True
        if self.only:
            self.skipped["message of another symbol"] += 1
            return False
        rule = "a stream is of one symbol; give symbol to choose one"
        found = f"symbol {symbol!r} after {self.symbol!r}"
        text = f"{self.where(place)}: {found}; {rule}"
        raise DataError(text)

    def _read_depth(self, message: Message, recv: int, place: tuple[int, int]) -> None:
        bids, asks = message["b"], message["a"]
        time = message["T"] if "T" in message else message["E"]
        ids = (int(message["U"]), int(message["u"]), int(message.get("pu", -1)))
        self._add_book(to_ns(int(time)), recv, place, ids, (bids, asks))

    def _read_snapshot(
        self, message: Message, recv: int, place: tuple[int, int]
    ) -> None:
        bids, asks = message["bids"], message["asks"]
        time = message.get("T", message.get("E"))
        ts = NO_TIME if time is None else to_ns(int(time))
        ids = (SNAPSHOT, int(message["lastUpdateId"]), -1)
        self._add_book(ts, recv, place, ids, (bids, asks))

    def _add_book(
        self,
        ts: int,
        recv: int,
        place: tuple[int, int],
        ids: tuple[int, int, int],
        levels: tuple[list[list[str]], list[list[str]]],
    ) -> None:
        depth = self.depth
        for side in levels:
            if side:
                prices, sizes = zip(*side, strict=True)
                depth.prices.extend(prices)
                depth.sizes.extend(sizes)
        depth.ts.append(ts)
        depth.recv.append(recv)
        depth.place.append(place)
        depth.first.append(ids[0])
        depth.last.append(ids[1])
        depth.previous.append(ids[2])
        depth.n_bids.append(len(levels[0]))
        depth.n_asks.append(len(levels[1]))

    def _read_trade(self, message: Message, recv: int, place: tuple[int, int]) -> None:
        # Futures also report what never met the book, e.g. INSURANCE_FUND.
        kind = message.get("X", "MARKET")
        if kind != "MARKET":
            self.skipped[f"{kind} trade"] += 1
            return
        trades = self.trades
        price, size, maker_bought = message["p"], message["q"], message["m"]
        time = message["T"] if "T" in message else message["E"]
        trades.ts.append(to_ns(int(time)))
        trades.recv.append(recv)
        trades.place.append(place)
        trades.side.append(int(Side.SELL if maker_bought else Side.BUY))
        trades.prices.append(price)
        trades.sizes.append(size)

    def _read_ticker(
        self, message: Message, _recv: int, place: tuple[int, int]
    ) -> None:
        tickers = self.tickers
        prices = (message["b"], message["a"])
        sizes = (message["B"], message["A"])
        tickers.update.append(int(message["u"]))
        tickers.place.append(place)
        tickers.prices.extend(prices)
        tickers.sizes.extend(sizes)


def to_ns(time: int) -> int:
    """
    Turn a time of unknown unit into nanoseconds; its magnitude tells the unit.

    Parameters
    ----------
    time : int
        Time since 1970 [s, ms, us or ns].

    Returns
    -------
    int
        Time [ns UTC].

    Raises
    ------
    ValueError
        If it is negative.
    """
    if time < 0:
        message = f"time {time} is negative"
        raise ValueError(message)
    for limit, factor in ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3)):
        if time < limit:
            return time * factor
    return time


def _kind_of(message: Message) -> str:
    """Tell what a message is; some carry no name."""
    if "e" in message:
        return str(message["e"])
    if "lastUpdateId" in message:
        return "snapshot"
    if "u" in message and "B" in message:
        return "bookTicker"
    return "unknown"
