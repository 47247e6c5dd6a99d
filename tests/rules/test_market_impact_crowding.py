"""What it costs when the portfolios of a group move the market together."""

from math import sqrt

import pytest

from tests.rules.impact_words import (
    ADV,
    DEEP,
    MODELS,
    charges,
    cost,
    each_charge,
    model,
)
from tests.rules.words import buy, fills, portfolio, sell

EXACT = {"rel": 1e-9, "abs": 1e-7}
MULTIPLIER = {"linear": lambda n: n, "square_root": sqrt}


def crowd(number, qty=5_000):
    return [portfolio(f"{place:02}", buy(5, qty)) for place in range(number)]


def averages(result):
    """Give the charge a unit of each portfolio."""
    figures = result.summary["portfolios"].values()
    return [f["impact_charge"] / f["filled_qty"] for f in figures]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("number", [2, 4, 10])
@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_n_equal_buyers_pay_n_or_root_n_times_as_much_each(
    compare, kind, number, distribution
):
    result = compare(
        [DEEP], *crowd(number), impact=model(kind), distribution=distribution
    )
    (alone,) = set(averages(result.isolated))
    times = MULTIPLIER[kind](number)
    assert alone == pytest.approx(cost(kind, 5_000) / 5_000, **EXACT)
    assert averages(result.shared) == pytest.approx([times * alone] * number, **EXACT)


@pytest.mark.parametrize("kind", MODELS)
def test_buyers_that_come_one_after_the_other_pay_what_the_earlier_ones_moved(
    compare, kind
):
    people = [portfolio(name, buy(5 + at, 5_000)) for at, name in enumerate("ABC")]
    result = compare([DEEP], *people, impact=model(kind))
    alone = cost(kind, 5_000)
    assert charges(result.isolated, *"ABC") == pytest.approx([alone] * 3, **EXACT)
    path = [cost(kind, 5_000, before=before) for before in (0, 5_000, 10_000)]
    assert charges(result.shared, *"ABC") == pytest.approx(path, **EXACT)
    assert sum(path) == pytest.approx(cost(kind, 15_000))


@pytest.mark.parametrize("kind", MODELS)
def test_a_seller_pays_nothing_while_it_takes_the_crowd_back(compare, kind):
    people = [portfolio("A", buy(5, 8_000)), portfolio("B", sell(6, 6_000))]
    result = compare([DEEP], *people, impact=model(kind))
    assert charges(result.isolated, "B") == [pytest.approx(cost(kind, 6_000), **EXACT)]
    assert charges(result.shared, "A", "B") == [
        pytest.approx(cost(kind, 8_000), **EXACT),
        0,
    ]


#: Flows in shares of daily volume; what each costs alone, all together, and each of
#: them together (in units of currency).
TABLE = [
    ("square_root", (0.006, 0.003, 0.001), (619.7, 219.1, 42.2), 1333.3,
     (800.0, 400.0, 133.3)),
    ("linear", (0.006, 0.003, 0.001), (360.0, 90.0, 10.0), 1000.0,
     (600.0, 300.0, 100.0)),
    ("square_root", (0.01, 0.01), (1333.3, 1333.3), 3771.2, (1885.6, 1885.6)),
    ("linear", (0.01, 0.01), (1000.0, 1000.0), 4000.0, (2000.0, 2000.0)),
    ("square_root", (0.01, -0.004), (1333.3, 337.3), 619.7, (619.7, 0.0)),
    ("linear", (0.01, -0.004), (1000.0, 160.0), 360.0, (360.0, 0.0)),
    ("square_root", (0.01, -0.01), (1333.3, 1333.3), 0.0, (0.0, 0.0)),
    ("linear", (0.01, -0.01), (1000.0, 1000.0), 0.0, (0.0, 0.0)),
]  # fmt: skip


def flow(name, share):
    qty = round(abs(share) * ADV)
    return portfolio(name, buy(5, qty) if share > 0 else sell(5, qty))


@pytest.mark.parametrize(("kind", "flows", "alone", "together", "each"), TABLE)
def test_flows_of_one_moment_are_netted_and_charged_pro_rata(
    compare, kind, flows, alone, together, each
):
    names = "ABC"[: len(flows)]
    people = [flow(*pair) for pair in zip(names, flows, strict=True)]
    result = compare([DEEP], *people, impact=model(kind))
    assert charges(result.isolated, *names) == pytest.approx(alone, abs=0.05)
    assert charges(result.shared, *names) == pytest.approx(each, abs=0.05)
    total = result.summary["totals"]["impact_charge"]
    assert total["shared"] == pytest.approx(together, abs=0.05)
    assert total["difference"] == pytest.approx(together - sum(alone), abs=0.2)


@pytest.mark.parametrize("kind", MODELS)
def test_without_netting_both_sides_are_charged_from_the_volume_before(run, kind):
    people = [
        portfolio("A", buy(5, 10_000), buy(6, 1_000)),
        portfolio("B", sell(5, 4_000)),
    ]
    result = run([DEEP], *people, netting=False, impact=model(kind))
    # Then the volume moves by the net: 6,000 bought.
    bought = [cost(kind, 10_000), cost(kind, 1_000, before=6_000)]
    assert each_charge(result, "A") == pytest.approx(bought, **EXACT)
    assert charges(result, "B") == [pytest.approx(cost(kind, 4_000), **EXACT)]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("distribution", ["fifo", None])
def test_a_batch_is_charged_price_by_price_and_shared_by_quantity(
    run, kind, distribution
):
    people = [portfolio("A", buy(5, 600)), portfolio("B", buy(5, 300)),
              portfolio("C", buy(5, 100))]  # fmt: skip
    result = run([DEEP], *people, distribution=distribution, impact=model(kind))
    whole = cost(kind, 1_000)
    shares = [0.6 * whole, 0.3 * whole, 0.1 * whole]
    assert charges(result, *"ABC") == pytest.approx(shares, **EXACT)


def test_groups_move_their_own_markets(run):
    people = [portfolio(name, buy(5, 5_000)) for name in "ABC"]
    result = run(
        [DEEP], *people, mode="groups", groups=[["A", "B"]], impact=model("square_root")
    )
    alone = cost("square_root", 5_000)
    crowded = pytest.approx(sqrt(2) * alone, **EXACT)
    assert charges(result, *"ABC") == [crowded, crowded, pytest.approx(alone, **EXACT)]


@pytest.mark.parametrize("kind", MODELS)
def test_one_portfolio_alone_pays_the_same_in_both_modes(compare, kind):
    person = portfolio("A", buy(5, 3_000), sell(6, 5_000), buy(9, 2_000))
    result = compare([DEEP], person, impact=model(kind, half_life="1us"))
    assert result.isolated.digest == result.shared.digest
    assert charges(result.shared, "A")[0] > 0


def test_the_comparison_shows_what_was_charged(compare):
    result = compare([DEEP], *crowd(2), impact=model("linear"))
    charge = result.summary["portfolios"]["00"]["impact_charge"]
    assert charge["shared"] == pytest.approx(2 * charge["isolated"], **EXACT)
    assert result.table["impact_charge_difference"].to_list() == pytest.approx(
        [charge["isolated"]] * 2, **EXACT
    )
    assert fills(result.shared, "00") == [(5_000, 100.01, "taker")]
