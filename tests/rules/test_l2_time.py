"""When things happen: packets, batches, ties, delays, the end of the data."""

import pytest

from tests.rules.words import (
    AFTER,
    book,
    bought,
    buy,
    cancel,
    ending,
    filled,
    fills,
    order,
    portfolio,
    position,
    sell,
    sold,
    times,
)

BOOK = book(0, {99: 10}, {101: 10, 102: 10})
WHOLE = {"tick": "1"}
SEEDS = range(12)


def winner(result, *names):
    """Name the portfolio that traded at the better price, or traded at all."""
    (name,) = [n for n in names if fills(result, n)[:1] == [(10, 101.0, "taker")]]
    return name


def test_packets_come_before_orders_of_the_same_time(run):
    packets = [BOOK, book(5, {}, {101: 0}), book(5, {}, {105: 10, 102: 0})]
    result = run(packets, portfolio("A", buy(5, 10)), **WHOLE)
    assert fills(result, "A") == [(10, 105.0, "taker")]
    assert times(result, "A") == [5]


@pytest.mark.parametrize(("delay", "price"), [("2ns", 101.0), ("3ns", 105.0)])
def test_an_order_meets_the_book_at_the_time_of_its_arrival(run, delay, price):
    packets = [BOOK, book(8, {}, {101: 0, 102: 0, 105: 10})]
    buyer = portfolio("A", buy(5, 10), latency={"order": delay})
    assert fills(run(packets, buyer, **WHOLE), "A") == [(10, price, "taker")]


def test_a_print_of_the_same_time_is_before_the_order_joins(run):
    packets = [BOOK, sold(5, 100, 10)]
    assert filled(run(packets, portfolio("A", buy(5, 10, 100)), **WHOLE), "A") == [0]
    assert filled(run(packets, portfolio("A", buy(4, 10, 100)), **WHOLE), "A") == [10]


def test_ties_do_not_depend_on_the_order_of_the_file(run):
    people = [portfolio(name, buy(5, 10)) for name in "ABC"]
    for seed in SEEDS:
        one = run([BOOK], *people, seed=seed, **WHOLE)
        two = run([BOOK], *people[::-1], seed=seed, **WHOLE)
        assert one.digest == two.digest


def test_ties_favour_nobody(run):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    results = [run([BOOK], *people, seed=seed, **WHOLE) for seed in SEEDS]
    assert {winner(result, *"AB") for result in results} == {"A", "B"}


def test_ties_are_drawn_anew_at_every_time(run):
    winners = set()
    for at in range(5, 17):
        people = [portfolio(name, buy(at, 10)) for name in "AB"]
        winners.add(winner(run([BOOK], *people, **WHOLE), *"AB"))
    assert winners == {"A", "B"}


def test_ties_are_drawn_anew_in_every_instrument(run):
    symbols = [f"S{i}" for i in range(12)]
    market = [book(0, {99: 10}, {101: 10, 102: 10}, symbol) for symbol in symbols]
    people = [
        portfolio(name, *[buy(5, 10, symbol=symbol) for symbol in symbols])
        for name in "AB"
    ]
    result = run(market, *people, **WHOLE)
    best = result.fills.filter(price=101)
    assert sorted(best["symbol"]) == sorted(symbols)
    assert set(best["portfolio"]) == {"A", "B"}


def test_messages_of_one_portfolio_stay_together_in_a_tie(run):
    small = [buy(5, 5, 101, time_in_force="ioc") for _ in range(2)]
    people = [portfolio("A", *small), portfolio("B", *small)]
    got = {tuple(filled(run([BOOK], *people, seed=s, **WHOLE), *"AB")) for s in SEEDS}
    assert got == {(10.0, 0.0), (0.0, 10.0)}


def test_a_third_portfolio_does_not_change_who_of_two_is_first(run):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    idle = portfolio("0")
    for seed in SEEDS:
        alone = run([BOOK], *people, seed=seed, **WHOLE)
        crowded = run([BOOK], idle, *people, seed=seed, **WHOLE)
        assert winner(alone, *"AB") == winner(crowded, *"AB")


def test_the_shorter_delay_is_served_first(run):
    early_but_slow = portfolio("A", buy(5, 10), latency={"order": "4ns"})
    late_but_fast = portfolio("B", buy(6, 10), latency={"order": "2ns"})
    result = run([BOOK], early_but_slow, late_but_fast, **WHOLE)
    assert fills(result, "B") == [(10, 101.0, "taker")]
    assert fills(result, "A") == [(10, 102.0, "taker")]


def test_orders_that_arrive_together_are_one_batch_whenever_they_were_sent(run):
    people = [
        portfolio("A", buy(5, 10, 101), latency={"order": "4ns"}),
        portfolio("B", buy(7, 10, 101), latency={"order": "2ns"}),
    ]
    result = run([BOOK], *people, distribution="pro_rata", **WHOLE)
    assert filled(result, *"AB") == [5, 5]


def test_without_delay_an_order_arrives_in_the_next_round_of_its_time(run):
    people = [
        portfolio("A", buy(5, 10, 101)),
        portfolio("B", buy(3, 10, 101), latency={"order": "2ns"}),
    ]
    result = run([BOOK], *people, distribution="pro_rata", **WHOLE)
    assert filled(result, *"AB") == [0, 10]
    assert order(result, "A")["ts_arrival"] == 5


def test_messages_of_one_portfolio_do_not_overtake_each_other(run):
    slow = {"latency": {"order": "3ns"}}
    buyer = portfolio("A", buy(5, 6, 99), buy(5, 6, 99), **slow)
    result = run([BOOK, sold(20, 99, 14)], buyer, **WHOLE)
    assert [order(result, "A", n)["filled"] for n in (1, 2)] == [4, 0]
    assert [order(result, "A", n)["ahead"] for n in (1, 2)] == [10, 16]


# The course of a batch -------------------------------------------------------------


def test_cancels_come_before_the_takers_of_their_batch(run):
    people = [
        portfolio("A", sell(3, 4, 100), cancel(8, 1)),
        portfolio("B", buy(8, 4)),
    ]
    for seed in SEEDS:
        result = run([BOOK], *people, seed=seed, **WHOLE)
        assert fills(result, "B") == [(4, 101.0, "taker")]
        assert ending(result, "A") == ("cancelled", "user_cancel", 0)


def test_passive_orders_join_after_the_takers_of_their_batch(run):
    people = [portfolio("A", buy(5, 4, 100)), portfolio("B", sell(5, 4))]
    for seed in SEEDS:
        result = run([BOOK], *people, seed=seed, netting=False, **WHOLE)
        assert fills(result, "B") == [(4, 99.0, "taker")]
        assert filled(result, "A") == [0]


def test_takers_of_one_batch_never_meet(run):
    people = [portfolio("A", buy(5, 10, 105)), portfolio("B", sell(5, 10, 95))]
    result = run([BOOK], *people, netting=False, **WHOLE)
    assert fills(result, "A") == [(10, 101.0, "taker")]
    assert fills(result, "B") == [(10, 99.0, "taker")]


def test_remainders_may_meet_when_they_join(run):
    # Each takes the 10 displayed; what is left of both crosses.
    people = [portfolio("A", buy(5, 15, 101)), portfolio("B", sell(5, 15, 99))]
    market = book(0, {99: 10}, {101: 10})
    prices = set()
    for seed in SEEDS:
        result = run([market], *people, seed=seed, netting=False, **WHOLE)
        assert filled(result, *"AB") == [15, 15]
        inside = result.fills.filter(counterparty="A")
        assert inside["qty"].to_list() == [5]
        prices.add(inside["price"].item())
    # The price is that of the one who joined first.
    assert prices == {101.0, 99.0}


def test_passive_orders_of_a_batch_that_cross_meet_when_they_join(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(5, 4, 100))]
    kinds = set()
    for seed in SEEDS:
        result = run([BOOK], *people, seed=seed, netting=False, **WHOLE)
        ((qty, price, liquidity),) = fills(result, "A")
        assert (qty, price) == (4, 100.0)
        kinds.add(liquidity)
    assert kinds == {"maker", "taker"}


# Cancels ---------------------------------------------------------------------------


def test_a_cancel_acts_when_it_arrives(run):
    buyer = portfolio(
        "A", buy(5, 6, 100), cancel(9, 1), latency={"order": "3ns", "response": "2ns"}
    )
    packets = [BOOK, sold(11, 100, 1), sold(12, 100, 1), sold(13, 100, 1)]
    result = run(packets, buyer, **WHOLE)
    assert ending(result, "A") == ("cancelled", "user_cancel", 2)
    row = order(result, "A")
    assert [row[f"ts_{t}"] for t in ("arrival", "end", "report")] == [8, 12, 14]


def test_a_cancel_that_comes_too_late_changes_nothing(run):
    buyer = portfolio("A", buy(5, 6), cancel(8, 1))
    result = run([BOOK], buyer, **WHOLE)
    assert ending(result, "A") == ("filled", None, 6)


def test_a_cancel_on_its_way_does_not_stop_a_fill(run):
    buyer = portfolio("A", buy(1, 6, 100), cancel(5, 1), latency={"order": "5ns"})
    result = run([BOOK, sold(8, 100, 6)], buyer, **WHOLE)
    assert ending(result, "A") == ("filled", None, 6)


def test_a_cancel_in_the_batch_of_its_order_waits_for_the_end_of_it(run):
    buyer = portfolio("A", buy(5, 14, 101), cancel(5, 1))
    result = run([BOOK], buyer, **WHOLE)
    assert ending(result, "A") == ("cancelled", "user_cancel", 10)


def test_the_size_behind_a_cancelled_order_moves_up(run):
    people = [
        portfolio("A", buy(5, 6, 100), cancel(7, 1)),
        portfolio("B", buy(6, 6, 100)),
    ]
    result = run([BOOK, sold(8, 100, 6)], *people, **WHOLE)
    assert order(result, "B")["ahead"] == 6
    assert filled(result, *"AB") == [0, 6]


# The end ---------------------------------------------------------------------------


def test_what_is_in_flight_or_resting_at_the_end_expires(run):
    orders = [buy(5, 4, 100), buy(AFTER + 8, 1)]
    buyer = portfolio("A", *orders, latency={"order": "3ns"})
    result = run([book(10, {99: 10}, {101: 10})], buyer, **WHOLE)
    assert ending(result, "A", 1) == ("expired", "end_of_data", 0)
    assert ending(result, "A", 2) == ("expired", "end_of_data", 0)
    assert order(result, "A", 1)["ts_arrival"] == 8
    assert order(result, "A", 2)["ts_arrival"] is None
    assert order(result, "A", 2)["ts_end"] == AFTER + 10


def test_positions_are_not_closed_at_the_end_but_marked_at_the_last_mid(run):
    packets = [BOOK, book(20, {104: 5}, {101: 0, 102: 0, 106: 5})]
    buyer = portfolio("A", buy(5, 10), cash=2_000)
    result = run(packets, buyer, **WHOLE)
    assert position(result, "A") == 10
    figures = result.summary["portfolios"]["A"]
    assert figures["cash_end"] == 2_000 - 10 * 101
    assert figures["equity_end"] == 2_000 - 10 * 101 + 10 * 105


def test_a_book_that_lost_a_side_keeps_the_last_two_sided_mid_as_mark(run):
    packets = [BOOK, book(20, {104: 5}, {101: 0, 102: 0})]
    result = run(packets, portfolio("A", buy(5, 10), cash=2_000), **WHOLE)
    assert result.summary["portfolios"]["A"]["equity_end"] == 2_000 - 1_010 + 1_000


def test_before_the_first_packet_there_is_nothing_to_buy(run):
    people = [portfolio("A", buy(-5, 10)), portfolio("B", buy(-5, 3, 100))]
    result = run([BOOK, sold(10, 100, 3)], *people, **WHOLE)
    assert ending(result, "A") == ("cancelled", "no_liquidity", 0)
    assert fills(result, "B") == [(3, 100.0, "maker")]


def test_before_the_first_packet_portfolios_may_still_meet_each_other(run):
    people = [portfolio("A", buy(-5, 4, 100)), portfolio("B", sell(-4, 4, 100))]
    result = run([BOOK], *people, **WHOLE)
    assert fills(result, "A") == [(4, 100.0, "maker")]
    assert times(result, "B") == [-4]
    assert result.summary["portfolios"]["A"]["equity_end"] == 0
    assert not run([BOOK], *people, mode="isolated", **WHOLE).fills.height


def test_instruments_have_books_of_their_own(run):
    packets = [BOOK, book(0, {199: 10}, {201: 10}, "MSFT"), bought(9, 201, 10, "MSFT")]
    seller = portfolio("A", sell(5, 4, 101, symbol="AAPL"), buy(5, 7, symbol="MSFT"))
    result = run(packets, seller, **WHOLE)
    assert fills(result, "A") == [(7, 201.0, "taker")]
    assert result.fills["symbol"].to_list() == ["MSFT"]
    assert result.summary["portfolios"]["A"]["positions"] == {"MSFT": 7}


# What a portfolio knows ------------------------------------------------------------


@pytest.mark.parametrize(("second", "reason"), [(20, "max_position"), (21, None)])
def test_the_position_limit_uses_what_the_portfolio_knows(run, second, reason):
    # The sale is filled at 11 and known from 21 on.
    trader = portfolio(
        "A",
        sell(10, 5),
        buy(second, 10),
        latency={"order": "1ns", "response": "10ns"},
        limits={"max_position": 10},
        positions={"AAPL": 5},
    )
    result = run([BOOK], trader, **WHOLE)
    assert order(result, "A", 2)["reason"] == reason


def test_orders_on_their_way_count_against_the_position_limit(run):
    orders = [buy(5, 6), buy(5, 6), buy(5, 4)]
    trader = portfolio("A", *orders, limits={"max_position": 10})
    result = run([BOOK], trader, **WHOLE)
    assert [ending(result, "A", n)[:2] for n in (1, 2, 3)] == [
        ("filled", None),
        ("rejected", "max_position"),
        ("filled", None),
    ]
    assert order(result, "A", 2)["ts_arrival"] is None


def test_the_position_limit_binds_on_sales_and_lets_reductions_pass(run):
    trader = portfolio(
        "A",
        sell(5, 6),
        buy(6, 9),
        limits={"max_position": 10},
        positions={"AAPL": -5},
    )
    result = run([BOOK], trader, **WHOLE)
    assert ending(result, "A", 1) == ("rejected", "max_position", 0)
    assert ending(result, "A", 2) == ("filled", None, 9)
