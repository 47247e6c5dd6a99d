"""An impossible order is rejected: it never leaves, is told, and is in the results."""

import pytest

import commonbook as cb
from tests.strategy.words import (
    asking,
    book,
    member,
    orders,
    quiet,
    run,
    stopped,
    tape,
)

pytestmark = pytest.mark.nojit

GTD = {"time_in_force": "gtd"}


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda s: s.buy(1, symbol="Y"), "unknown_instrument"),
        (lambda s: s.target(5, symbol="Y"), "unknown_instrument"),
        (lambda s: s.buy(1.5), "bad_qty"),
        (lambda s: s.buy(0), "bad_qty"),
        (lambda s: s.sell(-3), "bad_qty"),
        (lambda s: s.buy(1e30), "bad_qty"),
        (lambda s: s.buy(float("nan")), "bad_qty"),
        (lambda s: s.buy(True), "bad_qty"),
        (lambda s: s.target(1.5), "bad_qty"),
        (lambda s: s.limit("buy", 1, 99.995), "bad_price"),
        (lambda s: s.limit("buy", 1, float("inf")), "bad_price"),
        (lambda s: s.limit("buy", 1, 2**31), "bad_price"),
        (lambda s: s.limit("buy", 1, None), "bad_price"),
        (lambda s: s.stop("buy", 1, 99.995), "bad_price"),
        (lambda s: s.stop("buy", 1, 99, 99.995), "bad_price"),
        (lambda s: s.stop("buy", 1, None), "bad_terms"),
        (lambda s: s.limit("buy", 1, 99, time_in_force="day", expires=9), "bad_terms"),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="fok", post_only=True),
            "bad_terms",
        ),
        (lambda s: s.limit("buy", 1, 99, **GTD), "bad_expiry"),
        (lambda s: s.limit("buy", 1, 99, **GTD, expires=1), "bad_expiry"),
        (lambda s: s.limit("buy", 1, 99, **GTD, expires=2.5), "bad_expiry"),
        (lambda s: s.stop("buy", 1, 99, **GTD, expires=2**63), "bad_expiry"),
    ],
)
def test_an_impossible_order_is_rejected_with_its_reason(ask, reason):
    result = run(tape(book(1), quiet(9)), member(asking(ask)))
    assert stopped(result) == []
    columns = ("state", "reason", "ts_end", "ts_sent", "ts_report")
    assert orders(result, *columns) == [("rejected", reason, 1, None, 1)]
    assert result.summary["portfolios"]["p"]["reasons"] == {reason: 1}


def test_what_is_impossible_is_null_in_the_results():
    def ask(strategy):
        strategy.buy(0)
        strategy.limit("buy", 3, 99.995)
        strategy.stop("sell", 3, 99.995, 98)
        strategy.limit("sell", 3, 99, symbol="Y")

    result = run(tape(book(1), quiet(9)), member(asking(ask)))
    assert orders(result, "symbol", "qty", "price", "stop_price") == [
        ("X", None, None, None),
        ("X", 3.0, None, None),
        ("X", 3.0, 98.0, None),
        (None, None, None, None),
    ]


def test_a_strategy_is_told_at_once_and_goes_on():
    told = []

    class Clumsy(cb.Strategy):
        def on_start(self):
            self.limit("buy", 3, 99.995, tag="off")
            self.buy(2, symbol="Y")
            assert self.buy(1) == 3
            first, other, _ = self.orders
            assert (first.price, first.qty, other.symbol) == (None, 3.0, "Y")
            self.cancel_all()

        def on_order(self, order):
            told.append((self.now, order.id, order.news, order.state, order.reason))

    delays = {"order": "2ns", "response": "3ns"}
    result = run(tape(book(1), quiet(9)), member(Clumsy, latency=delays))
    assert stopped(result) == []
    assert told == [
        (1, 1, "ended", "rejected", "bad_price"),
        (1, 2, "ended", "rejected", "unknown_instrument"),
        (1, 1, "cancel_rejected", "rejected", "bad_price"),
        (1, 2, "cancel_rejected", "rejected", "unknown_instrument"),
        (6, 3, "ended", "filled", None),
        (6, 3, "cancel_rejected", "filled", None),
    ]
    assert result.orders["client_id"].to_list() == ["off", None, None]


def test_a_quote_of_a_built_in_strategy_can_be_impossible_too():
    params = {"half_spread_ticks": 1_000_000_000, "size": 1, "every": "10ns"}
    maker = {"name": "m", "strategy": "market_maker", "params": params}
    data = tape(book(1, bid=2_000_000_000, ask=2_000_000_001), quiet(15))
    sells = [
        row for row in orders(run(data, maker), "side", "reason") if row[0] == "sell"
    ]
    assert sells == [("sell", "bad_price")]
    with pytest.raises(cb.RunError, match="a quote at 3000000001 ticks"):
        run(data, maker, execution={"strict": True})
