"""The tape: one time-ordered stream of market events."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.core.words import counted
from commonbook.data.columns import iso_time
from commonbook.data.crossed import count_crossed
from commonbook.data.digest import digest_of
from commonbook.data.frame import frame_of, write_frame
from commonbook.data.instrument import Instrument
from commonbook.data.live_orders import OrderSurvey, follow_orders, survey_orders
from commonbook.data.pieces import count_packets, validate_pieces
from commonbook.data.slices import cut, cut_column, renumbered
from commonbook.data.top_of_book import book_frame
from commonbook.data.verify import compare_with_truth


@dataclass(frozen=True, eq=False, repr=False)
class Tape:
    """
    One time-ordered stream of market events, checked when it is made.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Market events in time order; packets end with ``Flag.LAST``.
    instruments : tuple of Instrument
        What the events' ``instrument`` points into.
    ts_recv : ndarray of int64, shape (n,), or None
        When each event was received [ns UTC].
    sequence : ndarray of int64, shape (n,), or None
        The feed's own number of each event; 0 where it has none.
    truth : ndarray of TRUTH or None
        What the feed itself says the top of the book was.
    source : str, default "memory"
        Where the events are from.
    notes : tuple of str, default ()
        What the reader assumed or left out.

    Raises
    ------
    DataError
        If the events cannot be replayed; the message names the row.
    """

    events: Records
    instruments: tuple[Instrument, ...]
    ts_recv: NDArray[np.int64] | None = None
    sequence: NDArray[np.int64] | None = None
    truth: Records | None = None
    source: str = "memory"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        validate_pieces(self.events, self.instruments, self.source)
        if any(self.by_order):
            follow_orders(self.events, self._where)
        for name in ("ts_recv", "sequence"):
            column: NDArray[np.int64] | None = getattr(self, name)
            if column is not None and column.shape != self.events.shape:
                message = (
                    f"{self.source}: {name} has {column.size} rows, "
                    f"the events have {self.events.size}"
                )
                raise DataError(message)

    @classmethod
    def from_events(
        cls,
        events: Records,
        instruments: Instrument | Iterable[Instrument],
        source: str = "memory",
    ) -> "Tape":
        """
        Make a tape from event records.

        Parameters
        ----------
        events : ndarray of EVENT, shape (n,)
            Market events in time order; not copied.
        instruments : Instrument or iterable of Instrument
            What the events' ``instrument`` points into.
        source : str, default "memory"
            Where the events are from.

        Returns
        -------
        Tape
            The checked tape.

        Raises
        ------
        DataError
            If the events cannot be replayed; the message names the row.
        """
        if isinstance(instruments, Instrument):
            instruments = (instruments,)
        return cls(events, tuple(instruments), source=source)

    def __len__(self) -> int:
        return int(self.events.size)

    def __repr__(self) -> str:
        symbols = ", ".join(self.symbols)
        if not len(self):
            return f"Tape({symbols}: no events)"
        return (
            f"Tape({symbols}: {counted(len(self), 'event')} in "
            f"{counted(self.packets, 'packet')}, "
            f"{iso_time(self.start)} to {iso_time(self.end)})"
        )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Names of the instruments, in the order of `instruments`."""
        return tuple(instrument.symbol for instrument in self.instruments)

    @property
    def start(self) -> int:
        """
        Time of the first event.

        Returns
        -------
        int
            Time [ns UTC].

        Raises
        ------
        DataError
            If the tape is empty.
        """
        return self._time(0)

    @property
    def end(self) -> int:
        """
        Time of the last event.

        Returns
        -------
        int
            Time [ns UTC].

        Raises
        ------
        DataError
            If the tape is empty.
        """
        return self._time(-1)

    @cached_property
    def packets(self) -> int:
        """
        Number of packets.

        Returns
        -------
        int
            Events that carry ``Flag.LAST``.
        """
        return count_packets(self.events)

    @cached_property
    def digest(self) -> str:
        """
        Fingerprint of everything a backtest can depend on.

        Returns
        -------
        str
            SHA-256 of events, receive times and instruments, in hexadecimal.
        """
        return digest_of(self.events, self.instruments, self.ts_recv)

    @cached_property
    def crossed(self) -> tuple[int, ...]:
        """Packets of each instrument that leave the best bid at or above the ask."""
        return count_crossed(self.events, len(self.instruments))

    @property
    def by_order(self) -> tuple[bool, ...]:
        """
        Tell which instruments are order by order (L3); the others are by level (L2).

        Returns
        -------
        tuple of bool
            One for each of `instruments`.
        """
        return self._orders.by_order

    @property
    def order_slots(self) -> int:
        """
        Number of slots that the orders of the tape use.

        Returns
        -------
        int
            About the most orders that are in the books at one time; 0 for a tape of
            levels.
        """
        return self._orders.n_slots

    def instrument(self, symbol: str) -> Instrument:
        """
        Find an instrument by name.

        Parameters
        ----------
        symbol : str
            Its name.

        Returns
        -------
        Instrument
            The instrument.

        Raises
        ------
        DataError
            If the tape has no such instrument.
        """
        return self.instruments[self.index(symbol)]

    def index(self, symbol: str) -> int:
        """
        Find the number of an instrument.

        Parameters
        ----------
        symbol : str
            Its name.

        Returns
        -------
        int
            Its place in `instruments`.

        Raises
        ------
        DataError
            If the tape has no such instrument.
        """
        if symbol not in self.symbols:
            message = (
                f"{self.source}: no symbol {symbol!r}; it has {', '.join(self.symbols)}"
            )
            raise DataError(message)
        return self.symbols.index(symbol)

    def slice(
        self, start: int | str | None = None, end: int | str | None = None
    ) -> "Tape":
        """
        Cut out a range of time; the book so far becomes a snapshot.

        Parameters
        ----------
        start : int, str or None
            First time [ns UTC, or ISO 8601]; None is the first event.
        end : int, str or None
            First time that is left out [ns UTC, or ISO 8601]; None is no limit.

        Returns
        -------
        Tape
            Events with ``start <= ts < end``, after a snapshot packet at `start` for
            each instrument whose book is not empty by then.

        Raises
        ------
        DataError
            If a time cannot be read.
        """
        rows, snapshot = cut(self.events, start, end)
        events = np.concatenate([snapshot, self.events[rows]])
        return replace(
            self,
            events=renumbered(events) if any(self.by_order) else events,
            ts_recv=cut_column(self.ts_recv, rows, snapshot["ts"]),
            sequence=cut_column(self.sequence, rows, np.zeros(snapshot.size, np.int64)),
        )

    def top_of_book(
        self,
        depth: int = 1,
        each: Literal["packet", "event"] = "packet",
        symbol: str | None = None,
    ) -> pl.DataFrame:
        """
        Replay the book and give its best levels.

        Parameters
        ----------
        depth : int, default 1
            Levels on each side.
        each : {"packet", "event"}, default "packet"
            One row after each packet, or after each event of the tape.
        symbol : str or None
            Only this instrument; None is all.

        Returns
        -------
        DataFrame
            ``ts_event`` [ns UTC], ``symbol`` if the tape has several, then for each
            level ``bid_px_00, ask_px_00`` [currency] and ``bid_sz_00, ask_sz_00``
            [units]; null where the book has no such level.

        Raises
        ------
        DataError
            If an argument is not allowed.
        """
        index = None if symbol is None else self.index(symbol)
        return book_frame(self.events, self.instruments, depth, each, index)

    def verify(self) -> dict[str, int]:
        """
        Compare the replayed book with what the feed itself says it was.

        Returns
        -------
        dict
            ``checked``: statements of the feed about a packet of this tape,
            ``agreed``: those with the same best prices and sizes, ``disagreed``,
            ``unmatched``: statements about no packet of this tape.

        Raises
        ------
        DataError
            If the format does not carry its own truth.
        """
        if self.truth is None or self.sequence is None:
            message = (
                f"{self.source}: the data does not say what its book should be, so "
                "there is nothing to verify; binance-stream with bookTicker and "
                "lobster with orderbook do"
            )
            raise DataError(message)
        return compare_with_truth(self.events, self.sequence, self.truth)

    def to_frame(self) -> pl.DataFrame:
        """
        Give the tape as canonical columns, prices and sizes as exact text.

        Returns
        -------
        DataFrame
            Columns ``ts_event, symbol, action, side, price, size, order_id, flags``,
            then ``ts_recv`` and ``sequence`` if the tape has them.
        """
        return frame_of(self.events, self.instruments, self.ts_recv, self.sequence)

    def write(self, path: str | Path, format: str | None = None) -> None:  # noqa: A002
        """
        Write the tape as a canonical file.

        Parameters
        ----------
        path : str or Path
            The file; it is replaced only when all is written.
        format : str or None
            ``csv`` or ``parquet``; None tells it from the name.

        Raises
        ------
        DataError
            If the format cannot be written.
        """
        write_frame(self.to_frame(), Path(path), format)

    @cached_property
    def _orders(self) -> OrderSurvey:
        return survey_orders(self.events, self.instruments, self._where)

    def _where(self, row: int) -> str:
        return f"{self.source}: row {row + 1}"

    def _time(self, row: int) -> int:
        if not len(self):
            message = f"{self.source}: the tape has no events"
            raise DataError(message)
        return int(self.events["ts"][row])
