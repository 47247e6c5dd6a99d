"""How long messages travel, and that those of one portfolio never overtake."""

from dataclasses import dataclass
from fractions import Fraction
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

    def of(self, bits: int, number: int, ts: int) -> int:
        """Return the delay for random bits."""
        z = NormalDist().inv_cdf((bits + 0.5) / 2**52)
        return max(self.least, floor(self.median * exp(self.sigma * z) + 0.5))


@dataclass(frozen=True)
class Empirical:
    """A delay that is one of some samples [ns]."""

    samples: tuple[int, ...]

    def of(self, bits: int, number: int, ts: int) -> int:
        """Return the delay for random bits, of which the upper 32 decide."""
        return self.samples[(bits // 2**20) * len(self.samples) // 2**32]


@dataclass(frozen=True)
class Curve:
    """A delay that changes in time, linearly between points or in steps [ns]."""

    times: tuple[int, ...]
    spans: tuple[int, ...]
    linear: bool = True

    def of(self, bits: int, number: int, ts: int) -> int:
        """Return the delay at a time; before the first point it is as there."""
        after = sum(time <= ts for time in self.times)
        if after == 0:
            return self.spans[0]
        span = self.spans[after - 1]
        if not self.linear or after == len(self.times):
            return span
        gone = Fraction(ts - self.times[after - 1])
        share = gone / (self.times[after] - self.times[after - 1])
        return span + int((self.spans[after] - span) * share)  # towards the start


@dataclass(frozen=True)
class Packets:
    """A delay that is given for each packet [ns]."""

    spans: tuple[int, ...]

    def of(self, bits: int, number: int, ts: int) -> int:
        """Return the delay of a packet."""
        return self.spans[number]


#: A delay that is not a constant.
Varying = Lognormal | Empirical | Curve | Packets
#: What a delay may be; a number is a constant [ns].
Delay = int | Varying


def label(delay: Varying) -> str:
    """Return what a delay is called: portfolios whose feeds have it are on one line."""
    if isinstance(delay, Lognormal):
        return f"lognormal {delay.median} {delay.sigma} {delay.least}"
    if isinstance(delay, Empirical):
        return " ".join(["empirical", *map(str, delay.samples)])
    return ""  # nothing is drawn


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
        return max(self.last, ts + self.delay.of(bits, self.sent, ts))

    def send(self, ts: int) -> int:
        """Send a message; return when it arrives."""
        self.last = self.peek(ts)
        self.sent += 1
        return self.last


def least(delay: Delay) -> int:
    """Return what no delay is shorter than."""
    if isinstance(delay, Lognormal):
        return delay.least
    if isinstance(delay, int):
        return delay
    return min(delay.samples if isinstance(delay, Empirical) else delay.spans)
