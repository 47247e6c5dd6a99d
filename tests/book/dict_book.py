"""A book as two dictionaries, to compare the window and the far store with."""

from collections.abc import Iterator

import numpy as np

from commonbook.book.depth import clear_side, depth_mark, settle_depth, worst_price
from commonbook.book.ladder import level_qty, next_level, put_level
from commonbook.book.replay import Books, new_books
from commonbook.core.book_records import CLEARED, HIDDEN, NO_ASK, NO_BID, SHOWN

BID, ASK = 0, 1
NONE = (NO_BID, NO_ASK)


class DictBook:
    """Sizes by price, and which empty prices are out of the feed's depth."""

    def __init__(self) -> None:
        self.sides: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.marks: tuple[dict[int, int], dict[int, int]] = ({}, {})

    def put(self, side: int, price: int, qty: int) -> int:
        before = self.sides[side].pop(price, 0)
        self.marks[side].pop(price, None)
        if qty > 0:
            self.sides[side][price] = qty
        return before

    def clear(self) -> None:
        for levels, marks in zip(self.sides, self.marks, strict=True):
            marks.update(dict.fromkeys(levels, CLEARED))
            levels.clear()

    def settle(self) -> None:
        for side, marks in enumerate(self.marks):
            worst = (self.prices(side) or [NONE[side]])[-1]
            beyond = [
                price
                for price in marks
                if self.sides[side]
                and (price < worst if side == BID else price > worst)
            ]
            marks.clear()
            marks.update(dict.fromkeys(beyond, HIDDEN))

    def prices(self, side: int) -> list[int]:
        """Give the prices with size, best first."""
        return sorted(self.sides[side], reverse=side == BID)


class WindowBook:
    """The same through the kernels; `own` are prices of ours on both sides."""

    def __init__(self, width: int, prices: list[int], own: list[int]) -> None:
        distinct = len(set(prices))
        capacity = 1 << (2 * distinct).bit_length()
        self.books: Books = new_books(2, width, capacity, n_own=2 * len(own) + 1)
        own_levels = self.books.own_levels
        for side in (BID, ASK):
            ordered = sorted(own, reverse=side == BID)
            for place, price in enumerate(ordered, side * len(own)):
                following = place + 1 < (side + 1) * len(own)
                own_levels[place]["price"] = price
                own_levels[place]["next"] = place + 1 if following else -1
            if own:
                self.books.sides[1, side]["own_head"] = side * len(own)

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.books[:3]

    def put(self, side: int, price: int, qty: int) -> int:
        return put_level(*self.books[:4], 1, side, price, qty)

    def clear(self) -> None:
        for side in (BID, ASK):
            clear_side(*self.arrays, 1, side)

    def settle(self) -> None:
        for side in (BID, ASK):
            worst = worst_price(*self.arrays, 1, side)
            settle_depth(*self.arrays, 1, side, worst)

    def prices(self, side: int) -> list[int]:
        """Walk from the best level to the worst."""
        return list(self._walk(side))

    def _walk(self, side: int) -> Iterator[int]:
        price = int(self.books.sides[1, side]["best"])
        while price != NONE[side]:
            yield price
            price = self.after(side, price)

    def after(self, side: int, price: int) -> int:
        return next_level(*self.arrays, 1, side, price)

    def qty(self, side: int, price: int) -> int:
        return level_qty(*self.arrays, 1, side, price)

    def mark(self, side: int, price: int) -> int:
        return depth_mark(*self.arrays, 1, side, price)

    def own_in_window(self, side: int) -> dict[int, int]:
        """Give our entry at each price of the window that has one."""
        width = self.books.ladder.shape[2]
        base = int(self.books.sides[1, side]["base"])
        return {
            price: int(self.books.ladder[1, side, price & (width - 1)]["own"])
            for price in range(base, base + width)
            if self.books.ladder[1, side, price & (width - 1)]["own"] >= 0
        }


def assert_same(kernels: WindowBook, model: DictBook, prices: list[int]) -> None:
    """Compare everything that can be asked of a book, at every price in use."""
    for side in (BID, ASK):
        expected = model.prices(side)
        assert kernels.prices(side) == expected
        book = kernels.books.sides[1, side]
        assert int(book["n_levels"] + book["n_far"]) == len(expected)
        worst = worst_price(*kernels.arrays, 1, side)
        assert worst == (expected or [NONE[side]])[-1]
        for price in prices:
            worse = [p for p in expected if (p < price) == (side == BID) and p != price]
            assert kernels.after(side, price) == (worse or [NONE[side]])[0]
            assert kernels.qty(side, price) == model.sides[side].get(price, 0)
            assert kernels.mark(side, price) == model.marks[side].get(price, SHOWN)
        width = kernels.books.ladder.shape[2]
        base = int(book["base"])
        if expected:
            assert base <= expected[0] < base + width
        for place, level in enumerate(kernels.books.own_levels[:-1]):
            price = int(level["price"])
            mine = place // ((kernels.books.own_levels.size - 1) // 2) == side
            if mine and base <= price < base + width:
                assert kernels.own_in_window(side)[price] == place
        assert len(kernels.own_in_window(side)) == sum(
            base <= price < base + width
            for price in set(kernels.books.own_levels["price"][:-1].tolist())
        )
    assert not kernels.books.ladder[0]["qty"].any()  # the other book
