"""Strategies that do anything at any time, and write down all that they see."""

from random import Random
from typing import Any

from commonbook.strategy.api import Strategy

HOWS = ("gtc", "gtc", "ioc", "post_only", "reprice", "fok", "gtd")
SIDES = ["buy", "sell"]


class Restless(Strategy):
    """Acts by chance, from the same seed always alike as long as it sees the same."""

    seed: int = 0
    log: list[Any]

    def __init__(self) -> None:
        self.rng = Random(self.seed)

    def act(self, *why: Any, calm: bool = False) -> None:
        """Write down what there is to see, then do something, unless it is calm."""
        touch = self.bid_ticks, self.bid_size, self.ask_ticks, self.ask_size
        halted = self.halted
        orders = [
            (
                *(o.id, o.type, o.side, o.qty, o.price_ticks),
                *(o.leaves, o.filled, o.state, o.cancelling, o.news),
            )
            for o in self.orders
        ]
        seen = (*touch, halted, self.position, orders, self.depth(2))
        self.log.append((self.now, *why, *seen))
        verbs = [self.quote, self.take, self.protect, self.drop, self.turn, self.wait]
        if self.rng.random() < 0.5:
            verbs.append(self.change)
        if self.rng.random() < 0.05:
            verbs.append(self.blunder)
        for _ in range(0 if calm else self.rng.choice([0, 0, 1, 1, 2])):
            self.rng.choice(verbs)()

    def quote(self) -> None:
        """Send a limit order near the touch."""
        side = self.rng.choice(SIDES)
        touch = self.bid_ticks if side == "buy" else self.ask_ticks
        if touch is not None:
            price = self.price_of(touch + self.rng.choice([-2, -1, 0, 0, 1, 2]))
            how = self.rng.choice(HOWS)
            qty = self.rng.randint(1, 9)
            if how in ("post_only", "reprice"):
                self.limit(side, qty, price, post_only=how == "post_only" or how)
            else:
                self.limit(side, qty, price, **self.life(how), **self.closing())

    def life(self, how: str) -> dict[str, Any]:
        """Say how long an order lives; some end soon."""
        soon = {"expires": self.now + self.rng.randint(1, 9)}
        return {"time_in_force": how} | (soon if how == "gtd" else {})

    def closing(self) -> dict[str, bool]:
        """Say whether an order may only reduce the position; few do."""
        return {"reduce_only": True} if self.rng.random() < 0.15 else {}

    def protect(self) -> None:
        """Send a stop order near the touch, on either side of it."""
        touch = self.bid_ticks if self.rng.random() < 0.5 else self.ask_ticks
        if touch is None:
            return
        stop = touch + self.rng.choice([-3, -2, -1, 0, 1, 2, 3])
        limit = self.rng.choice([None, stop - 1, stop, stop + 2])
        price = None if limit is None else self.price_of(limit)
        side, qty = self.rng.choice(SIDES), self.rng.randint(1, 9)
        life = self.life(self.rng.choice(["gtc", "gtc", "gtd"]))
        self.stop(side, qty, self.price_of(stop), price, **life, **self.closing())

    def take(self) -> None:
        """Send a market order."""
        send = self.rng.choice([self.buy, self.sell])
        how = self.rng.choice(["ioc", "ioc", "ioc", "fok"])
        send(self.rng.randint(1, 9), time_in_force=how, **self.closing())

    def blunder(self) -> None:
        """Send an order that is impossible."""
        side, price = self.rng.choice(SIDES), self.price_of(100)
        what = self.rng.choice(["qty", "price", "stop", "expiry", "terms"])
        if what == "qty":
            self.limit(side, self.rng.choice([0, 0.5, -1]), price)
        elif what == "price":
            self.limit(side, 1, self.price_of(2**31))
        elif what == "stop":
            self.stop(side, 1, self.price_of(-(2**31)))
        elif what == "expiry":
            self.limit(side, 1, price, time_in_force="gtd", expires=self.now)
        else:
            self.limit(side, 1, price, time_in_force="fok", post_only=True)

    def drop(self) -> None:
        """Cancel an order, or all."""
        if self.rng.random() < 0.3:
            self.cancel_all()
        elif self.orders:
            self.cancel(self.rng.choice(self.orders).id)

    def change(self) -> None:
        """Replace an order; some replaces are impossible."""
        if not self.orders:
            return
        order = self.rng.choice(self.orders)
        wanted: dict[str, Any] = {}
        if self.rng.random() < 0.6:
            wanted["qty"] = order.qty + self.rng.choice([-9, -2, -1, 0, 1, 5])
        touch = self.bid_ticks if self.rng.random() < 0.5 else self.ask_ticks
        if touch is not None and self.rng.random() < 0.6:
            away = self.rng.choice([-2, -1, 0, 1, 2, 2**31])
            key = "stop_price" if order.type == "stop" else "price"
            wanted[key] = self.price_of(touch + away)
        self.replace(order.id, **wanted)

    def turn(self) -> None:
        """Go to some position."""
        if self.rng.random() < 0.2:
            self.close()
        else:
            self.target(self.rng.randint(-12, 12))

    def wait(self) -> None:
        """Ask for a timer."""
        self.set_timer(after=self.rng.choice([0, 1, 2, 5]))


class ByClock(Restless):
    """Wakes by timers alone."""

    def on_start(self) -> None:
        self.act("start")
        self.set_timer(after=3)

    def on_timer(self) -> None:
        self.act("timer")
        self.set_timer(after=self.rng.randint(1, 9))


class ByBook(Restless):
    """Wakes when the book changes, and by timers."""

    def on_book(self) -> None:
        self.act("book", [tuple(t)[-2:] for t in self.trades])

    def on_timer(self) -> None:
        self.act("timer", [tuple(t)[-2:] for t in self.trades])


class ByTrade(Restless):
    """Wakes when something trades."""

    def on_trade(self, trade: Any) -> None:
        self.act("trade", trade.ts, trade.side, trade.price, trade.qty)


class ByNews(Restless):
    """Wakes when something happens to its orders."""

    def on_start(self) -> None:
        self.act("start")
        for distance in (1, 2, 3):
            self.limit("buy", 5, self.price_of(100 - distance))
            self.limit("sell", 5, self.price_of(100 + distance))

    def on_order(self, order: Any) -> None:
        # Who answers every answer at once never comes to an end.
        calm = order.news in ("replaced", "cancel_rejected")
        why = order.id, order.state, order.reason, order.leaves, order.news
        self.act("order", *why, calm=calm)

    def on_fill(self, fill: Any) -> None:
        order = fill.order
        self.act("fill", fill.ts, order.id, fill.price, fill.qty, fill.liquidity)


class ByAll(ByBook, ByTrade, ByNews):
    """Wakes for everything."""


KINDS = [ByClock, ByBook, ByTrade, ByNews, ByAll]
