"""Delays that vary: nobody is earlier than his own, and no message overtakes."""

import pytest

from tests.invariants.scenarios import nanoseconds
from tests.rules.words import AFTER, book, buy, cancel, fills, order, portfolio

BOOK = book(0, {99: 1_000}, {101: 1_000})
LATE = book(2_000, {98: 10}, {})
WHOLE = {"tick": "1"}
JITTER = {"lognormal": {"median": "20ns", "sigma": 0.8, "min": "9ns"}}
SAMPLES = {"empirical": ["3ns", "40ns", "41ns"]}
ORDERS = [buy(5 * k, 1) for k in range(1, 200)]


def column(result, name, what):
    rows = result.orders.filter(portfolio=name).sort("order_id")
    return nanoseconds(rows, f"ts_{what}")


@pytest.mark.parametrize(("delay", "least"), [(JITTER, 9), (SAMPLES, 3)])
def test_orders_of_one_portfolio_arrive_in_their_order(run, delay, least):
    person = portfolio("A", *ORDERS, latency={"order": delay})
    result = run([BOOK, LATE], person, **WHOLE)
    decided, arrived = (column(result, "A", w) for w in ("decision", "arrival"))
    waits = [b - a for a, b in zip(decided, arrived, strict=True)]
    assert arrived == sorted(arrived)
    assert min(waits) >= least
    assert len(set(waits)) > 5


def test_a_cancel_never_overtakes_its_order(run):
    orders = [m for k in range(1, 60) for m in (buy(9 * k, 1, 98), cancel(9 * k, k))]
    person = portfolio("A", *orders, latency={"order": JITTER})
    result = run([BOOK, LATE], person, **WHOLE)
    arrived, ended = (column(result, "A", what) for what in ("arrival", "end"))
    assert set(result.orders["reason"]) == {"user_cancel"}
    assert all(a <= b for a, b in zip(arrived, ended, strict=True))
    assert any(a < b for a, b in zip(arrived, ended, strict=True))


def test_nobody_knows_of_an_end_before_his_delay_is_over(run):
    person = portfolio("A", *ORDERS, latency={"response": JITTER})
    result = run([BOOK, LATE], person, **WHOLE)
    ended, told = (column(result, "A", what) for what in ("end", "report"))
    assert told == sorted(told)
    waits = [b - a for a, b in zip(ended, told, strict=True)]
    assert min(waits) >= 9
    assert len(set(waits)) > 5


@pytest.mark.parametrize("name", ["B", "Z", "0"])
def test_delays_do_not_depend_on_who_else_is_there(run, name):
    latency = {"order": JITTER, "response": SAMPLES}
    person = portfolio("A", *ORDERS, latency=latency)
    other = portfolio(name, *ORDERS[::3], latency=latency)
    alone = run([BOOK, LATE], person, **WHOLE)
    crowded = run([BOOK, LATE], other, person, **WHOLE)
    for what in ("arrival", "report"):
        assert column(crowded, "A", what) == column(alone, "A", what)


def test_another_seed_and_another_name_draw_other_delays(run):
    def arrivals(name, seed):
        person = portfolio(name, *ORDERS, latency={"order": JITTER})
        return column(run([BOOK, LATE], person, seed=seed, **WHOLE), name, "arrival")

    assert arrivals("A", 1) == arrivals("A", 1)
    assert len({tuple(arrivals(*key)) for key in (("A", 1), ("A", 2), ("B", 1))}) == 3


def test_samples_that_are_all_alike_are_a_constant(run):
    person, constant = (
        portfolio("A", *ORDERS, latency={"order": delay})
        for delay in ({"empirical": ["7ns", "7ns"]}, "7ns")
    )
    same = [run([BOOK, LATE], who, **WHOLE) for who in (person, constant)]
    assert same[0].orders.equals(same[1].orders)


def test_what_the_portfolio_refuses_itself_it_knows_at_once(run):
    latency = {"order": JITTER, "response": JITTER}
    limits = {"max_position": 1}
    person = portfolio("A", buy(5, 2), buy(6, 1), latency=latency, limits=limits)
    result = run([BOOK, LATE], person, **WHOLE)
    refused = order(result, "A", 1)
    assert refused["reason"] == "max_position"
    assert (refused["ts_report"], refused["ts_arrival"]) == (5, None)
    assert order(result, "A", 2)["state"] == "filled"


# What the venue takes ---------------------------------------------------------------


@pytest.mark.parametrize("delay", ["4ns", {"empirical": ["4ns", "4ns", "4ns"]}, JITTER])
def test_the_venue_acts_when_its_processing_is_over(run, delay):
    latency = {"order": delay, "response": "3ns"}
    slow = {"processing": "100ns"}
    person = portfolio("A", *ORDERS, latency=latency)
    result = run([BOOK, LATE], person, latency=slow, **WHOLE)
    arrived, filled, told = (
        column(result, "A", w) for w in ("arrival", "end", "report")
    )
    assert [t - 100 for t in filled] == arrived
    assert [t - 3 for t in told] == filled
    plain = run([BOOK, LATE], person, **WHOLE)
    assert column(plain, "A", "arrival") == arrived


def test_the_book_of_the_moment_when_the_venue_acts_is_met(run):
    moved = book(20, {}, {101: 0, 105: 10})
    person = portfolio("A", buy(5, 10), latency={"order": "4ns"})
    prices = []
    for processing in ("10ns", "11ns"):
        slow = {"processing": processing}
        result = run([BOOK, moved, LATE], person, latency=slow, **WHOLE)
        prices.append(fills(result, "A")[0][1])
    assert prices == [101.0, 105.0]


def test_what_the_data_ends_before_the_venue_has_acted_has_arrived(run):
    end = 2_000 + AFTER
    person = portfolio("A", buy(end - 5, 1), buy(end - 1, 1), latency={"order": "4ns"})
    result = run([BOOK, LATE], person, latency={"processing": "50ns"}, **WHOLE)
    ends = [order(result, "A", number) for number in (1, 2)]
    assert [e["reason"] for e in ends] == ["end_of_data"] * 2
    assert [e["ts_arrival"] for e in ends] == [end - 1, None]


def waits_of(result, name, start="decision", end="arrival"):
    both = (column(result, name, what) for what in (start, end))
    return [b - a for a, b in zip(*both, strict=True)]


@pytest.mark.parametrize("delays", [{"order": JITTER}, {"order": SAMPLES}])
def test_isolated_portfolios_draw_numbers_of_their_own_or_all_the_same(run, delays):
    people = [portfolio(name, *ORDERS, latency=delays) for name in "AB"]
    waits = {}
    for independent in (True, False):
        settings = {"mode": "isolated"} | WHOLE
        settings["isolated_config"] = {"independent_fills": independent}
        result = run([BOOK, LATE], *people, **settings)
        waits[independent] = [waits_of(result, name) for name in "AB"]
    assert waits[True][0] != waits[True][1]
    assert waits[False][0] == waits[False][1]
    assert len(set(waits[False][0])) > 1


def test_reports_of_isolated_portfolios_draw_the_same_numbers_too(run):
    people = [portfolio(name, *ORDERS, latency={"response": JITTER}) for name in "AB"]
    same = {"isolated_config": {"independent_fills": False}, "mode": "isolated"}
    result = run([BOOK, LATE], *people, **same, **WHOLE)
    assert waits_of(result, "A", "end", "report") == waits_of(
        result, "B", "end", "report"
    )


def test_in_shared_mode_independent_fills_is_silent(run):
    people = [portfolio(name, *ORDERS, latency={"order": JITTER}) for name in "AB"]
    results = [
        run(
            [BOOK, LATE],
            *people,
            **{"isolated_config": {"independent_fills": own}, **WHOLE},
        )
        for own in (True, False)
    ]
    assert results[0].digest == results[1].digest
