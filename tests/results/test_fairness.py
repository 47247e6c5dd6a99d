import pytest

from commonbook.core.enums import Liquidity, Side
from commonbook.results.fairness import fairness
from commonbook.results.lane import lane_records
from tests.results.records import fill, lane, order, portfolio, run

PEOPLE = (portfolio("A", 0), portfolio("B", 1))


def found(*fills, people=PEOPLE):
    orders = [order(portfolio=p.index, order_id=1) for p in people]
    return fairness(lane_records(run([lane(*people)], fills, orders), 0))


def both(ts, price_a, price_b, **fields):
    """Let A and B take 100 each at one time."""
    prices = enumerate((price_a, price_b))
    return [
        fill(ts=ts, price_half=price, portfolio=number, **fields)
        for number, price in prices
    ]


def test_equal_prices_are_fair():
    fair = {"batches": 1, "worse_bp": 0.0, "t": 0.0}
    assert found(*both(5, 20000, 20000)) == {"A": fair, "B": fair}


def test_who_pays_more_than_the_batch_is_worse_off():
    figures = found(*both(5, 20002, 19998))
    assert figures["A"]["worse_bp"] == pytest.approx(1.0)
    assert figures["B"]["worse_bp"] == pytest.approx(-1.0)
    assert figures["A"]["t"] is None  # one batch has no deviation


def test_who_sells_for_less_is_worse_off():
    figures = found(*both(5, 20002, 19998, side=Side.SELL))
    assert figures["A"]["worse_bp"] == pytest.approx(-1.0)


def test_the_average_of_a_batch_is_weighted_by_quantity():
    fills = [
        fill(ts=5, price_half=20000, qty=300, portfolio=0),
        fill(ts=5, price_half=20004, qty=100, portfolio=1),
    ]
    assert found(*fills)["A"]["worse_bp"] == pytest.approx(-0.5, rel=1e-3)


def test_the_t_statistic_is_the_mean_over_its_standard_error():
    fills = [*both(5, 20002, 19998), *both(6, 20004, 19996), *both(7, 20000, 20000)]
    figures = found(*fills)["A"]
    assert figures["batches"] == 3
    assert figures["worse_bp"] == pytest.approx(1.0)
    assert figures["t"] == pytest.approx(1.0 / (1.0 / 3**0.5))


def test_changing_fortune_is_fair():
    fills = [*both(5, 20002, 19998), *both(6, 19998, 20002)]
    assert found(*fills)["A"]["t"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        {"ts": 6},
        {"side": Side.SELL},
        {"liquidity": Liquidity.MAKER},
        {"liquidity": Liquidity.CROSS},
    ],
)
def test_only_takes_of_one_time_and_side_are_compared(other):
    second = {"ts": 5, "price_half": 19998, "portfolio": 1} | other
    assert found(fill(ts=5, price_half=20002), fill(**second)) == {}


def test_portfolios_of_different_engines_are_not_compared():
    people = (portfolio("A", 0, engine="x"), portfolio("B", 1, engine="y"))
    assert found(*both(5, 20002, 19998), people=people) == {}
