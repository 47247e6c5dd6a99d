from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.dtypes import FILL
from commonbook.core.enums import Side
from commonbook.results.equity import equity_frame, regular_times
from commonbook.results.lane import lane_records
from commonbook.results.schema import InstrumentUnits
from tests.results.records import SECOND, fill, lane, mark, portfolio, run

DOLLAR = InstrumentUnits("X", Decimal(1), Decimal(1))


def equity_of(fills, marks, *portfolios, **fields):
    portfolios = portfolios or (portfolio("A", 0),)
    return equity_frame(
        lane_records(run([lane(*portfolios)], fills, (), marks, **fields), 0)
    )


def test_there_is_a_row_at_each_interval_at_the_end_and_at_each_time_of_fills():
    fills = [fill(ts=5), fill(ts=5), fill(ts=SECOND)]
    frame = equity_of(fills, [mark(0, 200)], last_ts=2 * SECOND + 1)
    times = [0, 5, SECOND, 2 * SECOND, 2 * SECOND + 1]
    assert frame["ts"].to_physical().to_list() == times


def test_rows_are_by_time_then_portfolio():
    frame = equity_of((), (), portfolio("A", 0), portfolio("B", 1), last_ts=SECOND)
    assert frame["portfolio"].to_list() == ["A", "B", "A", "B"]


def test_cash_pays_the_price_and_the_fee_and_the_charge():
    bought = fill(price_half=19998, qty=10, fee_e8=5 * 10**7, impact_e8=25 * 10**6)
    frame = equity_of([bought], [mark(0, 20000)])
    assert frame["cash"].to_list() == [1000.0] + [-0.65] * 4
    assert frame["fees"].to_list() == [0.0] + [0.5] * 4
    assert frame["impact_charge"].to_list() == [0.0] + [0.25] * 4
    assert frame["position_value"].to_list() == [0.0] + [1000.0] * 4
    assert frame["equity"].to_list()[1] == 999.35


def test_positions_are_valued_at_the_last_mid_at_or_before_the_row():
    marks = [mark(0, 200), mark(SECOND, 202), mark(SECOND + 1, 400)]
    held = portfolio("A", 0, "0", {0: 3})
    frame = equity_of((), marks, held, instruments=(DOLLAR,))
    assert frame["equity"].to_list() == [300.0, 303.0, 600.0, 600.0]


def test_shorts_lose_when_the_mid_rises():
    held = portfolio("A", 0, "500", {0: -3})
    frame = equity_of((), [mark(0, 200), mark(1, 210)], held, instruments=(DOLLAR,))
    assert frame["equity"].to_list()[:2] == [200.0, 185.0]


def test_a_position_without_a_mid_has_no_value():
    held = portfolio("A", 0, "500", {0: 3})
    frame = equity_of((), [mark(SECOND, 200)], held, portfolio("B", 1), last_ts=SECOND)
    assert frame["equity"].to_list() == [None, 1000.0, 503.0, 1000.0]
    assert frame["cash"].null_count() == 0


def test_instruments_add_up():
    units = (DOLLAR, InstrumentUnits("Y", Decimal("0.5"), Decimal(2), Decimal(10)))
    held = portfolio("A", 0, "0", {0: 1, 1: 1})
    marks = [mark(0, 20), mark(0, 40, instrument=1)]  # 10 * 1 and 10 * 2 * 10
    frame = equity_of((), marks, held, instruments=units, last_ts=0)
    assert frame["position_value"].to_list() == [210.0]


def test_money_beyond_64_bits_is_exact():
    units = InstrumentUnits("X", Decimal("1e-8"), Decimal("1e-8"))
    rich = portfolio("A", 0, "123456789012.5", {0: 10**12})
    bought = fill(price_half=2 * 10**9, qty=10**12)  # 10 a unit, 10,000 units
    frame = equity_of([bought], [mark(0, 2 * 10**9)], rich, instruments=(units,))
    assert frame["cash"].to_list()[-1] == 123456789012.5 - 100_000
    assert frame["position_value"].to_list()[-1] == 200_000.0


def test_a_lane_without_portfolios_has_the_same_columns():
    empty = equity_frame(lane_records(run([lane()]), 0))
    assert empty.schema == equity_of((), ()).schema
    assert empty.height == 0


@given(st.integers(0, 10), st.integers(0, 30), st.integers(1, 7))
def test_regular_times_start_and_end_with_the_tape(first, length, interval):
    times = regular_times(first, first + length, interval).tolist()
    assert times == [*range(first, first + length, interval), first + length]


def test_equity_agrees_with_one_addition_after_another():
    rng = np.random.default_rng(1)
    fills = np.zeros(200, dtype=FILL)
    fills["ts"] = np.sort(rng.integers(0, 3 * SECOND, 200))
    fills["price_half"] = rng.integers(19000, 21000, 200)
    fills["qty"] = rng.integers(1, 50, 200)
    fills["side"] = rng.integers(0, 2, 200)
    fills["portfolio"] = rng.integers(0, 2, 200)
    fills["fee_e8"] = rng.integers(-1000, 1000, 200)
    fills["counterparty"] = -1
    frame = equity_of([fills], [mark(0, 20000)], portfolio("A", 0), portfolio("B", 1))
    cash, position = [Decimal(1000)] * 2, [0, 0]
    expected = {}
    for row in fills:
        who, sign = int(row["portfolio"]), 1 if row["side"] == Side.BUY else -1
        cash[who] -= sign * int(row["price_half"]) * int(row["qty"]) * Decimal("0.005")
        cash[who] -= int(row["fee_e8"]) * Decimal("1e-8")
        position[who] += sign * int(row["qty"])
        worth = cash[who] + position[who] * 100
        expected[int(row["ts"]), "AB"[who]] = (float(cash[who]), float(worth))
    keys = zip(frame["ts"].to_physical(), frame["portfolio"], strict=True)
    values = zip(frame["cash"], frame["equity"], strict=True)
    got = dict(zip(keys, values, strict=True))
    assert {key: got[key] for key in expected} == expected


def test_each_of_a_hundred_portfolios_has_a_row_for_every_second():
    rng = np.random.default_rng(1)
    fills = np.zeros(100_000, dtype=FILL)
    fills["ts"] = np.sort(rng.integers(0, 3600 * SECOND, len(fills)))
    fills["price_half"] = 20_000
    fills["qty"] = 10
    fills["portfolio"] = rng.integers(0, 100, len(fills))
    fills["counterparty"] = -1
    portfolios = [portfolio(f"P{i:02}", i) for i in range(100)]
    frame = equity_of([fills], [mark(0, 20_000)], *portfolios, last_ts=3600 * SECOND)
    by_portfolio = frame.group_by("portfolio").len()
    assert by_portfolio.height == 100
    assert by_portfolio["len"].min() >= 3600
