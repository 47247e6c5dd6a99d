"""A tape as a folder of mapped arrays, so that it may be larger than memory."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonbook.core.errors import DataError
from commonbook.data.decimals import decimal_of
from commonbook.data.instrument import Instrument
from commonbook.data.options import Grid, ReadOptions
from commonbook.data.pieces import pieces
from commonbook.data.schema import STORE_META
from commonbook.data.store_write import ARRAYS, KIND, VERSION, TapeWriter
from commonbook.data.tape import Tape


def save_tape(tape: Tape, folder: str | Path) -> None:
    """
    Store a tape as a folder.

    Parameters
    ----------
    tape : Tape
        What to store.
    folder : str or Path
        Where; what is there is replaced if it is a stored tape.

    Raises
    ------
    DataError
        If the folder holds something else, or cannot be written.
    """
    with TapeWriter(folder, tape.instruments, tape.source, tape.notes) as writer:
        for rows in pieces(tape.events):
            writer.append(
                tape.events[rows],
                None if tape.ts_recv is None else tape.ts_recv[rows],
                None if tape.sequence is None else tape.sequence[rows],
            )
        if tape.truth is not None:
            writer.put_truth(tape.truth)


def read_store(paths: list[Path], options: ReadOptions) -> Tape:
    """
    Open a stored tape; its arrays are read from the disk when they are needed.

    Parameters
    ----------
    paths : list of Path
        One folder.
    options : ReadOptions
        What the user says about the instruments; it must not contradict the folder.

    Returns
    -------
    Tape
        Its arrays are mapped and cannot be written to.

    Raises
    ------
    DataError
        If the folder is no stored tape, damaged, or not what the user says it is.
    """
    folder = paths[0]
    if len(paths) > 1:
        message = f"{paths[1]}: a stored tape is read alone; give one folder"
        raise DataError(message)
    meta = _meta(folder)
    instruments = _instruments(folder, meta)
    _check_options(folder, instruments, options)
    arrays = {name: _array(folder, meta, name) for name in ARRAYS}
    events = arrays["events"]
    if events is None:
        message = f"{folder}: damaged: {STORE_META} names no events"
        raise DataError(message)
    tape = Tape(
        events,
        instruments,
        arrays["ts_recv"],
        arrays["sequence"],
        arrays["truth"],
        source=folder.name,
        notes=(f"stored from {meta.get('source')}", *map(str, meta.get("notes", ()))),
    )
    if tape.digest != meta.get("sha256"):
        message = (
            f"{folder}: damaged: the data has hash {tape.digest}, {STORE_META} says "
            f"{meta.get('sha256')}"
        )
        raise DataError(message)
    crossed = meta.get("crossed")
    if isinstance(crossed, list) and len(crossed) == len(instruments):
        vars(tape)["crossed"] = tuple(map(int, crossed))  # what it would count
    return tape


def _meta(folder: Path) -> Mapping[str, Any]:
    path = folder / STORE_META
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{folder}: no stored tape: {STORE_META}: {error.strerror}"
        raise DataError(message) from error
    except ValueError as error:
        message = f"{path}: damaged: not JSON: {error}"
        raise DataError(message) from None
    if not isinstance(meta, dict) or meta.get("kind") != KIND:
        message = f"{folder}: no stored tape: {STORE_META} has no kind {KIND!r}"
        raise DataError(message)
    if meta.get("version") != VERSION:
        message = (
            f"{folder}: version {meta.get('version')} of the format cannot be read; "
            f"allowed: {VERSION}; store the tape again"
        )
        raise DataError(message)
    return meta


def _instruments(folder: Path, meta: Mapping[str, Any]) -> tuple[Instrument, ...]:
    try:
        return tuple(Instrument(**fields) for fields in meta["instruments"])
    except (DataError, KeyError, TypeError) as error:
        message = f"{folder}: damaged: instruments of {STORE_META}: {error}"
        raise DataError(message) from None


def _check_options(
    folder: Path, instruments: tuple[Instrument, ...], options: ReadOptions
) -> None:
    """Refuse what contradicts the folder rather than ignore it."""
    symbols = tuple(instrument.symbol for instrument in instruments)
    if options.symbols and set(options.symbols) != set(symbols):
        message = (
            f"{folder}: stored tape of {', '.join(symbols)}, not of "
            f"{', '.join(options.symbols)}; it is read as a whole"
        )
        raise DataError(message)
    for instrument in instruments:
        for name in ("tick_size", "lot_size"):
            wanted = _given(getattr(options, name), instrument.symbol)
            stored = getattr(instrument, name)
            if wanted is not None and wanted != stored:
                message = (
                    f"{folder}: {instrument.symbol} was stored with {name} {stored}, "
                    f"not {wanted}; leave it out"
                )
                raise DataError(message)


def _given(grid: Grid | None, symbol: str) -> Decimal | None:
    """Give what the user says about one symbol."""
    size = grid.get(symbol) if isinstance(grid, Mapping) else grid
    return None if size is None else decimal_of(size)


def _array(folder: Path, meta: Mapping[str, Any], name: str) -> NDArray[Any] | None:
    """Map one array; None if the folder does not have it."""
    rows = meta.get("rows")
    size = rows.get(name) if isinstance(rows, dict) else None
    if size is None:
        return None
    path, dtype = folder / f"{name}.npy", ARRAYS[name]
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise DataError(message) from error
    except ValueError as error:
        message = f"{path}: damaged: {str(error).splitlines()[0]}"
        raise DataError(message) from None
    if array.shape != (size,) or array.dtype.descr != dtype.descr:
        message = (
            f"{path}: damaged: {array.dtype} of shape {array.shape}; "
            f"{STORE_META} says {size} rows of {dtype}"
        )
        raise DataError(message)
    # Loading forgets that the fields are aligned.
    mapped: NDArray[Any] = array.view(dtype, np.ndarray)
    return mapped
