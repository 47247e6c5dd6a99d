"""What happens before an order leaves: tie order, position limit."""

from collections.abc import Callable, Iterable

from commonbook.core.rng import name_hash, tie_hash
from tests.oracle.codes import NEVER_LEFT
from tests.oracle.orders import LiveOrder
from tests.oracle.scenario import BUY, PortfolioSpec


def tie_rank(seed: int, symbol: str, ts: int) -> Callable[[str], tuple[int, str]]:
    """Return the key that puts portfolio names into tie order."""

    def rank(name: str) -> tuple[int, str]:
        return int(tie_hash(seed, name_hash(symbol), ts, name_hash(name))), name

    return rank


def allowed(
    spec: PortfolioSpec, sent: Iterable[LiveOrder], order: LiveOrder, at: int, more: int
) -> bool:
    """
    Say whether the position limit lets an order ask for `more` lots at a time.

    `sent` is what the portfolio sent before; of its fate only what has been reported by
    now counts.
    """
    if spec.max_position is None:
        return True
    position = spec.positions.get(order.terms.instrument, 0)
    pending = more
    for other in sent:
        if other.terms.instrument != order.terms.instrument:
            continue
        if other.reason in NEVER_LEFT:
            continue
        news = [n for n in other.news if n.known <= at]
        filled = sum(n.filled for n in news)
        position += filled if other.side == BUY else -filled
        if other.side == order.side and not any(n.ended for n in news):
            reduced = sum(n.reduced for n in news)
            pending += counted(other, at) - filled - reduced
    reach = position + pending if order.side == BUY else pending - position
    return reach <= spec.max_position


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
