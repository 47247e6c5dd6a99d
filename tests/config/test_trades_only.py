"""What must be stated about instruments whose data has no book."""

from decimal import Decimal

import pytest

from commonbook.config import load
from tests.config.builders import config, messages_of

PATH = "execution.trades_only"


def written(**keys: object) -> object:
    return config(execution={"trades_only": keys})


def test_nothing_is_assumed_by_default():
    assert load(config()).execution.trades_only is None


def test_numbers_may_be_given_by_symbol():
    rules = load(written(spread_ticks={"X": 2}, size={"X": "0.5"})).execution
    assert rules.trades_only.spread_ticks == {"X": Decimal(2)}
    assert rules.trades_only.size == {"X": Decimal("0.5")}
    assert rules.trades_only.fill_at_price == "never"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"participation": "0.1"}, "spread_ticks: this key is missing"),
        ({"spread_ticks": 0, "size": 1}, "spread_ticks: found 0; allowed: whole"),
        ({"spread_ticks": 2.5, "size": 1}, "spread_ticks: found 2.5"),
        ({"spread_ticks": {"X": -1}, "size": 1}, "spread_ticks.X: found -1"),
        ({"spread_ticks": 2}, "size: neither is given; give participation"),
        ({"spread_ticks": 2, "size": 1, "participation": 1}, "size: both are given"),
        ({"spread_ticks": 2, "participation": 2}, "participation: found 2"),
        ({"spread_ticks": 2, "participation": "1e-10"}, "at most 9 decimals"),
        ({"spread_ticks": 2, "size": 0}, "size: found 0; allowed: more than 0"),
        ({"spread_ticks": 2, "size": 1, "fill_at_price": "often"}, "fill_at_price"),
    ],
)
def test_what_makes_no_sense_is_one_clear_problem(keys, message):
    ((path, text),) = messages_of(written(**keys)).items()
    assert path.startswith(PATH)
    assert message in f"{path}: {text}"
