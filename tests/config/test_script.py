"""Orders of the strategy scripted."""

from decimal import Decimal

import pytest

from commonbook.config import ScriptedCancel, ScriptedOrder, ScriptedReplace, load
from tests.config.builders import config, messages_of, scripted

BUY = {"at": 10, "side": "buy", "qty": 1}
ORDERS = "portfolios[0].params.orders"


def only(order: dict[str, object]) -> ScriptedOrder:
    (loaded,) = load(config(scripted(order))).portfolios[0].params.orders
    assert isinstance(loaded, ScriptedOrder)
    return loaded


def kind(order: ScriptedOrder) -> tuple[str, str, bool]:
    return order.type, order.time_in_force, order.post_only


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, ("market", "ioc", False)),
        ({"price": None}, ("market", "ioc", False)),
        ({"type": "market", "time_in_force": "ioc"}, ("market", "ioc", False)),
        ({"price": 5}, ("limit", "gtc", False)),
        ({"price": 5, "type": "limit"}, ("limit", "gtc", False)),
        ({"price": 5, "time_in_force": "ioc"}, ("limit", "ioc", False)),
        ({"price": 5, "post_only": True}, ("limit", "gtc", True)),
        ({"price": 5, "time_in_force": "post_only"}, ("limit", "gtc", True)),
        ({"price": 5, "post_only": "reprice"}, ("limit", "gtc", "reprice")),
        (
            {"price": 5, "time_in_force": "post_only", "post_only": "reprice"},
            ("limit", "gtc", "reprice"),
        ),
        ({"time_in_force": "fok"}, ("market", "fok", False)),
        ({"price": 5, "time_in_force": "day"}, ("limit", "day", False)),
        ({"stop_price": 5}, ("stop", "gtc", False)),
        ({"stop_price": 5, "price": 6}, ("stop_limit", "gtc", False)),
        ({"stop_price": 5, "price": 6, "post_only": True}, ("stop_limit", "gtc", True)),
    ],
)
def test_what_an_order_leaves_open_follows_from_its_price(keys, expected):
    assert kind(only(BUY | keys)) == expected


def test_a_good_till_date_order_says_until_when():
    order = only(BUY | {"price": 5, "time_in_force": "gtd", "expires": 11})
    assert (order.time_in_force, order.expires) == ("gtd", 11)


def test_an_order_may_name_the_larger_one_that_it_is_a_part_of(tmp_path):
    assert only(BUY | {"parent": "basket 7"}).parent == "basket 7"
    assert only(BUY).parent is None
    found = messages_of(config(scripted(BUY | {"parent": 7})))
    assert found[f"{ORDERS}[0].parent"].startswith("found 7; allowed: text")
    path = tmp_path / "orders.csv"
    path.write_text("at,side,qty,parent\n10,buy,1,7\n11,buy,1,\n")
    raw = config(scripted())
    raw["portfolios"][0]["params"] = {"orders": str(path)}
    orders = load(raw).portfolios[0].params.orders
    assert [order.parent for order in orders] == ["7", None]


@pytest.mark.parametrize("price", [99.99, "99.99", Decimal("99.99")])
def test_prices_are_exact(price):
    assert only(BUY | {"price": price}).price == Decimal("99.99")


@pytest.mark.parametrize(
    ("keys", "key", "message"),
    [
        ({"type": "limit"}, "price", "a limit order needs a price"),
        (
            {"type": "market", "price": 5},
            "price",
            "found 5, but a market order has no price; remove it or write type: limit",
        ),
        (
            {"time_in_force": "gtc"},
            "time_in_force",
            "found 'gtc'; allowed for a market order: ioc, fok",
        ),
        (
            {"post_only": True},
            "post_only",
            "an order that never rests (ioc, fok, market, stop) cannot be post_only",
        ),
        (
            {"price": 5, "time_in_force": "ioc", "post_only": True},
            "post_only",
            "an order that never rests (ioc, fok, market, stop) cannot be post_only",
        ),
        (
            {"price": 5, "reduce_only": "reprice"},
            "reduce_only",
            "found 'reprice'; allowed: true or false",
        ),
        (
            {"price": 5, "post_only": "away"},
            "post_only",
            "found 'away'; allowed: true, false, reprice",
        ),
        (
            {"price": 5, "time_in_force": "post_only", "post_only": False},
            "time_in_force",
            "found 'post_only'; allowed: gtc, ioc, fok, gtd, day",
        ),
        (
            {"type": "peg"},
            "type",
            "found 'peg'; allowed: market, limit, stop, stop_limit",
        ),
        ({"type": "stop"}, "stop_price", "a stop order needs a stop_price"),
        (
            {"type": "stop_limit", "price": 5},
            "stop_price",
            "a stop_limit order needs a stop_price",
        ),
        (
            {"type": "stop_limit", "stop_price": 5},
            "price",
            "a stop_limit order needs a price",
        ),
        (
            {"type": "stop", "stop_price": 5, "price": 6},
            "price",
            "found 6, but a stop order has no price; "
            "remove it or write type: stop_limit",
        ),
        (
            {"type": "limit", "stop_price": 5, "price": 6},
            "stop_price",
            "found 5, but a limit order has no stop_price; "
            "remove it or write type: stop_limit",
        ),
        (
            {"type": "market", "stop_price": 5},
            "stop_price",
            "found 5, but a market order has no stop_price; "
            "remove it or write type: stop",
        ),
        (
            {"time_in_force": "day"},
            "time_in_force",
            "found 'day'; allowed for a market order: ioc, fok",
        ),
        (
            {"stop_price": 5, "time_in_force": "fok"},
            "time_in_force",
            "found 'fok'; allowed for a stop order: gtc, gtd, day",
        ),
        (
            {"stop_price": 5, "price": 6, "time_in_force": "ioc"},
            "time_in_force",
            "found 'ioc'; allowed for a stop_limit order: gtc, gtd, day",
        ),
        (
            {"price": 5, "time_in_force": "gtd"},
            "expires",
            "a gtd order needs a time when it expires",
        ),
        (
            {"price": 5, "time_in_force": "day", "expires": 11},
            "expires",
            "found 1970-01-01T00:00:00.000000011Z, but a day order has no time when it "
            "expires; remove it or write time_in_force: gtd",
        ),
        (
            {"price": 5, "time_in_force": "gtd", "expires": 10},
            "expires",
            "found 1970-01-01T00:00:00.000000010Z; allowed: after at, "
            "1970-01-01T00:00:00.000000010Z",
        ),
        (
            {"price": 5, "time_in_force": "fok", "post_only": True},
            "post_only",
            "an order that never rests (ioc, fok, market, stop) cannot be post_only",
        ),
        (
            {"stop_price": 5, "post_only": True},
            "post_only",
            "an order that never rests (ioc, fok, market, stop) cannot be post_only",
        ),
        (
            {"side": "bye"},
            "side",
            "found 'bye'; did you mean 'buy'? allowed: buy, sell",
        ),
        ({"qty": 0}, "qty", "found 0; allowed: more than 0"),
        (
            {"id": 0},
            "id",
            "found 0; allowed: a whole number from 1, or text",
        ),
        ({"id": True}, "id", "found true; allowed: a whole number from 1, or text"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(keys, key, message):
    assert messages_of(config(scripted(BUY | keys))) == {f"{ORDERS}[0].{key}": message}


def test_a_cancel_names_an_order_of_the_script():
    entries = [BUY | {"price": 5, "id": "first"}, {"at": 20, "cancel": "first"}]
    loaded = load(config(scripted(*entries))).portfolios[0].params
    assert loaded.orders[1] == ScriptedCancel(at=20, cancel="first")
    assert loaded.numbers() == (1, 1)


def test_a_replace_names_an_order_of_the_script_and_what_it_has():
    entries = [
        BUY | {"price": 5, "id": "first"},
        BUY | {"id": "second"},
        {"at": 20, "replace": "first", "qty": 0, "price": 6},
        {"at": 20, "replace": "second", "price": 6},
        {"at": 20, "replace": "first", "stop_price": 6},
        {"at": 20, "replace": "third"},
        {"at": 5, "replace": "first"},
    ]
    good = load(config(scripted(*entries[:3]))).portfolios[0].params
    assert good.orders[2] == ScriptedReplace(at=20, replace="first", qty=0, price=6)
    assert good.numbers() == (1, 2, 1)
    assert messages_of(config(scripted(*entries))) == {
        f"{ORDERS}[3].price": "found 6, but a market order has no price",
        f"{ORDERS}[4].stop_price": "found 6, but a limit order has no stop_price",
        f"{ORDERS}[5].replace": "no order of this script has the id 'third'",
        f"{ORDERS}[6].replace": "the order 'first' is only sent later, at "
        "1970-01-01T00:00:00.000000010Z",
    }


def test_ids_that_do_not_fit_are_each_a_problem():
    entries = [
        BUY | {"id": "first"},
        BUY | {"id": "first"},
        {"at": 20, "cancel": "frist"},
        {"at": 5, "cancel": "first"},
        {"at": 10, "cancel": "last"},
        BUY | {"id": "last"},
        {"at": 10, "cancel": "last"},
    ]
    assert messages_of(config(scripted(*entries))) == {
        f"{ORDERS}[1].id": "the id 'first' is already taken; ids are unique",
        f"{ORDERS}[2].cancel": "no order of this script has the id 'frist'; "
        "did you mean 'first'?",
        f"{ORDERS}[3].cancel": "the order 'first' is only sent later, at "
        "1970-01-01T00:00:00.000000010Z",
        f"{ORDERS}[4].cancel": "the order 'last' is only sent later, at "
        "1970-01-01T00:00:00.000000010Z",
    }


def test_whole_number_ids_are_the_numbers_and_the_others_take_what_is_left():
    ids = ["a", 2, None, 1, "b", 7, None]
    entries = [BUY if key is None else BUY | {"id": key} for key in ids]
    entries += [{"at": 20, "cancel": "b"}, {"at": 20, "cancel": 7}]
    params = load(config(scripted(*entries))).portfolios[0].params
    assert params.numbers() == (3, 2, 4, 1, 5, 7, 6, 5, 7)


def test_a_script_may_be_empty():
    assert load(config(scripted())).portfolios[0].params.orders == ()
