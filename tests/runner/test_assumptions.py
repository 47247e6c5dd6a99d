import pytest

import commonbook as cb
from commonbook.config import load
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


def test_a_run_without_fees_and_latency_says_so(tape):
    said = assumptions(config(tape, {"A": {}, "B": {}}), tape)
    assert said == ("fees: none configured", "latency: none configured")


def test_a_run_with_both_says_nothing(tape):
    wanted = config(tape, {"A": {}}, fees={"taker": "0.001"}, latency={"order": "1ms"})
    assert assumptions(wanted, tape) == ()


def test_portfolios_without_are_named_and_then_counted(tape):
    paying = {"A": {"fees": {"maker": "0.001"}, "latency": {"feed": "1us"}}}
    free = {name: {"latency": {"feed": "1us"}} for name in "BCDEF"}
    said = assumptions(config(tape, paying | free), tape)
    assert said == ("fees: none configured for B, C, D and 2 more",)


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
