"""One strategy object at work: a brief in, callbacks called, errors kept to itself."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from commonbook.core.enums import Brief, Wake
from commonbook.strategy.api import Strategy
from commonbook.strategy.known import KIND, NEWS
from commonbook.strategy.orders import Fill
from commonbook.strategy.seat import Seat
from commonbook.strategy.stops import Impossible, TooMany

#: Frames of files below it are ours, not the user's.
PACKAGE = str(Path(__file__).resolve().parents[1])
#: Longest traceback that is kept [characters].
MAX_TRACEBACK = 20_000

WAKE = int(Brief.WAKE)
FIRST_TOLD, LAST_TOLD = int(Brief.FIRST_TOLD), int(Brief.LAST_TOLD)
TIMER, BOOK, TRADE = int(Wake.TIMER), int(Wake.BOOK), int(Wake.TRADE)


@dataclass(frozen=True)
class Failure:
    """
    Why a strategy was stopped.

    Parameters
    ----------
    ts : int
        When [ns].
    reason : str
        In one line.
    traceback : str
        Where in the user's code.
    """

    ts: int
    reason: str
    traceback: str


class Agent:
    """
    A strategy that trades for one portfolio.

    Parameters
    ----------
    make : callable
        Makes the strategy object for a seat.
    seat : Seat
        What the object sees and asks for.
    every : int
        Distance of its regular wakes [ns], 0 for none.
    first_ts : int
        Time of the first event, from which they are counted [ns].

    Attributes
    ----------
    seat : Seat
        What the object sees and asks for.
    failure : Failure or None
        Why it was stopped.
    """

    def __init__(
        self, make: Callable[[Seat], Strategy], seat: Seat, every: int, first_ts: int
    ) -> None:
        self.seat = seat
        self.failure: Failure | None = None
        self._make, self._every, self._first_ts = make, every, first_ts
        self._strategy: Strategy | None = None

    def wake(
        self,
        now: int,
        brief: list[int],
        told: list[list[int]],
        requests: list[list[int]],
    ) -> None:
        """
        Wake the strategy.

        Parameters
        ----------
        now : int
            The time [ns].
        brief : list of int
            Its row, with the columns of `Brief`.
        told : list of list of int
            What everybody learns, with the columns of `Told`.
        requests : list of list of int
            Receives what it asks for; only that it be stopped if it fails.
        """
        seat = self.seat
        before = len(requests)
        seat.sit(now, brief, requests)
        try:
            self._call_back(brief, told)
            seat.rise()
        except Exception as error:
            del requests[before:]
            self._fail(error)
            seat.stop()

    def end(self, now: int, requests: list[list[int]]) -> None:
        """
        Let the strategy look back after the last event.

        Parameters
        ----------
        now : int
            The time [ns].
        requests : list of list of int
            Receives what it asks for, unless it fails.
        """
        if self._strategy is None or self.failure is not None:
            return
        before = len(requests)
        self.seat.leave(now, requests)
        try:
            self._strategy.on_end()
        except Exception as error:
            del requests[before:]
            self._fail(error)

    def _call_back(self, brief: list[int], told: list[list[int]]) -> None:
        seat, wake, strategy = self.seat, brief[WAKE], self._strategy
        started = strategy is not None
        if strategy is None:
            strategy = self._strategy = self._make(seat)
            strategy.on_start()
        first, last = brief[FIRST_TOLD], brief[LAST_TOLD]
        if first < last:
            rows = told[first:last]
            for row, news in zip(rows, [*map(seat.known.learn, rows)], strict=True):
                if isinstance(news, Fill):
                    strategy.on_fill(news)
                else:
                    news.news = NEWS[row[KIND]]
                    strategy.on_order(news)
        if wake & TRADE:
            for trade in seat.trades:
                strategy.on_trade(trade)
        if wake & BOOK:
            strategy.on_book()
        if wake & TIMER and (seat.take_timers() or (started and self._is_regular())):
            strategy.on_timer()

    def _is_regular(self) -> bool:
        """Tell a regular time from an irregular one that was asked for before."""
        since = self.seat.now - self._first_ts
        return self._every > 0 and since > 0 and since % self._every == 0

    def _fail(self, error: Exception) -> None:
        self._strategy = None
        self.failure = Failure(self.seat.now, *explained(error))


def explained(error: Exception) -> tuple[str, str]:
    """
    Say why a strategy is stopped.

    Parameters
    ----------
    error : Exception
        What it raised.

    Returns
    -------
    reason : str
        In one line.
    traceback : str
        Where in the user's code.
    """
    shown = traceback.TracebackException.from_exception(error)
    reason = list(shown.format_exception_only())[-1].strip()
    if isinstance(error, Impossible):
        reason = f"impossible: {error}"
    elif isinstance(error, TooMany):
        reason = f"too_many_messages: {error}"
    return reason, users_part(shown)


def users_part(shown: traceback.TracebackException) -> str:
    """
    Write a traceback with the frames of the user's code alone.

    Parameters
    ----------
    shown : TracebackException
        The error; changed in place.

    Returns
    -------
    str
        As Python prints it.
    """
    link: traceback.TracebackException | None = shown
    while link is not None:
        frames = [f for f in link.stack if not f.filename.startswith(PACKAGE)]
        link.stack = traceback.StackSummary.from_list(frames)
        link = link.__cause__ or link.__context__
    text = "".join(shown.format())
    if len(text) > MAX_TRACEBACK:
        text = f"... (cut)\n{text[-MAX_TRACEBACK:]}"
    return text
