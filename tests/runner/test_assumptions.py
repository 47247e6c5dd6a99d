from dataclasses import replace

import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.data.matching import Matching
from commonbook.runner.assumptions import assumptions

TWAP = {
    "side": "buy",
    "qty": 10,
    "start": "2024-01-02T14:30:00.2Z",
    "end": "2024-01-02T14:30:00.9Z",
    "slices": 2,
}


@pytest.fixture(scope="module")
def tape():
    return cb.synth(seconds=1)


def config(tape, portfolios, **execution):
    wanted = [
        {"name": name, "strategy": "twap", "params": TWAP, **fields}
        for name, fields in portfolios.items()
    ]
    return load({"data": tape, "portfolios": wanted, "execution": execution})


NO_IMPACT = "impact: none configured, prices do not react to orders"


def test_a_run_without_fees_latency_and_impact_says_so(tape):
    said = assumptions(config(tape, {"A": {}, "B": {}}), tape)
    assert said == ("fees: none configured", "latency: none configured", NO_IMPACT)


def test_a_run_with_fees_and_latency_does_not_speak_of_them(tape):
    wanted = config(tape, {"A": {}}, fees={"taker": "0.001"}, latency={"order": "1ms"})
    assert assumptions(wanted, tape) == (NO_IMPACT,)


def test_a_half_life_of_what_was_taken_is_told(tape):
    wanted = config(tape, {"A": {}}, replenishment={"half_life": "5s"})
    assert assumptions(wanted, tape)[-1] == (
        "replenishment: half of what was taken comes back in 5s, "
        "whether the data shows it or not"
    )


def test_keys_of_what_is_switched_off_are_told(tape):
    shared = {
        "enable_order_netting": False,
        "netting_window": "1s",
        "netting_price": "touch",
        "enable_fill_distribution": False,
        "fill_distribution": "average_price",
    }
    wanted = config(tape, {"A": {}}, shared_config=shared)
    assert assumptions(wanted, tape)[-3:] == (
        "netting_window: does nothing, for enable_order_netting is false",
        "netting_price: does nothing, for enable_order_netting is false",
        "fill_distribution: does nothing, for enable_fill_distribution is false",
    )


def test_instruments_that_are_matched_pro_rata_are_told(tape):
    shared = replace(tape.instruments[0], matching=Matching("pro_rata"))
    said = assumptions(config(tape, {"A": {}}), replace(tape, instruments=(shared,)))
    assert said[-1] == (
        "SYNTH: matched pro rata; the data names no orders, so the size at a price "
        "gives as one body and has no top order"
    )


@pytest.mark.parametrize(
    ("numbers", "coefficient", "half_life"),
    [({}, "0.8", "30min"), ({"coefficient": 1, "half_life": "never"}, "1", "never")],
)
def test_the_numbers_of_a_model_are_told(tape, numbers, coefficient, half_life):
    wanted = config(
        tape,
        {"A": {}},
        shared_config={"market_impact_model": "square_root"},
        impact={"adv": 1_000_000, "daily_volatility": 0.02, **numbers},
    )
    assert assumptions(wanted, tape)[-1] == (
        f"impact: square_root, coefficient {coefficient} (try 0.5 to 1.0), "
        f"half-life {half_life}, daily volume and volatility as stated; "
        "none between instruments"
    )


@pytest.mark.parametrize("mode", ["isolated", "shared"])
def test_blocks_that_differ_are_told(tape, mode):
    wanted = config(
        tape,
        {"A": {}},
        mode=mode,
        shared_config={"market_impact_model": "square_root"},
        isolated_config={"market_impact_model": "none"},
        impact={"adv": 1_000_000, "daily_volatility": 0.02},
    )
    said = assumptions(wanted, tape)
    assert said[-1].endswith(f"all of this is as in {mode}")
    assert (NO_IMPACT in said) == (mode == "isolated")


def test_portfolios_without_are_named_and_then_counted(tape):
    paying = {"A": {"fees": {"maker": "0.001"}, "latency": {"feed": "1us"}}}
    free = {name: {"latency": {"feed": "1us"}} for name in "BCDEF"}
    said = assumptions(config(tape, paying | free), tape)
    assert said[0] == "fees: none configured for B, C, D and 2 more"
    assert not any("latency" in text for text in said)


def test_notes_of_the_reader_are_passed_on(tape):
    noted = cb.Tape(tape.events, tape.instruments, notes=("tick size inferred",))
    assert assumptions(config(tape, {"A": {}}), noted)[-1] == "tick size inferred"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2024-01-02T14:29:59Z", "before the data begins"),
        ("2024-01-02T20:00:00Z", "never sent"),
    ],
)
def test_orders_outside_the_data_are_named(tape, at, said):
    order = {"at": at, "side": "buy", "qty": 1}
    portfolio = {"name": "a", "strategy": "scripted", "params": {"orders": [order]}}
    loaded = load({"data": tape, "portfolios": [portfolio]})
    assert any(
        "a: orders" in text and said in text for text in assumptions(loaded, tape)
    )


def test_a_crossed_book_is_told(tape):
    events = tape.events.copy()
    events["price"][events["side"] == 1] -= 50
    crossed = cb.Tape(events, tape.instruments)
    (count,) = crossed.crossed
    said = assumptions(config(crossed, {"A": {}}), crossed)
    assert said[-1].startswith(
        f"SYNTH: the best bid is at or above the best ask after {count:,} packets of "
        f"{crossed.packets:,}; "
    )
