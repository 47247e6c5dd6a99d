"""Parameters of the strategies that decide for themselves."""

from decimal import Decimal

import pytest

from commonbook.config import TwapParams, load
from commonbook.config.strategy import PARAMS, STRATEGIES
from tests.config.builders import config, messages_of

TWAP = {"side": "buy", "qty": 100, "start": 1_000, "end": 2_000, "slices": 10}
MAKER = {"half_spread_ticks": 1, "size": 100}
TAKER = {"threshold": 0.5, "size": 100}
PATH = "portfolios[0].params."


def portfolio(strategy: str, params: dict[str, object]) -> dict[str, object]:
    return {"name": "p", "strategy": strategy, "params": params}


def test_every_strategy_has_its_parameters():
    assert tuple(PARAMS) == STRATEGIES


def test_a_schedule_keeps_its_times_in_nanoseconds():
    loaded = load(config(portfolio("twap", TWAP))).portfolios[0].params
    assert isinstance(loaded, TwapParams)
    assert (loaded.start, loaded.end, loaded.slices) == (1_000, 2_000, 10)


@pytest.mark.parametrize(
    ("strategy", "params"), [("market_maker", MAKER), ("imbalance_taker", TAKER)]
)
def test_they_act_every_100_ms_unless_told_otherwise(strategy, params):
    def every(given: dict[str, object]) -> int:
        return load(config(portfolio(strategy, given))).portfolios[0].params.every

    assert every(params) == 100_000_000
    assert every(params | {"every": "1s"}) == 1_000_000_000


def test_a_maker_may_quote_in_half_ticks():
    params = MAKER | {"half_spread_ticks": 0.5}
    loaded = load(config(portfolio("market_maker", params))).portfolios[0].params
    assert loaded.half_spread_ticks == Decimal("0.5")
    params = MAKER | {"half_spread_ticks": 0.3}
    message = messages_of(config(portfolio("market_maker", params)))[
        f"{PATH}half_spread_ticks"
    ]
    assert message == "found 0.3; allowed: a multiple of 0.5"


@pytest.mark.parametrize(
    ("strategy", "params", "key", "message"),
    [
        (
            "twap",
            TWAP | {"end": 1_000},
            "end",
            "found 1970-01-01T00:00:00.000001000Z; allowed: later than start",
        ),
        ("twap", TWAP | {"slices": 0}, "slices", "found 0; allowed: at least 1"),
        (
            "twap",
            TWAP | {"slices": 1.5},
            "slices",
            "found 1.5; allowed: a whole number",
        ),
        (
            "twap",
            {k: v for k, v in TWAP.items() if k != "qty"},
            "qty",
            "this key is missing; give how much in all, in units",
        ),
        (
            "market_maker",
            MAKER | {"half_spread_ticks": 0},
            "half_spread_ticks",
            "more than 0",
        ),
        ("market_maker", MAKER | {"spread": 1}, "spread", "unknown key"),
        ("market_maker", MAKER | {"every": "0s"}, "every", "allowed: more than 0"),
        ("market_maker", MAKER | {"every": 100}, "every", "a number with a unit"),
        ("market_maker", MAKER | {"max_position": 0}, "max_position", "more than 0"),
        (
            "imbalance_taker",
            TAKER | {"threshold": 1.1},
            "threshold",
            "found 1.1; allowed: at most 1",
        ),
        (
            "imbalance_taker",
            TAKER | {"threshold": 0},
            "threshold",
            "allowed: more than 0",
        ),
    ],
)
def test_a_parameter_out_of_its_range_is_refused(strategy, params, key, message):
    found = messages_of(config(portfolio(strategy, params)))
    assert list(found) == [PATH + key]
    assert message in found[PATH + key]


def test_parameters_of_an_unknown_strategy_are_no_further_problem():
    raw = portfolio("market_makr", {"anything": 1}) | {"cash": -1}
    assert messages_of(config(raw)) == {
        "portfolios[0].cash": "found -1; allowed: at least 0",
        "portfolios[0].strategy": "found 'market_makr'; did you mean 'market_maker'? "
        "allowed: scripted, twap, market_maker, grid_maker, imbalance_taker, "
        "or package.module:Name",
    }
