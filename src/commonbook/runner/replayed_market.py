"""What can be asked about the market of a run after it has ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonbook.book.look_back import look_back
from commonbook.book.replay import book_size
from commonbook.config.impact import BAND
from commonbook.core.dtypes import Records
from commonbook.results.lane import LaneRecords
from commonbook.results.recharged import Recharged
from commonbook.simulation.recharge import recharge
from commonbook.simulation.setup import Setup


@dataclass(frozen=True)
class ReplayedMarket:
    """
    The tape of a run, and how its groups moved the market.

    Parameters
    ----------
    events : ndarray of EVENT, shape (n_events,)
        What was replayed.
    setup : Setup
        What ran.
    """

    events: Records
    setup: Setup

    def look_back(
        self, ts: NDArray[np.int64], instrument: NDArray[np.int64]
    ) -> Records:
        """
        Replay the tape, and say what the market was at given times.

        Parameters
        ----------
        ts : ndarray of int64, shape (n,)
            Times, in any order [ns].
        instrument : ndarray of int64, shape (n,)
            Whose market is asked for at each time.

        Returns
        -------
        ndarray of SIGHT, shape (n,)
            The market at each time.
        """
        n_instruments = len(self.setup.instruments)
        size = self.setup.book_size or book_size(self.events, n_instruments)
        return look_back(self.events, size, ts, instrument)

    def recharge(self, lane: LaneRecords) -> Recharged:
        """
        Replay the tape, and say what impact charges would have been.

        Parameters
        ----------
        lane : LaneRecords
            A lane of the run.

        Returns
        -------
        Recharged
            If nobody else of a group had traded; and with coefficients at both ends of
            the band, beside the one that was chosen.
        """
        rows = [
            self.setup.engines[self.setup.portfolios[p.index].engine].impact
            for p in lane.portfolios
        ]
        chosen = {self.setup.impacts[row].coefficient for row in rows}
        return recharge(
            self.setup,
            lane.fills,
            np.array(rows, np.int64),
            self.look_back,
            sorted({*map(float, BAND), *chosen}),
        )
