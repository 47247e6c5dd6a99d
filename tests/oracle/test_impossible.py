"""Impossible orders are rejected orders, and never leave."""

import pytest

from tests.oracle.builders import (
    book,
    buy,
    ending,
    order,
    portfolio,
    scenario,
    told,
)
from tests.oracle.scenario import Cancel, Order

BOOK = book(1, {99: 10}, {101: 10})
FAR = 2**31


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"qty": 0}, "bad_qty"),
        ({"qty": -1}, "bad_qty"),
        ({"qty": 2**48 + 1}, "bad_qty"),
        ({"price": FAR}, "bad_price"),
        ({"price": -FAR}, "bad_price"),
        ({"stop": FAR}, "bad_price"),
        ({"instrument": 1}, "unknown_instrument"),
        ({"instrument": -1}, "unknown_instrument"),
        ({"tif": "gtd"}, "bad_expiry"),
        ({"tif": "gtd", "expires": 5}, "bad_expiry"),
        ({"tif": "gtc", "expires": 9}, "bad_terms"),
        ({"price": None, "post_only": True}, "bad_terms"),
        ({"price": None, "stop": 99, "post_only": True}, "bad_terms"),
        ({"tif": "fok", "post_only": "reprice"}, "bad_terms"),
    ],
)
def test_an_impossible_order_is_rejected_on_the_spot(run, terms, reason):
    message = Order(
        **({"at": 5, "instrument": 0, "side": 0, "qty": 4, "price": 99} | terms)
    )
    a = portfolio("a", message, order_delay=1, response_delay=2)
    outcome = run(scenario([BOOK], a))
    assert ending(outcome, "a") == ("rejected", reason, 0)
    assert (order(outcome, "a").ts_arrival, order(outcome, "a").ts_end) == (0, 5)
    assert [(ts, kind) for ts, kind, _ in told(outcome, "a")] == [(5, "ended")]


@pytest.mark.parametrize(
    ("terms", "kept"),
    [
        ({"qty": 0, "stop": FAR}, (0, 99, 0)),
        ({"qty": 2**48 + 1, "stop": -7}, (0, 99, -7)),
        ({"price": -FAR}, (4, 0, 0)),
        ({"instrument": 1, "stop": 98}, (0, 0, 0)),
        ({"tif": "gtd", "stop": 98}, (4, 99, 98)),
    ],
)
def test_its_record_has_0_for_numbers_that_cannot_be(run, terms, kept):
    message = Order(
        **({"at": 5, "instrument": 0, "side": 0, "qty": 4, "price": 99} | terms)
    )
    end = order(run(scenario([BOOK], portfolio("a", message))), "a")
    assert (end.qty, end.price, end.stop) == kept


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"instrument": 9, "qty": 0}, "unknown_instrument"),
        ({"qty": 0, "price": FAR}, "bad_qty"),
        ({"price": FAR, "expires": 9}, "bad_price"),
        ({"price": None, "post_only": True, "tif": "gtd"}, "bad_terms"),
    ],
)
def test_the_first_of_several_reasons_is_told(run, terms, reason):
    message = Order(
        **({"at": 5, "instrument": 0, "side": 0, "qty": 4, "price": 99} | terms)
    )
    assert ending(run(scenario([BOOK], portfolio("a", message))), "a")[1] == reason


def test_the_largest_quantity_and_prices_are_possible(run):
    orders = [buy(5, 2**48, -(FAR - 1)), buy(5, 1, 99, stop=FAR - 1)]
    outcome = run(scenario([BOOK], portfolio("a", *orders)))
    assert {order(outcome, "a", n).state for n in (1, 2)} == {"expired"}


def test_it_does_not_count_for_the_position_limit(run):
    orders = [buy(5, 8, FAR), buy(5, 8, instrument=3), buy(5, 8, 99)]
    outcome = run(scenario([BOOK], portfolio("a", *orders, max_position=10), seed=3))
    assert [order(outcome, "a", n).reason for n in (1, 2, 3)] == [
        "bad_price",
        "unknown_instrument",
        "end_of_data",
    ]


def test_it_is_judged_before_the_position_limit(run):
    outcome = run(scenario([BOOK], portfolio("a", buy(5, 80, FAR), max_position=10)))
    assert order(outcome, "a").reason == "bad_price"


def test_a_cancel_of_it_is_refused_on_the_spot(run):
    a = portfolio("a", buy(5, 8, instrument=3), Cancel(7, 1), response_delay=2)
    outcome = run(scenario([BOOK], a))
    assert told(outcome, "a")[-1] == (7, "cancel_rejected", 0)
    assert outcome.too_late == 1
