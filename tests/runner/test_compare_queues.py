"""Twins of the tape's own orders: filled as these were, or as a model thinks."""

import polars as pl
import pytest

import commonbook as cb
from commonbook.core.errors import DataError
from commonbook.runner.compare_queues import EXACT, MODELS, TAPE


@pytest.fixture(scope="module")
def frame():
    return cb.compare_queues(cb.synth_orders(2, 600), sample=400)


def everybody(frame: pl.DataFrame) -> dict[str, dict[str, float]]:
    rows = frame.filter(pl.col("tenth").is_null()).iter_rows(named=True)
    return {row["orders_of"]: row for row in rows}


def test_where_all_orders_are_named_twins_end_as_the_tapes_own(frame):
    own, exact = (everybody(frame)[name] for name in (TAPE, EXACT))
    assert 0.1 < own["filled"] < 0.9
    for name in own:
        if name != "orders_of":
            assert exact[name] == own[name], name


def test_every_model_is_there_and_risk_averse_fills_nobody_early(frame):
    found = everybody(frame)
    assert list(found) == [TAPE, EXACT, *MODELS]
    for name in MODELS:
        row = found[name]
        gap = row["early"] - row["missed"]
        assert row["filled"] == pytest.approx(found[TAPE]["filled"] + gap)
    assert found["risk_averse"]["early"] == 0
    assert found["risk_averse"]["missed"] > 0


def test_the_tenths_hold_all_orders_by_size_ahead(frame):
    own = frame.filter(pl.col("orders_of") == TAPE, pl.col("tenth").is_not_null())
    assert own["orders"].sum() == everybody(frame)[TAPE]["orders"] <= 400
    assert own["ahead"].is_sorted()
    assert own["tenth"].to_list()[0] == 1


def test_only_a_tape_that_names_orders_can_tell():
    with pytest.raises(DataError, match=r"by level \(L2\)"):
        cb.compare_queues(cb.synth(seconds=5))


def test_the_same_seed_chooses_the_same_orders():
    tape = cb.synth_orders(2, 60)
    first, again, other = (
        cb.compare_queues(tape, sample=50, seed=seed) for seed in (1, 1, 2)
    )
    assert first.equals(again)
    assert not first.equals(other)


AMZN = "AMZN_2012-06-21_34200000_57600000_"


def test_on_a_day_of_real_data_twins_end_as_the_tapes_own(market_data):
    folder = market_data("lobster-amzn-l1")
    tape = cb.read(
        folder / f"{AMZN}message_1.csv.gz",
        "lobster",
        orderbook=folder / f"{AMZN}orderbook_1.csv.gz",
    )
    found = everybody(cb.compare_queues(tape, sample=4_000))
    # Size without a name is what the file lacks, and all that may differ.
    assert found[EXACT]["early"] + found[EXACT]["missed"] < 0.015
    assert found["risk_averse"]["filled"] < found["power 1"]["filled"]
    assert found["power 1"]["filled"] < found[EXACT]["filled"]


def test_on_real_messages_of_databento_twins_end_as_the_tapes_own(market_data):
    name = "dbn-nautilus/orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst"
    found = everybody(cb.compare_queues(cb.read(market_data(name))))
    assert found[TAPE]["orders"] > 50
    assert found[EXACT]["early"] == found[EXACT]["missed"] == 0
