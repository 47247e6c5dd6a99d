"""Several tapes, merged by time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.errors import DataError
from commonbook.data.schema import TRUTH
from commonbook.data.tape import Tape


def merge(tapes: Sequence[Tape]) -> Tape:
    """
    Merge tapes of different instruments into one, by time.

    Parameters
    ----------
    tapes : sequence of Tape
        At equal times, packets of earlier tapes come first.

    Returns
    -------
    Tape
        All events; packets stay whole. Receive times are kept if every tape has them.

    Raises
    ------
    DataError
        If there is no tape or two of them have the same instrument.
    """
    if not tapes:
        message = "no tape to merge; give one or more"
        raise DataError(message)
    if len(tapes) == 1:
        return tapes[0]
    source = ", ".join(tape.source for tape in tapes)
    symbols = [symbol for tape in tapes for symbol in tape.symbols]
    for symbol in symbols:
        if symbols.count(symbol) > 1:
            message = (
                f"{source}: {symbol} is in two of them; files of one instrument are "
                "read together as one tape"
            )
            raise DataError(message)
    sizes = [len(tape.instruments) for tape in tapes]
    offsets = [sum(sizes[:place]) for place in range(len(tapes))]
    events = np.concatenate([tape.events for tape in tapes])
    # The events of a packet share their time, so a stable sort keeps packets whole.
    order = np.argsort(events["ts"], kind="stable")
    lengths = [len(tape) for tape in tapes]
    events["instrument"] += np.repeat(np.array(offsets, np.uint16), lengths)
    slots = np.cumsum([0, *(tape.order_slots for tape in tapes[:-1])])
    ahead = np.repeat(slots.astype(np.int32), lengths)
    events["order"] += np.where(events["order"] < 0, 0, ahead).astype(np.int32)
    return Tape(
        events[order],
        tuple(instrument for tape in tapes for instrument in tape.instruments),
        _received(tapes, order),
        _sequences(tapes, order),
        _truths(tapes, offsets),
        source=source,
        notes=tuple(note for tape in tapes for note in tape.notes),
    )


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


def _truths(tapes: Sequence[Tape], offsets: list[int]) -> Records | None:
    parts = [np.zeros(0, TRUTH)]
    for tape, offset in zip(tapes, offsets, strict=True):
        if tape.truth is not None:
            part = tape.truth.copy()
            part["instrument"] += offset
            parts.append(part)
    return np.concatenate(parts) if len(parts) > 1 else None
