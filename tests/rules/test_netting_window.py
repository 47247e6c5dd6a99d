"""Orders wait at the desk for others to be netted with, and pay for the wait."""

import pytest

from tests.rules.words import (
    book,
    buy,
    cancel,
    ending,
    fills,
    order,
    portfolio,
    replace,
    sell,
    times,
)

AT, WINDOW = 500, 100
BOOK = book(0, {99.99: 500, 99.98: 500}, {100.01: 500, 100.02: 500})
MOVED = book(
    AT + 50, {99.99: 0, 99.98: 0, 98.0: 900}, {100.01: 0, 100.02: 0, 99.0: 900}
)
SELLER = portfolio("A", sell(AT, 1000))
WAITS = {"netting_window": f"{WINDOW}ns"}


def both(result):
    return [fills(result, name) for name in "AB"]


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("wait", [1, 60, WINDOW])
def test_orders_sent_within_the_window_of_the_first_cross_when_it_closes(run, wait):
    result = run([BOOK], SELLER, portfolio("B", buy(AT + wait, 800)), **WAITS)
    assert both(result) == [
        [(800, 100.0, "cross"), (200, 99.99, "taker")],
        [(800, 100.0, "cross")],
    ]
    assert times(result, "B") == [AT + WINDOW]


def test_one_sent_after_the_close_opens_a_window_of_its_own(run):
    late = portfolio("B", buy(AT + WINDOW + 1, 800))
    result = run([BOOK], SELLER, late, **WAITS)
    assert fills(result, "A") == [(500, 99.99, "taker"), (500, 99.98, "taker")]
    assert times(result, "A") == [AT + WINDOW] * 2
    assert times(result, "B") == [AT + WINDOW + 1 + WINDOW] * 2


def test_they_cross_in_the_market_of_the_close(run):
    buyer = portfolio("B", buy(AT, 1000))
    result = run([BOOK, MOVED], SELLER, buyer, **WAITS)
    assert both(result) == [[(1000, 98.5, "cross")]] * 2


def test_whoever_finds_nobody_pays_for_the_wait(run):
    result = run([BOOK, MOVED], SELLER, portfolio("B"), **WAITS)
    assert fills(result, "A") == [(900, 98.0, "taker")]


def test_the_order_delay_begins_when_the_window_closes(run):
    slow = SELLER | {"latency": {"order": "1us", "response": "2us"}}
    result = run([BOOK], slow, portfolio("B"), **WAITS)
    told = order(result, "A")
    assert (told["ts_decision"], told["ts_sent"]) == (AT, AT + WINDOW)
    assert told["ts_arrival"] == AT + WINDOW + 1_000
    assert told["ts_report"] == AT + WINDOW + 3_000


def test_an_order_that_waits_can_be_cancelled_at_the_desk(run):
    seller = portfolio(
        "A", sell(AT, 1000), cancel(AT + 60, 1), latency={"order": "1us"}
    )
    result = run([BOOK], seller, portfolio("B", buy(AT + 30, 800)), **WAITS)
    assert both(result) == [[], [(500, 100.01, "taker"), (300, 100.02, "taker")]]
    told = order(result, "A")
    assert ending(result, "A") == ("cancelled", "user_cancel", 0)
    assert (told["ts_sent"], told["ts_end"]) == (None, AT + 60)


def test_a_cancel_of_the_round_in_which_the_window_closes_comes_before(run):
    seller = portfolio("A", sell(AT, 1000), cancel(AT + WINDOW, 1))
    result = run([BOOK], seller, portfolio("B", buy(AT, 800)), **WAITS)
    assert ending(result, "A") == ("cancelled", "user_cancel", 0)
    assert fills(result, "B") == [(500, 100.01, "taker"), (300, 100.02, "taker")]


def test_after_the_close_a_cancel_goes_to_the_venue(run):
    seller = portfolio(
        "A",
        sell(AT, 1000, 100.0),
        cancel(AT + WINDOW + 1, 1),
        latency={"order": "1us"},
    )
    result = run([BOOK], seller, portfolio("B"), **WAITS)
    assert order(result, "A")["ts_end"] == AT + WINDOW + 1 + 1_000


def test_an_order_that_waits_can_be_replaced_at_the_desk(run):
    seller = portfolio("A", sell(AT, 1000), replace(AT + 60, 1, qty=300))
    result = run([BOOK], seller, portfolio("B", buy(AT, 800)), **WAITS)
    assert both(result) == [
        [(300, 100.0, "cross")],
        [(300, 100.0, "cross"), (500, 100.01, "taker")],
    ]
    assert ending(result, "A") == ("filled", None, 300)


def test_a_price_that_a_replace_gives_counts_when_the_window_closes(run):
    seller = portfolio("A", sell(AT, 800, 100.0), replace(AT + 9, 1, price=100.01))
    result = run([BOOK], seller, portfolio("B", buy(AT, 800)), **WAITS)
    assert "cross" not in set(result.fills["liquidity"])


@pytest.mark.parametrize(
    "terms",
    [
        {"time_in_force": "fok"},
        {"reduce_only": True},
        {"price": 100.01},
        {"price": 100.0, "time_in_force": "post_only"},
    ],
    ids=["fok", "reduce-only", "does not accept the mid", "post-only"],
)
def test_orders_that_cannot_be_netted_do_not_wait(run, terms):
    price = terms.pop("price", 99.0)
    seller = portfolio("A", sell(AT, 100, price, **terms), positions={"AAPL": 900})
    result = run([BOOK], seller, portfolio("B"), **WAITS)
    assert order(result, "A")["ts_sent"] == AT


def test_an_order_whose_time_is_over_by_then_does_not_wait(run):
    def sent(after):
        expires = f"2024-01-02T14:30:00.{AT + after:09d}Z"
        seller = sell(AT, 100, 99.0, time_in_force="gtd", expires=expires)
        return order(run([BOOK], portfolio("A", seller), portfolio("B"), **WAITS), "A")

    assert sent(WINDOW)["ts_sent"] == AT
    assert sent(WINDOW + 1)["ts_sent"] == AT + WINDOW


def test_at_the_touch_an_order_waits_that_may_be_crossed_at_the_better_side(run):
    bidder = portfolio("B", buy(AT, 1500, 99.99))
    later = portfolio("A", sell(AT + 9, 1000))
    result = run([BOOK], bidder, later, netting_price="touch", **WAITS)
    assert fills(result, "B")[0] == (500, 99.99, "cross")
    assert times(result, "B")[0] == AT + WINDOW


def test_the_last_windows_close_on_the_last_book(run):
    long = {"netting_window": "9h"}
    result = run([BOOK], SELLER, portfolio("B", buy(AT + 70, 800)), **long)
    assert fills(result, "B") == [(800, 100.0, "cross")]
    (end,) = times(result, "B")
    assert order(result, "A")["ts_sent"] == end
    assert order(result, "A")["ts_end"] == end


def test_an_idle_member_of_the_group_changes_nothing(run):
    assert times(run([BOOK], SELLER, **WAITS), "A") == [AT + WINDOW] * 2
    assert times(run([BOOK], SELLER, portfolio("B"), **WAITS), "A") == [AT + WINDOW] * 2


def test_who_belongs_to_no_group_does_not_wait(run):
    alone = run([BOOK], SELLER, portfolio("B"), mode="isolated", **WAITS)
    assert times(alone, "A") == [AT, AT]
    other = run([BOOK], SELLER, portfolio("B"), mode="groups", groups=[["B"]], **WAITS)
    assert times(other, "A") == [AT, AT]


def test_what_waits_counts_for_the_position_limit(run):
    limited = portfolio(
        "A", sell(AT, 600), sell(AT + 9, 600), limits={"max_position": 1000}
    )
    result = run([BOOK], limited, portfolio("B"), **WAITS)
    assert ending(result, "A", 2)[:2] == ("rejected", "max_position")


def test_what_waits_counts_for_the_order_rate(run):
    limited = portfolio(
        "A",
        sell(AT, 6),
        sell(AT + 50, 6),
        sell(AT + WINDOW + 1, 6),
        limits={"order_rate": {"messages": 1, "per": "40ns", "over": "reject"}},
    )
    result = run([BOOK], limited, portfolio("B"), **WAITS)
    told = result.orders.filter(portfolio="A").sort("order_id")
    assert told["reason"].to_list() == [None, "rate_limit", "rate_limit"]


def test_each_instrument_of_a_group_has_a_window_of_its_own(run):
    one, two = {"symbol": "AAPL"}, {"symbol": "MSFT"}
    people = [
        portfolio("A", sell(AT, 10, **one), sell(AT + 60, 10, **two)),
        portfolio("B", buy(AT + 70, 10, **one), buy(AT + 70, 10, **two)),
    ]
    other = book(0, {99.99: 500}, {100.01: 500}, **two)
    result = run([BOOK, other], *people, **WAITS)
    crossed = result.fills.filter(portfolio="A").sort("ts")
    assert crossed["liquidity"].to_list() == ["cross", "cross"]
    assert times(result, "A") == [AT + WINDOW, AT + 60 + WINDOW]


def test_what_a_longer_window_would_have_crossed_is_counted(run):
    late = portfolio("B", buy(AT + 60, 800))
    missed = {"A + B": {"AAPL": 800.0}}
    assert run([BOOK], SELLER, late).summary["netting_missed_qty"] == missed
    assert run([BOOK], SELLER, late, **WAITS).summary["netting_missed_qty"] == {}
    apart = run([BOOK], SELLER, late, mode="isolated")
    assert apart.summary["netting_missed_qty"] == {}


def test_a_group_that_leaves_nobody_waiting_still_closes_its_window(run):
    first = portfolio("A", sell(AT, 10), cancel(AT + 10, 1), sell(AT + 50, 10))
    result = run([BOOK], first, portfolio("B", buy(AT + 60, 10)), **WAITS)
    assert times(result, "A") == times(result, "B") == [AT + WINDOW]


@pytest.mark.parametrize("price", ["mid", "touch", "last"])
def test_a_portfolio_enters_with_its_net_of_the_whole_window(run, price):
    both_ways = portfolio("A", sell(AT, 600), buy(AT + 30, 300), sell(AT + 60, 500))
    result = run(
        [BOOK], both_ways, portfolio("B", buy(AT, 800)), netting_price=price, **WAITS
    )
    crossed = result.fills.filter(portfolio="A", liquidity="cross")
    assert crossed.select("order_id", "side", "qty").rows() == [
        (1, "sell", 600),
        (3, "sell", 200),
    ]
    assert crossed["cross_id"].to_list() == [1, 2]
    assert set(crossed["price"]) == {100.0}


def test_a_cross_pays_the_fee_of_a_cross(run):
    fees = {"taker": 0.001, "cross": 0.0001}
    result = run([BOOK], SELLER, portfolio("B", buy(AT + 9, 800)), fees=fees, **WAITS)
    paid = result.fills.select("portfolio", "liquidity", "fee").rows()
    assert sorted(paid) == [
        ("A", "cross", 8.0),
        ("A", "taker", 19.998),
        ("B", "cross", 8.0),
    ]
