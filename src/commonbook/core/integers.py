"""Exact integer arithmetic and sorting that kernels share."""

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel

SMALL = 1 << 31
INSERTION_LIMIT = 24


@kernel
def mul_div(a: int, b: int, d: int) -> tuple[int, int]:
    """
    Divide a product exactly, without 128-bit integers.

    Parameters
    ----------
    a : int
        In [0, 2**62).
    b : int
        In [0, 2**62).
    d : int
        Positive, below 2**62.

    Returns
    -------
    quotient : int
        ``a * b // d``; the caller makes sure that it fits 64 bits.
    remainder : int
        ``a * b % d``.
    """
    if a < SMALL and b < SMALL:
        return a * b // d, a * b % d
    # Schoolbook binary multiplication, reduced by d at every step.
    whole, rest = a // d, a % d
    quotient, remainder = 0, 0
    for shift in range(61, -1, -1):
        quotient = 2 * quotient
        remainder = 2 * remainder
        if remainder >= d:
            remainder -= d
            quotient += 1
        if (b >> shift) & 1:
            quotient += whole
            remainder += rest
            if remainder >= d:
                remainder -= d
                quotient += 1
    return quotient, remainder


@kernel
def round_half_even(a: int, num: int, den: int) -> int:
    """
    Round ``a * num / den`` to the nearest integer, ties to even.

    Parameters
    ----------
    a : int
        Any sign, magnitude below 2**62.
    num : int
        Any sign, magnitude below 2**62.
    den : int
        Positive, below 2**61.

    Returns
    -------
    int
        The rounded value; the caller makes sure that it fits 64 bits.
    """
    quotient, remainder = mul_div(abs(a), abs(num), den)
    if 2 * remainder > den or (2 * remainder == den and quotient & 1):
        quotient += 1
    return quotient if (a < 0) == (num < 0) else -quotient


@kernel
def _before(one: Records, other: Records) -> bool:
    if one["first"] != other["first"]:
        return bool(one["first"] < other["first"])
    return bool(one["second"] < other["second"])


@kernel
def sort_keys(keys: Records, spare: Records, n: int) -> None:
    """
    Sort by ``first``, then ``second``; equal keys keep their order.

    Parameters
    ----------
    keys : ndarray of KEY or RUN, shape (capacity,)
        The first `n` entries are sorted in place.
    spare : ndarray of the same, shape (capacity,)
        Scratch.
    n : int
        Number of entries.
    """
    if n <= INSERTION_LIMIT:
        _insertion_sort(keys, spare, n)
        return
    width = 1
    source, target = keys, spare
    swapped = False
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not _before(source[j], source[i])):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
        source, target = target, source
        swapped = not swapped
        width *= 2
    if swapped:
        for k in range(n):
            keys[k] = spare[k]


@kernel
def _insertion_sort(keys: Records, spare: Records, n: int) -> None:
    for i in range(1, n):
        if not _before(keys[i], keys[i - 1]):
            continue
        spare[0] = keys[i]
        j = i
        while j > 0 and _before(spare[0], keys[j - 1]):
            keys[j] = keys[j - 1]
            j -= 1
        keys[j] = spare[0]


@kernel
def share_by_largest_remainder(
    weights: NDArray[np.int64],
    n: int,
    total: int,
    parts: NDArray[np.int64],
    keys: Records,
    spare: Records,
) -> None:
    """
    Divide whole lots in proportion to weights (Hamilton's method).

    Each gets the floor of its exact part; the lots left over go to the largest
    remainders, ties to the larger weight, then to the earlier place.

    Parameters
    ----------
    weights : ndarray of int64, shape (capacity,)
        Not negative.
    n : int
        Number of weights.
    total : int
        Lots to divide, at most the sum of the weights.
    parts : ndarray of int64, shape (capacity,)
        Receives the parts, none above its weight.
    keys : ndarray of KEY, shape (capacity,)
        Scratch.
    spare : ndarray of KEY, shape (capacity,)
        Scratch.
    """
    wanted = 0
    for k in range(n):
        wanted += weights[k]
    left = total
    for k in range(n):
        part, remainder = mul_div(int(weights[k]), total, wanted)
        parts[k] = part
        left -= part
        keys[k]["first"] = -remainder
        keys[k]["second"] = -weights[k]
        keys[k]["index"] = k
    if left > 0:
        sort_keys(keys, spare, n)
        for k in range(left):
            parts[int(keys[k]["index"])] += 1
