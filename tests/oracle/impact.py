"""
What the takes of a group do to the market, in numbers.

Every expression is written in the order in which it is computed, because another
engine has to arrive at the same bits. All are floats; only `rounded` gives an integer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp2, floor, sqrt

#: One part that never decays, and several that decay unlike each other.
NEVER = ((1.0, 0),)
MIXED = [
    ((0.11, 0), (0.33, 300), (0.56, 7)),
    ((0.5, 3), (0.5, 60)),
    ((0.25, 0), (0.125, 1), (0.3, 20), (0.325, 90)),
]


@dataclass(frozen=True)
class Law:
    """How a net volume, in units of daily volume, displaces the price."""

    model: str  # "linear" or "square_root"
    scale: float  # Y times sigma
    volume: float  # of a day [lots]
    #: Weight and half-life [ns], 0 for never, of each part of the net volume.
    scales: Sequence[tuple[float, int]] = NEVER

    def h(self, x: float) -> float:
        """Return the displacement, as a fraction of the price."""
        if self.model == "linear":
            return 10.0 * self.scale * x
        h = self.scale * sqrt(abs(x))
        return -h if x < 0.0 else h

    def integral(self, x: float) -> float:
        """Return H(x), the integral of h from 0 to x."""
        if self.model == "linear":
            return 5.0 * self.scale * (x * x)
        return 2.0 / 3.0 * self.scale * (abs(x) * sqrt(abs(x)))

    def decayed(self, parts: Sequence[float], dt: int) -> list[float]:
        """Return what is left of the parts of a net volume after `dt` nanoseconds."""
        left = []
        for x, (_, half_life) in zip(parts, self.scales, strict=True):
            decays = half_life != 0 and dt != 0
            left.append(x * exp2(-(dt / half_life)) if decays else x)
        return left

    def net(self, parts: Sequence[float]) -> float:
        """Return the net volume that the parts make up."""
        x = 0.0
        for part, (weight, _) in zip(parts, self.scales, strict=True):
            x += weight * part
        return x

    def shift(self, x: float, mid: float) -> tuple[int, int]:
        """
        Return by how many ticks prints are displaced for bids, and for asks.

        Bids see a print that much higher, asks that much lower.
        """
        j = self.h(x) * mid
        return max(0, floor(j)), max(0, floor(-j))

    def slippage(self, x: float, mid: float, sign: int, before: int, qty: int) -> float:
        """
        Return how far behind the touch the price of a slice is by the model [ticks].

        The side bought (`sign` 1) or sold (-1) `before` lots at better prices and `qty`
        now; all start from the same `x`.
        """
        x0 = x + sign * before / self.volume
        x1 = x + sign * (before + qty) / self.volume
        share = sign * qty / self.volume
        return mid * (self.integral(x1) - self.integral(x0)) / share


def per_lot(sign: int, touch: int, slippage: float, price: int) -> float:
    """Return the charge for a lot taken at a price [ticks]."""
    return max(0.0, sign * (touch + slippage - price))


def charge(lot: float, qty: int, lot_e8: float) -> int:
    """Return the charge of a fill; `lot_e8` is the money of one lot and one tick."""
    return rounded(lot * (qty * lot_e8))


def rounded(value: float) -> int:
    """Round half to even."""
    whole = floor(value)
    rest = value - whole
    return whole + (rest > 0.5 or (rest == 0.5 and whole % 2 == 1))
