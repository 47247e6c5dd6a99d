"""Delays of the configuration, as the simulation draws them."""

import numpy as np

from commonbook.config import EmpiricalDelay, LognormalDelay
from commonbook.core.enums import DelayKind
from commonbook.simulation.delays import DelaySetup


class Delays:
    """The delays that vary; those that are written alike are one."""

    def __init__(self) -> None:
        self._made: dict[LognormalDelay | EmpiricalDelay, int | DelaySetup] = {}

    def lower(self, delay: int | LognormalDelay | EmpiricalDelay) -> int | DelaySetup:
        """
        Turn a delay into numbers.

        Parameters
        ----------
        delay : int, LognormalDelay or EmpiricalDelay
            A delay of the configuration.

        Returns
        -------
        int or DelaySetup
            In ns; samples that are all alike are a constant.
        """
        if isinstance(delay, int):
            return delay
        if delay not in self._made:
            self._made[delay] = _made(delay)
        return self._made[delay]


def _made(delay: LognormalDelay | EmpiricalDelay) -> int | DelaySetup:
    if isinstance(delay, LognormalDelay):
        shape = delay.lognormal
        return DelaySetup(
            DelayKind.LOGNORMAL, float(shape.median), float(shape.sigma), shape.min
        )
    samples = np.array(delay.empirical, np.int64)
    if samples.min() == samples.max():
        return int(samples[0])
    return DelaySetup(DelayKind.EMPIRICAL, samples=samples)
