"""What every run is checked for before its results leave the simulation."""

import numpy as np

from commonbook.core.dtypes import Records
from commonbook.core.enums import Side
from commonbook.core.errors import RunError
from commonbook.core.state import State
from commonbook.simulation.setup import Setup

#: What is added up of the fills of each account.
SUMS = ("lots", "cash", "fees", "charges", "adjusts")


def check_accounts(state: State, setup: Setup, fills: list[Records]) -> None:
    """
    Compare each account with the sum of its fills, exactly.

    Parameters
    ----------
    state : State
        The arrays at the end of a run.
    setup : Setup
        What ran.
    fills : list of ndarray of FILL
        All fills.

    Raises
    ------
    RunError
        If a position, the trade cash, the fees, the impact charges or what was paid
        beyond prices is not what the fills of an account say.
    """
    n_instruments = len(setup.instruments)
    shape = (len(setup.portfolios), n_instruments)
    sums = {name: np.zeros(shape, np.int64) for name in SUMS}
    for mine in fills:
        where = (mine["portfolio"], mine["instrument"].astype(np.int64))
        signed = np.where(mine["side"] == Side.BUY, mine["qty"], -mine["qty"])
        np.add.at(sums["lots"], where, signed)
        np.add.at(sums["cash"], where, -signed * mine["price_half"])
        np.add.at(sums["fees"], where, mine["fee_e8"])
        np.add.at(sums["charges"], where, mine["impact_e8"])
        np.add.at(sums["adjusts"], where, mine["adjust_e8"])
    for number, portfolio in enumerate(setup.portfolios):
        for instrument in range(n_instruments):
            account = state.accounts[number, instrument]
            before = portfolio.positions.get(instrument, 0)
            if (
                account["position"] != before + sums["lots"][number, instrument]
                or account["cash_half"] != sums["cash"][number, instrument]
                or account["fees_e8"] != sums["fees"][number, instrument]
                or account["charges_e8"] != sums["charges"][number, instrument]
                or account["adjusts_e8"] != sums["adjusts"][number, instrument]
            ):
                symbol = setup.instruments[instrument].symbol
                message = (
                    f"{portfolio.name}, {symbol}: the account is not the sum of its "
                    "fills; please report this"
                )
                raise RunError(message)
