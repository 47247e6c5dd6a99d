"""A random market: consistent most of the time, nasty some of the time."""

from random import Random

from tests.oracle.scenario import BUY, SELL, Event

LETTERS = "BA"
DEPTH = 6  # levels of a side that the market keeps in being


class RandomMarket:
    """
    A book that walks around, told as packets of events.

    Parameters
    ----------
    rng : Random
        Where chance comes from.
    instrument : int
        Index of the instrument.
    calm : bool
        Whether the mid moves seldom and most packets are quotes and trades.
    """

    def __init__(self, rng: Random, instrument: int, *, calm: bool) -> None:
        self.rng = rng
        self.instrument = instrument
        self.calm = calm
        self.mid = 100  # between the best bid and the best ask [ticks]
        self.size: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.debt: list[list[Event]] = []  # packets that have to follow

    def opening(self) -> list[Event]:
        """Return the first snapshot."""
        for _ in range(DEPTH):
            self._refill()
        return self._snapshot(DEPTH)

    def packet(self) -> list[Event]:
        """Return the events of the next packet."""
        if self.debt and self.rng.random() < 0.7:
            return self.debt.pop(0)
        kinds = [self._quote, self._trade, self._move, self._sweep, self._repeat]
        nasty = [self._shallow, self._crossed, self._through, self._sideless, self._mix]
        nasty += [self._retreat, self._jump]
        wild = [8, 8, 3, 2, 1, 2, 1, 2, 1, 1, 1, 1]
        calm = [8, 14, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0]
        (kind,) = self.rng.choices([*kinds, *nasty], calm if self.calm else wild)
        return kind()

    # An honest tape ----------------------------------------------------------------

    def _quote(self) -> list[Event]:
        """Change a level or two near the touch."""
        return [self._random_level() for _ in range(self.rng.choice([1, 1, 2, 3]))]

    def _random_level(self) -> Event:
        side = self.rng.choice((BUY, SELL))
        distance = self.rng.choice([1, 1, 2, 2, 3, 4, 5])
        price = self.mid - distance if side == BUY else self.mid + distance
        return self._set(side, price, self.rng.choice([0, 1, 2, 3, 5, 8, 12, 20]))

    def _trade(self) -> list[Event]:
        """Print at the touch; the level shrinks in the same packet or in the next."""
        side = self.rng.choice((BUY, SELL))
        best = self._best(side)
        if best is None:
            return self._refill()
        size = self.rng.randint(1, 1 + self.size[side][best])
        change = self._set(side, best, max(0, self.size[side][best] - size))
        trade = self._print(1 - side, best, size)
        if self.rng.random() < 0.5:
            return [trade, change]
        self.debt.append([change])
        return [trade]

    def _sweep(self) -> list[Event]:
        """Print through several levels and remove them."""
        side = self.rng.choice((BUY, SELL))
        events: list[Event] = []
        for _ in range(self.rng.randint(2, 3)):
            best = self._best(side)
            if best is not None:
                events.append(self._print(1 - side, best, self.size[side][best]))
                events.append(self._set(side, best, 0))
        return events or self._refill()

    def _move(self) -> list[Event]:
        """Move the mid by a tick; what would be crossed goes, the rest follows."""
        self.mid += self.rng.choice([-1, 1])
        crossed = [
            (side, price)
            for side in (BUY, SELL)
            for price in self.size[side]
            if (price >= self.mid if side == BUY else price <= self.mid)
        ]
        return [self._set(side, price, 0) for side, price in crossed] + self._refill()

    def _refill(self) -> list[Event]:
        """Put size on levels near the touch that have none."""
        events = []
        for side, sign in (BUY, -1), (SELL, 1):
            near = [self.mid + sign * i for i in range(1, DEPTH)]
            empty = [price for price in near if price not in self.size[side]]
            if empty:
                events.append(self._set(side, empty[0], self.rng.randint(1, 15)))
        return events or [self._random_level()]

    def _repeat(self) -> list[Event]:
        """Send the whole book again."""
        return self._snapshot(2 * DEPTH)

    # A nasty tape ------------------------------------------------------------------

    def _shallow(self) -> list[Event]:
        """Send the best levels only; the others leave the depth."""
        events = self._snapshot(self.rng.randint(0, 3))
        return [*events, *self._sideless()] if self.rng.random() < 0.3 else events

    def _crossed(self) -> list[Event]:
        """Put size on the wrong side of the touch, for a while."""
        sides = self.rng.choice([(BUY,), (SELL,), (BUY, SELL)])
        away = self.rng.randint(0, 2)
        prices = [(side, self.mid + (away if side == BUY else -away)) for side in sides]
        events = [self._set(side, p, self.rng.randint(1, 9)) for side, p in prices]
        self.debt.append([self._set(side, price, 0) for side, price in prices])
        return events

    def _retreat(self) -> list[Event]:
        """Show one level a side, then none, then the others come back and grow."""
        whole = [dict(levels) for levels in self.size]
        events = self._snapshot(1)
        touch = [(side, best) for side in (BUY, SELL) if (best := self._best(side))]
        gone = [self._set(side, best, 0) for side, best in touch]
        back = [
            self._set(side, price, size)
            for side in (BUY, SELL)
            for price, size in whole[side].items()
            if (side, price) not in touch
        ]
        grown = [
            self._set(side, price, self.size[side][price] + self.rng.randint(1, 6))
            for side in (BUY, SELL)
            for price in list(self.size[side])
        ]
        self.debt += [packet for packet in (gone, back, grown) if packet]
        return events

    def _jump(self) -> list[Event]:
        """Send a snapshot that is some ticks away."""
        shift = self.rng.choice([-4, -3, -2, 2, 3, 4])
        self.mid += shift
        for side in (BUY, SELL):
            moved = {price + shift: size for price, size in self.size[side].items()}
            self.size[side].clear()
            self.size[side].update(moved)
        self.debt.clear()
        return self._snapshot(DEPTH)

    def _through(self) -> list[Event]:
        """Print away from the touch, with the levels left as they are."""
        side = self.rng.choice((BUY, SELL))
        price = self.mid + self.rng.randint(1, 4) * (-1 if side == BUY else 1)
        return [self._print(1 - side, price, self.rng.randint(1, 25))]

    def _sideless(self) -> list[Event]:
        """Print without an aggressor."""
        price = self.mid + self.rng.randint(-3, 3)
        return [Event("T", self.instrument, "N", price, self.rng.randint(1, 12))]

    def _mix(self) -> list[Event]:
        """Put several things into one packet."""
        return [*self._quote(), *self._through(), *self._trade(), *self._quote()]

    # Words -------------------------------------------------------------------------

    def _best(self, side: int) -> int | None:
        return (max if side == BUY else min)(self.size[side], default=None)

    def _set(self, side: int, price: int, qty: int) -> Event:
        self.size[side].pop(price, None)
        if qty:
            self.size[side][price] = qty
        return Event("S", self.instrument, LETTERS[side], price, qty)

    def _print(self, aggressor: int, price: int, size: int) -> Event:
        return Event("T", self.instrument, LETTERS[aggressor], price, size)

    def _snapshot(self, depth: int) -> list[Event]:
        events = [Event("R", self.instrument, "B", 0, 0)]
        for side in (BUY, SELL):
            prices = sorted(self.size[side], reverse=side == BUY)[:depth]
            events += [
                Event("S", self.instrument, LETTERS[side], p, self.size[side][p])
                for p in prices
            ]
        return events
