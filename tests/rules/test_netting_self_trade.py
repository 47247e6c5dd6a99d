"""The desk nets before anything leaves; what crosses there is never a self trade."""

import pytest

from tests.rules.words import book, buy, ending, fills, partners, portfolio, sell

TEN = book(0, {99: 10, 98: 20}, {101: 10, 102: 20})
WHOLE = {"tick": "1"}
PREVENTIONS = ("cancel_newest", "cancel_oldest", "cancel_both", "decrement")

every_prevention = pytest.mark.parametrize("prevention", PREVENTIONS)
every_scope = pytest.mark.parametrize("scope", ["portfolio", "group"])


@every_prevention
@every_scope
def test_a_cross_at_the_desk_is_no_self_trade_of_the_group(run, prevention, scope):
    people = [portfolio("A", buy(5, 10)), portfolio("B", sell(5, 10))]
    rules = {"self_trade_prevention": prevention, "self_trade_scope": scope}
    result = run([TEN], *people, **rules, **WHOLE)
    assert fills(result, "A") == fills(result, "B") == [(10, 100.0, "cross")]
    assert ending(result, "A") == ending(result, "B") == ("filled", None, 10)


@every_prevention
@pytest.mark.parametrize("window", [0, "1us"])
def test_the_two_sides_of_one_portfolio_do_not_cross_and_are_not_prevented(
    run, prevention, window
):
    trader = portfolio("A", buy(5, 4), sell(5, 6))
    rules = {"self_trade_prevention": prevention, "netting_window": window}
    result = run([TEN], trader, **rules, **WHOLE)
    assert sorted(fills(result, "A")) == [(4, 101.0, "taker"), (6, 99.0, "taker")]
    assert partners(result, "A") == [(4, "market"), (6, "market")]
    assert ending(result, "A", 1) == ("filled", None, 4)
    assert ending(result, "A", 2) == ("filled", None, 6)


@every_prevention
@every_scope
def test_only_the_surplus_of_a_portfolio_crosses(run, prevention, scope):
    people = [portfolio("A", buy(5, 10), sell(5, 4)), portfolio("B", sell(5, 8))]
    rules = {"self_trade_prevention": prevention, "self_trade_scope": scope}
    result = run([TEN], *people, **rules, **WHOLE)
    assert partners(result, "A") == [(6, "B"), (4, "market"), (4, "market")]
    assert sorted(fills(result, "A")) == [
        (4, 99.0, "taker"),
        (4, 101.0, "taker"),
        (6, 100.0, "cross"),
    ]
    assert fills(result, "B") == [(6, 100.0, "cross"), (2, 99.0, "taker")]


@every_prevention
@every_scope
def test_what_crosses_does_not_reach_an_order_of_its_own_that_rests(
    run, prevention, scope
):
    people = [
        portfolio("A", buy(5, 10, 100), sell(9, 4)),
        portfolio("B", buy(9, 4)),
    ]
    rules = {"self_trade_prevention": prevention, "self_trade_scope": scope}
    result = run([TEN], *people, **rules, **WHOLE)
    # The own bid stands in the middle of the desk's price, and is left alone.
    assert fills(result, "A") == fills(result, "B") == [(4, 100.5, "cross")]
    assert ending(result, "A", 1) == ("expired", "end_of_data", 0)


REST = {
    "cancel_newest": (("expired", "end_of_data", 0), ("cancelled", "self_trade", 4)),
    "cancel_oldest": (("cancelled", "self_trade", 0), ("filled", None, 10)),
    "cancel_both": (("cancelled", "self_trade", 0), ("cancelled", "self_trade", 4)),
    "decrement": (("expired", "end_of_data", 0), ("cancelled", "self_trade", 4)),
}


@every_prevention
def test_what_is_left_of_a_cross_is_prevented_as_any_order_is(run, prevention):
    people = [
        portfolio("A", buy(5, 10, 100), sell(9, 10)),
        portfolio("B", buy(9, 4)),
    ]
    result = run([TEN], *people, self_trade_prevention=prevention, **WHOLE)
    assert fills(result, "B") == [(4, 100.5, "cross")]
    assert (ending(result, "A", 1), ending(result, "A", 2)) == REST[prevention]


MEETING = {
    "cancel_newest": [("expired", "end_of_data", 0), ("cancelled", "self_trade", 0)],
    "cancel_oldest": [("cancelled", "self_trade", 0), ("expired", "end_of_data", 0)],
    "cancel_both": [("cancelled", "self_trade", 0)] * 2,
    "decrement": [("cancelled", "self_trade", 0)] * 2,
}


@every_prevention
@pytest.mark.parametrize("netting", [True, False])
def test_two_limits_of_one_portfolio_meet_in_the_queue_and_not_at_the_desk(
    run, prevention, netting
):
    trader = portfolio("A", buy(5, 4, 100), sell(5, 4, 100))
    rules = {"self_trade_prevention": prevention, "netting": netting}
    result = run([TEN], trader, portfolio("B"), **rules, **WHOLE)
    assert fills(result, "A") == []
    assert [ending(result, "A", n) for n in (1, 2)] == MEETING[prevention]
