"""Write a stored tape piece by piece, so that it need never be in memory."""

import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from commonbook.core.dtypes import EVENT, Records
from commonbook.core.errors import DataError
from commonbook.data.crossed import count_crossed
from commonbook.data.digest import TapeDigest, packed
from commonbook.data.instrument import Instrument
from commonbook.data.schema import STORE_META, TRUTH
from commonbook.data.validate import validate

#: Raised when folders that were written before cannot be read any more.
VERSION = 1
KIND = "commonbook-tape"
#: The arrays of a folder; all but the events may be missing.
ARRAYS = {
    "events": EVENT,
    "ts_recv": np.dtype(np.int64),
    "sequence": np.dtype(np.int64),
    "truth": TRUTH,
}


def check_folder(folder: Path) -> None:
    """
    Refuse to replace what is no stored tape.

    Parameters
    ----------
    folder : Path
        Where a tape will be stored.

    Raises
    ------
    DataError
        If something else is there.
    """
    if folder.exists() and not (folder / STORE_META).is_file():
        message = f"{folder}: exists and is no stored tape; give another name"
        raise DataError(message)


class TapeWriter:
    """
    Store a tape that comes in pieces.

    Use it in a ``with`` block: the folder appears when the block ends without an error.

    Parameters
    ----------
    folder : str or Path
        Where; what is there is replaced if it is a stored tape.
    instruments : tuple of Instrument
        What the events' ``instrument`` points into.
    source : str, default "memory"
        Where the events are from.
    notes : tuple of str, default ()
        What the reader assumed or left out.

    Raises
    ------
    DataError
        If the folder holds something else, or cannot be written.
    """

    def __init__(
        self,
        folder: str | Path,
        instruments: tuple[Instrument, ...],
        source: str = "memory",
        notes: tuple[str, ...] = (),
    ) -> None:
        self._folder = Path(folder)
        check_folder(self._folder)
        self._part = self._folder.with_name(f".{self._folder.name}.{os.getpid()}.part")
        self._instruments = instruments
        self._about = {"source": source, "notes": list(notes)}
        self._digest = TapeDigest(instruments)
        self._files: dict[str, BinaryIO] = {}
        self._rows: dict[str, int] = {}
        self._last_ts = 0
        try:
            self._part.mkdir(parents=True)
        except OSError as error:
            raise DataError(self._complaint(error)) from error

    def __enter__(self) -> "TapeWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except OSError as failure:
            raise DataError(self._complaint(failure)) from failure
        finally:
            for file in self._files.values():
                file.close()
            shutil.rmtree(self._part, ignore_errors=True)

    def append(
        self,
        events: Records,
        ts_recv: NDArray[np.int64] | None = None,
        sequence: NDArray[np.int64] | None = None,
    ) -> None:
        """
        Go on with a piece of whole packets.

        Parameters
        ----------
        events : ndarray of EVENT, shape (n,)
            Market events; none may be earlier than those before.
        ts_recv : ndarray of int64, shape (n,), or None
            When each was received [ns UTC]; given for all pieces or for none.
        sequence : ndarray of int64, shape (n,), or None
            The feed's own numbers; given for all pieces or for none.

        Raises
        ------
        DataError
            If the events cannot be replayed, or the disk is full.
        """
        if not events.size:
            return
        done = self._rows.get("events", 0)
        source = str(self._folder)
        validate(
            events,
            self._instruments,
            source,
            lambda index: f"{source}: row {done + index + 1}",
        )
        if events["ts"][0] < self._last_ts:
            message = f"{source}: row {done + 1}: earlier than the piece before"
            raise DataError(message)
        self._last_ts = int(events["ts"][-1])
        clean = packed(events)
        self._digest.add(clean, ts_recv)
        self._write("events", clean)
        for name, column in (("ts_recv", ts_recv), ("sequence", sequence)):
            if column is not None:
                self._write(name, np.ascontiguousarray(column, np.int64))
            if self._rows.get(name, 0) not in (0, self._rows["events"]):
                message = f"{source}: {name} is not there for each event"
                raise DataError(message)

    def put_truth(self, truth: Records) -> None:
        """
        Store what the feed itself says the top of the book was.

        Parameters
        ----------
        truth : ndarray of TRUTH
            All of it.

        Raises
        ------
        DataError
            If the disk is full.
        """
        self._write("truth", packed(truth))

    def _write(self, name: str, rows: NDArray[Any]) -> None:
        try:
            if name not in self._files:
                self._files[name] = (self._part / f"{name}.npy").open("wb")
                self._head(name)
            self._files[name].write(rows.data)
        except OSError as error:
            raise DataError(self._complaint(error)) from error
        self._rows[name] = self._rows.get(name, 0) + rows.size

    def _head(self, name: str) -> None:
        """Write the header of an array; its length does not depend on the rows."""
        header = {
            "descr": npy.dtype_to_descr(ARRAYS[name]),
            "fortran_order": False,
            "shape": (self._rows.get(name, 0),),
        }
        npy.write_array_header_1_0(self._files[name], header)

    def _finish(self) -> None:
        """Complete the files and put the folder in its place."""
        if not self._rows:
            message = f"{self._folder}: no events to store"
            raise DataError(message)
        for name, file in self._files.items():
            file.seek(0)
            self._head(name)
            file.close()
        meta = {
            "kind": KIND,
            "version": VERSION,
            "rows": self._rows,
            "sha256": self._digest.text(),
            "crossed": self._crossed(),
            "instruments": [
                {
                    "symbol": instrument.symbol,
                    "tick_size": str(instrument.tick_size),
                    "lot_size": str(instrument.lot_size),
                    "multiplier": str(instrument.multiplier),
                }
                for instrument in self._instruments
            ],
            **self._about,
        }
        text = json.dumps(meta, indent=2) + "\n"
        (self._part / STORE_META).write_text(text, encoding="utf-8")
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._part.replace(self._folder)

    def _crossed(self) -> list[int]:
        """Look at the books once, so that no reader has to."""
        mapped = np.load(self._part / "events.npy", mmap_mode="r")
        events: Records = mapped.view(EVENT, np.ndarray)
        return list(count_crossed(events, len(self._instruments)))

    def _complaint(self, error: OSError) -> str:
        return f"{self._folder}: cannot be written: {error.strerror or error}"
