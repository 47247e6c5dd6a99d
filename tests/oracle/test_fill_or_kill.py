"""Fill or kill: all or nothing, after the other takers of its side."""

import pytest

from tests.oracle.builders import (
    book,
    bought,
    buy,
    ending,
    filled,
    fills,
    portfolio,
    scenario,
    sell,
)

BOOK = book(1, {99: 10, 98: 10}, {101: 10, 102: 10})


def fok(at, qty, price=None, **more):
    return buy(at, qty, price, tif="fok", **more)


@pytest.mark.parametrize(
    ("qty", "price", "got"),
    [
        (10, 101, 10),
        (11, 101, 0),
        (20, 102, 20),
        (21, 102, 0),
        (20, None, 20),
        (21, None, 0),
    ],
)
def test_it_is_filled_whole_within_its_limit_or_not_at_all(run, qty, price, got):
    outcome = run(scenario([BOOK], portfolio("a", fok(5, qty, price))))
    whole = ("filled", "none", qty), ("cancelled", "fok_unfilled", 0)
    assert ending(outcome, "a") == whole[got == 0]


def test_it_counts_what_the_group_has_left_and_has_put_there(run):
    a = portfolio("a", buy(5, 4), sell(6, 3, 101))
    b = portfolio("b", fok(7, 10, 101), fok(7, 9, 101))
    outcome = run(scenario([BOOK], a, b))
    assert ending(outcome, "b", 1) == ("cancelled", "fok_unfilled", 0)
    assert ending(outcome, "b", 2) == ("filled", "none", 9)


def test_nothing_happens_when_it_is_killed(run):
    a, b = portfolio("a", sell(5, 3, 100)), portfolio("b", fok(7, 4, 100))
    outcome = run(scenario([BOOK], a, b))
    assert outcome.fills == []
    assert outcome.consumed == {}


def test_it_comes_after_the_other_takers_of_its_side(run):
    a = portfolio("a", fok(5, 10, 101), buy(5, 1, 101))
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a", 1) == ("cancelled", "fok_unfilled", 0)
    assert ending(outcome, "a", 2) == ("filled", "none", 1)


def test_they_come_one_by_one(run):
    a = portfolio("a", fok(5, 6, 101), fok(5, 6, 101), fok(5, 4, 101))
    outcome = run(scenario([BOOK], a, distribution="pro_rata"))
    assert [ending(outcome, "a", n)[2] for n in (1, 2, 3)] == [6, 0, 4]


def test_it_does_not_meet_what_arrives_in_its_batch(run):
    a, b = portfolio("a", fok(5, 4, 100)), portfolio("b", sell(5, 4, 100))
    outcome = run(scenario([BOOK], a, b, netting=False))
    assert ending(outcome, "a") == ("cancelled", "fok_unfilled", 0)


def test_buys_that_fill_or_kill_come_before_sells(run):
    people = portfolio("a", sell(3, 5, 100)), portfolio("b", fok(5, 5, 100))
    c = portfolio("c", sell(5, 10, 99))
    outcome = run(scenario([BOOK], *people, c, netting=False))
    assert [filled(outcome, name) for name in "abc"] == [5, 5, 10]


@pytest.mark.parametrize(
    "policy", ["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
)
def test_it_counts_up_to_the_first_order_that_it_must_not_trade_with(run, policy):
    a = portfolio("a", sell(5, 3, 101), fok(7, 11), fok(7, 10))
    outcome = run(scenario([BOOK], a, self_trade=policy))
    assert ending(outcome, "a", 1) == ("expired", "end_of_data", 0)
    assert ending(outcome, "a", 2) == ("cancelled", "fok_unfilled", 0)
    assert ending(outcome, "a", 3) == ("filled", "none", 10)


def test_it_is_not_netted(run):
    a, b = portfolio("a", fok(5, 10)), portfolio("b", sell(5, 4))
    outcome = run(scenario([BOOK], a, b))
    assert not any(f.cross for f in outcome.fills)
    assert fills(outcome, "a") == [(10, 101, "taker")]


def test_a_stop_is_filled_whole_or_not_at_all_when_it_is_triggered(run):
    a = portfolio("a", fok(5, 21, stop=103), fok(5, 20, stop=103))
    outcome = run(scenario([BOOK, bought(10, 103, 1)], a))
    assert ending(outcome, "a", 1) == ("cancelled", "fok_unfilled", 0)
    assert ending(outcome, "a", 2) == ("filled", "none", 20)


@pytest.mark.parametrize(("qty", "got"), [(13, 13), (14, 0)])
def test_a_resting_reduce_only_order_counts_with_what_it_may_give(run, qty, got):
    a = portfolio("a", sell(5, 8, 101, reduce_only=True), positions={0: 3})
    b = portfolio("b", fok(7, qty, 101))
    assert filled(run(scenario([BOOK], a, b)), "b") == got


def test_two_of_them_share_their_position(run):
    orders = [sell(5, 8, 101, reduce_only=True), sell(5, 8, 101, reduce_only=True)]
    a = portfolio("a", *orders, positions={0: 9})
    b = portfolio("b", fok(7, 20, 101), fok(7, 19, 101))
    outcome = run(scenario([BOOK], a, b))
    assert [ending(outcome, "b", n)[2] for n in (1, 2)] == [0, 19]
