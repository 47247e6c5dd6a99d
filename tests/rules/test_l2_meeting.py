"""Orders that meet the other side: post-only, new opposite size, one's own orders."""

import pytest

from tests.rules.words import (
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    partners,
    portfolio,
    sell,
    snapshot,
)

WHOLE = {"tick": "1"}
TEN = book(0, {99: 10}, {101: 10})
WIDE = book(0, {95: 10}, {105: 10})
IOC = {"time_in_force": "ioc"}
POST_ONLY = {"time_in_force": "post_only"}

# Post-only -------------------------------------------------------------------------


@pytest.mark.parametrize("written", [POST_ONLY, {"post_only": True}])
def test_a_post_only_order_does_not_take(run, written):
    orders = [buy(5, 10, 101, **written), buy(6, 10, 100, **written)]
    result = run([TEN], portfolio("A", *orders), **WHOLE)
    assert ending(result, "A", 1) == ("rejected", "post_only", 0)
    assert ending(result, "A", 2) == ("expired", "end_of_data", 0)


def test_post_only_is_judged_on_own_orders_too(run):
    people = [
        portfolio("A", sell(5, 10, 100)),
        portfolio("B", buy(6, 10, 100, **POST_ONLY)),
    ]
    result = run([TEN], *people, **WHOLE)
    assert ending(result, "B") == ("rejected", "post_only", 0)


def test_post_only_is_judged_on_what_the_group_left_of_the_book(run):
    people = [portfolio("A", buy(5, 10)), portfolio("B", buy(6, 10, 101, **POST_ONLY))]
    result = run([TEN], *people, **WHOLE)
    assert ending(result, "B") == ("expired", "end_of_data", 0)
    isolated = run([TEN], *people, mode="isolated", **WHOLE)
    assert ending(isolated, "B") == ("rejected", "post_only", 0)


def test_of_two_post_only_orders_that_cross_the_second_is_refused(run):
    people = [
        portfolio("A", buy(5, 10, 100, **POST_ONLY)),
        portfolio("B", sell(5, 10, 100, **POST_ONLY)),
    ]
    refused = set()
    for seed in range(12):
        result = run([TEN], *people, seed=seed, **WHOLE)
        assert result.fills.is_empty()
        (name,) = [n for n in "AB" if ending(result, n)[0] == "rejected"]
        refused.add(name)
    assert refused == {"A", "B"}


def test_a_repriced_order_rests_one_tick_away_from_what_it_would_have_taken(run):
    away = {"post_only": "reprice"}
    people = [
        portfolio("A", buy(5, 10, 105, **away)),
        portfolio("B", sell(5, 10, 95, **away)),
    ]
    result = run([TEN], *people, mode="isolated", **WHOLE)
    assert [order(result, name)["price"] for name in "AB"] == [100.0, 100.0]
    assert [ending(result, name)[0] for name in "AB"] == ["expired", "expired"]
    assert result.fills.is_empty()


def test_a_repriced_order_goes_away_from_own_orders_too(run):
    people = [
        portfolio("A", sell(5, 10, 100)),
        portfolio("B", buy(6, 10, 105, post_only="reprice")),
    ]
    result = run([TEN], *people, **WHOLE)
    assert order(result, "B")["price"] == 99.0


# Crossed by the book ---------------------------------------------------------------


def test_new_opposite_size_fills_price_then_time_and_no_more_than_was_added(run):
    people = [
        portfolio("A", buy(5, 5, 100)),
        portfolio("B", buy(6, 5, 101)),
        portfolio("C", buy(7, 5, 100)),
    ]
    result = run([WIDE, book(10, {}, {100: 8})], *people, **WHOLE)
    assert fills(result, "B") == [(5, 101.0, "maker")]
    assert fills(result, "A") == [(3, 100.0, "maker")]
    assert fills(result, "C") == []
    assert result.fills["cross_fill"].to_list() == [True, True]


def test_bids_can_cross_offers_as_well(run):
    result = run(
        [WIDE, book(10, {102: 4}, {})], portfolio("A", sell(5, 5, 101)), **WHOLE
    )
    assert fills(result, "A") == [(4, 101.0, "maker")]


def test_only_what_was_added_to_a_level_crosses(run):
    packets = [
        WIDE,
        book(10, {}, {100: 2}),
        book(11, {}, {100: 2}),
        book(12, {}, {100: 5}),
    ]
    result = run(packets, portfolio("A", buy(5, 50, 100)), **WHOLE)
    assert fills(result, "A") == [(2, 100.0, "maker"), (3, 100.0, "maker")]


def test_what_crossed_an_own_order_is_no_longer_there_to_take(run):
    people = [portfolio("A", buy(5, 5, 100)), portfolio("B", buy(20, 99, 100, **IOC))]
    result = run([WIDE, book(10, {}, {100: 8})], *people, **WHOLE)
    assert filled(result, *"AB") == [5, 3]


def test_switched_off_it_fills_nothing(run):
    packets = [WIDE, book(10, {}, {100: 8})]
    result = run(packets, portfolio("A", buy(5, 5, 100)), fill_on_cross=False, **WHOLE)
    assert ending(result, "A") == ("expired", "end_of_data", 0)


@pytest.mark.parametrize(("asks", "expected"), [({102: 5, 103: 5}, 0), ({102: 8}, 0)])
def test_size_that_re_enters_the_depth_does_not_cross(run, asks, expected):
    start = book(0, {95: 10}, {101: 5, 102: 5, 103: 5})
    packets = [
        start,
        snapshot(3, {95: 10}, {101: 5}),
        snapshot(9, {95: 10}, {101: 5, **asks}),
    ]
    result = run(packets, portfolio("A", buy(5, 10, 102)), **WHOLE)
    assert fills(result, "A")[:1] == [(5, 101.0, "taker")]
    assert filled(result, "A") == [5 + expected]


def test_size_that_was_never_there_does_cross_in_a_snapshot(run):
    start = book(0, {95: 10}, {101: 5})
    packets = [start, snapshot(9, {95: 10}, {101: 5, 102: 4})]
    result = run(packets, portfolio("A", buy(5, 10, 102)), **WHOLE)
    assert fills(result, "A") == [(5, 101.0, "taker"), (4, 102.0, "maker")]


def test_isolated_each_portfolio_is_crossed_by_all_of_it(run):
    people = [portfolio(name, buy(5, 5, 100)) for name in "AB"]
    packets = [WIDE, book(10, {}, {100: 5})]
    assert filled(run(packets, *people, mode="isolated", **WHOLE), *"AB") == [5, 5]
    assert sum(filled(run(packets, *people, **WHOLE), *"AB")) == 5


# Each other ------------------------------------------------------------------------


def test_portfolios_of_one_engine_trade_with_each_other(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    result = run([TEN], *people, **WHOLE)
    assert partners(result, "A") == [(4, "B")]
    assert partners(result, "B") == [(4, "A")]
    assert result.fills["cross_id"].null_count() == 2


def test_they_pay_maker_and_taker_fees(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    fees = {"maker": -0.0001, "taker": 0.0005}
    result = run([TEN], *people, fees=fees, **WHOLE)
    paid = dict(result.fills.select("portfolio", "fee").rows())
    assert paid == {"A": -0.04, "B": 0.2}


@pytest.mark.parametrize("apart", [{"mode": "isolated"}, {"distribution": None}])
def test_portfolios_with_liquidity_of_their_own_do_not(run, apart):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    result = run([TEN], *people, **apart, **WHOLE)
    assert fills(result, "A") == []
    assert partners(result, "B") == [(4, "market")]


# Oneself ---------------------------------------------------------------------------

#: What becomes of a resting bid for 10 and of the sale of 15 that meets it.
SELF_TRADE = {
    "cancel_newest": (("expired", "end_of_data", 0), ("cancelled", "self_trade", 0)),
    "cancel_oldest": (
        ("cancelled", "self_trade", 0),
        ("cancelled", "no_liquidity", 10),
    ),
    "cancel_both": (("cancelled", "self_trade", 0), ("cancelled", "self_trade", 0)),
}


@pytest.mark.parametrize("prevention", SELF_TRADE)
def test_a_portfolio_does_not_trade_with_itself(run, prevention):
    trader = portfolio("A", buy(5, 10, 100), sell(6, 15))
    result = run([TEN], trader, self_trade_prevention=prevention, **WHOLE)
    assert (ending(result, "A", 1), ending(result, "A", 2)) == SELF_TRADE[prevention]


def test_decrement_takes_the_smaller_quantity_off_both(run):
    trader = portfolio("A", buy(5, 10, 100), sell(6, 15))
    result = run([TEN], trader, self_trade_prevention="decrement", **WHOLE)
    assert ending(result, "A", 1) == ("cancelled", "self_trade", 0)
    # Five are left of the sale, and they go to the book.
    assert fills(result, "A") == [(5, 99.0, "taker")]
    assert order(result, "A", 2)["state"] == "cancelled"


def test_decrement_leaves_the_rest_of_the_resting_order(run):
    trader = portfolio("A", buy(5, 10, 100), sell(6, 4))
    other = portfolio("B", sell(7, 20, 100))
    result = run([TEN], trader, other, self_trade_prevention="decrement", **WHOLE)
    assert ending(result, "A", 2) == ("cancelled", "self_trade", 0)
    assert fills(result, "B") == [(6, 100.0, "taker")]
    assert fills(result, "A") == [(6, 100.0, "maker")]


@pytest.mark.parametrize("prevention", [*SELF_TRADE, "decrement"])
def test_a_taker_trades_until_its_own_order_is_next_in_line(run, prevention):
    trader = portfolio("A", buy(5, 10, 99), sell(6, 12))
    result = run([TEN], trader, self_trade_prevention=prevention, **WHOLE)
    assert fills(result, "A") == [(10, 99.0, "taker")]
    assert partners(result, "A") == [(10, "market")]


@pytest.mark.parametrize(
    ("scope", "expected"), [("portfolio", [4, 4]), ("group", [0, 0])]
)
def test_whose_orders_count_as_own_is_the_scope(run, scope, expected):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    result = run([TEN], *people, self_trade_scope=scope, **WHOLE)
    assert filled(result, *"AB") == expected
    if scope == "group":
        assert ending(result, "B") == ("cancelled", "self_trade", 0)


def test_the_scope_of_a_group_does_not_reach_other_groups(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 4))]
    result = run([TEN], *people, mode="isolated", self_trade_scope="group", **WHOLE)
    assert fills(result, "B") == [(4, 99.0, "taker")]


def test_self_trade_prevention_frees_the_level_for_the_others(run):
    # A's sale stops at its own bid or comes second; B's of the same batch gets the bid.
    people = [portfolio("A", buy(5, 10, 100), sell(6, 10)), portfolio("B", sell(6, 10))]
    ends = set()
    for seed in range(8):
        result = run([TEN], *people, seed=seed, **WHOLE)
        assert fills(result, "B") == [(10, 100.0, "taker")]
        ends.add(ending(result, "A", 2))
    assert ends == {("cancelled", "self_trade", 0), ("filled", None, 10)}
