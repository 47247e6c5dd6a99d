"""Clears of a part of one side, as levels that are set to 0."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Side


def replace_clears(
    events: Records, chosen: NDArray[np.bool_], limits: NDArray[np.int64]
) -> tuple[Records, NDArray[np.int64]]:
    """
    Replace clears of one side by the levels that they empty.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n,)
        Level events (L2) of one instrument.
    chosen : ndarray of bool, shape (n,)
        The clears to replace.
    limits : ndarray of int64, shape (n_chosen,)
        The last price that each of them reaches [ticks].

    Returns
    -------
    events : ndarray of EVENT, shape (m,)
        The same book after each event; every replaced clear is an S of size 0 for each
        level that it empties, none if there is none.
    kept : ndarray of int64, shape (m,)
        The event that each of them comes from.
    """
    books: tuple[dict[int, int], dict[int, int]] = ({}, {})
    pieces, origins = [], []
    start = 0
    for place, limit in zip(np.flatnonzero(chosen).tolist(), limits, strict=True):
        pieces.append(events[start:place])
        origins.append(np.arange(start, place))
        _apply(books, pieces[-1])
        side = int(events[place]["side"])
        gone = _within(books[side], side, int(limit))
        levels = np.repeat(events[place : place + 1], len(gone))
        levels["action"] = Action.SET
        levels["price"] = gone
        levels["qty"] = 0
        for price in gone:
            del books[side][price]
        pieces.append(levels)
        origins.append(np.full(len(gone), place))
        start = place + 1
    pieces.append(events[start:])
    origins.append(np.arange(start, events.size))
    return np.concatenate(pieces), np.concatenate(origins)


def _apply(books: tuple[dict[int, int], dict[int, int]], events: Records) -> None:
    """Bring the sizes of the levels up to date."""
    clears = np.flatnonzero(
        (events["action"] == Action.CLEAR) & (events["side"] == Side.NONE)
    )
    if clears.size:
        events = events[clears[-1] + 1 :]
        for book in books:
            book.clear()
    for side, book in enumerate(books):
        mine = (events["action"] == Action.SET) & (events["side"] == side)
        newest_first = events[mine][::-1]
        prices, index = np.unique(newest_first["price"], return_index=True)
        sizes = newest_first["qty"][index]
        for price, size in zip(prices.tolist(), sizes.tolist(), strict=True):
            if size > 0:
                book[price] = size
            else:
                book.pop(price, None)


def _within(book: dict[int, int], side: int, limit: int) -> list[int]:
    """Give the prices from the best to a limit, best first."""
    if side == Side.BUY:
        return sorted((price for price in book if price >= limit), reverse=True)
    return sorted(price for price in book if price <= limit)
