"""The book as the tape shows it, and what each packet says about its levels."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.oracle.orders import better
from tests.oracle.scenario import BUY, SELL, Event

SIDES = {"B": BUY, "A": SELL}


@dataclass(frozen=True)
class Mention:
    """One level before and after a packet."""

    side: int
    price: int
    prev: int
    new: int
    returned: bool  # it comes back into the feed's depth, so nothing in it is new


class TapeBook:
    """Sizes of one instrument, and which levels have left the feed's depth."""

    def __init__(self) -> None:
        self.size: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.outside: tuple[set[int], set[int]] = (set(), set())

    def hist(self, side: int, price: int) -> int:
        """Return the size that the tape displays at a level."""
        return self.size[side].get(price, 0)

    def best(self, side: int) -> int | None:
        """Return the best price of a side, None when it is empty."""
        prices = self.size[side]
        if not prices:
            return None
        return max(prices) if side == BUY else min(prices)

    def apply(self, events: Sequence[Event]) -> list[Mention]:
        """Apply the book events of one packet as one; return the levels it mentions."""
        before = (dict(self.size[BUY]), dict(self.size[SELL]))
        outside = (set(self.outside[BUY]), set(self.outside[SELL]))
        named: tuple[set[int], set[int]] = (set(), set())
        lost: tuple[set[int], set[int]] = (set(), set())
        cleared = False
        for action, _, letter, price, qty in events:
            if action == "R":
                cleared = True
                for side in (BUY, SELL):
                    lost[side].update(self.size[side], self.outside[side])
                    self.size[side].clear()
                    named[side].clear()
            elif action == "S":
                side = SIDES[letter]
                named[side].add(price)
                lost[side].discard(price)
                self.outside[side].discard(price)
                self.size[side].pop(price, None)
                if qty:
                    self.size[side][price] = qty
        mentions: list[Mention] = []
        for side in (BUY, SELL):
            prices = set(named[side])
            if cleared:
                beyond = self._beyond(side, lost[side])
                self.outside[side].clear()
                self.outside[side].update(beyond)
                prices |= (set(before[side]) | outside[side]) - beyond
            for price in sorted(prices):
                prev, new = before[side].get(price, 0), self.hist(side, price)
                mentions.append(Mention(side, price, prev, new, price in outside[side]))
        return mentions

    def _beyond(self, side: int, lost: set[int]) -> set[int]:
        """Return which of the levels not set again have left the feed's depth."""
        shown = self.size[side]
        if not shown:
            return set()
        worst = min(shown) if side == BUY else max(shown)
        return {price for price in lost if better(side, worst, price)}
