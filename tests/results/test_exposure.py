from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL
from commonbook.core.enums import Side
from commonbook.results.exposure import exposure_frame
from commonbook.results.lane import lane_records
from commonbook.results.schema import InstrumentUnits
from tests.results.records import SECOND, fill, lane, mark, portfolio, run

TWO = (InstrumentUnits("X", Decimal("0.01"), Decimal(1)),
       InstrumentUnits("Y", Decimal("0.5"), Decimal(10)))  # fmt: skip


def frame(fills, marks, *people, **fields):
    return exposure_frame(
        lane_records(run([lane(*people)], fills, [], marks, **fields), 0)
    )


def last(found, engine="all"):
    return found.filter(engine=engine).drop("ts", "engine").row(-1)


def sold(**fields):
    return fill(side=Side.SELL, **fields)


def test_long_and_short_portfolios_cancel_in_net_but_not_apart():
    people = portfolio("A", 0), portfolio("B", 1)
    fills = [fill(portfolio=0, qty=100), sold(portfolio=1, qty=60)]
    assert last(frame(fills, [mark(0, 20000)], *people)) == (4000.0, 4000.0, 16000.0)


def test_instruments_cancel_in_net_but_not_in_gross():
    fills = [fill(qty=100), sold(qty=2, instrument=1)]
    marks = [mark(0, 20000), mark(0, 400, 1)]
    found = frame(fills, marks, portfolio("A", 0), instruments=TWO)
    # 100 of X at 100.00, and 2 lots of 10 of Y at 100.00
    assert last(found) == (8000.0, 12000.0, 12000.0)


def test_a_position_before_the_first_event_counts():
    people = portfolio("A", 0, positions={0: -30})
    assert last(frame([fill(qty=10)], [mark(0, 20000)], people)) == (
        -2000.0,
        2000.0,
        2000.0,
    )


def test_engines_are_told_apart():
    people = portfolio("A", 0, engine="one"), portfolio("B", 1, engine="two")
    fills = [fill(portfolio=0, qty=10), sold(portfolio=1, qty=20)]
    found = frame(fills, [mark(0, 20000)], *people)
    assert last(found, "one") == (1000.0, 1000.0, 1000.0)
    assert last(found, "two") == (-2000.0, 2000.0, 2000.0)
    assert found["ts"].is_sorted()


def test_without_a_mid_nothing_is_known():
    found = frame([fill(ts=5)], [mark(SECOND, 20000)], portfolio("A", 0))
    assert found["net"].to_list()[:2] == [0.0, None]
    assert last(found)[0] == 10000.0


def test_no_portfolios_have_no_rows():
    assert frame([], []).columns == ["ts", "engine", "net", "gross", "gross_apart"]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.integers(0, 2), st.booleans(), st.integers(1, 50)
        ),
        max_size=30,
    )
)
def test_it_agrees_with_adding_one_fill_after_another(trades):
    trades = sorted(trades, key=lambda trade: trade[0])
    fills = [
        fill(ts=ts, portfolio=who, side=Side.BUY if buys else Side.SELL, qty=qty)
        for ts, who, buys, qty in trades
    ]
    people = [portfolio(name, number) for number, name in enumerate("ABC")]
    found = frame(fills or [np.zeros(0, FILL)], [mark(0, 200)], *people, last_ts=10)
    held, expected = [0, 0, 0], {0: (0.0, 0.0, 0.0)}
    for ts, who, buys, qty in trades:
        held[who] += qty if buys else -qty
        net = sum(held)
        expected[ts] = (float(net), float(abs(net)), float(sum(map(abs, held))))
    rows = {
        ts: rest
        for ts, _, *rest in found.with_columns(found["ts"].to_physical()).rows()
    }
    assert {ts: tuple(rows[ts]) for ts in expected} == expected
