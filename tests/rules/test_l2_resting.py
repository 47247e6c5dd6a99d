"""Resting orders wait their turn, and one print is spent once."""

import pytest

from tests.rules.words import (
    book,
    bought,
    buy,
    filled,
    fills,
    order,
    portfolio,
    printed,
    sell,
    snapshot,
    sold,
)

WHOLE = {"tick": "1"}
TEN = book(0, {99: 10, 98: 10}, {101: 10})
EMPTY = book(0, {98: 10}, {101: 10})


def bids(price=99, qty=10, second=6):
    """A bids at 5, B a little later."""
    return [portfolio("A", buy(5, qty, price)), portfolio("B", buy(second, qty, price))]


def got(run, *packets, people=None, names="AB", **settings):
    """Give what each portfolio traded."""
    result = run(packets, *(people or bids()), **WHOLE, **settings)
    return filled(result, *names)


# Prints at the price ---------------------------------------------------------------


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize(
    ("size", "expected"), [(10, [0, 0]), (13, [3, 0]), (24, [10, 4]), (50, [10, 10])]
)
def test_a_print_fills_what_gets_past_the_queue_ahead(run, size, expected):
    # 10 displayed, then A's 10, then B: B's queue counts what A still has.
    assert got(run, TEN, sold(10, 99, size)) == expected


def test_the_queue_is_recorded_when_an_order_joins(run):
    result = run([TEN, sold(10, 99, 1)], *bids(), **WHOLE)
    assert [order(result, name)["ahead"] for name in "AB"] == [10, 20]


def test_every_print_moves_the_queue_by_its_full_size_whoever_got_it(run):
    assert got(run, TEN, sold(10, 99, 20), sold(11, 99, 4)) == [10, 4]
    assert got(run, TEN, sold(10, 99, 7), sold(11, 99, 7)) == [4, 0]


def test_prints_of_one_packet_are_spent_one_by_one(run):
    packet = sold(10, 99, 6) + sold(10, 99, 6)
    result = run([TEN, packet], *bids(), **WHOLE)
    assert result.fills["qty"].to_list() == [2]


def test_a_print_and_the_level_that_it_reduces_are_one_execution(run):
    # The feed says both in one packet, or one after the other; not 14 lots moved.
    for model in ("risk_averse", "power"):
        at_once = sold(10, 99, 7) + book(10, {99: 3}, {})
        assert got(run, TEN, at_once, sold(12, 99, 5), queue_model=model) == [2, 0]
        packets = [TEN, sold(10, 99, 7), book(11, {99: 3}, {}), sold(12, 99, 5)]
        assert got(run, *packets, queue_model=model) == [2, 0]


def test_selling_aggressors_fill_bids_and_buying_ones_offers(run):
    people = [portfolio("A", buy(5, 10, 100)), portfolio("B", sell(6, 10, 102))]
    market = book(0, {99: 10}, {103: 10})
    assert got(run, market, bought(10, 100, 5), sold(11, 102, 5), people=people) == [
        0,
        0,
    ]
    assert got(run, market, sold(10, 100, 5), bought(11, 102, 4), people=people) == [
        5,
        4,
    ]


def test_isolated_each_portfolio_gets_the_print(run):
    assert got(run, EMPTY, sold(10, 99, 3), mode="isolated") == [3, 3]
    assert got(run, EMPTY, sold(10, 99, 3), distribution=None) == [3, 3]
    assert got(run, EMPTY, sold(10, 99, 3)) == [3, 0]


# Prints through the price ----------------------------------------------------------


def test_a_print_through_the_price_ignores_the_queue(run):
    result = run([TEN, sold(10, 98, 4)], *bids(), **WHOLE)
    assert fills(result, "A") == [(4, 99.0, "maker")]
    assert result.fills["through"].to_list() == [True]


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize(
    ("qty", "size", "expected"),
    [
        (4, 3, [0, 3, 0]),
        (4, 10, [4, 4, 0]),
        (4, 12, [4, 4, 2]),
        # Two lots would get past the 10 ahead of C, but the print is spent.
        (8, 12, [8, 4, 0]),
    ],
)
def test_a_print_serves_better_prices_first_from_one_budget(run, qty, size, expected):
    people = [
        portfolio("A", buy(5, qty, 99)),
        portfolio("B", buy(6, 4, 100)),
        portfolio("C", buy(7, 4, 98)),
    ]
    packets = [TEN, sold(10, 98, size)]
    assert got(run, *packets, people=people, names="ABC") == expected


@pytest.mark.parametrize(("price", "expected"), [(99, [0, 0]), (98, [10, 3])])
def test_a_print_without_a_side_fills_only_through_the_price(run, price, expected):
    assert got(run, TEN, printed(10, price, 13)) == expected


def test_a_print_without_a_side_can_go_through_offers_too(run):
    people = [portfolio("A", sell(5, 10, 101)), portfolio("B", sell(6, 10, 102))]
    assert got(run, TEN, printed(10, 102, 13), people=people) == [10, 0]


# Own takes -------------------------------------------------------------------------


@pytest.mark.parametrize(("taken", "expected"), [(8, 5), (10, 7), (3, 0)])
def test_own_takes_move_own_resting_orders_forward(run, taken, expected):
    # Of the 10 ahead of A, B takes some; a print of 7 goes past the rest.
    people = [portfolio("A", buy(5, 10, 99)), portfolio("B", sell(6, taken))]
    result = run([TEN, sold(10, 99, 7)], *people, **WHOLE)
    assert filled(result, "A") == [expected]


def test_joining_a_level_counts_only_what_the_group_left(run):
    people = [portfolio("A", sell(5, 6)), portfolio("B", buy(6, 5, 99))]
    result = run([TEN, sold(10, 99, 5)], *people, **WHOLE)
    assert order(result, "B")["ahead"] == 4
    assert filled(result, "B") == [1]


def test_what_an_older_order_got_did_not_leave_the_displayed_queue(run):
    # Queue: 10, A's 10, 10 more, B's 10.
    people = bids(second=7)
    packets = [TEN, book(6, {99: 20}, {}), sold(10, 99, 15), sold(11, 99, 15)]
    assert got(run, *packets, people=people) == [10, 0]
    assert got(run, *packets, sold(12, 99, 3), people=people) == [10, 3]


# Cancels ahead are estimated -------------------------------------------------------

#: 60 are ahead; then the level shows 100, then 80 or 50, without any print.
VECTORS = [
    ("risk_averse", 80, 60),
    ("risk_averse", 50, 50),
    ({"kind": "power", "n": 1}, 80, 48),
    ({"kind": "power", "n": 3}, 80, 45),  # 44.57, of which the last lot counts whole
    ("power", 80, 48),
    ("log", 80, 50),  # 49.49
]


@pytest.mark.parametrize(("model", "left", "ahead"), VECTORS)
def test_cancels_out_of_100_with_60_ahead(run, model, left, ahead):
    start = book(0, {99: 60}, {101: 10})
    changes = [book(6, {99: 100}, {}), book(7, {99: left}, {})]
    bid = [portfolio("A", buy(5, 1, 99))]
    for size, expected in [(ahead, [0]), (ahead + 1, [1])]:
        packets = [start, *changes, sold(10, 99, size)]
        assert got(run, *packets, people=bid, names="A", queue_model=model) == expected


@pytest.mark.parametrize("model", ["risk_averse", {"kind": "power", "n": 2}, "log"])
def test_a_decrease_that_prints_explain_is_no_cancel(run, model):
    start = book(0, {99: 60}, {101: 10})
    changes = [book(6, {99: 100}, {}), sold(7, 99, 20), book(8, {99: 80}, {})]
    bid = [portfolio("A", buy(5, 1, 99))]
    for size, expected in [(40, [0]), (41, [1])]:
        packets = [start, *changes, sold(10, 99, size)]
        assert got(run, *packets, people=bid, names="A", queue_model=model) == expected


@pytest.mark.parametrize("model", ["risk_averse", "power", "log"])
def test_nothing_is_ahead_once_the_level_is_gone(run, model):
    packets = [TEN, book(6, {99: 0}, {}), book(7, {99: 30}, {}), sold(10, 99, 4)]
    bid = [portfolio("A", buy(5, 10, 99))]
    assert got(run, *packets, people=bid, names="A", queue_model=model) == [4]


@pytest.mark.parametrize("model", ["risk_averse", "power", "log"])
def test_leaving_the_depth_is_no_cancel(run, model):
    shallow = snapshot(6, {100: 5}, {101: 10})
    deep = snapshot(7, {100: 5, 99: 10, 98: 10}, {101: 10})
    packets = [TEN, shallow, deep, sold(10, 99, 12)]
    bid = [portfolio("A", buy(5, 10, 99))]
    assert got(run, *packets, people=bid, names="A", queue_model=model) == [2]


def test_the_estimate_bounds_the_displayed_part_only(run):
    # All 10 displayed are cancelled; A's 10 are still ahead of B.
    packets = [TEN, book(7, {99: 0}, {}), sold(10, 99, 10)]
    assert got(run, *packets) == [10, 0]
    assert got(run, *packets, sold(11, 99, 1)) == [10, 1]
