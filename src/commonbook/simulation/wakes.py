"""Who wakes when: common timers for regular wakes, a heap for the others."""

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel
from commonbook.core.state import State


@kernel
def push_wake(heap: Records, n: int, ts: int, portfolio: int) -> int:
    """
    Put a wake into the heap.

    Parameters
    ----------
    heap : ndarray of HEAP_ENTRY, shape (capacity,)
        Changed in place; it has room.
    n : int
        Entries in the heap.
    ts : int
        Time (ns).
    portfolio : int
        Who wakes.

    Returns
    -------
    int
        Entries now in the heap.
    """
    i = n
    while i > 0 and heap[(i - 1) // 2]["ts"] > ts:
        heap[i] = heap[(i - 1) // 2]
        i = (i - 1) // 2
    heap[i]["ts"] = ts
    heap[i]["portfolio"] = portfolio
    return n + 1


@kernel
def pop_wake(heap: Records, n: int) -> int:
    """
    Remove the first wake of the heap.

    Parameters
    ----------
    heap : ndarray of HEAP_ENTRY, shape (capacity,)
        Changed in place; it is not empty.
    n : int
        Entries in the heap.

    Returns
    -------
    int
        Entries now in the heap.
    """
    n -= 1
    last_ts = int(heap[n]["ts"])
    last_portfolio = int(heap[n]["portfolio"])
    i = 0
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and heap[child + 1]["ts"] < heap[child]["ts"]:
            child += 1
        if heap[child]["ts"] >= last_ts:
            break
        heap[i] = heap[child]
        i = child
    heap[i]["ts"] = last_ts
    heap[i]["portfolio"] = last_portfolio
    return n


@kernel
def gather_due(s: State, now: int) -> None:
    """
    List the portfolios that wake now, and set their timers on.

    Parameters
    ----------
    s : State
        ``due`` and ``CLOCK.n_due`` receive the portfolios; changed in place.
    now : int
        Time (ns).
    """
    clock = s.clock[0]
    n = 0
    for t in range(s.timers.shape[0]):
        timer = s.timers[t]
        if timer["next_ts"] <= now:
            first = int(timer["first"])
            for m in range(first, first + int(timer["count"])):
                s.due[n] = s.members[m]
                n += 1
            timer["next_ts"] += timer["every"]
    while clock["n_heap"] > 0 and s.heap[0]["ts"] <= now:
        s.due[n] = s.heap[0]["portfolio"]
        n += 1
        clock["n_heap"] = pop_wake(s.heap, int(clock["n_heap"]))
    clock["n_due"] = n


@kernel
def next_time(s: State) -> int:
    """
    Find when something other than a packet is due.

    Parameters
    ----------
    s : State
        Read only.

    Returns
    -------
    int
        Time (ns).
    """
    clock = s.clock[0]
    ts = int(clock["next_sample"])
    for t in range(s.timers.shape[0]):
        ts = min(ts, int(s.timers[t]["next_ts"]))
    if clock["n_heap"] > 0:
        ts = min(ts, int(s.heap[0]["ts"]))
    for f in range(s.flights.shape[0]):
        flight = s.flights[f]
        if flight["count"] > 0:
            ts = min(ts, int(s.rings[f, int(flight["head"])]["ts"]))
    return ts
