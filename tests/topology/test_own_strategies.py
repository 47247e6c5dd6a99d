"""Parameters of strategies in plain Python, on the grids of the data."""

import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.core.errors import ConfigError
from commonbook.data.instrument import Instrument
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower
from tests.data.tapes import LAST, tape_of_rows

pytestmark = pytest.mark.nojit

AAPL = Instrument("AAPL", "0.01", "1")
BTC = Instrument("BTC", "0.5", "0.001")


class Quoter(cb.Strategy):
    size: cb.Qty = 1
    away: cb.Price = 0.02
    floor: cb.Price | None = None
    edge: float = 0.005
    hedge: cb.Symbol | None = None


def lower_quoter(*instruments, **params):
    rows = [(1, "S", "B", 9_999, 5, LAST, i) for i, _ in enumerate(instruments)]
    tape = tape_of_rows(*rows, instruments=instruments)
    quoter = {"name": "q", "strategy": Quoter, "params": params}
    config = load({"data": tape, "portfolios": [quoter]})
    return lower(config, lanes_for_run(config), tape)


def problem(*instruments, **params):
    with pytest.raises(ConfigError) as caught:
        lower_quoter(*instruments, **params)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"size": "1.5"}, "AAPL: quantity 1.5 is not a multiple of 1"),
        ({"away": "0.015"}, "AAPL: price 0.015 is not a multiple of 0.01"),
        ({"floor": 2**31}, f"AAPL: price {2**31} is too large"),
    ],
)
def test_declared_prices_and_quantities_off_the_grid_are_refused_early(params, said):
    found = problem(AAPL, **params)
    assert found.path == f"portfolio q: params.{next(iter(params))}"
    assert found.message.startswith(said)
    assert found.message.endswith("declare it as float if no order has it")


def test_a_default_off_the_grid_of_the_data_is_refused_early():
    assert problem(Instrument("AAPL", "0.05", "1")).path == "portfolio q: params.away"


def test_each_instrument_of_the_strategy_is_asked():
    found = problem(AAPL, BTC, symbol="AAPL", hedge="BTC", size="0.0001")
    assert "AAPL: quantity 0.0001" in found.message
    assert "BTC: quantity 0.0001" in found.message


@pytest.mark.parametrize(
    "params",
    [
        {"away": 0.1 + 0.2},  # as far off as the verbs take it
        {"edge": "0.001"},
        {"size": "0.001", "hedge": "BTC"},
    ],
)
def test_what_one_instrument_of_the_strategy_can_be_sent_is_taken(params):
    setup = lower_quoter(AAPL, BTC, symbol="AAPL", **params)
    assert setup.portfolios[0].name == "q"
