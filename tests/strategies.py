"""Random runs: small ones that shrink well, and long ones from a seed."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import strategies as st

from tests.oracle.impact import MIXED
from tests.oracle.line_market import RandomLineMarket
from tests.oracle.liquidity import HALF_LIVES, LOG, with_liquidity
from tests.oracle.market import RandomMarket
from tests.oracle.restless import KINDS
from tests.oracle.scenario import (
    Cancel,
    Fees,
    Impact,
    Message,
    Order,
    Packet,
    Plain,
    PortfolioSpec,
    ProRata,
    Scenario,
    Settings,
)
from tests.oracle.small_tapes import prices, sizes, tapes
from tests.oracle.variety import (
    TRIGGERS,
    group_limits,
    rates,
    replaces,
    varied,
    with_group_limits,
    with_limits,
    with_rates,
    with_terms,
)

QUEUES = [("risk_averse", 1.0), ("power", 1.0), ("power", 2.0), ("power", 3.0)]
SELF_TRADE = ["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
UNITS = [
    Fraction(500_000),
    Fraction(50),
    Fraction(5),
    Fraction(1, 2),
]  # of money [1e-8]

# Small scenarios, for Hypothesis ---------------------------------------------------


@st.composite
def messages(
    draw: st.DrawFn, instruments: int, last: int, *, terms: bool
) -> list[Message]:
    """Draw the messages of one portfolio, in the order of sending."""
    sent: list[Message] = []
    at = 1
    for number in range(1, draw(st.integers(0, 5)) + 1):
        at = min(at + draw(st.integers(0, 4)), last)
        price = draw(st.one_of(st.none(), prices))
        order = Order(
            at=at,
            instrument=draw(st.integers(0, instruments - 1)),
            side=draw(st.integers(0, 1)),
            qty=draw(st.one_of(sizes, st.just(40))),
            price=price,
            tif=draw(st.sampled_from(["gtc", "gtc", "ioc"])),
            post_only=price is not None and draw(st.integers(0, 3)) == 3,
            id=number,
        )
        if terms:
            order = draw(varied(order, prices))
        sent.append(order)
        if terms:
            sent += draw(replaces(order, prices))
        if draw(st.booleans()):
            sent.append(Cancel(at + draw(st.integers(0, 5)), number))
    return sorted(sent, key=lambda message: message.at)


@st.composite
def portfolios(
    draw: st.DrawFn, name: str, instruments: int, last: int, *, terms: bool
) -> PortfolioSpec:
    """Draw one portfolio."""
    held = st.dictionaries(st.integers(0, instruments - 1), st.integers(-9, 9))
    return PortfolioSpec(
        name,
        order_delay=draw(st.integers(0, 3)),
        response_delay=draw(st.integers(0, 3)),
        max_position=draw(st.one_of(st.none(), st.integers(1, 25))),
        positions=draw(held),
        messages=draw(messages(instruments, last, terms=terms)),
        rate=draw(rates) if terms else None,
    )


@st.composite
def impacts(draw: st.DrawFn, instruments: int) -> Impact:
    """Draw how markets react, if they do."""
    kind = draw(st.sampled_from(["none", "linear", "square_root"]))
    if kind == "none":
        return Impact()
    volatility = st.floats(0.001, 0.2)
    return Impact(
        kind,
        coefficient=draw(st.floats(0.1, 2.0)),
        scales=draw(
            st.sampled_from([((1.0, span),) for span in (0, 1, 3, 20)] + MIXED)
        ),
        volatility=[draw(volatility) for _ in range(instruments)],
        volume=[draw(st.floats(10.0, 1_000.0)) for _ in range(instruments)],
    )


@st.composite
def matchings(draw: st.DrawFn, instruments: int) -> dict[int, ProRata]:
    """Draw how instruments are matched: some by time, some in proportion to size."""
    rules = st.builds(ProRata, st.integers(0, 3), st.booleans())
    return draw(st.dictionaries(st.integers(0, instruments - 1), rules))


@st.composite
def settings(draw: st.DrawFn, names: Sequence[str], instruments: int) -> Settings:
    """Draw a partition of the portfolios and how engines behave."""
    places = [draw(st.integers(0, len(names) - 1)) for _ in names]
    engines = [
        [name for name, mine in zip(names, places, strict=True) if mine == place]
        for place in sorted(set(places))
    ]
    rates = st.sampled_from([Fraction(0), Fraction(3, 10_000), Fraction(-1, 20_000)])
    return Settings(
        engines,
        netting=draw(st.booleans()),
        distribution=draw(st.sampled_from(["fifo", "pro_rata", "average_price", None])),
        queue=draw(st.sampled_from([*QUEUES, LOG])),
        self_trade=draw(st.sampled_from(SELF_TRADE)),
        scope=draw(st.sampled_from(["portfolio", "group"])),
        fill_on_cross=draw(st.booleans()),
        fees=Fees(draw(rates), draw(rates), draw(rates), draw(st.sampled_from(UNITS))),
        impact=draw(impacts(instruments)),
        half_life=draw(st.sampled_from([0, 0, *HALF_LIVES])),
    )


@st.composite
def scenarios(
    draw: st.DrawFn, *, terms: bool = False, pro_rata: bool = False
) -> Scenario:
    """
    Draw a small scenario with up to three portfolios and two instruments.

    With `terms` there are orders of all kinds, and replaces; with `pro_rata` some
    instruments are matched so.
    """
    instruments = draw(st.integers(1, 2))
    packets = draw(tapes(instruments))
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    last = packets[-1].ts
    return Scenario(
        seed=draw(st.integers(0, 2**62 - 1)),
        instruments=[f"SYM{i}" for i in range(instruments)],
        packets=packets,
        portfolios=[
            draw(portfolios(name, instruments, last, terms=terms)) for name in names
        ],
        settings=replace(
            draw(settings(names, instruments)),
            stop_trigger=draw(st.sampled_from(TRIGGERS)) if terms else "trade",
            group_limits=draw(group_limits(instruments)) if terms else None,
            matching=draw(matchings(instruments)) if pro_rata else {},
        ),
    )


# Long scenarios, from a seed -------------------------------------------------------


def random_scenario(
    seed: int,
    size: int = 60,
    *,
    orders: bool | None = None,
    impact: bool | None = None,
    terms: bool = False,
) -> Scenario:
    """
    Make a scenario of about `size` packets in which portfolios meet often.

    The same seed and size give the same scenario on every machine. Chance decides
    whether a book is told order by order, and whether there is market impact; with
    `orders` and `impact` all books are, or none, and there is, or not. With `terms`
    there are orders of all kinds, and replaces.
    """
    rng = Random(seed)
    more = Random(f"{seed} orders and impact")
    instruments = rng.choice([1, 1, 2, 3])
    calm = rng.random() < 0.4
    named = _by_order(more, instruments, orders)
    markets = [
        (RandomLineMarket if i in named else RandomMarket)(rng, i, calm=calm)
        for i in range(instruments)
    ]
    packets = [Packet(10, market.opening()) for market in markets]
    mids = [[(10, 100)] for _ in markets]
    ts = 10
    for _ in range(size):
        ts += rng.choice([0, 0, 1, 1, 2, 3, 7])
        market = rng.choice(markets)
        rows = market.packet()
        if instruments > 1 and rng.random() < 0.05:
            rows = rows + rng.choice(markets).packet()
        packets.append(Packet(ts, rows))
        mids[market.instrument].append((ts, market.mid))
    names = [f"desk-{i}" for i in range(rng.choice([1, 2, 3, 3, 4, 6]))]
    busy = sorted(rng.randint(10, ts) for _ in range(3 + size // 12))
    if more.random() < 0.3:
        packets = list(_narrowed(more, packets))
    scenario = Scenario(
        seed=rng.randrange(2**62),
        instruments=[f"SYM{i}" for i in range(instruments)],
        packets=packets,
        portfolios=[_portfolio(rng, name, mids, busy, calm=calm) for name in names],
        settings=replace(
            _settings(rng, names), impact=_impact(more, instruments, impact)
        ),
    )
    scenario = with_liquidity(scenario, seed)
    if not terms:
        return scenario
    scenario = with_rates(with_terms(scenario, seed), seed)
    scenario = with_limits(scenario, seed)
    return with_group_limits(scenario, seed, chance=0.2)


def with_pro_rata(scenario: Scenario, seed: int) -> Scenario:
    """Match most instruments in proportion to size, the others by time."""
    rng = Random(f"{seed} matching")
    matching = {
        i: ProRata(rng.choice([0, 2, 3]), top_order=rng.random() < 0.6)
        for i, _ in enumerate(scenario.instruments)
        if rng.random() < 0.8
    }
    return replace(scenario, settings=replace(scenario.settings, matching=matching))


def with_plain_strategies(scenario: Scenario, seed: int) -> Scenario:
    """Let some strategies in plain Python trade too, in the same groups."""
    rng = Random(seed)
    groups = [list(group) for group in scenario.settings.engines]
    more = []
    for number in range(rng.randint(1, 4)):
        plain = Plain(
            rng.choice(KINDS),
            instrument=rng.randrange(len(scenario.instruments)),
            every=rng.choice([0, 0, 4, 9]),
            params={"seed": rng.randrange(2**30)},
        )
        spec = PortfolioSpec(
            f"plain-{number}",
            order_delay=rng.choice([0, 0, 1, 2, 5]),
            response_delay=rng.choice([0, 0, 1, 4]),
            feed_delay=rng.choice([0, 0, 1, 3]),
            max_position=rng.choice([None, rng.randint(5, 30)]),
            plain=plain,
        )
        rng.choice(groups).append(spec.name)
        more.append(spec)
    scenario = replace(
        scenario,
        portfolios=[*scenario.portfolios, *more],
        settings=replace(scenario.settings, engines=groups),
    )
    return with_limits(with_rates(scenario, seed), seed)


def _narrowed(rng: Random, packets: Sequence[Packet]) -> Iterator[Packet]:
    """Let some levels that go only leave the depth of the feed."""
    for packet in packets:
        yield Packet(packet.ts, [
            event._replace(action="H")
            if event.action == "S" and event.qty == 0 and rng.random() < 0.5
            else event
            for event in packet.events
        ])  # fmt: skip


def _by_order(rng: Random, instruments: int, orders: bool | None) -> set[int]:
    """Choose the instruments whose tape names orders: some in half of the scenarios."""
    if orders is not None:
        return set(range(instruments)) if orders else set()
    if rng.random() < 0.5:
        return set()
    return set(rng.sample(range(instruments), rng.randint(1, instruments)))


def _impact(rng: Random, instruments: int, impact: bool | None) -> Impact:
    """Choose how markets react; a few takes are a good part of a day's volume."""
    kinds = ["linear", "square_root", "square_root"]
    kind = rng.choice(kinds if impact else ["none", *kinds])
    if kind == "none" or impact is False:
        return Impact()
    return Impact(
        kind,
        coefficient=rng.choice([0.5, 0.8, 1.0]),
        scales=rng.choice([((1.0, span),) for span in (0, 3, 10, 60)] + MIXED),
        volatility=[rng.choice([0.02, 0.05, 0.1]) for _ in range(instruments)],
        volume=[rng.choice([40.0, 200.0, 1234.5]) for _ in range(instruments)],
    )


def _portfolio(
    rng: Random,
    name: str,
    mids: Sequence[Sequence[tuple[int, int]]],
    busy: Sequence[int],
    *,
    calm: bool,
) -> PortfolioSpec:
    """Make a portfolio that acts at busy times, when others do, or at any time."""
    sent: list[Message] = []
    number = 0
    last = max(walk[-1][0] for walk in mids)
    sides = rng.choice([[0, 1], [0, 0, 0, 0, 1], [0, 1, 1, 1, 1]])
    for _ in range(rng.randint(0, 4 * len(busy))):
        number += rng.choice([1, 1, 1, 5])
        at = rng.choice(busy) if rng.random() < 0.6 else rng.randint(5, last + 2)
        instrument = rng.randrange(len(mids))
        walk = mids[instrument]
        mid = walk[max(0, bisect_right(walk, (at, 10**9)) - 1)][1]
        order = _order(rng, at, instrument, mid, rng.choice(sides), calm=calm)
        sent.append(replace(order, id=number))
        if rng.random() < (0.15 if calm else 0.4):
            sent.append(Cancel(at + rng.choice([0, 0, 1, 2, 5, 20]), number))
    return PortfolioSpec(
        name,
        order_delay=rng.choice([0, 0, 1, 2, 5]),
        response_delay=rng.choice([0, 0, 1, 4]),
        max_position=rng.choice([None, rng.randint(5, 60)]),
        positions={
            i: rng.randint(-20, 20) for i in range(len(mids)) if rng.random() < 0.3
        },
        messages=sorted(sent, key=lambda message: message.at),
    )


def _order(
    rng: Random, at: int, instrument: int, mid: int, side: int, *, calm: bool
) -> Order:
    """Make an order near the market; in calm times most wait at or behind the touch."""
    qty = rng.choice([1, 2, 3, 5, 8, 13, rng.randint(1, 20), 60])
    if rng.random() < (0.1 if calm else 0.25):
        return Order(at, instrument, side, qty)
    passive = calm and rng.random() < 0.8
    away = rng.choice([1, 1, 1, 2, 2, 3]) if passive else rng.randint(-4, 4)
    return Order(
        at,
        instrument,
        side,
        qty,
        price=mid - away if side == 0 else mid + away,
        tif="ioc" if not passive and rng.random() < 0.15 else "gtc",
        post_only=rng.random() < 0.2,
    )


def _settings(rng: Random, names: Sequence[str]) -> Settings:
    shape = rng.choice(["shared", "shared", "groups", "isolated"])
    if shape == "shared":
        engines = [list(names)]
    elif shape == "isolated":
        engines = [[name] for name in names]
    else:
        half = rng.sample(names, (len(names) + 1) // 2)
        engines = [half, [name for name in names if name not in half]]
    maker, taker, cross = (Fraction(rng.choice([0, 2, 5, -1]), 10_000) for _ in "mtc")
    return Settings(
        [group for group in engines if group],
        netting=rng.random() < 0.65,
        distribution=rng.choice(["fifo", "pro_rata", "average_price", None]),
        queue=rng.choice(QUEUES),
        self_trade=rng.choice(SELF_TRADE),
        scope=rng.choice(["portfolio", "portfolio", "portfolio", "group"]),
        fill_on_cross=rng.random() < 0.8,
        fees=Fees(maker, taker, cross, rng.choice(UNITS)),
    )
