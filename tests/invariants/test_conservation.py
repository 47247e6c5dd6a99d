"""Nothing is made or lost: lots, displayed size, prints, money."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

import commonbook as cb
from commonbook.results.lane import lane_records
from tests.invariants.scenarios import (
    STRETCH,
    TICK,
    book_of,
    cases,
    difference,
    random_case,
    seeds,
    seen_by,
)
from tests.oracle.consumption import LevelConsumption, OrderConsumption
from tests.oracle.lines import LineBook
from tests.oracle.repair import by_orders
from tests.oracle.scenario import BUY, SELL, Packet
from tests.oracle.tape import Mention, TapeBook
from tests.rules.words import START

SEEDS = range(40)
SIGN = {"buy": 1, "sell": -1}


def exact(number: float) -> Decimal:
    """Give the decimal that a figure stands for."""
    return Decimal(repr(number))


def ticks(price: float) -> int:
    """Give a price that lies on the grid in ticks."""
    whole = exact(price) / TICK
    assert whole == int(whole)
    return int(whole)


def cash_of(fill: dict) -> Decimal:
    """Give what a fill brings before fees."""
    paid = exact(fill["qty"]) * exact(fill["price"])
    if fill["level"] != fill["price"]:  # averaged, and so rounded to 1e-8
        paid = paid.quantize(Decimal("1e-8"))
    return -SIGN[fill["side"]] * paid


def rows(result):
    """Give the fills as mappings, their times after the start, and with their level."""
    halves = lane_records(result.raw, 0).fills["price_half"]
    level = pl.Series("level", [float(half * TICK / 2) for half in halves.tolist()])
    frame = result.fills.with_columns(pl.col("ts").to_physical() - START, level)
    return list(frame.iter_rows(named=True))


@pytest.mark.parametrize(("seed", "alike"), cases(40))
def test_positions_add_up_to_what_the_market_gave(seed, alike, tmp_path):
    case = random_case(seed, tmp_path, alike=alike)
    result = cb.run(case.config)
    change: dict[str, float] = defaultdict(float)
    for spec in case.config["portfolios"]:
        start = spec.get("positions", {})
        end = result.summary["portfolios"][spec["name"]]["positions"]
        for symbol in {*start, *end}:
            change[symbol] += end.get(symbol, 0) - start.get(symbol, 0)
    outside: dict[str, float] = defaultdict(float)
    for fill in rows(result):
        if fill["counterparty"] == "market":
            outside[fill["symbol"]] += SIGN[fill["side"]] * fill["qty"]
    for symbol in {*change, *outside}:
        assert change[symbol] == outside[symbol]


@pytest.mark.parametrize(("seed", "alike"), cases(40))
def test_what_portfolios_trade_with_each_other_is_zero_in_lots_and_cash(
    seed, alike, tmp_path
):
    result = cb.run(random_case(seed, tmp_path, alike=alike).config)
    lots: dict[object, float] = defaultdict(float)
    cash: dict[object, Decimal] = defaultdict(Decimal)
    sides = defaultdict(list)
    for fill in rows(result):
        if fill["counterparty"] != "market":
            pair = frozenset((fill["portfolio"], fill["counterparty"]))
            assert len(pair) == 2
            key = fill["cross_id"], fill["ts"], fill["symbol"], pair
            lots[key] += SIGN[fill["side"]] * fill["qty"]
            cash[key] += cash_of(fill)
            sides[key].append(fill["liquidity"])
    for key, kinds in sides.items():
        assert (lots[key], cash[key]) == (0, 0)
        if key[0] is not None:
            assert kinds == ["cross", "cross"]
        else:
            assert kinds.count("maker") == kinds.count("taker")


@pytest.mark.parametrize(("seed", "alike"), cases(40))
def test_cash_ends_at_what_it_was_plus_fills_minus_fees(seed, alike, tmp_path):
    case = random_case(seed, tmp_path, alike=alike)
    result = cb.run(case.config)
    money = {p["name"]: Decimal(p.get("cash", 0)) for p in case.config["portfolios"]}
    for fill in rows(result):
        paid = exact(fill["fee"]) + exact(fill["impact_charge"])
        money[fill["portfolio"]] += cash_of(fill) - paid
    for name, figures in result.summary["portfolios"].items():
        assert figures["cash_end"] == float(money[name])
        last = result.equity.filter(portfolio=name)["cash"].to_list()[-1]
        assert last == figures["cash_end"]


# Displayed size --------------------------------------------------------------------


class Displayed:
    """What a group has taken of the size that one book displays."""

    def __init__(self, book: TapeBook | LineBook, half_life: int) -> None:
        self.book = book
        self.taken = (
            OrderConsumption(book, half_life)
            if isinstance(book, LineBook)
            else LevelConsumption(book, half_life)
        )
        self.added: tuple[list[list[int]], list[list[int]]] = ([], [])
        self.printed = {"A": 0, "B": 0, "N": 0}

    def apply(self, packet: Packet, makers: Sequence[Mapping[str, Any]]) -> None:
        """Apply a packet: note what it printed, what it removed and what it added."""
        self.taken.c.now = packet.ts
        mentions = self.book.apply(packet.events)
        self.taken.reconcile(mentions, at_their_price(makers))
        if self.book.resumes:  # all that stands there may cross
            mentions = [
                Mention(side, price, 0, size, returned=False)
                for side in (BUY, SELL)
                for price, size in self.book.size[side].items()
            ]
        for side in (BUY, SELL):
            new = [m for m in mentions if m.side == side and m.new > m.prev]
            new.sort(key=lambda m: m.price, reverse=side == BUY)
            self.added[side][:] = [[m.price, self._incoming(m)] for m in new]
        for letter in self.printed:
            prints = [e for e in packet.events if e.action == "T" and e.side == letter]
            self.printed[letter] = sum(event.qty for event in prints)

    def free(self, side: int, price: int) -> int:
        """Return what is displayed and not taken."""
        return self.book.hist(side, price) - self.taken.of(side, price)

    def _incoming(self, mention: Mention) -> int:
        if mention.returned:
            return 0
        free = self.free(mention.side, mention.price)
        return min(mention.new - mention.prev, max(0, free))

    def take(self, side: int, price: int, qty: int) -> None:
        """Take displayed size of one side; there has to be that much."""
        assert qty <= self.free(side, price)
        self.taken.take(side, price, qty)

    def cross(self, side: int, limit: int, qty: int) -> None:
        """Fill an own order with what was just added to the other side."""
        while qty > 0:
            while self.added[side] and self.added[side][0][1] == 0:
                self.added[side].pop(0)
            assert self.added[side], "more was crossed than came"
            price, free = self.added[side][0]
            assert price <= limit if side == SELL else price >= limit
            part = min(qty, free)
            self.added[side][0][1] -= part
            assert part <= self.free(side, price)
            self.taken.cross(side, price, part)
            qty -= part


def at_their_price(makers: Sequence[Mapping[str, Any]]) -> Counter[tuple[int, int]]:
    """Add up what prints that did not go through filled, by side and price."""
    filled: Counter[tuple[int, int]] = Counter()
    for fill in makers:
        if not fill["through"]:
            side = BUY if fill["side"] == "buy" else SELL
            filled[side, ticks(fill["level"])] += int(fill["qty"])
    return filled


@pytest.mark.parametrize(("seed", "alike"), cases(40))
def test_no_group_gets_more_than_was_displayed_added_or_printed(seed, alike, tmp_path):
    case = random_case(seed, tmp_path, alike=alike)
    fills = rows(cb.run(case.config))
    apart = case.sharing["enable_fill_distribution"] is False
    groups = case.config["execution"]["groups"]
    for group in [[name] for name in case.names] if apart else groups:
        mine = [
            f
            for f in fills
            if f["portfolio"] in group and f["counterparty"] == "market"
        ]
        for number, symbol in enumerate(case.scenario.instruments):
            packets = [p for p in case.scenario.packets if p.events[0][1] == number]
            book = book_of(case.scenario, number)
            displayed = Displayed(book, STRETCH * case.scenario.settings.half_life)
            check_group(packets, displayed, [f for f in mine if f["symbol"] == symbol])


def check_group(packets, displayed, fills):
    """Replay a book and spend it on the fills of one group."""
    waiting = list(fills)
    for packet, following in zip(packets, [*packets[1:], None], strict=True):
        end = None if following is None else following.ts
        now = [f for f in waiting if end is None or f["ts"] < end]
        waiting = waiting[len(now) :]
        makers = [f for f in now if f["liquidity"] == "maker" and not f["cross_fill"]]
        displayed.apply(packet, makers)
        assert {f["ts"] for f in makers} <= {packet.ts}
        check_prints(displayed.printed, makers)
        for fill in now:
            opposite = SELL if fill["side"] == "buy" else BUY
            displayed.taken.c.now = fill["ts"]
            if fill["cross_fill"]:
                assert fill["ts"] == packet.ts
                displayed.cross(opposite, ticks(fill["level"]), int(fill["qty"]))
            elif fill["liquidity"] == "taker":
                displayed.take(opposite, ticks(fill["level"]), int(fill["qty"]))
    assert waiting == []


def check_prints(printed, makers):
    """Check that prints are spent once."""
    got = {side: sum(f["qty"] for f in makers if f["side"] == side) for side in SIGN}
    assert got["buy"] <= printed["A"] + printed["N"]
    assert got["sell"] <= printed["B"] + printed["N"]
    assert sum(got.values()) <= sum(printed.values())


# Crosses ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", seeds(40))
def test_crosses_lie_inside_the_spread_of_book_and_group(seed, tmp_path):
    case = random_case(seed, tmp_path)
    result = cb.run(case.config)
    group_of = {n: g for g in map(tuple, case.config["execution"]["groups"]) for n in g}
    orders = result.orders.with_columns(pl.selectors.datetime().to_physical() - START)
    resting = orders.filter(type="limit", time_in_force="gtc")
    for fill in (f for f in rows(result) if f["liquidity"] == "cross"):
        number = case.scenario.instruments.index(fill["symbol"])
        book = book_of(case.scenario, number)
        for packet in case.scenario.packets:
            if packet.ts <= fill["ts"] and packet.events[0][1] == number:
                book.apply(packet.events)
        mine = resting.filter(
            pl.col("portfolio").is_in(group_of[fill["portfolio"]]),
            pl.col("symbol") == fill["symbol"],
        )
        # What came or went in the same nanosecond may have been there or not.
        came, went = pl.col("ts_arrival"), pl.col("ts_end")
        surely = mine.filter(came < fill["ts"], went > fill["ts"])
        perhaps = mine.filter(came <= fill["ts"], went >= fill["ts"])
        bid, ask = best_of(book, surely)
        price = exact(fill["price"])
        assert bid <= price <= ask
        if case.sharing["netting_price"] == "mid":
            assert bid < price < ask
            if best_of(book, perhaps) == (bid, ask):
                assert price == (bid + ask) / 2


def best_of(book, own):
    """Give the best bid and ask of a book and the resting orders of a group."""
    prices = {"buy": [Decimal("-inf")], "sell": [Decimal("inf")]}
    for name, side in ("buy", BUY), ("sell", SELL):
        prices[name] += [exact(price) for price in own.filter(side=name)["price"]]
        prices[name] += [price * TICK for price in book.size[side]]
    return max(prices["buy"]), min(prices["sell"])


def test_random_runs_have_what_these_tests_are_about(tmp_path):
    cases = [random_case(seed, tmp_path) for seed in SEEDS[:20]]
    results = [cb.run(case.config) for case in cases]
    seen = pl.concat(result.fills for result in results)
    kinds = set(seen.select("liquidity", "cross_fill", "through").rows())
    assert kinds == {
        ("taker", False, False),
        ("maker", False, False),
        ("maker", False, True),
        ("maker", True, False),
        ("cross", False, False),
    }
    assert seen.filter(liquidity="maker", counterparty="market").height > 100
    assert seen.filter(pl.col("counterparty") != "market").height > 100
    assert seen.filter(pl.col("impact_charge") > 0).height > 50
    by_order = [bool(by_orders(case.scenario.packets)) for case in cases]
    assert 5 < sum(by_order) < 15
    assert any(result.summary["displaced_tape_qty"] for result in results)


@pytest.mark.parametrize("seed", seeds(10))
def test_a_fully_netted_batch_leaves_no_trace(seed, tmp_path):
    case = random_case(seed, tmp_path)
    shared = {
        "mode": "shared",
        "shared_config": case.sharing
        | {"enable_order_netting": True, "netting_window": 0},
    }
    without = cb.run(case.but(**shared))
    # Between two packets, when nobody else decides; at as many times as cross whole.
    crossed = 0
    for packet in case.scenario.packets[:: len(case.scenario.packets) // 8]:
        pair = [pair_of(name, packet.ts + 57) for name in ("buy", "sell")]
        config = case.but(**shared)
        config["portfolios"] = [*config["portfolios"], *pair]
        result = cb.run(config)
        extra = result.fills.filter(pl.col("portfolio").is_in(["buy", "sell"]))
        if extra["liquidity"].to_list() != ["cross", "cross"]:
            continue
        crossed += 1
        there, before = (seen_by(r, case.names) for r in (result, without))
        for frames in (there, before):
            frames["fills"] = frames["fills"].drop("cross_id")
        assert difference(there, before) == ""
    assert crossed > 0


def pair_of(side, at):
    order = {"at": START + at, "side": side, "qty": 5, "type": "market"}
    return {
        "name": side,
        "strategy": "scripted",
        "params": {"orders": [order | {"symbol": "SYM0"}]},
    }


@pytest.mark.parametrize("seed", seeds(40))
def test_averaging_moves_money_and_rounding_keeps_the_rest(seed, tmp_path):
    result = cb.run(random_case(seed, tmp_path, alike=True).config)
    accounts = result.accounts.values()
    cash = sum(account.cash_end - account.cash_start for account in accounts)
    paid = sum(account.fees + account.impact_charge for account in accounts)
    outside = sum(
        -SIGN[fill["side"]] * Fraction(exact(fill["qty"]) * exact(fill["level"]))
        for fill in rows(result)
        if fill["counterparty"] == "market"
    )
    rounding = result.summary["totals"].get("rounding", 0.0)
    assert cash + paid + Fraction(exact(rounding)) == outside
