"""Random tapes and portfolios as users write them, from the random reference runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

import commonbook as cb
from tests.bunched import with_bunches
from tests.oracle.lines import LineBook
from tests.oracle.repair import by_orders
from tests.oracle.scenario import (
    Cancel,
    Event,
    Impact,
    Order,
    Packet,
    PortfolioSpec,
    Scenario,
)
from tests.oracle.tape import TapeBook
from tests.rules.words import START, write_csv
from tests.strategies import random_scenario

TICK = Decimal("0.01")
#: A nanosecond of a reference run becomes this many, so that no two packets share one.
STRETCH = 100
SIDES = {0: "buy", 1: "sell"}


@dataclass(frozen=True, repr=False)
class Case:
    """A random run: its packets, and what `commonbook.run` takes."""

    scenario: Scenario
    config: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """Name every portfolio."""
        return [p["name"] for p in self.config["portfolios"]]

    def but(self, **changes: Any) -> dict[str, Any]:
        """Give the configuration with other keys of the execution block."""
        return self.config | {"execution": self.config["execution"] | changes}

    @property
    def sharing(self) -> dict[str, Any]:
        """Give the block that says what portfolios of an engine do to each other."""
        block: dict[str, Any] = self.config["execution"]["shared_config"]
        return block

    def only(self, names: Collection[str], **changes: Any) -> dict[str, Any]:
        """Give the configuration with some of the portfolios."""
        kept = [p for p in self.config["portfolios"] if p["name"] in names]
        return self.but(groups=[], **changes) | {"portfolios": kept}


def random_case(
    seed: int, folder: Path, *, size: int = 40, alike: bool = False, **kinds: bool
) -> Case:
    """
    Make a run in which portfolios meet often, on one to three small books.

    Scripts and strategies trade side by side; the same seed gives the same run. Half of
    the runs have books told order by order, and half have market impact; `kinds` are
    those of `random_scenario`, to have all of one kind. Portfolios that act `alike`
    share what is scarce, at an average price or not.
    """
    rng = Random(seed)
    scenario = random_scenario(seed, size=size, **kinds)
    scenario = spread_out(with_bunches(scenario, seed) if alike else scenario)
    scripts = [scripted(p, scenario.instruments, rng) for p in scenario.portfolios]
    others = strategies(rng, scenario)
    groups = [list(group) for group in scenario.settings.engines]
    for other in others:
        rng.choice(groups).append(other["name"])
    people = [*scripts, *others]
    rng.shuffle(people)
    settings = scenario.settings
    kind, exponent = settings.queue
    config = {
        "seed": scenario.seed,
        "data": write_tape(folder / f"{seed}.csv", scenario),
        "portfolios": people,
        "execution": {
            "mode": "groups",
            "groups": groups,
            "shared_config": sharing(
                netting=settings.netting, distribution=settings.distribution
            )
            | desk(Random(f"{seed} desk"))
            | {"market_impact_model": impact(settings.impact, scenario.instruments)},
            "queue_model": {"kind": kind}
            | ({"n": exponent} if kind == "power" else {}),
            "replenishment": {"half_life": f"{STRETCH * settings.half_life}ns"}
            if settings.half_life
            else "tracked",
            "on_halt": settings.on_halt,
            "on_clear": settings.on_clear,
            "self_trade_prevention": settings.self_trade,
            "self_trade_scope": settings.scope,
            "fill_on_cross": settings.fill_on_cross,
            "fees": {
                name: str(Decimal(rate.numerator) / rate.denominator)
                for name, rate in vars(settings.fees).items()
                if name != "unit_e8"
            },
        },
        "equity_interval": "1us",
    }
    return Case(scenario, config)


def sharing(*, netting: bool, distribution: str | None) -> dict[str, Any]:
    """Write the block that says what portfolios of an engine do to each other."""
    return {
        "enable_order_netting": netting,
        "enable_fill_distribution": distribution is not None,
        "fill_distribution": distribution or "fifo",
    }


def desk(rng: Random) -> dict[str, Any]:
    """Write at what price a desk crosses, and how long orders wait for that."""
    return {
        "netting_price": rng.choice(["mid", "mid", "touch", "last"]),
        "netting_window": rng.choice([0, 0, f"{STRETCH * 6}ns"]),
    }


def impact(model: Impact, symbols: Sequence[str]) -> dict[str, Any]:
    """Write how markets are moved; times are stretched like all others."""
    if model.model == "none":
        return {"kind": "none"}
    return {
        "kind": model.model,
        "coefficient": model.coefficient,
        "adv": dict(zip(symbols, model.volume, strict=True)),
        "daily_volatility": dict(zip(symbols, model.volatility, strict=True)),
        "half_life": [
            {"weight": w, "half_life": f"{STRETCH * span}ns" if span else "never"}
            for w, span in model.scales
        ],
    }


def write_tape(path: Path, scenario: Scenario) -> dict[str, Any]:
    """Write the packets to a file; return how to read it."""
    packets = [
        [
            (packet.ts, scenario.instruments[event.instrument], *_cells(event))
            for event in packet.events
        ]
        for packet in scenario.packets
    ]
    write_csv(path, packets)
    return {"path": str(path), "tick_size": str(TICK), "lot_size": 1}


def _cells(event: Event) -> tuple[Any, ...]:
    if event.action in "RXO":
        return event.action, "N", "", ""
    return event.action, event.side, event.price * TICK, event.qty, event.order


def book_of(scenario: Scenario, instrument: int) -> TapeBook | LineBook:
    """Make the empty book of an instrument."""
    return LineBook() if instrument in by_orders(scenario.packets) else TapeBook()


def spread_out(scenario: Scenario) -> Scenario:
    """Stretch time, give each packet a time of its own and one instrument."""
    packets: list[Packet] = []
    for packet in scenario.packets:
        # In a file there is no word for a level that has only left the depth.
        told = [e._replace(action="S") if e.action == "H" else e for e in packet.events]
        for _, events in groupby(told, key=lambda event: event.instrument):
            ts = packet.ts * STRETCH
            if packets:
                ts = max(ts, packets[-1].ts + 1)
            packets.append(Packet(ts, list(events)))
    portfolios = [_stretched(p) for p in scenario.portfolios]
    return replace(scenario, packets=packets, portfolios=portfolios)


def _stretched(spec: PortfolioSpec) -> PortfolioSpec:
    return replace(
        spec,
        order_delay=spec.order_delay * STRETCH,
        response_delay=spec.response_delay * STRETCH,
        messages=[replace(m, at=m.at * STRETCH) for m in spec.messages],
    )


# Portfolios ------------------------------------------------------------------------


def scripted(
    spec: PortfolioSpec, symbols: Sequence[str], rng: Random
) -> dict[str, Any]:
    """Write a portfolio of the reference run as users do."""
    written = {
        "name": spec.name,
        "cash": rng.randint(0, 10_000),
        "positions": {symbols[i]: qty for i, qty in spec.positions.items()},
        "strategy": "scripted",
        "params": {"orders": [_entry(m, symbols) for m in spec.messages]},
        "latency": _latency(0, spec.order_delay, spec.response_delay),
    }
    if spec.max_position is not None:
        written["limits"] = {"max_position": spec.max_position}
    return written


def _entry(message: Order | Cancel, symbols: Sequence[str]) -> dict[str, Any]:
    if isinstance(message, Cancel):
        return {"at": START + message.at, "cancel": message.id}
    entry = {
        "at": START + message.at,
        "id": message.id,
        "symbol": symbols[message.instrument],
        "side": SIDES[message.side],
        "qty": message.qty,
    }
    if message.price is None:
        return entry | {"type": "market"}
    how = "post_only" if message.post_only else message.tif
    price = str(message.price * TICK)
    return entry | {"type": "limit", "price": price, "time_in_force": how}


def strategies(rng: Random, scenario: Scenario) -> list[dict[str, Any]]:
    """Make a few portfolios that look at the book, or at the clock."""
    end = scenario.packets[-1].ts
    start = START + rng.randint(0, end // 2)
    every = [f"{STRETCH * rng.randint(2, 9)}ns" for _ in range(3)]
    makers: list[tuple[str, dict[str, Any]]] = [
        ("market_maker", {"half_spread_ticks": 1, "size": 4, "every": every[0]}),
        (
            "market_maker",
            {"half_spread_ticks": 2, "size": 7, "max_position": 20, "every": every[1]},
        ),
        (
            "imbalance_taker",
            {"threshold": 0.2, "size": 3, "max_position": 30, "every": every[2]},
        ),
        (
            "twap",
            {
                "side": rng.choice(["buy", "sell"]),
                "qty": 40,
                "start": start,
                "end": start + end // 2,
                "slices": 7,
            },
        ),
    ]
    chosen = rng.sample(makers, rng.randint(1, 4))
    return [
        {
            "name": f"{strategy}-{number}",
            "strategy": strategy,
            "params": {"symbol": rng.choice(scenario.instruments), **params},
            "latency": _latency(*(STRETCH * rng.choice([0, 1, 3]) for _ in range(3))),
        }
        for number, (strategy, params) in enumerate(chosen)
    ]


def _latency(feed: int, order: int, response: int) -> dict[str, str]:
    delays = {"feed": feed, "order": order, "response": response}
    return {name: f"{delay}ns" for name, delay in delays.items()}


def seeds(count: int) -> list[Any]:
    """Number random runs; a few of them also run in the slow ways."""
    slow = [pytest.mark.nojit, pytest.mark.bounds]
    return [pytest.param(seed, marks=slow if seed < 3 else ()) for seed in range(count)]


def cases(count: int) -> list[Any]:
    """Number random runs, then as many of portfolios that act alike."""
    slow = [pytest.mark.nojit, pytest.mark.bounds]
    return [
        pytest.param(seed, alike, marks=slow if seed < 3 else ())
        for alike in (False, True)
        for seed in range(count)
    ]


# Results ---------------------------------------------------------------------------


def seen_by(result: cb.Result, names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Cut everything out of a result that concerns some portfolios."""
    wanted = list(names)
    frames = {"fills": result.fills, "orders": result.orders, "equity": result.equity}
    return {
        name: frame.filter(pl.col("portfolio").is_in(wanted))
        for name, frame in frames.items()
    }


def difference(one: Mapping[str, pl.DataFrame], two: Mapping[str, pl.DataFrame]) -> str:
    """Name the first place where two results are not equal to the last bit."""
    for name in one:
        left, right = one[name], two[name]
        if left.shape != right.shape or left.columns != right.columns:
            return f"{name}: {left.shape} and {right.shape}"
        for row, (mine, theirs) in enumerate(
            zip(left.iter_rows(named=True), right.iter_rows(named=True), strict=True)
        ):
            if mine != theirs:
                return f"{name}, row {row}:\n{mine}\n{theirs}"
    return ""


def nanoseconds(frame: pl.DataFrame, column: str) -> list[int | None]:
    """Give a column of times in nanoseconds after the start."""
    times = frame[column].to_physical().to_list()
    return [None if time is None else time - START for time in times]
