"""
A heap by time whose entries can be moved and taken out: each owner knows its place.

Owners are records with a field ``heap_place``, -1 while they have no entry.
"""

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel


@kernel
def put_entry(
    heap: Records, owners: Records, n: int, ts: int, serial: int, owner: int
) -> int:
    """
    Give an owner an entry, or move the one it has.

    Parameters
    ----------
    heap : ndarray of HEAP_ENTRY, shape (capacity,)
        Changed in place.
    owners : ndarray, shape (n_owners,)
        Records with a ``heap_place``; changed in place.
    n : int
        Number of entries.
    ts : int
        Time (ns).
    serial : int
        Decides between entries of one time: the lowest comes first.
    owner : int
        Whose entry it is.

    Returns
    -------
    int
        Number of entries now.
    """
    place = int(owners[owner]["heap_place"])
    if place < 0:
        place = n
        n += 1
    _settle_in(heap, owners, n, place, ts, serial, owner)
    return n


@kernel
def drop_entry(heap: Records, owners: Records, n: int, owner: int) -> int:
    """
    Take an owner's entry out, if it has one.

    Parameters
    ----------
    heap : ndarray of HEAP_ENTRY, shape (capacity,)
        Changed in place.
    owners : ndarray, shape (n_owners,)
        Records with a ``heap_place``; changed in place.
    n : int
        Number of entries.
    owner : int
        Whose entry it is.

    Returns
    -------
    int
        Number of entries now.
    """
    place = int(owners[owner]["heap_place"])
    if place < 0:
        return n
    owners[owner]["heap_place"] = -1
    n -= 1
    if place < n:
        last = heap[n]
        ts, serial = int(last["ts"]), int(last["serial"])
        _settle_in(heap, owners, n, place, ts, serial, int(last["owner"]))
    return n


@kernel
def next_place(place: int, n: int, enter: bool) -> int:
    """
    Walk through a heap from the top, and past all that is later than some entry.

    Parameters
    ----------
    place : int
        Where the walk is; it begins at 0.
    n : int
        Number of entries.
    enter : bool
        Whether to look at what follows this entry, which is not earlier.

    Returns
    -------
    int
        The next place, or `n` when there is none.
    """
    if enter and 2 * place + 1 < n:
        return 2 * place + 1
    while place > 0:
        if place % 2 == 1 and place + 1 < n:
            return place + 1
        place = (place - 1) // 2
    return n


@kernel
def _settle_in(
    heap: Records,
    owners: Records,
    n: int,
    place: int,
    ts: int,
    serial: int,
    owner: int,
) -> None:
    """Put an entry at a place of the heap, then up or down to where it belongs."""
    i = place
    while i > 0 and _is_later(heap[(i - 1) // 2], ts, serial):
        _copy(heap, owners, i, (i - 1) // 2)
        i = (i - 1) // 2
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n:
            right = heap[child + 1]
            if _is_later(heap[child], int(right["ts"]), int(right["serial"])):
                child += 1
        if not _is_before(heap[child], ts, serial):
            break
        _copy(heap, owners, i, child)
        i = child
    heap[i]["ts"] = ts
    heap[i]["serial"] = serial
    heap[i]["owner"] = owner
    owners[owner]["heap_place"] = i


@kernel
def _is_later(entry: Records, ts: int, serial: int) -> bool:
    return bool(entry["ts"] > ts or (entry["ts"] == ts and entry["serial"] > serial))


@kernel
def _is_before(entry: Records, ts: int, serial: int) -> bool:
    return bool(entry["ts"] < ts or (entry["ts"] == ts and entry["serial"] < serial))


@kernel
def _copy(heap: Records, owners: Records, place: int, source: int) -> None:
    heap[place]["ts"] = heap[source]["ts"]
    heap[place]["serial"] = heap[source]["serial"]
    heap[place]["owner"] = heap[source]["owner"]
    owners[int(heap[place]["owner"])]["heap_place"] = place
