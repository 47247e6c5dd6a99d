"""What happens before an order leaves: tie order, limits of its portfolio."""

from collections.abc import Callable, Sequence

from commonbook.core.rng import name_hash, tie_hash
from tests.oracle.codes import NEVER_LEFT, Reason
from tests.oracle.orders import LiveOrder
from tests.oracle.scenario import BUY, SELL, Order, PortfolioSpec
from tests.oracle.tape import Book


def tie_rank(seed: int, symbol: str, ts: int) -> Callable[[str], tuple[int, str]]:
    """Return the key that puts portfolio names into tie order."""

    def rank(name: str) -> tuple[int, str]:
        return int(tie_hash(seed, name_hash(symbol), ts, name_hash(name))), name

    return rank


def broken_limit(
    spec: PortfolioSpec,
    sent: Sequence[LiveOrder],
    order: LiveOrder,
    at: int,
    qty: int,
    more: int,
    books: Sequence[Book],
) -> Reason | None:
    """
    Name the limit that forbids an order of `qty` lots, `more` of them new.

    `sent` is what the portfolio sent before; of its fate only what has been reported by
    now counts.
    """
    if spec.max_order is not None and qty > spec.max_order:
        return Reason.MAX_ORDER_QTY
    here, side = order.terms.instrument, order.side
    reach = {
        (i, s): _reach(spec, sent, i, s, at)
        for i, _ in enumerate(books)
        for s in (BUY, SELL)
    }
    before = max(reach[here, BUY], reach[here, SELL])
    reach[here, side] += more
    if spec.max_position is not None and reach[here, side] > spec.max_position:
        return Reason.MAX_POSITION
    grows = reach[here, side] > before
    if grows and books[here].mid_half is None:
        if spec.gross is not None:
            return Reason.GROSS_NOTIONAL
        return None if spec.net is None else Reason.NET_NOTIONAL
    worth = [abs(book.mid_half or 0) for book in books]
    gross = sum(max(reach[i, BUY], reach[i, SELL]) * w for i, w in enumerate(worth))
    if spec.gross is not None and grows and gross > spec.gross:
        return Reason.GROSS_NOTIONAL
    net = sum(reach[i, side] * w for i, w in enumerate(worth))
    return Reason.NET_NOTIONAL if spec.net is not None and net > spec.net else None


def beyond_collar(
    spec: PortfolioSpec, order: Order, price: int | None, book: Book
) -> bool:
    """Say whether a limit is too far beyond the mid; stops are not judged."""
    if spec.collar is None or price is None or order.stop is not None:
        return False
    if book.mid_half is None:
        return True
    beyond = 2 * price - book.mid_half
    return (beyond if order.side == BUY else -beyond) > spec.collar * abs(book.mid_half)


def _reach(
    spec: PortfolioSpec, sent: Sequence[LiveOrder], instrument: int, side: int, at: int
) -> int:
    """Return how far all that is open on a side could take a position to that side."""
    position, pending = spec.positions.get(instrument, 0), 0
    for other in sent:
        if other.terms.instrument != instrument or other.reason in NEVER_LEFT:
            continue
        news = [n for n in other.news if n.known <= at]
        filled = sum(n.filled for n in news)
        position += filled if other.side == BUY else -filled
        if other.side == side and not any(n.ended for n in news):
            reduced = sum(n.reduced for n in news)
            pending += counted(other, at) - filled - reduced
    return pending + (position if side == BUY else -position)


def counted(order: LiveOrder, at: int) -> int:
    """
    Return the quantity that an order may have, as far as its portfolio knows by then.

    While answers to replaces are open, this is the most that it had or was asked to
    have since none was open.
    """
    if all(ask.known <= at for ask in order.asks):
        known = [n.qty for n in order.news if n.qty and n.known <= at]
        order.most = known[-1] if known else order.terms.qty
    return order.most


def gone(order: LiveOrder, at: int) -> bool:
    """Say whether a portfolio knows that an order has ended, or never left."""
    if order.reason in NEVER_LEFT:
        return True
    return any(n.ended and n.known <= at for n in order.news)
