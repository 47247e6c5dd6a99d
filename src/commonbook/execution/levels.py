"""Where we have something: price levels of ours, and each engine's share of them."""

from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.enums import Side
from commonbook.core.jit import kernel
from commonbook.core.state import State
from commonbook.execution.decay import consumed_now

BUY = int(Side.BUY)


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
def own_level_at(s: State, book: int, side: int, price: int) -> int:
    """
    Find our level at a price.

    Parameters
    ----------
    s : State
        Read only.
    book : int
        Row of the book.
    side : int
        Side of the book.
    price : int
        Price (ticks).

    Returns
    -------
    int
        The level, -1 when we have nothing there.
    """
    width = s.ladder.shape[2]
    if 0 <= price - s.books[book, side]["base"] < width:
        return int(s.ladder[book, side, price & (width - 1)]["own"])
    own = int(s.books[book, side]["own_head"])
    while own >= 0 and is_better(side, int(s.own[own]["price"]), price):
        own = int(s.own[own]["next"])
    return own if own >= 0 and s.own[own]["price"] == price else -1


@kernel
def find_share(
    s: State, engine: int, instrument: int, side: int, price: int
) -> tuple[int, int]:
    """
    Look up what an engine has at a price.

    Parameters
    ----------
    s : State
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
    share = int(s.heads[engine, instrument, side])
    while share >= 0 and is_better(side, int(s.shares[share]["price"]), price):
        better = share
        share = int(s.shares[share]["next"])
    if share >= 0 and s.shares[share]["price"] == price:
        return share, better
    return -1, better


@kernel
def consumed_at(s: State, engine: int, instrument: int, side: int, price: int) -> int:
    """
    Read how much an engine has consumed at a price.

    Parameters
    ----------
    s : State
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
    share, _ = find_share(s, engine, instrument, side, price)
    return consumed_now(s, share) if share >= 0 else 0


@kernel
def open_share(s: State, engine: int, instrument: int, side: int, price: int) -> int:
    """
    Find or make the place for what an engine has at a price.

    The caller has made sure that both pools have an entry left.

    Parameters
    ----------
    s : State
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
    share, better = find_share(s, engine, instrument, side, price)
    if share >= 0:
        return share
    own = _open_own_level(s, instrument, side, price)
    clock = s.clock[0]
    share = int(clock["free_shares"])
    entry = s.shares[share]
    clock["free_shares"] = entry["next"]
    clock["left_shares"] -= 1
    entry["price"] = price
    entry["consumed"] = 0
    entry["leaves"] = 0
    entry["moving"] = 0
    entry["taken"] = -1
    entry["engine"] = engine
    entry["own"] = own
    entry["head"] = -1
    entry["tail"] = -1
    entry["better"] = better
    if better >= 0:
        entry["next"] = s.shares[better]["next"]
        s.shares[better]["next"] = share
    else:
        entry["next"] = s.heads[engine, instrument, side]
        s.heads[engine, instrument, side] = share
    if entry["next"] >= 0:
        s.shares[int(entry["next"])]["better"] = share
    first = int(s.own[own]["shares"])
    entry["prev_share"] = -1
    entry["next_share"] = first
    if first >= 0:
        s.shares[first]["prev_share"] = share
    s.own[own]["shares"] = share
    return share


@kernel
def close_share(s: State, share: int) -> None:
    """
    Give a share back when nothing is left in it.

    Parameters
    ----------
    s : State
        Changed in place.
    share : int
        The share; it stays when it has orders or consumption.
    """
    entry = s.shares[share]
    if entry["head"] >= 0 or entry["consumed"] > 0:
        return
    own = int(entry["own"])
    level = s.own[own]
    if entry["next"] >= 0:
        s.shares[int(entry["next"])]["better"] = entry["better"]
    if entry["better"] >= 0:
        s.shares[int(entry["better"])]["next"] = entry["next"]
    else:
        s.heads[int(entry["engine"]), int(level["book"]), int(level["side"])] = entry[
            "next"
        ]
    if entry["next_share"] >= 0:
        s.shares[int(entry["next_share"])]["prev_share"] = entry["prev_share"]
    if entry["prev_share"] >= 0:
        s.shares[int(entry["prev_share"])]["next_share"] = entry["next_share"]
    else:
        level["shares"] = entry["next_share"]
    clock = s.clock[0]
    entry["next"] = clock["free_shares"]
    clock["free_shares"] = share
    clock["left_shares"] += 1
    if level["shares"] < 0:
        _close_own_level(s, own)


@kernel
def _open_own_level(s: State, instrument: int, side: int, price: int) -> int:
    book = s.books[instrument, side]
    width = s.ladder.shape[2]
    inside = 0 <= price - book["base"] < width
    if inside:
        own = int(s.ladder[instrument, side, price & (width - 1)]["own"])
        if own >= 0:
            return own
    better = -1
    worse = int(book["own_head"])
    while worse >= 0 and is_better(side, int(s.own[worse]["price"]), price):
        better = worse
        worse = int(s.own[worse]["next"])
    if worse >= 0 and s.own[worse]["price"] == price:
        return worse
    clock = s.clock[0]
    own = int(clock["free_own"])
    level = s.own[own]
    clock["free_own"] = level["next"]
    clock["left_own"] -= 1
    level["price"] = price
    level["touched"] = 0
    level["seen"] = -1
    level["n_orders"] = 0
    level["n_consumed"] = 0
    level["pending"] = 0
    level["shares"] = -1
    level["queues"] = -1
    level["prev_own"] = better
    level["next"] = worse
    level["book"] = instrument
    level["side"] = side
    if better >= 0:
        s.own[better]["next"] = own
    else:
        book["own_head"] = own
        book["own_best"] = price
    if worse >= 0:
        s.own[worse]["prev_own"] = own
    if inside:
        s.ladder[instrument, side, price & (width - 1)]["own"] = own
    return own


@kernel
def _close_own_level(s: State, own: int) -> None:
    level = s.own[own]
    side = int(level["side"])
    instrument = int(level["book"])
    book = s.books[instrument, side]
    width = s.ladder.shape[2]
    price = int(level["price"])
    if 0 <= price - book["base"] < width:
        s.ladder[instrument, side, price & (width - 1)]["own"] = -1
    if level["next"] >= 0:
        s.own[int(level["next"])]["prev_own"] = level["prev_own"]
    if level["prev_own"] >= 0:
        s.own[int(level["prev_own"])]["next"] = level["next"]
    else:
        book["own_head"] = level["next"]
        if level["next"] >= 0:
            book["own_best"] = s.own[int(level["next"])]["price"]
        else:
            book["own_best"] = NO_BID if side == BUY else NO_ASK
    level["seen"] = -2  # a packet that touched it must not use it any more
    clock = s.clock[0]
    level["next"] = clock["free_own"]
    clock["free_own"] = own
    clock["left_own"] += 1
