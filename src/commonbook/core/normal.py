"""The normal distribution, from the logarithm and the square root alone."""

import math

from commonbook.core.jit import kernel

#: Numerators and denominators of the three ranges, highest power first.
_NEAR = (
    2509.0809287301226727,
    33430.575583588128105,
    67265.770927008700853,
    45921.953931549871457,
    13731.693765509461125,
    1971.5909503065514427,
    133.14166789178437745,
    3.387132872796366608,
)
_NEAR_BELOW = (
    5226.495278852854561,
    28729.085735721942674,
    39307.89580009271061,
    21213.794301586595867,
    5394.1960214247511077,
    687.1870074920579083,
    42.313330701600911252,
    1.0,
)
_FAR = (
    7.7454501427834140764e-4,
    2.27238449892691845833e-2,
    2.4178072517745061177e-1,
    1.27045825245236838258,
    3.64784832476320460504,
    5.7694972214606914055,
    4.6303378461565452959,
    1.42343711074968357734,
)
_FAR_BELOW = (
    1.05075007164441684324e-9,
    5.475938084995344946e-4,
    1.51986665636164571966e-2,
    1.4810397642748007459e-1,
    6.8976733498510000455e-1,
    1.6763848301838038494,
    2.05319162663775882187,
    1.0,
)
_FARTHEST = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.2426609473880784386e-3,
    2.6532189526576123093e-2,
    2.9656057182850489123e-1,
    1.7848265399172913358,
    5.4637849111641143699,
    6.6579046435011037772,
)
_FARTHEST_BELOW = (
    2.04426310338993978564e-15,
    1.4215117583164458887e-7,
    1.8463183175100546818e-5,
    7.868691311456132591e-4,
    1.48753612908506148525e-2,
    1.3692988092273580531e-1,
    5.9983220655588793769e-1,
    1.0,
)


@kernel
def normal_quantile(p: float) -> float:
    """
    Give the standard normal number below which a share of all lies.

    Parameters
    ----------
    p : float
        The share, above 0 and below 1.

    Returns
    -------
    float
        The quantile, to about 16 digits.

    Notes
    -----
    Algorithm AS 241 (PPND16).

    References
    ----------
    Wichura, M. J. (1988). The percentage points of the normal distribution. Applied
    Statistics 37 (3), 477-484. doi:10.2307/2347330
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return _polynomial(_NEAR, r) * q / _polynomial(_NEAR_BELOW, r)
    r = math.sqrt(-math.log(p if q <= 0.0 else 1.0 - p))
    if r <= 5.0:
        r = r - 1.6
        x = _polynomial(_FAR, r) / _polynomial(_FAR_BELOW, r)
    else:
        r = r - 5.0
        x = _polynomial(_FARTHEST, r) / _polynomial(_FARTHEST_BELOW, r)
    return -x if q < 0.0 else x


@kernel
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value
