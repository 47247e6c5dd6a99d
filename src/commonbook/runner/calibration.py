"""Daily volume and volatility found in data, where a configuration says `auto`."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import sqrt
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple, TypeVar

from commonbook.config.data import DataSource, FileSource
from commonbook.config.impact import AUTO, Impact, ImpactModel
from commonbook.config.run import RunConfig
from commonbook.core.errors import ConfigError, Problem
from commonbook.core.words import counted
from commonbook.data.days import Day, days_of
from commonbook.data.instrument import Instrument
from commonbook.data.session import ALL_DAY, Session
from commonbook.data.tape import Tape
from commonbook.runner.tapes import load_tape

#: No more days than these are looked at, the latest ones.
DAYS = 20
HOUR = 3_600 * 1_000_000_000
Block = TypeVar("Block", Impact, ImpactModel)
_KEYS = ("adv", "daily_volatility")
_NAMES = {"adv": "daily volume", "daily_volatility": "daily volatility"}


class Calibrated(NamedTuple):
    """
    A configuration whose numbers are all known.

    Parameters
    ----------
    config : RunConfig
        The configuration, with numbers by symbol in place of `auto`.
    found : tuple of str
        What was found and how, one sentence each.
    """

    config: RunConfig
    found: tuple[str, ...]


class _Found(NamedTuple):
    adv: Decimal
    daily_volatility: Decimal
    how: str


def calibrate(
    config: RunConfig, tape: Tape, progress: Callable[[str, int, int], None]
) -> Calibrated:
    """
    Find the numbers that a configuration leaves to the data.

    Parameters
    ----------
    config : RunConfig
        The configuration.
    tape : Tape
        The data of the run.
    progress : callable
        Called with what is being done, how much of it is done, and of how much in all.

    Returns
    -------
    Calibrated
        The configuration with numbers, and what was found.

    Raises
    ------
    ConfigError
        If there are no earlier days, or too little data.
    """
    used = _used(config)
    if all(way != "auto" for _, _, way in used):
        _refuse_idle(config.data)
    if not used:
        return Calibrated(config, ())
    places = {way: f"execution.{name}.{key}" for name, key, way in reversed(used)}
    numbers: dict[str, dict[str, _Found]] = {}
    if "auto" in places:
        where = places["auto"]
        numbers["auto"] = _from_earlier(config.data, tape, where, progress)
    if "auto_in_sample" in places:
        numbers["auto_in_sample"] = _in_sample(tape, places["auto_in_sample"])
    said = [
        f"impact: {_NAMES[key]} of {symbol} is {getattr(one, key):f}, {one.how}"
        for key, way in dict.fromkeys((key, way) for _, key, way in used)
        for symbol, one in numbers[way].items()
    ]
    return Calibrated(_with_numbers(config, numbers), tuple(said))


def _used(config: RunConfig) -> list[tuple[str, str, str]]:
    """List the blocks and keys that are left to the data, and how."""
    rules = config.execution
    blocks = {
        "impact": rules.impact,
        "shared_config.market_impact_model": rules.shared_config.market_impact_model,
        "isolated_config.market_impact_model": (
            rules.isolated_config.market_impact_model
        ),
    }
    given = [
        (name, key, getattr(block, key, None))
        for name, block in blocks.items()
        for key in _KEYS
    ]
    return [(name, key, way) for name, key, way in given if way in AUTO]


def _from_earlier(
    sources: Sequence[DataSource],
    tape: Tape,
    where: str,
    progress: Callable[[str, int, int], None],
) -> dict[str, _Found]:
    """Estimate from the days before the run, which the sources name."""
    before = _earlier_sources(sources)
    earlier = load_tape(before, progress) if before else None
    has = earlier.symbols if earlier is not None else ()
    missing = ", ".join(symbol for symbol in tape.symbols if symbol not in has)
    if earlier is None or missing:
        message = (
            f"auto needs earlier days of {missing}: name their files in data, as "
            "earlier beside path, or state adv and daily_volatility as numbers, "
            "or choose auto_in_sample"
        )
        raise ConfigError([Problem(where, message)])
    found = {}
    for number, symbol in enumerate(tape.symbols):
        days = days_of(earlier, earlier.symbols.index(symbol))
        if days and days[-1].end >= _first_midnight(tape, number):
            message = (
                f"the earlier days of {symbol} reach into the first day of the run; "
                "only days before it are allowed"
            )
            raise ConfigError([Problem(where, message)])
        unit = tape.instruments[number]
        whole = whole_days(days, around_the_clock=unit.session == ALL_DAY)[-DAYS:]
        if not whole:
            message = (
                f"the earlier data of {symbol} has no whole day (23 of 24 hours); "
                "name more files, or give the session if its market closes"
            )
            raise ConfigError([Problem(where, message)])
        how = f"from {counted(len(whole), 'whole day')} before the run"
        found[symbol] = _found(whole, unit, how, where)
    return found


def _earlier_sources(sources: Sequence[DataSource]) -> list[FileSource]:
    """Put earlier files in the place of those of the run, each with its own day."""
    earlier: list[FileSource] = []
    problems: list[Problem] = []
    for number, source in enumerate(sources):
        if not isinstance(source, FileSource) or not source.earlier:
            continue
        where = f"data[{number}].earlier"
        paths = source.earlier if source.orderbook else ()
        books = tuple(_book_beside(path, where, problems) for path in paths)
        own = {"path": source.earlier, "orderbook": books, "date": None}
        earlier.append(source.model_copy(update=own))
    if problems:
        raise ConfigError(problems)
    return earlier


def _book_beside(path: str, where: str, problems: list[Problem]) -> str:
    """Find the order book file of a LOBSTER message file by its name."""
    name = Path(path).name
    book = Path(path).with_name(name.replace("_message_", "_orderbook_"))
    if "_message_" not in name:
        message = (
            f"the order book file of {path} is found by its name, which must be like "
            "SYMBOL_2012-06-21_34200000_57600000_message_5.csv"
        )
        problems.append(Problem(where, message))
    elif not book.exists():
        message = f"the order book file of {path} is missing: there is no file {book}"
        problems.append(Problem(where, message))
    return str(book)


def _in_sample(tape: Tape, where: str) -> dict[str, _Found]:
    """Estimate from the run's own data, which nobody could know in advance."""
    found = {}
    for number, unit in enumerate(tape.instruments):
        days = days_of(tape, number)
        how = "from the data of the run itself, which nobody knew then (auto_in_sample)"
        if unit.session == ALL_DAY and days:
            span = days[-1].last - days[0].first
            if span < HOUR:
                message = (
                    f"auto_in_sample needs an hour of {unit.symbol}; "
                    "state adv and daily_volatility as numbers"
                )
                raise ConfigError([Problem(where, message)])
            days = [_scaled(days, 24 * HOUR / span)]
            how += ", by its span of 24 hours"
        found[unit.symbol] = _found(days, unit, how, where)
    return found


def whole_days(days: Sequence[Day], *, around_the_clock: bool) -> list[Day]:
    """
    Leave out the days of which a part is missing.

    Parameters
    ----------
    days : sequence of Day
        By time.
    around_the_clock : bool
        Whether the market never closes: then a day has at least 23 hours. Otherwise it
        spans at least nine tenths of the longest one.

    Returns
    -------
    list of Day
        The others.
    """
    longest = max((day.last - day.first for day in days), default=0)
    least = 23 * HOUR if around_the_clock else 0.9 * longest
    return [day for day in days if day.last - day.first >= least]


def _first_midnight(tape: Tape, instrument: int) -> int:
    """Find the end of the first day of a run."""
    place = tape.instruments[instrument].session.timezone
    return Session("00:00", place).closes(tape.start, tape.start)[0]


def _scaled(days: Sequence[Day], factor: float) -> Day:
    """Make one day of parts of days."""
    return days[-1]._replace(
        lots=round(factor * sum(day.lots for day in days)),
        variance=factor * sum(day.variance for day in days),
    )


def _found(days: Sequence[Day], unit: Instrument, how: str, where: str) -> _Found:
    """Take the median of volumes, and the mean of variances."""
    lots = Decimal(median(day.lots for day in days)) if days else Decimal(0)
    volatility = Decimal(sqrt(fmean(day.variance for day in days))) if days else lots
    if lots <= 0 or not 0 < volatility <= 1:
        message = (
            f"the data of {unit.symbol} has no trades, or no moves of the mid within a "
            "day; state adv and daily_volatility as numbers"
        )
        raise ConfigError([Problem(where, message)])
    return _Found(_short(lots * Decimal(str(unit.lot_size))), _short(volatility), how)


def _short(number: Decimal) -> Decimal:
    """Keep six digits, which is more than such a number is good for."""
    return Decimal(format(Decimal(f"{float(number):.6g}"), "f"))


def _with_numbers(
    config: RunConfig, numbers: Mapping[str, Mapping[str, _Found]]
) -> RunConfig:
    """Put what was found where it was asked for."""

    def filled(block: Block) -> Block:
        new = {
            key: {s: getattr(one, key) for s, one in numbers[way].items()}
            for key in _KEYS
            if (way := getattr(block, key)) in AUTO
        }
        return block.model_copy(update=new)

    rules = config.execution
    shared, isolated = rules.shared_config, rules.isolated_config
    own = isolated.market_impact_model
    shared_model = {"market_impact_model": filled(shared.market_impact_model)}
    own_model = {"market_impact_model": own and filled(own)}
    changed = {
        "impact": rules.impact and filled(rules.impact),
        "shared_config": shared.model_copy(update=shared_model),
        "isolated_config": isolated.model_copy(update=own_model),
    }
    data = tuple(
        source.model_copy(update={"earlier": ()})
        if isinstance(source, FileSource)
        else source
        for source in config.data
    )
    execution = rules.model_copy(update=changed)
    return config.model_copy(update={"execution": execution, "data": data})


def _refuse_idle(sources: Sequence[DataSource]) -> None:
    """Refuse earlier days that nothing is found from."""
    message = (
        "nothing is auto, so these files would do nothing; remove the key, or choose "
        "auto for adv or daily_volatility in execution.impact"
    )
    problems = [
        Problem(f"data[{number}].earlier", message)
        for number, source in enumerate(sources)
        if isinstance(source, FileSource) and source.earlier
    ]
    if problems:
        raise ConfigError(problems)
