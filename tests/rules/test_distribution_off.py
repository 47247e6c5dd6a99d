"""Without fill distribution each portfolio has liquidity of its own, and only that."""

import pytest

from tests.rules.impact_words import DEEP, each_charge, model
from tests.rules.words import (
    book,
    buy,
    ending,
    filled,
    fills,
    portfolio,
    sell,
    sold,
)

TEN = book(0, {99: 10, 98: 20}, {101: 10, 102: 20})
OFF = {"tick": "1", "distribution": None}
VENUES = [
    {"by_order": False},
    {"by_order": True},
    {"matching": "pro_rata"},
    {"matching": "pro_rata", "by_order": True},
]


@pytest.mark.parametrize("venue", VENUES)
def test_nobody_changes_what_another_gets_from_the_market(run, venue):
    a = portfolio("A", buy(5, 25), buy(6, 5, 99))
    b = portfolio("B", buy(7, 25), buy(8, 5, 99))
    packets = [TEN, sold(20, 99, 14), sold(21, 98, 40)]
    alone = run(packets, b, **OFF, **venue)
    together = run(packets, a, b, **OFF, **venue)
    assert fills(together, "B") == fills(alone, "B")
    assert filled(together, "A", "B") == [30, 30]


@pytest.mark.parametrize("venue", VENUES)
def test_an_order_queues_behind_the_market_alone(run, venue):
    people = [portfolio(name, buy(5 + at, 5, 99)) for at, name in enumerate("ABC")]
    shares = {}
    for distribution in ("fifo", None):
        settings = {**OFF, "distribution": distribution}
        result = run([TEN, sold(20, 99, 15)], *people, **settings, **venue)
        shares[distribution] = filled(result, *"ABC")
    own = shares[None]
    assert own[0] > 0
    assert own == [own[0]] * 3
    assert sum(shares["fifo"]) < sum(own)


def test_a_post_only_order_does_not_see_the_others(run):
    maker = portfolio("A", buy(5, 10, 100))
    poster = portfolio("B", sell(6, 4, 100, post_only=True))
    shared = run([TEN], maker, poster, tick="1")
    assert ending(shared, "B") == ("rejected", "post_only", 0)
    apart = run([TEN], maker, poster, **OFF)
    assert ending(apart, "B")[0] != "rejected"
    assert fills(apart, "A") == []


def test_netting_still_crosses_and_each_takes_the_rest_from_the_whole_book(run):
    people = [
        portfolio("A", buy(5, 20)),
        portfolio("B", buy(5, 20)),
        portfolio("C", sell(5, 10)),
    ]
    result = run([TEN], *people, **OFF)
    assert {kind for _, _, kind in fills(result, "C")} == {"cross"}
    rows = [fills(result, name) for name in "AB"]
    takes = [[row for row in mine if row[2] == "taker"] for mine in rows]
    first = (10, 101.0, "taker")
    assert sorted(takes) == [[first], [first, (10, 102.0, "taker")]]


@pytest.mark.parametrize("netting", [True, False])
def test_impact_is_still_that_of_the_group(run, netting):
    people = [portfolio("A", buy(5, 5_000)), portfolio("B", buy(6, 5_000))]
    settings = {"impact": model("linear"), "netting": netting}
    (alone,) = each_charge(run([DEEP], people[1], distribution=None, **settings), "B")
    shared = run([DEEP], *people, distribution="fifo", **settings)
    apart = run([DEEP], *people, distribution=None, **settings)
    assert each_charge(apart, "B") == each_charge(shared, "B")
    assert each_charge(apart, "B")[0] > alone
