"""
How far the queue models are off where the exact answer is known.

Trials of `queue_trials` are replayed order by order, and with the names of the orders
hidden under each queue model. Prints the tables of docs/queue-models.md:

    python benchmarks/queue_bias.py [trials of each place and size]
"""

import sys

import numpy as np
from queue_trials import exact, trials

from commonbook.core.enums import QueueModel
from commonbook.data.hide_orders import hide_orders
from commonbook.runner.lone_orders import rest_alone

PLACES = ASKS = 5
MODELS = {
    "risk_averse": (QueueModel.RISK_AVERSE, 1.0),
    "power 1": (QueueModel.POWER, 1.0),
    "power 2": (QueueModel.POWER, 2.0),
    "power 3": (QueueModel.POWER, 3.0),
    "log": (QueueModel.LOG, 1.0),
}


def main(count: int) -> None:
    played = trials(1, PLACES, ASKS, count)
    names = {"order by order": (QueueModel.RISK_AVERSE, 1.0)}
    found = rest_alone(played.tape, played.orders, names)
    agree = (found["order by order"]["filled"] == 1) == played.executed
    print(f"{agree.size:,} trials, {agree.sum():,} as the market itself decided\n")
    for lots in (1, 100):
        tape, orders = hide_orders(played.tape), played.orders.copy()
        tape.events["qty"] *= lots
        orders["qty"] *= lots
        found |= {
            f"{name}, orders of {lots}": ends
            for name, ends in rest_alone(tape, orders, MODELS).items()
        }
    places = [played.place == m for m in range(1, PLACES + 1)]
    chance = exact(PLACES, ASKS).mean(axis=1)
    head = " | ".join(f"place {m}" for m in range(1, PLACES + 1))
    print(f"| | {head} | all | seconds |\n|---|{'---|' * (PLACES + 2)}")
    truth = [*chance, chance.mean()]
    print("| model of the market | " + " | ".join(f"{p:.3f}" for p in truth) + " | |")
    for name, ends in found.items():
        share = ends["filled"] / played.orders["qty"]
        share = share / (100 if name.endswith("100") else 1)
        cells = [share[own].mean() for own in places] + [share.mean()]
        filled = ends["filled"] > 0
        waited = (ends["ts_last_fill"] - played.orders["join"])[filled].mean() / 1e9
        row = " | ".join(f"{cell:.3f}" for cell in cells)
        print(f"| {name} | {row} | {waited:.2f} |")
    error = np.sqrt(chance.mean() * (1 - chance.mean()) / played.place.size)
    print(f"\none standard error of the column all: {error:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
