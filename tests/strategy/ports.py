"""The built-in strategies once more, in plain Python and as compiled functions."""

from commonbook import Duration, Qty, Strategy, Timestamp, compiled
from commonbook.core.jit import kernel
from commonbook.strategy.asks import (
    BUY,
    SELL,
    buy,
    cancel,
    has_book,
    post,
    sell,
    set_timer,
)

EVERY = "100ms"


# In plain Python -------------------------------------------------------------------


class Maker(Strategy):
    """Quote both sides around the mid."""

    half_spread_ticks: float
    size: Qty
    max_position: Qty | None = None
    every = EVERY

    def on_start(self):
        self._quotes = {}

    def on_timer(self):
        if self.mid is None:
            return
        mid, half_spread = self.bid_ticks + self.ask_ticks, 2 * self.half_spread_ticks
        self._quote("buy", int(mid - half_spread) >> 1, self.position)
        self._quote("sell", -(int(-mid - half_spread) >> 1), -self.position)

    def _quote(self, side, ticks, position):
        fits = self.max_position is None or position + self.size <= self.max_position
        old = {order.id: order for order in self.orders}.get(self._quotes.get(side))
        if old is not None:
            if fits and old.price_ticks == ticks:
                return
            self.cancel(old.id)
        self._quotes[side] = None
        if fits:
            price = self.price_of(ticks)
            self._quotes[side] = self.limit(side, self.size, price, post_only=True)


class Taker(Strategy):
    """Take when one side of the touch is much larger than the other."""

    threshold: float
    size: Qty
    max_position: Qty | None = None
    every = EVERY

    def on_timer(self):
        if self.orders or self.mid is None:
            return
        bids, asks = self.bid_size, self.ask_size
        if bids - asks >= self.threshold * (bids + asks) and self._fits(1):
            self.buy(self.size)
        elif asks - bids >= self.threshold * (bids + asks) and self._fits(-1):
            self.sell(self.size)

    def _fits(self, sign):
        limit = self.max_position
        return limit is None or sign * self.position + self.size <= limit


class Twap(Strategy):
    """Send equal slices at equal distances."""

    side: str
    qty: Qty
    start: Timestamp
    end: Timestamp
    slices: int

    def on_start(self):
        self._sent = 0
        self.set_timer(at=max(self.start, self.now))

    def on_timer(self):
        lots, k, n = round(self.qty / self.lot_size), self._sent, self.slices
        size = lots * (k + 1) // n - lots * k // n
        if size > 0:
            trade = self.buy if self.side == "buy" else self.sell
            trade(size * self.lot_size)
        self._sent += 1
        if self._sent < n:
            at = self.start + (self.end - self.start) * self._sent // n
            self.set_timer(at=max(at, self.now))


class Grid(Strategy):
    """Quote several prices on both sides, at equal distances."""

    half_spread_ticks: float
    size: Qty
    levels: int
    interval_ticks: int = 1
    max_position: Qty | None = None
    every = EVERY

    def on_timer(self):
        if self.mid is None:
            return
        mid, half = self.bid_ticks + self.ask_ticks, int(2 * self.half_spread_ticks)
        step = self.interval_ticks
        best = (mid - half) // (2 * step) * step, -((-mid - half) // (2 * step)) * step
        grid = {}
        for k in range(self._fitting(self.position)):
            grid["buy", best[0] - k * step] = True
        for k in range(self._fitting(-self.position)):
            grid["sell", best[1] + k * step] = True
        for order in self.orders:
            if (order.side, order.price_ticks) in grid:
                grid[order.side, order.price_ticks] = False
            elif not order.cancelling:
                self.cancel(order.id)
        for (side, ticks), missing in grid.items():
            if missing:
                self.limit(side, self.size, self.price_of(ticks), post_only=True)

    def _fitting(self, position):
        if self.max_position is None:
            return self.levels
        room = (self.max_position - position) / self.lot_size
        return min(self.levels, max(0, int(room // (self.size / self.lot_size))))


# Compiled --------------------------------------------------------------------------


class MakerParams:
    half_spread_ticks: float
    size: Qty
    max_position: Qty


@compiled(params=MakerParams, memory={"buy": int, "sell": int}, every=EVERY)
def compiled_maker(see, orders, params, memory, out):
    """Quote both sides around the mid."""
    if not has_book(see):
        return
    mid, half_spread = see["bid"] + see["ask"], int(2 * params["half_spread_ticks"])
    bid, ask = (mid - half_spread) >> 1, -((-mid - half_spread) >> 1)
    position, size, most = see["position"], params["size"], params["max_position"]
    memory["buy"] = quote(
        out, orders, BUY, bid, memory["buy"], size if position + size <= most else 0
    )
    memory["sell"] = quote(
        out, orders, SELL, ask, memory["sell"], size if size - position <= most else 0
    )


@kernel
def quote(out, orders, side, price, old, size):
    for i in range(orders.shape[0]):
        if orders[i]["id"] == old:
            if size > 0 and orders[i]["price"] == price:
                return old
            cancel(out, orders, old)
    return post(out, side, size, price) if size > 0 else 0


class TakerParams:
    threshold: float
    size: Qty
    max_position: Qty


@compiled(params=TakerParams, every=EVERY)
def compiled_taker(see, orders, params, memory, out):
    """Take when one side of the touch is much larger than the other."""
    if orders.shape[0] > 0 or not has_book(see):
        return
    bids, asks, size = see["bid_qty"], see["ask_qty"], params["size"]
    edge = params["threshold"] * float(bids + asks)
    if bids - asks >= edge and see["position"] + size <= params["max_position"]:
        buy(out, size)
    elif asks - bids >= edge and size - see["position"] <= params["max_position"]:
        sell(out, size)


class TwapParams:
    qty: Qty
    first: Duration
    distance: Duration
    slices: int


@compiled(params=TwapParams, memory={"sent": int, "start": int}, every="1ms")
def compiled_buyer(see, orders, params, memory, out):
    """Buy equal slices, from a while after the first wake on."""
    if memory["start"] == 0:
        memory["start"] = see["now"]
        set_timer(out, see, see["now"] + params["first"])
    elif see["now"] >= memory["start"] + params["first"]:
        at = memory["start"] + params["first"] + memory["sent"] * params["distance"]
        if memory["sent"] < params["slices"] and see["now"] >= at:
            buy(out, params["qty"])
            memory["sent"] += 1
