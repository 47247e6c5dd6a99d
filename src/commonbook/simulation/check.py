"""What every run is checked for before its results leave the simulation."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.errors import RunError
from commonbook.core.state import State
from commonbook.simulation.setup import Setup


def check_accounts(
    state: State, setup: Setup, fills: list[Records], indices: NDArray[np.int64]
) -> None:
    """
    Compare each account with the sum of its fills, exactly.

    Parameters
    ----------
    state : State
        The arrays at the end of a run.
    setup : Setup
        What ran.
    fills : list of ndarray of FILL
        All fills, under the numbers of the whole.
    indices : ndarray of int64, shape (n_portfolios,)
        Numbers in the whole of the portfolios of `setup`.

    Raises
    ------
    RunError
        If a position, the trade cash or the fees of an account are not what its fills
        say.
    """
    n_instruments = len(setup.instruments)
    shape = (int(indices.max(initial=-1)) + 1, n_instruments)
    sums = {name: np.zeros(shape, np.int64) for name in ("lots", "cash", "fees")}
    for piece in fills:
        mine = piece[np.isin(piece["portfolio"], indices)]
        where = (mine["portfolio"], mine["instrument"].astype(np.int64))
        signed = np.where(mine["side"] == Side.BUY, mine["qty"], -mine["qty"])
        np.add.at(sums["lots"], where, signed)
        np.add.at(sums["cash"], where, -signed * mine["price_half"])
        np.add.at(sums["fees"], where, mine["fee_e8"])
    for place, portfolio in enumerate(setup.portfolios):
        number = indices[place]
        for instrument in range(n_instruments):
            account = state.accounts[place, instrument]
            before = portfolio.positions.get(instrument, 0)
            if (
                account["position"] != before + sums["lots"][number, instrument]
                or account["cash_half"] != sums["cash"][number, instrument]
                or account["fees_e8"] != sums["fees"][number, instrument]
            ):
                symbol = setup.instruments[instrument].symbol
                message = (
                    f"{portfolio.name}, {symbol}: the account is not the sum of its "
                    "fills; please report this"
                )
                raise RunError(message)
