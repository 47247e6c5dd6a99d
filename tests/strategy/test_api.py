"""What strategies in plain Python can ask for."""

import polars as pl
import pytest

import commonbook as cb
from tests.strategy.words import (
    book,
    member,
    orders,
    packet,
    quiet,
    run,
    stopped,
    tape,
)

pytestmark = pytest.mark.nojit


def test_names_with_an_underscore_are_left_to_the_user():
    taken = {name for name in dir(cb.Strategy) if name.startswith("_")}
    ours = {name for name in taken if not name.startswith("__")}
    assert ours == {"_parameters"}


def test_verbs_send_what_they_say():
    class Sender(cb.Strategy):
        def on_start(self):
            self._ids = [
                self.buy(3),
                self.sell(4),
                self.limit("buy", 5, 99.5),
                self.limit("sell", 6, 100.5, post_only=True),
                self.limit("buy", 7, 100.01, time_in_force="ioc", symbol="X"),
            ]
            assert self._ids == [1, 2, 3, 4, 5]
            assert self.cancel(3)

    result = run(tape(book(1), quiet(9)), member(Sender))
    assert stopped(result) == []
    columns = ("side", "qty", "type", "price", "time_in_force", "post_only", "state")
    assert orders(result, *columns) == [
        ("buy", 3.0, "market", None, "ioc", False, "filled"),
        ("sell", 4.0, "market", None, "ioc", False, "filled"),
        ("buy", 5.0, "limit", 99.5, "gtc", False, "cancelled"),
        ("sell", 6.0, "limit", 100.5, "gtc", True, "expired"),
        ("buy", 7.0, "limit", 100.01, "ioc", False, "filled"),
    ]


def test_a_target_counts_market_orders_that_are_on_their_way():
    class Aimer(cb.Strategy):
        every = 10

        def on_start(self):
            assert self.target(10) == 1
            assert self.target(10) is None
            assert self.target(-5) == 2

        def on_timer(self):
            if self.now == 11:
                self.limit("buy", 1, 99)
                self.close()

    result = run(tape(book(1), quiet(30)), member(Aimer, latency={"order": "2ns"}))
    assert stopped(result) == []
    rows = orders(result, "side", "qty", "state")
    assert rows == [
        ("buy", 10.0, "filled"),
        ("sell", 15.0, "filled"),
        ("buy", 1.0, "cancelled"),
        ("buy", 5.0, "filled"),
    ]


def test_a_cancel_of_what_has_ended_sends_nothing():
    answers = []

    class Late(cb.Strategy):
        every = 10

        def on_start(self):
            self.buy(1)

        def on_timer(self):
            answers.append(self.cancel(1))

    result = run(tape(book(1), quiet(25)), member(Late))
    assert answers == [False, False]
    assert result.summary["counters"]["messages"] == 1


def test_floats_may_be_as_far_from_the_grid_as_sums_of_floats_are():
    class Adder(cb.Strategy):
        def on_start(self):
            self.limit("buy", 0.1 + 0.2, 100.01 - 0.02)

    result = run(
        tape(book(1), instruments=cb.Instrument("X", "0.01", "0.1")), member(Adder)
    )
    assert orders(result, "qty", "price") == [(0.3, 99.99)]


def test_a_limit_of_the_portfolio_refuses_and_tells():
    log = []

    class Greedy(cb.Strategy):
        def on_start(self):
            self.buy(100)

        def on_order(self, order):
            log.append((self.now, order.state, order.reason, self.orders))

    run(tape(book(1), quiet(5)), member(Greedy, limits={"max_position": 10}))
    assert log == [(1, "rejected", "max_position", [])]


@pytest.mark.parametrize("threads", [False, True])
def test_tags_name_the_orders_in_the_results(threads):
    class Namer(cb.Strategy):
        def on_start(self):
            self.buy(1, tag=f"{self.name}: open")
            self.limit("sell", 1, 101)
            self.limit("sell", 2, 102, tag="far")

    people = [member(Namer, f"p{number:02}") for number in range(40 if threads else 2)]
    result = run(tape(book(1), quiet(9)), *people)
    frame = result.orders.sort("portfolio", "order_id")
    rows = frame.select("portfolio", "client_id").rows()
    for number, person in enumerate(people):
        name = person["name"]
        ids = [f"{name}: open", None, "far"]
        assert rows[3 * number : 3 * number + 3] == [(name, i) for i in ids]


@pytest.mark.parametrize("threads", [False, True])
def test_the_parts_of_a_larger_order_share_the_name_of_their_parent(threads):
    seen = {}

    class Slicer(cb.Strategy):
        def on_start(self):
            self.limit("buy", 1, 99, parent=f"{self.name}: big", tag="first")
            self.buy(2, parent=f"{self.name}: big")
            self.sell(1)
            self.stop("buy", 1, 103, parent="guard")
            self.target(7, parent="guard")
            seen[self.name] = [(order.tag, order.parent) for order in self.orders]

    people = [member(Slicer, f"p{number:02}") for number in range(40 if threads else 2)]
    result = run(tape(book(1), quiet(9)), *people)
    big = "p01: big"
    assert seen["p01"] == [
        ("first", big),
        (None, big),
        (None, None),
        (None, "guard"),
        (None, "guard"),
    ]
    mine = result.orders.filter(pl.col("portfolio") == "p01").sort("order_id")
    assert mine["parent"].to_list() == [big, big, None, "guard", "guard"]
    assert mine["client_id"].to_list() == ["first", *[None] * 4]
    sums = result.orders.group_by("parent").agg(pl.col("qty").sum())
    assert sums.filter(pl.col("parent") == big)["qty"].to_list() == [3.0]


def test_an_order_says_what_it_is():
    class Looker(cb.Strategy):
        def on_start(self):
            self.sell(1, time_in_force="fok")
            self.limit("buy", 2, 99, time_in_force="gtd", expires=20)
            self.stop("sell", 3, 98.5, time_in_force="day")
            self.stop("buy", 4, 101.5, 102, tag="breakout")
            told = [
                (o.type, o.price, o.stop_price, o.time_in_force, o.expires)
                for o in self.orders
            ]
            assert told == [
                ("market", None, None, "fok", None),
                ("limit", 99.0, None, "gtd", 20),
                ("stop", None, 98.5, "day", None),
                ("stop_limit", 102.0, 101.5, "gtc", None),
            ]
            assert "at market once at 98.5, sent" in repr(self.orders[2])

    result = run(tape(book(1), quiet(30)), member(Looker))
    assert stopped(result) == []
    assert orders(result, "type", "time_in_force", "state", "reason") == [
        ("market", "fok", "filled", None),
        ("limit", "gtd", "expired", "expired"),
        ("stop", "day", "expired", "end_of_data"),
        ("stop_limit", "gtc", "expired", "end_of_data"),
    ]


def test_a_stop_that_waits_is_no_market_order_on_its_way():
    class Protected(cb.Strategy):
        def on_start(self):
            self.stop("sell", 10, 99)
            assert self.target(10) == 2

    result = run(tape(book(1), quiet(9)), member(Protected))
    assert stopped(result) == []
    assert orders(result, "type", "qty") == [("stop", 10.0), ("market", 10.0)]


def test_on_order_tells_of_waiting_of_the_trigger_and_of_the_end():
    told = []

    class Listener(cb.Strategy):
        def on_start(self):
            self.stop("buy", 4, 100.01, 99.5, time_in_force="gtd", expires=20)
            self.limit("buy", 500, 100.01, time_in_force="fok")

        def on_order(self, order):
            told.append((self.now, order.id, order.state, order.reason, order.waiting))

    prints = packet(9, ("T", "B", 10_001, 1))
    result = run(tape(book(1), prints, quiet(30)), member(Listener))
    assert stopped(result) == []
    assert told == [
        (1, 1, "waiting", None, True),
        (1, 2, "cancelled", "fok_unfilled", False),
        (9, 1, "resting", None, False),
        (20, 1, "expired", "expired", False),
    ]
