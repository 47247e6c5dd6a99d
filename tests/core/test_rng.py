"""Ties are decided by the same numbers on every machine, compiled or not."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from commonbook.core.rng import draw, mix, name_hash, tie_hash

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

TS = 1_704_205_800_000_000_500
NAMES = ["seller", "buyer", "maker[half_spread_ticks=1]"]


# The numbers below decide who is served first; other numbers change stored results.


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("", 3255150753318709689),
        ("AAPL", 4412102657498403482),
        ("seller", 3241484646546545961),
        ("Käufer", 576367592169870583),
    ],
)
def test_the_hash_of_a_name_never_changes(name, number):
    assert name_hash(name) == number


@pytest.mark.parametrize(
    ("state", "word", "number"),
    [
        (0, 0, 0),
        (0, 1, 3319481435),
        (1, 0, 3319481435),
        (0xFFFFFFFF, 0xFFFFFFFF, 0),
        (5, -1, 2638417074),
    ],
)
def test_mixing_never_changes(state, word, number):
    assert mix(state, word) == number


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        ((0, 0, 0, 0), 4156512616),
        ((7, name_hash("AAPL"), TS, name_hash("seller")), 2511918160),
        (((1 << 62) - 1, (1 << 62) - 1, (1 << 62) - 1, (1 << 62) - 1), 1618668760),
        (((1 << 63) - 1, 1, TS, 1), 1102777393),
    ],
)
def test_the_rank_of_a_portfolio_never_changes(arguments, number):
    assert tie_hash(*arguments) == number


def test_only_the_low_32_bits_of_a_word_are_stirred_in():
    assert mix(3, 5) == mix(3, 5 + (1 << 32)) == mix(3, 5 - (1 << 32))


def test_every_argument_counts_in_both_halves():
    base = [7, name_hash("AAPL"), TS, name_hash("seller")]
    ranks = {tie_hash(*base)}
    for place in range(4):
        for bit in (0, 31, 32, 60):
            changed = list(base)
            changed[place] ^= 1 << bit
            ranks.add(tie_hash(*changed))
    assert len(ranks) == 1 + 4 * 4


def test_every_order_of_three_portfolios_is_equally_likely():
    hashes = {name: name_hash(name) for name in NAMES}
    symbol = name_hash("AAPL")
    n = 6_000
    seen = Counter(
        tuple(sorted(NAMES, key=lambda name: tie_hash(1, symbol, ts, hashes[name])))
        for ts in range(TS, TS + n)
    )
    assert seen.keys() == set(permutations(NAMES))
    # A fair draw leaves 1000 of each with a standard deviation of 29.
    assert all(abs(count - n / 6) < 4 * 29 for count in seen.values())


def test_every_bit_of_a_rank_is_set_half_of_the_time():
    n = 4_096
    ranks = np.array([tie_hash(0, 1, ts, 2) for ts in range(n)], np.int64)
    assert ranks.min() >= 0
    assert ranks.max() < 1 << 32
    for bit in range(32):
        ones = np.count_nonzero(ranks >> bit & 1)
        assert abs(ones - n / 2) < 5 * 32


def test_names_give_62_bits_and_do_not_collide():
    hashes = {name_hash(f"maker[size={i}]") for i in range(10_000)}
    assert len(hashes) == 10_000
    assert min(hashes) >= 0
    assert 1 << 61 < max(hashes) < 1 << 62


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ((0, 0, 0, 0), 1813639536237896),
        ((7, name_hash("seller"), 1, 0), 507338081483455),
        ((7, name_hash("seller"), 1, -5), 4103718494651858),
        (((1 << 63) - 1, 1, 2, 1 << 40), 2199001101013258),
    ],
)
def test_drawn_bits_never_change(key, number):
    assert draw(*key) == number


def test_drawn_bits_are_even_and_unlike_for_each_part_of_the_key():
    keys = [(s, n, leg, k) for s in (1, 2) for n in (5, 6) for leg in (0, 1, 2)
            for k in range(2_000)]  # fmt: skip
    bits = np.array([draw(*key) for key in keys])
    assert len(set(bits.tolist())) == len(keys)
    assert bits.min() >= 0
    assert bits.max() < 2**52
    shares = bits.reshape(12, -1) / 2**52
    assert abs(shares.mean(axis=1) - 0.5).max() < 4 * np.sqrt(1 / 12 / 2_000)
    assert abs(np.corrcoef(shares)[np.triu_indices(12, 1)]).max() < 5 / np.sqrt(2_000)
    assert abs(np.corrcoef(shares[:, 1:].ravel(), shares[:, :-1].ravel())[0, 1]) < 0.03
