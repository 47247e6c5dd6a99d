"""Compiled strategies of the user's own: what they get, and how they fail."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import commonbook as cb
from commonbook.core.book_records import NO_ASK, NO_BID
from commonbook.core.errors import ConfigError
from commonbook.strategy.asks import (
    BUY,
    SAME,
    SELL,
    buy,
    cancel,
    cancel_all,
    has_book,
    limit,
    limit_ioc,
    post,
    replace,
    replace_stop,
    sell,
    set_timer,
    stop,
    target,
)
from commonbook.strategy.compiled import INTERPRETED
from commonbook.strategy.market import NO_PRICE
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

ROOT = Path(__file__).resolve().parents[2]
LIMITS = np.array([99, 101])


@cb.compiled(every=10, memory={"wakes": int, "sum": float})
def clumsy(see, orders, params, memory, out):
    memory["wakes"] += 1
    memory["sum"] += 0.5
    if memory["wakes"] == 1:
        limit(out, BUY, 5, 9_900)
    else:
        buy(out, 1)
    if memory["wakes"] == 3:
        memory["wakes"] = 100
        limit(out, SELL, 1, LIMITS[memory["wakes"]])


@cb.compiled(every=10)
def buys_in_halts(see, orders, params, memory, out):
    if see["halted"]:
        buy(out, 1)


@cb.compiled(every=10)
def divides(see, orders, params, memory, out):
    buy(out, see["bid"] // see["position"])


@cb.compiled(every=10)
def divides_floats(see, orders, params, memory, out):
    set_timer(out, see, int(see["bid"] / see["position"]))


@cb.compiled(every=10, max_messages=3)
def floods(see, orders, params, memory, out):
    while True:
        sell(out, 1)


@cb.compiled(every=10, max_orders=2)
def hoards(see, orders, params, memory, out):
    limit(out, BUY, 1, 9_000)


@cb.compiled(wakes=("report",), every=10)
def loops(see, orders, params, memory, out):
    buy(out, 1)


@cb.compiled(every=10)
def off_grid(see, orders, params, memory, out):
    sell(out, 0)


@cb.compiled(every=10)
def cancels_air(see, orders, params, memory, out):
    cancel(out, orders, 1)


@cb.compiled(every=10)
def steady(see, orders, params, memory, out):
    sell(out, 1)


@cb.compiled(every=10, memory={"n": int})
def sender(see, orders, params, memory, out):
    memory["n"] += 1
    if memory["n"] == 1:
        first = buy(out, 3)
        limit_ioc(out, BUY, 7, 10_001)
        gone = limit(out, BUY, 5, 9_950)
        post(out, SELL, 6, 10_050)
        cancel(out, orders, gone)
        set_timer(out, see, see["now"] + first)
    elif memory["n"] == 2:
        cancel_all(out, orders)
        target(out, see, orders, -2)
        target(out, see, orders, -2)


@cb.compiled(every=10, memory={"n": int})
def changer(see, orders, params, memory, out):
    memory["n"] += 1
    if memory["n"] == 1:
        first = limit(out, BUY, 5, 9_900)
        replace(out, orders, first, 3, 9_950)
        stop(out, SELL, 4, 9_800)
    elif memory["n"] == 2:
        replace_stop(out, orders, 2, SAME, SAME, 9_700)
        replace(out, orders, 1, 0, SAME)
    elif memory["n"] == 3 and not replace(out, orders, 1, 9, SAME):
        replace(out, orders, 2, 1, SAME)


class Params:
    size: cb.Qty
    edge: cb.Price
    hold: cb.Duration
    ratio: float = 0.5
    eager: bool = True
    since: cb.Timestamp = 7


@cb.compiled(params=Params, every=10)
def reads(see, orders, params, memory, out):
    if has_book(see) and params["eager"] and params["ratio"] == 0.5:
        limit(out, BUY, params["size"], params["edge"])
        set_timer(out, see, see["now"] + params["hold"] + params["since"])


def started(strategy, *, size=50, until=60, execution=None, **keys):
    data = tape(book(1, size=size), quiet(until))
    return run(data, member(strategy, **keys), execution=execution or {})


def test_verbs_send_what_they_say():
    result = started(sender)
    assert stopped(result) == []
    columns = ("ts_decision", "side", "qty", "type", "price", "post_only", "state")
    assert orders(result, *columns) == [
        (11, "buy", 3.0, "market", None, False, "filled"),
        (11, "buy", 7.0, "limit", 100.01, False, "filled"),
        (11, "buy", 5.0, "limit", 99.5, False, "cancelled"),
        (11, "sell", 6.0, "limit", 100.5, True, "cancelled"),
        (12, "sell", 12.0, "market", None, False, "filled"),
        (12, "sell", 12.0, "market", None, False, "filled"),
    ]


def test_a_halt_is_seen_when_the_feed_delay_shows_it():
    halt, resume = packet(20, ("X", "N", 0, 0)), packet(41, ("O", "N", 0, 0))
    data = tape(book(1), halt, resume, quiet(90))
    latency = {"feed": "5ns", "order": "100ns", "response": 0}
    result = run(data, member(buys_in_halts, latency=latency))
    assert orders(result, "ts_decision") == [(31,), (41,)]


def test_replaces_change_what_they_name():
    result = started(changer)
    assert stopped(result) == []
    columns = ("type", "qty", "price", "stop_price", "reason", "replaces")
    assert orders(result, *columns) == [
        ("limit", 3.0, 99.5, None, "replaced", 1),
        ("stop", 1.0, None, 97.0, "end_of_data", 2),
    ]


def test_parameters_come_in_ticks_lots_and_nanoseconds():
    params = {"size": "1.5", "edge": 99.5, "hold": "3ns"}
    data = tape(book(1), quiet(40), instruments=cb.Instrument("X", "0.01", "0.1"))
    result = run(data, member(reads, params=params))
    assert stopped(result) == []
    rows = orders(result, "ts_decision", "qty", "price")
    assert rows == [(ts, 1.5, 99.5) for ts in (11, 21, 31)]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"edge": 99.505}, "price 99.505 is not a multiple of the tick size 0.01"),
        ({"size": 0.5}, "size 0.5 is not a multiple of the lot size 1"),
        ({"ratio": "x"}, "allowed: a number"),
    ],
)
def test_parameters_off_the_grid_are_refused(params, text):
    given = {"size": 1, "edge": 99, "hold": "1ns"} | params
    with pytest.raises(ConfigError, match=text):
        started(reads, params=given)


def test_an_error_stops_its_portfolio_and_the_others_go_on():
    data = tape(book(1), quiet(60))
    result = run(data, member(clumsy, "clumsy"), member(steady, "steady"))
    ((name, ts, reason),) = stopped(result)
    assert (name, ts) == ("clumsy", 31)
    assert reason == "IndexError: index 100 is out of bounds for axis 0 with size 2"
    text = result.summary["stopped"][0]["traceback"]
    assert "test_entry.py" in text
    assert 'LIMITS[memory["wakes"]]' in text
    rows = orders(result, "portfolio", "ts_decision", "state", "reason")
    assert [row[1:] for row in rows if row[0] == "clumsy"] == [
        (11, "cancelled", "stopped"),
        (21, "filled", None),
    ]
    assert len([row for row in rows if row[0] == "steady"]) == 5


@pytest.mark.parametrize(
    ("strategy", "ts", "reason"),
    [
        (divides, 11, "ZeroDivisionError: "),
        (divides_floats, 11, "ZeroDivisionError: "),
        (floods, 11, "too_many_messages: more messages in one wake than max_messages"),
        (hoards, 41, "too_many_orders: more than 2 open; declare max_orders"),
        (loops, 11, "too_many_rounds"),
        (
            cancels_air,
            11,
            "impossible: cancel or replace of an order that was never sent",
        ),
    ],
)
def test_what_cannot_go_on_is_stopped_with_a_reason(strategy, ts, reason):
    result = started(strategy, size=9_000)
    ((_, at, found),) = stopped(result)
    assert at == ts
    assert found.startswith(reason)


def test_an_impossible_order_is_rejected_and_stops_its_portfolio_if_it_is_strict():
    result = started(off_grid, until=25)
    assert stopped(result) == []
    assert orders(result, "qty", "state", "reason") == 2 * [
        (None, "rejected", "bad_qty")
    ]
    ((_, at, found),) = stopped(started(off_grid, execution={"strict": True}))
    assert (at, found) == (11, "impossible: quantity; allowed: from 1 lot to 2**48")


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_what_does_not_compile_is_a_problem_of_the_configuration():
    @cb.compiled(every=10)
    def odd(see, orders, params, memory, out):
        return see["colour"]

    with pytest.raises(ConfigError, match="odd does not compile: "):
        started(odd)


@pytest.mark.parametrize("kind", [str, cb.Symbol, int | None])
def test_kinds_that_cannot_be_compiled_are_refused(kind):
    class Odd:
        value: kind = None if kind == int | None else "X"

    @cb.compiled(params=Odd, every=10)
    def strategy(see, orders, params, memory, out):
        """Do nothing."""

    with pytest.raises(ConfigError, match=r"params\.value: compiled strategies take"):
        started(strategy)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"memory": {"a": str}}, "memory 'a'"),
        ({"memory": {"a b": int}}, "memory 'a b'"),
        ({"wakes": ("noise",)}, "found 'noise'; allowed: book, trade, report"),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(given, text):
    with pytest.raises(TypeError, match=text):
        cb.compiled(**given)


MODULE = """\
import commonbook as cb
from commonbook.strategy.asks import buy

SIZE = {size}

@cb.compiled(every=10)
def buyer(see, orders, params, memory, out):
    buy(out, SIZE)
"""
PROGRAM = """\
import sys, time
import numba.core.dispatcher as d
import commonbook as cb
from tests.strategy.words import book, member, quiet, run, tape
from {module} import buyer
from commonbook.strategy.entry import entry_of, record_of
compiled = []
import numba.core.compiler as c
whole = c.compile_extra
def counted(*args, **keys):
    compiled.append(args[2].__name__)
    return whole(*args, **keys)
c.compile_extra = counted
result = run(tape(book(1), quiet(15)), member(buyer))
print("entry" in compiled, result.orders["qty"].to_list())
"""


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_machine_code_is_kept_for_other_processes_and_follows_edits(tmp_path):
    def printed(size):
        (tmp_path / "kept.py").write_text(MODULE.format(size=size))
        environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(module="kept")],
            check=True,
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        return done.stdout.strip()

    assert printed(2) == "True [2.0]"
    assert printed(2) == "False [2.0]"
    assert printed(3) == "True [3.0]"


def test_no_price_means_the_same_everywhere():
    assert (NO_BID, NO_ASK) == (-NO_PRICE, NO_PRICE)
