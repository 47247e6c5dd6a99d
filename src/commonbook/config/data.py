"""Where market data comes from: files, a generator, or a tape made in Python."""

import re
from collections.abc import Mapping
from decimal import Decimal
from os import PathLike, fspath
from typing import (
    Annotated,
    ClassVar,
    Literal,
    Protocol,
    TypeAlias,
    get_args,
    runtime_checkable,
)
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from commonbook.config.base import Model, choose, nearest, not_yet
from commonbook.config.fields import Interval, Name, Positive, Seed, Switch, Timestamp
from commonbook.config.matching import MatchingRule, MatchingRules
from commonbook.config.scalars import describe, parse_decimal

Format: TypeAlias = Literal[
    "csv",
    "parquet",
    "binance-stream",
    "lobster",
    "dbn",
    "databento-csv",
    "hftbacktest",
    "tape",
]
_LATER = (
    "tardis",
    "kraken",
    "okx",
    "itch",
    "ohlcv",
)
_TICK = "the price of one tick, in currency"
_LOT = "the size of one lot, in units"
_BY_SYMBOL = "(or a mapping by symbol)"
_SESSION = "when trading closes, for day orders; by default at the end of the UTC day"
_MATCHING = "what an incoming quantity takes at a price; by default fifo"
_SECOND = 1_000_000_000
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")


SizeGrid: TypeAlias = Decimal | dict[str, Decimal]


@runtime_checkable
class TapeLike(Protocol):
    """A tape: sorted events and the instruments they belong to."""

    @property
    def events(self) -> object:
        """Market events in order of time."""
        ...

    @property
    def instruments(self) -> tuple[object, ...]:
        """What the events are about."""
        ...


def _texts(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _grid(value: object, _: ValidatorFunctionWrapHandler) -> SizeGrid:
    if not isinstance(value, Mapping):
        return _size(value)
    return {str(symbol): _size(size) for symbol, size in value.items()}


def _size(value: object) -> Decimal:
    size = parse_decimal(value)
    if size <= 0:
        message = f"found {describe(value)}; allowed: more than 0"
        raise ValueError(message)
    return size


def _paths(value: object) -> object:
    items = value if isinstance(value, list | tuple) else [value]
    paths = [fspath(item) if isinstance(item, PathLike) else item for item in items]
    if not all(isinstance(path, str) and path for path in paths):
        message = f"found {describe(value)}; allowed: a path or a list of paths"
        raise ValueError(message)
    return paths


#: One size for all instruments, or one for each symbol.
Size: TypeAlias = Annotated[
    SizeGrid,
    WrapValidator(_grid, json_schema_input_type=float | str | dict[str, float | str]),
]


def _sessions(value: object, _: ValidatorFunctionWrapHandler) -> object:
    """Tell a session from sessions by symbol, so that faults are of the one meant."""
    if isinstance(value, Session):
        return value
    parts = value.values() if isinstance(value, Mapping) else ()
    if parts and all(isinstance(part, Mapping | Session) for part in parts):
        return _BY_SYMBOL_SESSIONS.validate_python(value)
    return Session.model_validate(value)


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        message = f"found {value!r}; allowed: a time of the day such as '16:00'"
        raise ValueError(message)
    return value


def _place(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, KeyError, OSError):
        hint = nearest(value, sorted(available_timezones()))
        message = (
            f"found {value!r}{hint or ';'} allowed: a zone such as America/New_York, "
            "or UTC"
        )
        raise ValueError(message) from None
    return value


class Session(Model):
    """When the trading of an instrument closes."""

    close: Annotated[str, AfterValidator(_clock)] = Field(
        description="when it closes, by the clock of the place, such as '16:00'"
    )
    timezone: Annotated[str, AfterValidator(_place)] = Field(
        description="the time zone of the place, such as America/New_York"
    )


_BY_SYMBOL_SESSIONS = TypeAdapter(dict[str, Session])

#: One session for all instruments, or one for each symbol.
Sessions: TypeAlias = Annotated[
    Session | dict[str, Session],
    WrapValidator(_sessions, json_schema_input_type=Session | dict[str, Session]),
]


class FileSource(Model):
    """Files that hold one tape; the book goes on across them."""

    unbuilt: ClassVar[Mapping[str, str]] = {
        "inverse": "only linear contracts can be traded now; remove the key",
    }

    path: Annotated[
        tuple[str, ...],
        Field(min_length=1),
        BeforeValidator(_paths, json_schema_input_type=str | tuple[str, ...]),
    ] = Field(
        description="a file, or the files of one tape in order; "
        "relative to the configuration's own folder"
    )
    earlier: Annotated[
        tuple[str, ...],
        BeforeValidator(_paths, json_schema_input_type=str | tuple[str, ...]),
    ] = Field(
        (),
        description="files of earlier days, read like `path`; only to find numbers "
        "that are `auto`",
    )
    format: (
        Annotated[
            Format,
            not_yet(*_LATER, allowed=", ".join(get_args(Format))),
        ]
        | None
    ) = Field(None, description="the files' format; by default by their ending")
    symbol: Annotated[
        tuple[Name, ...],
        BeforeValidator(_texts, json_schema_input_type=str | tuple[str, ...]),
    ] = Field((), description="the instrument or instruments wanted; by default all")
    tick_size: Size | None = Field(None, description=f"{_TICK} {_BY_SYMBOL}")
    lot_size: Size | None = Field(None, description=f"{_LOT} {_BY_SYMBOL}")
    multiplier: Size = Field(
        Decimal(1),
        description=f"currency that one unit is worth at a price of 1 {_BY_SYMBOL}",
    )
    allow_gaps: Switch = Field(
        default=False, description="whether sequence numbers may skip"
    )
    orderbook: Annotated[
        tuple[str, ...],
        BeforeValidator(_paths, json_schema_input_type=str | tuple[str, ...]),
    ] = Field((), description="LOBSTER's order book file of each message file")
    date: str | None = Field(
        None, description="the day of a LOBSTER file whose name does not tell it"
    )
    timezone: str | None = Field(
        None, description="time zone of LOBSTER's exchange; by default New York"
    )
    session: Sessions | None = Field(None, description=f"{_SESSION} {_BY_SYMBOL}")
    matching: MatchingRules | None = Field(
        None, description=f"{_MATCHING} {_BY_SYMBOL}"
    )


class Synth(Model):
    """A generated order book."""

    kind: Literal["l2", "l3"] = Field(
        "l2", description="by level (`l2`), or order by order (`l3`)"
    )
    symbol: Name = Field("SYNTH", description="the instrument's name")
    seed: Seed = Field(1, description="where the random numbers start")
    duration: Interval = Field(3600 * _SECOND, description="how much time it covers")
    tick_size: Positive = Field(Decimal("0.01"), description=_TICK)
    lot_size: Positive = Field(Decimal(1), description=_LOT)
    price: Positive = Field(
        Decimal(100), description="about where prices begin, in currency"
    )
    start: Timestamp = Field(
        1_704_205_800 * _SECOND, description="the time of the first packet"
    )
    session: Session | None = Field(None, description=_SESSION)
    matching: MatchingRule | None = Field(None, description=_MATCHING)


class SynthSource(Model):
    """Data that is generated when the run starts."""

    synth: Synth = Field(description="the settings of the generator")


class TapeSource(Model):
    """A tape made in Python."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    tape: TapeLike = Field(description="an object with events and instruments")
    session: Sessions | None = Field(None, description=f"{_SESSION} {_BY_SYMBOL}")
    matching: MatchingRules | None = Field(
        None, description=f"{_MATCHING} {_BY_SYMBOL}"
    )


def _pick(value: object) -> type[Model]:
    keys = value if isinstance(value, Mapping) else {}
    if "synth" in keys:
        return SynthSource
    return TapeSource if "tape" in keys else FileSource


def _named(value: object) -> object:
    return {"tape": value} if isinstance(value, TapeLike) else value


def _one_or_many(value: object) -> object:
    single = isinstance(value, Mapping | TapeLike | Model)
    if not single and not isinstance(value, list | tuple):
        message = (
            f"found {describe(value)}; allowed: a source such as {{path: book.csv}}, "
            "or a list of sources"
        )
        raise ValueError(message)
    return [value] if single else value


DataSource: TypeAlias = Annotated[
    FileSource | SynthSource | TapeSource,
    choose(_pick, written_as=FileSource | SynthSource),
    BeforeValidator(_named, json_schema_input_type=FileSource | SynthSource),
]
Data: TypeAlias = Annotated[
    tuple[DataSource, ...], Field(min_length=1), BeforeValidator(_one_or_many)
]
