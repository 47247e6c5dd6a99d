"""Who paid for what: implementation shortfall as a trader would work it out by hand."""

import polars as pl
import pytest

from tests.rules.impact_words import DEEP, MODELS, cost, model
from tests.rules.words import book, buy, cancel, portfolio, sell

EXACT = {"rel": 1e-9, "abs": 1e-7}
MS = 1_000_000
UP = ({100.09: 500, 99.99: 0}, {100.01: 0, 100.02: 0, 100.11: 400, 100.13: 900})
RISING = [
    book(0, {99.99: 500}, {100.01: 500, 100.02: 500}),
    book(2 * MS, *UP),
    book(9 * MS, {90.0: 1}, {}),
]


def parts(result, name):
    (row,) = result.costs.portfolios.filter(portfolio=name).to_dicts()
    return {k: v for k, v in row.items() if isinstance(v, float) and v}


def test_a_late_arrival_pays_for_the_move_in_between(run):
    slow = portfolio("A", buy(5, 500), latency={"order": "3ms"})
    assert parts(run(RISING, slow), "A") == pytest.approx(
        {"delay": 50.0, "spread": 5.0, "depth": 2.0, "shortfall": 57.0}
    )


def test_a_resting_order_pays_for_the_move_while_it_worked(run):
    patient = portfolio("A", sell(5, 300, 100.09))
    assert parts(run(RISING, patient), "A") == pytest.approx(
        {"timing": -30.0, "spread": 3.0, "shortfall": -27.0}
    )


def test_a_cancelled_order_missed_the_move_until_its_cancel(run):
    timid = portfolio("A", buy(5, 100, 99.99), cancel(3 * MS, 1))
    assert parts(run(RISING, timid), "A") == {"opportunity": 10.0, "shortfall": 10.0}


def test_the_founding_example_with_netting_saves_both_the_way_to_the_touch(run):
    market = book(0, {99.99: 500, 99.98: 500}, {100.01: 500, 100.02: 500})
    people = [portfolio("A", sell(5, 1000)), portfolio("B", buy(5, 800))]
    result = run([market], *people)
    assert parts(result, "A") == {
        "spread": 10.0, "netting_saved": 8.0, "shortfall": 2.0,
    }  # fmt: skip
    assert parts(result, "B") == {"spread": 8.0, "netting_saved": 8.0}
    partners = result.costs.fills.group_by("portfolio").agg(pl.col("counterparty"))
    assert {row[0]: sorted(row[1]) for row in partners.iter_rows()} == {
        "A": ["B", "market"], "B": ["A"],
    }  # fmt: skip


@pytest.mark.parametrize("kind", MODELS)
def test_own_impact_is_what_the_portfolio_alone_would_have_been_charged(compare, kind):
    people = [portfolio(name, buy(5 + at, 5_000)) for at, name in enumerate("ABC")]
    result = compare([DEEP], *people, impact=model(kind))
    alone = cost(kind, 5_000)
    for name, before in zip("ABC", (0, 5_000, 10_000), strict=True):
        shared = parts(result.shared, name)
        assert shared["own_impact"] == pytest.approx(alone, **EXACT)
        rest = cost(kind, 5_000, before=before) - alone
        assert shared.get("others_impact", 0.0) == pytest.approx(rest, **EXACT)
        assert parts(result.isolated, name)["own_impact"] == pytest.approx(alone)


@pytest.mark.parametrize("kind", MODELS)
def test_others_that_push_the_market_back_lower_the_split_but_not_the_sum(run, kind):
    people = [portfolio("A", sell(5, 5_000)), portfolio("B", buy(6, 5_000))]
    result = run([DEEP], *people, impact=model(kind), netting=False)
    found = parts(result, "B")
    assert found["own_impact"] == pytest.approx(cost(kind, 5_000), **EXACT)
    assert found["others_impact"] < 0
    charge = result.summary["portfolios"]["B"]["impact_charge"]
    assert found["own_impact"] + found["others_impact"] == pytest.approx(charge)
    assert charge >= 0


def test_the_split_is_kept_in_the_folder_of_a_run(run, tmp_path):
    result = run(RISING, portfolio("A", buy(5, 500)))
    folder = result.save(tmp_path / "run")
    for name in ("orders", "fills", "portfolios"):
        kept = pl.read_parquet(folder / f"{name[:-1]}_costs.parquet")
        assert kept.equals(getattr(result.costs, name))
