"""The money and the name of a portfolio, and the instruments it speaks of."""

from decimal import Decimal

import pytest

from commonbook.config import load
from tests.config.builders import MAKER, FakeTape, config, messages_of, scripted

BUY = {"at": 10, "side": "buy", "qty": 1}


@pytest.mark.parametrize(
    ("cash", "message"),
    [
        (-1, "found -1; allowed: at least 0"),
        ("0.000000001", "found 1E-9; allowed: at most 8 decimals"),
        (10**12, "found 1000000000000; allowed: at most 90000000000"),
        (float("nan"), "found nan; allowed: a number"),
        (True, "found true; allowed: a number"),
    ],
)
def test_cash_is_an_amount_that_can_be_booked(cash, message):
    found = messages_of(config(MAKER | {"cash": cash}))
    assert found == {"portfolios[0].cash": message}


def test_cash_is_exact():
    (portfolio,) = load(config(MAKER | {"cash": "12345678901.12345678"})).portfolios
    assert portfolio.cash == Decimal("12345678901.12345678")


def test_positions_may_be_short():
    (portfolio,) = load(config(MAKER | {"positions": {"AAPL": -1.5}})).portfolios
    assert portfolio.positions == {"AAPL": Decimal("-1.5")}


def test_the_symbol_of_a_position_is_a_name():
    assert messages_of(
        config(MAKER | {"positions": {"A*": 1}}, data={"path": __file__})
    )["portfolios[0].positions.A*"].startswith("found 'A*'")


@pytest.mark.parametrize("name", ["", " a", "a ", "a*", "a\nb", "x" * 201, 5, None])
def test_a_name_is_printable_text_that_no_pattern_can_be(name):
    assert list(messages_of(config(MAKER | {"name": name}))) == ["portfolios[0].name"]


def test_two_portfolios_cannot_have_one_name():
    assert messages_of(config(MAKER, scripted(), MAKER)) == {
        "portfolios[2].name": "'maker' is already the name of portfolios[0]"
    }


def test_instruments_must_be_in_the_data():
    raw = config(
        MAKER | {"positions": {"APPL": 1}, "params": MAKER["params"] | {"symbol": "X"}},
        scripted(BUY | {"symbol": "AAPL"}, BUY | {"symbol": "MSFT"}),
    )
    assert messages_of(raw) == {
        "portfolios[0].params.symbol": "found 'X'; allowed: AAPL",
        "portfolios[0].positions.APPL": "found 'APPL'; did you mean 'AAPL'? "
        "allowed: AAPL",
        "portfolios[1].params.orders[1].symbol": "found 'MSFT'; allowed: AAPL",
    }


def test_with_several_instruments_each_order_says_which():
    raw = config(MAKER, scripted(BUY, {"at": 11, "cancel": 1}))
    raw["data"] = FakeTape("AAPL", "MSFT")
    missing = "this key is missing; allowed: AAPL, MSFT"
    found = messages_of(raw)
    assert found["portfolios[0].params.symbol"] == missing
    assert found["portfolios[1].params.orders[0].symbol"] == missing
    assert "portfolios[1].params.orders[1].symbol" not in found


def test_data_that_does_not_say_its_instruments_leaves_them_open():
    raw = config(MAKER | {"positions": {"ANY": 1}})
    raw["data"] = [FakeTape("AAPL"), {"path": __file__, "format": "csv"}]
    assert load(raw).portfolios[0].positions == {"ANY": 1}


def test_the_limit_on_positions_may_be_zero():
    (portfolio,) = load(config(MAKER | {"limits": {"max_position": 0}})).portfolios
    assert portfolio.limits.max_position == 0


RATE = {"messages": 100, "per": "1s", "over": "reject"}


def limited(**changes):
    rate = {key: value for key, value in (RATE | changes).items() if value is not None}
    return config(MAKER | {"limits": {"order_rate": rate}})


def test_an_order_rate_is_a_number_of_messages_in_a_span():
    (portfolio,) = load(limited(over="delay")).portfolios
    rate = portfolio.limits.order_rate
    assert (rate.messages, rate.per, rate.over) == (100, 10**9, "delay")
    (free,) = load(config(MAKER)).portfolios
    assert free.limits.order_rate is None


@pytest.mark.parametrize(
    ("changes", "where", "message"),
    [
        ({"messages": 0}, ".messages", "found 0; allowed: at least 1"),
        ({"messages": 10**6}, ".messages", "found 1000000; allowed: at most 100000"),
        ({"messages": 1.5}, ".messages", "found 1.5; allowed: a whole number"),
        ({"per": 0}, ".per", "found 0; allowed: more than 0"),
        ({"per": "25h"}, ".per", "found '25h'; allowed: at most 86400000000000"),
        ({"per": 1}, ".per", "found 1; allowed: a number with a unit"),
        ({"over": "drop"}, ".over", "found 'drop'; allowed: reject, delay"),
        ({"over": None}, ".over", "this key is missing; give what becomes of more"),
        ({"span": 1}, ".span", "unknown key; allowed: messages, per, over"),
    ],
)
def test_an_order_rate_says_what_is_allowed(changes, where, message):
    ((path, found),) = messages_of(limited(**changes)).items()
    assert path == f"portfolios[0].limits.order_rate{where}"
    assert found.startswith(message)
