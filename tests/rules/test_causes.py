"""Why sharing one book changes profits: one cause after another."""

from math import sqrt

import pytest

import commonbook as cb
from tests.rules.impact_words import DEEP, cost, model
from tests.rules.words import book, buy, configuration, portfolio, sell, sold

TEN = book(0, {99: 10, 98: 20}, {101: 10, 102: 20})


@pytest.fixture
def effects(tmp_path):
    """Give what each cause changed, by cause and portfolio, without zeros."""

    def effects(packets, *people, limits=None, **settings):
        config = configuration(tmp_path, packets, *people, **settings)
        if limits is not None:
            config["execution"]["shared_config"]["group_limits"] = limits
        both = cb.compare(config, causes=True)
        return {
            step["cause"]: {
                name: {part: gain for part, gain in figures.items() if gain}
                for name, figures in step["portfolios"].items()
            }
            for step in both.summary["causes"]
        }

    return effects


def test_what_the_desk_nets_is_saved_in_prices(effects):
    quotes = book(0, {99.99: 500, 99.98: 500}, {100.01: 500, 100.02: 500})
    found = effects(
        [quotes], portfolio("A", sell(5, 1_000)), portfolio("B", buy(5, 800))
    )
    assert found == {
        "liquidity": {"A": {}, "B": {}},
        "netting": {
            "A": {"net_profit": 13.0, "prices": 13.0},
            "B": {"net_profit": 11.0, "prices": 11.0},
        },
    }


def test_who_comes_second_pays_for_what_the_first_one_took(effects):
    people = [portfolio("A", buy(5, 10)), portfolio("B", buy(6, 10))]
    found = effects([TEN], *people, tick="1")
    second = {"net_profit": -10.0, "prices": -10.0}
    assert found == {
        "liquidity": {"A": {}, "B": second},
        "netting": {"A": {}, "B": {}},
    }


def test_a_print_fills_one_of_two_who_alone_were_both_filled(effects):
    people = [portfolio(name, buy(at, 5, 100)) for at, name in ((5, "A"), (6, "B"))]
    found = effects([TEN, sold(20, 100, 5)], *people, tick="1", netting=False)
    assert found["liquidity"] == {"A": {}, "B": {}}  # bought at the mid
    later = book(30, {100: 1}, {104: 1, 101: 0, 102: 0})
    found = effects([TEN, sold(20, 100, 5), later], *people, tick="1", netting=False)
    assert found == {
        "liquidity": {"A": {}, "B": {"net_profit": -10.0, "quantities": -10.0}}
    }


@pytest.mark.parametrize("number", [2, 4])
def test_what_others_moved_is_charged(effects, number):
    people = [portfolio(f"{place}", buy(5, 5_000)) for place in range(number)]
    found = effects([DEEP], *people, impact=model("square_root"))
    assert list(found) == ["impact", "liquidity", "netting"]
    alone = cost("square_root", 5_000)
    for figures in found["impact"].values():
        assert figures.keys() == {"net_profit", "impact_charge"}
        assert figures["impact_charge"] == pytest.approx((1 - sqrt(number)) * alone)
    nothing = {f"{place}": {} for place in range(number)}
    assert found["liquidity"] == found["netting"] == nothing


def test_what_is_traded_less_saves_fees(effects):
    people = [portfolio(name, buy(at, 30)) for at, name in ((5, "A"), (6, "B"))]
    fees = {"taker": "0.01"}
    found = effects([TEN], *people, tick="1", netting=False, fees=fees)
    assert found["liquidity"]["A"] == {}
    lost = found["liquidity"]["B"]
    # Nothing was left: 10 at 101 and 20 at 102 were no longer bought, at a mid of 100.
    assert lost == {"net_profit": 80.5, "quantities": 50.0, "fees": 30.5}


def test_what_the_group_may_not_hold_is_lost_to_its_limits(effects):
    people = [portfolio("A", buy(5, 10)), portfolio("B", buy(6, 10))]
    found = effects([TEN], *people, limits={"max_position": 15}, tick="1")
    assert list(found) == ["liquidity", "netting", "group_limits"]
    assert found["liquidity"]["B"]["prices"] == -10.0
    assert found["netting"] == {"A": {}, "B": {}}
    # B buys nothing any more: what it had at 102 was worth 100.
    saved = {"net_profit": 20.0, "quantities": 20.0}
    assert found["group_limits"] == {"A": {}, "B": saved}


def test_an_average_price_is_shared_with_the_liquidity(effects):
    people = [portfolio(name, buy(5, 10)) for name in "AB"]
    found = effects([TEN], *people, tick="1", distribution="average_price")
    each = {"net_profit": -5.0, "prices": -5.0}
    assert found["liquidity"] == {"A": each, "B": each}


@pytest.mark.parametrize(
    ("settings", "causes"),
    [
        ({}, ["liquidity", "netting"]),
        ({"netting": False}, ["liquidity"]),
        ({"distribution": None}, ["netting"]),
        ({"netting": False, "distribution": None}, []),
        ({"impact": model("linear"), "distribution": None}, ["impact", "netting"]),
        ({"limits": {"max_position": 99}}, ["liquidity", "netting", "group_limits"]),
        ({"limits": {}}, ["liquidity", "netting"]),
        (
            {"isolated_config": {"independent_fills": False}},
            ["random_numbers", "liquidity", "netting"],
        ),
    ],
)
def test_what_the_configuration_does_not_have_is_no_cause(effects, settings, causes):
    people = [portfolio("A", buy(5, 10)), portfolio("B", buy(6, 10))]
    assert list(effects([TEN], *people, tick="1", **settings)) == causes
