"""What a reference run is made of: packets, portfolios, messages and settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tests.oracle.print_book import TradesOnly

from tests.oracle.delays import Delay
from tests.oracle.rates import Rate

#: Sides of orders and of the book, as in `commonbook.core.enums.Side`.
BUY, SELL = 0, 1

#: Times in force; "day" is "gtd" with the time at which the session ends.
LIVES = ("gtc", "ioc", "fok", "gtd")


class Event(NamedTuple):
    """One line of the tape."""

    #: "S", "R" and "T", and "H" for a level that has only left the feed's depth; order
    #: by order "A", "M", "C", "F", "R" and "T". Of both kinds "X" (trading is halted)
    #: and "O" (it goes on). "R" with a quantity belongs to a snapshot.
    action: str
    instrument: int  # index
    side: str  # "B", "A" or "N"; of a trade, the aggressor's
    price: int  # [ticks]
    qty: int  # [lots]
    order: int = 0  # order by order: the tape's name for the order


@dataclass(frozen=True)
class Packet:
    """Events that the market applies as one; plain tuples become events."""

    ts: int
    events: Sequence[Event]

    def __post_init__(self) -> None:
        events = tuple(Event(*event) for event in self.events)
        object.__setattr__(self, "events", events)


@dataclass(frozen=True)
class Order:
    """
    A portfolio decides at `at` to send this order.

    Without a price, at market; with a stop price, once the market has come there.
    """

    at: int
    instrument: int
    side: int
    qty: int
    price: int | None = None
    tif: str = "gtc"  # or "ioc", "fok" or "gtd"
    post_only: bool | str = False  # or "reprice"
    id: int = 1
    stop: int | None = None
    expires: int = 0  # of "gtd"
    reduce_only: bool = False


@dataclass(frozen=True)
class Cancel:
    """A portfolio decides at `at` to cancel one of its orders."""

    at: int
    id: int


@dataclass(frozen=True)
class Replace:
    """A portfolio decides at `at` to change an order; what is None stays as it is."""

    at: int
    id: int
    qty: int | None = None  # in all, with what is filled
    price: int | None = None
    stop: int | None = None


#: What a portfolio sends.
Message = Order | Cancel | Replace


@dataclass(frozen=True)
class Plain:
    """A strategy in plain Python: its class and what its objects are given."""

    kind: type
    instrument: int = 0  # the one that it is about
    every: int = 0  # distance of regular timers [ns], 0 for none
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PortfolioSpec:
    """
    One portfolio, with everything it is going to send in the order of sending.

    Or with a strategy that decides as things happen.
    """

    name: str
    order_delay: Delay = 0
    response_delay: Delay = 0
    max_position: int | None = None
    positions: dict[int, int] = field(default_factory=dict)
    messages: Sequence[Message] = ()
    feed_delay: Delay = 0
    plain: Plain | None = None
    rate: Rate | None = None
    max_order: int | None = None  # of one order [lots]
    gross: int | None = None  # what positions may be worth [half ticks x lots]
    net: int | None = None
    collar: Fraction | None = None  # how far limits may be beyond the mid


@dataclass(frozen=True)
class Fees:
    """Rates of the notional; `unit_e8` is half a tick times a lot in 1e-8 money."""

    maker: Fraction = Fraction(0)
    taker: Fraction = Fraction(0)
    cross: Fraction = Fraction(0)
    unit_e8: Fraction = Fraction(500_000)


@dataclass(frozen=True)
class Impact:
    """How a group's takes move its market; volatility and volume by instrument."""

    model: str = "none"  # or "linear" or "square_root"
    coefficient: float = 0.0  # Y of the square root law
    #: Weight and half-life [ns], 0 for never, of each part of the net volume.
    scales: Sequence[tuple[float, int]] = ((1.0, 0),)
    volatility: Sequence[float] = ()  # of a day, as a fraction of the price
    volume: Sequence[float] = ()  # of a day [lots]


@dataclass(frozen=True)
class ProRata:
    """How an instrument is matched in proportion to size."""

    min_share: int = 0  # smaller shares become 0 [lots]
    top_order: bool = False  # whether the order that bettered the market comes first


@dataclass(frozen=True)
class GroupLimits:
    """What the portfolios of one engine may not exceed together."""

    max_position: Mapping[int, int] = field(default_factory=dict)  # by instrument
    gross: int | None = None  # [half ticks x lots]
    net: int | None = None


@dataclass(frozen=True)
class Settings:
    """Who shares an engine, and how engines behave."""

    engines: Sequence[Sequence[str]]
    netting: bool = True
    netting_price: str = "mid"  # or "touch" or "last"
    netting_window: int = 0  # how long the first order waits for others [ns]
    distribution: str | None = "fifo"
    queue: tuple[str, float] = ("risk_averse", 1.0)
    self_trade: str = "cancel_newest"
    scope: str = "portfolio"
    fill_on_cross: bool = True
    fees: Fees = Fees()
    impact: Impact = field(default_factory=Impact)
    stop_trigger: str = "trade"  # or "touch"
    on_halt: str = "keep"  # or "cancel": orders that rest or wait
    on_clear: str = "keep"
    half_life: int = 0  # of consumption [ns], 0 when it does not decay
    trades_only: "TradesOnly | None" = None  # needed where the tape has no book
    processing: int = 0  # from the arrival of a message until the venue acts [ns]
    #: By instrument; those that are not here are matched by time.
    matching: Mapping[int, ProRata] = field(default_factory=dict)
    group_limits: GroupLimits | None = None


@dataclass(frozen=True)
class Scenario:
    """A whole run."""

    seed: int
    instruments: Sequence[str]
    packets: Sequence[Packet]
    portfolios: Sequence[PortfolioSpec]
    settings: Settings


def check(scenario: Scenario) -> None:
    """Refuse scenarios that mean nothing; the rules say nothing about them."""
    names = sorted(p.name for p in scenario.portfolios)
    served = sorted(name for group in scenario.settings.engines for name in group)
    if names != served or len(set(names)) != len(names):
        msg = f"engines serve {served}, portfolios are {names}"
        raise ValueError(msg)
    times = [p.ts for p in scenario.packets]
    if times != sorted(times):
        msg = f"packets go back in time: {times}"
        raise ValueError(msg)
    for packet in scenario.packets:
        for event in packet.events:
            if not _possible(event, len(scenario.instruments)):
                msg = f"event in packet at {packet.ts}: {event}"
                raise ValueError(msg)
    for portfolio in scenario.portfolios:
        _check_messages(portfolio)


def _possible(event: Event, instruments: int) -> bool:
    if event.action in "RXO":
        return True
    sides = "BAN" if event.action == "T" else "BA"
    known = event.action in "SHAMCFT" and event.side in sides
    in_range = 0 <= event.instrument < instruments and event.price > 0
    named = event.action in "SHT" or event.order > 0
    return known and in_range and named and event.qty >= (event.action in "AMCF")


def _check_messages(portfolio: PortfolioSpec) -> None:
    sent: set[int] = set()
    for message in sorted(portfolio.messages, key=lambda m: m.at):
        if not isinstance(message, Order):
            if message.id not in sent:
                msg = (
                    f"{portfolio.name} has never sent an order with this id: {message}"
                )
                raise ValueError(msg)
            continue
        if message.id in sent or message.id <= 0:
            msg = f"{portfolio.name} uses an order id twice: {message}"
            raise ValueError(msg)
        if message.tif not in LIVES or message.post_only not in (
            False,
            True,
            "reprice",
        ):
            msg = f"{portfolio.name} sends an order without meaning: {message}"
            raise ValueError(msg)
        sent.add(message.id)
