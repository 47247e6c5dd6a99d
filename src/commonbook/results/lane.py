"""The part of a run's records that belongs to one lane."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import RunError
from commonbook.results.schema import (
    InstrumentUnits,
    LaneInfo,
    PortfolioInfo,
    RawRun,
    Stopped,
)


@dataclass(frozen=True)
class LaneRecords:
    """
    One lane of a run: its portfolios, and the records that are theirs.

    Parameters
    ----------
    info : LaneInfo
        Label and portfolios.
    instruments : tuple of InstrumentUnits
        In the order of the instrument numbers of the records.
    fills : ndarray of FILL, shape (n_fills,)
        Sorted by time, then in order of occurrence; `portfolio` and `counterparty`
        count from 0 within the lane, `cross_id` from 1 in order of appearance.
    orders : ndarray of ORDER_HISTORY, shape (n_orders,)
        Sorted by time of decision, portfolio and order number; `portfolio` as above.
    marks : ndarray of MARK, shape (n_marks,)
        Changes of each instrument's last two-sided mid, in order of time.
    first_ts, last_ts : int
        Time of the first and of the last event [ns].
    equity_interval : int
        Spacing of the rows of the equity frame [ns].
    displaced : mapping of str to tuple of int
        Tape volume that could not have traded, by engine: that of each instrument
        [lots]; only engines that displaced any.
    stopped : tuple of Stopped
        Portfolios that were stopped, by time and number; numbered as above.
    traded : tuple of int
        Size of the tape's trades, by instrument; empty when nobody counted [lots].
    """

    info: LaneInfo
    instruments: tuple[InstrumentUnits, ...]
    fills: Records
    orders: Records
    marks: Records
    first_ts: int
    last_ts: int
    equity_interval: int
    displaced: Mapping[str, tuple[int, ...]]
    stopped: tuple[Stopped, ...]
    traded: tuple[int, ...] = ()

    @property
    def portfolios(self) -> tuple[PortfolioInfo, ...]:
        """Portfolios of the lane, in the order of its local numbers."""
        return self.info.portfolios

    @cached_property
    def names(self) -> list[str]:
        """Names of the portfolios, in the order of the lane's local numbers."""
        return [portfolio.name for portfolio in self.portfolios]

    def fills_of(self, number: int) -> Records:
        """
        Give the fills of one portfolio.

        Parameters
        ----------
        number : int
            Its local number.

        Returns
        -------
        ndarray of FILL, shape (n,)
            In the order of `fills`.
        """
        return self._fills[number]

    def orders_of(self, number: int) -> Records:
        """
        Give the orders of one portfolio.

        Parameters
        ----------
        number : int
            Its local number.

        Returns
        -------
        ndarray of ORDER_HISTORY, shape (n,)
            In the order of `orders`.
        """
        return self._orders[number]

    def marks_of(self, instrument: int) -> Records:
        """
        Give the mids of one instrument.

        Parameters
        ----------
        instrument : int
            Its number.

        Returns
        -------
        ndarray of MARK, shape (n,)
            In order of time.
        """
        return self._marks[instrument]

    @cached_property
    def orders_of_fills(self) -> NDArray[np.int64]:
        """Row of the order of each fill, shape (n_fills,)."""
        base = 1 + int(self.orders["order_id"].max(initial=0))
        keys = self.orders["portfolio"] * base + self.orders["order_id"]
        wanted = self.fills["portfolio"] * base + self.fills["order_id"]
        order = np.argsort(keys, kind="stable")
        rows: NDArray[np.int64] = order[np.searchsorted(keys[order], wanted)]
        return rows

    # Cut once: a mask for each portfolio would read all records as many times.
    @cached_property
    def _fills(self) -> list[Records]:
        return _split(self.fills, "portfolio", len(self.portfolios))

    @cached_property
    def _orders(self) -> list[Records]:
        return _split(self.orders, "portfolio", len(self.portfolios))

    @cached_property
    def _marks(self) -> list[Records]:
        return _split(self.marks, "instrument", len(self.instruments))


def lane_records(raw: RawRun, lane: int) -> LaneRecords:
    """
    Cut one lane out of a run and number its portfolios and crosses from the start.

    So the same portfolios leave the same bytes, whichever lanes run beside them.

    Parameters
    ----------
    raw : RawRun
        The whole run.
    lane : int
        Index into ``raw.lanes``.

    Returns
    -------
    LaneRecords
        Copies; `raw` is left as it was.

    Raises
    ------
    RunError
        If records name a portfolio that no lane has, or of another lane.
    """
    info = raw.lanes[lane]
    local = _local_numbers(raw, info)
    fills = _of_lane(raw.fills, local)
    fills["counterparty"] = _partners(fills["counterparty"], local, info.label)
    fills = fills[np.argsort(fills["ts"], kind="stable")]
    fills["cross_id"] = _relabel(fills["cross_id"])
    orders = _of_lane(raw.orders, local)
    keys = (orders["order_id"], orders["portfolio"], orders["ts_decision"])
    return LaneRecords(
        info=info,
        instruments=raw.instruments,
        fills=fills,
        orders=orders[np.lexsort(keys)],
        marks=raw.marks,
        first_ts=raw.first_ts,
        last_ts=raw.last_ts,
        equity_interval=raw.equity_interval,
        displaced=_displaced(raw, info),
        stopped=_stopped(raw, local),
        traded=raw.traded,
    )


def _stopped(raw: RawRun, local: Records) -> tuple[Stopped, ...]:
    """Pick the lane's portfolios, with their local numbers."""
    mine = [
        replace(entry, portfolio=int(local[entry.portfolio]))
        for entry in raw.stopped
        if local[entry.portfolio] >= 0
    ]
    return tuple(sorted(mine, key=lambda entry: (entry.ts, entry.portfolio)))


def _displaced(raw: RawRun, info: LaneInfo) -> dict[str, tuple[int, ...]]:
    """Add up what the pools of each engine displaced."""
    engines = {p.pool: p.engine for p in info.portfolios if p.pool < len(raw.displaced)}
    sums: dict[str, tuple[int, ...]] = {}
    for pool, engine in sorted(engines.items()):
        lots = raw.displaced[pool].tolist()
        before = sums.get(engine, (0,) * len(lots))
        sums[engine] = tuple(a + b for a, b in zip(before, lots, strict=True))
    return {engine: lots for engine, lots in sums.items() if any(lots)}


def _local_numbers(raw: RawRun, info: LaneInfo) -> Records:
    """Map the run's portfolio numbers to the lane's; -1 for those of other lanes."""
    known = [portfolio.index for lane in raw.lanes for portfolio in lane.portfolios]
    size = max(known, default=-1) + 1
    for name, records in (("fills", raw.fills), ("orders", raw.orders)):
        unknown = np.setdiff1d(records["portfolio"], known)
        if len(unknown):
            message = f"{name} name portfolio {unknown[0]}, which no lane has"
            raise RunError(message)
    local = np.full(max(1, size), -1, dtype=np.int32)
    for number, portfolio in enumerate(info.portfolios):
        local[portfolio.index] = number
    return local


def _split(records: Records, field: str, parts: int) -> list[Records]:
    """Cut records by a field with values from 0; each part keeps its order."""
    small = np.uint16 if parts < 2**16 else np.int64  # 16 bits are sorted by radix
    order = np.argsort(records[field].astype(small), kind="stable")
    ends = np.cumsum(np.bincount(records[field], minlength=parts))
    return np.split(records[order], ends[:-1])


def _of_lane(records: Records, local: Records) -> Records:
    """Copy the lane's records, with the portfolio's local number."""
    numbers = local[records["portfolio"]]
    chosen: Records = records[numbers >= 0]  # a mask makes a copy
    chosen["portfolio"] = numbers[numbers >= 0]
    return chosen


def _partners(partners: Records, local: Records, label: str) -> Records:
    """Give counterparties their local numbers; the market stays -1."""
    inside = (partners >= 0) & (partners < len(local))
    numbers: Records = np.where(inside, local[np.where(inside, partners, 0)], -1)
    strangers = partners[(partners >= 0) & (numbers < 0)]
    if len(strangers):
        message = f"lane {label} traded with portfolio {strangers[0]} of another lane"
        raise RunError(message)
    return numbers


def _relabel(cross_ids: Records) -> Records:
    """Number crosses 1, 2, ... in order of appearance; 0 stays 0."""
    labels, first, inverse = np.unique(
        cross_ids, return_index=True, return_inverse=True
    )
    crossed = labels != 0
    numbers = np.zeros(len(labels), dtype=np.int64)
    appearance = np.argsort(np.argsort(first[crossed]))
    numbers[crossed] = appearance + 1
    relabelled: Records = numbers[inverse]
    return relabelled
