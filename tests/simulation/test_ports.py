"""Whoever decides, built-in, plain Python or compiled: the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.results.result import Result, RunInfo
from commonbook.runner.tapes import load_tape
from commonbook.simulation.loop import simulate
from commonbook.strategy.asks import BUY, buy, cancel_all, post
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower
from tests.strategy.ports import (
    Grid,
    Maker,
    Taker,
    Twap,
    compiled_maker,
    compiled_taker,
)

ROOT = Path(__file__).resolve().parents[2]
DELAYS = [
    {},
    {"feed": "3ms"},
    {"order": "2ms", "response": "1ms"},
    {"feed": "7ms", "order": "11ms", "response": "150ms"},
    {
        "feed": {"lognormal": {"median": "2ms", "sigma": 0.7}},
        "order": {"empirical": ["1ms", "4ms", "9ms"]},
        "response": {"lognormal": {"median": "5ms", "sigma": 1}},
    },
]
MAKER = {"half_spread_ticks": 0.5, "size": 10, "max_position": 30}
TAKER = {"threshold": 0.4, "size": 20, "max_position": 60}
GRID = {"half_spread_ticks": 1.5, "size": 5, "levels": 6, "interval_ticks": 2}
TWAP = {
    "side": "sell",
    "qty": 107,
    "start": "2024-01-02T14:30:02.5Z",
    "end": "2024-01-02T14:30:09Z",
    "slices": 13,
}
PORTS = [
    ("market_maker", Maker, MAKER),
    ("market_maker", Maker, {"half_spread_ticks": 1, "size": 3}),
    ("market_maker", compiled_maker, MAKER),
    ("imbalance_taker", Taker, TAKER),
    ("imbalance_taker", compiled_taker, TAKER),
    ("twap", Twap, TWAP),
    ("grid_maker", Grid, GRID),
    ("grid_maker", Grid, GRID | {"max_position": 17, "every": "30ms"}),
]
IDS = [f"{kind}-{number}" for number, (kind, _, _) in enumerate(PORTS)]
PROGRAM = """\
from tests.simulation.test_ports import crowd, digest
print(digest(crowd(own=True)), digest(crowd(own=False)))
"""


@pytest.fixture(scope="module")
def tape():
    return cb.synth(3, 12)


def one(tape, strategy, params, latency=None):
    member = {"name": "p", "strategy": strategy, "params": params}
    return cb.run({"data": tape, "portfolios": [member | {"latency": latency or {}}]})


def crowd(*, own, **execution):
    """Makers and takers in one engine: ports of built-ins among them, or none."""
    people = [
        ("a", Maker if own else "market_maker", MAKER),
        ("b", compiled_maker if own else "market_maker", MAKER),
        ("c", compiled_taker if own else "imbalance_taker", TAKER),
        ("d", Grid if own else "grid_maker", GRID),
        ("e", "imbalance_taker", TAKER),
        ("f", Twap if own else "twap", TWAP),
    ]
    return {
        "data": cb.synth(5, 12),
        "portfolios": [
            {"name": name, "strategy": strategy, "params": params}
            | {"latency": DELAYS[place % len(DELAYS)]}
            for place, (name, strategy, params) in enumerate(people)
        ],
        "execution": {"mode": "shared"} | execution,
    }


def digest(config):
    result = cb.run(config)
    assert result.fills.height > 50
    return result.digest


@pytest.mark.parametrize("latency", DELAYS, ids=str)
@pytest.mark.parametrize(("kind", "port", "params"), PORTS, ids=IDS)
def test_a_port_gives_the_fills_and_orders_of_the_built_in(
    kind, port, params, latency, tape
):
    built_in = one(tape, kind, params, latency)
    own = one(tape, port, params, latency)
    assert built_in.orders.height > 2
    assert own.orders.equals(built_in.orders)
    assert own.fills.equals(built_in.fills)
    assert own.digest == built_in.digest


@pytest.fixture(scope="module")
def usual():
    return digest(crowd(own=False))


def test_mixed_with_built_ins_in_one_engine_ports_change_nothing(usual):
    assert digest(crowd(own=True)) == usual


@pytest.mark.parametrize("own", [False, True])
def test_threads_change_nothing(own):
    config = load(crowd(own=own, mode="isolated"))
    tape = load_tape(config.data, lambda *_: None)
    setup = lower(config, lanes_for_run(config), tape)
    raws = [simulate(tape.events, setup, threads=threads) for threads in (1, 2, 3)]
    info = RunInfo(config.name, config.seed, "")
    assert len({Result(raw, info).digest for raw in raws}) == 1


def test_without_compilation_they_give_the_same(usual):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
    )
    assert done.stdout.split() == [usual, usual]


class OnBook(cb.Strategy):
    def on_book(self):
        self.buy(1)


class OnTrade(cb.Strategy):
    def on_trade(self, trade):
        if trade is self.trades[0]:
            self.buy(1)


class OnReport(cb.Strategy):
    every = "1s"

    def on_timer(self):
        self.limit("buy", 1, self.bid, post_only=True)

    def on_order(self, order):
        if order.state == "resting":
            self.cancel_all()


@cb.compiled(wakes=("book",))
def on_book(see, orders, params, memory, out):
    buy(out, 1)


@cb.compiled(wakes=("trade",))
def on_trade(see, orders, params, memory, out):
    buy(out, 1)


@cb.compiled(wakes=("report",), every="1s", memory={"resting": int})
def on_report(see, orders, params, memory, out):
    if see["wake"] & 8 and orders.shape[0] > 0:
        cancel_all(out, orders)
    if see["wake"] & 1:
        post(out, BUY, 1, see["bid"])


@pytest.mark.parametrize("latency", DELAYS, ids=str)
@pytest.mark.parametrize(
    ("plain", "fast"),
    [(OnBook, on_book), (OnTrade, on_trade), (OnReport, on_report)],
    ids=lambda strategy: getattr(strategy, "__name__", "fast"),
)
def test_the_same_things_wake_both_kinds(plain, fast, latency):
    tape = cb.synth(3, 8)
    one_by_one = one(tape, plain, {}, latency)
    compiled = one(tape, fast, {}, latency)
    assert one_by_one.orders.height > 4
    assert compiled.orders.equals(one_by_one.orders)
    assert compiled.fills.equals(one_by_one.fills)
