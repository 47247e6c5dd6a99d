"""Simulated orders beside those of the tape that joined the same line at one time."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import QueueModel, Side
from commonbook.core.errors import DataError
from commonbook.data.hide_orders import hide_orders
from commonbook.data.order_lives import lives_of
from commonbook.data.tape import Tape
from commonbook.runner.lone_orders import LONE_ORDER, Model, rest_alone

#: Queue models that are compared, as the results name them.
MODELS: dict[str, Model] = {
    "risk_averse": (QueueModel.RISK_AVERSE, 1.0),
    "power 1": (QueueModel.POWER, 1.0),
    "power 2": (QueueModel.POWER, 2.0),
    "power 3": (QueueModel.POWER, 3.0),
    "log": (QueueModel.LOG, 1.0),
}
#: Names of the two others: the tape's own orders, and ours with all names known.
TAPE, EXACT = "tape", "order by order"
GROUPS = 10
NS = 1_000_000_000


def compare_queues(
    tape: Tape,
    *,
    sample: int = 5_000,
    seed: int = 1,
    away: int = 0,
    horizons: Sequence[int] = (1, 10),
) -> pl.DataFrame:
    """
    Compare simulated resting orders with the tape's own.

    Each order of the sample gets a twin of its size, which joins the same line just
    before it and is cancelled when the tape's order ends, by whatever. So both should
    be filled equally often, after equal time, before equal moves of the price. Twins
    are replayed order by order, and under each queue model on the same tape with the
    names of the orders hidden. All are alone: no twin meets another.

    Parameters
    ----------
    tape : Tape
        Order by order (L3).
    sample : int, default 5000
        Orders of the tape, at most.
    seed : int, default 1
        Chooses them.
    away : int, default 0
        How far from the best price of its side an order may join [ticks].
    horizons : sequence of int, default (1, 10)
        When the mid is looked at after a fill [s].

    Returns
    -------
    DataFrame
        For all, and for each tenth by size ahead (``tenth``, 1 joins the shortest
        lines), one row for the tape's own orders, for twins order by order and for each
        queue model: ``orders``, ``ahead`` (mean, units), ``filled`` (share filled
        whole), ``early`` and ``missed`` (share filled where the tape's order was not,
        and the reverse), ``seconds`` (mean time to the last fill of those filled),
        ``markout_Ns`` (mean move of the mid in favour of those filled, ticks from their
        price).

    Raises
    ------
    DataError
        If the tape does not name orders, or none of them qualifies.
    """
    if not any(tape.by_order):
        message = (
            f"{tape.source}: by level (L2), so it does not tell what became of single "
            "orders; give a tape that is told order by order"
        )
        raise DataError(message)
    lives = _sample(lives_of(tape), tape, sample, seed, away)
    twins = _twins(lives)
    ends = rest_alone(tape, twins, {EXACT: MODELS["risk_averse"]})
    ends |= rest_alone(hide_orders(tape), twins, MODELS)
    same = ends[EXACT]["ahead"] == lives["ahead"]
    if not same.any():
        message = f"{tape.source}: no twin joined where the tape's order did"
        raise DataError(message)
    lives, twins = lives[same], twins[same]
    filled = {TAPE: lives["executed"] == lives["qty"]}
    at = {TAPE: lives["ts_executed"]}
    for name, end in ends.items():
        filled[name] = end["filled"][same] == lives["qty"]
        at[name] = end["ts_last_fill"][same]
    mids = _Mids(tape)
    moves = {
        name: [mids.moves(lives, at[name], horizon * NS) for horizon in horizons]
        for name in filled
    }
    tenth = _tenths(lives["ahead"])
    rows = []
    for group in range(GROUPS + 1):
        own = tenth == group if group else np.ones(lives.size, np.bool_)
        for name in filled if own.any() else ():
            hit = own & filled[name]
            waited = (at[name] - lives["joined"])[hit] / NS
            row = {
                "tenth": group or None,
                "orders_of": name,
                "orders": int(own.sum()),
                "ahead": float(_units(tape, lives)[own].mean()),
                "filled": float(filled[name][own].mean()),
                "early": float((filled[name] & ~filled[TAPE])[own].mean()),
                "missed": float((filled[TAPE] & ~filled[name])[own].mean()),
                "seconds": float(waited.mean()) if hit.any() else None,
            }
            for horizon, move in zip(horizons, moves[name], strict=True):
                known = move[hit & ~np.isnan(move)]
                mean = float(known.mean()) if known.size else None
                row[f"markout_{horizon}s"] = mean
            rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _sample(lives: Records, tape: Tape, most: int, seed: int, away: int) -> Records:
    """Choose orders that joined near the touch and waited at all."""
    fit = (lives["away"] <= away) & (lives["ended"] > lives["joined"])
    fit &= lives["joined"] > tape.start + 1
    rows = np.flatnonzero(fit)
    if rows.size > most:
        rng = np.random.Generator(np.random.PCG64(seed))
        rows = np.sort(rng.choice(rows, most, replace=False))
    if not rows.size:
        message = (
            f"{tape.source}: no order that came alone in its packet joined within "
            f"{away} ticks of the best price"
        )
        raise DataError(message)
    return lives[rows]


def _twins(lives: Records) -> Records:
    twins = np.zeros(lives.size, LONE_ORDER)
    for name in ("price", "qty", "instrument", "side"):
        twins[name] = lives[name]
    twins["join"] = lives["joined"] - 1
    twins["leave"] = lives["ended"]
    return twins


def _tenths(ahead: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the tenths by size ahead from 1; equal sizes stay together."""
    ranks = np.searchsorted(np.sort(ahead), ahead, side="left")
    return 1 + ranks * GROUPS // ahead.size


def _units(tape: Tape, lives: Records) -> NDArray[np.float64]:
    lots = np.array([float(i.lot_size) for i in tape.instruments])
    units: NDArray[np.float64] = lives["ahead"] * lots[lives["instrument"]]
    return units


class _Mids:
    """The mids of each instrument over time."""

    def __init__(self, tape: Tape) -> None:
        self.end = tape.end
        self.known = []
        for instrument in tape.instruments:
            top = tape.top_of_book(symbol=instrument.symbol)
            mid = (top["bid_px_00"] + top["ask_px_00"]) / 2
            ticks = mid.forward_fill().to_numpy() / float(instrument.tick_size)
            self.known.append((top["ts_event"].to_numpy(), ticks))

    def moves(
        self, lives: Records, at: NDArray[np.int64], later: int
    ) -> NDArray[np.float64]:
        """Give the move in favour of each order, a while after it was filled."""
        moves = np.full(lives.size, np.nan)
        for number, (ts, ticks) in enumerate(self.known):
            own = (lives["instrument"] == number) & (at > 0)
            own &= at + later <= self.end
            place = np.searchsorted(ts, at[own] + later, side="right") - 1
            sign = np.where(lives["side"][own] == Side.BUY, 1, -1)
            moves[own] = sign * (ticks[place] - lives["price"][own])
        return moves
