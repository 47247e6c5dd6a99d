"""How long orders live: fill or kill, good till date, day."""

import pytest

from tests.rules.words import (
    AFTER,
    START,
    book,
    bought,
    buy,
    cancel,
    ending,
    fills,
    order,
    partners,
    portfolio,
    sell,
    sold,
    times,
)

BOOK = book(0, {99: 10}, {101: 10, 102: 10})
WHOLE = {"tick": "1"}
SECOND = 1_000_000_000
FOK = {"time_in_force": "fok"}


def until(at):
    return {"time_in_force": "gtd", "expires": START + at}


# Fill or kill ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qty", "price", "got"),
    [(20, 102, 20), (20, None, 20), (21, 102, 0), (21, None, 0), (11, 101, 0)],
)
def test_fill_or_kill_is_filled_whole_within_its_limit_or_not_at_all(
    run, qty, price, got
):
    result = run([BOOK], portfolio("A", buy(5, qty, price, **FOK)), **WHOLE)
    state, reason, filled = ending(result, "A")
    assert filled == got
    expected = ("filled", None) if got else ("cancelled", "fok_unfilled")
    assert (state, reason) == expected


def test_fill_or_kill_counts_what_the_group_has_left_and_has_put_there(run):
    people = [
        portfolio("A", buy(3, 4, 101), sell(4, 3, 102)),
        portfolio("B", buy(5, 19, 102, **FOK), buy(6, 20, 102, **FOK)),
    ]
    result = run([BOOK], *people, **WHOLE)
    assert ending(result, "B", 1) == ("filled", None, 19)
    assert ending(result, "B", 2) == ("cancelled", "fok_unfilled", 0)


def test_fill_or_kill_comes_after_the_other_takers_of_its_side(run):
    for seed in range(6):
        people = [portfolio("A", buy(5, 15, **FOK)), portfolio("B", buy(5, 10))]
        result = run([BOOK], *people, seed=seed, **WHOLE)
        assert fills(result, "B") == [(10, 101.0, "taker")]
        assert ending(result, "A") == ("cancelled", "fok_unfilled", 0)


@pytest.mark.parametrize("policy", ["cancel_newest", "cancel_oldest", "decrement"])
def test_fill_or_kill_counts_up_to_an_order_it_must_not_trade_with(run, policy):
    mine = portfolio("A", sell(3, 5, 101), buy(5, 12, **FOK))
    result = run([BOOK], mine, self_trade_prevention=policy, **WHOLE)
    assert ending(result, "A", 2) == ("cancelled", "fok_unfilled", 0)
    assert ending(result, "A", 1) == ("expired", "end_of_data", 0)


def test_fill_or_kill_is_not_netted(run):
    people = [portfolio("A", buy(5, 4, **FOK)), portfolio("B", sell(5, 4))]
    result = run([BOOK], *people, **WHOLE)
    assert partners(result, "A") == partners(result, "B") == [(4, "market")]


# Good till date --------------------------------------------------------------------


def test_an_order_ends_at_its_time_without_delay_and_is_told_after_one(run):
    buyer = portfolio(
        "A",
        buy(5, 4, 99, **until(20)),
        latency={"order": "3ns", "response": "7ns"},
    )
    row = order(run([BOOK], buyer, **WHOLE), "A")
    assert (row["state"], row["reason"]) == ("expired", "expired")
    assert (row["expires"], row["ts_end"], row["ts_report"]) == (20, 20, 27)


def test_a_print_at_its_time_still_fills_an_order_that_expires(run):
    packets = [BOOK, sold(20, 98, 4)]
    result = run(packets, portfolio("A", buy(5, 9, 99, **until(20))), **WHOLE)
    assert ending(result, "A") == ("expired", "expired", 4)


def test_a_taker_at_its_time_comes_too_late(run):
    people = [portfolio("A", buy(5, 4, 100, **until(20))), portfolio("B", sell(20, 4))]
    result = run([BOOK], *people, **WHOLE)
    assert fills(result, "A") == []
    assert partners(result, "B") == [(4, "market")]


def test_an_order_that_arrives_after_its_time_ends_at_once(run):
    buyer = portfolio("A", buy(5, 4, 101, **until(7)), latency={"order": "4ns"})
    row = order(run([BOOK], buyer, **WHOLE), "A")
    assert (row["reason"], row["ts_end"], row["filled"]) == ("expired", 9, 0)


def test_an_expiry_comes_before_a_cancel_of_the_same_time(run):
    buyer = portfolio("A", buy(5, 4, 99, **until(20)), cancel(20, 1))
    assert ending(run([BOOK], buyer, **WHOLE), "A") == ("expired", "expired", 0)


def test_a_stop_that_waits_ends_at_its_time_too(run):
    packets = [BOOK, bought(2, 101, 1), bought(30, 103, 1)]
    buyer = portfolio("A", buy(5, 4, stop_price=103, **until(20)))
    result = run(packets, buyer, **WHOLE)
    assert ending(result, "A") == ("expired", "expired", 0)


def test_a_stop_that_is_triggered_when_it_ends_ends(run):
    packets = [BOOK, bought(2, 101, 1), bought(20, 103, 1)]
    buyer = portfolio("A", buy(5, 4, stop_price=103, **until(20)))
    result = run(packets, buyer, **WHOLE)
    assert ending(result, "A") == ("expired", "expired", 0)
    assert times(result, "A") == []


def test_the_end_of_the_data_ends_what_would_end_later(run):
    buyer = portfolio("A", buy(5, 4, 99, **until(10 * AFTER)))
    assert ending(run([BOOK], buyer, **WHOLE), "A") == ("expired", "end_of_data", 0)


def test_an_order_that_expires_may_be_netted(run):
    people = [portfolio("A", buy(5, 4, 100, **until(20))), portfolio("B", sell(5, 4))]
    assert partners(run([BOOK], *people, **WHOLE), "A") == [(4, "B")]


# Day -------------------------------------------------------------------------------

HOUR = 3_600 * SECOND
DAY = {"time_in_force": "day"}
#: The tests begin at 14:30 UTC, which is 09:30 in New York.
QUIET = book(60 * HOUR, {99: 11}, {})


def with_session(close, timezone):
    return {"session": {"close": close, "timezone": timezone}, **WHOLE}


def test_without_a_session_a_day_order_ends_with_the_day_of_utc(run):
    result = run([BOOK, QUIET], portfolio("A", buy(5, 4, 99, **DAY)), **WHOLE)
    row = order(result, "A")
    assert (row["reason"], row["expires"]) == ("expired", 9 * HOUR + HOUR // 2)
    assert row["ts_end"] == row["expires"]


def test_a_day_order_ends_when_the_session_closes(run):
    buyer = portfolio("A", buy(5, 4, 99, **DAY))
    settings = with_session("16:00", "America/New_York")
    row = order(run([BOOK, QUIET], buyer, **settings), "A")
    assert (row["reason"], row["ts_end"]) == ("expired", 6 * HOUR + HOUR // 2)


def test_a_day_order_that_is_decided_at_the_close_is_for_the_next_session(run):
    close = 6 * HOUR + HOUR // 2
    buyer = portfolio("A", buy(close - 1, 4, 99, **DAY), buy(close, 4, 99, **DAY))
    settings = with_session("16:00", "America/New_York")
    result = run([BOOK, QUIET], buyer, **settings)
    ends = [order(result, "A", n)["ts_end"] for n in (1, 2)]
    assert ends == [close, close + 24 * HOUR]


def test_the_close_follows_the_decision_not_the_arrival(run):
    close = 6 * HOUR + HOUR // 2
    late = portfolio("A", buy(close - 1, 4, 101, **DAY), latency={"order": "5ns"})
    settings = with_session("16:00", "America/New_York")
    result = run([BOOK, QUIET], late, **settings)
    assert ending(result, "A") == ("expired", "expired", 0)
    assert order(result, "A")["ts_end"] == close + 4


def test_the_data_ends_before_a_close_beyond_it(run):
    result = run([BOOK], portfolio("A", buy(5, 4, 99, **DAY)), **WHOLE)
    assert ending(result, "A") == ("expired", "end_of_data", 0)
