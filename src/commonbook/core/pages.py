"""Pages of memory: which to give back, and of what size to take them."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Absent on systems that cannot be told.
DONT_NEED: int | None = getattr(mmap, "MADV_DONTNEED", None)

#: Memory of this process alone. What processes could share is slower to take.
PRIVATE: dict[str, int] = (
    {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS}
    if hasattr(mmap, "MAP_ANONYMOUS")
    else {}
)


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


def small_pages(size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """
    Make a large array that will be written from many places at once.

    NumPy asks for pages of 2 MB, of which such an array needs nearly all at once. Where
    a virtual machine has given free ones back to its host they cost 1 to 4 ms each;
    pages of 4 KB, taken one by one, are those that were freed a moment ago.

    Parameters
    ----------
    size : int
        Number of items.
    dtype : dtype
        Of the items.

    Returns
    -------
    ndarray, shape (size,)
        Zeros.
    """
    if size == 0:
        return np.zeros(0, dtype)
    return np.frombuffer(mmap.mmap(-1, size * dtype.itemsize, **PRIVATE), dtype)


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
