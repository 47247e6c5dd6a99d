"""Single orders on a feed, and what commonbook makes of them."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import commonbook as cb
from commonbook.core.enums import Side
from commonbook.data.hftbacktest_rows import DATA
from commonbook.data.hftbacktest_write import rows_of
from commonbook.data.tape import Tape

#: Before an order is decided, its window of the feed has begun [ns].
LEAD = 1_000_000
#: After its cancel, the window goes on [ns].
TAIL = 1_000_000_000
ORDER_DELAY = 5_000_000
RESPONSE_DELAY = 3_000_000


@dataclass(frozen=True)
class Trial:
    """
    One limit order, alone in its market.

    Parameters
    ----------
    at : int
        When it is decided [ns UTC].
    side : str
        ``buy`` or ``sell``.
    price : int
        Its limit [ticks].
    qty : int
        Its size [lots].
    life : int
        When it is cancelled, after `at` [ns].
    """

    at: int
    side: str
    price: int
    qty: int
    life: int

    @property
    def arrival(self) -> int:
        """When it reaches the venue."""
        return self.at + ORDER_DELAY


#: Fills of one order, those of one time together: time, last price [ticks], lots.
Fills = list[tuple[int, int, int]]


@dataclass(frozen=True)
class Outcome:
    """
    What hftbacktest made of one order.

    Parameters
    ----------
    fills : list of (int, int, int)
        As it reported them.
    stopped : bool
        It ended with an error.
    """

    fills: Fills
    stopped: bool


def draw(tape: Tape, count: int, life: int, seed: int) -> list[Trial]:
    """
    Draw orders around the touch: inside the spread, at it, behind it, and across.

    Parameters
    ----------
    tape : Tape
        The feed, of one instrument.
    count : int
        How many.
    life : int
        How long each lives [ns].
    seed : int
        Decides all.

    Returns
    -------
    list of Trial
        By time.
    """
    rng = np.random.default_rng(seed)
    instrument = tape.instruments[0]
    room = life + ORDER_DELAY + TAIL
    times = np.sort(rng.integers(tape.start + TAIL, tape.end - room, count))
    top = tape.top_of_book()
    places = np.searchsorted(top["ts_event"].to_numpy(), times, side="right") - 1
    trials = []
    for at, place in zip(times.tolist(), places.tolist(), strict=True):
        bid, ask, bid_size, ask_size = (
            top[name][place]
            for name in ("bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00")
        )
        if bid is None or ask is None:
            continue
        side = "buy" if rng.random() < 0.5 else "sell"
        # One tick inside or across, at the touch, and behind it.
        offset = int(rng.choice([1, 0, 0, 0, -1, -2]))
        near = instrument.price_to_ticks(bid if side == "buy" else ask)
        price = near + offset if side == "buy" else near - offset
        size = bid_size if side == "buy" else ask_size
        lots = instrument.qty_to_lots(size)
        qty = max(1, int(lots * rng.choice([0.01, 0.1, 0.5, 2.0])))
        trials.append(Trial(at, side, price, qty, life))
    return trials


def ours(tape: Tape, trials: list[Trial], queue_model: Any) -> list[Fills]:
    """
    Run every order in a market of its own, in one pass.

    Parameters
    ----------
    tape : Tape
        The feed.
    trials : list of Trial
        The orders.
    queue_model : str or dict
        As in a configuration.

    Returns
    -------
    list of list of (int, int, int)
        Fills of each trial.
    """
    instrument = tape.instruments[0]
    portfolios = [
        {
            "name": f"{number:05}",
            "strategy": "scripted",
            "params": {"orders": _script(trial, tape)},
            "latency": {
                "order": f"{ORDER_DELAY}ns",
                "response": f"{RESPONSE_DELAY}ns",
            },
        }
        for number, trial in enumerate(trials)
    ]
    result = cb.run(
        {
            "seed": 1,
            "data": tape,
            "portfolios": portfolios,
            "execution": {"mode": "isolated", "queue_model": queue_model},
        }
    )
    found: dict[int, dict[int, list[int]]] = defaultdict(dict)
    columns = result.fills.select("portfolio", "ts", "price", "qty")
    stamps = columns["ts"].to_physical().to_list()
    for (name, _, price, qty), ts in zip(columns.rows(), stamps, strict=True):
        fill = found[int(name)].setdefault(ts, [0, 0])
        fill[0] = instrument.price_to_ticks(price)
        fill[1] += instrument.qty_to_lots(qty)
    return [
        [(ts, price, qty) for ts, (price, qty) in found[number].items()]
        for number in range(len(trials))
    ]


def _script(trial: Trial, tape: Tape) -> list[dict[str, Any]]:
    instrument = tape.instruments[0]
    order = {
        "id": 1,
        "at": trial.at,
        "side": trial.side,
        "qty": str(instrument.qty(trial.qty)),
        "type": "limit",
        "price": str(instrument.price(trial.price)),
    }
    return [order, {"at": trial.at + trial.life, "cancel": 1}]


def write_windows(tape: Tape, trials: list[Trial], path: Path) -> list[dict[str, Any]]:
    """
    Write what hftbacktest needs: for each order the book before it, and the feed.

    Parameters
    ----------
    tape : Tape
        The feed.
    trials : list of Trial
        The orders.
    path : Path
        An ``.npz``.

    Returns
    -------
    list of dict
        The trials with the rows ``first`` to ``stop`` of their windows.
    """
    jobs, windows, first = [], [], 0
    for trial in trials:
        start, end = trial.at - LEAD, trial.at + trial.life + ORDER_DELAY + TAIL
        events = tape.slice(start, end).events
        rows = rows_of(events, tape.instruments[0], events["ts"].copy())
        windows.append(rows)
        jobs.append(asdict(trial) | {"first": first, "stop": first + rows.size})
        first += rows.size
    np.savez(path, **{DATA: np.concatenate(windows)}, allow_pickle=False)
    return jobs


def is_buy(trial: Trial) -> bool:
    """Say whether an order buys."""
    return trial.side == "buy"


def side_of(trial: Trial) -> Side:
    """Give the side of an order as a code."""
    return Side.BUY if is_buy(trial) else Side.SELL
