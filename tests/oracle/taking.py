"""Taking: levels divided among takers, and what a fill or kill order could take."""

from collections import Counter
from collections.abc import Sequence

from tests.oracle.codes import Reason
from tests.oracle.flow import Take
from tests.oracle.orders import LiveOrder, opposite, reaches
from tests.oracle.pro_rata_venue import ProRataVenue
from tests.oracle.scenario import BUY
from tests.oracle.sharing import SHARING, divide
from tests.oracle.venue import Venue


def take(venue: Venue, ts: int, takers: Sequence[LiveOrder]) -> None:
    """Execute takers of one side, level by level, best price first."""
    if not takers:
        return
    side = opposite(takers[0].side)
    while (price := venue.best(side)) is not None:
        here = [o for o in takers if o.alive and reaches(o.side, o.price, price)]
        if not here:
            return
        while not _take_level(venue, ts, price, here):
            pass


def _take_level(venue: Venue, ts: int, price: int, takers: Sequence[LiveOrder]) -> bool:
    """Divide one level among takers; False when it must be divided anew."""
    side = opposite(takers[0].side)
    ledger = venue.ledger
    for order in takers:
        if order.alive and ledger.room(order) == 0:
            ledger.end_reduced(ts, order)
    takers = [o for o in takers if o.alive]
    wants = [ledger.room(o) for o in takers]
    supply = venue.available(side, price) + sum(o.leaves for o in venue.at(side, price))
    policy = venue.settings.distribution
    if policy in SHARING and sum(wants) > supply and len(wants) > 1:
        ledger.seen["pro-rata splits"] += 1
    parts = divide(policy, supply, wants)
    take_part = _take_part if not isinstance(venue, ProRataVenue) else _take_shares
    return all(
        take_part(venue, ts, taker, price, part)
        for taker, part in zip(takers, parts, strict=True)
    )


def _take_part(venue: Venue, ts: int, taker: LiveOrder, price: int, part: int) -> bool:
    """
    Take one part from the front of the queue; False when the level is divided anew.

    That is after a self-trade event, and when a reduce-only order took or gave less
    than it was counted with.
    """
    side, ledger = opposite(taker.side), venue.ledger
    while part:
        orders = venue.at(side, price)
        tape = venue.available(side, price)
        if orders:
            tape = min(tape, orders[0].tape_ahead)
        room = ledger.room(taker)
        if not room:
            ledger.seen["takers that lost their position"] += 1
            if taker.alive:
                ledger.end_reduced(ts, taker)
            return False
        if tape:
            qty = min(part, tape, room)
            _take_tape(venue, ts, taker, price, qty)
        elif forbidden(venue, taker, orders[0]):
            _prevent(venue, ts, taker, orders[0])
            return False
        else:
            qty = min(part, room, ledger.room(orders[0]))
            if not _take_own(venue, ts, taker, orders[0], qty):
                return False
        part -= qty
    return True


def _take_shares(
    venue: ProRataVenue, ts: int, taker: LiveOrder, price: int, part: int
) -> bool:
    """Take one part from all who stand in line; False as for `_take_part`."""
    side, ledger = opposite(taker.side), venue.ledger
    while part:
        qty = min(part, ledger.room(taker))
        if not qty:
            ledger.seen["takers that lost their position"] += 1
            if taker.alive:
                ledger.end_reduced(ts, taker)
            return False
        line = venue.shares(side, price, qty)
        giving = [piece for piece in line if piece.own is not None and piece.part]
        for piece in giving:
            if forbidden(venue, taker, piece.own):
                _prevent(venue, ts, taker, piece.own)
                return False
        tape = venue.take_shares(side, price, line)
        if tape:
            take = Take(taker.side, price, tape, len(ledger.fills))
            venue.flow.takes.append(take)
            ledger.market_fill(ts, taker, price, tape, "taker")
        ledger.seen["pro-rata takes from the tape and from own"] += bool(
            tape and giving
        )
        for piece in giving:
            given = min(piece.part, ledger.room(piece.own))
            if not _take_own(venue, ts, taker, piece.own, given):
                return False
        part -= qty
    return True


def _take_tape(venue: Venue, ts: int, taker: LiveOrder, price: int, qty: int) -> None:
    """Take size of the tape; own orders at the level move forward."""
    side = opposite(taker.side)
    venue.consumed.take(side, price, qty)
    for order in venue.at(side, price):
        order.h = max(0.0, order.h - qty)
    venue.flow.takes.append(Take(taker.side, price, qty, len(venue.ledger.fills)))
    venue.ledger.market_fill(ts, taker, price, qty, "taker", inside=venue.book.inside)


def _take_own(
    venue: Venue, ts: int, taker: LiveOrder, maker: LiveOrder, qty: int
) -> bool:
    """Trade with an own order; False when its cap has ended it."""
    if qty:
        venue.ledger.own_trade(ts, taker, maker, qty)
    else:
        venue.ledger.end_reduced(ts, maker)
    short = maker.reason is Reason.REDUCE_ONLY
    venue.ledger.seen["makers that gave less"] += short
    return not short


# Self-trade prevention ---------------------------------------------------------------


def forbidden(venue: Venue, taker: LiveOrder, maker: LiveOrder) -> bool:
    """Say whether a taker must not trade with a resting order."""
    return venue.settings.scope == "group" or taker.portfolio == maker.portfolio


def _prevent(venue: Venue, ts: int, taker: LiveOrder, maker: LiveOrder) -> None:
    """Keep two orders that must not trade with each other apart."""
    venue.ledger.seen["self-trade events"] += 1
    rule = venue.settings.self_trade
    if rule == "decrement":
        # What goes on is reported first.
        pair = sorted([maker, taker], key=lambda o: o.leaves, reverse=True)
        qty = pair[1].leaves
        for order in pair:
            order.reduce(ts, qty)
        return
    if rule in ("cancel_oldest", "cancel_both"):
        maker.cancel(ts, Reason.SELF_TRADE)
    if rule in ("cancel_newest", "cancel_both"):
        taker.cancel(ts, Reason.SELF_TRADE)


# Fill or kill ------------------------------------------------------------------------


def fillable(venue: Venue, taker: LiveOrder, most: int) -> int:
    """
    Return how many lots an order alone could take, up to `most`.

    In the order of priority, and only up to the first own order that it must not trade
    with.
    """
    side = opposite(taker.side)
    prices = {o.limit for o in venue.resting(side)} | set(venue.book.size[side])
    within = [p for p in prices if reaches(taker.side, taker.price, p)]
    given: Counter[str] = Counter()  # by portfolio, on this way through the queue
    found = 0
    for price in sorted(within, reverse=side == BUY):
        if isinstance(venue, ProRataVenue):
            there = _fillable_shares(venue, taker, price, most - found, given)
            if there is None:
                return found
            found += there
            if found == most:
                return most
            continue
        tape, seen = venue.available(side, price), 0
        for maker in venue.at(side, price):
            piece = max(0, min(tape, maker.tape_ahead) - seen)
            seen += piece
            found += piece
            if found >= most or forbidden(venue, taker, maker):
                return min(found, most)
            signed = given[maker.portfolio] * (1 if side == BUY else -1)
            qty = venue.ledger.room(maker, venue.ledger.held(maker) + signed)
            given[maker.portfolio] += qty
            found += qty
        found += tape - seen
        if found >= most:
            return most
    return found


def _fillable_shares(
    venue: ProRataVenue,
    taker: LiveOrder,
    price: int,
    wanted: int,
    given: Counter[str],
) -> int | None:
    """
    Return what a level gives; None when it does not give it.

    That is when an order would give something with which the taker must not trade, or
    which may not give so much.
    """
    side = opposite(taker.side)
    line = venue.shares(side, price, wanted)
    for piece in line:
        if piece.own is not None and piece.part:
            name = piece.own.portfolio
            held = venue.ledger.held(piece.own)
            held += given[name] * (1 if side == BUY else -1)
            room = venue.ledger.room(piece.own, held)
            if forbidden(venue, taker, piece.own) or room < piece.part:
                return None
            given[name] += piece.part
    return sum(piece.part for piece in line)
