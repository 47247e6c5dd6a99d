"""Orders that wait, end at a time, or are all or none: plain and compiled alike."""

import pytest

import commonbook as cb
from commonbook.strategy.asks import (
    BUY,
    SELL,
    cancel_all,
    has_book,
    limit_day,
    limit_fok,
    limit_until,
    market_fok,
    stop,
    stop_limit,
)
from tests.strategy.words import book, member, orders, quiet, run, stopped, tape

MS = 1_000_000
SIZE = 200
KINDS = 7


@cb.compiled(every="100ms", max_orders=64, memory={"n": int})
def restless(see, orders, params, memory, out):
    if not has_book(see):
        return
    bid, ask, n = see["bid"], see["ask"], memory["n"]
    memory["n"] = n + 1
    if n % 7 == 0:
        market_fok(out, SELL, SIZE)
    elif n % 7 == 1:
        limit_fok(out, BUY, SIZE, ask)
    elif n % 7 == 2:
        limit_day(out, BUY, SIZE, bid)
    elif n % 7 == 3:
        limit_until(out, see, SELL, SIZE, ask, see["now"] + 250_000_000)
    elif n % 7 == 4:
        stop(out, SELL, SIZE, bid - 1)
    elif n % 7 == 5:
        stop_limit(out, BUY, SIZE, ask + 1, ask + 2)
    elif n % 28 == 27:
        cancel_all(out, orders)


class Restless(cb.Strategy):
    every = "100ms"

    def on_start(self):
        self._n = 0

    def on_timer(self):
        if self.mid is None:
            return
        n, bid, ask = self._n, self.bid_ticks, self.ask_ticks
        self._n += 1
        if n % 7 == 0:
            self.sell(SIZE, time_in_force="fok")
        elif n % 7 == 1:
            self.limit("buy", SIZE, self.ask, time_in_force="fok")
        elif n % 7 == 2:
            self.limit("buy", SIZE, self.bid, time_in_force="day")
        elif n % 7 == 3:
            until = self.now + 250 * MS
            self.limit("sell", SIZE, self.ask, time_in_force="gtd", expires=until)
        elif n % 7 == 4:
            self.stop("sell", SIZE, self.price_of(bid - 1))
        elif n % 7 == 5:
            self.stop("buy", SIZE, self.price_of(ask + 1), self.price_of(ask + 2))
        elif n % 28 == 27:
            self.cancel_all()


@pytest.mark.parametrize("trigger", ["trade", "touch"])
def test_a_plain_and_a_compiled_strategy_give_the_same_bytes(trigger):
    data = {
        "synth": {
            "seed": 5,
            "duration": "2min",
            "session": {"close": "09:31", "timezone": "America/New_York"},
        }
    }
    execution = {
        "stop_trigger": trigger,
        "latency": {"feed": "1ms", "order": "2ms", "response": "1ms"},
    }
    plain, compiled = (
        cb.run({"data": data, "portfolios": [member(kind)], "execution": execution})
        for kind in (Restless, restless)
    )
    assert stopped(plain) == stopped(compiled) == []
    assert plain.digest == compiled.digest
    ends = plain.orders.select("type", "time_in_force", "state", "reason").unique()
    assert {
        ("market", "fok", "filled", None),
        ("limit", "fok", "cancelled", "fok_unfilled"),
        ("limit", "gtd", "expired", "expired"),
        ("limit", "day", "expired", "expired"),
        ("limit", "day", "filled", None),
        ("stop", "gtc", "filled", None),
        ("stop_limit", "gtc", "filled", None),
        ("stop", "gtc", "cancelled", "user_cancel"),
    } <= set(ends.rows())


@cb.compiled(every=10)
def late(see, orders, params, memory, out):
    limit_until(out, see, BUY, 1, 9_900, see["now"])


@cb.compiled(every=10)
def far(see, orders, params, memory, out):
    stop(out, BUY, 1, 2**31)


@pytest.mark.nojit
@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        (late, "impossible: expires; allowed: a time after now"),
        (far, "impossible: price; allowed: at most 2**31 - 1 ticks"),
    ],
)
def test_an_impossible_order_stops_a_compiled_strategy_if_it_is_strict(
    strategy, reason
):
    strict = {"strict": True}
    result = run(tape(book(1), quiet(30)), member(strategy), execution=strict)
    assert stopped(result) == [("p", 11, reason)]
    assert orders(result, "state") == []


@pytest.mark.nojit
@pytest.mark.parametrize(
    ("strategy", "reason"), [(late, "bad_expiry"), (far, "bad_price")]
)
def test_an_impossible_order_of_a_compiled_strategy_is_rejected(strategy, reason):
    result = run(tape(book(1), quiet(15)), member(strategy))
    assert stopped(result) == []
    assert orders(result, "state", "reason") == [("rejected", reason)]
