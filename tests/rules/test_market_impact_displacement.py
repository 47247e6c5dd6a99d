"""How far prints are displaced for the resting orders of a group that took."""

from functools import partial

import pytest

from tests.rules.impact_words import MODELS, each_charge, model
from tests.rules.words import (
    book,
    bought,
    buy,
    ending,
    fills,
    portfolio,
    printed,
    sell,
    sold,
    times,
)

#: Units to take for a displacement of 2.5 ticks, all but a little.
TAKEN = {"linear": 1_245, "square_root": 156}
WIDE = book(0, {99.99: 10**9}, {100.05: 10**9})
AGAIN = book(90_000, {}, {100.06: 1})


@pytest.fixture(params=[False, True], ids=["levels", "orders"])
def run(run, request):
    """Run each market twice: told by levels, and told by single orders."""
    return partial(run, by_order=request.param)


def meet(run, kind, prints, *, take=buy, rest=None, mode="shared", **numbers):
    """Let B rest an order, A take, and the market print; give B's fills."""
    rest = buy(5, 10, 100) if rest is None else rest
    people = [portfolio("A", take(6, TAKEN[kind])), portfolio("B", rest)]
    packets = [WIDE, *prints, AGAIN]
    return run(packets, *people, mode=mode, impact=model(kind, **numbers))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    ("price", "through"), [(100, None), (99.99, None), (99.98, False), (99.97, True)]
)
def test_a_print_reaches_a_bid_only_if_displaced_it_still_does(
    run, kind, price, through
):
    result = meet(run, kind, [sold(10, price, 10)])
    got = [] if through is None else [(10, 100.0, "maker")]
    assert fills(result, "B") == got
    theirs = result.fills.filter(portfolio="B")
    assert theirs["through"].to_list() == [through] * len(got)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    ("price", "through"),
    [(100.04, None), (100.05, None), (100.06, False), (100.07, True)],
)
def test_asks_mirror_bids(run, kind, price, through):
    result = meet(
        run, kind, [bought(10, price, 10)], take=sell, rest=sell(5, 10, 100.04)
    )
    got = [] if through is None else [(10, 100.04, "maker")]
    assert fills(result, "B") == got
    theirs = result.fills.filter(portfolio="B")
    assert theirs["through"].to_list() == [through] * len(got)


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("price", "got"), [(99.98, 0), (99.97, 10)])
def test_a_print_without_a_side_fills_only_through_the_displaced_price(
    run, kind, price, got
):
    result = meet(run, kind, [printed(10, price, 10)])
    assert ending(result, "B")[2] == got


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("mode", "got"), [("isolated", 10), ("shared", 0)])
def test_what_others_took_displaces_the_prints_of_their_group_only(
    run, kind, mode, got
):
    result = meet(run, kind, [sold(10, 100, 10)], mode=mode)
    assert ending(result, "B")[2] == got


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("mode", ["isolated", "shared"])
def test_what_a_portfolio_took_displaces_its_own_prints(run, kind, mode):
    person = portfolio("A", buy(5, 10, 100), buy(6, TAKEN[kind]))
    packets = [WIDE, sold(10, 100, 10), sold(11, 99.98, 10)]
    result = run(packets, person, mode=mode, impact=model(kind))
    maker = result.fills.filter(liquidity="maker")
    assert maker["qty"].to_list() == [10]
    assert times(result, "A")[-1] == 11


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("price", [100.01, 100.02, 100.03])
def test_displacement_never_brings_a_print_nearer(run, kind, price):
    # The group sold, so the price is displaced downwards: bids gain nothing by it.
    late = {"take": sell, "rest": buy(7, 10, 100)}
    assert fills(meet(run, kind, [sold(10, price, 10)], **late), "B") == []
    reached = meet(run, kind, [sold(10, 100, 10)], **late)
    assert fills(reached, "B") == [(10, 100.0, "maker")]


@pytest.mark.parametrize("kind", MODELS)
def test_less_than_a_tick_displaces_nothing(run, kind):
    taken = {"linear": 490, "square_root": 24}[kind]
    people = [portfolio("A", buy(6, taken)), portfolio("B", buy(5, 10, 100))]
    result = run([WIDE, sold(10, 100, 10)], *people, impact=model(kind))
    assert fills(result, "B") == [(10, 100.0, "maker")]


@pytest.mark.parametrize("kind", MODELS)
def test_displacement_decays_with_the_volume(run, kind):
    prints = [sold(10, 100, 10), sold(60_000, 100, 10)]
    forgetful = meet(run, kind, prints, half_life="10us")
    assert fills(forgetful, "B") == [(10, 100.0, "maker")]
    assert times(forgetful, "B") == [60_000]
    lasting = meet(run, kind, prints, half_life="1h")
    assert fills(lasting, "B") == []


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(("price", "got"), [(99.97, 10), (99.96, 60), (99.98, 0)])
def test_a_print_displaced_to_the_price_waits_for_the_queue(run, kind, price, got):
    market = book(0, {99.99: 50, 99.9: 10**9}, {100.05: 10**9})
    people = [portfolio("A", buy(6, TAKEN[kind])), portfolio("B", buy(5, 60, 99.99))]
    result = run([market, sold(10, price, 60)], *people, impact=model(kind))
    assert ending(result, "B")[2] == got


@pytest.mark.parametrize("kind", MODELS)
def test_being_crossed_by_the_book_does_not_know_of_displacement(run, kind):
    crossing = book(10, {}, {100: 10})
    result = meet(run, kind, [crossing])
    assert fills(result, "B") == [(10, 100.0, "maker")]
    assert result.fills.filter(portfolio="B")["cross_fill"].to_list() == [True]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    ("price", "state"), [(100.04, "expired"), (100.05, "rejected")]
)
def test_post_only_does_not_know_of_displacement(run, kind, price, state):
    quote = portfolio("B", buy(7, 10, price, post_only=True))
    result = run([WIDE], portfolio("A", buy(6, TAKEN[kind])), quote, impact=model(kind))
    assert ending(result, "B")[0] == state


@pytest.mark.parametrize("kind", MODELS)
def test_marketability_does_not_know_of_displacement(run, kind):
    taker = portfolio("B", buy(7, 10, 100.05))
    result = run([WIDE], portfolio("A", buy(6, TAKEN[kind])), taker, impact=model(kind))
    assert fills(result, "B") == [(10, 100.05, "taker")]


@pytest.mark.parametrize("kind", MODELS)
def test_a_resting_order_that_a_print_did_not_reach_costs_nothing(run, kind):
    result = meet(run, kind, [sold(10, 100, 10)])
    assert each_charge(result, "B") == []
    assert ending(result, "B") == ("expired", "end_of_data", 0)
