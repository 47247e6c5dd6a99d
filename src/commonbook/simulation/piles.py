"""Keep what a run writes until all of it is known, then put it in order in one go."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonbook.core.dtypes import Records
from commonbook.core.jit import kernel
from commonbook.core.pages import small_pages

#: Bytes of a large block. Pages of it are only taken when they are written to.
BLOCK = 1 << 24


class Pile:
    """
    Records in the order in which they were written, in blocks.

    Fresh memory costs more than copying. So rows that are put in another order go
    straight from their block to their place, and no copy of the whole is made before.

    Parameters
    ----------
    dtype : dtype
        Of the records.
    """

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self._blocks: list[Records] = []
        self._left = 0  # free rows of the last block
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, rows: Records) -> None:
        """
        Copy rows onto the pile.

        Parameters
        ----------
        rows : ndarray, shape (n,)
            Records of the dtype of the pile.
        """
        while rows.size > 0:
            if self._left == 0:
                most = BLOCK // self.dtype.itemsize
                self._left = min(max(rows.size, self._size), most)
                self._blocks.append(small_pages(self._left, self.dtype))
            count = min(rows.size, self._left)
            block = self._blocks[-1]
            first = block.size - self._left
            # Copying bytes is several times as fast as copying records.
            block[first : first + count].view(np.uint8)[:] = rows[:count].view(np.uint8)
            self._left -= count
            self._size += count
            rows = rows[count:]

    def blocks(self) -> list[Records]:
        """
        Look at the rows.

        Returns
        -------
        list of ndarray
            All rows; writing to them changes the pile.
        """
        if self._left == 0:
            return self._blocks
        last = self._blocks[-1]
        return [*self._blocks[:-1], last[: last.size - self._left]]

    def column(self, name: str) -> NDArray[np.int64]:
        """
        Copy one field of all rows.

        Parameters
        ----------
        name : str
            An integer field.

        Returns
        -------
        ndarray of int64, shape (n,)
            Its values.
        """
        values = np.empty(self._size, np.int64)
        end = 0
        for block in self.blocks():
            values[end : end + block.size] = block[name]
            end += block.size
        return values

    def take(self) -> Iterator[Records]:
        """
        Take the rows off the pile, a block at a time.

        Yields
        ------
        ndarray
            A block of rows, in the order in which they were written. Its memory is
            given back when it is let go.
        """
        blocks = self.blocks()[::-1]
        self._blocks, self._left, self._size = [], 0, 0
        while blocks:
            yield blocks.pop()


@kernel
def put_rows(rows: Records, places: NDArray[np.int64], target: Records) -> None:
    """
    Copy each row to its place.

    Parameters
    ----------
    rows : ndarray, shape (n,)
        Records.
    places : ndarray of int64, shape (n,)
        The index in `target` of each row.
    target : ndarray, shape (m,)
        Records of the same dtype, changed in place.
    """
    for i in range(rows.shape[0]):
        target[places[i]] = rows[i]
