"""What a take costs beyond the book, to the last 1e-8, and what moves the market."""

import numpy as np
import pytest

from tests.rules.impact_words import (
    ADV,
    DEEP,
    MID,
    MODELS,
    SIGMA,
    charges,
    cost,
    displaced,
    each_charge,
    model,
)
from tests.rules.words import (
    book,
    buy,
    ending,
    fills,
    partners,
    portfolio,
    sell,
    sold,
)

EXACT = {"rel": 1e-9, "abs": 1e-7}
MODES = ("isolated", "shared")
#: An exact number of units for each of 200 sizes, evenly spread by ratio.
VOLUME = 10**9
PARENTS = np.geomspace(1e-3, 1e-1, 200).round(7)
SIZES = [round(phi * VOLUME) for phi in PARENTS]


def parents(run, kind, children, mode):
    """Send each size as one parent order, in a market of its own."""
    people = []
    for number, size in enumerate(SIZES):
        # In one market the parents come one after the other, and decay in between.
        start = 5 if mode == "isolated" else 5 + 10**6 * number
        parts = np.diff(np.linspace(0, size, children + 1).round().astype(int))
        orders = [buy(start + i, int(part)) for i, part in enumerate(parts)]
        people.append(portfolio(f"{number:03}", *orders))
    half_life = "never" if mode == "isolated" else "1us"
    numbers = model(kind, adv=VOLUME, half_life=half_life)
    market = book(0, {99.99: 10**12}, {100.01: 10**12})
    packets = [market, book(10**6 * len(SIZES), {}, {100.02: 1})]
    result = run(packets, *people, mode=mode, impact=numbers)
    return np.array(charges(result, *[person["name"] for person in people]))


def line(costs):
    """Fit log cost a unit, as a fraction of the price, against log size."""
    per_unit = costs / np.array(SIZES) / MID
    return np.polyfit(np.log(PARENTS), np.log(per_unit), 1)


@pytest.mark.parametrize(
    ("children", "mode"), [(1, "isolated"), (7, "isolated"), (1, "shared")]
)
def test_cost_grows_with_the_square_root_of_size(run, children, mode):
    slope, level = line(parents(run, "square_root", children, mode))
    assert slope == pytest.approx(0.5, abs=1e-4)
    # On average over the order, two thirds of the peak: Y sigma sqrt(phi).
    assert np.exp(level) / SIGMA == pytest.approx(2 / 3, abs=1e-4)


@pytest.mark.parametrize("mode", MODES)
def test_linear_cost_grows_with_size(run, mode):
    costs = parents(run, "linear", 1, mode)
    slope, level = line(costs)
    assert slope == pytest.approx(1.0, abs=1e-4)
    # lambda Q^2 / 2, with lambda the displacement of one unit.
    rate = 10 * SIGMA * MID / VOLUME
    assert costs == pytest.approx(rate * np.array(SIZES, float) ** 2 / 2, rel=1e-9)
    assert np.exp(level) == pytest.approx(5 * SIGMA, rel=1e-4)


def test_the_coefficient_scales_the_charge(run):
    for coefficient in (0.5, 0.8, 1):
        numbers = model("square_root", coefficient=coefficient)
        result = run([DEEP], portfolio("A", buy(5, 10_000)), impact=numbers)
        assert charges(result, "A") == [pytest.approx(coefficient * 4000 / 3, **EXACT)]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("mode", MODES)
def test_slicing_an_order_makes_no_difference(run, kind, mode):
    whole = portfolio("A", buy(5, 12_000))
    sliced = portfolio("A", *[buy(5 + i, 1_000) for i in range(12)])
    one, many = (
        charges(run([DEEP], person, mode=mode, impact=model(kind)), "A")[0]
        for person in (whole, sliced)
    )
    assert one == pytest.approx(cost(kind, 12_000), **EXACT)
    assert many == pytest.approx(one, **EXACT)


@pytest.mark.parametrize("kind", MODELS)
def test_sells_mirror_buys(run, kind):
    up = portfolio("A", buy(5, 4_000), buy(6, 5_000), sell(7, 9_500))
    down = portfolio("A", sell(5, 4_000), sell(6, 5_000), buy(7, 9_500))
    one, other = (
        each_charge(run([DEEP], person, impact=model(kind)), "A")
        for person in (up, down)
    )
    assert one[:2] == pytest.approx(
        [cost(kind, 4_000), cost(kind, 5_000, before=4_000)], **EXACT
    )
    assert one == other


@pytest.mark.parametrize("kind", MODELS)
def test_going_back_is_never_paid_for(run, kind):
    person = portfolio("A", buy(5, 9_000), sell(6, 6_000), sell(7, 7_000))
    got = each_charge(run([DEEP], person, impact=model(kind)), "A")
    # The first sale runs with the displacement, which gives it nothing. The second
    # passes through zero: its first 3,000 make up for as many of the other 4,000.
    beyond = cost(kind, 4_000) - cost(kind, 3_000)
    assert got == pytest.approx([cost(kind, 9_000), 0, beyond], **EXACT)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("halves", [0, 1, 2, 10])
def test_volume_decays_by_half_in_a_half_life(run, kind, halves):
    person = portfolio("A", buy(5, 8_192), buy(6 + 1_000 * halves, 1_000))
    numbers = model(kind, half_life="1us")
    packets = [DEEP, book(50_000, {}, {100.02: 1})]
    _, second = each_charge(run(packets, person, impact=numbers), "A")
    left = 8_192 * 0.5 ** (halves + 0.001)
    assert second == pytest.approx(cost(kind, 1_000, before=left), **EXACT)


@pytest.mark.parametrize("kind", MODELS)
def test_without_decay_volume_is_never_forgotten(run, kind):
    person = portfolio("A", buy(5, 8_000), buy(40_000, 1_000))
    packets = [DEEP, book(50_000, {}, {100.02: 1})]
    _, second = each_charge(run(packets, person, impact=model(kind)), "A")
    assert second == pytest.approx(cost(kind, 1_000, before=8_000), **EXACT)


@pytest.mark.parametrize("mode", MODES)
def test_the_price_stays_the_books_and_the_charge_is_paid_beside_it(run, mode):
    buyer = portfolio("A", buy(5, 10_000), cash=2_000_000)
    result = run([DEEP], buyer, mode=mode, impact=model("square_root"))
    assert fills(result, "A") == [(10_000, 100.01, "taker")]
    figures = result.summary["portfolios"]["A"]
    assert figures["impact_charge"] == pytest.approx(4000 / 3, **EXACT)
    assert figures["average_buy_price"] == 100.01
    assert figures["cash_end"] == pytest.approx(2e6 - 1_000_100 - 4000 / 3, **EXACT)
    # The position is worth the mid of the tape, not the displaced price.
    assert figures["net_profit"] == pytest.approx(-100 - 4000 / 3, **EXACT)
    assert result.equity["impact_charge"][-1] == figures["impact_charge"]


def test_a_limit_is_judged_by_the_price_and_not_by_the_model(run):
    person = portfolio("A", buy(5, 10_000, 100.01))
    result = run([DEEP], person, impact=model("square_root"))
    assert ending(result, "A") == ("filled", None, 10_000)
    assert charges(result, "A") == [pytest.approx(4000 / 3, **EXACT)]


OFFERS = {100.01: 1_000, 100.05: 1_000, 100.11: 1_000, 103: 10**9}
STEEP = book(0, {99.99: 10**9}, OFFERS)


def walk(kind, qty):
    """Give price and charge of each slice of a walk up the steep book, by formula."""
    slices, done = [], 0
    for price, size in OFFERS.items():
        part = min(size, qty - done)
        if part:
            wanted = 100.01 + cost(kind, part, before=done) / part
            slices.append((part, price, part * max(0.0, wanted - price)))
        done += part
    return slices


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("qty", [500, 1_500, 3_000, 50_000])
def test_the_walk_and_the_model_are_never_paid_twice(run, kind, qty):
    result = run([STEEP], portfolio("A", buy(5, qty)), impact=model(kind))
    expected = walk(kind, qty)
    assert fills(result, "A") == [(part, price, "taker") for part, price, _ in expected]
    assert each_charge(result, "A") == pytest.approx(
        [charge for *_, charge in expected], **EXACT
    )
    # Beyond the touch: what the walk alone costs, the model alone, and both together.
    walked = sum(part * (price - 100.01) for part, price, _ in expected)
    both = walked + charges(result, "A")[0]
    alone = cost(kind, qty)
    assert max(walked, alone) <= both + 1e-6
    assert both <= walked + alone + 1e-6


@pytest.mark.parametrize("kind", MODELS)
def test_a_walk_that_is_worse_than_the_model_is_not_charged(run, kind):
    cliff = book(0, {99.99: 10**9}, {100.01: 10, 105: 10**9})
    result = run([cliff], portfolio("A", buy(5, 1_000)), impact=model(kind))
    first, second = each_charge(result, "A")
    assert first == pytest.approx(cost(kind, 10), **EXACT)
    assert second == 0


def test_without_a_model_nothing_is_charged(run):
    result = run([DEEP], portfolio("A", buy(5, 10_000)))
    assert charges(result, "A") == [0]


@pytest.mark.parametrize("kind", MODELS)
def test_before_there_was_a_two_sided_book_nothing_is_charged(run, kind):
    offers = book(0, {}, {100.01: 10**9})
    result = run([offers], portfolio("A", buy(5, 1_000)), impact=model(kind))
    assert fills(result, "A") == [(1_000, 100.01, "taker")]
    assert charges(result, "A") == [0]


@pytest.mark.parametrize("kind", MODELS)
def test_crosses_pay_nothing_and_move_nothing(run, kind):
    people = [
        portfolio("A", buy(5, 8_000), buy(6, 1_000)),
        portfolio("B", sell(5, 8_000)),
    ]
    result = run([DEEP], *people, impact=model(kind))
    assert fills(result, "A")[0] == (8_000, 100.0, "cross")
    assert each_charge(result, "A") == [0, pytest.approx(cost(kind, 1_000), **EXACT)]
    assert charges(result, "B") == [0]


@pytest.mark.parametrize("kind", MODELS)
def test_passive_fills_pay_nothing_and_move_nothing(run, kind):
    packets = [DEEP, sold(10, 100, 5_000)]
    person = portfolio("A", buy(5, 5_000, 100), buy(20, 1_000))
    result = run(packets, person, impact=model(kind))
    assert fills(result, "A")[0] == (5_000, 100.0, "maker")
    assert each_charge(result, "A") == [0, pytest.approx(cost(kind, 1_000), **EXACT)]


@pytest.mark.parametrize("kind", MODELS)
def test_being_crossed_by_the_book_pays_nothing_and_moves_nothing(run, kind):
    packets = [DEEP, book(10, {}, {100: 300})]
    person = portfolio("A", buy(5, 500, 100), buy(20, 10_000, 100.01))
    result = run(packets, person, impact=model(kind))
    assert [row[:2] for row in fills(result, "A")] == [(300, 100.0), (10_000, 100.01)]
    # The touch of the tape is 100 now, so the walk has cost a cent already.
    beyond = cost(kind, 10_000) * 99.995 / MID - 10_000 * 0.01
    assert each_charge(result, "A") == [0, pytest.approx(beyond, **EXACT)]


@pytest.mark.parametrize("kind", MODELS)
def test_trades_inside_the_group_pay_nothing_and_move_nothing(run, kind):
    people = [
        portfolio("A", buy(5, 5_000, 100)),
        portfolio("B", sell(6, 5_000, 100), sell(7, 1_000)),
    ]
    result = run([DEEP], *people, impact=model(kind))
    assert partners(result, "B") == [(5_000, "A"), (1_000, "market")]
    assert each_charge(result, "B") == [0, pytest.approx(cost(kind, 1_000), **EXACT)]
    assert charges(result, "A") == [0]


@pytest.mark.parametrize("kind", MODELS)
def test_instruments_do_not_move_each_other(run, kind):
    other = book(0, {99.99: 10**9}, {100.01: 10**9}, symbol="MSFT")
    person = portfolio("A", buy(5, 9_000, symbol="AAPL"), buy(6, 1_000, symbol="MSFT"))
    adv = {"AAPL": ADV, "MSFT": ADV // 2}
    result = run([DEEP, other], person, impact=model(kind, adv=adv))
    first, second = each_charge(result, "A")
    assert first == pytest.approx(cost(kind, 9_000), **EXACT)
    # Half the daily volume: twice the share of it, on half the notional.
    assert second == pytest.approx(cost(kind, 2_000) / 2, **EXACT)


def test_displacements_are_equal_at_one_percent_of_daily_volume():
    assert displaced("linear", 0.01) == pytest.approx(displaced("square_root", 0.01))
    assert displaced("linear", -0.01) == pytest.approx(-0.2)
    assert cost("linear", 10_000) == pytest.approx(0.75 * cost("square_root", 10_000))
