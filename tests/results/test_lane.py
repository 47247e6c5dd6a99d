import pytest

from commonbook.core.enums import Liquidity, Side
from commonbook.core.errors import RunError
from commonbook.results.lane import lane_records
from tests.results.records import fill, lane, order, portfolio, run


def crossed(portfolio, counterparty, cross_id, ts):
    side = Side.BUY if portfolio < counterparty else Side.SELL
    return fill(
        portfolio=portfolio, counterparty=counterparty, cross_id=cross_id, ts=ts,
        side=side, liquidity=Liquidity.CROSS,
    )  # fmt: skip


def test_a_lane_has_the_same_records_whoever_runs_beside_it():
    def rows(first):
        a, b = first, first + 1
        return [crossed(a, b, 5, 300), crossed(b, a, 5, 300), fill(portfolio=a, ts=400)]

    def pair(first, label):
        return lane(portfolio("A", first), portfolio("B", first + 1), label=label)

    alone = run([pair(0, "x")], rows(0), [order(portfolio=1)])
    other = [crossed(0, 1, 3, 100), crossed(1, 0, 3, 100)]
    both = run([pair(0, "y"), pair(2, "x")], [*other, *rows(2)], [order(portfolio=3)])
    left, right = lane_records(alone, 0), lane_records(both, 1)
    for name in left.fills.dtype.names:
        assert left.fills[name].tolist() == right.fills[name].tolist()
    for name in left.orders.dtype.names:
        assert left.orders[name].tolist() == right.orders[name].tolist()


def test_crosses_are_numbered_by_appearance():
    rows = [crossed(0, 1, 9, 100), crossed(1, 0, 9, 100), crossed(0, 1, 4, 200)]
    raw = run([lane(portfolio("A", 0), portfolio("B", 1))], rows)
    assert lane_records(raw, 0).fills["cross_id"].tolist() == [1, 1, 2]


def test_the_run_itself_is_left_alone():
    raw = run([lane(portfolio("A", 4))], [fill(portfolio=4)], [order(portfolio=4)])
    lane_records(raw, 0)
    assert raw.fills["portfolio"].tolist() == [4]
    assert raw.orders["portfolio"].tolist() == [4]


@pytest.mark.parametrize("row", [fill(portfolio=7), fill(portfolio=-1)])
def test_a_fill_of_an_unknown_portfolio_stops_the_run(row):
    with pytest.raises(RunError, match="which no lane has"):
        lane_records(run([lane(portfolio("A", 0))], [row]), 0)


@pytest.mark.parametrize("stranger", [1, 9])
def test_lanes_never_trade_with_each_other(stranger):
    lanes = [lane(portfolio("A", 0)), lane(portfolio("A", 1), label="other")]
    with pytest.raises(RunError, match="of another lane"):
        lane_records(run(lanes, [fill(counterparty=stranger)]), 0)
