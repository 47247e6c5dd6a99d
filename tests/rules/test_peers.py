"""What other backtesters get wrong, with the numbers that show it."""

from functools import partial

import pytest

from tests.rules.impact_words import ADV, MODELS, cost, model
from tests.rules.words import (
    MS,
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    partners,
    portfolio,
    position,
    sell,
    snapshot,
    sold,
    times,
)

WHOLE = {"tick": "1"}


@pytest.fixture(params=[False, True], ids=["levels", "orders"])
def run(run, request):
    """Run each market twice: told by levels, and told by single orders."""
    return partial(run, by_order=request.param)


DEEP = book(0, {99: 10}, {101: 10, 102: 10})


def test_a_and_b_buy_10_of_10_displayed_and_one_of_them_walks_up(run):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    result = run([DEEP], *people, **WHOLE)
    got = sorted(fills(result, name) for name in "AB")
    assert got == [[(10, 101.0, "taker")], [(10, 102.0, "taker")]]


def test_a_and_b_buy_10_of_10_displayed_pro_rata(run):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    result = run([DEEP], *people, distribution="pro_rata", **WHOLE)
    half = [(5, 101.0, "taker"), (5, 102.0, "taker")]
    assert [fills(result, name) for name in "AB"] == [half, half]


def test_two_strategies_of_1000_do_not_both_get_the_1000_on_offer(run):
    people = [portfolio(name, buy(5, 1000, 101)) for name in "AB"]
    result = run([book(0, {99: 10}, {101: 1000})], *people, **WHOLE)
    assert sorted(filled(result, "A", "B")) == [0, 1000]


def test_one_10_lot_trade_fills_two_resting_orders_of_10_with_10_in_all(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", buy(6, 10, 100))]
    result = run([DEEP, sold(10, 100, 10)], *people, **WHOLE)
    assert filled(result, "A", "B") == [10, 0]


def test_10_queued_then_a_10_then_b_10_and_a_trade_of_20_fills_a_alone(run):
    people = [portfolio("A", buy(5, 10, 99)), portfolio("B", buy(6, 10, 99))]
    result = run([DEEP, sold(10, 99, 20)], *people, **WHOLE)
    assert filled(result, "A", "B") == [10, 0]


@pytest.mark.parametrize(("size", "got"), [(4, 4), (10, 10), (25, 10)])
def test_a_trade_through_our_price_fills_up_to_its_size(run, size, got):
    result = run([DEEP, sold(10, 98, size)], portfolio("A", buy(5, 10, 99)), **WHOLE)
    assert fills(result, "A") == [(got, 99.0, "maker")]
    assert result.fills["through"].to_list() == [True]


def test_a_limit_for_15_against_10_displayed_gets_10_and_rests_with_5(run):
    result = run([DEEP], portfolio("A", buy(5, 15, 101)), **WHOLE)
    assert fills(result, "A") == [(10, 101.0, "taker")]
    assert ending(result, "A") == ("expired", "end_of_data", 10)
    assert order(result, "A")["ahead"] == 0


def test_a_bids_inside_the_spread_and_b_sells_to_a(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 10))]
    result = run([DEEP], *people, **WHOLE)
    assert fills(result, "A") == [(10, 100.0, "maker")]
    assert fills(result, "B") == [(10, 100.0, "taker")]


@pytest.mark.parametrize("netting", [True, False])
def test_mutually_crossed_orders_trade(run, netting):
    market = book(0, {95: 10}, {105: 10})
    people = [portfolio("A", buy(5, 10, 101)), portfolio("B", sell(6, 10, 99))]
    result = run([market], *people, netting=netting, **WHOLE)
    assert fills(result, "A") == [(10, 101.0, "maker")]
    assert fills(result, "B") == [(10, 101.0, "taker")]


def test_a_market_order_meets_the_book_of_the_moment_at_which_it_arrives(run):
    moved = book(1006 * MS, {}, {101: 0, 105: 10})
    buyer = portfolio("A", buy(1000 * MS, 5), latency={"order": "5ms"})
    result = run([DEEP, moved], buyer, **WHOLE)
    assert fills(result, "A") == [(5, 101.0, "taker")]
    assert times(result, "A") == [1005 * MS]


def test_a_snapshot_of_the_same_book_does_not_bring_back_what_was_taken(run):
    again = snapshot(6, {99: 10}, {101: 10, 102: 10})
    result = run([DEEP, again], portfolio("A", buy(5, 10), buy(7, 10)), **WHOLE)
    assert fills(result, "A") == [(10, 101.0, "taker"), (10, 102.0, "taker")]


@pytest.mark.parametrize("model", ["risk_averse", "power"])
def test_a_snapshot_of_the_same_book_does_not_move_the_queue(run, model):
    again = snapshot(6, {99: 10}, {101: 10, 102: 10})
    packets = [DEEP, again, sold(7, 99, 12)]
    result = run(packets, portfolio("A", buy(5, 10, 99)), queue_model=model, **WHOLE)
    assert filled(result, "A") == [2]


def test_a_market_buy_of_20_gets_the_12_displayed(run):
    result = run(
        [book(0, {99: 5}, {101: 5, 102: 7})], portfolio("A", buy(5, 20)), **WHOLE
    )
    assert ending(result, "A") == ("cancelled", "no_liquidity", 12)


def test_a_limit_buy_of_20_gets_the_12_displayed_and_rests(run):
    result = run(
        [book(0, {99: 5}, {101: 5, 102: 7})], portfolio("A", buy(5, 20, 102)), **WHOLE
    )
    assert ending(result, "A") == ("expired", "end_of_data", 12)


def test_shares_are_whole_lots(run):
    # Seven want a share of three lots: 3/7 each, so three of them get a whole one.
    people = [portfolio(name, buy(5, 1, 101)) for name in "ABCDEFG"]
    market = book(0, {99: 1}, {101: 3})
    result = run([market], *people, distribution="pro_rata", **WHOLE)
    assert sorted(filled(result, *"ABCDEFG")) == [0, 0, 0, 0, 1, 1, 1]


def test_one_lot_for_seven_goes_to_one_of_them_whole(run):
    people = [portfolio(name, buy(5, 1, 101)) for name in "ABCDEFG"]
    market = book(0, {99: 1}, {101: 1})
    result = run([market], *people, distribution="pro_rata", **WHOLE)
    assert sorted(filled(result, *"ABCDEFG")) == [0, 0, 0, 0, 0, 0, 1]


def test_a_trade_of_1_behind_5_displayed_gives_two_own_orders_nothing(run):
    market = book(0, {99: 5}, {101: 5})
    people = [portfolio(name, buy(5, 1, 99)) for name in "AB"]
    result = run([market, sold(10, 99, 1)], *people, distribution="pro_rata", **WHOLE)
    assert filled(result, "A", "B") == [0, 0]


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata"])
def test_plus_100_minus_80_plus_30_add_up_to_the_net_50(run, distribution):
    people = [
        portfolio("A", buy(5, 100)),
        portfolio("B", sell(5, 80)),
        portfolio("C", buy(5, 30)),
    ]
    market = book(0, {99: 500}, {101: 500})
    result = run([market], *people, distribution=distribution, **WHOLE)
    assert filled(result, *"ABC") == [100, 80, 30]
    outside = result.fills.filter(counterparty="market")
    assert set(outside["side"]) == {"buy"}
    assert outside["qty"].sum() == 50
    assert fills(result, "B")[0][1:] == (100.0, "cross")
    assert sum(qty for qty, *_ in fills(result, "B")) == 80
    if distribution == "pro_rata":
        # 80 by 100 : 30 is 61.54 : 18.46.
        crossed = result.fills.filter(liquidity="cross", side="buy").sort("portfolio")
        assert crossed["qty"].to_list() == [62, 18]


@pytest.mark.parametrize("kind", MODELS)
def test_impact_and_the_walk_of_the_book_are_never_paid_twice(run, kind):
    half = ADV // 2
    market = book(0, {99: ADV}, {101: half, 102: half})
    result = run([market], portfolio("A", buy(5, ADV)), impact=model(kind), **WHOLE)
    assert fills(result, "A") == [(half, 101.0, "taker"), (half, 102.0, "taker")]
    # The walk has cost the second half a tick already; the model's price is higher.
    first, second = (cost(kind, half, before=before) for before in (0, half))
    assert second > half
    assert result.fills["impact_charge"].to_list() == pytest.approx(
        [first, second - half], rel=1e-9
    )


def test_five_buys_of_5_at_one_instant_take_5_from_each_level(run):
    market = book(0, {99: 5}, {101 + i: 5 for i in range(5)})
    result = run([market], portfolio("A", *[buy(5, 5) for _ in range(5)]), **WHOLE)
    assert fills(result, "A") == [(5, 101.0 + i, "taker") for i in range(5)]


@pytest.mark.parametrize("owners", ["AA", "AB"])
def test_one_trade_of_3_gives_two_own_bids_of_5_three_in_all(run, owners):
    bids = [buy(5, 5, 100), buy(5, 5, 100)]
    if owners == "AA":
        people = [portfolio("A", *bids)]
    else:
        people = [portfolio(n, o) for n, o in zip(owners, bids, strict=True)]
    result = run([DEEP, sold(10, 100, 3)], *people, **WHOLE)
    assert result.fills["qty"].to_list() == [3]


def test_a_sale_meets_the_groups_bid_of_101_before_the_books_of_100(run):
    market = book(0, {100: 10}, {103: 10})
    people = [portfolio("A", buy(5, 10, 101)), portfolio("B", sell(6, 15))]
    result = run([market], *people, **WHOLE)
    assert fills(result, "B") == [(10, 101.0, "taker"), (5, 100.0, "taker")]
    assert partners(result, "B") == [(10, "A"), (5, "market")]


@pytest.mark.parametrize(("fill_on_cross", "got"), [(True, 1), (False, 0)])
def test_an_ask_of_1_at_the_price_of_a_bid_of_50_fills_1_at_most(
    run, fill_on_cross, got
):
    packets = [book(0, {99: 10}, {105: 10}), book(10, {}, {100: 1})]
    bid = portfolio("A", buy(5, 50, 100))
    result = run(packets, bid, fill_on_cross=fill_on_cross, **WHOLE)
    assert filled(result, "A") == [got]
    assert result.fills["cross_fill"].to_list() == [True] * got


def test_a_market_buy_of_12_over_5_and_5_and_2_gives_a_position_of_12(run):
    market = book(0, {99: 5}, {101: 5, 102: 5, 103: 2})
    result = run([market], portfolio("A", buy(5, 12)), **WHOLE)
    assert fills(result, "A") == [
        (5, 101.0, "taker"),
        (5, 102.0, "taker"),
        (2, 103.0, "taker"),
    ]
    assert position(result, "A") == 12
    assert ending(result, "A") == ("filled", None, 12)


def test_variants_of_a_strategy_have_money_positions_and_figures_of_their_own(run):
    variants = {
        "name": "maker",
        "cash": 500,
        "strategy": "market_maker",
        "params": {"half_spread_ticks": 1, "size": 3, "every": "10us"},
        "grid": {"half_spread_ticks": [1, 2]},
    }
    packets = [book(0, {98: 10}, {102: 10}), sold(20_000, 99, 3)]
    result = run(packets, variants, mode="isolated", **WHOLE)
    figures = result.summary["portfolios"]
    near, far = "maker[half_spread_ticks=1]", "maker[half_spread_ticks=2]"
    assert list(figures) == [near, far]
    assert [position(result, name) for name in (near, far)] == [3, 0]
    assert [figures[n]["cash_end"] for n in (near, far)] == [500 - 3 * 99, 500]


@pytest.mark.parametrize(("new", "left"), [(10, 4), (14, 8), (5, 0), (6, 0)])
def test_new_size_is_available_and_taken_size_is_not(run, new, left):
    packets = [DEEP, book(6, {}, {101: new})]
    taker = portfolio("A", buy(5, 6, 101, time_in_force="ioc"))
    again = portfolio("B", buy(7, 20, 101, time_in_force="ioc"))
    result = run(packets, taker, again, **WHOLE)
    assert filled(result, "A", "B") == [6, left]
