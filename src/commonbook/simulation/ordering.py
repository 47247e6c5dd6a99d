"""Put what parts of a run wrote into one order that does not depend on the parts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import FILL, MARK, ORDER_HISTORY, Records
from commonbook.core.integers import sort_keys
from commonbook.core.jit import kernel
from commonbook.core.pages import small_pages
from commonbook.core.records import KEY
from commonbook.simulation.parallel import units_of
from commonbook.simulation.piles import Pile, put_rows
from commonbook.simulation.setup import Setup

#: Above the number of any portfolio, and later than any time.
NOBODY = (1 << 63) - 1

#: Calls a function for each of some things, as `map` does, or the threads of a pool.
Each: TypeAlias = Callable[..., Iterable[Any]]

#: Orders of one part, their ranks, and the numbers of its portfolios in the whole.
_Block: TypeAlias = tuple[Records, NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class RankedOrders:
    """
    The orders of one part of a run, and where they belong.

    Parameters
    ----------
    rows : Pile of ORDER_HISTORY
        As they were written, under the numbers of the part.
    ranks : ndarray of int64, shape (n_orders,)
        The rank of each among those of its portfolio, by order number.
    counts : ndarray of int64, shape (n_portfolios,)
        How many orders each portfolio has.
    """

    rows: Pile
    ranks: NDArray[np.int64]
    counts: NDArray[np.int64]


def rank_orders(rows: Pile, n_portfolios: int) -> RankedOrders:
    """
    Find out where the orders of one part of a run belong.

    Parameters
    ----------
    rows : Pile of ORDER_HISTORY
        As they were written.
    n_portfolios : int
        Number of portfolios.

    Returns
    -------
    RankedOrders
        Ready to be merged.
    """
    portfolio, number = rows.column("portfolio"), rows.column("order_id")
    counts = np.bincount(portfolio, minlength=n_portfolios)
    ends = np.cumsum(counts)
    ranks = np.empty(portfolio.size, np.int64)
    lowest = np.full(n_portfolios, np.iinfo(np.int64).max)
    seen = np.zeros(portfolio.size, np.bool_)
    if not rank_without_gaps(portfolio, number, ends, lowest, seen, ranks):
        order = np.lexsort((number, portfolio))
        ranks[order] = np.arange(order.size) - np.repeat(ends - counts, counts)
    return RankedOrders(rows, ranks, counts)


@kernel
def rank_without_gaps(
    portfolio: NDArray[np.int64],
    number: NDArray[np.int64],
    ends: NDArray[np.int64],
    lowest: NDArray[np.int64],
    seen: NDArray[np.bool_],
    ranks: NDArray[np.int64],
) -> bool:
    """
    Rank orders whose numbers follow each other, which nearly all do, without sorting.

    Parameters
    ----------
    portfolio : ndarray of int64, shape (n,)
        Of each order.
    number : ndarray of int64, shape (n,)
        The number of each order within its portfolio.
    ends : ndarray of int64, shape (n_portfolios,)
        How many orders the portfolios up to this one have together.
    lowest : ndarray of int64, shape (n_portfolios,)
        Scratch, each the largest integer.
    seen : ndarray of bool, shape (n,)
        Scratch, False.
    ranks : ndarray of int64, shape (n,)
        Out: the rank of each order among those of its portfolio.

    Returns
    -------
    bool
        False when a number is missing, negative or there twice; then `ranks` mean
        nothing.
    """
    for i in range(number.shape[0]):
        owner = portfolio[i]
        if number[i] < 0:
            return False
        lowest[owner] = min(lowest[owner], number[i])
    for i in range(number.shape[0]):
        owner = portfolio[i]
        first = ends[owner - 1] if owner > 0 else 0
        rank = number[i] - lowest[owner]
        if rank >= ends[owner] - first or seen[first + rank]:
            return False
        seen[first + rank] = True
        ranks[i] = rank
    return True


def merge_orders(
    parts: Sequence[RankedOrders],
    indices: Sequence[NDArray[np.int64]],
    each: Each = map,
) -> Records:
    """
    Merge the orders of all parts of a run.

    Parameters
    ----------
    parts : sequence of RankedOrders
        Those of each part; their rows are taken off.
    indices : sequence of ndarray of int64
        For each part the numbers that its portfolios have in the whole.
    each : callable, optional
        Takes blocks of rows one after another, or several at the same time.

    Returns
    -------
    ndarray of ORDER_HISTORY, shape (n_orders,)
        By portfolio of the whole, then order number.
    """
    counts = np.zeros(sum(numbers.size for numbers in indices), np.int64)
    for part, numbers in zip(parts, indices, strict=True):
        counts[numbers] = part.counts
    firsts = np.cumsum(counts) - counts
    merged = small_pages(int(counts.sum()), ORDER_HISTORY)

    def put(block: _Block) -> None:
        put_orders(*block, firsts, merged)

    # By block rather than by part, so that no thread ends long before the others.
    for _ in each(put, _blocks_of(parts, indices)):
        pass  # so that what failed in a thread is raised here
    return merged


def _blocks_of(
    parts: Sequence[RankedOrders], indices: Sequence[NDArray[np.int64]]
) -> Iterator[_Block]:
    """Take the rows off all parts, with their ranks and the numbers of portfolios."""
    for part, numbers in zip(parts, indices, strict=True):
        end = 0
        for rows in part.rows.take():
            yield rows, part.ranks[end : end + rows.size], numbers
            end += rows.size


@kernel
def put_orders(
    rows: Records,
    ranks: NDArray[np.int64],
    numbers: NDArray[np.int64],
    firsts: NDArray[np.int64],
    target: Records,
) -> None:
    """
    Copy orders to their places, under the numbers of the whole.

    Parameters
    ----------
    rows : ndarray of ORDER_HISTORY, shape (n,)
        Orders of one part.
    ranks : ndarray of int64, shape (n,)
        The rank of each among those of its portfolio.
    numbers : ndarray of int64, shape (n_portfolios,)
        The number that each portfolio of the part has in the whole.
    firsts : ndarray of int64, shape (n_portfolios of the whole,)
        Where the orders of each portfolio begin in `target`.
    target : ndarray of ORDER_HISTORY, shape (m,)
        Changed in place.
    """
    for i in range(rows.shape[0]):
        number = numbers[int(rows[i]["portfolio"])]
        place = firsts[number] + ranks[i]
        target[place] = rows[i]
        target[place]["portfolio"] = number


def in_canonical_order(parts: Sequence[Pile], setup: Setup) -> Records:
    """
    Order fills by time, then unit; within a unit they keep their order.

    Units that fill at one time stand in the order of their first portfolio that does,
    so that portfolios without fills cannot matter.

    Parameters
    ----------
    parts : sequence of Pile of FILL
        Fills of the whole, those of each unit in order of occurrence; taken off.
    setup : Setup
        What ran.

    Returns
    -------
    ndarray of FILL, shape (n_fills,)
        The same for every way to split the setup; ``slot`` is 0 and crosses are
        numbered from 1.
    """
    portfolio = np.concatenate([part.column("portfolio") for part in parts])
    unit = np.array(units_of(setup), np.int64)[portfolio]
    places = _places(parts, portfolio, unit)
    fills = small_pages(places.size, FILL)
    end = 0
    for part in parts:
        for rows in part.take():
            put_rows(rows, places[end : end + rows.size], fills)
            end += rows.size
    fills["slot"] = 0
    crossed = fills["cross_id"] != 0
    _, earliest, inverse = np.unique(
        fills["cross_id"][crossed], return_index=True, return_inverse=True
    )
    rank = np.empty(earliest.size, np.int64)
    rank[np.argsort(earliest)] = np.arange(1, earliest.size + 1)
    fills["cross_id"][crossed] = rank[inverse]
    return fills


def _places(
    parts: Sequence[Pile], portfolio: NDArray[np.int64], unit: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Say where each fill belongs."""
    sizes = np.array([len(part) for part in parts], np.int64)
    ends = np.cumsum(sizes)
    places = np.empty(portfolio.size, np.int64)
    place_by_time(
        np.concatenate([part.column("ts") for part in parts]),
        portfolio,
        unit,
        np.stack([ends - sizes, ends]),
        np.full(int(unit.max(initial=0)) + 1, NOBODY, np.int64),
        small_pages(2 * places.size, KEY).reshape(2, -1),
        places,
    )
    return places


@kernel
def place_by_time(
    ts: NDArray[np.int64],
    portfolio: NDArray[np.int64],
    unit: NDArray[np.int64],
    parts: NDArray[np.int64],
    firsts: NDArray[np.int64],
    keys: Records,
    places: NDArray[np.int64],
) -> None:
    """
    Merge the fills of all parts: by time, then the first portfolio of their unit.

    Parameters
    ----------
    ts : ndarray of int64, shape (n,)
        Of each fill; within a part they never decrease [ns].
    portfolio : ndarray of int64, shape (n,)
        Whose each is.
    unit : ndarray of int64, shape (n,)
        Of each; all fills of a unit are in one part.
    parts : ndarray of int64, shape (2, n_parts)
        Where the fills of each part begin and end; the beginnings are moved.
    firsts : ndarray of int64, shape (n_units,)
        Scratch, each `NOBODY`, as it is left.
    keys : ndarray of KEY, shape (2, n)
        Scratch.
    places : ndarray of int64, shape (n,)
        Out: the rank of each fill.
    """
    place = 0
    while place < places.shape[0]:
        now = _earliest(ts, parts)
        count = 0
        for part in range(parts.shape[1]):
            i = parts[0, part]
            while i < parts[1, part] and ts[i] == now:
                firsts[unit[i]] = min(firsts[unit[i]], portfolio[i])
                keys[0, count]["second"] = i
                count += 1
                i += 1
            parts[0, part] = i
        for k in range(count):
            keys[0, k]["first"] = firsts[unit[int(keys[0, k]["second"])]]
        sort_keys(keys[0], keys[1], count)
        for k in range(count):
            i = int(keys[0, k]["second"])
            places[i] = place + k
            firsts[unit[i]] = NOBODY
        place += count


@kernel
def _earliest(ts: NDArray[np.int64], parts: NDArray[np.int64]) -> int:
    """Find the time of the next fill of any part; one must be left."""
    earliest = NOBODY
    for part in range(parts.shape[1]):
        if parts[0, part] < parts[1, part]:
            earliest = min(earliest, ts[parts[0, part]])
    return earliest


def only_changes(parts: Sequence[Pile], n_instruments: int) -> Records:
    """
    Keep the marks that say something new.

    Parameters
    ----------
    parts : sequence of Pile of MARK
        Samples of each part of a run.
    n_instruments : int
        Number of instruments.

    Returns
    -------
    ndarray of MARK, shape (n_changes,)
        Ordered by time, then instrument.
    """
    marks = np.concatenate([np.zeros(0, MARK), *(b for p in parts for b in p.blocks())])
    marks = marks[np.lexsort((marks["instrument"], marks["ts"]))]
    keep = np.zeros(marks.size, bool)
    for instrument in range(n_instruments):
        mine = np.flatnonzero(marks["instrument"] == instrument)
        values = marks["mark_half"][mine]
        keep[mine[:1]] = True
        keep[mine[1:]] = values[1:] != values[:-1]
    return marks[keep]
