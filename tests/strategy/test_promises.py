"""What orders promise besides: plain and compiled strategies alike."""

import pytest

import commonbook as cb
from commonbook.strategy.asks import BUY, SELL, limit, post, reduce_only, reprice, sell
from tests.strategy.words import book, member, orders, quiet, run, stopped, tape

pytestmark = pytest.mark.nojit

DATA = book(1)


@cb.compiled(every="10ns", memory={"n": int})
def quoting(see, orders, params, memory, out):
    if memory["n"] == 0 and see["ask"] < 10**9:
        memory["n"] = 1
        reprice(out, post(out, BUY, 5, see["ask"] + 3))
        limit(out, BUY, 1, see["bid"])


@cb.compiled(every="10ns", memory={"n": int})
def closing(see, orders, params, memory, out):
    memory["n"] += 1
    if memory["n"] == 1:
        reduce_only(out, sell(out, 8))
        reduce_only(out, limit(out, SELL, 8, see["ask"]))
        limit(out, SELL, 8, see["ask"])


class Closing(cb.Strategy):
    def on_start(self):
        first = self.sell(8, reduce_only=True)
        self.limit("sell", 8, self.ask, reduce_only=True)
        self.limit("sell", 8, self.ask)
        self.stop("sell", 8, 90, reduce_only=True)
        assert self.orders[first - 1].reduce_only
        assert not self.orders[2].reduce_only


@cb.compiled(every="10ns", memory={"n": int})
def late(see, orders, params, memory, out):
    memory["n"] += 1
    if memory["n"] == 1:
        post(out, BUY, 5, see["bid"])
    else:
        reprice(out, 1)


def test_a_compiled_strategy_lets_an_order_be_repriced():
    result = run(tape(DATA, quiet(30)), member(quoting))
    assert stopped(result) == []
    found = [(100.0, True, "expired"), (99.99, False, "expired")]
    assert orders(result, "price", "post_only", "state") == found


def test_a_plain_strategy_lets_an_order_be_repriced_and_is_told():
    class Quoting(cb.Strategy):
        def on_start(self):
            self.limit("buy", 5, 100.04, post_only="reprice")

        def on_order(self, order):
            if order.side == "buy" and order.news == "accepted":
                self.limit("sell", 1, order.price + 0.02)

    result = run(tape(DATA, quiet(30)), member(Quoting))
    assert stopped(result) == []
    assert orders(result, "side", "price") == [("buy", 100.0), ("sell", 100.02)]


@pytest.mark.parametrize("strategy", [closing, Closing])
def test_reduce_only_orders_close_a_position_and_end(strategy):
    holder = member(strategy, positions={"X": 5})
    result = run(tape(DATA, quiet(30)), holder)
    assert stopped(result) == []
    ends = orders(result, "filled", "state", "reason")
    assert ends[:3] == [
        (5.0, "cancelled", "reduce_only"),
        (0.0, "expired", "end_of_data"),
        (0.0, "expired", "end_of_data"),
    ]


def test_an_order_of_an_earlier_wake_is_not_repriced():
    result = run(tape(DATA, quiet(30)), member(late))
    reason = "impossible: an order of an earlier wake stays as it is"
    assert stopped(result) == [("p", 21, reason)]
