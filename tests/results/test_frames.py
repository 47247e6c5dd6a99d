from decimal import Decimal

import polars as pl

from commonbook.core.enums import (
    FillFlag,
    Liquidity,
    OrderState,
    OrderType,
    Reason,
    Side,
    TimeInForce,
)
from commonbook.results.frames import fills_frame, orders_frame
from commonbook.results.lane import lane_records
from commonbook.results.schema import InstrumentUnits
from tests.results.records import fill, founding_run, lane, order, portfolio, run


def fills_of(*rows, **fields):
    portfolios = lane(portfolio("A", 0), portfolio("B", 1))
    return fills_frame(lane_records(run([portfolios], rows, **fields), 0))


def orders_of(*rows, **fields):
    raw = run([lane(portfolio("A", 0, **fields))], orders=rows)
    return orders_frame(lane_records(raw, 0))


def test_the_founding_example_reads_as_it_is_told():
    frame = fills_frame(lane_records(founding_run(), 0))
    told = frame.select("portfolio", "side", "price", "qty", "liquidity", "cross_id")
    assert told.rows() == [
        ("A", "sell", 100.0, 800.0, "cross", 1),
        ("B", "buy", 100.0, 800.0, "cross", 1),
        ("A", "sell", 99.99, 200.0, "taker", None),
    ]
    assert frame["counterparty"].to_list() == ["B", "A", "market"]
    assert frame["fee"].to_list() == [0.0, 0.0, 1.5]


def test_half_ticks_and_fractional_lots_are_exact():
    units = InstrumentUnits("BTC", Decimal("0.1"), Decimal("0.001"))
    frame = fills_of(fill(price_half=600001, qty=1), instruments=(units,))
    assert frame.select("price", "qty").row(0) == (30000.05, 0.001)


def test_each_instrument_has_its_own_units():
    units = (
        InstrumentUnits("X", Decimal("0.01"), Decimal(1)),
        InstrumentUnits("Y", Decimal("0.25"), Decimal(10)),
    )
    rows = [fill(price_half=8, qty=3, instrument=i) for i in (1, 0)]
    frame = fills_of(*rows, instruments=units)
    assert frame.select("symbol", "price", "qty").rows() == [
        ("Y", 1.0, 30.0),
        ("X", 0.04, 3.0),
    ]


def test_times_are_utc_to_the_nanosecond():
    assert fills_of(fill(ts=1_700_000_000_000_000_001))["ts"].dtype == pl.Datetime(
        "ns", "UTC"
    )
    assert fills_of(fill(ts=7))["ts"].to_physical().to_list() == [7]


def test_fills_of_one_time_keep_their_order_of_occurrence():
    rows = [fill(ts=2, order_id=1), fill(ts=1, order_id=2), fill(ts=1, order_id=1)]
    assert fills_of(*rows)["order_id"].to_list() == [2, 1, 1]
    assert fills_of(*rows)["ts"].to_physical().to_list() == [1, 1, 2]


def test_flags_become_columns():
    frame = fills_of(
        fill(flags=FillFlag.CROSS_FILL), fill(flags=FillFlag.THROUGH), fill(flags=0)
    )
    assert frame["cross_fill"].to_list() == [True, False, False]
    assert frame["through"].to_list() == [False, True, False]


def test_a_run_without_fills_has_the_same_columns():
    empty, full = fills_of(), fills_of(fill())
    assert empty.schema == full.schema
    assert orders_of().schema == orders_of(order()).schema


def test_what_never_happened_is_null():
    frame = orders_of(
        order(
            filled=0, ts_sent=0, ts_arrival=0, ts_first_fill=0, ts_last_fill=0,
            state=OrderState.REJECTED, reason=Reason.MAX_POSITION,
        )
    )  # fmt: skip
    for column in ("ts_sent", "ts_arrival", "ts_first_fill", "ahead", "price"):
        assert frame[column].to_list() == [None]
    assert frame.select("state", "reason").row(0) == ("rejected", "max_position")


def test_a_resting_order_says_what_was_ahead():
    frame = orders_of(order(type=OrderType.LIMIT, price=9999, ahead=0, side=Side.SELL))
    shown = frame.select("type", "price", "ahead", "side", "reason").row(0)
    assert shown == ("limit", 99.99, 0.0, "sell", None)


def test_a_resting_order_says_since_when_it_was_in_the_queue():
    limit = {"price": 9_999, "ts_arrival": 200, "ts_end": 500}
    stop = {"type": OrderType.STOP_LIMIT, "stop_price": 9_950, "ts_trigger": 300}
    rows = [
        order(**limit, type=OrderType.LIMIT, ahead=4),
        order(**limit, type=OrderType.LIMIT, ahead=-1, order_id=2),
        order(**limit, **stop, ahead=0, order_id=3),
    ]
    joined = orders_of(*rows)["ts_joined"].cast(pl.Int64).to_list()
    assert joined == [200, None, 300]


def test_a_stop_order_says_what_triggered_it_and_when():
    terms = {"stop_price": 9_950, "ts_trigger": 300, "side": Side.SELL}
    life = {"time_in_force": TimeInForce.DAY, "expires": 900}
    rows = [
        order(type=OrderType.STOP, **terms),
        order(order_id=2, type=OrderType.STOP_LIMIT, price=9_940, **terms, **life),
        order(order_id=3),
    ]
    frame = orders_of(*rows)
    times = frame.select("expires", "ts_trigger").cast(pl.Int64)
    shown = frame.select("type", "time_in_force", "price", "stop_price")
    assert shown.rows() == [
        ("stop", "gtc", None, 99.5),
        ("stop_limit", "day", 99.4, 99.5),
        ("market", "gtc", None, None),
    ]
    assert times.rows() == [(None, 300), (900, 300), (None, None)]


def test_orders_carry_the_names_that_their_portfolio_gave_them():
    frame = orders_of(order(order_id=2), order(), client_ids={2: "exit"})
    assert frame.select("order_id", "client_id").rows() == [(1, None), (2, "exit")]
    assert frame["parent"].dtype == pl.String
    assert frame["parent"].to_list() == [None, None]


def test_orders_carry_the_name_of_what_they_are_parts_of():
    frame = orders_of(order(order_id=2), order(), parents={2: "big"})
    assert frame.select("order_id", "parent").rows() == [(1, None), (2, "big")]
    assert frame["client_id"].to_list() == [None, None]


def test_liquidity_has_the_words_of_the_field():
    rows = [fill(liquidity=kind) for kind in Liquidity]
    assert fills_of(*rows)["liquidity"].to_list() == ["maker", "taker", "cross"]
