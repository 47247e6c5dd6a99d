"""What orders promise besides: plain and compiled strategies alike."""

import pytest

import commonbook as cb
from commonbook.strategy.asks import BUY, limit, post, reprice
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


def test_an_order_of_an_earlier_wake_is_not_repriced():
    result = run(tape(DATA, quiet(30)), member(late))
    reason = "impossible: an order of an earlier wake stays as it is"
    assert stopped(result) == [("p", 21, reason)]
