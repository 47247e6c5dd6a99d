"""At what price a desk crosses: the mid, what the heavier side would hit, the last."""

import pytest

from tests.rules.words import book, buy, ending, fills, portfolio, sell, sold

AT = 500
BOOK = book(0, {99.99: 500, 99.98: 500}, {100.01: 500, 100.02: 500})
WIDE = book(0, {99.90: 500}, {100.10: 500})
SELLER = portfolio("A", sell(AT, 1000))
BUYER = portfolio("B", buy(AT, 800))
WALKED = [(500, 99.99, "taker"), (500, 99.98, "taker")]


def both(result):
    return [fills(result, name) for name in "AB"]


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("distribution", ["fifo", "pro_rata", None])
def test_a_cross_at_the_bid_comes_after_the_bids_resting_there(run, distribution):
    how = {"netting_price": "touch", "distribution": distribution}
    result = run([BOOK], SELLER, BUYER, **how)
    # The bid has 500: of the 1000 that A sells, 500 are for it, and 500 can cross.
    assert both(result) == [
        [(500, 99.99, "cross"), (500, 99.99, "taker")],
        [(500, 99.99, "cross"), (300, 100.01, "taker")],
    ]


def test_heavier_buyers_cross_at_the_ask_after_the_asks_resting_there(run):
    people = [portfolio("A", buy(AT, 1000)), portfolio("B", sell(AT, 800))]
    result = run([BOOK], *people, netting_price="touch")
    assert both(result) == [
        [(500, 100.01, "cross"), (500, 100.01, "taker")],
        [(500, 100.01, "cross"), (300, 99.99, "taker")],
    ]


def test_nothing_crosses_at_the_touch_that_the_touch_itself_can_take(run):
    fewer = portfolio("B", buy(AT, 300))
    result = run([BOOK], portfolio("A", sell(AT, 500)), fewer, netting_price="touch")
    assert both(result) == [[(500, 99.99, "taker")], [(300, 100.01, "taker")]]


def test_equal_sides_have_no_heavier_one_and_cross_at_the_mid(run):
    result = run([BOOK], portfolio("A", sell(AT, 800)), BUYER, netting_price="touch")
    assert both(result) == [[(800, 100.0, "cross")]] * 2


def test_what_the_group_has_taken_does_not_rest_any_more(run):
    earlier = portfolio("C", sell(AT - 1, 200))
    result = run([BOOK], earlier, SELLER, BUYER, netting_price="touch")
    assert fills(result, "B")[0] == (700, 99.99, "cross")


def test_a_bid_of_the_group_is_the_touch_and_is_served_first(run):
    maker = portfolio("M", buy(AT - 1, 10, 100.0))
    more = portfolio("B", buy(AT, 995))
    result = run([BOOK], maker, SELLER, more, netting_price="touch")
    assert fills(result, "A") == [(990, 100.0, "cross"), (10, 100.0, "taker")]
    assert fills(result, "M") == [(10, 100.0, "maker")]
    assert fills(result, "B")[0] == (990, 100.0, "cross")


def test_who_is_heavier_is_counted_among_those_who_accept_the_mid(run):
    # The bid accepts no mid, so the sellers are heavier and the price is the bid.
    bidder = portfolio("B", buy(AT, 1500, 99.99))
    result = run([BOOK], SELLER, bidder, netting_price="touch")
    assert both(result) == [
        [(500, 99.99, "cross"), (500, 99.99, "taker")],
        [(500, 99.99, "cross")],
    ]


def test_a_heavier_seller_who_wants_the_mid_does_not_cross_at_the_bid(run):
    seller = portfolio("A", sell(AT, 1000, 100.0))
    result = run([BOOK], seller, BUYER, netting_price="touch")
    assert ending(result, "A") == ("expired", "end_of_data", 0)
    assert fills(result, "B") == [(500, 100.01, "taker"), (300, 100.02, "taker")]


@pytest.mark.nojit
@pytest.mark.parametrize(
    ("last", "price"), [(100.05, 100.05), (99.91, 99.91), (None, 100.0)]
)
def test_the_last_trade_is_the_price_inside_the_touch(run, last, price):
    market = [WIDE] + ([] if last is None else [sold(AT - 9, last, 1)])
    result = run(market, portfolio("A", sell(AT, 800)), BUYER, netting_price="last")
    assert both(result) == [[(800, price, "cross")]] * 2


@pytest.mark.parametrize(
    ("last", "sells", "buys"),
    [
        (95, [(300, 99.9, "cross"), (500, 99.9, "taker")], (300, 99.9, "cross")),
        (105, [(300, 100.1, "cross"), (500, 99.9, "taker")], (300, 100.1, "cross")),
    ],
)
def test_a_last_trade_beyond_the_touch_is_drawn_to_it(run, last, sells, buys):
    market = [WIDE, sold(AT - 9, last, 1)]
    result = run(market, portfolio("A", sell(AT, 800)), BUYER, netting_price="last")
    # 500 rest at the touch; whoever would hit them does so with 500 of his 800.
    assert fills(result, "A") == sells
    assert fills(result, "B")[0] == buys


@pytest.mark.parametrize("price", ["mid", "touch", "last"])
def test_a_batch_that_is_netted_whole_takes_nothing(run, price):
    later = portfolio("C", buy(AT + 1, 1000), sell(AT + 1, 1000))
    people = [portfolio("A", sell(AT, 800)), BUYER, later]
    result = run([BOOK], *people, netting_price=price)
    assert both(result) == [[(800, 100.0, "cross")]] * 2
    assert sorted(fills(result, "C")) == [
        (500, 99.98, "taker"),
        (500, 99.99, "taker"),
        (500, 100.01, "taker"),
        (500, 100.02, "taker"),
    ]
