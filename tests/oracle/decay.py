"""Lots that come back: what is left of them by a time."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from math import exp2, floor
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


def decayed(lots: int, passed: int, half_life: int) -> int:
    """Return what is left of some lots after a time [ns]; a half counts as one."""
    if half_life == 0:
        return lots
    return floor(lots * exp2(-(passed / half_life)) + 0.5)


class Decaying(Generic[Key]):
    """
    Lots by key, 0 at first, each decaying from its last change.

    Setting what is there already is no change, so it does not matter who looks when.
    """

    def __init__(self, half_life: int) -> None:
        self.half_life = half_life
        self.now = 0
        self.back = 0  # lots that had come back when somebody took or lost more
        self._changed: defaultdict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))

    def __getitem__(self, key: Key) -> int:
        lots, since = self._changed[key]
        return decayed(lots, self.now - since, self.half_life)

    def __setitem__(self, key: Key, lots: int) -> None:
        before = self[key]
        if lots != before:
            self.back += self._changed[key][0] - before
            self._changed[key] = lots, self.now

    def items(self) -> Iterator[tuple[Key, int]]:
        """Give each key with what is left."""
        for key in list(self._changed):
            if self[key]:
                yield key, self[key]
