"""Impact charges as they would have been, the same fills taken for granted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Recharged:
    """
    What each fill would have been charged.

    Parameters
    ----------
    own : ndarray of int64, shape (n_fills,)
        If nobody else of a group had moved the market [1e-8 currency units].
    at : mapping of float to ndarray of int64, shape (n_fills,)
        With other coefficients [1e-8 currency units]; None where a charge would leave
        64 bits. Empty where nothing moves the market.
    """

    own: NDArray[np.int64]
    at: Mapping[float, NDArray[np.int64] | None]
