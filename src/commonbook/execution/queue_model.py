"""How cancels ahead of a resting order are estimated where the tape names no orders."""

import math

from commonbook.core.enums import QueueModel
from commonbook.core.jit import kernel

RISK_AVERSE = int(QueueModel.RISK_AVERSE)
LOG = int(QueueModel.LOG)

#: Estimates closer than this to a whole number of lots count as that number.
ROUNDING = 1e-6


@kernel
def lots_ahead(ahead: float) -> int:
    """
    Round an estimated queue position up to whole lots.

    Parameters
    ----------
    ahead : float
        Estimated size ahead (lots).

    Returns
    -------
    int
        Whole lots, not negative.
    """
    return max(0, math.ceil(ahead - ROUNDING))


@kernel
def after_mention(
    kind: int, exponent: float, ahead: float, traded: int, prev: int, new: int
) -> float:
    """
    Estimate a queue position after its level went from one size to another.

    Parameters
    ----------
    kind : int
        QueueModel.
    exponent : float
        n of the power model.
    ahead : float
        Estimated size ahead (lots).
    traded : int
        Printed at this price since the level was last mentioned (lots).
    prev : int
        Displayed size before (lots).
    new : int
        Displayed size after (lots).

    Returns
    -------
    float
        Estimated size ahead after the change (lots), at most `new`.

    Notes
    -----
    What left the level and was not traded was cancelled. ``risk_averse`` puts all of it
    behind the order. The others put the part ``P = f(b) / (f(b) + f(a))`` behind it,
    with a ahead and b behind, in lots: ``power`` has ``f(x) = x**n``, where n = 1
    cancels uniformly, ``log`` has ``f(x) = ln(1 + x)``.

    References
    ----------
    E. Rigtorp, "Estimating order queue position", 2013; the clamping is that of
    hftbacktest's probability queue models.
    """
    change = float(prev - new - traded)
    if kind == RISK_AVERSE or change < 0.0:
        return min(ahead, float(new))
    back = max(0.0, float(prev) - ahead)
    weight_back = _weight(kind, back, exponent)
    weight = weight_back + _weight(kind, ahead, exponent)
    behind = weight_back / weight if weight > 0.0 else 1.0
    estimate = ahead - (1.0 - behind) * change + min(back - behind * change, 0.0)
    return max(0.0, min(estimate, float(new)))


@kernel(forceinline=True)
def _weight(kind: int, size: float, exponent: float) -> float:
    """Weigh a size; the usual powers are products, which are much faster."""
    if kind == LOG:
        return math.log(1.0 + size)
    if exponent == 1.0:
        return size
    if exponent == 2.0:
        return size * size
    if exponent == 3.0:
        return size * size * size
    return math.pow(size, exponent)
