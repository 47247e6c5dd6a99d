"""Fees, delays and the rules of every engine."""

from decimal import Decimal

import pytest

from commonbook.config import ExecutionConfig, Fee, Resilience, load
from tests.config.builders import MAKER, config, messages_of

D = Decimal
FEE = "execution.fees.maker"


def execution(**keys: object) -> ExecutionConfig:
    return load(config(execution=keys)).execution


def test_everything_has_a_default():
    plain = execution()
    assert plain.mode == "isolated"
    assert plain.shared_config.enable_order_netting
    assert plain.shared_config.enable_fill_distribution
    assert plain.shared_config.fill_distribution == "fifo"
    assert plain.queue_model.kind == "risk_averse"
    assert plain.replenishment == "tracked"
    assert (plain.on_halt, plain.on_clear) == ("keep", "keep")
    assert plain.fill_on_cross
    assert plain.self_trade_prevention == "cancel_newest"
    assert plain.self_trade_scope == "portfolio"
    assert plain.fees.taker == Fee()
    assert (plain.latency.feed, plain.latency.order, plain.latency.response) == (
        0,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("written", "kind", "n"),
    [
        ("risk_averse", "risk_averse", None),
        ({"kind": "risk_averse"}, "risk_averse", None),
        ("power", "power", 1),
        ({"kind": "power"}, "power", 1),
        ({"kind": "power", "n": 2.5}, "power", D("2.5")),
        ("log", "log", None),
        ({"kind": "log"}, "log", None),
    ],
)
def test_a_name_and_its_kind_are_one(written, kind, n):
    model = execution(queue_model=written).queue_model
    assert (model.kind, model.n) == (kind, n)


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        (
            {"kind": "risk_averse", "n": 2},
            ".n",
            "risk_averse has no exponent; remove n or choose power",
        ),
        (
            {"kind": "log", "n": 2},
            ".n",
            "log has no exponent; remove n or choose power",
        ),
        ({"kind": "power", "n": 0}, ".n", "found 0; allowed: more than 0"),
        ("powr", ".kind", "found 'powr'; did you mean 'power'? "
         "allowed: risk_averse, power, log"),
        (3, "", "found 3; allowed: a mapping"),
    ],
)  # fmt: skip
def test_a_queue_model_that_does_not_fit_is_refused(written, path, message):
    found = messages_of(config(execution={"queue_model": written}))
    assert found == {f"execution.queue_model{path}": message}


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("tracked", "tracked"),
        ({"half_life": "5s"}, Resilience(half_life="5s")),
        ({"half_life": "7ns"}, Resilience(half_life="7ns")),
    ],
)
def test_consumed_size_comes_back_as_it_is_shown_or_with_time(written, made):
    assert execution(replenishment=written).replenishment == made


@pytest.mark.parametrize(
    ("written", "path", "message"),
    [
        ("half_life", "", "found 'half_life'; allowed: tracked, {half_life: 5s}"),
        (5, "", "found 5; allowed: tracked, {half_life: 5s}"),
        ({}, ".half_life", "this key is missing; give the time in which consumed "
         "liquidity comes back by half"),
        ({"half_life": 0}, ".half_life", "found 0; allowed: more than 0"),
        ({"half_lives": "5s", "half_life": "1s"}, ".half_lives",
         "unknown key; did you mean 'half_life'? allowed: half_life"),
    ],
)  # fmt: skip
def test_a_replenishment_that_does_not_fit_is_refused(written, path, message):
    found = messages_of(config(execution={"replenishment": written}))
    assert found == {f"execution.replenishment{path}": message}


def test_a_plain_number_is_a_fee_on_the_notional():
    fees = execution(fees={"maker": "-0.0001", "taker": {"per_share": 0.005}}).fees
    assert fees.maker == Fee(per_notional=D("-0.0001"))
    assert fees.taker == Fee(per_share=D("0.005"))
    assert fees.cross == Fee()


@pytest.mark.parametrize(
    ("fee", "path", "message"),
    [
        (2, ".per_notional", "found 2; allowed: at most 0.1"),
        (-0.2, ".per_notional", "found -0.2; allowed: at least -0.1"),
        ("2bp", ".per_notional", "found '2bp'; allowed: a number"),
        ("1e-9", ".per_notional", "found 1E-9; allowed: at most 8 decimals"),
        ({"minimum": -1}, ".minimum", "found -1; allowed: at least 0"),
        ({"minimum": "1e-9"}, ".minimum", "found 1E-9; allowed: at most 8 decimals"),
    ],
)
def test_a_fee_that_cannot_be_meant_is_refused(fee, path, message):
    assert messages_of(config(execution={"fees": {"maker": fee}})) == {
        FEE + path: message
    }


def test_a_portfolio_overrides_fees_and_delays_one_by_one():
    raw = config(
        MAKER | {"fees": {"taker": 0}, "latency": {"order": "1ms"}},
        execution={
            "fees": {"maker": 0.001, "taker": 0.002},
            "latency": {"feed": "5us", "order": "7us"},
        },
    )
    loaded = load(raw)
    (portfolio,) = loaded.portfolios
    fees = portfolio.fees.over(loaded.execution.fees)
    assert fees.maker == Fee(per_notional=D("0.001"))
    assert fees.taker == Fee()
    latency = portfolio.latency.over(loaded.execution.latency)
    assert (latency.feed, latency.order, latency.response) == (5_000, 1_000_000, 0)


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, None])
def test_switches_are_true_or_false_only(value):
    found = messages_of(config(execution={"fill_on_cross": value}))
    assert list(found) == ["execution.fill_on_cross"]
    assert found["execution.fill_on_cross"].endswith("allowed: true or false")


def test_the_block_of_the_other_mode_is_validated():
    raw = config(
        execution={"mode": "isolated", "shared_config": {"netting_price": "x"}}
    )
    assert list(messages_of(raw)) == ["execution.shared_config.netting_price"]


@pytest.mark.parametrize(("given", "window"), [("5ms", 5_000_000), (0, 0)])
def test_orders_wait_as_long_as_the_netting_window_says(given, window):
    shared = execution(shared_config={"netting_window": given}).shared_config
    assert shared.netting_window == window


def test_netting_within_one_round_may_be_written_down():
    assert (
        execution(shared_config={"netting_window": 0}).shared_config.netting_window == 0
    )
