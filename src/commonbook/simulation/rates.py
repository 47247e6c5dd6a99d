"""How fast portfolios may send: as it is set up, and the arrays that it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import DelayKind, OverRate
from commonbook.core.message_records import RATE
from commonbook.simulation.delays import DelaySetup


@dataclass(frozen=True)
class RateSetup:
    """
    How much a portfolio may send in a while.

    Parameters
    ----------
    messages : int
        Orders and replaces, at least 1.
    per : int
        In every span of so long (ns), above 0.
    over : OverRate
        What becomes of more.
    """

    messages: int
    per: int
    over: OverRate


class Rates(NamedTuple):
    """
    The arrays about rates; see `commonbook.core.state.State`.

    Parameters
    ----------
    rates : ndarray of RATE, shape (n_limited,)
        One for each portfolio with a limit.
    rate_times : ndarray of int64, shape (n_times,)
        Rings of the times at which their last messages left [ns].
    leave_times : ndarray of int64, shape (start,) or (0,)
        When orders left, by their terms; none if nothing is held back [ns].
    rate_of : ndarray of int32, shape (n_portfolios,)
        The row of each portfolio, -1 for none.
    order_delays : list of int or DelaySetup
        The order delay of each portfolio. Where messages are held back, they are on a
        flight of their own, as if the delay varied.
    """

    rates: Records
    rate_times: NDArray[np.int64]
    leave_times: NDArray[np.int64]
    rate_of: NDArray[np.int32]
    order_delays: list[int | DelaySetup]


def rates_of(
    limits: Sequence[RateSetup | None],
    order_delays: Sequence[int | DelaySetup],
    start: int,
) -> Rates:
    """
    Lay out the limits on what portfolios may send.

    Parameters
    ----------
    limits : sequence of RateSetup or None
        Of each portfolio.
    order_delays : sequence of int or DelaySetup
        Of each portfolio.
    start : int
        Entries that pools begin with.

    Returns
    -------
    Rates
        Empty arrays where nobody has a limit.
    """
    given = [limit for limit in limits if limit is not None]
    rates = np.zeros(len(given), RATE)
    rate_of = np.full(len(limits), -1, np.int32)
    rate_of[[limit is not None for limit in limits]] = np.arange(len(given))
    first = 0
    for row, limit in zip(rates, given, strict=True):
        row["messages"], row["per"] = limit.messages, limit.per
        row["over"], row["first"] = limit.over, first
        first += limit.messages
    return Rates(
        rates,
        np.zeros(first, np.int64),
        np.zeros(start if any(map(_holds, given)) else 0, np.int64),
        rate_of,
        [
            _as_if_varying(delay) if _holds(limit) else delay
            for limit, delay in zip(limits, order_delays, strict=True)
        ],
    )


def _holds(limit: RateSetup | None) -> bool:
    return limit is not None and limit.over == OverRate.DELAY


def _as_if_varying(delay: int | DelaySetup) -> DelaySetup:
    if isinstance(delay, DelaySetup):
        return delay
    always, spans = np.zeros(1, np.int64), np.array([delay], np.int64)
    return DelaySetup(DelayKind.STEPS, samples=spans, times=always)
