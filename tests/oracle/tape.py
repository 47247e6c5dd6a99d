"""The book as the tape shows it, and what each packet says about its levels."""

from abc import ABC, abstractmethod
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


class Book(ABC):
    """What all books have: sizes of one instrument by side and price, and the mid."""

    def __init__(self) -> None:
        self.size: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.inside = 0  # how much better than their price takes are [half ticks]
        self.mid_half: int | None = (
            None  # best bid + best ask when last there were both
        )
        self.halted = False
        # What the last packet did.
        self.halts = False
        self.resumes = False
        self.wiped = False  # cleared, and not to be told again

    def hist(self, side: int, price: int) -> int:
        """Return the size that the tape displays at a level."""
        return self.size[side].get(price, 0)

    def best(self, side: int) -> int | None:
        """Return the best price of a side, None when it is empty."""
        return (max if side == BUY else min)(self.size[side], default=None)

    def apply(self, events: Sequence[Event]) -> list[Mention]:
        """Apply the book events of one packet as one; return the levels it mentions."""
        was_halted = self.halted
        actions = [event.action for event in events]
        for action in actions:
            self.halted = action == "X" or (self.halted and action != "O")
        self.halts = "X" in actions
        self.resumes = not self.halted and (was_halted or self.halts)
        self.wiped = any(e.action == "R" and e.qty == 0 for e in events)
        mentions = self._apply(events)
        bid, ask = self.best(BUY), self.best(SELL)
        if bid is not None and ask is not None:
            self.mid_half = bid + ask
        return mentions

    @abstractmethod
    def _apply(self, events: Sequence[Event]) -> list[Mention]:
        """Apply the book events of one packet; return the levels it mentions."""


class TapeBook(Book):
    """A book of levels, which knows which of them have left the feed's depth."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: tuple[set[int], set[int]] = (set(), set())

    def _apply(self, events: Sequence[Event]) -> list[Mention]:
        before = (dict(self.size[BUY]), dict(self.size[SELL]))
        named: tuple[set[int], set[int]] = (set(), set())
        # Levels that were there and of which the packet has said nothing since.
        hidden = (set(self.outside[BUY]), set(self.outside[SELL]))
        cleared = False
        for event in events:
            if event.action == "R":
                cleared = True
                for side in (BUY, SELL):
                    hidden[side].update(self.size[side])
                    self.size[side].clear()
            elif event.action == "S":
                side, price, qty = SIDES[event.side], event.price, event.qty
                named[side].add(price)
                hidden[side].discard(price)
                self.size[side].pop(price, None)
                if qty:
                    self.size[side][price] = qty
            elif event.action == "H" and event.price in self.size[SIDES[event.side]]:
                hidden[SIDES[event.side]].add(event.price)
                del self.size[SIDES[event.side]][event.price]
        mentions: list[Mention] = []
        for side in (BUY, SELL):
            gone = self._gone(side, hidden[side]) if cleared else set()
            left = hidden[side] - gone
            for price in sorted((named[side] | gone) - left):
                prev, new = before[side].get(price, 0), self.hist(side, price)
                returned = price in self.outside[side]
                mentions.append(Mention(side, price, prev, new, returned))
            self.outside[side].clear()
            self.outside[side].update(left)
        return mentions

    def _gone(self, side: int, hidden: set[int]) -> set[int]:
        """Return which levels not set again are gone; the others left the depth."""
        shown = self.size[side]
        if not shown:
            return set(hidden)
        worst = min(shown) if side == BUY else max(shown)
        return {price for price in hidden if not better(side, worst, price)}
