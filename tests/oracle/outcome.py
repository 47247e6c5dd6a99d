"""What a run leaves behind, in words and plain numbers that any engine can produce."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from commonbook.core.limits import PARTS
from tests.oracle.scenario import BUY

#: The portfolios that share one consumption: (names, instrument, side, price [ticks]).
Level = tuple[tuple[str, ...], int, int, int]


@dataclass(frozen=True)
class Fill:
    """One execution of one order."""

    ts: int
    portfolio: str
    instrument: int
    side: int
    price_half: int
    qty: int
    liquidity: str  # "maker", "taker" or "cross"
    order_id: int
    counterparty: str = "market"  # or a portfolio
    cross: int = 0  # number of the cross, shared by its two fills; 0 when not crossed
    cross_fill: bool = False  # the book crossed the resting order
    through: bool = False  # a print went through the order's price
    fee_e8: int = 0
    impact_e8: int = 0
    adjust_e8: int = 0  # paid beyond the price, to come to an average

    def paid(self, unit_e8: Fraction) -> int:
        """Return the price in parts of half a tick, rounded down."""
        beyond = self.adjust_e8 if self.side == BUY else -self.adjust_e8
        return self.price_half * PARTS + floor(beyond * PARTS / (unit_e8 * self.qty))


@dataclass(frozen=True)
class OrderEnd:
    """The whole life of one order; times are 0 and `ahead` is -1 for what never was."""

    portfolio: str
    id: int
    state: str  # "filled", "cancelled", "rejected" or "expired"
    reason: str  # as in `commonbook.core.enums.Reason`, in lower case
    filled: int
    ahead: int
    ts_arrival: int
    ts_first_fill: int
    ts_last_fill: int
    ts_end: int
    qty: int  # as sent, or as replaced
    price: int = 0  # the last one [ticks]; 0 without
    stop: int = 0  # stop price, the last one [ticks]; 0 without
    ts_trigger: int = 0
    ts_sent: int = 0


@dataclass(frozen=True)
class Told:
    """A report as it reaches a portfolio."""

    ts: int
    kind: str  # as in `ReportKind`, in lower case
    order_id: int
    qty: int  # filled or taken off
    leaves: int  # what the portfolio then knows to be open
    state: str  # of "accepted" and "ended"
    reason: str  # of "ended"


@dataclass
class Outcome:
    """The results of one run; all but `seen` are compared between engines."""

    fills: list[Fill]
    orders: list[OrderEnd]
    positions: dict[tuple[str, int], int]  # (portfolio, instrument) -> lots
    cash: dict[tuple[str, int], int]  # without fees [half ticks x lots]
    consumed: dict[Level, int]  # what is left of c at the end, without zeros
    #: (names, instrument) -> tape size that could not have traded, without zeros.
    displaced: dict[tuple[tuple[str, ...], int], int] = field(default_factory=dict)
    #: What strategies in plain Python wrote down, by portfolio.
    logs: dict[str, list[Any]] = field(default_factory=dict)
    #: All reports by portfolio, in order, and how many cancels and replaces came too
    #: late; None from an engine that does not write them down.
    reports: dict[str, list[Told]] | None = None
    too_late: int | None = None
    seen: Counter[str] = field(default_factory=Counter)  # which rules were exercised
