"""Nobody trades before his order can be there, and nobody knows the future."""

from random import Random

import polars as pl
import pytest

import commonbook as cb
from tests.invariants.scenarios import (
    STRETCH,
    Case,
    nanoseconds,
    random_case,
    seeds,
    write_tape,
)
from tests.oracle.line_market import RandomLineMarket
from tests.oracle.market import RandomMarket
from tests.oracle.repair import by_orders
from tests.oracle.scenario import Event, Packet, Scenario
from tests.rules.words import START

SEEDS = range(24)
DECIDED = ("order_id", "symbol", "side", "type", "price", "qty", "post_only")


def delay(spec, kind):
    return int(spec.get("latency", {}).get(kind, "0ns").removesuffix("ns"))


def window_of(case):
    return int(str(case.sharing["netting_window"]).removesuffix("ns"))


@pytest.mark.parametrize("seed", seeds(24))
def test_orders_take_their_delay_and_reports_theirs(seed, tmp_path):
    case = random_case(seed, tmp_path)
    result = cb.run(case.config)
    for spec in case.config["portfolios"]:
        orders = result.orders.filter(portfolio=spec["name"])
        decided, sent, arrived = (
            nanoseconds(orders, f"ts_{t}") for t in ("decision", "sent", "arrival")
        )
        for decision, leaving, arrival in zip(decided, sent, arrived, strict=True):
            assert leaving is None or 0 <= leaving - decision <= window_of(case)
            assert arrival is None or arrival == leaving + delay(spec, "order")
        ended, told = (nanoseconds(orders, f"ts_{t}") for t in ("end", "report"))
        for reason, end, report in zip(orders["reason"], ended, told, strict=True):
            # The portfolio's own limit is the one thing that it knows at once.
            wait = 0 if reason == "max_position" else delay(spec, "response")
            assert report is None or report == end + wait


@pytest.mark.parametrize("seed", seeds(24))
def test_no_fill_before_decision_and_order_delay(seed, tmp_path):
    case = random_case(seed, tmp_path)
    result = cb.run(case.config)
    orders = result.orders.select("portfolio", "order_id", "ts_decision")
    fills = result.fills.join(orders, on=["portfolio", "order_id"], how="left")
    assert fills["ts_decision"].null_count() == 0
    specs = {p["name"]: p for p in case.config["portfolios"]}
    for name, liquidity, ts, decision in zip(
        fills["portfolio"],
        fills["liquidity"],
        nanoseconds(fills, "ts"),
        nanoseconds(fills, "ts_decision"),
        strict=True,
    ):
        if liquidity == "cross":  # at the desk, before anything leaves
            assert 0 <= ts - decision <= window_of(case)
        else:
            assert ts >= decision + delay(specs[name], "order")


def with_another_future(case: Case, cut: int, path) -> dict:
    """Give the configuration on a tape whose packets from `cut` on are others."""
    rng = Random(cut)
    scenario = case.scenario
    named = by_orders(scenario.packets)
    markets = [
        (RandomLineMarket if i in named else RandomMarket)(rng, i, calm=False)
        for i, _ in enumerate(scenario.instruments)
    ]
    packets = [p for p in scenario.packets if p.ts < cut]
    opened = set()
    for packet in (p for p in scenario.packets if p.ts >= cut):
        number = packet.events[0].instrument
        market = markets[number]
        events = market.packet() if number in opened else market.opening()
        if number not in opened:
            events.insert(0, Event("R", number, "B", 0, 0))
        opened.add(number)
        packets.append(Packet(packet.ts, events))
    other = Scenario(
        scenario.seed, scenario.instruments, packets, (), scenario.settings
    )
    return case.config | {"data": write_tape(path, other)}


def decisions(result, name, before):
    """Give what a portfolio decided before some time."""
    orders = result.orders.filter(
        pl.col("portfolio") == name,
        pl.col("ts_decision").to_physical() < START + before,
    )
    return orders.select("ts_decision", *DECIDED)


def test_decisions_depend_on_nothing_that_is_not_known_yet(tmp_path):
    changed = 0
    for seed in SEEDS:
        case = random_case(seed, tmp_path)
        packets = case.scenario.packets
        cut = packets[len(packets) // 2].ts
        one = cb.run(case.config)
        two = cb.run(with_another_future(case, cut, tmp_path / "other.csv"))
        for spec in case.config["portfolios"]:
            # What happens at the venue from the cut on is known after one or the other.
            known = cut + min(delay(spec, "feed"), delay(spec, "response"))
            before = decisions(one, spec["name"], known)
            assert before.equals(decisions(two, spec["name"], known))
            later = decisions(one, spec["name"], 10**9)
            changed += not later.equals(decisions(two, spec["name"], 10**9))
    assert changed > len(SEEDS)


@pytest.mark.parametrize("feed", [0, 1, 250])
def test_a_maker_quotes_around_the_mid_of_the_book_it_can_see(feed, tmp_path):
    scenario = random_case(3, tmp_path).scenario
    packets = [
        Packet(STRETCH * i, [
            Event("R", 0, "B", 0, 0),
            Event("S", 0, "B", 100 + i, 5),
            Event("S", 0, "A", 104 + i, 5),
        ])
        for i in range(20)
    ]  # fmt: skip
    quiet = Scenario(1, scenario.instruments[:1], packets, (), scenario.settings)
    maker = {
        "name": "maker",
        "strategy": "market_maker",
        "params": {"half_spread_ticks": 2, "size": 1, "every": "10ns"},
        "latency": {"feed": f"{feed}ns", "order": "10us"},
    }
    data = write_tape(tmp_path / "quiet.csv", quiet)
    orders = cb.run({"data": data, "portfolios": [maker]}).orders
    bids = orders.filter(side="buy")
    assert bids.height >= 15
    for at, price in zip(nanoseconds(bids, "ts_decision"), bids["price"], strict=True):
        seen = (at - feed) // STRETCH
        assert round(price * 100) == 100 + seen
