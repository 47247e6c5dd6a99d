"""One resting order at a time in hftbacktest, in its own environment."""

import json
import sys
from typing import Any

import numpy as np
from hftbacktest import (
    GTC,
    LIMIT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    __version__,
)
from hftbacktest.order import CANCELED, EXPIRED, FILLED, REJECTED
from numba import njit

#: What `wait_next_feed` gives while nothing is wrong: time, feed, response.
GOES_ON = (0, 2, 3)
MOST_FILLS = 1000
#: A second after the cancel everything is known.
LATEST = 1_000_000_000


@njit
def follow(
    hbt: Any,
    wait: int,
    side: int,
    price: float,
    qty: float,
    life: int,
    lot: float,
    out: Any,
) -> tuple[int, int]:
    """Send an order, cancel it after its life, note every change of what is left."""
    if wait > 0:
        hbt.elapse(wait)
    if side > 0:
        hbt.submit_buy_order(0, 1, price, qty, GTC, LIMIT, False)
    else:
        hbt.submit_sell_order(0, 1, price, qty, GTC, LIMIT, False)
    cancel_at = hbt.current_timestamp + life
    cancelled = False
    n, leaves, error = 0, qty, 0
    while n < len(out):
        now = hbt.current_timestamp
        end = cancel_at + LATEST if cancelled else cancel_at
        if now >= end:
            if cancelled:
                break
            hbt.cancel(0, 1, False)
            cancelled = True
            continue
        code = hbt.wait_next_feed(True, end - now)
        order = hbt.orders(0).get(1)
        if order.leaves_qty < leaves - 1e-9:
            out[n, 0] = order.exch_timestamp
            out[n, 1] = order.arr[0].exec_price_tick
            out[n, 2] = round((leaves - order.leaves_qty) / lot)
            leaves = order.leaves_qty
            n += 1
        if code not in GOES_ON:
            error = code
            break
        if order.status in (FILLED, CANCELED, EXPIRED, REJECTED):
            break
    return n, error


def run(rows: Any, trial: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    """Give the fills of one order as [time, price in ticks, lots]."""
    asset = (
        BacktestAsset()
        .data([rows])
        .linear_asset(1.0)
        .constant_order_latency(details["order_delay"], details["response_delay"])
        .partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(details["tick_size"])
        .lot_size(details["lot_size"])
        .last_trades_capacity(0)
    )
    power = details["power"]
    if power is None:
        asset = asset.risk_adverse_queue_model()
    else:
        asset = asset.power_prob_queue_model(power)
    hbt = HashMapMarketDepthBacktest([asset])
    lot = details["lot_size"]
    found = np.zeros((MOST_FILLS, 3), np.int64)
    n, error = follow(
        hbt,
        trial["at"] - int(rows["local_ts"][0]),
        1 if trial["side"] == "buy" else -1,
        trial["price"] * details["tick_size"],
        trial["qty"] * lot,
        trial["life"],
        lot,
        found,
    )
    hbt.close()
    return {"fills": found[:n].tolist(), "error": int(error)}


def main() -> None:
    """Answer each line of the input: a file of rows, trials in it, and settings."""
    print(json.dumps({"peer": "hftbacktest", "version": __version__}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        with np.load(job["path"]) as file:
            rows = file["data"]
        answers = []
        for trial in job["trials"]:
            window = np.ascontiguousarray(rows[trial["first"] : trial["stop"]])
            answers.append(run(window, trial, job["details"]))
        print(json.dumps({"answers": answers}), flush=True)


if __name__ == "__main__":
    main()
