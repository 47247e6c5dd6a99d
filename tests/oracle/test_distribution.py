"""Who gets a level that a batch wants more of than there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.builders import book, buy, filled, fills, portfolio, scenario, sell
from tests.oracle.desk import tie_rank
from tests.oracle.sharing import divide, pro_rata

SEVEN = book(1, {99: 10}, {101: 7, 105: 100})


def shares(run, wants, distribution, **settings):
    people = [portfolio(n, buy(5, q, 101)) for n, q in zip("abc", wants, strict=False)]
    outcome = run(scenario([SEVEN], *people, distribution=distribution, **settings))
    return [filled(outcome, p.name) for p in people]


@pytest.mark.parametrize(
    ("supply", "wants", "parts"),
    [
        (7, [6, 3, 1], [4, 2, 1]),
        (1, [6, 3, 1], [1, 0, 0]),
        (2, [1, 1, 1], [1, 1, 0]),
        (10, [6, 6, 2], [4, 4, 2]),
        (11, [6, 6, 2], [5, 5, 1]),
        (10, [6, 3, 1], [6, 3, 1]),
        (0, [6, 3, 1], [0, 0, 0]),
    ],
)
def test_pro_rata_gives_left_over_lots_to_the_largest_remainders(supply, wants, parts):
    assert divide("pro_rata", supply, wants) == parts


def test_equal_remainders_go_to_the_larger_share_then_the_tie_order():
    # Shares 0.5 and 1.5 of 2, then 0.5 each of 1.
    assert pro_rata(2, [1, 3]) == [0, 2]
    assert pro_rata(1, [4, 4]) == [1, 0]


@given(
    st.integers(0, 200),
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
    st.sampled_from(["fifo", "pro_rata"]),
)
def test_every_division_gives_all_and_to_nobody_too_much(supply, wants, policy):
    parts = divide(policy, supply, wants)
    assert sum(parts) == min(supply, sum(wants))
    assert all(0 <= part <= want for part, want in zip(parts, wants, strict=True))


def test_pro_rata_divides_a_level_by_what_each_has_left(run):
    assert shares(run, [6, 3, 1], "pro_rata") == [4, 2, 1]


@pytest.mark.parametrize("seed", range(5))
def test_fifo_serves_in_tie_order(run, seed):
    got = shares(run, [6, 6, 6], "fifo", seed=seed)
    rank = tie_rank(seed, "SYM0", 5)
    first, second, third = sorted("abc", key=rank)
    assert dict(zip("abc", got, strict=True)) == {first: 6, second: 1, third: 0}


def test_the_tie_order_is_not_always_the_same():
    ranks = [tie_rank(seed, "SYM0", 5) for seed in range(30)]
    assert len({tuple(sorted("abc", key=rank)) for rank in ranks}) == 6


def test_a_taker_whose_limit_excludes_the_level_has_no_share(run):
    a, b = portfolio("a", buy(5, 14, 101)), portfolio("b", buy(5, 100, 100))
    outcome = run(scenario([SEVEN], a, b, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [7, 0]


def test_the_next_level_is_divided_by_what_is_left(run):
    a, b = portfolio("a", buy(5, 9)), portfolio("b", buy(5, 5))
    packets = [book(1, {99: 10}, {101: 7, 102: 4, 103: 9})]
    outcome = run(scenario(packets, a, b, distribution="pro_rata"))
    # 7 of 14: 4.5 and 2.5, the larger share rounds up; then 4 of 4:3, then 2 and 1.
    assert fills(outcome, "a") == [
        (5, 101, "taker"),
        (2, 102, "taker"),
        (2, 103, "taker"),
    ]
    assert fills(outcome, "b") == [
        (2, 101, "taker"),
        (2, 102, "taker"),
        (1, 103, "taker"),
    ]


def test_orders_of_different_batches_keep_their_time(run):
    a, b = portfolio("a", buy(5, 6, 101)), portfolio("b", buy(6, 6, 101))
    outcome = run(scenario([SEVEN], a, b, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "ab"] == [6, 1]


def test_a_print_is_never_divided_pro_rata_among_orders_of_two_batches(run):
    a, b = portfolio("a", buy(5, 1, 98)), portfolio("b", buy(6, 1, 98))
    packets = [
        SEVEN,
        book(3, {98: 5}, {}),
    ]
    c = portfolio("c", sell(7, 16))
    outcome = run(scenario(packets, a, b, c, distribution="pro_rata"))
    # 10 at 99, 5 displayed at 98, then A by time.
    assert [filled(outcome, name) for name in "abc"] == [1, 0, 16]


def test_own_orders_at_a_level_are_part_of_what_is_divided(run):
    packets = [book(1, {99: 10}, {101: 7})]
    maker = portfolio("m", sell(3, 5, 101))
    takers = [portfolio("a", buy(5, 9, 101)), portfolio("b", buy(5, 9, 101))]
    outcome = run(scenario(packets, maker, *takers, distribution="pro_rata"))
    assert [filled(outcome, name) for name in "mab"] == [5, 6, 6]
