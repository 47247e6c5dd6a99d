"""Counter-based hashing: the same integers with and without compilation."""

from hashlib import blake2b

from commonbook.core.jit import kernel


def name_hash(name: str) -> int:
    """
    Hash a name to 62 bits, the same on every machine.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    int
        A number in [0, 2**62).
    """
    digest = blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 2


@kernel
def mix(state: int, word: int) -> int:
    """
    Stir 32 bits of `word` into a 32-bit `state`.

    The multipliers are below 2**31, so that no product leaves 63 bits and the result
    does not depend on how integers overflow.

    Parameters
    ----------
    state : int
        In [0, 2**32).
    word : int
        Only its low 32 bits count.

    Returns
    -------
    int
        In [0, 2**32).
    """
    x = (state ^ (word & 0xFFFFFFFF)) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    x = ((x ^ (x >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return (x ^ (x >> 16)) & 0xFFFFFFFF


@kernel
def tie_hash(seed: int, instrument: int, ts: int, portfolio: int) -> int:
    """
    Rank of a portfolio among those whose messages arrive at the same time.

    Parameters
    ----------
    seed : int
        Seed of the run, in [0, 2**62).
    instrument : int
        ``name_hash`` of the symbol.
    ts : int
        Time [ns].
    portfolio : int
        ``name_hash`` of the portfolio's name.

    Returns
    -------
    int
        In [0, 2**32); lower goes first.
    """
    x = mix(0x9E3779B9, seed)
    x = mix(x, seed >> 32)
    x = mix(x, instrument)
    x = mix(x, instrument >> 32)
    x = mix(x, ts)
    x = mix(x, ts >> 32)
    x = mix(x, portfolio)
    return mix(x, portfolio >> 32)


@kernel
def draw(seed: int, name: int, leg: int, number: int) -> int:
    """
    Draw random bits that depend on nothing but their key.

    Parameters
    ----------
    seed : int
        Seed of the run, in [0, 2**62).
    name : int
        ``name_hash`` of whose numbers these are.
    leg : int
        Which of his sequences.
    number : int
        Which number of the sequence.

    Returns
    -------
    int
        In [0, 2**52).
    """
    high = _stirred(0x6A09E667, seed, name, leg, number)
    low = _stirred(0xBB67AE85, seed, name, leg, number)
    return ((high << 20) + (low >> 12)) & ((1 << 52) - 1)


@kernel
def _stirred(start: int, seed: int, name: int, leg: int, number: int) -> int:
    x = mix(start, seed)
    x = mix(x, seed >> 32)
    x = mix(x, name)
    x = mix(x, name >> 32)
    x = mix(x, leg)
    x = mix(x, number)
    return mix(x, number >> 32)
