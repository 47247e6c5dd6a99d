"""The data of a configuration as one tape."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from commonbook.config.base import Model
from commonbook.config.data import DataSource, FileSource, SynthSource
from commonbook.core.errors import ConfigError, Problem
from commonbook.data.columns import NS_PER_SECOND
from commonbook.data.matching import Matching
from commonbook.data.merge import merge
from commonbook.data.read import read
from commonbook.data.session import Session
from commonbook.data.synth import synth
from commonbook.data.synth_queue import synth_orders
from commonbook.data.tape import Tape

Setting = TypeVar("Setting", bound=Model)


def load_tape(
    sources: Sequence[DataSource], progress: Callable[[str, int, int], None]
) -> Tape:
    """
    Read or generate every source, and merge them by time.

    Parameters
    ----------
    sources : sequence of FileSource, SynthSource or TapeSource
        The ``data`` of a configuration.
    progress : callable
        Called with what is being done, how much of it is done, and of how much in all.

    Returns
    -------
    Tape
        One tape of all instruments.

    Raises
    ------
    ConfigError
        If an object given as a tape is none.
    DataError
        If a file cannot be trusted.
    """
    tapes = []
    for number, source in enumerate(sources):
        progress(f"reading {_name(source)}", 0, 0)
        tapes.append(_with_settings(_tape(source, number), source, number))
    return merge(tapes)


def provenance(tape: Tape) -> dict[str, Any]:
    """
    Say where a tape came from.

    Parameters
    ----------
    tape : Tape
        The data of a run.

    Returns
    -------
    dict
        Source, hash, size and the assumptions of the reader, as JSON has them.
    """
    return {
        "source": tape.source,
        "sha256": tape.digest,
        "events": len(tape),
        "instruments": [
            {
                "symbol": instrument.symbol,
                "tick_size": str(instrument.tick_size),
                "lot_size": str(instrument.lot_size),
                "multiplier": str(instrument.multiplier),
            }
            for instrument in tape.instruments
        ],
        "notes": list(tape.notes),
    }


def _tape(source: DataSource, number: int) -> Tape:
    """Read, generate or take over one source."""
    if isinstance(source, FileSource):
        return read(
            source.path,
            source.format,
            source.symbol or None,
            tick_size=source.tick_size,
            lot_size=source.lot_size,
            multiplier=source.multiplier,
            allow_gaps=source.allow_gaps,
            orderbook=source.orderbook,
            date=source.date,
            timezone=source.timezone,
        )
    if isinstance(source, SynthSource):
        wanted = source.synth
        make = synth_orders if wanted.kind == "l3" else synth
        return make(
            wanted.seed,
            wanted.duration / NS_PER_SECOND,
            symbol=wanted.symbol,
            tick_size=wanted.tick_size,
            lot_size=wanted.lot_size,
            price=wanted.price,
            start=wanted.start,
        )
    if not isinstance(source.tape, Tape):
        found = type(source.tape).__name__
        problem = Problem(f"data[{number}]", f"found a {found}; allowed: a Tape")
        raise ConfigError([problem])
    return source.tape


def _with_settings(tape: Tape, source: DataSource, number: int) -> Tape:
    """Add to what was read what a source says of its instruments."""
    given = source.synth if isinstance(source, SynthSource) else source
    if given.session is None and given.matching is None:
        return tape
    problems: list[Problem] = []
    path = f"data[{number}]"
    told = _by_symbol(given.session, tape, f"{path}.session", problems)
    sessions = {s: Session(item.close, item.timezone) for s, item in told.items()}
    rules = {
        symbol: Matching(rule.kind, rule.min_share, rule.top_order)
        for symbol, rule in _by_symbol(
            given.matching, tape, f"{path}.matching", problems
        ).items()
    }
    if problems:
        raise ConfigError(problems)
    instruments = tuple(
        replace(
            item,
            session=sessions.get(item.symbol, item.session),
            matching=rules.get(item.symbol, item.matching),
        )
        for item in tape.instruments
    )
    same = copy(tape)  # its events need no second check
    object.__setattr__(same, "instruments", instruments)
    return same


def _by_symbol(
    given: Setting | Mapping[str, Setting] | None,
    tape: Tape,
    path: str,
    problems: list[Problem],
) -> Mapping[str, Setting]:
    """Read a setting of all instruments, or of each, symbol by symbol."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        return dict.fromkeys(tape.symbols, given)
    has = ", ".join(tape.symbols)
    problems += [
        Problem(f"{path}.{symbol}", f"found {symbol!r}; the data has {has}")
        for symbol in given
        if symbol not in tape.symbols
    ]
    return given


def _name(source: DataSource) -> str:
    """Name a source in a few words."""
    if isinstance(source, FileSource):
        first = Path(source.path[0]).name
        more = len(source.path) - 1
        return f"{first} and {more} more" if more else first
    return "generated data" if isinstance(source, SynthSource) else "the tape"
