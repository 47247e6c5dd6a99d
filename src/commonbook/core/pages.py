"""Memory of mapped files: give back what has been read, so that tapes may be long."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Absent on systems that cannot be told.
DONT_NEED: int | None = getattr(mmap, "MADV_DONTNEED", None)


def give_back(array: NDArray[Any], start: int, stop: int) -> None:
    """
    Tell the system that rows of a mapped file are not needed for now.

    They can still be read: the file is read again then. Arrays that are not mapped from
    a file, or are mapped for writing, are left alone.

    Parameters
    ----------
    array : ndarray, shape (n, ...)
        A contiguous array.
    start : int
        First row.
    stop : int
        One past the last row.
    """
    mapped = _map_of(array)
    if mapped is None or DONT_NEED is None or stop <= start:
        return
    stride = array.strides[0]
    begin = array.ctypes.data - _address(mapped) + start * stride
    end = begin + (stop - start) * stride
    # Pages that other rows share stay, but for the first: what lies before is done.
    first = begin // mmap.PAGESIZE * mmap.PAGESIZE
    length = end // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0:
        mapped.madvise(DONT_NEED, first, length)


def _map_of(array: NDArray[Any]) -> mmap.mmap | None:
    """Find the read-only map that an array looks into."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if not isinstance(base, mmap.mmap) or not array.flags.c_contiguous:
        return None
    # Forgetting pages that were written to would lose what was written.
    with memoryview(base) as view:
        return base if view.readonly else None


def _address(mapped: mmap.mmap) -> int:
    return int(np.frombuffer(mapped, np.uint8, 1).ctypes.data)
