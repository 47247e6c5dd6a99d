"""The parts of a shortfall, on records written by hand."""

import numpy as np
import pytest

from commonbook.core.book_records import NO_ASK, NO_BID, NO_MARK
from commonbook.core.enums import Liquidity, Reason, Side
from commonbook.core.errors import RunError
from commonbook.results.costs import PARTS, Costs
from commonbook.results.lane import lane_records
from commonbook.results.shortfall import split_shortfall
from tests.results.records import fill, lane, order, portfolio, run

#: Time to bid and ask in ticks: the mid is 100.00, then 100.10, 100.20 and 100.50.
MARKET = {
    100: (9999, 10001),
    200: (10009, 10011),
    500: (10019, 10021),
    900: (10049, 10051),
}
SIGHT = np.dtype([("bid", "i8"), ("ask", "i8"), ("mark_half", "i8")])


def look_back(ts, instrument):
    sights = np.zeros(ts.size, SIGHT)
    for sight, time in zip(sights, ts.tolist(), strict=True):
        past = [quote for at, quote in MARKET.items() if at <= time]
        bid, ask = past[-1] if past else (NO_BID, NO_ASK)
        sight["bid"], sight["ask"] = bid, ask
        sight["mark_half"] = bid + ask if past else NO_MARK
    return sights


def costs(fills, orders, own=None):
    records = lane_records(run([lane(portfolio("A", 0))], fills, orders), 0)
    charges = records.fills["impact_e8"] if own is None else np.array(own)
    return Costs(records, look_back, charges)


def parts(row):
    return {part: row[part] for part in (*PARTS, "shortfall") if row[part]}


TAKEN = {"price_half": 20044, "mark_half": 20040, "ts": 500, "qty": 100}


def test_a_take_pays_for_delay_timing_spread_and_depth():
    (row,) = costs([fill(**TAKEN)], [order()]).orders.to_dicts()
    assert parts(row) == {
        "delay": 10.0, "timing": 10.0, "spread": 1.0, "depth": 1.0, "shortfall": 22.0,
    }  # fmt: skip


def test_a_sale_that_takes_is_the_mirror_image():
    sold = fill(**TAKEN | {"price_half": 20036, "side": Side.SELL})
    (row,) = costs([sold], [order(side=Side.SELL)]).orders.to_dicts()
    assert parts(row) == {
        "delay": -10.0, "timing": -10.0, "spread": 1.0, "depth": 1.0,
        "shortfall": -18.0,
    }  # fmt: skip


def test_a_maker_is_paid_the_spread_between_its_price_and_the_mid():
    made = fill(**TAKEN | {"price_half": 20038, "liquidity": Liquidity.MAKER})
    (row,) = costs([made], [order()]).orders.to_dicts()
    assert parts(row) == {
        "delay": 10.0, "timing": 10.0, "spread": -1.0, "shortfall": 19.0,
    }  # fmt: skip


def test_all_that_a_cross_waits_is_delay_and_it_saves_the_way_to_the_touch():
    crossed = fill(**TAKEN | {"price_half": 20040, "liquidity": Liquidity.CROSS})
    (row,) = costs([crossed], [order(ts_arrival=0)]).orders.to_dicts()
    assert parts(row) == {
        "delay": 20.0, "spread": 1.0, "netting_saved": 1.0, "shortfall": 20.0,
    }  # fmt: skip


def test_inside_the_touch_depth_is_negative():
    (row,) = costs([fill(**TAKEN | {"price_half": 20041})], [order()]).orders.to_dicts()
    assert (row["spread"], row["depth"]) == (1.0, -0.5)


def test_what_stayed_unfilled_missed_the_move_until_the_order_ended():
    part = fill(**TAKEN | {"qty": 40})
    (row,) = costs([part], [order(filled=40, ts_end=900)]).orders.to_dicts()
    assert row["opportunity"] == 60 * 0.5
    assert row["shortfall"] == pytest.approx(40 * 0.22 + 30.0)


def test_an_impossible_order_missed_nothing():
    refused = order(filled=0, ts_arrival=0, ts_end=900, reason=Reason.BAD_QTY)
    (row,) = costs([], [refused]).orders.to_dicts()
    assert parts(row) == {}


def test_charges_and_fees_are_added_and_split():
    paid = fill(**TAKEN, impact_e8=300_000_000, fee_e8=-50_000_000)
    (row,) = costs([paid], [order()], own=[400_000_000]).orders.to_dicts()
    assert (row["own_impact"], row["others_impact"]) == (4.0, -1.0)
    assert row["fees"] == -0.5
    assert row["shortfall"] == 22.0 + 3.0 - 0.5


def test_without_a_two_sided_book_at_the_decision_there_is_no_benchmark():
    early = costs([fill(**TAKEN, fee_e8=10**8)], [order(ts_decision=50)])
    (row,) = early.orders.to_dicts()
    assert row["delay"] is None
    assert row["shortfall"] is None
    assert row["fees"] == 1.0
    (whole,) = early.portfolios.to_dicts()
    assert (whole["orders"], whole["unpriced"], whole["shortfall"]) == (1, 1, 0.0)


def test_each_fill_has_its_parts_and_an_order_their_sum():
    fills = [
        fill(**TAKEN | {"qty": 30}),
        fill(**TAKEN | {"qty": 70, "price_half": 20046}),
    ]
    both = costs(fills, [order()])
    (row,) = both.orders.to_dicts()
    for part in ("delay", "timing", "spread", "depth", "shortfall"):
        assert both.fills[part].sum() == pytest.approx(row[part])
    assert both.fills["depth"].to_list() == pytest.approx([0.3, 1.4])


def test_orders_of_portfolios_with_the_same_number_are_kept_apart():
    people = lane(portfolio("A", 0), portfolio("B", 1))
    fills = [fill(**TAKEN, portfolio=0), fill(**TAKEN | {"qty": 50}, portfolio=1)]
    orders = [order(portfolio=1, qty=50, filled=50), order(portfolio=0)]
    records = lane_records(run([people], fills, orders), 0)
    found = Costs(records, look_back, records.fills["impact_e8"])
    assert found.portfolios["shortfall"].to_list() == [22.0, 11.0]


def test_prices_and_quantities_at_the_limits_stay_exact():
    huge = 1 << 45
    fills = [fill(**TAKEN | {"qty": huge})]
    orders = [order(qty=huge, filled=huge)]
    records = lane_records(run([lane(portfolio("A", 0))], fills, orders), 0)
    _, split = split_shortfall(records, look_back, np.zeros(1, np.int64))
    assert split.whole.tolist() == [44 * huge]


def test_a_split_that_contradicts_what_was_paid_is_an_error():
    records = lane_records(
        run([lane(portfolio("A", 0))], [fill(**TAKEN)], [order()]), 0
    )
    records.orders["filled"] = 99
    with pytest.raises(RunError, match="its parts"):
        Costs(records, look_back, records.fills["impact_e8"])
