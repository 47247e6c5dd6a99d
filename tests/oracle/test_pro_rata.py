"""Instruments that are matched in proportion to size."""

import pytest

from tests.oracle.builders import (
    add,
    book,
    bought,
    buy,
    ending,
    filled,
    fills,
    hit,
    off,
    order,
    portfolio,
    scenario,
    sell,
    sold,
)
from tests.oracle.scenario import Cancel, Event, Packet, ProRata

TOP = ProRata(min_share=2, top_order=True)
PLAIN = ProRata()

#: CME notice of 7 February 2005: the first order has bettered the market.
NOTICE = [10, 5, 20, 50, 75]


def market(packets, *people, rule=PLAIN, **settings):
    return scenario(packets, *people, matching={0: rule}, **settings)


# In a line of orders that the tape names ---------------------------------------------


def line_of(mine, *, rule=TOP):
    """Put one of the notice's orders into a line of tape orders; then 60 are sold."""
    packets = [Packet(1, [add(90, "B", 98, 7), add(91, "A", 101, 7)])]
    ours = []
    for i, qty in enumerate(NOTICE):
        if i == mine:
            ours = [buy(10 + i, qty, 99)]
        else:
            packets.append(Packet(10 + i, [add(i + 1, "B", 99, qty)]))
    return market([*packets, sold(20, 99, 60)], portfolio("a", *ours), rule=rule)


@pytest.mark.parametrize(("mine", "got"), list(enumerate([10, 3, 6, 16, 25])))
def test_an_order_gets_what_the_exchange_s_notice_says(run, mine, got):
    outcome = run(line_of(mine))
    assert fills(outcome, "a") == [(got, 99, "maker")]


@pytest.mark.parametrize(("mine", "got"), list(enumerate([3 + 3, 1, 7, 18, 28])))
def test_without_a_top_order_all_give_in_proportion(run, mine, got):
    assert filled(run(line_of(mine, rule=PLAIN)), "a") == got


def test_what_the_group_took_of_tape_orders_does_not_count(run):
    packets = [
        Packet(1, [add(1, "B", 99, 20), add(2, "B", 99, 40), add(9, "A", 101, 5)]),
        sold(20, 99, 10),
    ]
    a, b = portfolio("a", sell(5, 30)), portfolio("b", buy(8, 20, 99))
    outcome = run(market(packets, a, b))
    # 10 of 20 and 20 of 40 are left: 10 sold to 10, 20 and 20 give 2, 4, 4.
    assert filled(outcome, "b") == 4
    assert outcome.consumed == {(("a", "b"), 0, 0, 99): 30}


def test_a_take_consumes_every_order_in_proportion(run):
    opening = [add(1, "B", 99, 10), add(2, "B", 99, 30), add(9, "A", 101, 5)]
    cancel = Packet(9, [off(2, "B", 99, 30)])
    outcome = run(market([Packet(1, opening), cancel], portfolio("a", sell(5, 20))))
    assert outcome.consumed == {(("a",), 0, 0, 99): 5}


def test_what_the_tape_executes_of_taken_orders_goes_on_to_others(run):
    opening = [add(1, "B", 99, 10), add(2, "B", 99, 30), add(9, "A", 101, 5)]
    packets = [Packet(1, opening), Packet(9, hit(2, 99, 30))]
    outcome = run(market(packets, portfolio("a", sell(5, 20))))
    # Of the 15 taken of order 2, order 1 has 5 left to make up for.
    assert outcome.consumed == {(("a",), 0, 0, 99): 10}
    assert outcome.displaced == {(("a",), 0): 10}


def test_own_orders_filled_by_a_print_make_way_for_what_was_taken(run):
    opening = [add(1, "B", 99, 20), add(9, "A", 101, 5)]
    a, b = portfolio("a", sell(5, 10)), portfolio("b", buy(7, 10, 99))
    outcome = run(market([Packet(1, opening), Packet(9, hit(1, 99, 20))], a, b))
    # The tape executed 10 that A had taken, but 10 of its 20 went to B.
    assert filled(outcome, "b") == 10
    assert outcome.displaced == {}


def test_a_second_print_of_a_packet_meets_what_the_first_has_left(run):
    opening = [add(1, "B", 99, 30), add(9, "A", 101, 5)]
    both = Packet(9, [*hit(1, 99, 20), *hit(1, 99, 10)])
    outcome = run(market([Packet(1, opening), both], portfolio("a", buy(5, 30, 99))))
    # 20 of 30 and 30, then 10 of 10 and 20.
    assert fills(outcome, "a") == [(10, 99, "maker"), (6, 99, "maker")]


# Among levels ------------------------------------------------------------------------


def bids(size, *, rule=PLAIN, hist=30, more=(), **settings):
    """A and B bid 10 each behind `hist` lots; some are sold."""
    packets = [book(1, {99: hist, 98: 9}, {101: 9}), sold(10, 99, size), *more]
    a, b = portfolio("a", buy(5, 10, 99)), portfolio("b", buy(6, 10, 99))
    return market(packets, a, b, rule=rule, **settings)


@pytest.mark.parametrize(
    ("size", "got"),
    [
        (10, [2, 2]),
        (9, [1, 1]),  # 1.8 each
        (49, [10, 9]),  # 29.4, 9.8, 9.8; of two left over one is the tape's
        (50, [10, 10]),
        (99, [10, 10]),
    ],
)
def test_the_size_of_a_level_gives_as_one_body(run, size, got):
    outcome = run(bids(size))
    assert [filled(outcome, name) for name in "ab"] == got
    assert [order(outcome, name).ahead for name in "ab"] == [30, 40]


def test_parts_below_the_smallest_are_nothing(run):
    outcome = run(bids(14, rule=ProRata(min_share=3)))
    assert filled(outcome, "a") == filled(outcome, "b") == 0
    outcome = run(bids(15, rule=ProRata(min_share=3)))
    assert filled(outcome, "a") == filled(outcome, "b") == 3


def test_isolated_nobody_else_shares(run):
    outcome = run(bids(20, engines="isolated"))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_what_is_left_over_goes_by_time(run):
    outcome = run(bids(5, hist=0))
    assert [filled(outcome, name) for name in "ab"] == [3, 2]


def test_prints_count_until_the_level_is_mentioned(run):
    outcome = run(bids(30, more=[sold(11, 99, 8)]))
    # 30 of 50 give 6 each; nothing is displayed any more, so 8 are for 4 and 4.
    assert [filled(outcome, name) for name in "ab"] == [10, 10]


def test_a_level_that_has_left_the_depth_still_counts_as_what_was_ahead(run):
    packets = [
        book(1, {99: 30, 98: 9}, {101: 9}),
        Packet(7, [Event("H", 0, "B", 99, 0)]),
        sold(10, 99, 10),
    ]
    outcome = run(market(packets, portfolio("a", buy(5, 30, 99))))
    assert filled(outcome, "a") == 5


def test_a_print_through_the_price_is_divided_among_own_orders(run):
    packets = [book(1, {99: 30}, {102: 9}), sold(10, 99, 15)]
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", buy(6, 20, 100))
    outcome = run(market(packets, a, b))
    assert [filled(outcome, name) for name in "ab"] == [5, 10]
    assert all(fill.through for fill in outcome.fills)


def test_new_size_that_crosses_is_divided_among_own_orders(run):
    packets = [book(1, {99: 30}, {102: 9}), book(10, {}, {100: 15})]
    a, b = portfolio("a", buy(5, 10, 100)), portfolio("b", buy(6, 20, 100))
    outcome = run(market(packets, a, b))
    assert [filled(outcome, name) for name in "ab"] == [5, 10]
    assert all(fill.cross_fill for fill in outcome.fills)


# Taking ------------------------------------------------------------------------------

ASKS = book(1, {99: 9}, {101: 30, 102: 30})


def test_a_taker_takes_from_all_in_line(run):
    a, b = portfolio("a", sell(5, 10, 101)), portfolio("b", buy(6, 10))
    outcome = run(market([ASKS], a, b))
    # 7.5 and 2.5; the lot that is left over is the tape's, which is ahead.
    assert fills(outcome, "b") == [(8, 101, "taker"), (2, 101, "taker")]
    assert fills(outcome, "a") == [(2, 101, "maker")]
    assert outcome.consumed == {(("a", "b"), 0, 1, 101): 8}


def test_no_more_is_ahead_after_a_take_than_is_left(run):
    a, b = portfolio("a", sell(5, 10, 101)), portfolio("b", buy(6, 20))
    outcome = run(market([ASKS, bought(9, 101, 10)], a, b))
    # Of 30 and 10, B takes 15 and 5; then 15 and 5 give 7.5 and 2.5 to the print.
    assert fills(outcome, "a") == [(5, 101, "maker"), (2, 101, "maker")]


def test_takers_of_a_batch_take_one_after_the_other(run):
    a = portfolio("a", sell(5, 10, 101))
    takers = [portfolio(name, buy(6, 20)) for name in "bc"]
    outcome = run(market([ASKS], a, *takers))
    assert filled(outcome, "a") == 10
    assert {filled(outcome, name) for name in "bc"} == {20}


def test_a_taker_meets_nothing_when_it_would_meet_itself(run):
    mine = portfolio("a", sell(5, 10, 101), buy(6, 10, 101))
    outcome = run(market([ASKS], mine))
    assert ending(outcome, "a", 2) == ("cancelled", "self_trade", 0)
    assert outcome.consumed == {}


def test_an_own_order_that_would_give_nothing_is_not_met(run):
    mine = portfolio("a", sell(5, 10, 101), buy(6, 10, 101))
    outcome = run(market([ASKS], mine, rule=ProRata(min_share=3)))
    assert ending(outcome, "a", 2) == ("filled", "none", 10)
    assert ending(outcome, "a", 1)[2] == 0


def test_an_own_order_that_is_cancelled_leaves_its_part_to_the_others(run):
    mine = portfolio("a", sell(5, 10, 101), buy(6, 10, 101))
    outcome = run(market([ASKS], mine, self_trade="cancel_oldest"))
    assert ending(outcome, "a", 1) == ("cancelled", "self_trade", 0)
    assert fills(outcome, "a") == [(10, 101, "taker")]


@pytest.mark.parametrize(
    ("qty", "min_share", "got"), [(10, 0, 0), (10, 3, 10), (40, 3, 0)]
)
def test_fill_or_kill_ends_at_an_own_order_that_would_give(run, qty, min_share, got):
    mine = portfolio("a", sell(5, 10, 101), buy(6, qty, 102, tif="fok"))
    outcome = run(market([ASKS], mine, rule=ProRata(min_share)))
    assert filled(outcome, "a") == got


# The top order -----------------------------------------------------------------------


def bettered(*packets, a=None, rule=TOP):
    """A bids 10 at 100, better than the market; then 10 join, and 10 are sold."""
    people = [a or portfolio("a", buy(5, 10, 100)), portfolio("b", buy(20, 10, 100))]
    opening = book(1, {99: 9}, {102: 9})
    return market([opening, *packets, sold(30, 100, 10)], *people, rule=rule)


def test_the_order_that_bettered_the_market_comes_first(run):
    outcome = run(bettered())
    assert [filled(outcome, name) for name in "ab"] == [10, 0]


def test_unless_the_instrument_has_no_top_order(run):
    outcome = run(bettered(rule=PLAIN))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_who_joins_a_price_is_not_the_top_order(run):
    outcome = run(bettered(book(2, {100: 10}, {})))
    assert [filled(outcome, name) for name in "ab"] == [3, 3]


def test_a_better_price_of_the_tape_ends_it_for_good(run):
    outcome = run(bettered(book(9, {101: 1}, {}), book(10, {101: 0}, {})))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_a_better_own_order_takes_it_over_for_good(run):
    better = portfolio("a", buy(5, 10, 100), buy(7, 1, 101), Cancel(9, 2))
    outcome = run(bettered(a=better))
    assert [filled(outcome, name) for name in "ab"] == [5, 5]


def test_an_order_that_has_left_is_not_the_top_order(run):
    # The second cancel is too late; after it, B's order may get the place of A's.
    gone = portfolio("a", buy(5, 10, 100), Cancel(6, 1), Cancel(15, 1))
    outcome = run(bettered(book(8, {100: 10}, {}), a=gone))
    assert filled(outcome, "b") == 5


def test_the_same_price_of_the_tape_does_not_end_it(run):
    outcome = run(bettered(book(9, {100: 10}, {})))
    assert [filled(outcome, name) for name in "ab"] == [10, 0]


def test_after_the_top_order_comes_nobody_until_the_market_is_bettered(run):
    outcome = run(bettered(sold(25, 100, 10)))
    # The first 10 fill A; the others are for B alone.
    assert [filled(outcome, name) for name in "ab"] == [10, 10]


@pytest.mark.parametrize(("events", "got"), [([], 2), ([off(1, "B", 99, 6)], 5)])
def test_the_tape_s_top_order_is_that_as_long_as_it_stands(run, events, got):
    packets = [
        Packet(1, [add(90, "B", 98, 7), add(91, "A", 101, 7)]),
        Packet(2, [add(1, "B", 99, 6), add(2, "B", 99, 10)]),
        Packet(8, [*events, add(3, "B", 97, 1)]),
        sold(9, 99, 10),
    ]
    rule = ProRata(top_order=True)
    outcome = run(market(packets, portfolio("a", buy(5, 10, 99)), rule=rule))
    assert filled(outcome, "a") == got


def test_other_instruments_are_matched_by_time(run):
    levels = {99: 10}, {101: 9}
    packets = [
        book(1, *levels),
        book(1, *levels, instrument=1),
        Packet(9, [Event("T", i, "A", 99, 10) for i in (0, 1)]),
    ]
    a = portfolio("a", *(buy(5, 10, 99, instrument=i) for i in (0, 1)))
    outcome = run(scenario(packets, a, matching={1: PLAIN}))
    assert [ending(outcome, "a", n)[2] for n in (1, 2)] == [0, 5]
