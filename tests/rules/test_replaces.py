"""Replaced orders keep their place, or come anew."""

import polars as pl
import pytest

import commonbook as cb
from tests.rules.words import (
    book,
    buy,
    cancel,
    ending,
    filled,
    fills,
    order,
    portfolio,
    replace,
    sell,
    sold,
)
from tests.strategy.words import asking, member, orders, packet, quiet, stopped, tape
from tests.strategy.words import book as show
from tests.strategy.words import run as run_config

EMPTY = book(0, {98: 10}, {101: 10})
WHOLE = {"tick": "1"}


def test_a_smaller_quantity_keeps_its_place(run):
    people = [
        portfolio("A", buy(5, 6, 99), replace(8, 1, qty=4)),
        portfolio("B", buy(6, 6, 99)),
    ]
    result = run([EMPTY, sold(10, 99, 5)], *people, **WHOLE)
    assert filled(result, "A", "B") == [4.0, 1.0]
    row = order(result, "A")
    assert (row["qty"], row["replaces"], row["state"]) == (4.0, 1, "filled")


@pytest.mark.parametrize("new", [{"qty": 7}, {"price": 100}])
def test_a_larger_quantity_or_another_price_loses_it(run, new):
    people = [
        portfolio("A", buy(5, 6, 99), replace(8, 1, **new), replace(9, 1, price=99)),
        portfolio("B", buy(6, 6, 99)),
    ]
    result = run([EMPTY, sold(10, 99, 8)], *people, **WHOLE)
    assert filled(result, "A", "B") == [2.0, 6.0]


def test_fills_before_and_after_are_each_at_the_price_of_their_time(run):
    mine = portfolio("A", buy(5, 6, 99), replace(12, 1, price=101))
    result = run([EMPTY, sold(10, 99, 2)], mine, **WHOLE)
    assert fills(result, "A") == [(2, 99.0, "maker"), (4, 101.0, "taker")]
    assert order(result, "A")["price"] == 101.0


def test_a_quantity_that_leaves_nothing_ends_it(run):
    mine = portfolio("A", buy(5, 6, 99), replace(12, 1, qty=3), cancel(13, 1))
    result = run([EMPTY, sold(10, 99, 3)], mine, **WHOLE)
    assert ending(result, "A") == ("cancelled", "replaced", 3)
    assert result.summary["counters"]["too_late"] == 1


def test_a_stop_gets_another_stop_price(run):
    packets = [EMPTY, sold(2, 100, 1), sold(20, 97, 1)]
    mine = portfolio(
        "A", sell(5, 4, stop_price=90), replace(8, 1, stop_price=97), buy(4, 4)
    )
    row = order(run(packets, mine, **WHOLE), "A")
    assert (row["stop_price"], row["ts_trigger"]) == (97.0, 20)


def test_a_replace_beyond_the_position_limit_does_not_leave(run):
    mine = portfolio(
        "A", buy(5, 6, 99), replace(8, 1, qty=11), limits={"max_position": 10}
    )
    row = order(run([EMPTY], mine, **WHOLE), "A")
    assert (row["qty"], row["replaces"]) == (6.0, 0)


def test_a_strategy_in_plain_python_replaces_and_is_told():
    told = []

    class Changer(cb.Strategy):
        every = 10

        def on_start(self):
            self.limit("buy", 6, 99)
            assert self.replace(1, qty=4, price=99.5)
            assert self.orders[0].replacing == 1
            self.stop("sell", 5, 98)

        def on_timer(self):
            if self.now == 11:
                self.replace(2, stop_price=97.5)
                self.replace(1, price=99.995)
            elif self.now == 21:
                self.cancel(1)
                self.replace(1, qty=2)
                self.replace(1, qty=3)
            else:
                assert not self.replace(1, qty=9)

        def on_order(self, order):
            facts = (order.id, order.news, order.state, order.qty, order.leaves)
            told.append((self.now, *facts, order.price, order.stop_price))

    delays = {"order": "2ns", "response": "2ns"}
    result = run_config(tape(show(1), quiet(45)), member(Changer, latency=delays))
    assert stopped(result) == []
    assert told == [
        (5, 1, "accepted", "resting", 4.0, 4.0, 99.5, None),
        (5, 1, "replaced", "resting", 4.0, 4.0, 99.5, None),
        (5, 2, "accepted", "waiting", 5.0, 5.0, None, 98.0),
        (11, 1, "cancel_rejected", "resting", 4.0, 4.0, 99.5, None),
        (15, 2, "replaced", "waiting", 5.0, 5.0, None, 97.5),
        (25, 1, "ended", "cancelled", 4.0, 0.0, 99.5, None),
        (25, 1, "cancel_rejected", "cancelled", 4.0, 0.0, 99.5, None),
        (25, 1, "cancel_rejected", "cancelled", 4.0, 0.0, 99.5, None),
    ]


def test_a_replace_of_what_was_never_sent_is_a_wrong_call():
    data = tape(show(1), quiet(9))
    result = run_config(data, member(asking(lambda s: s.replace(3, qty=1))))
    ((_, _, reason),) = stopped(result)
    assert reason == "impossible: replace of order 3, which was never sent"


def test_a_print_of_the_same_time_comes_before_a_replace():
    class Late(cb.Strategy):
        def on_start(self):
            self.limit("buy", 5, 99.99)
            self.set_timer(at=9)

        def on_timer(self):
            self.replace(1, qty=2)

    prints = packet(9, ("T", "A", 9_998, 4))
    result = run_config(tape(show(1), prints, quiet(20)), member(Late))
    assert orders(result, "qty", "filled", "reason") == [(5.0, 4.0, "replaced")]
    assert result.fills["ts"].cast(pl.Int64).to_list() == [9]
