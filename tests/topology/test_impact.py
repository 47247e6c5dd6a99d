"""Market impact is one row for each group, in lots and ns."""

import pytest

from commonbook.config import load
from commonbook.core.enums import ImpactModel
from commonbook.core.errors import ConfigError
from commonbook.data.instrument import Instrument
from commonbook.simulation.setup import ImpactSetup
from commonbook.topology.build import lanes_for_compare, lanes_for_run
from commonbook.topology.lower import lower
from tests.topology.test_lower import MAKER, TWO, makers, tape

pytestmark = pytest.mark.nojit

NUMBERS = {"adv": 1_000_000, "daily_volatility": 0.02, "half_life": "1s"}
NAMES = "abc"


def lowered(kind, numbers, *, mode="shared", compare=False, instruments=None, **shared):
    source = tape(instruments) if instruments else tape()
    portfolios = makers(*NAMES)
    if instruments:
        symbol = {"symbol": instruments[0].symbol}
        portfolios = [p | {"params": MAKER["params"] | symbol} for p in portfolios]
    execution = {
        "mode": mode,
        "groups": [["a", "b"]],
        "shared_config": {"market_impact_model": kind, **shared},
        **({"impact": numbers} if numbers else {}),
    }
    config = load({"data": source, "portfolios": portfolios, "execution": execution})
    lanes = lanes_for_compare(config) if compare else lanes_for_run(config)
    return lower(config, lanes, source)


@pytest.mark.parametrize(
    ("mode", "rows"), [("isolated", [0, 1, 2]), ("shared", [0]), ("groups", [0, 1])]
)
@pytest.mark.parametrize("kind", ["none", "linear"])
def test_each_group_moves_the_market_by_itself(kind, mode, rows):
    setup = lowered(kind, NUMBERS if kind != "none" else None, mode=mode)
    assert [engine.impact for engine in setup.engines] == rows
    assert len(setup.impacts) == len(rows)


def test_pools_of_one_group_move_the_market_together():
    setup = lowered("linear", NUMBERS, enable_fill_distribution=False)
    assert [engine.impact for engine in setup.engines] == [0, 0, 0]
    assert len(setup.impacts) == 1


def test_every_lane_has_groups_of_its_own():
    setup = lowered("square_root", NUMBERS, compare=True)
    rows = [setup.engines[portfolio.engine].impact for portfolio in setup.portfolios]
    assert rows == [0, 1, 2, 3, 3, 3]
    assert len(set(setup.impacts)) == 1


def test_numbers_are_lots_fractions_and_nanoseconds():
    instruments = (Instrument("A", "0.01", "0.001"), Instrument("B", "1", "100"))
    numbers = {
        "coefficient": 1,
        "adv": {"A": 5, "B": 1_000},
        "daily_volatility": {"A": 0.5, "B": 0.01},
        "half_life": "never",
    }
    (impact,) = lowered("square_root", numbers, instruments=instruments).impacts
    assert impact == ImpactSetup(
        ImpactModel.SQUARE_ROOT, 1.0, ((1.0, 0),), (0.5, 0.01), (5_000.0, 10.0)
    )


def test_one_number_is_that_of_every_instrument():
    (impact,) = lowered("linear", NUMBERS, instruments=TWO).impacts
    assert impact.model == ImpactModel.LINEAR
    assert impact.daily_volatility == (0.02, 0.02)
    assert impact.daily_volume == (1e6, 1e9)
    assert impact.scales == ((1.0, 1_000_000_000),)


def test_without_a_model_there_are_no_numbers():
    assert lowered("none", None).impacts == (ImpactSetup(),)


def test_numbers_by_symbol_must_fit_the_data():
    source = tape(TWO)
    portfolio = MAKER | {"name": "a", "params": MAKER["params"] | {"symbol": "AAPL"}}
    adv = {"AAPL": 1, "BTC": 1}
    execution = {
        "mode": "isolated",
        "shared_config": {"market_impact_model": "linear"},
        "impact": {"adv": adv, "daily_volatility": 0.02},
    }
    other = {"name": "b", **{key: portfolio[key] for key in ("strategy", "params")}}
    config = load(
        {"data": source, "portfolios": [portfolio, other], "execution": execution}
    )
    # Another tape than the configuration names, as a file may turn out to hold.
    three = (*TWO[:1], Instrument("ETH", "1", "1"))
    with pytest.raises(ConfigError) as caught:
        lower(config, lanes_for_run(config), tape(three))
    said = [f"{problem.path}: {problem.message}" for problem in caught.value.problems]
    assert said == [
        "execution.impact.adv: found 'BTC'; the data has AAPL, ETH",
        "execution.impact.adv: ETH: no number is given",
    ]
