"""A taker trades normally until a forbidden order is next in line."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    fills,
    order,
    portfolio,
    scenario,
    sell,
)

BOOK = book(1, {98: 10}, {102: 10})


def meeting(rule, *, bid=4, ask=10, scope="portfolio", other=0):
    """A bids at 100 with perhaps a bid of B behind it, then A sells down to 98."""
    a = portfolio("a", buy(5, bid, 100), sell(7, ask, 98))
    b = portfolio("b", *([buy(6, other, 100)] if other else []))
    return scenario([BOOK], a, b, self_trade=rule, scope=scope)


def test_cancel_newest_cancels_the_taker(run):
    outcome = run(meeting("cancel_newest"))
    assert outcome.fills == []
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)


def test_cancel_oldest_cancels_the_resting_order(run):
    outcome = run(meeting("cancel_oldest", other=3))
    assert ending(outcome, "a") == ("cancelled", "self_trade", 0)
    assert fills(outcome, "a") == [(3, 100, "taker"), (7, 98, "taker")]


def test_cancel_both_cancels_both(run):
    outcome = run(meeting("cancel_both", other=3))
    assert [ending(outcome, "a", n)[1] for n in (1, 2)] == ["self_trade"] * 2
    assert outcome.fills == []


def test_decrement_takes_the_smaller_from_both(run):
    outcome = run(meeting("decrement", other=3))
    assert ending(outcome, "a") == ("cancelled", "self_trade", 0)
    assert fills(outcome, "a") == [(3, 100, "taker"), (3, 98, "taker")]
    # What was taken off counts as cancelled: 6 of 10 is not filled.
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 6)


def test_decrement_leaves_the_larger_resting_order_in_its_place(run):
    outcome = run(meeting("decrement", bid=10, ask=4, other=3))
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert order(outcome, "b").ahead == 10


def test_the_taker_trades_with_what_is_in_front(run):
    a = portfolio("a", buy(6, 4, 100), sell(7, 10, 98))
    b = portfolio("b", buy(5, 3, 100))
    outcome = run(scenario([BOOK], a, b))
    assert fills(outcome, "a") == [(3, 100, "taker")]
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 3)


def test_group_scope_keeps_portfolios_apart(run):
    a, b = portfolio("a", buy(5, 4, 100)), portfolio("b", sell(7, 10, 98))
    outcome = run(scenario([BOOK], a, b, scope="group", self_trade="cancel_oldest"))
    assert ending(outcome, "a") == ("cancelled", "self_trade", 0)
    assert fills(outcome, "b") == [(10, 98, "taker")]


@pytest.mark.parametrize("distribution", ["fifo", "pro_rata"])
def test_what_a_cancelled_taker_leaves_goes_to_the_others(run, distribution):
    a = portfolio("a", buy(5, 4, 100), sell(7, 10, 100))
    b = portfolio("b", sell(7, 10, 100))
    outcome = run(scenario([BOOK], a, b, netting=False, distribution=distribution))
    assert fills(outcome, "b") == [(4, 100, "taker")]
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)


def test_self_trades_are_prevented_without_distribution_too(run):
    a = portfolio("a", buy(5, 4, 100), sell(7, 10, 98))
    outcome = run(scenario([BOOK], a, distribution=None))
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)


def test_orders_of_one_batch_that_join_are_kept_apart(run):
    a = portfolio("a", buy(5, 4, 100), sell(5, 4, 100))
    outcome = run(scenario([BOOK], a, netting=False))
    assert ending(outcome, "a") == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)


def test_what_was_taken_off_no_longer_counts_against_the_position_limit(run):
    messages = [sell(3, 4, 100), buy(5, 10, 100), buy(6, 4, 97), buy(6, 1, 97)]
    a = portfolio("a", *messages, max_position=10)
    outcome = run(scenario([BOOK], a, self_trade="decrement"))
    reasons = [order(outcome, "a", n).reason for n in (2, 3, 4)]
    assert reasons == ["end_of_data", "end_of_data", "max_position"]
