"""What one group's takes in one instrument do to its market."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.impact import Law, per_lot
from tests.oracle.orders import opposite
from tests.oracle.scenario import BUY, SELL, Impact
from tests.oracle.tape import Book


@dataclass(frozen=True)
class Take:
    """Tape size that an order took in this round."""

    side: int  # of the taker
    price: int
    qty: int
    fill: int  # which fill this is


class Flow:
    """The decayed net volume X of a group, and the takes of the round."""

    def __init__(self, impact: Impact, instrument: int, book: Book) -> None:
        self.book = book
        self.law: Law | None = None
        if impact.model != "none":
            self.law = Law(
                impact.model,
                impact.coefficient * impact.volatility[instrument],
                impact.volume[instrument],
                impact.scales,
            )
        self.parts = [0.0 for _ in impact.scales]  # which X is made of
        self.ts = 0  # when they were that
        self.takes: list[Take] = []

    def shift(self, ts: int) -> tuple[int, int]:
        """Return by how many ticks a print is displaced for bids and for asks."""
        if self.law is None or self.book.mid_half is None:
            return 0, 0
        x = self.law.net(self.law.decayed(self.parts, ts - self.ts))
        return self.law.shift(x, self.book.mid_half / 2)

    def charges(self, ts: int) -> dict[int, float]:
        """End a round: return the charge per lot [ticks] by fill, and move X."""
        takes, self.takes = self.takes, []
        if self.law is None or not takes:
            return {}
        parts = self.law.decayed(self.parts, ts - self.ts)
        x = self.law.net(parts)
        lots = {side: self._slices(self.law, x, side, takes) for side in (BUY, SELL)}
        net = sum(t.qty if t.side == BUY else -t.qty for t in takes)
        self.parts = [part + net / self.law.volume for part in parts]
        self.ts = ts
        return {take.fill: lots[take.side][take.price] for take in takes}

    def _slices(
        self, law: Law, x: float, side: int, takes: Sequence[Take]
    ) -> dict[int, float]:
        """Return the charge per lot at each price that a side took."""
        taken: Counter[int] = Counter()
        for take in takes:
            if take.side == side:
                taken[take.price] += take.qty
        if self.book.mid_half is None:
            return dict.fromkeys(taken, 0.0)
        touch = self.book.best(opposite(side))
        sign = 1 if side == BUY else -1
        before = 0
        lots = {}
        for price in sorted(taken, reverse=side == SELL):
            assert touch is not None, "took from an empty side"
            mid = self.book.mid_half / 2
            slippage = law.slippage(x, mid, sign, before, taken[price])
            lots[price] = per_lot(sign, touch, slippage, price)
            before += taken[price]
        return lots
