"""A market maker that leans against its position, in plain Python."""

import math

import commonbook as cb


class LeaningMaker(cb.Strategy):
    """Quote both sides of a centre that moves away as the position grows."""

    size: cb.Qty
    half_spread: cb.Price = 0.02
    lean: float = 1.0  # ticks for each `size` that it holds
    every = "250ms"

    def on_timer(self) -> None:
        """Look at the book a few times a second."""
        self.quote()

    def on_fill(self, fill: cb.Fill) -> None:
        """Lean as soon as the position has changed."""
        self.quote()

    def quote(self) -> None:
        """Keep the quotes whose price is still right, move the others."""
        bid, ask = self.bid_ticks, self.ask_ticks
        if bid is None or ask is None:
            return
        centre = (bid + ask) / 2 - self.lean * self.position / self.size
        away = self.ticks_of(self.half_spread)
        wanted = {"buy": math.floor(centre - away), "sell": math.ceil(centre + away)}
        for order in self.orders:
            if order.price_ticks == wanted.get(order.side):
                del wanted[order.side]
            elif not order.cancelling:
                self.cancel(order.id)
        for side, ticks in wanted.items():
            self.limit(side, self.size, self.price_of(ticks), post_only=True)
