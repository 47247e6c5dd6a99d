"""What a run gives back: frames, figures, and a folder to keep them in."""

from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import RunError
from commonbook.results.account import Account, close_account
from commonbook.results.costs import Costs
from commonbook.results.digest import digest
from commonbook.results.displaced import (
    displaced_quantities,
    displaced_shares,
    displacement_warnings,
)
from commonbook.results.equity import equity_frame
from commonbook.results.exposure import exposure_frame
from commonbook.results.fairness import fairness
from commonbook.results.frames import fills_frame, orders_frame
from commonbook.results.impact_band import impact_band
from commonbook.results.invariants import check_invariants
from commonbook.results.lane import LaneRecords, lane_records
from commonbook.results.missed import missed_quantities
from commonbook.results.recharged import Recharged
from commonbook.results.refused import refused_by_limits
from commonbook.results.schema import RawRun
from commonbook.results.store import publish, write_run
from commonbook.results.summary import (
    portfolio_summaries,
    rounding,
    stops,
    totals,
)


@dataclass(frozen=True)
class RunInfo:
    """
    What was asked for, kept beside what came out.

    Parameters
    ----------
    name : str
        Name of the run.
    seed : int
        Seed of the run.
    config : str
        The resolved configuration as YAML.
    data : tuple of dict
        Where each tape came from, with its hash.
    warnings : tuple of str
        Assumptions that a reader of the results must know.
    """

    name: str
    seed: int
    config: str
    data: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = field(default=())


class Market(Protocol):
    """What can be asked about the market of a run after it has ended."""

    def look_back(
        self, ts: NDArray[np.int64], instrument: NDArray[np.int64]
    ) -> Records:
        """
        Say what the market was at given times.

        Parameters
        ----------
        ts : ndarray of int64, shape (n,)
            Times, in any order [ns].
        instrument : ndarray of int64, shape (n,)
            Whose market is asked for at each time.

        Returns
        -------
        ndarray, shape (n,)
            Records with the fields ``bid`` and ``ask`` [ticks] and ``mark_half``.
        """

    def recharge(self, lane: LaneRecords) -> Recharged:
        """
        Say what impact charges would have been under other assumptions.

        Parameters
        ----------
        lane : LaneRecords
            A lane of the run.

        Returns
        -------
        Recharged
            For each fill of the lane.
        """


class Result:
    """
    One lane of a finished run, as frames and figures.

    Parameters
    ----------
    raw : RawRun
        Records of the whole run.
    info : RunInfo
        What was asked for.
    lane : int
        Which lane of the run this is.
    market : Market, optional
        The market that the run replayed; without it there are no `costs`.

    Raises
    ------
    RunError
        If the records break an invariant.
    """

    def __init__(
        self,
        raw: RawRun,
        info: RunInfo,
        lane: int = 0,
        market: Market | None = None,
    ) -> None:
        self.raw = raw
        self.info = info
        self._lane = lane
        self._market = market
        self._records: LaneRecords = lane_records(raw, lane)
        check_invariants(self._records)

    def __repr__(self) -> str:
        records = self._records
        return (
            f"Result({self.info.name!r}, lane={self.label!r}, "
            f"portfolios={len(records.portfolios)}, orders={len(records.orders)}, "
            f"fills={len(records.fills)})"
        )

    @property
    def label(self) -> str:
        """Name of the lane, such as ``shared``."""
        return self._records.info.label

    @cached_property
    def fills(self) -> pl.DataFrame:
        """Every fill, one row each; see `commonbook.results.frames.fills_frame`."""
        return fills_frame(self._records)

    @cached_property
    def orders(self) -> pl.DataFrame:
        """Every order, one row each; see `commonbook.results.frames.orders_frame`."""
        return orders_frame(self._records)

    @cached_property
    def equity(self) -> pl.DataFrame:
        """Worth over time; see `commonbook.results.equity.equity_frame`."""
        return equity_frame(self._records)

    @cached_property
    def exposure(self) -> pl.DataFrame:
        """Holdings of engines; see `commonbook.results.exposure.exposure_frame`."""
        return exposure_frame(self._records)

    @cached_property
    def costs(self) -> Costs:
        """
        What trading cost, split into its causes; see `commonbook.results.costs.Costs`.

        The tape is replayed once more to find the mids that costs are measured against.

        Raises
        ------
        RunError
            If the result was made without a market, or the parts do not add up.
        """
        if self._market is None:
            message = "costs are measured against the market, which is not known here"
            raise RunError(message)
        return Costs(self._records, self._market.look_back, self._recharged.own)

    @cached_property
    def impact_band(self) -> pl.DataFrame:
        """
        Impact charges and net profits with other coefficients; see `impact_band`.

        The coefficients are both ends of the band of published ones, and the chosen
        one. Fills and decisions are taken for granted. Without impact there is no row.

        Raises
        ------
        RunError
            If the result was made without a market.
        """
        return impact_band(self._records, self.accounts, self._recharged.at)

    @cached_property
    def _recharged(self) -> Recharged:
        if self._market is None:
            message = "impact is charged against the market, which is not known here"
            raise RunError(message)
        return self._market.recharge(self._records)

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """The end of each portfolio's books, exact; by name."""
        names = self._records.names
        return {
            name: close_account(self._records, number)
            for number, name in enumerate(names)
        }

    @cached_property
    def stopped(self) -> list[dict[str, Any]]:
        """Portfolios that were stopped before the data ended, when and why."""
        return stops(self._records)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Figures of portfolios, totals, counters and warnings, as JSON has them."""
        portfolios = portfolio_summaries(self._records, self.equity)
        unmarked = [
            f"{name}: no profit, for it holds what never had a two-sided book"
            for name, figures in portfolios.items()
            if figures["net_profit"] is None
        ]
        shares = displaced_shares(self._records)
        return {
            "name": self.info.name,
            "lane": self.label,
            "seed": self.info.seed,
            "first_ts": self.raw.first_ts,
            "last_ts": self.raw.last_ts,
            "portfolios": portfolios,
            "totals": totals(portfolios) | rounding(self._records),
            "stopped": self.stopped,
            "fairness": fairness(self._records),
            "displaced_tape_qty": displaced_quantities(self._records),
            "displaced_tape_share": shares,
            "netting_missed_qty": missed_quantities(self._records),
            "refused_by_limits": refused_by_limits(portfolios),
            "counters": dict(self.raw.counters),
            "warnings": [
                *displacement_warnings(shares),
                *self.info.warnings,
                *unmarked,
            ],
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of fills, orders and equity; equal results have equal digests."""
        return digest((self.fills, self.orders, self.equity))

    @cached_property
    def lanes(self) -> dict[str, "Result"]:
        """The results of all lanes that shared the pass, by label."""
        return {
            lane.label: self
            if number == self._lane
            else Result(self.raw, self.info, number, self._market)
            for number, lane in enumerate(self.raw.lanes)
        }

    def save(self, folder: str | PathLike[str]) -> Path:
        """
        Write the run's folder; nothing half-written is ever seen.

        Parameters
        ----------
        folder : path
            Where; an earlier run there is replaced.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        ConfigError
            If something else is there.
        """
        return publish(Path(folder), self.write)

    def write(self, folder: Path) -> None:
        """
        Write the run's files into an existing folder.

        Parameters
        ----------
        folder : Path
            The folder.
        """
        frames = {"orders": self.orders, "fills": self.fills, "equity": self.equity}
        frames["exposure"] = self.exposure
        if self._market is not None:
            frames |= {"order_costs": self.costs.orders, "fill_costs": self.costs.fills}
            frames["portfolio_costs"] = self.costs.portfolios
            if len(self.impact_band):
                frames["impact_band"] = self.impact_band
        provenance = {
            "name": self.info.name,
            "lane": self.label,
            "seed": self.info.seed,
            "data": list(self.info.data),
            "results": {"sha256": self.digest},
        }
        write_run(folder, self.info.config, self.summary, frames, provenance)
