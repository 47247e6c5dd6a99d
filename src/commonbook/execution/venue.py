"""The arrays that execution works on, and the small pools among them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.jit import kernel
from commonbook.core.records import NO_ASK, NO_BID

BUY = int(Side.BUY)


class Venue(NamedTuple):
    """
    Books, and everything of ours that meets them.

    Parameters
    ----------
    ladder : ndarray of LEVEL, shape (rows, 2, W)
        Levels inside the windows. The first rows are the instruments as they are now.
    books : ndarray of BOOK, shape (rows, 2)
        Windows and best prices.
    far : ndarray of FAR, shape (rows, 2, capacity)
        Levels outside the windows.
    mids : ndarray of int64, shape (n_instruments,)
        Last two-sided best bid + best ask (half ticks); -2**62 before the first.
    own : ndarray of OWN_LEVEL, shape (capacity,)
        Prices where we have something.
    shares : ndarray of SHARE, shape (capacity,)
        What one engine has at one price.
    queues : ndarray of QUEUE, shape (capacity,)
        Queue positions.
    models : ndarray of QUEUE_MODEL, shape (n_models,)
        Parameters of the queue models.
    orders : ndarray of ORDER, shape (capacity,)
        Orders that live.
    engines : ndarray of ENGINE, shape (n_engines,)
        Pools of liquidity.
    heads : ndarray of int32, shape (n_engines, n_instruments, 2)
        Best SHARE of each engine, instrument and side.
    portfolios : ndarray of PORTFOLIO, shape (n_portfolios,)
        Who trades.
    fills : ndarray of FILL, shape (capacity,)
        Fills so far; ``CLOCK.n_fills`` counts them.
    ended : ndarray of int32, shape (capacity,)
        Orders that ended since the last settlement.
    touched : ndarray of TOUCHED, shape (capacity,)
        Levels that the current packet mentioned.
    batch : ndarray of MESSAGE, shape (capacity,)
        Messages that arrive together, in tie order.
    keys : ndarray of KEY, shape (2, capacity)
        Scratch for sorting.
    work : ndarray of int64, shape (4, capacity)
        Scratch: takers, weights, parts.
    clock : ndarray of CLOCK, shape (1,)
        Counters and heads of the free chains.
    """

    ladder: Records
    books: Records
    far: Records
    mids: NDArray[np.int64]
    own: Records
    shares: Records
    queues: Records
    models: Records
    orders: Records
    engines: Records
    heads: NDArray[np.int32]
    portfolios: Records
    fills: Records
    ended: NDArray[np.int32]
    touched: Records
    batch: Records
    keys: Records
    work: NDArray[np.int64]
    clock: Records


@kernel
def is_better(side: int, price: int, than: int) -> bool:
    """
    Say whether a price is better for the market: a higher bid, a lower ask.

    Parameters
    ----------
    side : int
        Side of the book.
    price : int
        Price (ticks).
    than : int
        Price to compare with (ticks).

    Returns
    -------
    bool
        False when they are equal.
    """
    return price > than if side == BUY else price < than


@kernel
def find_share(
    v: Venue, engine: int, instrument: int, side: int, price: int
) -> tuple[int, int]:
    """
    Look up what an engine has at a price.

    Parameters
    ----------
    v : Venue
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book.
    price : int
        Price (ticks).

    Returns
    -------
    share : int
        The share, -1 when the engine has nothing there.
    better : int
        The engine's last share at a better price, -1 when there is none.
    """
    better = -1
    share = int(v.heads[engine, instrument, side])
    while share >= 0 and is_better(side, int(v.shares[share]["price"]), price):
        better = share
        share = int(v.shares[share]["next"])
    if share >= 0 and v.shares[share]["price"] == price:
        return share, better
    return -1, better


@kernel
def consumed_at(v: Venue, engine: int, instrument: int, side: int, price: int) -> int:
    """
    Read how much an engine has consumed at a price.

    Parameters
    ----------
    v : Venue
        Read only.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book.
    price : int
        Price (ticks).

    Returns
    -------
    int
        c (lots).
    """
    share, _ = find_share(v, engine, instrument, side, price)
    return int(v.shares[share]["consumed"]) if share >= 0 else 0


@kernel
def open_share(v: Venue, engine: int, instrument: int, side: int, price: int) -> int:
    """
    Find or make the place for what an engine has at a price.

    The caller has made sure that both pools have an entry left.

    Parameters
    ----------
    v : Venue
        Changed in place.
    engine : int
        Row of the engine.
    instrument : int
        Instrument.
    side : int
        Side of the book.
    price : int
        Price (ticks).

    Returns
    -------
    int
        The share.
    """
    share, better = find_share(v, engine, instrument, side, price)
    if share >= 0:
        return share
    own = _open_own_level(v, instrument, side, price)
    clock = v.clock[0]
    share = int(clock["free_shares"])
    entry = v.shares[share]
    clock["free_shares"] = entry["next"]
    clock["left_shares"] -= 1
    entry["price"] = price
    entry["consumed"] = 0
    entry["engine"] = engine
    entry["own"] = own
    entry["head"] = -1
    entry["tail"] = -1
    entry["better"] = better
    if better >= 0:
        entry["next"] = v.shares[better]["next"]
        v.shares[better]["next"] = share
    else:
        entry["next"] = v.heads[engine, instrument, side]
        v.heads[engine, instrument, side] = share
    if entry["next"] >= 0:
        v.shares[int(entry["next"])]["better"] = share
    first = int(v.own[own]["shares"])
    entry["prev_share"] = -1
    entry["next_share"] = first
    if first >= 0:
        v.shares[first]["prev_share"] = share
    v.own[own]["shares"] = share
    return share


@kernel
def close_share(v: Venue, share: int) -> None:
    """
    Give a share back when nothing is left in it.

    Parameters
    ----------
    v : Venue
        Changed in place.
    share : int
        The share; it stays when it has orders or consumption.
    """
    entry = v.shares[share]
    if entry["head"] >= 0 or entry["consumed"] > 0:
        return
    own = int(entry["own"])
    level = v.own[own]
    if entry["next"] >= 0:
        v.shares[int(entry["next"])]["better"] = entry["better"]
    if entry["better"] >= 0:
        v.shares[int(entry["better"])]["next"] = entry["next"]
    else:
        v.heads[int(entry["engine"]), int(level["book"]), int(level["side"])] = entry["next"]
    if entry["next_share"] >= 0:
        v.shares[int(entry["next_share"])]["prev_share"] = entry["prev_share"]
    if entry["prev_share"] >= 0:
        v.shares[int(entry["prev_share"])]["next_share"] = entry["next_share"]
    else:
        level["shares"] = entry["next_share"]
    clock = v.clock[0]
    entry["next"] = clock["free_shares"]
    clock["free_shares"] = share
    clock["left_shares"] += 1
    if level["shares"] < 0:
        _close_own_level(v, own)


@kernel
def _open_own_level(v: Venue, instrument: int, side: int, price: int) -> int:
    book = v.books[instrument, side]
    width = v.ladder.shape[2]
    inside = 0 <= price - book["base"] < width
    if inside:
        own = int(v.ladder[instrument, side, price & (width - 1)]["own"])
        if own >= 0:
            return own
    better = -1
    worse = int(book["own_head"])
    while worse >= 0 and is_better(side, int(v.own[worse]["price"]), price):
        better = worse
        worse = int(v.own[worse]["next"])
    if worse >= 0 and v.own[worse]["price"] == price:
        return worse
    clock = v.clock[0]
    own = int(clock["free_own"])
    level = v.own[own]
    clock["free_own"] = level["next"]
    clock["left_own"] -= 1
    level["price"] = price
    level["prev"] = 0
    level["seen"] = -1
    level["n_orders"] = 0
    level["n_consumed"] = 0
    level["shares"] = -1
    level["queues"] = -1
    level["prev_own"] = better
    level["next"] = worse
    level["book"] = instrument
    level["side"] = side
    level["hidden"] = 0
    if better >= 0:
        v.own[better]["next"] = own
    else:
        book["own_head"] = own
        book["own_best"] = price
    if worse >= 0:
        v.own[worse]["prev_own"] = own
    if inside:
        v.ladder[instrument, side, price & (width - 1)]["own"] = own
    return own


@kernel
def _close_own_level(v: Venue, own: int) -> None:
    level = v.own[own]
    side = int(level["side"])
    instrument = int(level["book"])
    book = v.books[instrument, side]
    width = v.ladder.shape[2]
    price = int(level["price"])
    if 0 <= price - book["base"] < width:
        v.ladder[instrument, side, price & (width - 1)]["own"] = -1
    if level["next"] >= 0:
        v.own[int(level["next"])]["prev_own"] = level["prev_own"]
    if level["prev_own"] >= 0:
        v.own[int(level["prev_own"])]["next"] = level["next"]
    else:
        book["own_head"] = level["next"]
        if level["next"] >= 0:
            book["own_best"] = v.own[int(level["next"])]["price"]
        else:
            book["own_best"] = NO_BID if side == BUY else NO_ASK
    level["seen"] = -2  # a packet that touched it must not use it any more
    clock = v.clock[0]
    level["next"] = clock["free_own"]
    clock["free_own"] = own
    clock["left_own"] += 1
