"""How fast a portfolio may send: what leaves, when, and what does not."""

from typing import NamedTuple


class Rate(NamedTuple):
    """So many orders and replaces in every span of time; cancels do not count."""

    messages: int
    per: int  # [ns]
    over: str = "reject"  # or "delay"


class Gate:
    """What a portfolio has sent so far, all of it in order."""

    def __init__(self, rate: Rate | None) -> None:
        self.rate = rate
        self.left: list[int] = []  # when what counts left
        self.last = 0  # when anything left
        self.held = 0

    def _in_window(self, ts: int) -> int:
        """Count what left in the span that ends now."""
        assert self.rate is not None
        return sum(ts - self.rate.per < left <= ts for left in self.left)

    def refuses(self, ts: int, asked: int) -> bool:
        """Say whether one more would be too many, with those asked for just before."""
        if self.rate is None or self.rate.over == "delay":
            return False
        return self._in_window(ts) + asked >= self.rate.messages

    def leave(self, ts: int, *, counts: bool) -> int:
        """Return when a message leaves."""
        if self.rate is None:
            return ts
        at = max(ts, self.last)
        while counts and self._in_window(at) >= self.rate.messages:
            oldest = min(left for left in self.left if left > at - self.rate.per)
            at = oldest + self.rate.per
        if counts:
            self.left.append(at)
        self.held += at > ts
        self.last = at
        return at
