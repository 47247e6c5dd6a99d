"""An order rate as users write it, and what strategies of all kinds hear of it."""

import pytest

import commonbook as cb
from tests.strategy.words import book, member, orders, quiet, run, stopped, tape

pytestmark = pytest.mark.nojit


def limits(messages, per, over):
    return {"order_rate": {"messages": messages, "per": per, "over": over}}


def test_a_strategy_is_told_what_its_rate_refused():
    news = []

    class Eager(cb.Strategy):
        def on_start(self):
            for price in (99.9, 99.8, 99.7):
                self.limit("buy", 1, price)
            self.replace(1, price=99.6)

        def on_order(self, order):
            news.append((self.now, order.id, order.news, order.state, order.reason))

    eager = member(Eager, limits=limits(2, "10ns", "reject"))
    result = run(tape(book(1), quiet(9)), eager)
    assert sorted(news) == [
        (1, 1, "accepted", "resting", None),
        (1, 1, "cancel_rejected", "resting", None),
        (1, 2, "accepted", "resting", None),
        (1, 3, "ended", "rejected", "rate_limit"),
    ]
    assert orders(result, "order_id", "ts_sent", "reason") == [
        (1, 1, "end_of_data"),
        (2, 1, "end_of_data"),
        (3, None, "rate_limit"),
    ]
    assert not stopped(result)


def test_orders_that_are_held_back_say_when_they_left():
    class Eager(cb.Strategy):
        def on_start(self):
            for _ in range(4):
                self.limit("buy", 1, 99.9)
            self.cancel(1)

    eager = member(Eager, limits=limits(1, "10ns", "delay"), latency={"order": "2ns"})
    result = run(tape(book(1), quiet(25)), eager)
    assert orders(result, "ts_decision", "ts_sent", "ts_arrival") == [
        (1, 1, 3),
        (1, 11, 13),
        (1, 21, 23),
        (1, None, None),
    ]
    first = result.orders.row(0, named=True)
    assert first["reason"] == "end_of_data"  # its cancel was behind all of them


@pytest.mark.parametrize("over", ["reject", "delay"])
@pytest.mark.parametrize("n_makers", [1, 40])  # 40 are spread over threads
def test_no_window_of_busy_makers_has_more_than_it_may(over, n_makers):
    params = {"half_spread_ticks": 1, "size": 100, "levels": 4, "every": "50ms"}
    makers = [
        {
            "name": f"maker-{number}",
            "strategy": "grid_maker",
            "params": params,
            "limits": limits(6, "300ms", over),
        }
        for number in range(n_makers)
    ]
    result = cb.run({"data": cb.synth(seed=3, seconds=20), "portfolios": makers})
    for _, mine in result.orders.group_by("portfolio"):
        left = mine["ts_sent"].drop_nulls().to_physical().sort().to_list()
        spans = [later - sooner for sooner, later in zip(left, left[6:], strict=False)]
        assert len(spans) > 10
        assert min(spans) >= 300_000_000
        refused = (mine["reason"] == "rate_limit").sum()
        assert (refused > 0) == (over == "reject")
