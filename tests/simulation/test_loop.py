"""How a run is cut into pieces changes no byte of what comes out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import Side
from commonbook.core.errors import RunError
from commonbook.core.limits import MAX_TICKS
from commonbook.simulation.loop import simulate
from tests.kernels import (
    fee_table,
    fills,
    maker,
    orders,
    run,
    scripted,
    setup,
    taker,
    tape,
    trader,
    twap,
)
from tests.oracle.builders import book, buy, portfolio
from tests.oracle.scenario import Packet
from tests.simulation.adapter import events_of, setup_of
from tests.strategies import random_scenario, scenarios

SEEDS = range(12)


def told(raw):
    """Give everything that a run says; the bytes between fields say nothing."""
    return (
        raw.fills.tolist(),
        raw.orders.tolist(),
        raw.marks.tolist(),
        raw.counters,
        raw.first_ts,
        raw.last_ts,
    )


def strategies_together(n=3):
    """Make portfolios of every kind that meet in one engine, with all delays."""
    delays = [
        {"feed_delay": 3 * i, "order_delay": 2 * i, "response_delay": 5 * i}
        for i in range(n)
    ]
    made = []
    for i, delay in enumerate(delays):
        made += [
            trader(f"maker-{i}", maker(1 + i, 3, 10, 20), **delay),
            trader(f"taker-{i}", taker(0.1, 2 + i, 15, 30), **delay),
            trader(f"twap-{i}", twap(i % 2, 40, 20, 900, 13), **delay),
        ]
    return sorted(made, key=lambda p: p.name)


def walk(n=200):
    """Make a tape whose mid walks, with trades and snapshots."""
    rng = np.random.default_rng(5)
    packets, mid = [], 100
    for step in range(n):
        mid += int(rng.integers(-1, 2))
        rows = [("R", 0, "B", 0, 0)]
        for away in (1, 2, 3):
            rows.append(("S", 0, "B", mid - away, int(rng.integers(1, 20))))
            rows.append(("S", 0, "A", mid + away, int(rng.integers(1, 20))))
        side = "BA"[int(rng.integers(0, 2))]
        trade = ("T", 0, side, mid + (1 if side == "B" else -1), 4)
        packets.append(Packet(5 * step + 1, rows if step % 3 else [trade, *rows]))
    return packets


OPTIONS = [{"chunk": 1}, {"chunk": 7}, {"start": 1}, {"start": 2, "chunk": 3}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("seed", SEEDS)
def test_neither_chunks_nor_small_pools_change_a_byte(seed, options):
    scenario = random_scenario(seed)
    events, made = events_of(scenario), setup_of(scenario)
    assert told(simulate(events, made, **options)) == told(simulate(events, made))


@pytest.mark.nojit
@pytest.mark.bounds
@given(scenarios(), st.integers(1, 9), st.integers(1, 3))
def test_no_cut_of_a_small_run_changes_a_byte(scenario, chunk, start):
    events, made = events_of(scenario), setup_of(scenario)
    pieces = simulate(events, made, chunk=chunk, start=start)
    assert told(pieces) == told(simulate(events, made))


@pytest.mark.parametrize("options", [{"chunk": 1000}, *OPTIONS], ids=str)
def test_strategies_that_meet_do_the_same_in_pieces(options):
    events = tape(walk())
    made = setup(*strategies_together(), equity_interval=40)
    whole = simulate(events, made)
    assert whole.fills.size > 50
    assert told(simulate(events, made, **options)) == told(whole)


def isolated(n_instruments=1):
    portfolios = strategies_together()
    apart = [
        trader(**vars(p) | {"engine": i // 2, "name": p.name})
        for i, p in enumerate(portfolios)
    ]
    return setup(*apart, instruments=n_instruments, equity_interval=40)


@pytest.mark.parametrize("threads", [2, 3, 5, 50])
def test_threads_change_no_byte(threads):
    events, made = tape(walk()), isolated()
    whole = told(simulate(events, made))
    spread = told(simulate(events, made, threads=threads))
    assert spread[:3] == whole[:3]
    # Parts do not share the work at levels where both have something.
    for name in ("events", "packets", "batches", "messages", "wakes", "too_late"):
        assert spread[3][name] == whole[3][name]


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_change_no_byte_of_portfolios_that_net(seed):
    scenario = random_scenario(seed)
    events, made = events_of(scenario), setup_of(scenario)
    spread = simulate(events, made, threads=3)
    assert told(spread)[:3] == told(simulate(events, made))[:3]


def test_crosses_are_numbered_from_one_by_time_for_any_number_of_threads():
    for seed in SEEDS:
        scenario = random_scenario(seed)
        events, made = events_of(scenario), setup_of(scenario)
        for threads in (1, 3):
            crosses = simulate(events, made, threads=threads).fills["cross_id"]
            first = crosses[crosses > 0]
            seen = list(dict.fromkeys(first.tolist()))
            assert seen == list(range(1, len(seen) + 1))


# Small and empty runs --------------------------------------------------------------


@pytest.mark.nojit
@pytest.mark.bounds
@pytest.mark.parametrize("threads", [1, 4])
def test_a_run_without_portfolios_is_empty(threads):
    packets = [book(1, {99: 5}, {101: 5}), book(9, {98: 5}, {})]
    raw = simulate(tape(packets), setup(), threads=threads)
    assert (raw.fills.size, raw.orders.size) == (0, 0)
    assert raw.counters["packets"] == 2
    assert raw.marks["mark_half"].tolist() == [200]


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_tape_of_one_event_is_a_run():
    raw = run(
        [Packet(5, [("S", 0, "A", 101, 5)])],
        scripted(portfolio("a", buy(1, 2), buy(5, 2), buy(6, 2))),
        trader("b", maker(1, 1, 10), engine=1),
    )
    assert orders(raw, 0) == [
        (1, "buy", 0, 2, "cancelled", "no_liquidity", 0),
        (5, "buy", 0, 2, "filled", "none", 2),
        (6, "buy", 0, 2, "rejected", "after_end", 0),
    ]
    assert orders(raw, 1) == []
    assert fills(raw, 0) == [(5, "buy", 101, 2)]
    assert raw.marks.size == 0  # there was no mid


def test_a_run_without_fills_has_orders_and_marks():
    packets = [book(1, {99: 5}, {101: 5}), book(30, {}, {102: 5, 101: 0})]
    raw = run(packets, scripted(portfolio("a", buy(2, 1, 90))), equity_interval=10)
    assert raw.fills.size == 0
    assert raw.orders.size == 1
    assert raw.marks.tolist() == [(1, 200, 0), (30, 201, 0)]


def test_progress_names_every_event_once():
    seen = []
    events = tape(walk(10))
    simulate(events, setup(), lambda *what: seen.append(what), chunk=20)
    assert seen[-1] == ("replaying", events.size, events.size)
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_the_events_may_be_read_only_or_not():
    events = tape(walk(10)).copy()
    assert events.flags.writeable
    made = setup(*strategies_together(1))
    before = events.copy()
    first = told(simulate(events, made))
    events.flags.writeable = False
    assert told(simulate(events, made)) == first
    assert (events == before).all()


# Runs that have to stop ------------------------------------------------------------


@pytest.mark.nojit
@pytest.mark.bounds
def test_money_beyond_64_bits_stops_the_run_and_says_when():
    ts = 1_704_205_800_000_000_000
    size, price = 1 << 32, 1 << 30
    packets = [book(ts, {}, {price: size}), book(ts + 9, {1: 1}, {})]
    spender = scripted(portfolio("a", buy(ts + 5, size)))
    with pytest.raises(RunError, match=r"2024-01-02T14:30:00\.000000005") as caught:
        run(packets, spender)
    assert "64-bit" in str(caught.value)
    assert "lot_size" in str(caught.value)


@pytest.mark.nojit
@pytest.mark.bounds
def test_a_quote_beyond_all_prices_stops_a_strict_run_and_says_where():
    packets = [book(1, {MAX_TICKS - 1: 5}, {MAX_TICKS: 5}), book(30, {1: 1}, {})]
    with pytest.raises(RunError, match=rf"a quote at {MAX_TICKS + 3} ticks") as caught:
        run(packets, trader("a", maker(3, 1, 10)), strict=True)
    assert "00.000000011" in str(caught.value)
    assert "tick_size" in str(caught.value)


def test_a_fee_beyond_64_bits_stops_the_run():
    packets = [book(1, {}, {1 << 30: 1 << 20}), book(9, {1: 1}, {})]
    fees = fee_table(notional_num=1 << 20)
    with pytest.raises(RunError, match="64-bit"):
        run(packets, scripted(portfolio("a", buy(2, 1 << 20))), fees=fees)


def test_a_position_beyond_64_bits_stops_the_run():
    packets = [book(1, {1: 1}, {2: 5}), book(9, {1: 1}, {})]
    huge = {"positions": {0: 4 * 10**18}}
    with pytest.raises(RunError, match="64-bit"):
        run(packets, trader("a", twap(Side.BUY, 2, 2, 3, 1), **huge))


def test_one_stopped_thread_stops_the_run():
    packets = [book(1, {}, {1 << 30: 1 << 32}), book(9, {1: 1}, {})]
    portfolios = [
        scripted(portfolio(name, buy(2, qty)), engine=engine)
        for engine, (name, qty) in enumerate([("a", 1), ("b", 1 << 32)])
    ]
    with pytest.raises(RunError, match="64-bit"):
        simulate(tape(packets), setup(*portfolios), threads=2)
