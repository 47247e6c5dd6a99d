"""Delays, impact, rates and limits of a scenario, as setups of the compiled engine."""

from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from commonbook.core.enums import DelayKind, ImpactModel, OverRate
from commonbook.simulation.delays import DelaySetup
from commonbook.simulation.limits import GroupLimitSetup, NotionalSetup
from commonbook.simulation.rates import RateSetup
from commonbook.simulation.setup import ImpactSetup
from tests.oracle.delays import Curve, Delay, Empirical, Lognormal, Packets
from tests.oracle.rates import Rate
from tests.oracle.scenario import GroupLimits, Impact, PortfolioSpec


@cache
def delay_of(delay: Delay) -> int | DelaySetup:
    if isinstance(delay, Lognormal):
        median, sigma, least = float(delay.median), delay.sigma, delay.least
        return DelaySetup(DelayKind.LOGNORMAL, median, sigma, least)
    if isinstance(delay, Empirical):
        samples = np.array(delay.samples, np.int64)
        return DelaySetup(DelayKind.EMPIRICAL, samples=samples)
    if isinstance(delay, Packets):
        samples = np.array(delay.spans, np.int64)
        return DelaySetup(DelayKind.PACKETS, samples=samples)
    if isinstance(delay, Curve):
        kind = DelayKind.CURVE if delay.linear else DelayKind.STEPS
        times, spans = (np.array(a, np.int64) for a in (delay.times, delay.spans))
        return DelaySetup(kind, samples=spans, times=times)
    return delay


def impact_of(impact: Impact) -> ImpactSetup:
    return ImpactSetup(
        model=ImpactModel[impact.model.upper()],
        coefficient=impact.coefficient,
        scales=tuple(impact.scales),
        daily_volatility=tuple(impact.volatility),
        daily_volume=tuple(impact.volume),
    )


def rate_of(rate: Rate | None) -> RateSetup | None:
    if rate is None:
        return None
    return RateSetup(rate.messages, rate.per, OverRate[rate.over.upper()])


def limits_of(limits: GroupLimits | None, tick: Decimal) -> GroupLimitSetup | None:
    if limits is None:
        return None
    notional = notional_of(limits.gross, limits.net, tick)
    return GroupLimitSetup(limits.max_position, notional)


def notional_of(gross: int | None, net: int | None, tick: Decimal) -> NotionalSetup:
    return NotionalSetup(
        *(None if most is None else most * tick / 2 for most in (gross, net))
    )


def worth_of(spec: PortfolioSpec, tick: Decimal) -> dict[str, Any]:
    """Give the limits of a portfolio that depend on the mid."""
    return {
        "notional": notional_of(spec.gross, spec.net, tick),
        "collar_e8": -1 if spec.collar is None else int(spec.collar * 10**8),
    }
