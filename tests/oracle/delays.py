"""How long messages travel, and that those of one portfolio never overtake."""

from dataclasses import dataclass
from math import exp, floor
from statistics import NormalDist

from commonbook.core.rng import draw, name_hash

#: Which way, as in `commonbook.core.enums.Leg`.
FEED, ORDER, RESPONSE = range(3)


@dataclass(frozen=True)
class Lognormal:
    """A delay whose logarithm is normal, but never less than the least [ns]."""

    median: int
    sigma: float
    least: int = 0

    def of(self, bits: int) -> int:
        """Return the delay for random bits."""
        z = NormalDist().inv_cdf((bits + 0.5) / 2**52)
        return max(self.least, floor(self.median * exp(self.sigma * z) + 0.5))


@dataclass(frozen=True)
class Empirical:
    """A delay that is one of some samples [ns]."""

    samples: tuple[int, ...]

    def of(self, bits: int) -> int:
        """Return the delay for random bits, of which the upper 32 decide."""
        return self.samples[(bits // 2**20) * len(self.samples) // 2**32]


#: What a delay may be; a number is a constant [ns].
Delay = int | Lognormal | Empirical


def label(delay: Lognormal | Empirical) -> str:
    """Return what a delay is called: portfolios whose feeds have it are on one line."""
    if isinstance(delay, Lognormal):
        return f"lognormal {delay.median} {delay.sigma} {delay.least}"
    return " ".join(["empirical", *map(str, delay.samples)])


def visible(seed: int, delay: Delay, times: list[int]) -> list[int]:
    """Return when packets of some times become visible; none overtakes another."""
    if isinstance(delay, int):
        return [ts + delay for ts in times]
    line = Way(seed, label(delay), FEED, delay)
    return [line.send(ts) for ts in times]


class Way:
    """One way between a portfolio and the venue."""

    def __init__(self, seed: int, name: str, leg: int, delay: Delay) -> None:
        self.seed, self.name, self.leg, self.delay = seed, name_hash(name), leg, delay
        self.sent = 0
        self.last = 0

    def peek(self, ts: int) -> int:
        """Return when a message that leaves now arrives, without sending it."""
        if isinstance(self.delay, int):
            return ts + self.delay
        bits = int(draw(self.seed, self.name, self.leg, self.sent))
        return max(self.last, ts + self.delay.of(bits))

    def send(self, ts: int) -> int:
        """Send a message; return when it arrives."""
        self.last = self.peek(ts)
        self.sent += 1
        return self.last


def least(delay: Delay) -> int:
    """Return what no delay is shorter than."""
    if isinstance(delay, Lognormal):
        return delay.least
    return delay if isinstance(delay, int) else min(delay.samples)
