"""
An order in the queue of Cont, Stoikov and Talreja: exact chances, and trials on a tape.

An order of ours is at place m of the best bid, m - 1 orders of one lot ahead of it, and
n orders make up the best ask, one tick above. Limit orders come to either side at rate
LIMIT, market orders at MARKET, and each order but ours is cancelled at CANCEL. A trial
ends when ours is executed or the ask is empty.

References
----------
Cont, Stoikov, Talreja (2010), A stochastic model for order book dynamics, section 4,
doi:10.1287/opre.1090.0780.
"""

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.enums import Action, Flag, Side
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape
from commonbook.runner.lone_orders import LONE_ORDER

#: Rates at the touch that the paper estimates [1/s].
LIMIT, MARKET, CANCEL = 1.85, 0.94, 0.71
BID, ASK = 100, 101
#: Far levels, so that neither side of the book is ever empty.
DEEP = 10
GAP = 1_000_000_000
LAST = int(Flag.LAST)


def exact(places: int, asks: int, most: int = 120) -> NDArray[np.float64]:
    """Solve for the chance that place m is executed before n asks are gone."""
    chance = np.zeros((places, most + 2))
    for ahead in range(places):
        forward = MARKET + CANCEL * ahead
        gain = np.ones(most) if ahead == 0 else chance[ahead - 1, 1 : most + 1]
        sizes = np.arange(1, most + 1)
        down = MARKET + CANCEL * sizes
        matrix = np.diag(forward + LIMIT + down)
        matrix -= np.diag(np.full(most - 1, LIMIT), 1) + np.diag(down[1:], -1)
        matrix[-1, -1] -= LIMIT  # no more than `most` orders
        chance[ahead, 1 : most + 1] = np.linalg.solve(matrix, forward * gain)
    return chance[:, 1 : asks + 1]


@dataclass(frozen=True)
class Trials:
    """Trials one after the other: the tape, our orders, and what became of each."""

    tape: Tape
    orders: Records
    place: NDArray[np.int64]
    asks: NDArray[np.int64]
    executed: NDArray[np.bool_]
    seconds: NDArray[np.float64]  # until it was


def trials(seed: int, places: int, asks: int, count: int) -> Trials:
    """Make `count` trials of each place and each size of the ask."""
    market = _Market(Random(seed))
    cells = [(m, n) for m in range(1, places + 1) for n in range(1, asks + 1)] * count
    ends = [market.trial(place, size) for place, size in cells]
    events = np.zeros(len(market.rows), EVENT)
    for name, column in zip(
        ("ts", "action", "side", "price", "order", "flags"),
        zip(*market.rows, strict=True),
        strict=True,
    ):
        events[name] = column
    events["qty"] = events["action"] != Action.CLEAR
    orders = np.zeros(len(cells), LONE_ORDER)
    orders["price"], orders["qty"], orders["side"] = BID, 1, Side.BUY
    orders["join"] = [end[0] for end in ends]
    orders["leave"] = [end[1] for end in ends]
    place, size = np.array(cells).T
    return Trials(
        Tape.from_events(events, Instrument("CST", 1, 1), f"queue trials, seed {seed}"),
        orders,
        place,
        size,
        np.array([end[2] for end in ends]),
        (orders["leave"] - orders["join"]) / 1e9,
    )


class _Market:
    """Writes trials as events; slots of orders are used again in each trial."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.rows: list[tuple[int, int, int, int, int, int]] = []
        self.ts = GAP
        self.slots = 0

    def trial(self, place: int, size: int) -> tuple[int, int, bool]:
        """Play one trial; return when our order joins, when it ends, and how."""
        rng = self.rng
        self.ts += GAP
        self.slots = 0
        self._write(Action.CLEAR, Side.NONE, 0, -1, 0)
        bids = [self._join(Side.BUY, BID) for _ in range(place - 1)]
        self._join(Side.BUY, BID - DEEP)
        self._join(Side.SELL, ASK + DEEP)
        asks = [self._join(Side.SELL, ASK) for _ in range(size)]
        self.rows[-1] = (*self.rows[-1][:5], LAST)
        joined, ahead = self.ts, place - 1
        while asks:
            rates = (
                LIMIT,
                LIMIT,
                MARKET,
                MARKET,
                CANCEL * len(bids),
                CANCEL * len(asks),
            )
            self.ts += max(1, round(rng.expovariate(sum(rates)) * 1e9))
            (what,) = rng.choices(range(6), rates)
            if what == 0:
                bids.append(self._join(Side.BUY, BID, LAST))
            elif what == 1:
                asks.append(self._join(Side.SELL, ASK, LAST))
            elif what == 2:
                self._write(Action.TRADE, Side.SELL, BID, -1, 0 if ahead else LAST)
                if ahead == 0:
                    return joined, self.ts, True
                self._execute(Side.BUY, BID, bids.pop(0))
                ahead -= 1
            elif what == 3:
                self._write(Action.TRADE, Side.BUY, ASK, -1, 0)
                self._execute(Side.SELL, ASK, asks.pop(0))
            elif what == 4:
                gone = rng.randrange(len(bids))
                self._write(Action.CANCEL, Side.BUY, BID, bids.pop(gone), LAST)
                ahead -= gone < ahead
            else:
                gone = asks.pop(rng.randrange(len(asks)))
                self._write(Action.CANCEL, Side.SELL, ASK, gone, LAST)
        return joined, self.ts, False

    def _join(self, side: Side, price: int, flags: int = 0) -> int:
        self._write(Action.ADD, side, price, self.slots, flags)
        self.slots += 1
        return self.slots - 1

    def _execute(self, side: Side, price: int, slot: int) -> None:
        self._write(Action.FILL, side, price, slot, 0)
        self._write(Action.CANCEL, side, price, slot, LAST)

    def _write(
        self, action: Action, side: Side, price: int, slot: int, flags: int
    ) -> None:
        self.rows.append((self.ts, int(action), int(side), price, slot, flags))
