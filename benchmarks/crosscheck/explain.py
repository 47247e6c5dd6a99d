"""Why hftbacktest and commonbook fill an order differently, checked on the tape."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action, Side
from commonbook.data.snapshot import snapshot_of
from commonbook.data.tape import Tape
from crosscheck.trials import Fills, Outcome, Trial, is_buy, side_of


class Cause(StrEnum):
    """What a difference comes from; docs/crosscheck.md explains each."""

    ROUNDING = "the estimated queue ends within a lot: that lot is rounded to the order"
    TAKER = "it takes more than the book shows: the rest is filled at its limit"
    OVERRUN = "the estimated queue is below zero: a print fills more than its size"
    STOPPED = "a print fills all of it, the next one there stops hftbacktest: no report"
    THROUGH = "a print through the price fills all of it there"
    CROSS = "the book crosses: it fills all of it there, without a trade"
    BETWEEN = "the book crosses only within the packet"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Difference:
    """
    The first place where the fills of one order part.

    Parameters
    ----------
    trial : Trial
        The order.
    ts : int
        When [ns UTC].
    ours : int
        What commonbook fills then [lots].
    theirs : int
        What hftbacktest fills then [lots].
    cause : Cause
        Why.
    """

    trial: Trial
    ts: int
    ours: int
    theirs: int
    cause: Cause


def compare(
    tape: Tape, trial: Trial, power: float | None, ours: Fills, other: Outcome
) -> tuple[int, list[Difference]]:
    """
    Compare the fills of one order in time, price and quantity.

    Parameters
    ----------
    tape : Tape
        The feed.
    trial : Trial
        The order.
    power : float or None
        n of the power model; None is the risk averse one.
    ours : list of (int, int, int)
        Fills of commonbook: time, price [ticks], lots.
    other : Outcome
        Fills of hftbacktest.

    Returns
    -------
    agreed : int
        Fills that are the same. A lot that rounding gave to one of the two first, and
        that the other has at its end, is no new difference.
    differences : list of Difference
        A rounding, and the first other difference: what follows it cannot be compared.
    """
    mine, theirs = ({ts: rest for ts, *rest in fills} for fills in (ours, other.fills))
    agreed, leaves, lead = 0, trial.qty, 0
    differences = []
    for ts in sorted(mine.keys() | theirs.keys()):
        price, lots = mine.get(ts, (trial.price, 0))
        their_price, their_lots = theirs.get(ts, (price, 0))
        if price == their_price and their_lots == min(lots, leaves - lead):
            # What rounding gave them first, they lack at their end.
            agreed += 1
            lead -= lots - their_lots
            leaves -= lots
            continue
        span = np.searchsorted(tape.events["ts"], [ts, ts + 1])
        cause = _estimate(tape, trial, power, span, lots, their_lots)
        if lead == 0 and cause is not None:
            differences.append(Difference(trial, ts, lots, their_lots, cause))
            lead = their_lots - lots
            leaves -= lots
            continue
        cause = _cause(tape, trial, span, leaves, lots, their_lots + lead)
        if other.stopped and their_lots == 0 and lots == leaves:
            cause = Cause.STOPPED
        differences.append(Difference(trial, ts, lots, their_lots, cause))
        break
    return agreed, differences


def _estimate(
    tape: Tape,
    trial: Trial,
    power: float | None,
    span: NDArray[np.int64],
    ours: int,
    theirs: int,
) -> Cause | None:
    """Say whether the estimated queue alone decides, and how."""
    if power is None:
        return None
    packet = tape.events[span[0] : span[1]]
    _, printed = _prints(packet, trial)
    ahead, unbounded = queue_ahead(tape, trial, power, int(span[0]))
    if ours != min(trial.qty, max(0, math.floor(printed - ahead + 1e-6))):
        return None
    if theirs != min(trial.qty, math.floor(printed - unbounded + 0.5)):
        return None
    return Cause.OVERRUN if theirs > printed else Cause.ROUNDING


def _cause(
    tape: Tape,
    trial: Trial,
    span: NDArray[np.int64],
    leaves: int,
    ours: int,
    theirs: int,
) -> Cause:
    """Name the cause, if the tape and both quantities are as it says."""
    start = int(span[0])
    packet = tape.events[start : span[1]]
    if theirs != leaves or ours >= theirs:
        return Cause.UNEXPLAINED
    arrived = packet.size == 0 or packet["ts"][0] == trial.arrival
    if arrived and ours == _displayed(tape, trial, start):
        return Cause.TAKER
    through, at_price = _prints(packet, trial)
    added = _crossing(tape, packet, trial, start)
    least, most = through + added, through + at_price + added
    if least > 0 and min(leaves, least) <= ours <= min(leaves, most):
        return Cause.THROUGH if through else Cause.CROSS
    if added == 0 and ours == 0 and _touched(packet, trial):
        return Cause.BETWEEN
    return Cause.UNEXPLAINED


def queue_ahead(
    tape: Tape, trial: Trial, power: float, stop: int
) -> tuple[float, float]:
    """
    Estimate the size ahead of an order, as both systems' power model does.

    Parameters
    ----------
    tape : Tape
        The feed.
    trial : Trial
        The order, which rests.
    power : float
        n of the model.
    stop : int
        The event up to which the queue is followed.

    Returns
    -------
    ahead : float
        Size ahead, never negative [lots].
    unbounded : float
        The same without this bound [lots].
    """
    start = int(np.searchsorted(tape.events["ts"], trial.arrival))
    side = side_of(trial)
    aggressor = Side.SELL if is_buy(trial) else Side.BUY
    book = snapshot_of(tape.events[:start], trial.arrival)
    mine = (book["side"] == side) & (book["price"] == trial.price)
    size = int(book["qty"][mine & (book["action"] == Action.SET)].sum())
    ahead = unbounded = float(size)
    traded = 0
    events = tape.events[start:stop]
    for event in events[events["price"] == trial.price]:
        qty = int(event["qty"])
        if event["action"] == Action.TRADE and event["side"] == aggressor:
            ahead, unbounded = max(0.0, ahead - qty), unbounded - qty
            traded += qty
        elif event["action"] == Action.SET and event["side"] == side:
            change = size - qty - traded
            ahead = max(0.0, _moved(ahead, max(0.0, size - ahead), change, qty, power))
            unbounded = _moved(unbounded, size - unbounded, change, qty, power)
            size, traded = qty, 0
    return ahead, unbounded


def _moved(ahead: float, behind: float, change: int, qty: int, power: float) -> float:
    """Move an estimate when its level shrinks by other things than prints."""
    if change < 0:
        return min(ahead, qty)
    total = behind**power + ahead**power
    chance = behind**power / total if total else 1.0
    return min(ahead - (1 - chance) * change + min(behind - chance * change, 0.0), qty)


def _beyond(prices: Records, trial: Trial) -> Records:
    return prices < trial.price if is_buy(trial) else prices > trial.price


def _prints(packet: Records, trial: Trial) -> tuple[int, int]:
    """Count the lots of prints through the price of an order, and at it."""
    aggressor = Side.SELL if is_buy(trial) else Side.BUY
    prints = packet[(packet["action"] == Action.TRADE) & (packet["side"] == aggressor)]
    beyond = _beyond(prints["price"], trial)
    at_price = prints["price"] == trial.price
    return int(prints["qty"][beyond].sum()), int(prints["qty"][at_price].sum())


def _displayed(tape: Tape, trial: Trial, stop: int) -> int:
    """Count the lots that the book offers to an order when it arrives."""
    book = snapshot_of(tape.events[:stop], trial.arrival)
    opposite = Side.SELL if is_buy(trial) else Side.BUY
    levels = book[(book["action"] == Action.SET) & (book["side"] == opposite)]
    reached = _beyond(levels["price"], trial) | (levels["price"] == trial.price)
    return int(levels["qty"][reached].sum())


def _touched(packet: Records, trial: Trial) -> bool:
    """Say whether any event of a packet shows opposite size at the price or through."""
    opposite = Side.SELL if is_buy(trial) else Side.BUY
    levels = packet[(packet["action"] == Action.SET) & (packet["side"] == opposite)]
    reached = _beyond(levels["price"], trial) | (levels["price"] == trial.price)
    return bool((reached & (levels["qty"] > 0)).any())


def _crossing(tape: Tape, packet: Records, trial: Trial, start: int) -> int:
    """Count the opposite lots that a packet adds at an order's price or through."""
    opposite = Side.SELL if is_buy(trial) else Side.BUY
    levels = packet[(packet["action"] == Action.SET) & (packet["side"] == opposite)]
    book = snapshot_of(tape.events[:start], trial.at)
    before = book[(book["action"] == Action.SET) & (book["side"] == opposite)]
    added = 0
    for price in np.unique(levels["price"]).tolist():
        if price == trial.price or _beyond(np.array(price), trial):
            after = int(levels["qty"][levels["price"] == price][-1])
            added += max(0, after - int(before["qty"][before["price"] == price].sum()))
    return added
