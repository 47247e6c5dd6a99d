"""A strategy in plain Python that fails is stopped, and the others go on."""

import sys

import pytest

import commonbook as cb
from commonbook.strategy.seat import MAX_MESSAGES
from tests.strategy.words import asking, book, member, quiet, run, stopped, tape

pytestmark = pytest.mark.nojit


def test_an_error_stops_its_portfolio_and_the_others_go_on():
    class Clumsy(cb.Strategy):
        every = 10

        def on_start(self):
            self.limit("buy", 5, 99)

        def on_timer(self):
            self.buy(1)
            if self.now == 21:
                self._fail({})

        def _fail(self, prices):
            return prices["X"]

    class Steady(cb.Strategy):
        every = 10

        def on_timer(self):
            self.sell(1)

    result = run(
        tape(book(1), quiet(60)),
        member(Clumsy, "clumsy"),
        member(Steady, "steady"),
        execution={"mode": "shared"},
    )
    assert stopped(result) == [("clumsy", 21, "KeyError: 'X'")]
    sent = {"clumsy": 2, "steady": 5}  # the order of the failing wake is not sent
    for name, number in sent.items():
        assert result.orders.filter(portfolio=name).height == number
    clumsy = result.orders.filter(portfolio="clumsy").rows(named=True)
    assert (clumsy[0]["state"], clumsy[0]["reason"]) == ("cancelled", "stopped")
    text = result.summary["stopped"][0]["traceback"]
    assert "in on_timer" in text
    assert "in _fail" in text
    assert "commonbook/strategy" not in text


STRICT = {"strict": True}
#: What is wrong whatever the order is about.
WRONG_CALLS = [
    (lambda s: s.cancel(7), "cancel of order 7, which was never sent"),
    (
        lambda s: s.limit("buy", 1, 99, post_only="away"),
        "post_only 'away'; allowed: True, False, reprice",
    ),
    (lambda s: s.limit("up", 1, 99), "side 'up'; allowed: buy, sell"),
    (
        lambda s: s.limit("buy", 1, 99, time_in_force="fill"),
        "time_in_force 'fill'; allowed for a limit order: gtc, ioc, fok, gtd, day",
    ),
    (
        lambda s: s.buy(1, time_in_force="gtc"),
        "time_in_force 'gtc'; allowed for a market order: ioc, fok",
    ),
    (
        lambda s: s.stop("buy", 1, 101, 102, time_in_force="fok"),
        "time_in_force 'fok'; allowed for a stop_limit order: gtc, gtd, day",
    ),
    (lambda s: s.set_timer(at=0), "set_timer at 0; allowed: whole ns from now (1)"),
    (lambda s: s.set_timer(), "set_timer: give either at or after"),
]


@pytest.mark.parametrize(("ask", "reason"), WRONG_CALLS)
def test_a_wrong_call_stops_it_with_a_reason(ask, reason):
    result = run(tape(book(1), quiet(9)), member(asking(ask)))
    ((name, ts, found),) = stopped(result)
    assert (name, ts) == ("p", 1)
    assert found.startswith(f"impossible: {reason}")
    assert result.orders.height == 0


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda s: s.limit("buy", 1, 99.995), "price 99.995 is not a multiple of 0.01"),
        (lambda s: s.limit("buy", 1, float("nan")), "price nan is not a finite number"),
        (lambda s: s.limit("buy", 1, "99"), "price '99' is not a number"),
        (lambda s: s.buy(1.5), "quantity 1.5 is not a multiple of 1"),
        (lambda s: s.buy(0), "quantity 0; allowed: more than 0"),
        (lambda s: s.sell(-3), "quantity -3; allowed: more than 0"),
        (lambda s: s.buy(1e30), "quantity 1e+30 is too large"),
        (lambda s: s.buy(True), "quantity True is not a number"),
        (lambda s: s.buy(1, symbol="Y"), "symbol 'Y'; the data has X"),
        (lambda s: s.limit("buy", 1, None), "price None is not a number"),
        (lambda s: s.stop("buy", 1, None), "price None is not a number"),
        (lambda s: s.stop("buy", 1, 99.995), "price 99.995 is not a multiple of 0.01"),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="gtd"),
            "expires None; allowed: whole ns after now (1)",
        ),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="gtd", expires=1),
            "expires 1; allowed: whole ns after now (1)",
        ),
        (
            lambda s: s.stop("buy", 1, 99, time_in_force="gtd", expires=2**63),
            "expires 9223372036854775808; allowed: whole ns after now (1)",
        ),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="day", expires=9),
            "expires with day; allowed: with gtd only",
        ),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="fok", post_only=True),
            "post_only with fok",
        ),
        (
            lambda s: s.limit("buy", 1, 99, time_in_force="ioc", post_only=True),
            "post_only with ioc",
        ),
        (lambda s: s.target(1.5), "quantity 1.5 is not a multiple of 1"),
        *WRONG_CALLS,
    ],
)
def test_an_impossible_order_stops_it_with_a_reason_if_the_run_is_strict(ask, reason):
    result = run(tape(book(1), quiet(9)), member(asking(ask)), execution=STRICT)
    ((name, ts, found),) = stopped(result)
    assert (name, ts) == ("p", 1)
    assert found.startswith(f"impossible: {reason}")
    assert result.orders.height == 0


def test_too_many_messages_in_one_wake_stop_it():
    def flood(strategy):
        while True:
            strategy.buy(1)

    result = run(tape(book(1), quiet(9)), member(asking(flood)))
    ((_, _, reason),) = stopped(result)
    assert reason == f"too_many_messages: more than {MAX_MESSAGES} messages in one wake"
    assert result.orders.height == 0


def test_a_strategy_that_answers_itself_at_one_time_for_ever_is_stopped():
    class Loop(cb.Strategy):
        def on_start(self):
            self.buy(1)

        def on_fill(self, fill):
            self.buy(1)

    class Other(cb.Strategy):
        every = 2

        def on_timer(self):
            self.buy(1)

    data = tape(book(1, size=5_000), quiet(9))
    result = run(data, member(Loop, "loop"), member(Other, "other"))
    assert stopped(result) == [("loop", 1, "too_many_rounds")]
    assert result.orders.filter(portfolio="other").height == 4


@pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit])
def test_the_user_can_always_end_the_process(failure):
    def leave(strategy):
        raise failure

    with pytest.raises(failure):
        run(tape(book(1), quiet(9)), member(asking(leave)))


def test_what_is_sent_after_the_end_is_refused():
    class Last(cb.Strategy):
        def on_end(self):
            self.buy(1)

    result = run(tape(book(1), quiet(9)), member(Last))
    assert stopped(result) == []
    assert result.orders.select("state", "reason").rows() == [("rejected", "after_end")]


def test_an_error_when_it_is_made_stops_it_too():
    class Unmade(cb.Strategy):
        size: cb.Qty

        def __init__(self):
            self.half = self.size // self.parts

    result = run(tape(book(1)), member(Unmade, params={"size": 5}))
    ((_, _, reason),) = stopped(result)
    assert "has no attribute 'parts'" in reason


def test_deep_recursion_stops_it_only():
    def sink(strategy):
        sink(strategy)

    result = run(tape(book(1)), member(asking(sink)), member(asking(id), "other"))
    ((name, _, reason),) = stopped(result)
    assert name == "p"
    assert reason.startswith("RecursionError: maximum recursion depth exceeded")
    assert sys.getrecursionlimit() > 500
