"""What the portfolios of one engine may not exceed together."""

from dataclasses import replace

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    filled,
    fills,
    order,
    portfolio,
    scenario,
    sell,
    told,
)
from tests.oracle.desk import tie_rank
from tests.oracle.rates import Rate
from tests.oracle.scenario import Cancel, GroupLimits, PortfolioSpec, Replace

BOOK = book(1, {99: 10}, {101: 90})  # the mid is 100
REFUSED = ("rejected", "group_limit", 0)
TEN = {"group_limits": GroupLimits({0: 10})}


def reasons(outcome, name, *numbers):
    return [order(outcome, name, number).reason for number in numbers]


# Position --------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "reason"), [(4, "none"), (5, "group_limit")])
@pytest.mark.parametrize("distribution", ["fifo", None])
def test_a_group_reaches_its_limit_and_does_not_pass_it(
    run, second, reason, distribution
):
    people = portfolio("a", buy(5, 6)), portfolio("b", buy(7, second))
    outcome = run(scenario([BOOK], *people, distribution=distribution, **TEN))
    assert filled(outcome, "a") == 6
    assert reasons(outcome, "b", 1) == [reason]


def test_each_group_has_the_limit_for_itself(run):
    people = [portfolio(name, buy(5, 6)) for name in ("a", "b", "c")]
    outcome = run(scenario([BOOK], *people, engines=[["a", "c"], ["b"]], **TEN))
    assert filled(outcome, "b") == 6
    assert sorted([filled(outcome, "a"), filled(outcome, "c")]) == [0, 6]


def test_an_instrument_without_a_limit_has_none(run):
    packets = [BOOK, book(1, {99: 10}, {101: 90}, instrument=1)]
    a = portfolio("a", buy(5, 80, instrument=1), buy(5, 11))
    assert reasons(run(scenario(packets, a, **TEN)), "a", 1, 2) == [
        "none",
        "group_limit",
    ]


def test_what_rests_or_is_on_its_way_counts_as_if_it_were_filled(run):
    resting, slow = buy(5, 6, 90), buy(5, 3)
    a, b = portfolio("a", resting), portfolio("b", slow, order_delay=50)
    c = portfolio("c", buy(9, 2), buy(9, 1))
    outcome = run(scenario([BOOK], a, b, c, **TEN))
    assert reasons(outcome, "c", 1, 2) == ["group_limit", "none"]


def test_what_is_open_on_the_other_side_makes_no_room(run):
    a, b = portfolio("a", sell(5, 6, 110)), portfolio("b", buy(7, 11), buy(7, 10))
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert reasons(outcome, "b", 1, 2) == ["group_limit", "none"]


def test_what_reduces_always_leaves(run):
    a = portfolio("a", buy(5, 1), sell(5, 5), positions={0: 30})
    b = portfolio("b", sell(6, 4), buy(7, 1), positions={0: 20})
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert reasons(outcome, "a", 1, 2) == ["group_limit", "none"]
    assert reasons(outcome, "b", 1, 2) == ["none", "group_limit"]


def test_long_and_short_members_make_room_for_each_other(run):
    a, b = portfolio("a", positions={0: -30}), portfolio("b", buy(5, 39), buy(6, 2))
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert reasons(outcome, "b", 1, 2) == ["none", "group_limit"]


def test_both_sides_of_a_cross_must_be_within_the_limit(run):
    people = portfolio("a", buy(5, 11)), portfolio("b", sell(5, 11))
    outcome = run(scenario([BOOK], *people, **TEN))
    assert [ending(outcome, name) for name in "ab"] == [REFUSED, REFUSED]
    people = portfolio("a", buy(5, 10)), portfolio("b", sell(5, 10))
    assert fills(run(scenario([BOOK], *people, **TEN)), "a") == [(10, 100, "cross")]


def test_orders_that_wait_at_the_desk_count(run):
    a, b = portfolio("a", buy(5, 6)), portfolio("b", buy(7, 5), buy(8, 4))
    outcome = run(scenario([BOOK], a, b, netting_window=20, **TEN))
    assert reasons(outcome, "b", 1, 2) == ["group_limit", "none"]
    assert filled(outcome, "b") == 4


def test_stops_and_orders_that_only_reduce_count_like_all_others(run):
    stop, closing = buy(5, 6, stop=120), sell(5, 6, 120, reduce_only=True)
    a, b = portfolio("a", stop, closing, positions={0: 6}), portfolio("b", buy(7, 5))
    c = portfolio("c", sell(7, 5), positions={0: -6})
    outcome = run(scenario([BOOK], a, b, c, **TEN))
    assert [ending(outcome, name) for name in "bc"] == [REFUSED, REFUSED]


# Who is first, and when ------------------------------------------------------------


def test_tie_order_decides_who_of_one_round_may_leave(run):
    first = set()
    for seed in range(12):
        people = [portfolio(name, buy(5, 6)) for name in ("b", "a")]
        outcome = run(scenario([BOOK], *people, seed=seed, **TEN))
        (left,) = [name for name in "ab" if filled(outcome, name)]
        assert left == min("ab", key=tie_rank(seed, "SYM0", 5))
        first.add(left)
    assert first == {"a", "b"}


def test_a_smaller_order_may_leave_behind_one_that_is_refused(run):
    people = [portfolio(name, buy(5, 11), buy(5, 5)) for name in "ab"]
    outcome = run(scenario([BOOK], *people, **TEN))
    assert [reasons(outcome, name, 1, 2) for name in "ab"] == 2 * [
        ["group_limit", "none"]
    ]


@pytest.mark.parametrize(("at", "reason"), [(9, "group_limit"), (10, "none")])
def test_the_group_hears_when_the_report_reaches_a_portfolio_that_sleeps(
    run, at, reason
):
    # The cancel is done at 7; a script does not wake for its report.
    a = portfolio("a", buy(5, 6, 90), Cancel(7, 1), response_delay=3)
    b = portfolio("b", buy(at, 5))
    assert reasons(run(scenario([BOOK], a, b, **TEN)), "b", 1) == [reason]


def test_an_idle_member_changes_nothing(run):
    people = portfolio("a", buy(5, 6)), portfolio("b", buy(7, 5), buy(8, 4))
    plain = scenario([BOOK], *people, **TEN)
    idle = replace(
        scenario([BOOK], PortfolioSpec("idle"), *reversed(people), **TEN),
        seed=plain.seed,
    )
    assert run(idle).orders == run(plain).orders


# Refusals --------------------------------------------------------------------------


def test_a_refused_order_never_leaves_and_its_portfolio_knows_at_once(run):
    a = portfolio("a", buy(5, 11), buy(6, 10), max_position=11, response_delay=50)
    outcome = run(scenario([BOOK], a, **TEN))
    assert ending(outcome, "a", 1) == REFUSED
    refused = order(outcome, "a", 1)
    assert (refused.ts_arrival, refused.ts_sent, refused.ts_end) == (0, 0, 5)
    assert filled(outcome, "a") == 10  # its own limit does not count the first


def test_the_limit_of_the_portfolio_is_named_before_that_of_its_group(run):
    a = portfolio("a", buy(5, 11), max_position=10)
    assert reasons(run(scenario([BOOK], a, **TEN)), "a", 1) == ["max_position"]


def test_a_refused_order_does_not_count_for_the_rate(run):
    a = portfolio("a", buy(5, 11), buy(6, 1), rate=Rate(1, 100))
    outcome = run(scenario([BOOK], a, **TEN))
    assert reasons(outcome, "a", 1, 2) == ["group_limit", "none"]


def test_what_is_sent_about_it_in_the_same_moment_is_refused_on_the_spot(run):
    messages = buy(5, 11, 90), Replace(5, 1, qty=5), Cancel(5, 1)
    a = portfolio("a", *messages, order_delay=9, response_delay=9)
    outcome = run(scenario([BOOK], a, **TEN))
    assert ending(outcome, "a", 1) == REFUSED
    assert outcome.too_late == 2
    if outcome.reports is not None:
        assert told(outcome, "a") == [
            (5, "ended", 0),
            (5, "cancel_rejected", 0),
            (5, "cancel_rejected", 0),
        ]


# Replaces --------------------------------------------------------------------------


@pytest.mark.parametrize(("qty", "after"), [(6, 6), (7, 4)])
def test_a_replace_that_asks_for_more_is_judged_by_what_it_adds(run, qty, after):
    a = portfolio("a", buy(5, 4, 90), Replace(7, 1, qty=qty))
    b = portfolio("b", buy(5, 4, 90))
    assert order(run(scenario([BOOK], a, b, **TEN)), "a").qty == after


def test_a_refused_replace_asks_for_nothing(run):
    a = portfolio("a", buy(5, 4, 90), Replace(7, 1, qty=11), buy(9, 7), max_position=11)
    b = portfolio("b", buy(8, 6))
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert filled(outcome, "b") == 6
    # By its own limit it may ask for 7 more, since the refused replace is forgotten.
    assert reasons(outcome, "a", 2) == ["group_limit"]


def test_of_two_replaces_of_one_order_the_smaller_may_leave(run):
    changes = Replace(7, 1, qty=11), Replace(7, 1, qty=9), Replace(7, 1, qty=12)
    a = portfolio("a", buy(5, 4, 90), *changes, order_delay=3)
    b = portfolio("b", buy(8, 2), buy(8, 1))
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert order(outcome, "a").qty == 9
    assert reasons(outcome, "b", 1, 2) == ["group_limit", "none"]


def test_a_replace_that_asks_for_less_frees_when_its_answer_is_known(run):
    a = portfolio("a", buy(5, 8, 90), Replace(7, 1, qty=3), response_delay=4)
    b = portfolio("b", buy(10, 7), buy(11, 7))
    outcome = run(scenario([BOOK], a, b, **TEN))
    assert reasons(outcome, "b", 1, 2) == ["group_limit", "none"]


# What positions are worth ----------------------------------------------------------

#: Two instruments; a lot of the second is worth twice as much.
TWO = [book(1, {99: 90}, {101: 90}), book(1, {199: 90}, {201: 90}, instrument=1)]


def worth(gross=None, net=None):
    """Limit the worth of a group, given in lots of the first instrument."""
    half_ticks = [None if most is None else 200 * most for most in (gross, net)]
    return {"group_limits": GroupLimits({}, *half_ticks)}


@pytest.mark.parametrize(("qty", "reason"), [(4, "none"), (5, "group_limit")])
def test_gross_adds_up_the_instruments_long_and_short(run, qty, reason):
    a = portfolio("a", positions={0: -10})
    b = portfolio("b", buy(5, 1, instrument=1), buy(6, qty, instrument=1))
    outcome = run(scenario(TWO, a, b, **worth(gross=20)))
    assert reasons(outcome, "b", 1, 2) == ["none", reason]


def test_gross_counts_the_net_position_of_the_group_in_an_instrument(run):
    a = portfolio("a", positions={0: 50})
    b = portfolio("b", sell(5, 60), buy(6, 21), buy(6, 20))
    outcome = run(scenario(TWO, a, b, **worth(gross=10)))
    assert reasons(outcome, "b", 1, 2, 3) == ["none", "group_limit", "none"]


@pytest.mark.parametrize(("qty", "reason"), [(10, "none"), (11, "group_limit")])
def test_net_takes_short_positions_off_long_ones(run, qty, reason):
    a = portfolio("a", positions={0: -10})
    b = portfolio("b", buy(5, qty, instrument=1))
    assert reasons(run(scenario(TWO, a, b, **worth(net=10))), "b", 1) == [reason]


def test_net_holds_for_short_positions_too(run):
    a = portfolio("a", sell(5, 5, instrument=1), sell(6, 1), buy(6, 20))
    outcome = run(scenario(TWO, a, **worth(net=10)))
    assert reasons(outcome, "a", 1, 2, 3) == ["none", "group_limit", "none"]


def test_orders_that_are_open_count_at_the_mid_whatever_their_price(run):
    a = portfolio("a", buy(5, 10, 1), buy(6, 1, 1), buy(7, 1, 150))
    outcome = run(scenario(TWO, a, **worth(net=10)))
    assert reasons(outcome, "a", 2, 3) == ["group_limit", "group_limit"]
    assert order(outcome, "a", 1).ts_arrival == 5


def test_beyond_gross_what_makes_no_position_larger_still_leaves(run):
    dearer = book(6, {}, {101: 0, 103: 90})  # the mid is 101
    a = portfolio("a", buy(5, 10), buy(7, 1), sell(7, 1), sell(8, 20))
    outcome = run(scenario([BOOK, dearer], a, **worth(gross=10)))
    assert reasons(outcome, "a", 1, 2, 3) == ["none", "group_limit", "none"]
    assert reasons(outcome, "a", 4) == ["group_limit"]  # it could end 11 short


@pytest.mark.parametrize("limit", ["gross", "net"])
def test_before_the_first_mid_only_what_makes_no_position_larger_leaves(run, limit):
    one_sided = book(1, {99: 10}, {})
    a = portfolio("a", buy(5, 1), sell(5, 1), sell(6, 8), positions={0: 5})
    outcome = run(scenario([one_sided], a, **worth(**{limit: 10_000})))
    assert reasons(outcome, "a", 1, 2, 3) == ["group_limit", "none", "none"]


def test_a_group_without_a_limit_is_not_judged(run):
    a = portfolio("a", buy(5, 80), buy(5, 2**40, 90))
    plain = scenario([BOOK], a)
    limited = scenario([BOOK], a, group_limits=GroupLimits())
    assert run(limited).orders == run(plain).orders
