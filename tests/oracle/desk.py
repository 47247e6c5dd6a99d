"""What happens before an order leaves: tie order, position limit, netting."""

from collections.abc import Callable, Iterable, Sequence

from commonbook.core.rng import name_hash, tie_hash
from tests.oracle.codes import NEVER_LEFT
from tests.oracle.ledger import Ledger
from tests.oracle.orders import LiveOrder, reaches
from tests.oracle.scenario import BUY, SELL, PortfolioSpec
from tests.oracle.sharing import divide


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


def net(
    ts: int,
    orders: Sequence[LiveOrder],
    touch: tuple[int | None, int | None],
    policy: str | None,
    ledger: Ledger,
) -> None:
    """
    Cross orders of one group and instrument, sent in one round, given in tie order.

    `touch` is the best bid and the best ask [ticks] of the tape and the group together.
    """
    bid, ask = touch
    if bid is None or ask is None or bid >= ask:
        return
    half = bid + ask
    eligible = [o for o in orders if accepts(o, half)]
    names = list(dict.fromkeys(o.portfolio for o in eligible))
    entries: tuple[list[tuple[LiveOrder, int]], ...] = ([], [])
    for name in names:
        side, entered = surplus([o for o in eligible if o.portfolio == name])
        entries[side].extend(entered)
    wants = [[qty for _, qty in entries[side]] for side in (BUY, SELL)]
    crossed = min(sum(wants[BUY]), sum(wants[SELL]))
    parts = [divide(policy, crossed, wants[side]) for side in (BUY, SELL)]
    if crossed:
        ledger.seen["pro-rata crosses"] += policy == "pro_rata" and wants != parts
    buyers, sellers = (
        [(order, part) for (order, _), part in zip(entries[s], parts[s], strict=True)]
        for s in (BUY, SELL)
    )
    assert 2 * bid < half < 2 * ask, "a cross outside the touch"
    for buy, sell, qty in pair(buyers, sellers):
        ledger.cross(ts, buy, sell, half, qty)


def accepts(order: LiveOrder, half: int) -> bool:
    """Say whether an order may be crossed at a price in half ticks."""
    if order.terms.post_only or order.terms.reduce_only:
        return False
    if order.whole or order.stop is not None:
        return False
    return order.price is None or reaches(order.side, 2 * order.price, half)


def surplus(orders: Sequence[LiveOrder]) -> tuple[int, list[tuple[LiveOrder, int]]]:
    """Return the side and the lots with which one portfolio enters, earliest first."""
    total = {s: sum(o.leaves for o in orders if o.side == s) for s in (BUY, SELL)}
    side = BUY if total[BUY] > total[SELL] else SELL
    rest = abs(total[BUY] - total[SELL])
    entered = []
    for order in orders:
        qty = min(order.leaves, rest) if order.side == side else 0
        rest -= qty
        if qty:
            entered.append((order, qty))
    return side, entered


def pair(
    buyers: list[tuple[LiveOrder, int]], sellers: list[tuple[LiveOrder, int]]
) -> Iterable[tuple[LiveOrder, LiveOrder, int]]:
    """Match two sides of equal size, both in order."""
    buyers, sellers = ([e for e in side if e[1]] for side in (buyers, sellers))
    while buyers:
        (buy, bought), (sell, sold) = buyers.pop(0), sellers.pop(0)
        qty = min(bought, sold)
        yield buy, sell, qty
        if bought > qty:
            buyers.insert(0, (buy, bought - qty))
        if sold > qty:
            sellers.insert(0, (sell, sold - qty))
    assert not sellers
