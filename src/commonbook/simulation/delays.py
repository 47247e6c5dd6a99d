"""Delays that vary: as they are set up, and the arrays that they become."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import DelayKind
from commonbook.core.message_records import DELAY, FLIGHT


def _no_samples() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class DelaySetup:
    """
    A delay that is not constant; portfolios that share one are set up with one object.

    Parameters
    ----------
    kind : DelayKind
        How it comes about.
    median : float, default 0.0
        Of a lognormal delay (ns).
    sigma : float, default 0.0
        Standard deviation of its logarithm.
    least : int, default 0
        No delay is shorter (ns).
    samples : ndarray of int64, shape (n_samples,)
        What an empirical delay is drawn from, the delays of a curve or of steps, or
        those of the packets (ns).
    times : ndarray of int64, shape (n_samples,)
        Of a curve or of steps, ascending (ns); empty for the others.
    """

    kind: DelayKind
    median: float = 0.0
    sigma: float = 0.0
    least: int = 0
    samples: NDArray[np.int64] = field(default_factory=_no_samples)
    times: NDArray[np.int64] = field(default_factory=_no_samples)

    @property
    def label(self) -> str:
        """What it is called where it is a name: portfolios with it are on one line."""
        if self.kind == DelayKind.LOGNORMAL:
            return f"lognormal {self.median:.0f} {self.sigma} {self.least}"
        if self.kind == DelayKind.EMPIRICAL:
            return " ".join(["empirical", *map(str, self.samples.tolist())])
        return ""  # nothing is drawn


def delay_table(
    delays: Sequence[int | DelaySetup],
) -> tuple[dict[DelaySetup, int], Records, NDArray[np.int64]]:
    """
    Number the delays that vary, and lay them out.

    Parameters
    ----------
    delays : sequence of int or DelaySetup
        Every delay of a run; constants are left out.

    Returns
    -------
    rules : dict of DelaySetup to int
        The row of each.
    table : ndarray of DELAY, shape (n_rules,)
        How they come about.
    samples : ndarray of int64, shape (n_samples,)
        Their times and samples, one after the other.
    """
    found = dict.fromkeys(d for d in delays if isinstance(d, DelaySetup))
    rules = {delay: row for row, delay in enumerate(found)}
    table = np.zeros(len(rules), DELAY)
    first = 0
    for delay, row in rules.items():
        count = delay.samples.size
        table[row] = (
            delay.kind,
            delay.median,
            delay.sigma,
            delay.least,
            first,
            count,
        )
        first += delay.times.size + count
    parts = [part for delay in rules for part in (delay.times, delay.samples)]
    samples = np.concatenate([_no_samples(), *parts])
    return rules, table, samples


def flights_of(
    delays: Sequence[int | DelaySetup], rules: dict[DelaySetup, int], processing: int
) -> tuple[Records, list[int]]:
    """
    Make a flight for each constant delay, and one for each portfolio that has none.

    Parameters
    ----------
    delays : sequence of int or DelaySetup
        The order delay of each portfolio.
    rules : dict of DelaySetup to int
        The rows of those that vary.
    processing : int
        From the arrival at the venue until it acts (ns).

    Returns
    -------
    flights : ndarray of FLIGHT, shape (n_flights,)
        Empty ones; those of constant delays come first, in the order of delays.
    flight_of : list of int
        The flight of each portfolio.
    """
    steady = sorted({delay for delay in delays if isinstance(delay, int)})
    of_delay = {delay: place for place, delay in enumerate(steady)}
    flight_of = []
    varying: list[int] = []
    for delay in delays:
        if isinstance(delay, int):
            flight_of.append(of_delay[delay])
        else:
            flight_of.append(len(steady) + len(varying))
            varying.append(rules[delay])
    flights = np.zeros(len(steady) + len(varying), FLIGHT)
    flights["delay"][: len(steady)] = steady
    flights["delay"] += processing
    flights["rule"] = [-1] * len(steady) + varying
    flights["heap_place"] = -1
    return flights, flight_of
