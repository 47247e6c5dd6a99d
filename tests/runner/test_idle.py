import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.runner.assumptions import assumptions
from commonbook.runner.idle import idle_portfolios

pytestmark = pytest.mark.nojit


class Empty(cb.Strategy):
    """Has no callback."""


class Silent(cb.Strategy):
    def on_timer(self):
        """Never called without `every`."""

    def on_fill(self, fill):
        """Never called, for nothing is ever sent."""


class Starts(cb.Strategy):
    def on_start(self):
        self.set_timer(after=5)


class Made(cb.Strategy):
    def __init__(self):
        self.set_timer(after=5)


class Listens(Silent):
    def on_trade(self, trade):
        """Called for each print."""


class Regular(Silent):
    every = "1s"


def compiled(**keys):
    @cb.compiled(**keys)
    def function(see, orders, params, memory, out):
        """Do nothing."""

    return function


def said_of(*strategies, **params):
    portfolios = [
        {"name": f"p{i}", "strategy": strategy, "params": params}
        for i, strategy in enumerate(strategies)
    ]
    config = load({"data": {"synth": {}}, "portfolios": portfolios})
    return idle_portfolios(config.portfolios)


@pytest.mark.parametrize(
    "strategy", [Empty, Silent, compiled(), compiled(wakes=("report",))]
)
def test_a_strategy_that_never_wakes_is_named_with_what_to_do(strategy):
    (text,) = said_of(strategy)
    assert text.startswith("p0: never ")
    assert "set every in params" in text


@pytest.mark.parametrize(
    "strategy",
    [Starts, Made, Listens, Regular, compiled(every="1s"), compiled(wakes=("book",))],
)
def test_a_strategy_that_something_wakes_is_not_named(strategy):
    assert said_of(strategy) == []


@pytest.mark.parametrize("strategy", [Silent, compiled()])
def test_a_timer_in_the_configuration_wakes_it(strategy):
    assert said_of(strategy, every="1s") == []


def test_an_empty_script_is_named():
    (text,) = said_of("scripted", orders=[])
    assert text == "p0: no orders, for params.orders is empty"


def test_many_are_named_once_and_counted():
    (text,) = said_of(*[Silent] * 5)
    assert text.startswith("p0, p1, p2 and 2 more: never ")


def test_a_run_tells_of_them():
    idle = {"name": "p", "strategy": Silent, "params": {}}
    tape = cb.synth(seconds=1)
    said = assumptions(load({"data": tape, "portfolios": [idle]}), tape)
    assert any(text.startswith("p: never ") for text in said)
