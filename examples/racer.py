"""A strategy that goes for what is left at the touch after a trade there."""

import commonbook as cb


class Racer(cb.Strategy):
    """Follow an aggressor: take all that the touch still shows, or nothing."""

    pause: cb.Duration = "1s"  # at most one race in this time

    def on_start(self) -> None:
        """Be ready for the first trade."""
        self.free_at = self.now

    def on_trade(self, trade: cb.Trade) -> None:
        """Send an order that takes at the touch what it can, at once."""
        buying = trade.side == "buy"
        price = self.ask if buying else self.bid
        size = self.ask_size if buying else self.bid_size
        if self.now < self.free_at or trade.side is None or price is None:
            return
        self.free_at = self.now + self.pause
        self.limit(trade.side, size, price, time_in_force="ioc")
