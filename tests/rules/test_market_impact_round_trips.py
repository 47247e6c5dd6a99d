"""Nobody earns money from its own impact: thousands of random schedules."""

import numpy as np
import pytest

from tests.rules.impact_words import (
    DEEP,
    MODELS,
    cost,
    model,
)
from tests.rules.words import book, buy, portfolio, sell

EXACT = {"rel": 1e-9, "abs": 1e-6}
SCHEDULES = 500
HALF_LIFE = 10_000  # ns
END = 200_000
PARTS = [
    {"weight": 0.11, "half_life": "never"},
    {"weight": 0.33, "half_life": "80us"},
    {"weight": 0.56, "half_life": "7us"},
]


def schedule(random):
    """Draw times and signed quantities that add up to zero."""
    trades = int(random.integers(2, 9))
    at = np.sort(random.choice(np.arange(10, END), trades, replace=False))
    sides = random.choice([-1, 1], trades)
    qty = np.round(sides * 10 ** random.uniform(0, 4.3, trades))
    qty[-1] = -qty[:-1].sum()
    return [(int(t), int(q)) for t, q in zip(at, qty, strict=True) if q]


def people(schedules):
    return [
        portfolio(
            f"{number:04}", *[buy(t, q) if q > 0 else sell(t, -q) for t, q in trades]
        )
        for number, trades in enumerate(schedules)
    ]


def schedules(seed):
    random = np.random.default_rng(seed)
    return [schedule(random) for _ in range(SCHEDULES)]


def moving_book(random):
    """A thin book whose levels come and go; the last level is deep."""
    packets = [book(0, {99.99: 400, 99.5: 10**9}, {100.01: 400, 100.5: 10**9})]
    for at in range(2_000, END, 2_000):
        bids, asks = (
            {round(best + i * step, 2): int(random.integers(0, 900)) for i in range(4)}
            for best, step in ((99.99, -0.01), (100.01, 0.01))
        )
        packets.append(book(at, bids, asks))
    return packets


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("mode", ["isolated", "shared"])
@pytest.mark.parametrize(
    "half_life",
    ["10us", "never", PARTS, "ancerno"],
    ids=["one", "none", "parts", "ancerno"],
)
def test_no_round_trip_costs_less_than_without_impact(run, kind, mode, half_life):
    random = np.random.default_rng(1)
    packets = moving_book(random)
    traders = people(schedules(2))
    free, moved = (
        run(packets, *traders, mode=mode, impact=impact).summary["portfolios"]
        for impact in (None, model(kind, half_life=half_life))
    )
    profits = {
        name: (free[name]["net_profit"], moved[name]["net_profit"]) for name in free
    }
    assert [name for name, (before, after) in profits.items() if after > before] == []
    assert sum(after < before for before, after in profits.values()) > SCHEDULES / 2
    flat = [name for name in free if moved[name]["positions"] == {}]
    assert len(flat) > SCHEDULES / 2


@pytest.mark.parametrize("kind", MODELS)
def test_random_schedules_are_charged_as_the_formula_says(run, kind):
    everything = schedules(3)
    packets = [DEEP, book(END, {}, {100.02: 1})]
    numbers = model(kind, half_life=f"{HALF_LIFE}ns")
    result = run(packets, *people(everything), mode="isolated", impact=numbers)
    paid = result.fills.partition_by("portfolio", as_dict=True)
    for number, trades in enumerate(everything):
        volume, last, expected = 0.0, 0, []
        for at, qty in trades:
            volume *= 0.5 ** ((at - last) / HALF_LIFE)
            # Buying from a volume, or selling from it, which is buying from its mirror.
            wanted = cost(kind, abs(qty), before=volume if qty > 0 else -volume)
            expected.append(max(0.0, wanted))
            volume, last = volume + qty, at
        got = paid[(f"{number:04}",)]["impact_charge"].to_list()
        assert got == pytest.approx(expected, **EXACT)
        # A cent each way to the mid, and the charges: nothing is ever earned.
        figures = result.summary["portfolios"][f"{number:04}"]
        assert figures["positions"] == {}
        lost = 0.01 * figures["filled_qty"] + sum(got)
        assert figures["net_profit"] == pytest.approx(-lost, **EXACT)
