"""Several tapes, merged by time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.enums import Action
from commonbook.core.errors import DataError
from commonbook.data.instrument import Instrument
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape


def merge(tapes: Sequence[Tape]) -> Tape:
    """
    Merge tapes of different instruments into one, by time.

    A tape that holds nothing but trades of an instrument joins the one with its book.

    Parameters
    ----------
    tapes : sequence of Tape
        At equal times, packets of earlier tapes come first, but trades before the book
        that they join.

    Returns
    -------
    Tape
        All events; packets stay whole. Receive times are kept if every tape has them.

    Raises
    ------
    DataError
        If there is no tape, or two of them have the same instrument and are not its
        book and its trades.
    """
    if not tapes:
        message = "no tape to merge; give one or more"
        raise DataError(message)
    if len(tapes) == 1:
        return tapes[0]
    source = ", ".join(tape.source for tape in tapes)
    numbers, instruments = _numbered(tapes, source)
    events = np.concatenate([tape.events for tape in tapes])
    lengths = [len(tape) for tape in tapes]
    of_tape = np.repeat(np.arange(len(tapes)), lengths)
    later = np.ones(len(events), np.bool_)
    for place, tape in enumerate(tapes):
        for old, symbol in enumerate(tape.symbols):
            if sum(symbol in other.symbols for other in tapes) > 1:
                here = (of_tape == place) & (events["instrument"] == old)
                later[here] = events["action"][here] != Action.TRADE
    for place, codes in enumerate(numbers):
        here = of_tape == place
        events["instrument"][here] = codes[events["instrument"][here]]
    # The events of a packet share their time, so a stable sort keeps packets whole.
    order = np.lexsort((later, events["ts"]))
    slots = np.cumsum([0, *(tape.order_slots for tape in tapes[:-1])])
    ahead = np.repeat(slots.astype(np.int32), lengths)
    events["order"] += np.where(events["order"] < 0, 0, ahead).astype(np.int32)
    return Tape(
        events[order],
        instruments,
        _received(tapes, order),
        _sequences(tapes, order),
        _truths(tapes, numbers),
        source=source,
        notes=tuple(note for tape in tapes for note in tape.notes),
    )


def _numbered(
    tapes: Sequence[Tape], source: str
) -> tuple[list[NDArray[np.uint16]], tuple[Instrument, ...]]:
    """Number the instruments of all tapes; give the numbers of each tape's own."""
    found: dict[str, Instrument] = {}
    for tape in tapes:
        for instrument in tape.instruments:
            symbol = instrument.symbol
            if instrument != found.setdefault(symbol, instrument):
                message = (
                    f"{source}: {symbol} has other ticks, lots or sessions in one of "
                    "them than in another; give both the same tick_size and lot_size"
                )
                raise DataError(message)
    for symbol in found:
        parts = [tape for tape in tapes if symbol in tape.symbols]
        kinds = {_traded(tape, symbol) for tape in parts}
        if len(parts) > 2 or (len(parts) == 2 and kinds != {"all", "none"}):
            message = (
                f"{source}: {symbol} is in two of them; files of one instrument are "
                "read together as one tape, or one holds all its trades and nothing "
                "else, and the other none"
            )
            raise DataError(message)
    place = {symbol: number for number, symbol in enumerate(found)}
    numbers = [np.array([place[s] for s in t.symbols], np.uint16) for t in tapes]
    return numbers, tuple(found.values())


def _traded(tape: Tape, symbol: str) -> str:
    """Say how many events of an instrument are trades: all, some or none."""
    own = tape.events["action"][tape.events["instrument"] == tape.index(symbol)]
    trades = int(np.count_nonzero(own == Action.TRADE))
    return "none" if trades == 0 else "all" if trades == own.size else "some"


def _received(
    tapes: Sequence[Tape], order: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    columns = [tape.ts_recv for tape in tapes if tape.ts_recv is not None]
    if len(columns) < len(tapes):
        return None
    return np.concatenate(columns)[order]


def _sequences(
    tapes: Sequence[Tape], order: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    if all(tape.sequence is None for tape in tapes):
        return None
    columns = [
        np.zeros(len(tape), np.int64) if tape.sequence is None else tape.sequence
        for tape in tapes
    ]
    return np.concatenate(columns)[order]


def _truths(tapes: Sequence[Tape], numbers: list[NDArray[np.uint16]]) -> Records | None:
    parts = [np.zeros(0, TRUTH)]
    for tape, codes in zip(tapes, numbers, strict=True):
        if tape.truth is not None:
            part = tape.truth.copy()
            part["instrument"] = codes[part["instrument"]]
            parts.append(part)
    return np.concatenate(parts) if len(parts) > 1 else None
