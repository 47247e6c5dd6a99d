"""How impact is forgotten: published and closed forms, read off whole runs."""

import math

import numpy as np
import pytest

import commonbook as cb
from tests.rules.impact_words import MID, SIGMA, charges, each_charge, model
from tests.rules.words import book, buy, configuration, portfolio, sell

DAY = 86_400 * 10**9
VOLUME = 10**9
MARKET = book(0, {99.99: 10**12}, {100.01: 10**12})
WAITS = (0, 0.05, 0.25, 0.5, 1, 5, 50)  # days after the last child
#: Days that 1 % of daily volume took: peak, mean cost by peak, and what is left.
ANCERNO = {
    0.01: (0.989, 0.670, 0.904, 0.720, 0.670, 0.654, 0.595, 0.353),
    0.05: (0.949, 0.680, 0.911, 0.742, 0.696, 0.681, 0.620, 0.368),
    0.10: (0.908, 0.691, 0.919, 0.767, 0.726, 0.712, 0.647, 0.384),
    0.30: (0.806, 0.715, 0.944, 0.842, 0.814, 0.800, 0.728, 0.433),
}
PARTS = [
    {"weight": 0.11, "half_life": "never"},
    {"weight": 0.33, "half_life": f"{round(math.log(2) * 15 * DAY)}ns"},
    {"weight": 0.56, "half_life": f"{round(math.log(2) / 8 * DAY)}ns"},
]


@pytest.fixture
def over_days(tmp_path):
    """Run portfolios, each in a market of its own, over many days."""

    def run(*people, **numbers):
        last = max(order["at"] for p in people for order in p["params"]["orders"])
        first = people[0]["params"]["orders"][0]["at"]
        packets = [MARKET, book(last - first + DAY, {}, {100.02: 1})]
        impact = model("square_root", adv=VOLUME, **numbers)
        wanted = configuration(
            tmp_path, packets, *people, mode="isolated", impact=impact
        )
        return cb.run(wanted | {"equity_interval": "24h"})

    return run


def steady(name, qty, days, children, probes=()):
    """Buy at one rate, in the middle of equal spans; then buy one unit now and then."""
    at = ((np.arange(children) + 0.5) * days / children * DAY).astype(int)
    parts = np.diff(np.linspace(0, qty, children + 1).round().astype(int))
    orders = [buy(int(t), int(q)) for t, q in zip(at, parts, strict=True)]
    late = [buy(int((days + wait) * DAY), 1) for wait in probes]
    return portfolio(name, *orders, *late)


@pytest.mark.parametrize("half_life", ["ancerno", PARTS], ids=["name", "parts"])
def test_the_preset_decays_as_published(over_days, half_life):
    people = [steady(str(days), VOLUME // 100, days, 400, WAITS) for days in ANCERNO]
    result = over_days(*people, half_life=half_life)
    for days, wanted in ANCERNO.items():
        paid = each_charge(result, str(days))
        peak, *left = np.array(paid[400:]) / MID
        mean = sum(paid[:400]) / (VOLUME // 100) / MID
        got = [peak / (SIGMA * 0.1), mean / peak, *(np.array(left) / peak)]
        assert got == pytest.approx(wanted, abs=1.5e-3)


@pytest.mark.parametrize(("most", "exponent"), [(1e-1, 0.465), (1e-2, 0.489)])
def test_at_one_participation_rate_decay_lowers_the_exponent(over_days, most, exponent):
    sizes = np.geomspace(1e-4, most, 10)
    people = [
        steady(str(phi), round(phi * VOLUME), 10 * phi, 100)
        for phi in map(float, sizes)
    ]
    result = over_days(*people, half_life="ancerno")
    per_unit = np.array(charges(result, *[p["name"] for p in people])) / sizes
    slope, _ = np.polyfit(np.log(sizes), np.log(per_unit), 1)
    assert slope == pytest.approx(exponent, abs=2e-3)


# Obizhaeva and Wang: linear impact that decays at one rate ----------------------------

WHOLE = 10**8
SPAN = 10**9  # ns
#: What buying everything at once would cost twice over.
UNIT = MID * VOLUME * 10 * SIGMA * (WHOLE / VOLUME) ** 2


def scheduled(name, parts):
    """Buy parts of the whole at equal distances."""
    bought = np.diff(np.concatenate([[0], np.cumsum(parts) * WHOLE]).round())
    at = np.linspace(10, SPAN + 10, len(parts)).astype(int)
    return portfolio(
        name, *[buy(int(t), int(q)) for t, q in zip(at, bought, strict=True)]
    )


def best(trades, speed):
    """Give the cheapest schedule: blocks at both ends, one rate in between."""
    kept = math.exp(-speed / (trades - 1))
    end = 1 / ((trades - 2) * (1 - kept) + 2)
    return np.array([end, *[end * (1 - kept)] * (trades - 2), end])


def linear(speed):
    """Decay by `speed` e-foldings over the schedule."""
    half_life = f"{round(math.log(2) / speed * SPAN)}ns"
    return model("linear", adv=VOLUME, half_life=half_life)


def paid(run, *people, speed, mode="isolated"):
    """Give what each schedule costs, in units of twice a single block."""
    packets = [MARKET, book(SPAN + 10**6, {}, {100.02: 1})]
    result = run(packets, *people, mode=mode, impact=linear(speed))
    return np.array(charges(result, *[p["name"] for p in people])) / UNIT


@pytest.mark.parametrize(
    ("speed", "cheapest", "steady_rate"),
    [
        (1, 0.333333, 0.367879),
        (2.231, 0.236351, 0.268902),
        (5, 0.142857, 0.160270),
        (10, 0.083333, 0.090000),
        (20, 0.045455, 0.047500),
    ],
)
def test_schedules_cost_what_obizhaeva_and_wang_find(run, speed, cheapest, steady_rate):
    people = (
        scheduled("best", best(401, speed)),
        scheduled("steady", np.array([0.5, *[1] * 399, 0.5]) / 400),
        scheduled("block", [1.0]),
    )
    got = paid(run, *people, speed=speed)
    assert got == pytest.approx([cheapest, steady_rate, 0.5], rel=1e-3)


def test_few_trades_cost_what_the_closed_form_says(run):
    schedule = best(11, 10)
    assert schedule[:2] == pytest.approx([0.130054, 0.082210], abs=1e-6)
    people = scheduled("best", schedule), scheduled("even", np.full(11, 1 / 11))
    got = paid(run, *people, speed=10)
    assert got == pytest.approx([0.0889494, 0.0907528], abs=1e-7)
    (got,) = paid(run, scheduled("best", best(101, 10)), speed=10)
    assert got == pytest.approx(0.0833912, abs=1e-7)


def test_no_other_schedule_is_cheaper(run):
    random = np.random.default_rng(5)
    schedule = best(11, 5)
    others = schedule + 0.3 * (random.dirichlet(np.ones(11), 99) - 1 / 11)
    people = [scheduled(f"{i:02}", parts) for i, parts in enumerate(others)]
    bought = [p for p, parts in zip(people, others, strict=True) if parts.min() > 0]
    assert len(bought) > 50
    least, *more = paid(run, scheduled("best", schedule), *bought, speed=5)
    assert min(more) > least


def test_two_with_the_cheapest_schedule_pay_twice_as_much_each(run):
    people = scheduled("a", best(11, 5)), scheduled("b", best(11, 5))
    assert paid(run, *people, speed=5) == pytest.approx([0.14496] * 2, abs=1e-5)
    together = paid(run, *people, speed=5, mode="shared")
    assert together == pytest.approx([0.28992] * 2, abs=1e-5)


# Almgren and Chriss: linear impact for ever, and a walk that heals --------------------

SPREAD, LASTING, PASSING = 0.0625, 2.5e-7, 2.5e-6  # epsilon, gamma, eta
#: Daily trades by aversion to risk, a million shares in all, and the expected cost.
SCHEDULES = {
    0: ([200_000] * 5, 662_500),
    1e-7: ([242118, 213318, 192625, 179251, 172688], 670_058),
    1e-6: ([458044, 252101, 141957, 85756, 62142], 911_227),
    2e-6: ([571401, 245666, 106637, 48652, 27644], 1_140_715),
}


@pytest.mark.parametrize(("parts", "expected"), SCHEDULES.values())
def test_schedules_cost_what_almgren_and_chriss_expect(run, parts, expected):
    seller = portfolio("a", *[sell(10**6 * (i + 1), q) for i, q in enumerate(parts)])
    late = book(10**7, {}, {50.2: 1})
    # The lasting part is the model's, whatever the schedule: gamma X^2 / 2.
    deep = book(0, {49.935: 10**9}, {50.065: 10**9})
    numbers = model("linear", coefficient=0.125, adv=5_000_000)
    result = run([deep, late], seller, tick="0.005", impact=numbers)
    (lasting,) = charges(result, "a")
    assert lasting == pytest.approx(LASTING * sum(parts) ** 2 / 2, rel=1e-9)
    # The passing part is the walk through a book that is whole again a day later:
    # what Almgren and Chriss pay of eta beyond a slice's own share of gamma.
    size = 1 / (2 * (PASSING - LASTING / 2)) * 0.005
    bids = {round(50 - SPREAD - 0.0025 - 0.005 * i, 3): round(size) for i in range(600)}
    result = run(
        [book(0, bids, {50.065: 1}), late],
        seller,
        tick="0.005",
        replenishment={"half_life": "1us"},
    )
    got = result.fills.select(qty="qty", lost=50 - result.fills["price"])
    passing = float((got["qty"] * got["lost"]).sum())
    assert lasting + passing == pytest.approx(expected, rel=1e-3)
