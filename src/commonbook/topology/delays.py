"""Delays of the configuration, as the simulation draws them or looks them up."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from commonbook.config import (
    DataDelay,
    DelayColumn,
    EmpiricalDelay,
    FileDelay,
    LognormalDelay,
    VaryingDelay,
)
from commonbook.core.enums import DelayKind, Flag
from commonbook.core.errors import Problem
from commonbook.data.tape import Tape
from commonbook.simulation.delays import DelaySetup
from commonbook.topology.delay_files import read_curve, read_samples


class Delays:
    """
    The delays that vary; those that are written alike are one.

    Parameters
    ----------
    tape : Tape
        The data, for delays that come from it.
    problems : list of Problem
        What is wrong is added.
    """

    def __init__(self, tape: Tape, problems: list[Problem]) -> None:
        self._tape = tape
        self._problems = problems
        self._made: dict[tuple[VaryingDelay, str], int | DelaySetup] = {}

    def lower(
        self, delay: int | VaryingDelay, leg: str, where: str
    ) -> int | DelaySetup:
        """
        Turn a delay into numbers.

        Parameters
        ----------
        delay : int or VaryingDelay
            A delay of the configuration.
        leg : {'feed', 'order', 'response'}
            What it is the delay of.
        where : str
            Whose it is, for messages.

        Returns
        -------
        int or DelaySetup
            In ns; samples that are all alike are a constant.
        """
        if isinstance(delay, int):
            return delay
        if (delay, leg) not in self._made:
            made: int | DelaySetup = 0
            try:
                made = self._make(delay, leg)
            except ValueError as error:
                problem = Problem(f"{where}: latency.{leg}", str(error))
                self._problems.append(problem)
            self._made[delay, leg] = made
        return self._made[delay, leg]

    def _make(self, delay: VaryingDelay, leg: str) -> int | DelaySetup:
        if isinstance(delay, LognormalDelay):
            shape = delay.lognormal
            median, sigma = float(shape.median), float(shape.sigma)
            return DelaySetup(DelayKind.LOGNORMAL, median, sigma, shape.min)
        if isinstance(delay, EmpiricalDelay):
            return _empirical(delay, leg)
        if isinstance(delay, FileDelay):
            times, spans = read_curve(Path(delay.file), delay.column, leg)
            return DelaySetup(DelayKind.CURVE, samples=spans, times=times)
        return _from_data(delay, leg, self._tape)


def _empirical(delay: EmpiricalDelay, leg: str) -> int | DelaySetup:
    given = delay.empirical
    if isinstance(given, DelayColumn):
        samples = read_samples(Path(given.file), given.column, leg)
    else:
        samples = np.array(given, np.int64)
    if samples.min() == samples.max():
        return int(samples[0])
    return DelaySetup(DelayKind.EMPIRICAL, samples=samples)


def _from_data(delay: DataDelay, leg: str, tape: Tape) -> DelaySetup:
    """Follow the two clocks of the data, packet by packet."""
    ends = np.flatnonzero(tape.events["flags"] & Flag.LAST)
    spans = _received(delay, tape, ends)
    spans = np.rint(spans * float(delay.scale)).astype(np.int64) + delay.plus
    if leg == "feed":
        return DelaySetup(DelayKind.PACKETS, samples=spans)
    times = tape.events["ts"][ends]
    newest = np.append(times[1:] > times[:-1], True)  # of the packets of one time
    return DelaySetup(DelayKind.STEPS, samples=spans[newest], times=times[newest])


def _received(
    delay: DataDelay, tape: Tape, ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how long after its time each packet was received whole."""
    if tape.ts_recv is None:
        message = (
            "the data does not say when events were received (it has no ts_recv); "
            "give a delay of another kind"
        )
        raise ValueError(message)
    late = tape.ts_recv - tape.events["ts"]
    early = np.flatnonzero(late < 0)
    if early.size and delay.min is None:
        row = int(early[0])
        message = (
            f"event {row + 1} of the data was received {-int(late[row])} ns before its "
            "time; `min: 0` takes such delays for 0"
        )
        raise ValueError(message)
    starts = np.append(0, ends[:-1] + 1)
    spans: NDArray[np.int64] = np.maximum.reduceat(late, starts)
    return np.maximum(spans, delay.min or 0)
