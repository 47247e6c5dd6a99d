"""Jobs for hftbacktest, in its own environment: argument one is the feed as .npz."""

import json
import sys
from time import perf_counter
from typing import Any

import numba
import numpy as np
from hftbacktest import (
    GTX,
    LIMIT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    ROIVectorMarketDepthBacktest,
    __version__,
)
from hftbacktest.order import BUY
from numba import njit

#: Prices beyond the feed's on each side that the vector of levels covers [ticks].
MARGIN = 100
WARM_UP = 50_000  # rows
#: No price is farther than this from 0 [ticks].
FARTHEST = 1 << 31
#: Added to the numbers of sell orders.
SELLS = 1 << 40


@njit
def idle(hbt: Any, every: int) -> int:
    """Wake again and again and only look at the best prices."""
    wakes = 0
    while hbt.elapse(every) == 0:
        depth = hbt.depth(0)
        if depth.best_bid_tick < depth.best_ask_tick:
            wakes += 1
    return wakes


@njit
def grid(
    hbt: Any,
    every: int,
    half_spread: int,
    interval: int,
    levels: int,
    size: float,
    max_position: float,
    tick_size: float,
) -> tuple[int, int]:
    """Quote a grid as commonbook's grid_maker does; an order's number is its price."""
    sent = cancelled = 0
    while hbt.elapse(every) == 0:
        hbt.clear_inactive_orders(0)
        depth = hbt.depth(0)
        bid, ask = depth.best_bid_tick, depth.best_ask_tick
        if abs(bid) > FARTHEST or abs(ask) > FARTHEST:
            continue
        mid_half = bid + ask
        buy = (mid_half - 2 * half_spread) // (2 * interval) * interval
        sell = -((-mid_half - 2 * half_spread) // (2 * interval)) * interval
        position = hbt.position(0)
        buys = min(levels, max(0, int((max_position - position) // size)))
        sells = min(levels, max(0, int((max_position + position) // size)))
        orders = hbt.orders(0)
        values = orders.values()
        while values.has_next():
            order = values.get()
            if order.side == BUY:
                place, rest = divmod(buy - order.price_tick, interval)
                wanted = rest == 0 and 0 <= place < buys
            else:
                place, rest = divmod(order.price_tick - sell, interval)
                wanted = rest == 0 and 0 <= place < sells
            if not wanted and order.cancellable:
                hbt.cancel(0, order.order_id, False)
                cancelled += 1
        for place in range(buys):
            price = buy - place * interval
            if price not in orders:
                hbt.submit_buy_order(
                    0, price, price * tick_size, size, GTX, LIMIT, False
                )
                sent += 1
        for place in range(sells):
            price = sell + place * interval
            if SELLS + price not in orders:
                hbt.submit_sell_order(
                    0, SELLS + price, price * tick_size, size, GTX, LIMIT, False
                )
                sent += 1
    return sent, cancelled


class Bench:
    """The feed in memory and what can be asked."""

    def __init__(self, path: str) -> None:
        self.rows = np.load(path)["data"]
        self.few = self.rows[:WARM_UP].copy()

    def backtest(self, details: dict[str, Any], rows: Any) -> Any:
        """Make a backtest of one asset."""
        asset = (
            BacktestAsset()
            .data([rows])
            .linear_asset(1.0)
            .constant_order_latency(details["order_delay"], details["response_delay"])
            # As in its tutorial; with partial fills it stops at an order that is filled
            # to the lot by the print that reaches it.
            .no_partial_fill_exchange()
            .trading_value_fee_model(0.0, 0.0)
            .tick_size(details["tick_size"])
            .lot_size(details["lot_size"])
            .last_trades_capacity(0)
        )
        power = details.get("power")
        if power is None:
            asset = asset.risk_adverse_queue_model()
        else:
            asset = asset.power_prob_queue_model(power)
        if details["depth"] == "hashmap":
            return HashMapMarketDepthBacktest([asset])
        tick = details["tick_size"]
        priced = self.rows["px"][self.rows["px"] > 0]
        low, high = priced.min() - MARGIN * tick, priced.max() + MARGIN * tick
        asset = asset.roi_lb(max(0.0, low)).roi_ub(high)
        return ROIVectorMarketDepthBacktest([asset])

    def idle(self, details: dict[str, Any], rows: Any) -> dict[str, Any]:
        """Replay with a strategy that never trades."""
        hbt = self.backtest(details, rows)
        start = perf_counter()
        wakes = idle(hbt, details["every"])
        seconds = perf_counter() - start
        hbt.close()
        return {"seconds": seconds, "wakes": wakes}

    def grid(self, details: dict[str, Any], rows: Any) -> dict[str, Any]:
        """Replay once for each grid maker."""
        answer = {
            "seconds": 0.0,
            "orders": 0,
            "cancels": 0,
            "fills": 0,
            "position": 0.0,
        }
        for maker in details["makers"]:
            hbt = self.backtest(details, rows)
            start = perf_counter()
            sent, cancelled = grid(
                hbt,
                details["every"],
                maker["half_spread_ticks"],
                maker["interval_ticks"],
                maker["levels"],
                float(maker["size"]),
                float(maker["max_position"]),
                details["tick_size"],
            )
            answer["seconds"] += perf_counter() - start
            state = hbt.state_values(0)
            answer["orders"] += sent
            answer["cancels"] += cancelled
            answer["fills"] += int(state.num_trades)
            answer["position"] += float(state.position)
            hbt.close()
        return answer


def main() -> None:
    """Answer each line of the input."""
    bench = Bench(sys.argv[1])
    warm: set[str] = set()
    about = {"peer": "hftbacktest", "version": __version__, "numpy": np.__version__}
    print(json.dumps(about | {"numba": numba.__version__}), flush=True)
    for line in sys.stdin:
        details = json.loads(line)
        job = getattr(bench, details["job"])
        kind = f"{details['job']} {details['depth']}"
        if kind not in warm:
            start = perf_counter()
            job(details | {"makers": details.get("makers", [])[:1]}, bench.few)
            warm.add(kind)
            print(f"compiled in {perf_counter() - start:.1f} s", file=sys.stderr)
        print(json.dumps(job(details, bench.rows)), flush=True)


if __name__ == "__main__":
    main()
