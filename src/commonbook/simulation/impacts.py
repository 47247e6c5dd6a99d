"""How groups move markets, as records."""

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import ImpactModel
from commonbook.core.impact_records import IMPACT
from commonbook.simulation.setup import Setup


def build_impacts(setup: Setup) -> Records:
    """
    Make the records of how groups move markets that nobody has moved yet.

    Parameters
    ----------
    setup : Setup
        What runs.

    Returns
    -------
    ndarray of IMPACT, shape (n_groups, n_instruments)
        One row for each group.
    """
    rows = np.zeros((len(setup.impacts), len(setup.instruments)), IMPACT)
    for row, impact in zip(rows, setup.impacts, strict=True):
        row["model"] = impact.model
        if impact.model == ImpactModel.NONE:
            continue
        row["scale"] = [impact.coefficient * v for v in impact.daily_volatility]
        row["volume"] = impact.daily_volume
        row["scales"] = len(impact.scales)
        for k, (weight, half_life) in enumerate(impact.scales):
            row["weights"][:, k] = weight
            row["half_lives"][:, k] = half_life
        row["lot_e8"] = [
            float(2 * unit.half_tick_lot * 10**8) for unit in setup.instruments
        ]
    return rows
