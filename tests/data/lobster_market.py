"""A small market in plain Python that writes what LOBSTER would write about it."""

from pathlib import Path
from random import Random

NAME = "AMZN_2012-06-21_34200000_57600000"


class Market:
    """Orders at prices; only what changes the best levels is told."""

    def __init__(self, seed: int, depth: int) -> None:
        self.random = Random(seed)
        self.depth = depth
        self.orders: dict[int, list] = {}  # id: direction, price, size
        self.last_id = 0
        self.time = 34_200.0
        self.messages: list[tuple] = []
        self.rows: list[list[int]] = []
        for _ in range(6 * depth):
            self.add()
        # What was there before the first message has no name.
        self.tell(5, 0, 1, 10_000, 1)

    def add(self) -> tuple:
        direction = self.random.choice([1, -1])
        price = 10_000 - direction * 100 * self.random.randint(1, 3 * self.depth)
        size = self.random.randint(1, 5)
        self.last_id += 1
        self.orders[self.last_id] = [direction, price, size]
        return 1, self.last_id, size, price, direction

    def levels(self, direction: int) -> list[tuple[int, int]]:
        total: dict[int, int] = {}
        for own, price, size in self.orders.values():
            if own == direction:
                total[price] = total.get(price, 0) + size
        best_first = sorted(total.items(), reverse=direction == 1)
        return best_first[: self.depth]

    def row(self) -> list[int]:
        asks, bids = self.levels(-1), self.levels(1)
        asks += [(9_999_999_999, 0)] * (self.depth - len(asks))
        bids += [(-9_999_999_999, 0)] * (self.depth - len(bids))
        return [n for ask, bid in zip(asks, bids, strict=True) for n in ask + bid]

    def tell(self, kind: int, name: int, size: int, price: int, direction: int) -> None:
        self.messages.append((self.time, kind, name, size, price, direction))
        self.rows.append(self.row())

    def take(self) -> tuple | None:
        if not self.orders:
            return None
        kind = self.random.choice([2, 3, 4])
        name = self.random.choice(list(self.orders))
        if kind == 4:
            direction = self.orders[name][0]
            own = [k for k, order in self.orders.items() if order[0] == direction]
            name = min(own, key=lambda k: (-direction * self.orders[k][1], k))
        direction, price, left = self.orders[name]
        size = left if kind == 3 else self.random.randint(1, left)
        if kind == 2 and size == left:
            return None
        self.orders[name][2] -= size
        if not self.orders[name][2]:
            del self.orders[name]
        return kind, name, size, price, direction

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.time += self.random.randint(0, 1) * 0.000000001 + 0.001
            if self.random.random() < 0.02:
                self.tell(7, 0, 0, self.random.choice([-1, 0, 1]), -1)
            before = self.row()
            what = self.add() if self.random.random() < 0.5 else self.take()
            if what and self.row() != before:
                self.tell(*what)

    def write(self, folder: Path) -> tuple[Path, Path]:
        return (
            write_rows(folder / f"{NAME}_message_{self.depth}.csv", self.messages),
            write_rows(folder / f"{NAME}_orderbook_{self.depth}.csv", self.rows),
        )


def write_rows(path: Path, rows: list) -> Path:
    """Write rows without a header; times have nine decimals."""
    lines = [
        ",".join(
            f"{cell:.9f}" if isinstance(cell, float) else str(cell) for cell in row
        )
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
