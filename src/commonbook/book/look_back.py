"""Look up, after a run, what the market was at chosen times."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.book.replay import Books, BookSize, new_books, replay
from commonbook.core.book_records import NO_ASK, NO_BID, NO_MARK
from commonbook.core.dtypes import Records
from commonbook.core.enums import Flag
from commonbook.core.jit import kernel
from commonbook.core.pages import give_back, small_pages

LAST = int(Flag.LAST)

#: Events that are read before the pages of a mapped tape are given back.
STRETCH = 1 << 20

#: What the market was at a time, packets of that time applied.
SIGHT = np.dtype(
    [
        ("bid", "i8"),  # best bid, or NO_BID [ticks]
        ("ask", "i8"),  # best ask, or NO_ASK [ticks]
        ("mark_half", "i8"),  # last two-sided best bid + best ask, or NO_MARK
    ],
    align=True,
)


class Questions(NamedTuple):
    """
    Times and instruments whose market is asked for.

    Parameters
    ----------
    ts : ndarray of int64, shape (n,)
        Times [ns].
    instrument : ndarray of int64, shape (n,)
        Instruments.
    order : ndarray of int64, shape (n,)
        The indices of both, by time.
    """

    ts: NDArray[np.int64]
    instrument: NDArray[np.int64]
    order: NDArray[np.int64]


def look_back(
    events: Records,
    size: BookSize,
    ts: NDArray[np.int64],
    instrument: NDArray[np.int64],
) -> Records:
    """
    Replay a tape, and say what the market was at given times.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        The tape, ordered by time, each packet closed.
    size : BookSize
        Of its books.
    ts : ndarray of int64, shape (n,)
        Times, in any order [ns].
    instrument : ndarray of int64, shape (n,)
        Whose market is asked for at each time.

    Returns
    -------
    ndarray of SIGHT, shape (n,)
        The market at each time, in the order of `ts`.
    """
    events = events.view()
    events.flags.writeable = False  # one compiled version serves all tapes
    questions = Questions(
        np.ascontiguousarray(ts),
        np.ascontiguousarray(instrument),
        np.argsort(ts, kind="stable"),
    )
    sights = small_pages(ts.size, SIGHT)
    n_instruments = len(size.by_order)
    books = new_books(n_instruments, *size)
    marks = np.full(n_instruments, NO_MARK, np.int64)
    done, answered = 0, 0
    while done < events.size and answered < ts.size:
        stop = min(done + STRETCH, events.size)
        end, answered = look_on(
            books, marks, events, done, stop, questions, answered, sights
        )
        give_back(events, done, end)
        done = end
    answer(books, marks, questions, answered, ts.size, sights)
    return sights


@kernel
def look_on(
    books: Books,
    marks: NDArray[np.int64],
    events: Records,
    start: int,
    least: int,
    questions: Questions,
    answered: int,
    sights: Records,
) -> tuple[int, int]:
    """
    Replay to the end of a packet, and answer the questions on the way.

    Parameters
    ----------
    books : Books
        As they are before the first event; changed in place.
    marks : ndarray of int64, shape (n_instruments,)
        Last two-sided best bid + best ask, or ``NO_MARK``; changed in place.
    events : ndarray of EVENT, shape (n_events,)
        The tape.
    start : int
        First event, which begins a packet.
    least : int
        The packet of the event before this one is the last that is applied.
    questions : Questions
        What is asked.
    answered : int
        How many are answered.
    sights : ndarray of SIGHT, shape (n,)
        The answers; changed in place.

    Returns
    -------
    end : int
        First event that was not applied.
    answered : int
        How many are answered now.
    """
    ts, _, order = questions
    while start < least and answered < order.shape[0]:
        asked = answered
        while asked < order.shape[0] and ts[order[asked]] < events[start]["ts"]:
            asked += 1
        answer(books, marks, questions, answered, asked, sights)
        answered = asked
        end = start
        while not events[end]["flags"] & LAST:
            end += 1
        replay(books, events, start, end + 1, 0)
        for i in range(start, end + 1):
            _note_mark(books, marks, int(events[i]["instrument"]))
        start = end + 1
    return start, answered


@kernel
def _note_mark(books: Books, marks: NDArray[np.int64], instrument: int) -> None:
    sides = books[1]
    bid, ask = int(sides[instrument, 0]["best"]), int(sides[instrument, 1]["best"])
    if bid > NO_BID and ask < NO_ASK:
        marks[instrument] = bid + ask


@kernel
def answer(
    books: Books,
    marks: NDArray[np.int64],
    questions: Questions,
    first: int,
    last: int,
    sights: Records,
) -> None:
    """
    Write what the market is now.

    Parameters
    ----------
    books : Books
        Read only.
    marks : ndarray of int64, shape (n_instruments,)
        Last two-sided best bid + best ask, or ``NO_MARK``.
    questions : Questions
        What is asked.
    first : int
        The first that is answered, by time.
    last : int
        One past the last.
    sights : ndarray of SIGHT, shape (n,)
        The answers; changed in place.
    """
    sides = books[1]
    for place in range(first, last):
        i = questions[2][place]
        instrument = questions[1][i]
        sights[i]["bid"] = sides[instrument, 0]["best"]
        sights[i]["ask"] = sides[instrument, 1]["best"]
        sights[i]["mark_half"] = marks[instrument]
